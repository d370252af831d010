"""Who signed this, and does their word count for it here?

A key of a quorum counts with enough others (as in The Update Framework, specification 1.0.33,
section 4.3); one that was revoked counts for nothing, whatever it signed when.
"""

from collections.abc import Iterable
from typing import Final

from netintegrity.errors import (
    BadSignatureError,
    RevokedKeyError,
    TrustError,
    UnknownSignerError,
    UnsignedError,
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
    """Return the first of :func:`signers_of`, which says what is raised."""
    found = signers_of(
        envelope, kind, keyring, purposes=purposes, channels=channels, filename=filename
    )
    return found[0]


def signers_of(
    envelope: Envelope,
    kind: ManifestFormat,
    keyring: Keyring,
    *,
    purposes: frozenset[str],
    channels: frozenset[str],
    filename: str,
) -> tuple[TrustAnchor, ...]:
    """Return the anchor that counts here and whose signature covers the signed bytes.

    Of a quorum all that signed are returned, in the order of the keyring.

    Raises:
        BadSignatureError: keys are known for such lists, and none of them signed these bytes; or
            one of several signatures was changed.
        UnknownSignerError: no key is known for such lists, or the signatures name none of ours.
        WrongPurposeError: a known key did sign, and is for another thing or kind of build.
        WeakAlgorithmError: the right key did sign, and is too short to count.
        RevokedKeyError: a key signed that was revoked, and without it nobody counts.
        UnsignedError: fewer keys signed than the quorum needs.
    """
    counted = keyring.for_format(kind.id, purposes)
    made, misnamed = makers(envelope, counted)
    if made:
        _refuse_changed(envelope, keyring, filename)
        found = _enough(made, envelope, keyring, filename)
        for anchor in found:
            _refuse_unfit(anchor, kind, channels, filename)
        return found
    # Nobody's word counts that signed it. Tell a stranger from a key used for another thing.
    others = tuple(a for a in keyring if a not in counted)
    stray, misnamed_by_stray = verifying(envelope, others)
    if stray is not None:
        raise _used_wrongly(stray, kind, keyring, purposes, filename)
    if misnamed or misnamed_by_stray:
        raise _changed(filename)
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


def makers(
    envelope: Envelope, anchors: Iterable[TrustAnchor]
) -> tuple[tuple[TrustAnchor, ...], bool]:
    """Return every anchor that made a signature, in the order of ``anchors``.

    A signature whose hint names another key than the one that made it does not count: the hint
    proves nothing, and somebody changed it. The second value says that there was one.
    """
    known = tuple(anchors)
    found: set[str] = set()
    misnamed = False
    for signature in envelope.signatures:
        made = [a for a in known if _made_by(a, signature, envelope.signed)]
        named = [a for a in made if signature.keyid is None or a.is_named_by(signature.keyid)]
        found.update(a.id for a in named)
        misnamed = misnamed or bool(made and not named)
    return tuple(a for a in known if a.id in found), misnamed


def _enough(
    made: tuple[TrustAnchor, ...], envelope: Envelope, keyring: Keyring, filename: str
) -> tuple[TrustAnchor, ...]:
    """Return one anchor that counts by itself, else those of the first quorum that is met."""
    for anchor in made:
        if keyring.quorum_of(anchor) is None:
            return (anchor,)
    quorums = [q for q in keyring.quorums if any(a.id in q.members for a in made)]
    for quorum in quorums:
        if quorum.is_met_by(made):
            return tuple(a for a in made if a.id in quorum.members)
    lacking = quorums[0]
    fallen, _ = makers(envelope, (a for a in keyring if keyring.revocation_of(a) is not None))
    if any(a.id in lacking.members for a in fallen):
        raise _revoked(fallen[0], keyring, filename)
    keys = len({a.key_fingerprint for a in made if a.id in lacking.members})
    raise UnsignedError(
        manifest_id=filename,
        key_fingerprint=made[0].fingerprint,
        detail=f"{lacking.id} needs {lacking.threshold} signatures, and has {keys}",
    )


def _refuse_changed(envelope: Envelope, keyring: Keyring, filename: str) -> None:
    """Return unless one of several signatures is not the one its maker set there."""
    if not envelope.each_counts or len(envelope.signatures) == 1:
        return
    seen: set[bytes] = set()
    for signature in envelope.signatures:
        made = [a for a in keyring if _made_by(a, signature, envelope.signed)]
        meant = [a for a in keyring if a.is_named_by(signature.keyid)]
        is_strangers = signature.keyid is not None and not meant and not made
        is_its = any(signature.keyid is None or a in meant for a in made)
        if signature.value in seen or not (is_strangers or is_its):
            raise _changed(filename)
        seen.add(signature.value)


def _changed(filename: str) -> TrustError:
    detail = "a key id is not the one of the key that made it: the envelope was changed"
    return BadSignatureError(manifest_id=filename, detail=detail)


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
    anchor: TrustAnchor,
    kind: ManifestFormat,
    keyring: Keyring,
    purposes: frozenset[str],
    filename: str,
) -> TrustError:
    if keyring.revocation_of(anchor) is not None:
        return _revoked(anchor, keyring, filename)
    if anchor.purpose not in purposes:
        detail = f"{anchor.id} is a key for {anchor.purpose}, and does not count here"
        return _refusal(WrongPurposeError, anchor, detail, filename)
    detail = f"{anchor.id} signs {', '.join(sorted(anchor.formats))}, and no {kind.id}"
    return _refusal(UnknownSignerError, anchor, detail, filename)


def _revoked(anchor: TrustAnchor, keyring: Keyring, filename: str) -> TrustError:
    detail = f"{anchor.id} was revoked: {keyring.revocation_of(anchor)}"
    return _refusal(RevokedKeyError, anchor, detail, filename)


def _refusal(kind: type[TrustError], anchor: TrustAnchor, detail: str, filename: str) -> TrustError:
    return kind(manifest_id=filename, key_fingerprint=anchor.fingerprint, detail=detail)
