"""A comparison as a page, and as text to paste into the ticket of the change."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from netintegrity.assess.compare import Comparison
from netintegrity.cli._compare_show import document
from netintegrity.report._page import moment, render_page
from netintegrity.report.view import SELF_REPORTED

# Whatever a box says stays text: no link, no markup, no cell of its own. GFM makes links of bare
# URLs and addresses too (its section 6.9); a backslash ends that.
_MARKS: Final = re.compile(r"([\\`*_\[\]<>|~&@]|:(?=//)|(?<=www)\.)", re.IGNORECASE)


def html(comparison: Comparison) -> str:
    """Return one page that needs nothing else."""
    told = document(comparison)
    return render_page(
        "comparison.html.j2", {"c": told, "outcome": _outcome(told), "self_reported": SELF_REPORTED}
    )


def markdown(comparison: Comparison) -> str:
    """Return the comparison in Markdown (CommonMark, with the tables of GFM)."""
    return "\n".join(_lines(document(comparison))) + "\n"


def _outcome(told: Mapping[str, object]) -> tuple[str, str]:
    """Return the verdict of the whole, as the kind of its colour and in a sentence."""
    summary, missing = told["summary"], told["missing"]
    assert isinstance(summary, dict)  # noqa: S101 - the shape of the document
    if told["unplanned"]:
        return "mismatch", (
            f"Not as planned: {summary['unplanned']} unplanned, {summary['undone']} not done"
        )
    if missing:
        return "unknown", f"{summary['unseen']} of the devices were not seen whole"
    if not summary["devices"]:
        return "unknown", "No device is in either run"
    return "verified", f"Only what was planned: {summary['planned']} changes"


def _lines(told: Mapping[str, object]) -> Iterator[str]:
    plan, before, after = told["plan"], told["before"], told["after"]
    assert isinstance(before, dict)  # noqa: S101 - the shape of the document
    assert isinstance(after, dict)  # noqa: S101
    yield f"# Change on {_text(after['site'])}"
    yield ""
    yield f"**{_outcome(told)[1]}.**"
    yield ""
    for name, run in (("before", before), ("after", after)):
        yield f"* {name}: run {_text(run['run_id'])}, {moment(run['started_at'])}"
    if isinstance(plan, dict):
        window = f"{moment(plan['begins'])} to {moment(plan['ends'])}"
        yield f"* plan: {_text(plan['ticket'] or 'no ticket')}, {window}"
    else:
        yield "* plan: none, so nothing was announced"
    devices = told["devices"]
    assert isinstance(devices, list)  # noqa: S101
    yield from _summary(devices)
    for device in devices:
        yield from _unplanned(device)
    missing = told["missing"]
    assert isinstance(missing, list)  # noqa: S101
    if missing:
        yield ""
        yield "## Not seen whole"
        yield ""
        for unseen in missing:
            yield f"* {_text(unseen['name'])}, {unseen['side']}: {_text(unseen['reason'])}"


def _summary(devices: list[dict[str, object]]) -> Iterator[str]:
    changed = [d for d in devices if d["changes"] or d["not_done"]]
    if not changed:
        return
    yield ""
    yield "| device | now | planned | unplanned | not done |"
    yield "|---|---|---:|---:|---:|"
    for device in changed:
        changes, undone = device["changes"], device["not_done"]
        assert isinstance(changes, list)  # noqa: S101
        assert isinstance(undone, list)  # noqa: S101
        planned = sum(bool(c["planned"]) for c in changes)
        cells = (planned, len(changes) - planned, len(undone))
        name, label = _text(device["name"]), _text(device["label"])
        yield f"| {name} | {label} | {' | '.join(map(str, cells))} |"


def _unplanned(device: dict[str, object]) -> Iterator[str]:
    changes, undone = device["changes"], device["not_done"]
    assert isinstance(changes, list)  # noqa: S101
    assert isinstance(undone, list)  # noqa: S101
    rows = [c for c in changes if not c["planned"]]
    if not rows and not undone:
        return
    yield ""
    yield f"## {_text(device['name'])}"
    yield ""
    if rows:
        yield "| unplanned | before | after | why |"
        yield "|---|---|---|---|"
        for row in rows:
            cells = (row["what"], row["before"] or "nothing", row["after"] or "nothing", row["why"])
            yield f"| {' | '.join(_text(c) for c in cells)} |"
    for one in undone:
        subject = f"{one['subject']['kind']} {one['subject']['id']}"
        yield f"* {_text(subject)}: expected {_text(one['expected'])}; {_text(one['message'])}"


def _text(value: object) -> str:
    line = " ".join(str(value).split())
    return _MARKS.sub(r"\\\1", line)
