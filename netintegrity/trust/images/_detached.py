"""Is the signature that lies beside an image over it, and by somebody whose word counts?"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509

from netintegrity.errors import (
    BadSignatureError,
    TrustError,
    UnknownSignerError,
    WeakAlgorithmError,
    WrongPurposeError,
)
from netintegrity.model.assurance import Caveat
from netintegrity.trust.algorithms import SCHEMES, is_weak
from netintegrity.trust.anchors import Channel, Keyring, Purpose, TrustAnchor
from netintegrity.trust.certificates import load_der, subject_spellings
from netintegrity.trust.images._spec import DetachedForm
from netintegrity.trust.path import Path, path_to
from netintegrity.trust.signature import verify_digest

MAX_CERTIFICATES: Final = 8
_CERTIFICATES: Final = (".cer", ".crt", ".pem")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Whose signature it is, once it verified."""

    anchor: TrustAnchor
    subject: str
    caveats: frozenset[Caveat]


def form_beside(
    forms: Iterable[DetachedForm], filename: str, beside: Mapping[str, bytes]
) -> DetachedForm | None:
    """Return the form of the signature that lies beside the image; None: there is none."""
    named = [f for f in forms if filename + f.suffix in beside]
    return next((f for f in named if f.tells is None or f.tells(beside[filename + f.suffix])), None)


def anchors_for(form: DetachedForm, keyring: Keyring) -> tuple[TrustAnchor, ...]:
    """Return the anchors whose word on such an image counts.

    An authority counts only for the one subject the keyring names under it.
    """
    return tuple(
        a
        for a in keyring.for_format(form.id, frozenset({str(Purpose.IMAGE)}))
        if a.channel is Channel.RELEASE and (a.end_entity is None or form.is_certified)
    )


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
    digests: Mapping[str, bytes],
    at: datetime,
) -> Signed:
    """Return who signed the image.

    Args:
        form: of the signature.
        filename: of the image.
        beside: small files that lie beside it, by name.
        anchors: not empty; whose word counts.
        digests: of the image, by hashlib's name.
        at: UTC; the moment of judgement.

    Raises:
        BadSignatureError: it is no signature, or none over this image by a key that counts.
        UnknownSignerError: the certificate beside it leads to no anchor, or to another product's.
        WrongPurposeError: the pinned certificate signs no code.
        WeakAlgorithmError: the right key signed, and is too short.
    """
    try:
        value = form.value_of(beside[filename + form.suffix])
    except ValueError as error:
        detail = f"{filename + form.suffix}: {error}"
        raise BadSignatureError(manifest_id=filename, detail=detail) from error
    certificates = _certificates(beside) if form.is_certified else ()
    fault: TrustError | None = None
    for anchor in anchors:
        try:
            return _judged(
                anchor, value, certificates, form=form, digests=digests, filename=filename, at=at
            )
        except TrustError as error:
            # A key that signed and may not says more than one that did not sign.
            if fault is None or isinstance(fault, (BadSignatureError, UnknownSignerError)):
                fault = error
    assert fault is not None  # noqa: S101 - there is at least one anchor
    raise fault


def _judged(
    anchor: TrustAnchor,
    value: bytes,
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
    scheme = SCHEMES[anchor.algorithm].digest
    digest = b"" if scheme is None else digests.get(scheme.name, b"")
    if form.signed_digest is not None:
        digest = form.signed_digest(digest)
    if not verify_digest(key, anchor.algorithm, signature=value, digest=digest):
        raise rejected(BadSignatureError)
    if is_weak(key):
        raise rejected(WeakAlgorithmError, "the signer's key is too short to count")
    if path is None and anchor.certificate is not None:
        try:
            path = path_to(anchor.certificate, anchor.certificate)
        except ValueError as error:
            raise rejected(WrongPurposeError, str(error)) from error
    caveats = set()
    if anchor.not_after is not None and at > anchor.not_after:
        caveats.add(Caveat.ANCHOR_EXPIRED)
    if path is not None and path.outside(at):
        caveats.add(Caveat.IDENTITY_EXPIRED)
    subject = anchor.subject if path is None else path.certificates[0].subject.rfc4514_string()
    return Signed(anchor=anchor, subject=subject, caveats=frozenset(caveats))


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
