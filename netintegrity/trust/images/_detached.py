"""Is the signature that lies beside an image over it, and by somebody whose word counts?"""

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from cryptography import x509

from netintegrity.errors import (
    BadSignatureError,
    TrustError,
    UnknownSignerError,
    UnsignedError,
    WeakAlgorithmError,
    WrongPurposeError,
)
from netintegrity.trust._spec import Signature
from netintegrity.trust.algorithms import SCHEMES, is_weak
from netintegrity.trust.anchors import TrustAnchor
from netintegrity.trust.certificates import load_der, subject_spellings
from netintegrity.trust.images._signers import Signed, dated, keys_of
from netintegrity.trust.images._spec import DetachedForm
from netintegrity.trust.path import Path, path_to
from netintegrity.trust.signature import verify, verify_digest

MAX_CERTIFICATES: Final = 8
_CERTIFICATES: Final = (".cer", ".crt", ".pem")


def form_beside(
    forms: Iterable[DetachedForm], filename: str, beside: Mapping[str, bytes]
) -> DetachedForm | None:
    """Return the form of the signature that lies beside the image, or that should.

    None: there is none, and nothing says that there should be.
    """
    fitting = [f for f in forms if f.is_for(filename)]
    named = (f for f in fitting if filename + f.suffix in beside)
    telling = (f for f in named if f.tells is None or f.tells(beside[filename + f.suffix]))
    return next(iter((*telling, *(f for f in fitting if f.is_named(filename)))), None)


def of_form(form: DetachedForm, anchors: Iterable[TrustAnchor]) -> tuple[TrustAnchor, ...]:
    """Return the anchors that can stand behind such a signature.

    An authority counts only for the one subject the keyring names under it.
    """
    return tuple(a for a in anchors if a.end_entity is None or form.is_certified)


def hashes_of(anchors: Iterable[TrustAnchor]) -> frozenset[str]:
    """Return which digests of the image the anchors need, as hashlib names them."""
    named = (SCHEMES[a.algorithm].digest for a in anchors)
    return frozenset(
        d.name for d in named if d is not None and d.name in hashlib.algorithms_available
    )


def judge(
    form: DetachedForm,
    filename: str,
    beside: Mapping[str, bytes],
    *,
    anchors: tuple[TrustAnchor, ...],
    others: tuple[TrustAnchor, ...] = (),
    digests: Mapping[str, bytes],
    at: datetime,
) -> Signed:
    """Return who signed the image.

    Args:
        form: of the signature.
        filename: of the image.
        beside: small files that lie beside it, by name.
        anchors: not empty; whose word counts.
        others: whose word does not, so that it can be said that they signed.
        digests: of the image, by hashlib's name.
        at: UTC; the moment of judgement.

    Raises:
        UnsignedError: there is none beside it.
        BadSignatureError: it is no signature, or none over this image by a key that counts.
        UnknownSignerError: the certificate beside it leads to no anchor, or to another product's.
        WrongPurposeError: the pinned certificate signs no code, or a key for another kind of build
            signed.
        WeakAlgorithmError: the right key signed, and is too short.
    """
    if filename + form.suffix not in beside:
        detail = f"no {filename + form.suffix} beside it"
        raise UnsignedError(manifest_id=filename, detail=detail)
    try:
        signature = form.signature_of(beside[filename + form.suffix])
    except ValueError as error:
        detail = f"{filename + form.suffix}: {error}"
        raise BadSignatureError(manifest_id=filename, detail=detail) from error
    certificates = _certificates(beside) if form.is_certified else ()
    fault: TrustError | None = None
    for anchor in anchors:
        try:
            return _judged(
                anchor,
                signature,
                certificates,
                form=form,
                digests=digests,
                filename=filename,
                at=at,
            )
        except TrustError as error:
            if fault is None or _weight(error) > _weight(fault):
                fault = error
    for other in others:
        with suppress(TrustError):
            _judged(
                other,
                signature,
                certificates,
                form=form,
                digests=digests,
                filename=filename,
                at=at,
            )
            detail = f"{other.id} signs {other.channel} builds, which do not count here"
            fault = WrongPurposeError(
                manifest_id=filename, key_fingerprint=other.fingerprint, detail=detail
            )
    assert fault is not None  # noqa: S101 - there is at least one anchor
    raise fault


