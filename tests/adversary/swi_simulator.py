"""EOS images signed as Arista's program signs them, with keys thrown away."""

import base64
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from netintegrity.trust.certificates import read_pem
from netintegrity.trust.images._reading import ReadAt
from netintegrity.trust.keyring import Keyring, load_keyring

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
SIZE: Final = 8192
VERSION: Final = b"SWI_VERSION=4.30.1F\nIMAGE_FORMAT_VERSION=1.0\n"
MEMBERS: Final = {"version": VERSION, "boot0": b"#!/bin/sh\n", "rootfs-i386.sqsh": b"hsqs" * 1000}


def _table() -> tuple[int, ...]:
    made = []
    for number in range(256):
        value = number
        for _ in range(8):
            value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
        made.append(value)
    return tuple(made)


def crc_padding(content: bytes, target: int) -> bytes:
    """Return the four bytes that make the CRC-32 of ``content`` and them the target."""
    table = _table()
    by_top = {value >> 24: n for n, value in enumerate(table)}
    register = target ^ 0xFFFFFFFF
    for _ in range(4):
        n = by_top[register >> 24]
        register = ((register ^ table[n]) << 8 | n) & 0xFFFFFFFF
    return (register ^ zlib.crc32(content) ^ 0xFFFFFFFF).to_bytes(4, "little")


def zip_of(
    members: Iterable[tuple[str, bytes]], *, method: int = zipfile.ZIP_STORED, comment: bytes = b""
) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            archive.writestr(info, content)
        archive.comment = comment
    return packed.getvalue()


def certificate(
    key: Key,
    *,
    issuer_key: Key,
    subject: str = "signer",
    issuer: str = "authority",
    authority: bool = False,
    usages: tuple[x509.ObjectIdentifier, ...] | None = (ExtendedKeyUsageOID.CODE_SIGNING,),
    signs: bool = True,
    until: datetime = datetime(2030, 1, 1, tzinfo=UTC),
) -> x509.Certificate:
    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        unused = dict.fromkeys(
            (
                *("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
                *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
            ),
            False,
        )
        usage = x509.KeyUsage(digital_signature=signs, **unused)
        builder = builder.add_extension(usage, critical=True)
        if usages is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(kw_only=True)
class SwiVendor:
    """An authority and one signer under it."""

    root_key: Key = field(default_factory=new_key)
    key: Key = field(default_factory=new_key)
    certificate_changes: Mapping[str, object] = field(default_factory=dict)
    root_until: datetime = datetime(2040, 1, 1, tzinfo=UTC)

    def __post_init__(self) -> None:
        self.root = certificate(
            self.root_key,
            issuer_key=self.root_key,
            subject="authority",
            authority=True,
            until=self.root_until,
        )
        self.leaf = certificate(
            self.key,
            issuer_key=self.root_key,
            **self.certificate_changes,  # type: ignore[arg-type]
        )

    def keyring(self, *, purpose: str = "image", channel: str = "release") -> Keyring:
        pem = self.root.public_bytes(Encoding.PEM)
        rsa_key = isinstance(self.root_key, rsa.RSAPrivateKey)
        text = f"""\
anchors:
  - id: toy/images
    file: root.pem
    fingerprint: "{read_pem(pem).fingerprint}"
    algorithm: {"rsa-pkcs1v15-sha256" if rsa_key else "ecdsa-p256-sha256"}
    signer: vendor
    vendor: toy
    purpose: {purpose}
    formats: [arista-swi]
    channel: {channel}
"""
        return load_keyring({"keyring.yaml": text.encode(), "root.pem": pem})

    def signature_text(self, digest: bytes, **changes: bytes) -> bytes:
        hashed = Prehashed(hashes.SHA256())
        if isinstance(self.key, rsa.RSAPrivateKey):
            value = self.key.sign(digest, padding.PKCS1v15(), hashed)
        else:
            value = self.key.sign(digest, ec.ECDSA(hashed))
        pem = self.leaf.public_bytes(Encoding.PEM).strip()
        fields = {
            "HashAlgorithm": b"SHA-256",
            "IssuerCert": base64.b64encode(pem),
            "Signature": base64.b64encode(value),
            "Version": b"1",
        } | changes
        lines = b"".join(f"{name}:".encode() + text + b"\n" for name, text in fields.items())
        filled = lines + b"Padding:" + b"*" * (SIZE - len(lines) - 8 - 12 - 4) + b"\nCRCPadding:"
        return filled + crc_padding(filled, zlib.crc32(bytes(SIZE)))

    def sign(
        self,
        members: Mapping[str, bytes] = MEMBERS,
        *,
        name: str = "swi-signature",
        changes: Mapping[str, bytes] = MappingProxyType({}),
    ) -> bytes:
        """Return an image; ``changes`` are of the lines of its signature."""
        body = zip_of([*members.items(), (name, bytes(SIZE))])
        text = self.signature_text(hashlib.sha256(body).digest(), **changes)
        at = hole_of(body, name)
        return body[:at] + text + body[at + SIZE :]


def hole_of(image: bytes, name: str = "swi-signature") -> int:
    """Return where the bytes of the signature begin."""
    return image.index(name.encode()) + len(name)


def reader(content: bytes) -> ReadAt:
    return lambda offset, size: content[offset : offset + size]
