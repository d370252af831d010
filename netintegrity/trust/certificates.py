"""Key files: one certificate or bare key each, in PEM, as signify writes it, or OpenPGP.

Or, where a vendor publishes no more, the fingerprint of a key.
"""

import hashlib
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from cryptography.utils import CryptographyDeprecationWarning

from netintegrity.trust import openpgp, pkg_keys, signify_text, tuf
from netintegrity.trust.algorithms import BareKey, PublicKey

MAX_KEY_FILE_BYTES: Final = 64 * 1024
_UNREADABLE: Final = (x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
_BEGIN: Final = b"-----BEGIN "


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMaterial:
    """What a key file holds."""

    key: PublicKey
    key_fingerprint: str
    """``sha256:`` and hex, over the SubjectPublicKeyInfo; of OpenPGP ``openpgp4fpr:`` and hex."""
    certificate: x509.Certificate | None
    """None: the file is a bare key."""
    number: str | None = None
    """How signify and minisign name the key, in hex; None: the file does not say."""

    @property
    def fingerprint(self) -> str:
        """What a keyring pins: over the certificate's DER, or the bare key."""
        if self.certificate is None:
            return self.key_fingerprint
        return _fingerprint(self.certificate.public_bytes(Encoding.DER))

    @property
    def not_after(self) -> datetime | None:
        """Until when the certificate is valid; None: a bare key says nothing."""
        return None if self.certificate is None else self.certificate.not_valid_after_utc


def read_key(content: bytes) -> KeyMaterial:
    """Return what the file holds: PEM, OpenPGP, signify's lines, pkg's fingerprint, TUF's root.

    usign and minisign write the same two lines as signify.

    Raises:
        ValueError: it holds none, several, a private key, or a key no algorithm here takes.
    """
    if openpgp.looks_like_key(content):
        held = openpgp.read_key(content)
        named = openpgp.FINGERPRINT_PREFIX + held.fingerprint
        return KeyMaterial(key=held, key_fingerprint=named, certificate=None)
    if tuf.looks_like_root(content):
        root = tuf.read_root(content)
        named = tuf.PREFIX + root.sha256
        return KeyMaterial(key=root, key_fingerprint=named, certificate=None)
    if pkg_keys.looks_like_fingerprint(content):
        pinned = pkg_keys.read_fingerprint(content)
        named = pkg_keys.PREFIX + pinned.sha256
        return KeyMaterial(key=pinned, key_fingerprint=named, certificate=None)
    if not content.startswith(signify_text.COMMENT):
        return read_pem(content)
    try:
        blob, rest = signify_text.read(content, size=signify_text.KEY_BYTES)
    except ValueError as error:
        raise ValueError(f"is no signify or minisign public key: {error}") from error
    if blob.algorithm != signify_text.PLAIN or rest:
        raise ValueError("is no signify or minisign public key: expected two lines and Ed25519")
    key = ed25519.Ed25519PublicKey.from_public_bytes(blob.value)
    return KeyMaterial(
        key=key, key_fingerprint=fingerprint_of(key), certificate=None, number=blob.number
    )


def read_pem(content: bytes) -> KeyMaterial:
    """Return what the file holds: a certificate (RFC 7468 section 5) or a public key (13).

    Raises:
        ValueError: it holds none, several, a private key, or a key no algorithm here takes.
    """
    if len(content) > MAX_KEY_FILE_BYTES:
        raise ValueError(f"larger than {MAX_KEY_FILE_BYTES} bytes")
    if content.count(_BEGIN) != 1:
        raise ValueError(f"expected exactly one PEM block, found {content.count(_BEGIN)}")
    if b"PRIVATE KEY" in content:
        raise ValueError("holds a private key, which has no place in a keyring")
    certificate: x509.Certificate | None = None
    key: object
    try:
        if b"-----BEGIN CERTIFICATE-----" in content:
            certificate = x509.load_pem_x509_certificate(content)
            key = certificate.public_key()
        else:
            key = load_pem_public_key(content)
    except UnsupportedAlgorithm as error:
        raise ValueError("holds a key of a kind that is not known here") from error
    except (ValueError, x509.InvalidVersion) as error:
        raise ValueError("is neither a PEM certificate nor a PEM public key") from error
    if not isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey)):
        raise ValueError("holds a key of a kind that is not known here")  # noqa: TRY004
    return KeyMaterial(key=key, key_fingerprint=fingerprint_of(key), certificate=certificate)


def fingerprint_of(key: BareKey) -> str:
    """Return ``sha256:`` and hex over the key's SubjectPublicKeyInfo (RFC 5280 section 4.1)."""
    return _fingerprint(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def load_der(der: bytes) -> x509.Certificate:
    """Return the certificate that ``der`` is.

    What the library still reads and says it will read no longer, is refused today: a serial number
    that is not positive, above all.

    Raises:
        ValueError: it is none.
    """
    with warnings.catch_warnings():
        # Odd lengths in names are told to nobody; the second line is for a kind of the first.
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("error", CryptographyDeprecationWarning)
        try:
            certificate = x509.load_der_x509_certificate(der)
            # They are read when they are asked for: better now, and once.
            _ = certificate.subject, certificate.issuer, certificate.extensions
        except (x509.InvalidVersion, CryptographyDeprecationWarning, *_UNREADABLE) as error:
            raise ValueError(f"a certificate that cannot be read: {error}") from error
        return certificate


def extensions_of(certificate: x509.Certificate) -> x509.Extensions:
    """Return what a certificate says of itself.

    Raises:
        ValueError: it cannot be read, or says one thing twice (RFC 5280 section 4.2).
    """
    try:
        return certificate.extensions
    except _UNREADABLE as error:
        raise ValueError(f"its extensions cannot be read: {error}") from error


def issuer_and_serial(issuer: bytes, serial: int) -> str:
    """Return the name of a certificate by who issued it and its number there (RFC 5652 10.2.4).

    Args:
        issuer: the name, in DER.
        serial: as the certificate has it.
    """
    return f"issuer-sha256:{hashlib.sha256(issuer).hexdigest()}/serial:{serial:x}"


def subject_key(identifier: bytes) -> str:
    """Return the name of a certificate by its subject key identifier (RFC 5280 4.2.1.2)."""
    return f"subject-key:{identifier.hex()}"


def names_of(certificate: x509.Certificate) -> frozenset[str]:
    """Return the names under which CMS may mean this certificate."""
    names = {issuer_and_serial(certificate.issuer.public_bytes(), certificate.serial_number)}
    try:
        extension = extensions_of(certificate).get_extension_for_class(x509.SubjectKeyIdentifier)
    except (x509.ExtensionNotFound, ValueError):
        return frozenset(names)
    return frozenset(names | {subject_key(extension.value.digest)})


def subject_spellings(certificate: x509.Certificate) -> tuple[str, str]:
    """Return the subject in the order of RFC 4514 section 2.1, and in the order it is encoded.

    Tools disagree about which way to print a name; either names the same sequence exactly.
    """
    name = certificate.subject
    return name.rfc4514_string(), ",".join(r.rfc4514_string() for r in name.rdns)


def _fingerprint(der: bytes) -> str:
    return f"sha256:{hashlib.sha256(der).hexdigest()}"
