"""Who signed this, and does their word count for it here?"""

from collections.abc import Iterable
from typing import Final

from netintegrity.errors import (
    BadSignatureError,
    RevokedKeyError,
    TrustError,
    UnknownSignerError,
    WeakAlgorithmError,
    WrongPurposeError,
)
from netintegrity.trust._spec import Envelope, ManifestFormat, Signature
from netintegrity.trust.algorithms import MINIMUM_RSA_BITS, OWN_MINIMUM_RSA_BITS, is_weak
from netintegrity.trust.anchors import Keyring, TrustAnchor
from netintegrity.trust.signature import verify

_OWN_FORMAT: Final = "netintegrity-manifest"


def signer_of(
    envelope: Envelope,
    kind: ManifestFormat,
    keyring: Keyring,
    *,
    purposes: frozenset[str],
    channels: frozenset[str],
    filename: str,
) -> TrustAnchor:
    """Return the one anchor that counts here and whose signature covers the signed bytes.

    Raises:
        BadSignatureError: keys are known for such lists, and none of them signed these bytes.
        UnknownSignerError: no key is known for such lists, or the signatures name none of ours.
        WrongPurposeError: a known key did sign, and is for another thing or kind of build.
        WeakAlgorithmError: the right key did sign, and is too short to count.
        RevokedKeyError: a known key did sign, and the keyring says it counts no longer.
    """
    counted = keyring.for_format(kind.id, purposes)
    anchor, misnamed = verifying(envelope, counted)
    if anchor is not None:
        _refuse_unfit(anchor, kind, channels, filename)
        return anchor
    # Nobody's word counts that signed it. Tell a stranger from a key used for another thing.
    others = tuple(a for a in keyring if a not in counted)
    stray, misnamed_by_stray = verifying(envelope, others)
    if stray is not None:
        reason = keyring.revocation_of(stray)
        if reason is not None:
            detail = f"{stray.id} was revoked: {reason[:200]}"
            raise _refusal(RevokedKeyError, stray, detail, filename)
        raise _used_wrongly(stray, kind, purposes, filename)
    if misnamed or misnamed_by_stray:
        detail = "its key id is not the one of the key that made it: the envelope was changed"
        raise BadSignatureError(manifest_id=filename, detail=detail)
    if not counted:
        detail = f"no key of the keyring signs {kind.id}"
        raise UnknownSignerError(manifest_id=filename, detail=detail)
    hints = [s.keyid for s in envelope.signatures]
    if all(hints) and not any(a.is_named_by(hint) for a in keyring for hint in hints):
        named = ", ".join(str(hint)[:80] for hint in hints)
        raise UnknownSignerError(manifest_id=filename, detail=f"signed by {named}")
    tried = counted[0].fingerprint if len(counted) == 1 else None
    detail = _other_way(envelope, counted)
    raise BadSignatureError(manifest_id=filename, key_fingerprint=tried, detail=detail)


def verifying(
    envelope: Envelope, anchors: Iterable[TrustAnchor]
) -> tuple[TrustAnchor | None, bool]:
    """Return the first anchor that verifies a signature; hints order the trials, no more.

    A signature whose hint names another key than the one that made it does not count: the hint
    proves nothing, and somebody changed it. The second value says that there was one.
    """
    misnamed = False
    known = tuple(anchors)
    for signature in envelope.signatures:
        hinted = [a for a in known if a.is_named_by(signature.keyid)]
        for anchor in (*hinted, *(a for a in known if a not in hinted)):
            if not _made_by(anchor, signature, envelope.signed):
                continue
            if signature.keyid is None or anchor in hinted:
                return anchor, misnamed
            misnamed = True
    return None, misnamed


def _made_by(anchor: TrustAnchor, signature: Signature, signed: bytes) -> bool:
    """Say whether the key of ``anchor`` made all of ``signature``, in the way it is pinned to."""
    if signature.algorithm not in {None, anchor.algorithm}:
        return False
    parts = (
        (anchor.algorithm, signature.value, signed),
        *((other.algorithm, other.value, other.signed) for other in signature.also),
    )
    try:
        for algorithm, value, message in parts:
            verify(
                anchor.key,
                algorithm,
                signature=value,
                signed=message,
                manifest_id="",
                key_fingerprint=anchor.fingerprint,
            )
    except BadSignatureError:
        return False
    return True


def _other_way(envelope: Envelope, anchors: Iterable[TrustAnchor]) -> str:
    """Return what to say where a key is known, and for signatures of another kind; else nothing."""
    known = tuple(anchors)
    for signature in envelope.signatures:
        stated = signature.algorithm
        for anchor in known:
            if stated not in {None, anchor.algorithm} and anchor.is_named_by(signature.keyid):
                return f"says it is {stated}; {anchor.id} counts for {anchor.algorithm} alone"
    return ""


def _refuse_unfit(
    anchor: TrustAnchor, kind: ManifestFormat, channels: frozenset[str], filename: str
) -> None:
    minimum = OWN_MINIMUM_RSA_BITS if kind.id == _OWN_FORMAT else MINIMUM_RSA_BITS
    if is_weak(anchor.key, minimum_rsa_bits=minimum):
        detail = f"{kind.id} needs an RSA key of at least {minimum} bits"
        raise _refusal(WeakAlgorithmError, anchor, detail, filename)
    if kind.misuse is not None and anchor.certificate is not None:
        misuse = kind.misuse(anchor.certificate)
        if misuse is not None:
            raise _refusal(WrongPurposeError, anchor, misuse, filename)
    if anchor.channel not in channels:
        counted = ", ".join(sorted(channels))
        detail = f"{anchor.id} signs {anchor.channel} builds; {counted} counts here"
        raise _refusal(WrongPurposeError, anchor, detail, filename)


def _used_wrongly(
    anchor: TrustAnchor, kind: ManifestFormat, purposes: frozenset[str], filename: str
) -> TrustError:
    if anchor.purpose not in purposes:
        detail = f"{anchor.id} is a key for {anchor.purpose}, and does not count here"
        return _refusal(WrongPurposeError, anchor, detail, filename)
    detail = f"{anchor.id} signs {', '.join(sorted(anchor.formats))}, and no {kind.id}"
    return _refusal(UnknownSignerError, anchor, detail, filename)


def _refusal(kind: type[TrustError], anchor: TrustAnchor, detail: str, filename: str) -> TrustError:
    return kind(manifest_id=filename, key_fingerprint=anchor.fingerprint, detail=detail)
