"""Did somebody an anchor stands behind sign an image with CMS?

The anchor is the signer's own certificate, or an authority's above it; of an authority the keyring
may name the one subject that counts. What the signature states of its algorithm is signed by
nobody, so the key must be for it.
"""

import hmac
from datetime import datetime

from cryptography import x509

from netintegrity.errors import (
    BadSignatureError,
    TrustError,
    UnknownSignerError,
    WeakAlgorithmError,
    WrongPurposeError,
)
from netintegrity.trust.algorithms import BareKey, is_weak
from netintegrity.trust.anchors import TrustAnchor
from netintegrity.trust.certificates import names_of, subject_spellings
from netintegrity.trust.cms import SignedData
from netintegrity.trust.images._signers import Signed, dated, keys_of
from netintegrity.trust.path import SIGNS_MESSAGES, Path, misuse_of, path_to
from netintegrity.trust.signature import verify, verify_digest


def signer_of(
    statement: SignedData,
    digest: bytes,
    anchors: tuple[TrustAnchor, ...],
    *,
    name: str,
    at: datetime,
) -> Signed:
    """Return who signed.

    Args:
        statement: the signature, as the container carries it.
        digest: of what it covers, in the statement's own algorithm.
        anchors: whose word counts.
        name: of the file, for messages.
        at: UTC; the moment of judgement.

    Raises:
        BadSignatureError: it is over other bytes, or not by who it names.
        UnknownSignerError: who it names leads to no anchor.
        WrongPurposeError: it does, and is not for signing code.
        WeakAlgorithmError: the key is too short.
    """
    if statement.attributes is not None and not hmac.compare_digest(
        statement.content_digest or b"", digest
    ):
        raise BadSignatureError(manifest_id=name, detail="it is over another image")
    anchor, path = _behind(statement, anchors, name)

    def rejected(kind: type[TrustError], detail: str) -> TrustError:
        return kind(manifest_id=name, key_fingerprint=anchor.fingerprint, detail=detail)

    signer = path.certificates[0]
    key = signer.public_key()
    if signer == anchor.certificate and statement.algorithm is not anchor.algorithm:
        detail = f"says it is {statement.algorithm}; {anchor.id} counts for {anchor.algorithm}"
        raise rejected(BadSignatureError, detail)
    if not _made_by(key, statement, digest, anchor):
        raise rejected(BadSignatureError, "")
    if is_weak(key):
        raise rejected(WeakAlgorithmError, "the signer's key is too short to count")
    return Signed(
        anchor=anchor,
        subject=signer.subject.rfc4514_string(),
        caveats=dated(anchor, at, signer_is_dated=bool(path.outside(at))),
        keys=keys_of(anchor, path.certificates),
    )


def _behind(
    statement: SignedData, anchors: tuple[TrustAnchor, ...], name: str
) -> tuple[TrustAnchor, Path]:
    fault: TrustError | None = None
    for anchor in anchors:
        if anchor.certificate is None:
            continue
        pinned = anchor.certificate if statement.signer in names_of(anchor.certificate) else None
        signer = pinned or statement.certificate
        if signer is None or not _may_be(anchor, signer):
            continue
        misuse = misuse_of(signer, usages=SIGNS_MESSAGES)
        try:
            path = path_to(
                anchor.certificate,
                signer,
                statement.others,
                usages=SIGNS_MESSAGES,
                revoked=statement.revoked,
            )
        except ValueError as error:
            # What it is for is asked first; only where it leads to the anchor is it worth saying.
            kind = WrongPurposeError if misuse == str(error) and pinned else UnknownSignerError
            fault = kind(manifest_id=name, key_fingerprint=anchor.fingerprint, detail=str(error))
            continue
        return anchor, path
    if fault is not None:
        raise fault
    certificate = statement.certificate
    who = certificate.subject.rfc4514_string()[:120] if certificate else statement.signer[:120]
    detail = f"signed by {who!r}, who leads to no anchor"
    raise UnknownSignerError(manifest_id=name, detail=detail)


def _may_be(anchor: TrustAnchor, signer: x509.Certificate) -> bool:
    return anchor.end_entity in {None, *subject_spellings(signer)}


def _made_by(key: object, statement: SignedData, digest: bytes, anchor: TrustAnchor) -> bool:
    if statement.attributes is None:
        return verify_digest(key, statement.algorithm, signature=statement.value, digest=digest)
    if not isinstance(key, BareKey):
        return False
    try:
        verify(
            key,
            statement.algorithm,
            signature=statement.value,
            signed=statement.attributes,
            manifest_id="",
            key_fingerprint=anchor.fingerprint,
        )
    except BadSignatureError:
        return False
    return True
