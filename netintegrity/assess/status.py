"""The exit status of a judged run."""

from collections.abc import Iterable
from typing import Final

from netintegrity.errors import ExitStatus, gravest
from netintegrity.model.finding import Appraisal
from netintegrity.model.run import RunReport
from netintegrity.model.verdict import Verdict

_STATUSES: Final = {
    Verdict.VERIFIED: ExitStatus.VERIFIED,
    Verdict.UNKNOWN: ExitStatus.UNVERIFIED,
    Verdict.UNREACHABLE: ExitStatus.UNVERIFIED,
    Verdict.MISMATCH: ExitStatus.FINDING,
    Verdict.CONTRADICTORY: ExitStatus.FINDING,
}


def exit_status(
    appraisals: Iterable[Appraisal],
    *,
    rejected: int = 0,
    judged_as_of: bool = False,
    interrupted: bool = False,
) -> ExitStatus:
    """Return the status of a run; no device at all could not be verified.

    A run ``judged_as_of`` another moment than its own never ends in 0.

    Args:
        appraisals: of the devices that are not waived; where all are, nothing was verified.
        rejected: how many files of manifests or waivers were.
        judged_as_of: see above.
        interrupted: not every device was asked.
    """
    judged = tuple(appraisals)
    statuses = [_STATUSES[a.verdict] for a in judged]
    for holds, status in (
        (interrupted, ExitStatus.INTERRUPTED),
        (any(a.faults for a in judged), ExitStatus.FAULT),
        (rejected > 0, ExitStatus.REJECTED),
        (judged_as_of or not judged, ExitStatus.UNVERIFIED),
    ):
        if holds:
            statuses.append(status)
    return gravest(statuses)


def status_of(report: RunReport, *, interrupted: bool = False) -> ExitStatus:
    """Return the status of a judged run."""
    reasons = (*(m.reason for m in report.manifests), *(w.reason for w in report.waivers))
    return exit_status(
        (r.appraisal for r in report.results if not r.waivers),
        rejected=sum(reason is not None for reason in reasons),
        judged_as_of=report.judged_as_of,
        interrupted=interrupted,
    )
