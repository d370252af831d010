"""The report for a terminal of 80 columns, in plain text."""

import textwrap
from collections import Counter
from collections.abc import Iterator
from typing import Final

from tabulate import tabulate

from netintegrity.model.assurance import Caveat
from netintegrity.model.run import DeviceResult, ManifestOutcome, RunReport, RunWindow
from netintegrity.model.verdict import Verdict
from netintegrity.plain_text import clean
from netintegrity.report import words
from netintegrity.report._coverage import coverage_line
from netintegrity.report._needs import need_counts, needs, next_steps
from netintegrity.report._reload import reload_lines
from netintegrity.report._spec import ReportFormat
from netintegrity.report._waived import waiver_lines
from netintegrity.report.running import count_attested
from netintegrity.report.view import (
    SELF_REPORTED,
    SELF_REPORTED_MEANS,
    by_label,
    by_level,
    technique_of,
    verdict_label,
)

WIDTH: Final = 80
_RELEASE: Final = 13
"""Characters of a release; leaves a name at least 14 beside the longest words of the others."""
_ELLIPSIS: Final = "…"


def _render(report: RunReport) -> str:
    lines = [
        *_devices(report),
        *_objections(report),
        *_needs(report),
        *_grounds(report),
        *_counts(report),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _devices(report: RunReport) -> Iterator[str]:
    count = _counted(len(report.results), "device")
    yield from _wrapped(f"{_line(report.site)}: {count}, judged for {report.at:%Y-%m-%d %H:%M} UTC")
    yield ""
    if not report.results:
        yield "No device was selected, so nothing was verified."
        yield ""
        return
    yield from _since(report)
    if not report.shown:
        return
    rows = [
        [
            _line(r.evidence.device.name),
            verdict_label(r.appraisal),
            technique_of(r) or "-",
            r.appraisal.assurance.level.word,
            _ended(r.claims.running_release.text) if r.claims.running_release else "-",
        ]
        for r in report.shown
    ]
    table = [["device", "conclusion", "ATT&CK", "known by", "release"], *rows]
    # The name has what the other columns and the two spaces before each leave of the line; a
    # column is at least two characters wider than its header (tabulate's MIN_PADDING).
    widths = (max(len(table[0][n]) + 2, *(len(row[n]) for row in rows)) for n in range(1, 5))
    left = WIDTH - sum(2 + width for width in widths)
    for row in rows:
        row[0] = _middle_left_out(row[0], left)
    # Left to itself, tabulate reads 17.10 as the number 17.1 and 1e5 as 100000.
    yield tabulate(rows, headers=table[0], tablefmt="simple", disable_numparse=True)
    yield ""
    if any(row[1] == SELF_REPORTED for row in rows):
        yield from _wrapped(f"{SELF_REPORTED}: {SELF_REPORTED_MEANS}")
        yield ""
    yield from _caveats(report)


def _since(report: RunReport) -> Iterator[str]:
    if report.since is None:
        return
    since = report.since
    yield from _wrapped(
        f"{_counted(len(since.changed), 'device')} changed since the run before "
        f"({since.last_finished_at[:16].replace('T', ' ')} UTC, {clean(since.last_run_id)}); "
        "the others are not shown"
    )
    for device in since.changed:
        for change in device.changes:
            yield from _wrapped(f"{_line(device.name)}: {_line(change)}", "  ")
    yield ""


def _caveats(report: RunReport) -> Iterator[str]:
    """Yield what holds the results back; a verified device is under none of the other headings."""
    counts = Counter(c for r in report.results for c in r.appraisal.assurance.caveats)
    if not counts:
        return
    yield "Held back by:"
    for caveat in Caveat:
        if held := counts[caveat]:
            yield from _wrapped(
                f"- {caveat} ({_counted(held, 'device')}): {words.CAVEATS[caveat]}", "  "
            )
    yield ""


def _objections(report: RunReport) -> Iterator[str]:
    for result in report.shown:
        if result.appraisal.verdict is Verdict.VERIFIED:
            continue
        name = result.evidence.device.name
        yield from _wrapped(f"{_line(name)}: {', '.join(result.appraisal.conclusions)}")
        # The same thing may be said by a rule and again by what "verified" demands.
        for line in dict.fromkeys(_reasons(result)):
            yield from _wrapped(f"- {line}", "  ")
        for line in waiver_lines(result):
            yield from _wrapped(f"= {line}", "  ")
        for step in next_steps(result):
            yield from _wrapped(f"> {step}", "  ")
        yield ""


def _reasons(result: DeviceResult) -> Iterator[str]:
    failure = result.evidence.failure
    said = [f.observation.message for f in result.appraisal.findings]
    if failure is not None and not any(failure.detail in message for message in said):
        yield f"{failure.kind.value}: {clean(failure.detail)}"
    for finding in result.appraisal.findings:
        about = finding.observation
        if about.verdict is not Verdict.VERIFIED:
            yield clean(f"{finding.rule_id} {about.subject}: {about.message}")
    for shortfall in result.appraisal.shortfalls:
        if failure is None or shortfall.detail != failure.detail:
            where = f"{shortfall.subject}: " if shortfall.subject else ""
            yield clean(where + shortfall.detail)
    for fault in result.appraisal.faults:
        yield clean(f"a fault of netintegrity itself ({fault.stage}): {fault.error}")


def _needs(report: RunReport) -> Iterator[str]:
    wanted = needs(report)
    if not wanted:
        return
    yield "What would settle the rest:"
    for need in wanted:
        yield from _wrapped(f"- {need_counts(need)}: {need['next_step']}", "  ")
    yield ""


def _grounds(report: RunReport) -> Iterator[str]:
    yield "Manifests:" if report.manifests else "Manifests: none, so nothing can be verified"
    for outcome in report.manifests:
        yield from _wrapped(f"- {_manifest(outcome)}", "  ")
    for waivers in report.waivers:
        if waivers.reason is not None:
            told = f"{clean(waivers.file)}: waivers REJECTED, {waivers.reason}"
            yield from _wrapped(f"- {told}: {clean(waivers.detail)}", "  ")
    for accepted in report.accepted_downgrades:
        yield from _wrapped(f"- {words.acceptance(accepted)}", "  ")
    for line in reload_lines(report):
        yield from _wrapped(line)
    if report.window is not None:
        yield from _wrapped(_window(report.window))
    if report.changed_files:
        yield from _wrapped(
            "Files of the site changed since the run before: "
            + ", ".join(clean(f) for f in report.changed_files)
        )
    yield from _wrapped(f"keyring: {clean(report.keyring)} ({_brief(report.keyring_digest)})")
    yield from _wrapped(
        f"policy {_brief(report.policy_digest)}, memory {_brief(report.memory_digest)}, "
        f"run {clean(report.run_id)}, netintegrity {report.tool_version}"
    )
    if report.history is not None:
        yield from _wrapped(f"history before this run: {words.history(report.history)}")
    if report.judged_as_of:
        yield "judged for another moment than the run's own: never a pass"


def _counts(report: RunReport) -> Iterator[str]:
    appraisals = [r.appraisal for r in report.results]
    counts = ", ".join(f"{n} {c}" for c, n in by_label(appraisals).items())
    levels = ", ".join(f"{n} {level}" for level, n in by_level(appraisals).items())
    yield ""
    yield from _wrapped(f"{_counted(len(appraisals), 'device')}: {counts or 'none'}")
    if waived := sum(bool(r.waivers) for r in report.results):
        yield from _wrapped(
            f"{_counted(waived, 'device')} waived: the verdict stands, and the exit status is "
            "that of the others"
        )
    if levels:
        yield from _wrapped(f"verified, by what is known: {levels}")
    if line := coverage_line(report):
        yield from _wrapped(line)
    if attested := count_attested(report.results):
        yield from _wrapped(
            f"On {_counted(attested, 'device')} hardware attests what runs; of the file that the "
            "next boot loads it says nothing."
        )
    if report.carried_forward:
        yield from _wrapped(
            f"{_counted(report.carried_forward, 'digest')} carried forward from an earlier run"
        )


def _window(window: RunWindow) -> str:
    ticket = _line(window.ticket) or "no ticket"
    signed = ", ".join(clean(a) for a in window.approvers) or "nobody"
    return (
        f"change window {ticket}, {window.begins:%Y-%m-%d %H:%M} to {window.ends:%Y-%m-%d %H:%M} "
        f"UTC, held against: {window.phase}; plan signed by {signed}"
    )


def _manifest(outcome: ManifestOutcome) -> str:
    if outcome.reason is not None:
        return f"{clean(outcome.filename)}: REJECTED, {outcome.reason}: {clean(outcome.detail)}"
    word = "vendor-signed" if outcome.vendor_signed else "owner-signed"
    caveats = f" ({', '.join(sorted(outcome.caveats))})" if outcome.caveats else ""
    entries = "1 entry" if outcome.images == 1 else f"{outcome.images} entries"
    return f"{clean(outcome.id)}: {word} by {clean(outcome.signer or '')}, {entries}{caveats}"


def _brief(digest: str) -> str:
    algorithm, _, value = digest.partition(":")
    return f"{algorithm}:{value[:12]}{_ELLIPSIS}" if value else digest


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _line(text: str) -> str:
    """Return ``text`` as one line; a newline in a cell would look like another row."""
    return clean(text).replace("\n", "\\n").replace("\t", "\\t")


def _ended(text: str) -> str:
    line = _line(text)
    return line if len(line) <= _RELEASE else line[: _RELEASE - 1] + _ELLIPSIS


def _middle_left_out(text: str, most: int) -> str:
    """Return ``text`` in at most ``most`` characters; of names, both ends tell them apart."""
    if len(text) <= most:
        return text
    tail = (most - 1) // 2
    return text[: most - 1 - tail] + _ELLIPSIS + text[len(text) - tail :]


def _wrapped(text: str, indent: str = "") -> Iterator[str]:
    yield from textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_on_hyphens=False,
    )


REPORT: Final = ReportFormat(id="table", media_type="text/plain", suffix=".txt", render=_render)
