"""The writable layer of OpenWrt, and what of it lies over the read-only root.

Source: openwrt.org, "The OpenWrt Flash Layout" (overlayfs, /rom and /overlay).
"""

from collections.abc import Iterator, Mapping
from typing import Final

from netintegrity.model.claims import AddedClaim, Gap, SoftwareKind, Source
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms._linux_beside import ABSENT
from netintegrity.platforms._text import Answer, Line

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_LAYERS: Final = (("overlay", "/overlay/upper"), ("rom", "/rom"))
"""By probe: below which folder its answer lists files."""
_OWN_RECORDS: Final = ("/usr/lib/opkg/", "/lib/apk/db/")
"""What the package manager itself writes over the read-only root."""


def _layers(answers: Mapping[str, Answer | None]) -> tuple[dict[str, Line] | None, set[str] | None]:
    """Return the files of the writable layer by path, and the paths of the read-only root."""
    over, under = (_listed(answers[p], prefix) for p, prefix in _LAYERS)
    return over, None if under is None else set(under)


def _listed(answer: Answer | None, prefix: str) -> dict[str, Line] | None:
    """Return the files below ``prefix``; None: the answer is not only such files."""
    if answer is None:
        return None
    lines = [n for n in answer.lines if ABSENT.match(n.text) is None]
    if any(not n.text.startswith(f"{prefix}/") for n in lines):
        return None
    return {n.text.removeprefix(prefix): n for n in lines}


def shadowing(answers: Mapping[str, Answer | None]) -> Iterator[AddedClaim]:
    """Yield the files of the writable layer that lie over those of the read-only root."""
    over, under = _layers(answers)
    for path, line in (over or {}).items():
        if path in (under or ()) and not path.startswith(_OWN_RECORDS):
            yield AddedClaim(
                subject=_CHASSIS,
                kind=SoftwareKind.OVERLAY,
                name=f"/overlay/upper{path}",
                form="file",
                source=Source("overlay", line.number),
            )


def overlay_gaps(answers: Mapping[str, Answer | None]) -> Iterator[Gap]:
    """Yield where files lie over the read-only root, or where it cannot be told."""
    for probe_id, prefix in _LAYERS:
        answer = answers[probe_id]
        if answer is not None and _listed(answer, prefix) is None:
            lines = (n.text for n in answer.lines if ABSENT.match(n.text) is None)
            odd = next(t for t in lines if not t.startswith(f"{prefix}/"))
            yield Gap(probe_id=probe_id, reason=f"refused: {odd.strip()[:200]}")
    if _listed(answers["rom"], "/rom") == {}:
        yield Gap(probe_id="rom", reason="nothing lies in a read-only root")
    if names := sorted(a.name for a in shadowing(answers)):
        count, first = len(names), names[0][:120]
        reason = f"{count} files lie over the read-only root, the first {first}"
        # The list of them is whole; what is not known is what runs.
        yield Gap(probe_id="root", reason=reason)
