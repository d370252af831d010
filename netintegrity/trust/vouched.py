"""One document of ours in one signed envelope: whose word is it, and does it count for this?

What is not a list of reference values comes so: the statement about a run, waivers. The signature
is verified before anything that was signed is read.

Source: DSSE v1.0 protocol, "Signature verification".
"""

from collections.abc import Collection

from netintegrity.errors import (
    BadSignatureError,
    MalformedError,
    UnknownSignerError,
    WeakAlgorithmError,
    WrongPurposeError,
)
from netintegrity.trust import dsse
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
        WeakAlgorithmError: the right key made it, and is too short.
        MalformedError: it is no such envelope, or holds something else.
    """
    envelope = dsse.open_envelope(raw, name=name)
    if len(envelope.signatures) != 1:
        # A second one that nobody verified could be changed, and nobody would notice.
        raise MalformedError(manifest_id=name, detail="expected exactly one signature")
    counted = tuple(a for a in keyring if a.purpose in purposes)
    anchor, misnamed = verifying(envelope, counted)
    if anchor is None:
        stray, _ = verifying(envelope, (a for a in keyring if a not in counted))
        if stray is not None:
            raise WrongPurposeError(
                manifest_id=name,
                key_fingerprint=stray.fingerprint,
                detail=f"{stray.id} is a key for {stray.purpose}, and does not count here",
            )
        hints = [s.keyid for s in envelope.signatures]
        if misnamed or any(a.is_named_by(hint) for a in counted for hint in hints):
            raise BadSignatureError(manifest_id=name, detail="it was changed after it was signed")
        wanted = next(iter(purposes))
        raise UnknownSignerError(
            manifest_id=name, detail=f"no key of purpose {wanted} in the keyring made it"
        )
    if is_weak(anchor.key, minimum_rsa_bits=OWN_MINIMUM_RSA_BITS):
        raise WeakAlgorithmError(
            manifest_id=name,
            key_fingerprint=anchor.fingerprint,
            detail=f"needs an RSA key of at least {OWN_MINIMUM_RSA_BITS} bits",
        )
    found, payload = dsse.unpack(envelope.payload)
    if found != payload_type:
        raise MalformedError(
            manifest_id=name,
            key_fingerprint=anchor.fingerprint,
            detail=f"$.payloadType: expected {payload_type!r}, got {found[:80]!r}",
        )
    return payload, anchor
