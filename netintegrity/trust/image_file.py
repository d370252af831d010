"""One image file on this host: signed inside or beside, known to a list, both, or neither."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from netintegrity.errors import TrustError, UnsignedError
from netintegrity.model.assurance import Caveat
from netintegrity.model.digest import Digest
from netintegrity.model.reference import ReferenceImage, ReferenceSet
from netintegrity.model.verdict import Verdict
from netintegrity.registry import discover
from netintegrity.trust import images
from netintegrity.trust.anchors import Keyring, TrustAnchor
from netintegrity.trust.image_lookup import ALGORITHMS, compared, vouched_for
from netintegrity.trust.images import _detached as detached
from netintegrity.trust.images._signer import anchors_for, signer_of
from netintegrity.trust.images._spec import Described, DetachedForm, ImageContainer, ReadAt
from netintegrity.trust.images._tar import Bundle, bundle_of, is_tar

CONTAINERS: Final = discover(images, ImageContainer)
DETACHED: Final = discover(images, DetachedForm)
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
    beside: Mapping[str, bytes] = MappingProxyType({}),
) -> VerifiedImage:
    """Return what is known of a file that is read once, in parts, and never unpacked.

    An image inside a tar archive, beside its signature, is judged where it lies.

    Args:
        read_at: reads the file.
        size: of the file, in bytes.
        filename: its last name; to recognise the container, and to look it up.
        keyring: whose word on images counts.
        references: verified lists, to look its digests up in.
        at: UTC; the moment of judgement.
        beside: small files of the same folder, by name: signatures and certificates.
    """
    head = read_at(0, _HEAD_BYTES)
    bundle = _bundle(read_at, size) if is_tar(head) else None
    if bundle is not None:
        return _in_archive(bundle, read_at, keyring=keyring, references=references, at=at)
    container = next((c for c in CONTAINERS.values() if c.sniff(filename, head)), None)
    form = detached.form_beside(DETACHED.values(), filename, beside) if container is None else None
    if form is not None:
        found = _by_form(
            form, read_at, size, filename=filename, beside=beside, keyring=keyring, at=at
        )
    else:
        found = _by_container(container, read_at, size, filename=filename, keyring=keyring, at=at)
    agreeing, differing = compared(references.images, found.digests, filename)
    if found.state is SignatureState.REJECTED or differing or any(i.withdrawn for i in agreeing):
        verdict, said = Verdict.MISMATCH, frozenset[Caveat]()
    elif found.state is SignatureState.VERIFIED:
        verdict, said = Verdict.VERIFIED, frozenset[Caveat]()
    else:
        verdict, said = vouched_for(agreeing, references, filename=filename, at=at)
    return VerifiedImage(
        size_bytes=size,
        digests=found.digests,
        container=found.container,
        signature=found.state,
        reason=None if found.fault is None else found.fault.reason,
        detail="" if found.fault is None else str(found.fault),
        anchor=found.anchor,
        signer=found.signer,
        described=found.described,
        references=agreeing,
        verdict=verdict,
        caveats=found.caveats | said,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What became of the signature, wherever it lies."""

    container: str | None
    digests: tuple[Digest, ...]
    state: SignatureState
    fault: TrustError | None = None
    anchor: TrustAnchor | None = None
    signer: str | None = None
    described: Described = field(default_factory=Described)
    caveats: frozenset[Caveat] = frozenset()


def _bundle(read_at: ReadAt, size: int) -> Bundle | None:
    try:
        return bundle_of(read_at, size)
    except ValueError:
        return None


def _in_archive(
    bundle: Bundle, read_at: ReadAt, *, keyring: Keyring, references: ReferenceSet, at: datetime
) -> VerifiedImage:
    def inside(offset: int, size: int) -> bytes:
        return read_at(bundle.offset + offset, max(0, min(size, bundle.size_bytes - offset)))

    judged = verify_image(
        inside,
        bundle.size_bytes,
        filename=bundle.name,
        keyring=keyring,
        references=references,
        at=at,
        beside=bundle.beside,
    )
    note = f"judged is {bundle.name}, which lies inside the archive"
    described = replace(judged.described, notes=(*judged.described.notes, note))
    return replace(judged, described=described)


def _by_form(
    form: DetachedForm,
    read_at: ReadAt,
    size: int,
    *,
    filename: str,
    beside: Mapping[str, bytes],
    keyring: Keyring,
    at: datetime,
) -> _Found:
    anchors = detached.anchors_for(form, keyring)
    digests, _, more = _hashed(read_at, size, range(0), detached.hashes_of(anchors))
    if not anchors:
        return _Found(container=form.id, digests=digests, state=SignatureState.UNVERIFIABLE)
    try:
        signed = detached.judge(form, filename, beside, anchors=anchors, digests=more, at=at)
    except TrustError as error:
        return _Found(
            container=form.id, digests=digests, state=SignatureState.REJECTED, fault=error
        )
    return _Found(
        container=form.id,
        digests=digests,
        state=SignatureState.VERIFIED,
        anchor=signed.anchor,
        signer=signed.subject,
        caveats=signed.caveats,
    )


def _by_container(
    container: ImageContainer | None,
    read_at: ReadAt,
    size: int,
    *,
    filename: str,
    keyring: Keyring,
    at: datetime,
) -> _Found:
    signed, fault = None, None
    if container is not None:
        try:
            signed = container.open(read_at, size)
        except TrustError as error:
            fault = error
    digests, holed, _ = _hashed(read_at, size, range(0) if signed is None else signed.hole)
    anchor, described, caveats = None, Described(), frozenset[Caveat]()
    anchors = () if container is None else anchors_for(container.id, keyring)
    if container is not None and signed is not None and anchors:
        try:
            anchor, caveats = signer_of(signed, holed, anchors, name=filename, at=at)
            described = container.describe(read_at, size)
        except TrustError as error:
            anchor, fault = None, error
    subject = None
    if anchor is not None and signed is not None:
        subject = signed.certificate.subject.rfc4514_string()
    return _Found(
        container=None if container is None else container.id,
        digests=digests,
        state=_state(container, fault, anchor),
        fault=fault,
        anchor=anchor,
        signer=subject,
        described=described,
        caveats=caveats,
    )


def _hashed(
    read_at: ReadAt, size: int, hole: range, wanted: Iterable[str] = ()
) -> tuple[tuple[Digest, ...], bytes, Mapping[str, bytes]]:
    """Return the digests of the file, the SHA-256 with the hole taken as NUL, and the wanted ones.

    The last are by hashlib's name; the file is read once.
    """
    plain = {a.value: hashlib.new(a.value, usedforsecurity=False) for a in ALGORITHMS}
    more = {name: hashlib.new(name) for name in wanted if name not in plain}
    holed = hashlib.sha256()
    for start in range(0, size, _CHUNK_BYTES):
        chunk = read_at(start, min(_CHUNK_BYTES, size - start))
        for state in (*plain.values(), *more.values()):
            state.update(chunk)
        if hole:
            first, last = max(hole.start, start) - start, min(hole.stop, start + len(chunk)) - start
            if first < last:
                chunk = chunk[:first] + bytes(last - first) + chunk[last:]
            holed.update(chunk)
    digests = tuple(Digest(a, plain[a.value].digest()) for a in ALGORITHMS)
    named = {name: state.digest() for name, state in (*plain.items(), *more.items())}
    return digests, holed.digest(), named


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
