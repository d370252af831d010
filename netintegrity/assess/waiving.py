"""Which waivers excuse a device; pure. Excused is not verified: verdict and conclusion stay."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from netintegrity.model.claims import DeviceClaims, ImageClaim
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.evidence import Evidence
from netintegrity.model.finding import Appraisal, Finding
from netintegrity.model.verdict import Verdict
from netintegrity.model.waiver import Waiver

WAIVABLE: Final = frozenset(
    {
        Conclusion.PATCHED,
        Conclusion.MASQUERADED,
        Conclusion.DOWNGRADED,
        Conclusion.WITHDRAWN,
        Conclusion.SOFTWARE_UNAPPROVED,
        Conclusion.UNKNOWN_IMAGE,
        Conclusion.STALE_REFERENCE,
    }
)
"""What is said of the bytes of one image, and so can be excused by its digest. A box that
contradicts itself, whose hardware objects, whose host key changed, that boots from elsewhere or
that was not seen whole is not excused by any digest."""


def waivers_for(
    evidence: Evidence,
    claims: DeviceClaims,
    appraisal: Appraisal,
    waivers: Iterable[Waiver],
    *,
    at: datetime,
) -> tuple[Waiver, ...]:
    """Return the waivers that together excuse all there is against a device; empty: not all of it.

    Every finding has to be of an image whose strongest digest a waiver names, on that very part.
    """
    if appraisal.verdict is Verdict.VERIFIED or evidence.failure is not None:
        return ()
    if appraisal.faults or appraisal.shortfalls:
        return ()
    known = [w for w in waivers if w.device == appraisal.device_name and w.counts_at(at)]
    used: list[Waiver] = []
    for finding in appraisal.findings:
        if finding.observation.verdict is Verdict.VERIFIED:
            continue
        excuses = _excuses(finding, claims, known)
        if not excuses:
            return ()
        used += excuses
    return tuple(dict.fromkeys(used))


def _excuses(finding: Finding, claims: DeviceClaims, waivers: list[Waiver]) -> list[Waiver]:
    """Return a waiver for each image the finding is of; empty unless there is one for each."""
    if finding.observation.conclusion not in WAIVABLE:
        return []
    found = []
    for image in _images_of(finding, claims):
        strongest = max(image.digests, key=lambda d: d.algorithm.strength, default=None)
        excuse = next(
            (w for w in waivers if w.subject == image.subject and w.digest == strongest), None
        )
        if excuse is None:
            return []
        found.append(excuse)
    return found


def _images_of(finding: Finding, claims: DeviceClaims) -> Iterator[ImageClaim]:
    about = finding.observation
    for image in claims.images:
        if (image.subject, image.role, image.path) == (about.subject, about.role, about.image):
            yield image
