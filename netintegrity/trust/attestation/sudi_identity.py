"""Whose certificate a box showed: Cisco's secure unique device identifier (SUDI, IEEE 802.1AR).

Source: IEEE 802.1AR-2018 section 8 (device identifier certificates); subject and extensions as on
genuine certificates of both hierarchies.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID, SignatureAlgorithmOID

from netintegrity.errors import BadSignatureError
from netintegrity.trust.algorithms import is_weak
from netintegrity.trust.anchors import Keyring, TrustAnchor
from netintegrity.trust.attestation._spec import IDENTITY_PURPOSES
from netintegrity.trust.signature import verify

FORMAT_ID: Final = "cisco-sudi"
ROOT_FORMAT_ID: Final = "cisco-sudi-root"
LENGTH: Final = 3
_UNREADABLE: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    CryptographyDeprecationWarning,
)
"""What the library raises over bytes that are no certificate of ours; the last where the caller
has warnings raised."""
# PID:ISR4321/K9 SN:FDO184619XU
_SERIAL_NUMBER: Final = re.compile(r"PID:([!-~]{1,40}) SN:([A-Z0-9]{6,20})", re.ASCII)
# Q5CG-6PWR-DK2T
_CLOUD_ID: Final = re.compile(r"[A-Z0-9]{4}(?:-[A-Z0-9]{4}){2}", re.ASCII)


class RejectedChainError(ValueError):
    """The chain is not one that the keyring vouches for; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceIdentity:
    """A device certificate whose chain verified."""

    pid: str
    serial: str
    fingerprint: str
    """SHA-256 of the certificate's DER, ``sha256:`` and hex."""
    not_before: datetime
    not_after: datetime
    key: rsa.RSAPublicKey
    anchor: TrustAnchor
    """The sub-CA that issued it."""
    root: TrustAnchor


def key_of(der: bytes) -> rsa.RSAPublicKey | None:
    """Return the key of a certificate, which may be anybody's; None: it holds none to verify with.

    Only good for telling that a signature does *not* verify.
    """
    try:
        key = x509.load_der_x509_certificate(der).public_key()
    except _UNREADABLE:
        return None
    return key if isinstance(key, rsa.RSAPublicKey) else None


def identify(
    certificates: tuple[bytes, ...],
    keyring: Keyring,
    purposes: frozenset[str] = IDENTITY_PURPOSES,
) -> DeviceIdentity:
    """Return whose certificate the last one is, once it hangs on a pinned pair.

    Args:
        certificates: DER of root, sub-CA and device, as printed.
        keyring: its anchors of format ``cisco-sudi-root`` and ``cisco-sudi`` are the pins.
        purposes: of the anchors that count.

    Raises:
        RejectedChainError: not three, one of the first two not byte for byte a pinned one, the pair
            not of one hierarchy, or the third not issued by it as a device's.
    """
    if len(certificates) != LENGTH:
        raise RejectedChainError(f"expected exactly {LENGTH} certificates, got {len(certificates)}")
    roots, issuers = (keyring.for_format(f, purposes) for f in (ROOT_FORMAT_ID, FORMAT_ID))
    root = _pinned(certificates[0], roots, "root")
    anchor = _pinned(certificates[1], issuers, "sub-CA")
    try:
        above, sub_ca, leaf = (x509.load_der_x509_certificate(der) for der in certificates)
        _refuse_unless_paired(above, sub_ca)
        if not certificates[2].endswith(b"\x00" + leaf.signature):
            # Unused bits (X.690 section 11.2.1) would be another spelling of one certificate.
            raise RejectedChainError("the signature of the device certificate has unused bits")
        _refuse_unless_issued(leaf, sub_ca, anchor)
        pid, serial = _names(leaf)
        key = leaf.public_key()
    except RejectedChainError:
        raise
    except _UNREADABLE as error:
        raise RejectedChainError(f"the device certificate cannot be read: {error}") from error
    if not isinstance(key, rsa.RSAPublicKey) or is_weak(key):
        raise RejectedChainError("the device key is no RSA key of 2048 bits or more")
    return DeviceIdentity(
        pid=pid,
        serial=serial,
        fingerprint=_fingerprint(certificates[2]),
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
        key=key,
        anchor=anchor,
        root=root,
    )


def _pinned(der: bytes, anchors: tuple[TrustAnchor, ...], what: str) -> TrustAnchor:
    """Return the anchor whose certificate is these very bytes."""
    fingerprint = _fingerprint(der)
    for anchor in anchors:
        if anchor.fingerprint == fingerprint:
            return anchor
    raise RejectedChainError(f"the {what} ({fingerprint}) is none the keyring names")


def _refuse_unless_paired(root: x509.Certificate, sub_ca: x509.Certificate) -> None:
    if sub_ca.issuer != root.subject:
        raise RejectedChainError("root and sub-CA are of two hierarchies")


def _refuse_unless_issued(
    leaf: x509.Certificate, sub_ca: x509.Certificate, anchor: TrustAnchor
) -> None:
    if leaf.issuer != sub_ca.subject:
        raise RejectedChainError("the device certificate names another issuer")
    if leaf.signature_algorithm_oid != SignatureAlgorithmOID.RSA_WITH_SHA256:
        raise RejectedChainError("the device certificate is not signed with RSA over SHA-256")
    try:
        verify(
            anchor.key,
            anchor.algorithm,
            signature=leaf.signature,
            signed=leaf.tbs_certificate_bytes,
            manifest_id="the device certificate",
            key_fingerprint=anchor.fingerprint,
        )
    except BadSignatureError as error:
        raise RejectedChainError("the device certificate was not issued by the sub-CA") from error
    try:
        if leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            raise RejectedChainError("the device certificate is a certificate authority's")
    except x509.ExtensionNotFound:
        pass  # Without the extension it is none (RFC 5280 section 4.2.1.9).
    try:
        if not leaf.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature:
            raise RejectedChainError("the device key may not sign")
    except x509.ExtensionNotFound:
        pass  # Without the extension a key may do anything (RFC 5280 section 4.2.1.3).


def _names(leaf: x509.Certificate) -> tuple[str, str]:
    """Return product id and serial number.

    The common name repeats the product id; the newest models (Catalyst 9350) have a cloud id there.
    """
    names = [str(a.value) for a in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    numbers = [str(a.value) for a in leaf.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)]
    match = _SERIAL_NUMBER.fullmatch(numbers[0]) if len(numbers) == 1 else None
    if match is None:
        raise RejectedChainError("the subject has no serial number of the form `PID:… SN:…`")
    if len(names) != 1 or not (names[0] == match.group(1) or _CLOUD_ID.fullmatch(names[0])):
        raise RejectedChainError("the subject's common name is neither product id nor cloud id")
    return match.group(1), match.group(2)


def _fingerprint(der: bytes) -> str:
    return f"sha256:{hashlib.sha256(der).hexdigest()}"
