"""The chips of simulated hardware: keys that sign what was booted, and who issued them.

A lab has a maker of its own, in place of the vendor: a root and a sub-CA, drawn anew for each lab.
What they issue is of the shape of Cisco's SUDI certificates (IEEE 802.1AR-2018 section 8).
"""

import hashlib
import threading
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

_KEY_BITS: Final = 2048
_BEFORE: Final = timedelta(days=1000)
_AFTER: Final = timedelta(days=7300)
_LAYOUT: Final = 1


def _name(common: str, serial: str | None = None) -> x509.Name:
    parts = [] if serial is None else [x509.NameAttribute(NameOID.SERIAL_NUMBER, serial)]
    parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, "netintegrity lab"))
    parts.append(x509.NameAttribute(NameOID.COMMON_NAME, common))
    return x509.Name(parts)


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)


class Chip:
    """One piece of hardware that can sign; its key is drawn when it is first used."""

    def __init__(self, maker: "Maker", pid: str, serial: str) -> None:
        """Be the chip of this hardware, certified by ``maker``."""
        self._maker = maker
        self._key = _key()
        subject = _name(pid, f"PID:{pid} SN:{serial}")
        certificate = maker.certificate(subject, self._key.public_key())
        self.chain: tuple[bytes, ...] = (maker.root, maker.sub_ca, certificate)
        """DER of root, sub-CA and this."""

    def signature(self, nonce: int, body: bytes) -> bytes:
        """Return what it signs in answer to a nonce: nonce, version of the layout, ``body``."""
        signed = nonce.to_bytes(8, "big") + _LAYOUT.to_bytes(4, "big") + body
        return self._key.sign(signed, padding.PKCS1v15(), SHA256())


class Maker:
    """Who makes the hardware of one lab."""

    def __init__(self, now: datetime) -> None:
        """Certify from some time before ``now`` (UTC) until long after it."""
        self._now = now.replace(microsecond=0)
        self._lock = threading.RLock()
        self._chips: dict[tuple[str, str], Chip] = {}
        self._root_key, self._sub_key = _key(), _key()

    @cached_property
    def root(self) -> bytes:
        """DER of the root's certificate."""
        name = _name("Lab Root CA")
        return self._issued(name, self._root_key.public_key(), name, self._root_key, ca=True)

    @cached_property
    def sub_ca(self) -> bytes:
        """DER of the certificate of who issues identities."""
        name, above = _name("Lab SUDI CA"), _name("Lab Root CA")
        return self._issued(name, self._sub_key.public_key(), above, self._root_key, ca=True)

    def certificate(self, subject: x509.Name, key: rsa.RSAPublicKey) -> bytes:
        """Return DER of a device's certificate."""
        return self._issued(subject, key, _name("Lab SUDI CA"), self._sub_key, ca=False)

    def chip(self, pid: str, serial: str) -> Chip:
        """Return the chip of this hardware, always the same one."""
        with self._lock:
            known = self._chips.get((pid, serial))
            if known is None:
                known = self._chips[pid, serial] = Chip(self, pid, serial)
            return known

    def anchors(self) -> tuple[dict[str, object], ...]:
        """Return the entries of the keyring by which its identities count, in a lab alone."""
        return tuple(
            {
                "id": f"lab/{word}",
                "file": f"{word}.pem",
                "fingerprint": f"sha256:{hashlib.sha256(der).hexdigest()}",
                "algorithm": "rsa-pkcs1v15-sha256",
                "signer": "vendor",
                "vendor": "lab",
                "purpose": "lab",
                "formats": [format_id],
                "source": "made by `netintegrity lab` for this one lab",
            }
            for word, der, format_id in (
                ("sudi-root", self.root, "cisco-sudi-root"),
                ("sudi-issuer", self.sub_ca, "cisco-sudi"),
            )
        )

    def key_files(self) -> dict[str, bytes]:
        """Return what lies beside the keyring, by file name."""
        return {"sudi-root.pem": pem(self.root), "sudi-issuer.pem": pem(self.sub_ca)}

    def _issued(
        self,
        subject: x509.Name,
        key: rsa.RSAPublicKey,
        issuer: x509.Name,
        by: rsa.RSAPrivateKey,
        *,
        ca: bool,
    ) -> bytes:
        usage = x509.KeyUsage(
            digital_signature=not ca,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=ca,
            crl_sign=ca,
            encipher_only=False,
            decipher_only=False,
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - _BEFORE)
            .not_valid_after(self._now + _AFTER)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(usage, critical=True)
        )
        return builder.sign(by, SHA256()).public_bytes(Encoding.DER)


def pem(der: bytes) -> bytes:
    """Return a certificate as a box prints it and as a file holds it."""
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
