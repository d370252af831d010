"""openssl doing what OPNsense's ``opnsense-sign`` and ``opnsense-verify`` do; we sign none."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa

from netintegrity.trust.admit import Submission
from netintegrity.trust.keyring import Keyring
from tests.adversary.dgst_peer import Signer, keyring_of
from tests.adversary.vendor_simulator import reason_with, rsa_key

KEY = rsa_key(2048)


def signature_file(value: bytes, key_text: bytes) -> bytes:
    return b"SIGNATURE\n" + value + b"\nCERT\n" + key_text + b"END\n"


def fingerprint_file(key_text: bytes) -> bytes:
    digest = hashlib.sha256(key_text).hexdigest()
    return f'function: "sha256"\nfingerprint: "{digest}"\n'.encode()


@dataclass(kw_only=True)
class PkgSigner:
    folder: Path
    key: rsa.RSAPrivateKey = KEY

    @property
    def peer(self) -> Signer:
        return Signer(folder=self.folder, key=self.key)

    @property
    def key_text(self) -> bytes:
        return self.peer.public

    def value(self, content: bytes) -> bytes:
        return self.peer.sign(hashlib.sha256(content).hexdigest().encode())

    def sign(self, content: bytes) -> bytes:
        return signature_file(self.value(content), self.key_text)

    def keyring(self, **changes: str) -> Keyring:
        fields = {"algorithm": "pkg-rsa-sha256", "formats": "[freebsd-pkg]"} | changes
        content = fingerprint_file(self.key_text)
        return keyring_of(content, file="toy.fingerprint", **fields)

    def judge(self, content: bytes, beside: bytes, **changes: str) -> str:
        submission = Submission(filename="SHA256", raw=content, detached={".sig": beside})
        return reason_with(self.keyring(**changes), submission)

    def opnsense_accepts(self, content: bytes, beside: bytes) -> bool:
        """Say whether its three steps succeed: cut apart, compare the key's digest, verify."""
        parts = re.fullmatch(rb"SIGNATURE\n(.*)\nCERT\n(.*)END\n?", beside, re.DOTALL)
        if parts is None:
            return False
        value, text = parts.groups()
        if hashlib.sha256(text).digest() != hashlib.sha256(self.key_text).digest():
            return False
        message = hashlib.sha256(content).hexdigest().encode()
        return self.peer.openssl_accepts(message, value)
