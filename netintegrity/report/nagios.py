"""One line for Nagios, Icinga, Checkmk and their kin, and the number they expect.

Source: Monitoring Plugins Development Guidelines, "Plugin Output" and "Plugin Return Codes": text,
a bar, performance data; 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
"""

from collections.abc import Mapping
from typing import Final

from netintegrity.assess.status import status_of
from netintegrity.errors import ExitStatus
from netintegrity.model.run import RunReport
from netintegrity.model.verdict import Verdict
from netintegrity.plain_text import one_line
from netintegrity.report._spec import ForAnotherProgram, ReportFormat
from netintegrity.report.view import by_label

_WORDS: Final = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
_CODES: Final[Mapping[int, int]] = {
    ExitStatus.VERIFIED: 0,
    ExitStatus.UNVERIFIED: 1,
    ExitStatus.FINDING: 2,
    ExitStatus.REJECTED: 2,
}
_UNKNOWN: Final = 3
_MOST_NAMES: Final = 5


def _code(status: int) -> int:
    """Return Nagios's number; what ends in no judgement (usage, fault, interrupt) is UNKNOWN."""
    return _CODES.get(status, _UNKNOWN)


def _render(report: RunReport) -> str:
    word = _WORDS[_code(status_of(report))]
    counts = by_label(r.appraisal for r in report.results)
    told = ", ".join(f"{n} {label}" for label, n in counts.items()) or "no device was selected"
    worst = [
        r.evidence.device.name
        for r in report.results
        if r.appraisal.verdict in {Verdict.MISMATCH, Verdict.CONTRADICTORY} and not r.waivers
    ]
    names = f": {', '.join(worst[:_MOST_NAMES])}" if worst else ""
    more = f" and {len(worst) - _MOST_NAMES} more" if len(worst) > _MOST_NAMES else ""
    rejected = sum(m.reason is not None for m in report.manifests)
    lists = f"; {rejected} manifests rejected" if rejected else ""
    part = "; not every device was asked" if report.complete is False else ""
    line = _line(f"NETINTEGRITY {word} - {report.site}: {told}{names}{more}{lists}{part}")
    verdicts = [r.appraisal.verdict for r in report.results]
    figures = " ".join(f"{v.value}={verdicts.count(v)}" for v in Verdict)
    return f"{line} | devices={len(verdicts)} {figures} rejected={rejected}\n"


def _failed(message: str) -> str:
    return f"{_line(f'NETINTEGRITY UNKNOWN - {message}')}\n"


def _line(text: str) -> str:
    # A bar begins the performance data.
    return one_line(text).replace("|", "/")


REPORT: Final = ReportFormat(
    id="nagios",
    media_type="text/plain",
    suffix=".nagios.txt",
    render=_render,
    for_another_program=ForAnotherProgram(code=_code, failed=_failed),
)
