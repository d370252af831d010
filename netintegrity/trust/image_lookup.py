"""A file on this host, looked up in the lists that verified."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from netintegrity.model.assurance import Caveat
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.reference import ReferenceImage, ReferenceSet
from netintegrity.model.verdict import Verdict

ALGORITHMS: Final = (DigestAlgorithm.MD5, DigestAlgorithm.SHA256, DigestAlgorithm.SHA512)
"""Those that vendors publish."""


def compared(
    listed: Iterable[ReferenceImage], digests: tuple[Digest, ...], filename: str
) -> tuple[tuple[ReferenceImage, ...], bool]:
    """Return the files that have every digest that can be compared; and whether one contradicts.

    One contradicts that agrees in a weak digest and not in a strong one, or that has this name and
    agrees in none while no other does.
    """
    ours = {d.algorithm: d for d in digests}
    agreeing, other_of_this_name, torn = [], False, False
    for image in listed:
        same = [ours[d.algorithm] == d for d in image.digests if d.algorithm in ours]
        if same and all(same):
            agreeing.append(image)
        elif any(same):
            torn = True
        elif same and image.filename == filename:
            other_of_this_name = True
    return tuple(agreeing), torn or (other_of_this_name and not agreeing)


def vouched_for(
    agreeing: tuple[ReferenceImage, ...], references: ReferenceSet, *, filename: str, at: datetime
) -> tuple[Verdict, frozenset[Caveat]]:
    """Return what the lists alone come to, where no signature inside speaks."""
    # An expired list does not vouch; how old is too old is the policy of an audit.
    current = references.current_ids(at=at, max_age=None)
    vouching = [
        (_caveats(image, references, filename=filename, at=at), image.manifest_id)
        for image in agreeing
        if image.manifest_id in current and _may_vouch(image, references)
    ]
    if not vouching:
        return Verdict.UNKNOWN, frozenset()
    return Verdict.VERIFIED, min(vouching, key=lambda v: (len(v[0]), v[1]))[0]


def _is_weak(image: ReferenceImage) -> bool:
    return all(d.algorithm.is_weak for d in image.digests if d.algorithm in ALGORITHMS)


def _may_vouch(image: ReferenceImage, references: ReferenceSet) -> bool:
    return not _is_weak(image) or references.provenance_of(image).vendor_signed


def _caveats(
    image: ReferenceImage, references: ReferenceSet, *, filename: str, at: datetime
) -> frozenset[Caveat]:
    weak = {Caveat.WEAK_DIGEST} if _is_weak(image) else set()
    renamed = set() if image.filename == filename else {Caveat.RENAMED}
    return references.provenance_of(image).caveats(at=at) | weak | renamed
