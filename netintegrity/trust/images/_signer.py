"""Is the certificate inside an image one that signs images, and did an anchor issue it?"""

from datetime import datetime

from cryptography import x509

from netintegrity.errors import (
    BadSignatureError,
    TrustError,
    UnknownSignerError,
    WeakAlgorithmError,
    WrongPurposeError,
)
from netintegrity.model.assurance import Caveat
from netintegrity.trust.algorithms import is_weak
from netintegrity.trust.anchors import Channel, Keyring, Purpose, TrustAnchor
from netintegrity.trust.certificates import subject_spellings
from netintegrity.trust.images._spec import SignedImage
from netintegrity.trust.path import misuse_of
from netintegrity.trust.signature import verify_issued, verify_sha256


def anchors_for(container_id: str, keyring: Keyring) -> tuple[TrustAnchor, ...]:
    """Return the anchors whose word on such an image counts."""
    return tuple(
        a
        for a in keyring.for_format(container_id, frozenset({str(Purpose.IMAGE)}))
        if a.channel is Channel.RELEASE and a.certificate is not None
    )


def signer_of(
    image: SignedImage, digest: bytes, anchors: tuple[TrustAnchor, ...], *, name: str, at: datetime
) -> tuple[TrustAnchor, frozenset[Caveat]]:
    """Return the anchor that stands behind a signature, and what holds its word back.

    Dates are caveats: images outlive the certificates they were signed with.

    Args:
        image: the signature, as the container carries it.
        digest: SHA-256 of the file, its hole taken as NUL.
        anchors: not empty; whose word counts.
        name: of the file, for messages.
        at: UTC; the moment of judgement.

    Raises:
        UnknownSignerError: no anchor issued the certificate.
        WrongPurposeError: one did, and not for signing code.
        WeakAlgorithmError: the key is too short.
        BadSignatureError: the signature is not over these bytes.
    """
    certificate = image.certificate
    anchor = next((a for a in anchors if _issued(a, certificate)), None)
    if anchor is None:
        detail = f"signed by {certificate.subject.rfc4514_string()[:120]!r}, whom no anchor issued"
        raise UnknownSignerError(manifest_id=name, detail=detail)

    def rejected(kind: type[TrustError], detail: str) -> TrustError:
        return kind(manifest_id=name, key_fingerprint=anchor.fingerprint, detail=detail)

    if (misuse := misuse_of(certificate)) is not None:
        raise rejected(WrongPurposeError, misuse)
    key = certificate.public_key()
    if is_weak(key):
        raise rejected(WeakAlgorithmError, "the signer's key is too short to count")
    if not verify_sha256(key, signature=image.value, digest=digest):
        raise rejected(BadSignatureError, "")
    caveats = set()
    if anchor.not_after is not None and at > anchor.not_after:
        caveats.add(Caveat.ANCHOR_EXPIRED)
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        caveats.add(Caveat.IDENTITY_EXPIRED)
    return anchor, frozenset(caveats)


def _issued(anchor: TrustAnchor, certificate: x509.Certificate) -> bool:
    if anchor.certificate is None:
        return False
    if anchor.end_entity not in {None, *subject_spellings(certificate)}:
        return False
    try:
        verify_issued(certificate, anchor.certificate)
    except ValueError:
        return False
    return True
