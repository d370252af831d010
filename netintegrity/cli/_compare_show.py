"""A comparison as a document, and as text."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from netintegrity import rfc3339
from netintegrity.assess.compare import Change, ComparedDevice, Comparison, counts
from netintegrity.assess.facts import Values
from netintegrity.assess.plan import Plan
from netintegrity.model.codec import subject_to_json
from netintegrity.model.run import RunReport
from netintegrity.plain_text import clean
from netintegrity.report.view import verdict_label

SCHEMA: Final = "netintegrity/comparison/1"
_DIGEST: Final = re.compile(r"\b((?:md5|sha\d{1,3}):[0-9a-f]{12})[0-9a-f]{12,}\b")


def document(comparison: Comparison) -> dict[str, object]:
    """Return the document of the contract (schema ``netintegrity/comparison/1``)."""
    labels = _labels(comparison)
    return {
        "schema": SCHEMA,
        "before": _run(comparison.before),
        "after": _run(comparison.after),
        "plan": None if comparison.plan is None else _plan(comparison.plan),
        "unplanned": comparison.unplanned,
        "summary": dict(counts(comparison)),
        "missing": [
            {"name": clean(u.name), "side": u.side, "reason": clean(u.reason)}
            for u in comparison.unseen
        ],
        "devices": [_device(d, labels) for d in comparison.devices],
    }


def _run(run: RunReport) -> dict[str, object]:
    return {
        "run_id": clean(run.run_id),
        "site": clean(run.site),
        "started_at": rfc3339.show(run.started_at),
        "finished_at": rfc3339.show(run.finished_at),
        "manifests_rejected": sum(m.reason is not None for m in run.manifests),
    }


def _plan(plan: Plan) -> dict[str, object]:
    return {
        "ticket": clean(plan.ticket) or None,
        "begins": rfc3339.show(plan.window.begins),
        "ends": rfc3339.show(plan.window.ends),
    }


def _labels(comparison: Comparison) -> dict[str, str]:
    """Return the words beside each device of the run after, as its report has them."""
    return {r.evidence.device.name: verdict_label(r.appraisal) for r in comparison.after.results}


def _device(device: ComparedDevice, labels: Mapping[str, str]) -> dict[str, object]:
    before = device.conclusion_before
    return {
        "name": clean(device.name),
        "verdict": device.verdict.value,
        "conclusion": device.conclusion.value,
        "label": labels.get(device.name, device.conclusion.value),
        "conclusion_before": None if before is None else before.value,
        "unplanned": device.unplanned,
        "changes": [_change(c) for c in device.changes],
        "not_done": [
            {
                "subject": subject_to_json(u.subject),
                "expected": clean(u.expected),
                "found": _value(u.found),
                "message": clean(u.message),
            }
            for u in device.undone
        ],
    }


def _change(change: Change) -> dict[str, object]:
    subject = change.topic.subject
    return {
        "what": clean(str(change.topic)),
        "subject": None if subject is None else subject_to_json(subject),
        "before": _value(change.before),
        "after": _value(change.after),
        "planned": change.planned,
        "why": clean(change.why),
    }


def _value(values: Values) -> str | None:
    return clean(", ".join(values)) or None


def table(comparison: Comparison) -> str:
    """Return the comparison for people: all that was not planned, and how much was."""
    return "\n".join(_lines(comparison)) + "\n"


def _lines(comparison: Comparison) -> Iterator[str]:
    before, after = comparison.before, comparison.after
    yield f"{_line(before.site)}: {_line(before.run_id)} and {_line(after.run_id)}"
    if comparison.plan is not None:
        window = comparison.plan.window
        ticket = _line(comparison.plan.ticket) or "no ticket"
        yield f"plan {ticket}: {window.begins:%Y-%m-%d %H:%M} to {window.ends:%Y-%m-%d %H:%M} UTC"
    yield ""
    labels = _labels(comparison)
    for device in comparison.devices:
        yield from _told(device, labels.get(device.name, device.conclusion.value))
    for unseen in comparison.unseen:
        yield f"{_line(unseen.name)}: not seen whole, {_side(unseen.side)}: {_line(unseen.reason)}"
    number: Mapping[str, int] = counts(comparison)
    yield (
        f"devices: {number['devices']}, not seen whole {number['unseen']}; changes: planned "
        f"{number['planned']}, unplanned {number['unplanned']}, not done {number['undone']}"
    )


def _told(device: ComparedDevice, label: str) -> Iterator[str]:
    if not device.changes and not device.undone:
        return
    yield f"{_line(device.name)}: {label}"
    for undone in device.undone:
        yield f"  {undone.subject}: expected {_line(undone.expected)}; {_line(undone.message)}"
    planned = sum(c.planned for c in device.changes)
    if planned:
        yield f"  {planned} planned"
    by_reason: dict[str, list[Change]] = {}
    for change in device.changes:
        if not change.planned:
            by_reason.setdefault(change.why, []).append(change)
    for why, changes in by_reason.items():
        yield f"  {len(changes)} unplanned: {_line(why)}"
        for change in changes:
            was, now = _shown(change.before), _shown(change.after)
            yield f"    {_line(str(change.topic))}: {was} -> {now}"
    yield ""


def _shown(values: Values) -> str:
    """Return what was told, in one line; of a digest enough to know it again."""
    return _line(", ".join(_DIGEST.sub(r"\1…", v) for v in values)) or "nothing"


def _side(side: str) -> str:
    return {"before": "in the run before", "after": "in the run after"}.get(side, "in both runs")


def _line(text: str) -> str:
    """Return a text of one line, whatever a box put into it."""
    return clean(text).replace("\n", "\\n").replace("\t", "\\t")
