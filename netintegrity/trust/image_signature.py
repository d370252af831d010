"""What became of the signature of an image, inside it or beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, assert_never

from netintegrity.errors import (
    ManifestExpiredError,
    RevokedKeyError,
    TrustError,
    UnsignedError,
    WrongPurposeError,
)
from netintegrity.model.assurance import Caveat
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.trust._spec import ParseReleases
from netintegrity.trust.anchors import Keyring, TrustAnchor
from netintegrity.trust.cms import SignedData
from netintegrity.trust.image_kinds import CONTAINERS, DETACHED, INDEXED, RECOGNISED
from netintegrity.trust.image_lookup import ALGORITHMS
from netintegrity.trust.images import _certified, _cms_signer, _usign_signer
from netintegrity.trust.images import _detached as detached
from netintegrity.trust.images import _indexed as indexed
from netintegrity.trust.images._hashing import Covered, digests_of
from netintegrity.trust.images._reading import ReadAt
from netintegrity.trust.images._signers import Signed, anchors_for, others_for
from netintegrity.trust.images._spec import (
    Certified,
    Described,
    DetachedForm,
    ImageContainer,
    IndexedForm,
    SignedImage,
)
from netintegrity.trust.images._ucert import UsignChain

_ALWAYS: Final = (DigestAlgorithm.SHA256,)


class SignatureState(StrEnum):
    """What became of the signature of a file; words of the contract."""

    VERIFIED = "verified"
    REJECTED = "rejected"
    UNSIGNED = "unsigned"
    UNSUPPORTED = "unsupported"
    """No container that is known here."""
    UNVERIFIABLE = "unverifiable"
    """The keyring has nobody whose word on such an image counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What became of the signature, wherever it lies."""

    container: str | None = None
    platform: str | None = None
    digests: tuple[Digest, ...]
    state: SignatureState
    fault: TrustError | None = None
    anchor: TrustAnchor | None = None
    signer: str | None = None
    described: Described = field(default_factory=Described)
    caveats: frozenset[Caveat] = frozenset()


def found_in(
    read_at: ReadAt,
    size: int,
    *,
    filename: str,
    keyring: Keyring,
    at: datetime,
    beside: Mapping[str, bytes],
    releases: ParseReleases | None,
    all_digests: bool,
) -> Found:
    """Return what became of the signature; see :func:`~netintegrity.trust.image_file.verify_image`.

    A file that carries a signature is judged by that one; others by the one beside them.
    """
    wanted = ALGORITHMS if all_digests else _ALWAYS
    case = _Case(read_at, size, filename, keyring, at, wanted)
    container = next((c for c in CONTAINERS.values() if c.sniff(filename, read_at, size)), None)
    form = detached.form_beside(DETACHED.values(), filename, beside)
    if container is not None:
        found = _by_container(container, case)
        kind: ImageContainer | DetachedForm | IndexedForm = container
    elif form is not None:
        found = _by_form(form, case, beside)
        kind = form
    elif (index := next((f for f in INDEXED.values() if f.is_for(filename)), None)) is not None:
        found = _by_index(index, case, beside)
        kind = index
    else:
        return _unread(case)
    found = replace(found, container=kind.id, platform=kind.platform)
    return _within_trains(found, releases, filename)


@dataclass(frozen=True, slots=True)
class _Case:
    """The file, and who is asked about it."""

    read_at: ReadAt
    size: int
    filename: str
    keyring: Keyring
    at: datetime
    wanted: tuple[DigestAlgorithm, ...]


def _by_container(container: ImageContainer, case: _Case) -> Found:
    try:
        image = container.open(case.read_at, case.size)
    except TrustError as error:
        digests, _ = _hashed(case, ALGORITHMS)
        return _rejected(digests, _of_file(error, case))
    covered = None
    if image.digest is not None:
        covered = Covered(algorithm=image.digest, size=len(image.covered), hole=image.hole)
    digests, signed_over = _hashed(case, case.wanted, covered)
    anchors = anchors_for(container.id, case.keyring)
    if not anchors:
        return Found(digests=digests, state=SignatureState.UNVERIFIABLE)
    try:
        signed = _judged(image, signed_over, anchors, case)
        _refuse_revoked(signed, case)
        described = container.describe(case.read_at, case.size)
    except TrustError as error:
        return _rejected(digests, _of_file(error, case))
    return _verified(digests, signed, described)


def _judged(
    image: SignedImage, digest: bytes, anchors: tuple[TrustAnchor, ...], case: _Case
) -> Signed:
    name, at = case.filename, case.at
    match image.statement:
        case Certified() as statement:
            return _certified.signer_of(statement, digest, anchors, name=name, at=at)
        case SignedData() as statement:
            return _cms_signer.signer_of(statement, digest, anchors, name=name, at=at)
        case UsignChain() as statement:
            signed = case.read_at(0, len(image.covered))
            return _usign_signer.signer_of(statement, signed, anchors, name=name, at=at)
        case _:
            assert_never(image.statement)


def _by_form(form: DetachedForm, case: _Case, beside: Mapping[str, bytes]) -> Found:
    anchors = detached.of_form(form, anchors_for(form.id, case.keyring))
    others = detached.of_form(form, others_for(form.id, case.keyring))
    asked = detached.hashes_of((*anchors, *others))
    made, _ = digests_of(case.read_at, case.size, {*(a.value for a in case.wanted), *asked})
    digests = tuple(Digest(a, made[a.value]) for a in case.wanted)
    if not anchors:
        return Found(digests=digests, state=SignatureState.UNVERIFIABLE)
    try:
        signed = detached.judge(
            form,
            case.filename,
            beside,
            anchors=anchors,
            others=others,
            digests=made,
            at=case.at,
        )
        _refuse_revoked(signed, case)
    except TrustError as error:
        return _rejected(digests, error)
    return _verified(digests, signed, Described())


def _by_index(form: IndexedForm, case: _Case, beside: Mapping[str, bytes]) -> Found:
    digests, _ = _hashed(case, case.wanted)
    anchors = anchors_for(form.id, case.keyring)
    if not anchors:
        return Found(digests=digests, state=SignatureState.UNVERIFIABLE)
    sha256 = next(d.value for d in digests if d.algorithm is DigestAlgorithm.SHA256)
    try:
        signed, described = indexed.judge(
            form,
            case.filename,
            beside,
            anchors=anchors,
            sha256=sha256,
            size=case.size,
            at=case.at,
        )
    except ManifestExpiredError as error:
        # Out of date is not changed: nobody vouches for the file, and nothing speaks against it.
        return Found(digests=digests, state=SignatureState.UNVERIFIABLE, fault=error)
    except TrustError as error:
        return _rejected(digests, error)
    return _verified(digests, signed, described)


def _unread(case: _Case) -> Found:
    digests, _ = _hashed(case, ALGORITHMS)
    kind = next((k for k in RECOGNISED.values() if k.is_named(case.filename)), None)
    return Found(
        container=None if kind is None else kind.id,
        digests=digests,
        state=SignatureState.UNSUPPORTED,
        described=Described(notes=() if kind is None else (kind.note,)),
    )


def _of_file(error: TrustError, case: _Case) -> TrustError:
    """Return the same, about the file that was named; a container knows no name."""
    fingerprint = error.key_fingerprint
    return type(error)(manifest_id=case.filename, key_fingerprint=fingerprint, detail=error.detail)


def _refuse_revoked(signed: Signed, case: _Case) -> None:
    """Refuse what rests on a key that the keyring revokes, wherever in the chain it stands."""
    for anchor in case.keyring:
        if anchor.revoked is not None and anchor.key_fingerprint in signed.keys:
            raise RevokedKeyError(
                manifest_id=case.filename,
                key_fingerprint=anchor.key_fingerprint,
                detail=f"{anchor.id} was revoked: {anchor.revoked[:200]}",
            )


def _hashed(
    case: _Case, wanted: tuple[DigestAlgorithm, ...], covered: Covered | None = None
) -> tuple[tuple[Digest, ...], bytes]:
    made, signed = digests_of(case.read_at, case.size, (a.value for a in wanted), covered)
    return tuple(Digest(a, made[a.value]) for a in wanted), signed


def _rejected(digests: tuple[Digest, ...], fault: TrustError) -> Found:
    unsigned = isinstance(fault, UnsignedError)
    state = SignatureState.UNSIGNED if unsigned else SignatureState.REJECTED
    return Found(digests=digests, state=state, fault=fault)


def _verified(digests: tuple[Digest, ...], signed: Signed, described: Described) -> Found:
    return Found(
        digests=digests,
        state=SignatureState.VERIFIED,
        anchor=signed.anchor,
        signer=signed.subject,
        described=described,
        caveats=signed.caveats,
    )


def _within_trains(found: Found, releases: ParseReleases | None, filename: str) -> Found:
    """Return the same, rejected where the key that signed is for other trains."""
    anchor = found.anchor
    if anchor is None or "*" in anchor.trains:
        return found
    release = None
    if releases is not None and found.platform is not None and found.described.release is not None:
        release = releases(found.platform, found.described.release)
    if anchor.is_for(release):
        return found
    trains = ", ".join(anchor.trains)
    said = "states no release that is read here" if release is None else f"is {release.text}"
    fault = WrongPurposeError(
        manifest_id=filename,
        key_fingerprint=anchor.fingerprint,
        detail=f"{said}, and {anchor.id} is a key for {trains}",
    )
    refused = _rejected(found.digests, fault)
    return replace(refused, container=found.container, platform=found.platform)
