"""RFC 5424 messages: one for the run, one for each device that is not verified.

Source: RFC 5424 section 6 (header, structured data, escapes) and 7.2 (the enterprise number behind
the at sign; 32473 is the one RFC 5612 gives to examples, for this project has none). Facility 13,
log audit. The history's head is in each run's message: a log host keeps what this host could forge.
"""

from collections.abc import Iterator
from typing import Final

from netintegrity import rfc3339
from netintegrity.assess.status import status_of
from netintegrity.errors import ExitStatus
from netintegrity.model.run import DeviceResult, RunReport
from netintegrity.model.verdict import Verdict
from netintegrity.plain_text import one_line
from netintegrity.report._needs import reasons
from netintegrity.report._spec import ReportFormat
from netintegrity.report.view import by_label, technique_of, verdict_label

_FACILITY: Final = 13
_SEVERITIES: Final = {
    Verdict.CONTRADICTORY: 2,
    Verdict.MISMATCH: 2,
    Verdict.UNREACHABLE: 4,
    Verdict.UNKNOWN: 4,
    Verdict.VERIFIED: 6,
}
_OF_STATUS: Final = {ExitStatus.VERIFIED: 6, ExitStatus.UNVERIFIED: 4}
_MOST: Final = 1500
"""Characters of free text: RFC 5424 6.1 asks every receiver for 480 octets, and for 2048 if it can.
"""


def _render(report: RunReport) -> str:
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: RunReport) -> Iterator[str]:
    history = report.history
    counts = ", ".join(f"{n} {c}" for c, n in by_label(r.appraisal for r in report.results).items())
    status = status_of(report)
    yield _message(
        report,
        _OF_STATUS.get(status, 2),
        "run",
        {
            "site": report.site,
            "run": report.run_id,
            "status": str(int(status)),
            "devices": str(len(report.results)),
            "complete": {True: "yes", False: "no", None: "unknown"}[report.complete],
            "history": "" if history is None else history.head,
            "lastComplete": ""
            if history is None or history.last_complete_at is None
            else rfc3339.show(history.last_complete_at),
        },
        f"{report.site}: {counts or 'no device was selected'}",
    )
    for manifest in report.manifests:
        if manifest.reason is not None:
            said = {"site": report.site, "run": report.run_id, "reason": manifest.reason}
            about = f"{manifest.filename}: rejected: {manifest.detail}"
            yield _message(report, 2, "manifest", said, about)
    for result in report.shown:
        if result.appraisal.verdict is not Verdict.VERIFIED:
            yield _device(report, result)


def _device(report: RunReport, result: DeviceResult) -> str:
    about = result.appraisal
    name = result.evidence.device.name
    said = {
        "site": report.site,
        "run": report.run_id,
        "device": name,
        "address": result.evidence.device.address,
        "platform": result.platform_id,
        "verdict": about.verdict.value,
        "conclusion": about.conclusions[0].value,
        "technique": technique_of(result) or "",
        "assurance": about.assurance.level.word,
        "waived": "yes" if result.waivers else "no",
        "evidence": str(about.evidence_digest),
    }
    severity = 5 if result.waivers else _SEVERITIES[about.verdict]
    text = f"{name}: {verdict_label(about)}: {'; '.join(reasons(result))}"
    return _message(report, severity, "device", said, text)


def _message(report: RunReport, severity: int, msgid: str, said: dict[str, str], text: str) -> str:
    data = "".join(f' {name}="{_value(v)}"' for name, v in said.items() if v)
    at = rfc3339.show(report.finished_at)
    line = one_line(text)
    told = line if len(line) <= _MOST else line[: _MOST - 1] + "…"
    # The host and the process are the receiver's to know: a report is a pure function of a run.
    return (
        f"<{_FACILITY * 8 + severity}>1 {at} - netintegrity - {msgid} "
        f"[netintegrity@32473{data}] {told}"
    )


def _value(text: str) -> str:
    return one_line(text).replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")


REPORT: Final = ReportFormat(
    id="syslog", media_type="text/plain", suffix=".syslog", render=_render, is_lines=True
)
