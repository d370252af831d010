"""What the history answers, as documents and as text."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from netintegrity.plain_text import clean

if TYPE_CHECKING:
    from netintegrity.store.history.queries import Fields, Period, Sighting, Standing
    from netintegrity.store.history.verify import Verification

_SELF_REPORTED: Final = "verified (self-reported)"
_MOST_LINES: Final = 50


def standing_document(
    device: str, site: str, asked: str, standing: "Standing | None"
) -> dict[str, object]:
    """Return ``netintegrity/history-device/1``."""
    document: dict[str, object] = {
        "schema": "netintegrity/history-device/1",
        "device": device,
        "site": site,
        "asked_for": asked,
        "found": None,
    }
    if standing is not None:
        document["found"] = {
            **standing.appraisal,
            "conclusions": str(standing.appraisal["conclusions"]).split(),
            "caveats": str(standing.appraisal["caveats"]).split(),
            "shown_at": standing.shown_at,
            "images": list(standing.images),
            "releases": list(standing.releases),
            "host_keys": list(standing.host_keys),
            "serials": list(standing.serials),
            "findings": list(standing.findings),
            "run": {n: v for n, v in standing.run.items() if n != "site"},
        }
    return document


def standing_lines(standing: "Standing") -> Iterator[str]:
    """Yield how a device stood, for people."""
    judged = standing.appraisal
    yield _line(
        f"{judged['device']} ({judged['site']}): {_label(judged)}, known by {judged['level']}"
    )
    yield _line(f"  judged {_short(judged['at'])}, run {standing.run.get('run_id', 'unknown')}")
    if standing.shown_at is None:
        yield "  it never showed anything"
    elif standing.shown_at != judged["at"]:
        yield _line(
            f"  it could not be asked then; what follows it showed {_short(standing.shown_at)}"
        )
    for release in standing.releases:
        yield _line(f"  release    {release['name']}: {release['release']}")
    for image in _joined(standing.images):
        yield _line(f"  {image}")
    for serial in standing.serials:
        known = ", ".join(str(serial[n]) for n in ("pid", "serial") if serial[n] is not None)
        yield _line(f"  hardware   {serial['subject']}: {known}")
    for key in standing.host_keys:
        yield _line(f"  host key   {key['fingerprint']} ({key['status']})")
    for finding in standing.findings:
        rule = "" if finding["rule"] is None else f"{finding['rule']} "
        subject = "" if finding["subject"] is None else f"{finding['subject']}: "
        yield _line(f"  {finding['conclusion']}: {rule}{subject}{finding['message']}")


def _label(judged: "Fields") -> str:
    if judged["conclusion"] == "verified" and judged["level"] in {"none", "reported"}:
        return _SELF_REPORTED
    return str(judged["conclusion"])


def _joined(images: "Sequence[Fields]") -> Iterator[str]:
    """Yield a line for each image, and one below it for each digest of it."""
    told: tuple[object, ...] | None = None
    for image in images:
        which = (image["subject"], image["role"], image["path"])
        if which != told:
            release = "" if image["release"] is None else f", {image['release']}"
            yield f"{image['role']!s:<10} {image['subject']}: {image['path']}{release}"
        told = which
        if image["image_digest"] is not None:
            yield f"           {image['image_digest']}"


def timeline_document(device: str, site: str, periods: "Sequence[Period]") -> dict[str, object]:
    """Return ``netintegrity/history-timeline/1``."""
    return {
        "schema": "netintegrity/history-timeline/1",
        "device": device,
        "site": site,
        "periods": [
            {
                "first": p.first,
                "last": p.last,
                "runs": p.runs,
                "conclusion": p.conclusion,
                "level": p.level,
                "running_release": p.running_release,
                "changed": list(p.changed),
            }
            for p in periods
        ],
    }


def timeline_lines(device: str, site: str, periods: "Sequence[Period]") -> Iterator[str]:
    """Yield how a device stood over time, newest first."""
    from tabulate import tabulate

    rows = [
        [
            _short(p.first),
            _short(p.last),
            p.runs,
            _label({"conclusion": p.conclusion, "level": p.level}),
            clean(p.running_release or "-"),
            ", ".join(p.changed) or "-",
        ]
        for p in reversed(periods)
    ]
    yield _line(f"{device} ({site}), newest first:")
    yield tabulate(
        rows,
        headers=["from", "to", "runs", "conclusion", "release", "changed"],
        disable_numparse=True,
    )


def image_document(digest: str, found: "Sequence[Sighting]") -> dict[str, object]:
    """Return ``netintegrity/history-image/1``."""
    names = ("site", "device", "subject", "role", "path", "release", "first", "last", "runs")
    return {
        "schema": "netintegrity/history-image/1",
        "digest": digest,
        "sightings": [
            {**{n: getattr(s, n) for n in names}, "conclusion": s.conclusion} for s in found
        ],
    }


def image_lines(digest: str, found: "Sequence[Sighting]") -> Iterator[str]:
    """Yield who had an image, for people."""
    from tabulate import tabulate

    if not found:
        yield _line(f"{digest} was seen on no device")
        return
    rows = [
        [
            clean(s.device),
            clean(f"{s.subject} {s.role}"),
            _short(s.first),
            _short(s.last),
            s.runs,
            s.conclusion,
            clean(s.path),
        ]
        for s in found
    ]
    headers = ["device", "where", "from", "to", "runs", "judged last", "path"]
    yield tabulate(rows, headers=headers, disable_numparse=True)


def verification_document(found: "Verification", head: str | None) -> dict[str, object]:
    """Return ``netintegrity/history-verification/1``."""
    return {
        "schema": "netintegrity/history-verification/1",
        "status": "altered" if found.damages or found.truncated else "intact",
        "head": found.head,
        "rows": found.rows,
        "pruned_rows": found.pruned,
        "states": found.states,
        "asked_head": head,
        "head_found": None if found.truncated is None else not found.truncated,
        "damages": [
            {"table": d.table, "row": d.row, "about": clean(d.about), "what": clean(d.what)}
            for d in found.damages
        ],
    }


def verification_lines(found: "Verification", head: str | None) -> Iterator[str]:
    """Yield what came of a verification, for people."""
    for damage in found.damages[:_MOST_LINES]:
        where = " ".join(t for t in (damage.table, damage.row) if t) or "history"
        about = f" ({damage.about})" if damage.about else ""
        yield _line(f"ALTERED: {where}{about}: {damage.what}")
    if (more := len(found.damages) - _MOST_LINES) > 0:
        yield f"and {more} more"
    if found.truncated:
        yield _line(
            f"ALTERED: {head} is no head this history ever had: rows were taken from its end"
        )
    elif head is not None and found.truncated is None:
        yield _line(f"{head} is not among the rows that are left; it may lie in what was pruned")
    word = "altered" if found.damages or found.truncated else "intact"
    pruned = f", {found.pruned} pruned" if found.pruned else ""
    yield f"{word}: {found.rows} rows{pruned}, {found.states} states seen, head {found.head}"
    if head is None:
        yield "rows taken from the end show only by a head that was printed before: `--head`"


def _short(moment: object) -> str:
    """Return a stored time to the minute."""
    text = str(moment)
    return f"{text[:10]} {text[11:16]}"


def _line(text: str) -> str:
    return clean(text).replace("\n", "\\n").replace("\t", "\\t")
