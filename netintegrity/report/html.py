"""The report as one page that needs nothing else: no script, no network, no other file."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.model.assurance import AssuranceLevel, Caveat
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.run import DeviceResult, RunReport
from netintegrity.report import words
from netintegrity.report._needs import need_counts, needs
from netintegrity.report._page import render_page
from netintegrity.report._spec import ReportFormat
from netintegrity.report.view import (
    SELF_REPORTED,
    SELF_REPORTED_MEANS,
    by_label,
    document,
)

# Each verdict has a sign and a word beside its colour: a page is also printed, and read by people
# who do not see red. Gravest first, as the page lists devices.
_TILES: Final = {
    "mismatch": ("finding", "a mismatch, or a box that contradicts itself"),
    "unreachable": ("unreachable", "did not answer, or was never logged in to"),
    "unknown": ("unknown", "could not be verified"),
    "reported": (SELF_REPORTED, "by the box's own word alone"),
    "verified": ("verified", "by more than the box's own word"),
}
_KINDS: Final = ("contradictory", *_TILES)


def _render(report: RunReport) -> str:
    filters: dict[str, Callable[..., object]] = {"kind": _kind, "gathered": _gathered}
    return render_page("report.html.j2", _page(report), filters)


def _page(report: RunReport) -> dict[str, object]:
    """Return what the template shows: the document, and what follows from it alone."""
    run = document(report)
    kinds = [_kind_of(r) for r in report.results]
    # Ties keep the order of the inventory.
    order = sorted(
        range(len(kinds)), key=lambda n: report.results[n].appraisal.conclusions[0].gravity
    )
    order.sort(key=lambda n: _KINDS.index(kinds[n]))
    counts = Counter(kinds)
    counts["mismatch"] += counts["contradictory"]
    return {
        "run": run,
        "order": order,
        "kinds": kinds,
        "headline": ". ".join(_headline(counts, len(kinds))) + ".",
        "tiles": [(kind, counts[kind], *said) for kind, said in _TILES.items()],
        "self_reported": SELF_REPORTED,
        "self_reported_means": SELF_REPORTED_MEANS,
        "past": report.past,
        "needs": [(need_counts(n), n) for n in needs(report)],
        "conclusions": list(_conclusions(report)),
        "levels": {level.word: w for level, w in words.LEVELS.items()},
        "caveats": {c.value: words.CAVEATS[c] for c in Caveat if c in _caveats(report)},
        "not_demanded": sorted(
            Counter(i for r in report.results for i in r.appraisal.not_demanded).items()
        ),
    }


def _headline(counts: Counter[str], total: int) -> Iterator[str]:
    if not total:
        yield "No device was selected, so nothing was verified"
        return
    if found := counts["mismatch"]:
        yield f"{found} of {total} devices {_verb(found, 'has', 'have')} a finding"
    if open_ := counts["unknown"] + counts["unreachable"]:
        yield f"{open_} of {total} could not be verified"
    own, verified = counts["reported"], counts["reported"] + counts["verified"]
    alone = "on the box's own word alone"
    if not verified:
        yield "None is verified"
    elif own in {0, verified}:
        how = f", {alone}" if own else ""
        yield f"{verified} of {total} {_verb(verified, 'is', 'are')} verified{how}"
    else:
        yield f"{verified} of {total} are verified, {own} of them {alone}"


def _conclusions(report: RunReport) -> Iterator[tuple[str, int, str, str]]:
    """Yield label, count, kind and meaning of every conclusion there is, gravest first.

    What is verified on the box's own word alone is counted apart.
    """
    for label, count in by_label(r.appraisal for r in report.results).items():
        conclusion = Conclusion.VERIFIED if label == SELF_REPORTED else Conclusion(label)
        kind = "reported" if label == SELF_REPORTED else conclusion.verdict.value
        meaning = words.CONCLUSIONS[conclusion]
        yield label, count, kind, f"so it says: {meaning}" if label == SELF_REPORTED else meaning


def _verb(count: int, one: str, many: str) -> str:
    return one if count == 1 else many


def _caveats(report: RunReport) -> frozenset[Caveat]:
    """Return every caveat the page shows."""
    shown = {c for m in report.manifests for c in m.caveats}
    for result in report.results:
        shown |= result.appraisal.assurance.caveats
        for finding in result.appraisal.findings:
            shown |= finding.observation.assurance.caveats
    return frozenset(shown)


def _kind_of(result: DeviceResult) -> str:
    appraisal = result.appraisal
    return _kind(appraisal.verdict.value, appraisal.assurance.level.word)


def _kind(verdict: str, level: str) -> str:
    """Return by which sign and colour a verdict is shown."""
    weak = {AssuranceLevel.NONE.word, AssuranceLevel.REPORTED.word}
    own_word = verdict == "verified" and level in weak
    return "reported" if own_word else verdict


def _gathered(findings: list[dict[str, object]]) -> list[tuple[dict[str, object], list[object]]]:
    """Return findings gravest first, each once with every role an image has in it.

    What runs is mostly what boots next, and the rules say the same of both.
    """
    gravity = {c.value: c.gravity for c in Conclusion}
    found: dict[str, tuple[dict[str, object], list[object]]] = {}
    for finding in sorted(findings, key=lambda f: gravity[str(f["conclusion"])]):
        alike = json.dumps({**finding, "role": None})
        roles = found.setdefault(alike, (finding, []))[1]
        if finding["role"] is not None:
            roles.append(finding["role"])
    return list(found.values())


REPORT: Final = ReportFormat(id="html", media_type="text/html", suffix=".html", render=_render)
