"""openssl as the one who signs files barely, and as the one who is asked; we sign none."""

import base64
import hashlib
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from netintegrity.trust.admit import Submission
from netintegrity.trust.certificates import read_key
from netintegrity.trust.keyring import Keyring, load_keyring
from tests.adversary.vendor_simulator import pem_of, public_pem_of, reason_with

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(kw_only=True)
class Signer:
    """A bare key; openssl signs with it in ``folder``."""

    folder: Path
    key: Key = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    algorithm: str = "ecdsa-p256-sha256"
    form: str = "openssl-dgst"

    @property
    def public(self) -> bytes:
        return public_pem_of(self.key)

    def openssl(self, *arguments: str, **files: bytes) -> bytes:
        for name, content in files.items():
            (self.folder / name).write_bytes(content)
        done = subprocess.run(
            ["openssl", *arguments], cwd=self.folder, check=True, capture_output=True, timeout=60
        )
        return done.stdout

    def sign(self, content: bytes, digest: str = "sha256", *options: str) -> bytes:
        arguments = ("dgst", f"-{digest}", *options, "-sign", "key", "-out", "value", "content")
        self.openssl(*arguments, key=pem_of(self.key), content=content)
        return (self.folder / "value").read_bytes()

    def base64(self, value: bytes) -> bytes:
        """Return the lines that openssl writes."""
        return self.openssl("base64", "-in", "plain", plain=value)

    def openssl_accepts(self, content: bytes, value: bytes, digest: str = "sha256") -> bool:
        arguments = ("dgst", f"-{digest}", "-verify", "public", "-signature", "value", "content")
        try:
            self.openssl(*arguments, public=self.public, value=value, content=content)
        except subprocess.CalledProcessError:
            return False
        return True

    def openssl_reads(self, text: bytes) -> bytes:
        """Return what openssl makes of base64; nothing where it makes nothing of it."""
        try:
            return self.openssl("base64", "-d", "-in", "text", text=text)
        except subprocess.CalledProcessError:
            return b""

    def keyring(self, **changes: str) -> Keyring:
        fields = {"formats": f"[{self.form}]", "algorithm": self.algorithm} | changes
        return keyring_of(self.public, **fields)

    def judge(
        self, content: bytes, beside: bytes, suffix: str = ".sig", name: str = "sha256sums"
    ) -> str:
        submission = Submission(filename=name, raw=content, detached={suffix: beside})
        return reason_with(self.keyring(), submission)


def keyring_of(public: bytes, *, file: str = "signer.pem", **changes: str) -> Keyring:
    fields = {
        "id": "toy/bare",
        "file": file,
        "fingerprint": f'"{read_key(public).fingerprint}"',
        "signer": "vendor",
        "vendor": "toy",
        "purpose": "manifest",
    } | changes
    text = "anchors:\n  - " + "\n    ".join(f"{n}: {v}" for n, v in fields.items()) + "\n"
    return load_keyring({"keyring.yaml": text.encode(), file: public})


def hint_of(public: bytes) -> str:
    """Return how cosign's bundle names a key."""
    return base64.b64encode(bytes.fromhex(read_key(public).fingerprint[7:])).decode()


def older_bundle(value: bytes, **changes: object) -> bytes:
    """Return the form ``cosign sign-blob --bundle`` wrote before Sigstore's."""
    document = {
        "base64Signature": base64.b64encode(value).decode(),
        "cert": base64.b64encode(b"-----BEGIN PUBLIC KEY-----\n").decode(),
        "rekorBundle": {
            "SignedEntryTimestamp": "MEUCIQ==",
            "Payload": {"body": "e30=", "integratedTime": 1764000000, "logIndex": 1, "logID": "c0"},
        },
    } | changes
    return json.dumps({k: v for k, v in document.items() if v is not ...}).encode()


def bundle(
    content: bytes,
    value: bytes,
    public: bytes,
    *,
    message: Mapping[str, object] | None = None,
    material: Mapping[str, object] | None = None,
    **changes: object,
) -> bytes:
    """Return Sigstore's bundle."""
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    signature = {
        "messageDigest": {"algorithm": "SHA2_256", "digest": digest},
        "signature": base64.b64encode(value).decode(),
    }
    document: dict[str, object] = {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {"publicKey": {"hint": hint_of(public)}, "tlogEntries": []}
        | dict(material or {}),
        "messageSignature": signature | dict(message or {}),
    } | changes
    return json.dumps({k: v for k, v in document.items() if v is not ...}).encode()
