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
from netintegrity.trust.algorithms import is_weak
from netintegrity.trust.anchors import TrustAnchor
from netintegrity.trust.certificates import subject_spellings
from netintegrity.trust.images._signers import Signed, dated, keys_of
from netintegrity.trust.images._spec import Certified
from netintegrity.trust.path import misuse_of
from netintegrity.trust.signature import verify_issued, verify_sha256


def signer_of(
    statement: Certified,
    digest: bytes,
    anchors: tuple[TrustAnchor, ...],
    *,
    name: str,
    at: datetime,
) -> Signed:
    """Return who signed.

    Args:
        statement: the signature, as the container carries it.
        digest: SHA-256 of what it covers.
        anchors: whose word counts.
        name: of the file, for messages.
        at: UTC; the moment of judgement.

    Raises:
        UnknownSignerError: no anchor issued the certificate.
        WrongPurposeError: one did, and not for signing code.
        WeakAlgorithmError: the key is too short.
        BadSignatureError: the signature is not over these bytes.
    """
    certificate = statement.certificate
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
    if not verify_sha256(key, signature=statement.value, digest=digest):
        raise rejected(BadSignatureError, "")
    outside = not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
    return Signed(
        anchor=anchor,
        subject=certificate.subject.rfc4514_string(),
        caveats=dated(anchor, at, signer_is_dated=outside),
        keys=keys_of(anchor, (certificate,)),
    )


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
