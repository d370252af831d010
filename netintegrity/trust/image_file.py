"""One image file on this host: signed inside, known to a list, both, or neither."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from netintegrity.errors import TrustError, UnsignedError
from netintegrity.model.assurance import Caveat
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.reference import ReferenceImage, ReferenceSet
from netintegrity.model.verdict import Verdict
from netintegrity.registry import discover
from netintegrity.trust import images
from netintegrity.trust.anchors import Keyring, TrustAnchor
from netintegrity.trust.images._signer import anchors_for, signer_of
from netintegrity.trust.images._spec import Described, ImageContainer, ReadAt

CONTAINERS: Final = discover(images, ImageContainer)
ALGORITHMS: Final = (DigestAlgorithm.MD5, DigestAlgorithm.SHA256, DigestAlgorithm.SHA512)
_CHUNK_BYTES: Final = 4 * 1024 * 1024
_HEAD_BYTES: Final = 512


class SignatureState(StrEnum):
    """What became of the signature inside a file; words of the contract."""

    VERIFIED = "verified"
    REJECTED = "rejected"
    UNSIGNED = "unsigned"
    UNSUPPORTED = "unsupported"
    """No container that is known here."""
    UNVERIFIABLE = "unverifiable"
    """The keyring has nobody whose word on such an image counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedImage:
    """What is known of one file."""

    size_bytes: int
    digests: tuple[Digest, ...]
    container: str | None
    signature: SignatureState
    reason: str | None = None
    detail: str = ""
    anchor: TrustAnchor | None = None
    """Whose word it is, once the signature verified."""
    signer: str | None = None
    """Subject of the certificate inside."""
    described: Described = field(default_factory=Described)
    references: tuple[ReferenceImage, ...] = ()
    """Files of verified lists with its digests."""
    verdict: Verdict
    caveats: frozenset[Caveat] = frozenset()


def verify_image(
    read_at: ReadAt,
    size: int,
    *,
    filename: str,
    keyring: Keyring,
    references: ReferenceSet,
    at: datetime,
) -> VerifiedImage:
    """Return what is known of a file that is read once, in parts, and never unpacked.

    Args:
        read_at: reads the file.
        size: of the file, in bytes.
        filename: its last name; to recognise the container, and to look it up.
        keyring: whose word on images counts.
        references: verified lists, to look its digests up in.
        at: UTC; the moment of judgement.
    """
    head = read_at(0, _HEAD_BYTES)
    container = next((c for c in CONTAINERS.values() if c.sniff(filename, head)), None)
    signed, fault = None, None
    if container is not None:
        try:
            signed = container.open(read_at, size)
        except TrustError as error:
            fault = error
    digests, holed = _hashed(read_at, size, range(0) if signed is None else signed.hole)
    anchor, described, caveats = None, Described(), frozenset[Caveat]()
    anchors = () if container is None else anchors_for(container.id, keyring)
    if container is not None and signed is not None and anchors:
        try:
            anchor, caveats = signer_of(signed, holed, anchors, name=filename, at=at)
            described = container.describe(read_at, size)
        except TrustError as error:
            anchor, fault = None, error
    state = _state(container, fault, anchor)
    agreeing, differing = _compared(references.images, digests, filename)
    if state is SignatureState.REJECTED or differing or any(i.withdrawn for i in agreeing):
        verdict, said = Verdict.MISMATCH, frozenset[Caveat]()
    elif state is SignatureState.VERIFIED:
        verdict, said = Verdict.VERIFIED, frozenset[Caveat]()
    else:
        verdict, said = _vouched_for(agreeing, references, filename=filename, at=at)
    return VerifiedImage(
        size_bytes=size,
        digests=digests,
        container=None if container is None else container.id,
        signature=state,
        reason=None if fault is None else fault.reason,
        detail="" if fault is None else str(fault),
        anchor=anchor,
        signer=None
        if anchor is None or signed is None
        else signed.certificate.subject.rfc4514_string(),
        described=described,
        references=agreeing,
        verdict=verdict,
        caveats=caveats | said,
    )


def _hashed(read_at: ReadAt, size: int, hole: range) -> tuple[tuple[Digest, ...], bytes]:
    """Return the digests of the file, and the SHA-256 with the hole taken as NUL, if it has one."""
    states = {a: hashlib.new(a.value, usedforsecurity=False) for a in ALGORITHMS}
    holed = hashlib.sha256()
    for start in range(0, size, _CHUNK_BYTES):
        chunk = read_at(start, min(_CHUNK_BYTES, size - start))
        for state in states.values():
            state.update(chunk)
        if hole:
            first, last = max(hole.start, start) - start, min(hole.stop, start + len(chunk)) - start
            if first < last:
                chunk = chunk[:first] + bytes(last - first) + chunk[last:]
            holed.update(chunk)
    return tuple(Digest(a, s.digest()) for a, s in states.items()), holed.digest()


def _state(
    container: ImageContainer | None, fault: TrustError | None, anchor: TrustAnchor | None
) -> SignatureState:
    if container is None:
        return SignatureState.UNSUPPORTED
    if isinstance(fault, UnsignedError):
        return SignatureState.UNSIGNED
    if fault is not None:
        return SignatureState.REJECTED
    return SignatureState.UNVERIFIABLE if anchor is None else SignatureState.VERIFIED


def _compared(
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


def _vouched_for(
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
