"""The report for a terminal of 80 columns, in plain text."""

import textwrap
from collections.abc import Iterator
from typing import Final

from tabulate import tabulate

from netintegrity.model.run import DeviceResult, ManifestOutcome, RunReport
from netintegrity.model.verdict import Verdict
from netintegrity.plain_text import clean
from netintegrity.report._spec import ReportFormat
from netintegrity.report.view import (
    SELF_REPORTED,
    by_conclusion,
    by_level,
    needs,
    verdict_label,
)

WIDTH: Final = 80
_NAMES_SHOWN: Final = 4
_ELLIPSIS: Final = "…"


def _render(report: RunReport) -> str:
    lines = [*_devices(report), *_objections(report), *_needs(report), *_grounds(report)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _devices(report: RunReport) -> Iterator[str]:
    yield f"{report.site}: {len(report.results)} devices, judged for {report.at:%Y-%m-%d %H:%M} UTC"
    yield ""
    if not report.results:
        yield "No device was selected, so nothing was verified."
        yield ""
        return
    rows = [
        [
            _short(r.evidence.device.name, 16),
            verdict_label(r.appraisal),
            _technique(r) or "-",
            r.appraisal.assurance.level.word,
            _short(clean(r.claims.running_release.text) if r.claims.running_release else "-", 13),
        ]
        for r in report.results
    ]
    headers = ["device", "conclusion", "ATT&CK", "known by", "release"]
    # Left to itself, tabulate reads 17.10 as the number 17.1 and 1e5 as 100000.
    yield tabulate(rows, headers=headers, tablefmt="simple", disable_numparse=True)
    yield ""
    if any(row[1] == SELF_REPORTED for row in rows):
        yield from _wrapped(
            f"{SELF_REPORTED}: by the box's own word alone. A box whose hash command lies looks "
            "the same; demand more with minimum_assurance in the policy."
        )
        yield ""


def _technique(result: DeviceResult) -> str | None:
    """Return the ATT&CK id of the finding that gave the device its conclusion."""
    wanted = result.appraisal.conclusions[0]
    if wanted.verdict not in {Verdict.MISMATCH, Verdict.CONTRADICTORY}:
        return None
    for finding in result.appraisal.findings:
        if finding.observation.conclusion is wanted and finding.technique is not None:
            return finding.technique.value
    return None


def _objections(report: RunReport) -> Iterator[str]:
    for result in report.results:
        if result.appraisal.verdict is Verdict.VERIFIED:
            continue
        yield f"{result.evidence.device.name}: {', '.join(result.appraisal.conclusions)}"
        # The same thing may be said by a rule and again by what "verified" demands.
        for line in dict.fromkeys(_reasons(result)):
            yield from _wrapped(f"- {line}", "  ")
        for step in dict.fromkeys(_steps(result)):
            yield from _wrapped(f"> {step}", "  ")
        yield ""


def _reasons(result: DeviceResult) -> Iterator[str]:
    failure = result.evidence.failure
    if failure is not None:
        yield f"{failure.kind.value}: {clean(failure.detail)}"
    for finding in result.appraisal.findings:
        about = finding.observation
        if about.verdict is not Verdict.VERIFIED:
            yield clean(f"{finding.rule_id} {about.subject}: {about.message}")
    for shortfall in result.appraisal.shortfalls:
        if failure is None or shortfall.detail != failure.detail:
            where = f"{shortfall.subject}: " if shortfall.subject else ""
            yield clean(where + shortfall.detail)


def _steps(result: DeviceResult) -> Iterator[str]:
    for finding in result.appraisal.findings:
        about = finding.observation
        if about.verdict is not Verdict.VERIFIED and about.next_step:
            yield clean(about.next_step)
    for shortfall in result.appraisal.shortfalls:
        if shortfall.next_step:
            yield clean(shortfall.next_step)


def _needs(report: RunReport) -> Iterator[str]:
    wanted = needs(report)
    if not wanted:
        return
    yield "What would settle the unknowns:"
    for need in wanted:
        images, devices = need["images"], need["devices"]
        what = f"{images} file{'' if images == 1 else 's'} on " if images else ""
        boxes = f"{devices} box{'' if devices == 1 else 'es'}"
        yield from _wrapped(f"- {what}{boxes}: {need['next_step']}", "  ")
    yield ""


def _grounds(report: RunReport) -> Iterator[str]:
    yield "Manifests:" if report.manifests else "Manifests: none, so nothing can be verified"
    for outcome in report.manifests:
        yield from _wrapped(f"- {_manifest(outcome)}", "  ")
    if report.changed_files:
        yield from _wrapped(
            f"Files of the site changed since the run before: {', '.join(report.changed_files)}"
        )
    yield from _wrapped(f"keyring: {clean(report.keyring)} ({_brief(report.keyring_digest)})")
    yield from _wrapped(
        f"policy {_brief(report.policy_digest)}, memory {_brief(report.memory_digest)}, "
        f"run {clean(report.run_id)}, netintegrity {report.tool_version}"
    )
    if report.judged_as_of:
        yield "judged for another moment than the run's own: never a pass"
    appraisals = [r.appraisal for r in report.results]
    counts = ", ".join(f"{n} {c}" for c, n in by_conclusion(appraisals).items())
    levels = ", ".join(f"{n} {level}" for level, n in by_level(appraisals).items())
    yield ""
    yield from _wrapped(f"{len(appraisals)} devices: {counts or 'none'}")
    if levels:
        yield from _wrapped(f"verified, by what is known: {levels}")


def _manifest(outcome: ManifestOutcome) -> str:
    if outcome.reason is not None:
        return f"{clean(outcome.filename)}: REJECTED, {outcome.reason}: {clean(outcome.detail)}"
    word = "vendor-signed" if outcome.vendor_signed else "owner-signed"
    caveats = f" ({', '.join(sorted(outcome.caveats))})" if outcome.caveats else ""
    return (
        f"{clean(outcome.id)}: {word} by {clean(outcome.signer or '')}, "
        f"{outcome.images} entries{caveats}"
    )


def _brief(digest: str) -> str:
    algorithm, _, value = digest.partition(":")
    return f"{algorithm}:{value[:12]}{_ELLIPSIS}" if value else digest


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + _ELLIPSIS


def _wrapped(text: str, indent: str = "") -> Iterator[str]:
    yield from textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_on_hyphens=False,
    )


REPORT: Final = ReportFormat(id="table", media_type="text/plain", suffix=".txt", render=_render)