def _weight(error: TrustError) -> int:
    """Return how much a refusal says: most where a key did sign, and may not."""
    if isinstance(error, UnknownSignerError):
        return 0
    return 1 if isinstance(error, BadSignatureError) else 2


def _judged(
    anchor: TrustAnchor,
    signature: Signature,
    certificates: tuple[x509.Certificate, ...],
    *,
    form: DetachedForm,
    digests: Mapping[str, bytes],
    filename: str,
    at: datetime,
) -> Signed:
    def rejected(kind: type[TrustError], detail: str = "") -> TrustError:
        return kind(manifest_id=filename, key_fingerprint=anchor.fingerprint, detail=detail)

    key: object = anchor.key
    path = None
    if anchor.end_entity is not None:
        path = _path(anchor, certificates, filename)
        key = path.certificates[0].public_key()
    _check(anchor, key, signature, _signed_digest(form, anchor, digests), filename)
    if is_weak(key):
        raise rejected(WeakAlgorithmError, "the signer's key is too short to count")
    if path is None and anchor.certificate is not None:
        try:
            path = path_to(anchor.certificate, anchor.certificate)
        except ValueError as error:
            raise rejected(WrongPurposeError, str(error)) from error
    outside = path is not None and bool(path.outside(at))
    subject = anchor.subject if path is None else path.certificates[0].subject.rfc4514_string()
    return Signed(
        anchor=anchor,
        subject=subject,
        caveats=dated(anchor, at, signer_is_dated=outside),
        keys=keys_of(anchor, () if path is None else path.certificates),
    )


def _signed_digest(form: DetachedForm, anchor: TrustAnchor, digests: Mapping[str, bytes]) -> bytes:
    scheme = SCHEMES[anchor.algorithm].digest
    digest = b"" if scheme is None else digests.get(scheme.name, b"")
    return digest if form.signed_digest is None else form.signed_digest(digest)


def _check(
    anchor: TrustAnchor, key: object, signature: Signature, digest: bytes, filename: str
) -> None:
    """Return if ``key``, for which ``anchor`` stands, made all of ``signature``."""

    def rejected(kind: type[TrustError], detail: str = "") -> TrustError:
        return kind(manifest_id=filename, key_fingerprint=anchor.fingerprint, detail=detail)

    if signature.algorithm not in {None, anchor.algorithm}:
        detail = f"says it is {signature.algorithm}; {anchor.id} counts for {anchor.algorithm}"
        raise rejected(BadSignatureError, detail)
    if signature.keyid is not None and not anchor.is_named_by(signature.keyid):
        raise rejected(UnknownSignerError, f"it names the key {signature.keyid[:80]}")
    if not verify_digest(key, anchor.algorithm, signature=signature.value, digest=digest):
        raise rejected(BadSignatureError)
    for other in signature.also:
        verify(
            anchor.key,
            other.algorithm,
            signature=other.value,
            signed=other.signed,
            manifest_id=filename,
            key_fingerprint=anchor.fingerprint,
        )


def _path(anchor: TrustAnchor, certificates: tuple[x509.Certificate, ...], filename: str) -> Path:
    assert anchor.certificate is not None  # noqa: S101 - the keyring asks it of `end_entity`
    faults = []
    for certificate in certificates:
        if anchor.end_entity not in subject_spellings(certificate):
            continue
        try:
            return path_to(anchor.certificate, certificate, certificates)
        except ValueError as error:
            faults.append(str(error))
    seen = "; ".join(c.subject.rfc4514_string()[:80] for c in certificates) or "none"
    detail = faults[0] if faults else f"no certificate of {anchor.end_entity!r} beside it: {seen}"
    raise UnknownSignerError(
        manifest_id=filename, key_fingerprint=anchor.fingerprint, detail=detail
    )


def _certificates(beside: Mapping[str, bytes]) -> tuple[x509.Certificate, ...]:
    """Return the certificates that lie beside the image; what is none is passed over."""
    found: list[x509.Certificate] = []
    for name in sorted(beside):
        if not name.lower().endswith(_CERTIFICATES) or len(found) >= MAX_CERTIFICATES:
            continue
        content = beside[name]
        try:
            if content.lstrip().startswith(b"-----BEGIN CERTIFICATE-----"):
                found += x509.load_pem_x509_certificates(content)
            else:
                found.append(load_der(content))
        except (ValueError, x509.InvalidVersion):
            continue
    return tuple(found[:MAX_CERTIFICATES])
