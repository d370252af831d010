"""One document of ours in one signed envelope: whose word is it, and does it count for this?

What is not a list of reference values comes so: the statement about a run, waivers. The signature
is verified before anything that was signed is read.

Source: DSSE v1.0 protocol, "Signature verification".
"""

from collections.abc import Collection
from dataclasses import replace

from netintegrity.errors import (
    BadSignatureError,
    MalformedError,
    RevokedKeyError,
    TrustError,
    UnknownSignerError,
    WeakAlgorithmError,
    WrongPurposeError,
)
from netintegrity.trust import dsse
from netintegrity.trust._spec import Envelope
from netintegrity.trust.algorithms import OWN_MINIMUM_RSA_BITS, is_weak
from netintegrity.trust.anchors import Keyring, Purpose, TrustAnchor
from netintegrity.trust.signer import verifying


def open_vouched(
    raw: bytes,
    keyring: Keyring,
    *,
    purposes: Collection[Purpose],
    payload_type: str,
    name: str,
) -> tuple[bytes, TrustAnchor]:
    """Return what was signed, and by whose key.

    Args:
        raw: the envelope, with exactly one signature.
        keyring: whose anchors of these ``purposes`` count.
        purposes: at least one; the first is the one messages name.
        payload_type: what the envelope must say it holds.
        name: of the file, for messages.

    Raises:
        UnsignedError: there is no signature in it.
        BadSignatureError: it was changed, or no key that counts made it.
        UnknownSignerError: no key counts, or a stranger's is named.
        WrongPurposeError: a known key made it, and is for something else.
        RevokedKeyError: a key made it that was revoked.
        WeakAlgorithmError: the right key made it, and is too short.
        MalformedError: it is no such envelope, or holds something else.
    """
    envelope = dsse.open_envelope(raw, name=name)
    if len(envelope.signatures) != 1:
        # A second one that nobody verified could be changed, and nobody would notice.
        raise MalformedError(manifest_id=name, detail="expected exactly one signature")
    counted = tuple(a for purpose in purposes for a in keyring.of_purpose(purpose))
    anchor, misnamed = verifying(envelope, counted)
    if anchor is None:
        raise _nobody(envelope, keyring, counted, purposes, name, misnamed=misnamed)
    if is_weak(anchor.key, minimum_rsa_bits=OWN_MINIMUM_RSA_BITS):
        raise _weak(anchor, name)
    return _payload(envelope, payload_type, name, anchor), anchor


def open_approved(
    raw: bytes,
    keyring: Keyring,
    *,
    purpose: Purpose,
    payload_type: str,
    name: str,
) -> tuple[bytes, tuple[TrustAnchor, ...]]:
    """Return what was signed, and everybody who did: one or several, each with a key of their own.

    A signature that nobody here can verify is no approval, and is not passed over: it is refused.

    Args:
        raw: the envelope.
        keyring: whose anchors of this ``purpose`` count.
        purpose: what the keys are for.
        payload_type: what the envelope must say it holds.
        name: of the file, for messages.

    Raises:
        TrustError: as :func:`open_vouched`; MalformedError too where one key signed twice.
    """
    envelope = dsse.open_envelope(raw, name=name)
    counted = keyring.of_purpose(purpose)
    approvers: list[TrustAnchor] = []
    for signature in envelope.signatures:
        alone = replace(envelope, signatures=(signature,))
        anchor, misnamed = verifying(alone, counted)
        if anchor is None:
            raise _nobody(alone, keyring, counted, (purpose,), name, misnamed=misnamed)
        if is_weak(anchor.key, minimum_rsa_bits=OWN_MINIMUM_RSA_BITS):
            raise _weak(anchor, name)
        if anchor.key_fingerprint in {a.key_fingerprint for a in approvers}:
            raise MalformedError(
                manifest_id=name,
                key_fingerprint=anchor.fingerprint,
                detail=f"{anchor.id} signed it twice; that is one approval",
            )
        approvers.append(anchor)
    return _payload(envelope, payload_type, name, approvers[0]), tuple(approvers)


def _nobody(
    envelope: Envelope,
    keyring: Keyring,
    counted: tuple[TrustAnchor, ...],
    purposes: Collection[Purpose],
    name: str,
    *,
    misnamed: bool,
) -> TrustError:
    """Return why no key that counts made the one signature of an envelope."""
    stray, _ = verifying(envelope, (a for a in keyring if a not in counted))
    if stray is not None and (why := keyring.revocation_of(stray)) is not None:
        return RevokedKeyError(
            manifest_id=name,
            key_fingerprint=stray.fingerprint,
            detail=f"{stray.id} was revoked: {why}",
        )
    if stray is not None:
        return WrongPurposeError(
            manifest_id=name,
            key_fingerprint=stray.fingerprint,
            detail=f"{stray.id} is a key for {stray.purpose}, and does not count here",
        )
    hints = [s.keyid for s in envelope.signatures]
    if misnamed or any(a.is_named_by(hint) for a in counted for hint in hints):
        return BadSignatureError(manifest_id=name, detail="it was changed after it was signed")
    wanted = next(iter(purposes))
    return UnknownSignerError(
        manifest_id=name, detail=f"no key of purpose {wanted} in the keyring made it"
    )


def _weak(anchor: TrustAnchor, name: str) -> WeakAlgorithmError:
    return WeakAlgorithmError(
        manifest_id=name,
        key_fingerprint=anchor.fingerprint,
        detail=f"needs an RSA key of at least {OWN_MINIMUM_RSA_BITS} bits",
    )


def _payload(envelope: Envelope, payload_type: str, name: str, anchor: TrustAnchor) -> bytes:
    found, payload = dsse.unpack(envelope.payload)
    if found != payload_type:
        raise MalformedError(
            manifest_id=name,
            key_fingerprint=anchor.fingerprint,
            detail=f"$.payloadType: expected {payload_type!r}, got {found[:80]!r}",
        )
    return payload
