"""openssl as the one who signs, and as the one who is asked as well; we sign no CMS."""

import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from netintegrity.trust.admit import Submission
from netintegrity.trust.keyring import Keyring, load_keyring
from tests.adversary.vendor_simulator import fingerprint, pem_of, reason_with

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def certificate_for(
    subject: str,
    key: SigningKey,
    *extensions: tuple[x509.ExtensionType, bool],
    issuer: str | None = None,
    issuer_key: SigningKey | None = None,
    authority: bool = False,
    days: tuple[datetime, datetime] = (
        datetime(2020, 1, 1, tzinfo=UTC),
        datetime(2045, 1, 1, tzinfo=UTC),
    ),
    path_length: int | None = None,
) -> x509.Certificate:
    """Return a certificate; its issuer is itself where none is named."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer or subject)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(days[0])
        .not_valid_after(days[1])
        .add_extension(x509.BasicConstraints(ca=authority, path_length=path_length), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(issuer_key or key, hashes.SHA256())


def usage(*, sign: bool = True, certify: bool = False) -> tuple[x509.KeyUsage, bool]:
    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    flags = dict.fromkeys((*others, "crl_sign", "encipher_only", "decipher_only"), False)
    return x509.KeyUsage(digital_signature=sign, key_cert_sign=certify, **flags), True


def purposes(*oids: ObjectIdentifier) -> tuple[x509.ExtendedKeyUsage, bool]:
    return x509.ExtendedKeyUsage(oids or [ExtendedKeyUsageOID.CODE_SIGNING]), False


def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(kw_only=True)
class Signer:
    """A key with its certificate; openssl signs with it in ``folder``."""

    folder: Path
    key: SigningKey = field(default_factory=ec_key)
    certificate: x509.Certificate | None = None
    algorithm: str = "ecdsa-p256-sha256"

    @property
    def own(self) -> x509.Certificate:
        if self.certificate is None:
            self.certificate = certificate_for("signer", self.key, usage(), purposes())
        return self.certificate

    def sign(self, content: bytes, *options: str, form: str = "DER", command: str = "cms") -> bytes:
        """Return what openssl makes of ``content``."""
        files = {
            "content": content,
            "key.pem": pem_of(self.key),
            "cert.pem": self.own.public_bytes(Encoding.PEM),
        }
        for name, raw in files.items():
            (self.folder / name).write_bytes(raw)
        arguments = ["-sign", "-binary", "-in", "content", "-signer", "cert.pem"]
        arguments += ["-inkey", "key.pem", "-outform", form, "-out", "made.p7s", *options]
        subprocess.run(
            ["openssl", command, *arguments],
            cwd=self.folder,
            check=True,
            capture_output=True,
            timeout=60,
        )
        return (self.folder / "made.p7s").read_bytes()

    def openssl_accepts(self, content: bytes, signature: bytes) -> bool:
        """Say whether openssl takes it, the signer's certificate being the one that is pinned."""
        files = {"pin.pem": self.own.public_bytes(Encoding.PEM), "got": content, "sig": signature}
        for name, raw in files.items():
            (self.folder / name).write_bytes(raw)
        form = "PEM" if signature.startswith(b"-----") else "DER"
        arguments = ["-verify", "-binary", "-inform", form, "-in", "sig", "-content", "got"]
        arguments += ["-nointern", "-noverify", "-certfile", "pin.pem", "-out", "out"]
        done = subprocess.run(
            ["openssl", "cms", *arguments],
            cwd=self.folder,
            check=False,
            capture_output=True,
            timeout=60,
        )
        return done.returncode == 0

    def keyring(self, **changes: str) -> Keyring:
        fields = {
            "id": "toy/cms",
            "file": "signer.pem",
            "fingerprint": f'"{fingerprint(self.own)}"',
            "algorithm": self.algorithm,
            "signer": "vendor",
            "vendor": "toy",
            "purpose": "manifest",
            "formats": "[cms]",
        } | changes
        lines = [f"{name}: {value}" for name, value in fields.items()]
        text = "anchors:\n  - " + "\n    ".join(lines) + "\n"
        pem = self.own.public_bytes(Encoding.PEM)
        return load_keyring({"keyring.yaml": text.encode(), "signer.pem": pem})

    def judge(self, content: bytes, signature: bytes, **changes: str) -> str:
        submission = Submission(filename="list", raw=content, detached={".p7s": signature})
        return reason_with(self.keyring(**changes), submission)
