"""A holder of a bare Ed25519 key who signs lists of checksums as signify and minisign do."""

import base64
import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from netintegrity.trust.admit import Submission
from netintegrity.trust.keyring import Keyring, load_keyring
from netintegrity.trust.sign import anchor_yaml

LIST = (
    "# what we built\n"
    f"{'ab' * 64}  EOS-4.30.1F.swi\n"
    f"SHA256 (EOS-4.30.1F.swi) = {'cd' * 32}\n"
    f"{'ef' * 32} *firmware.bin\n"
).encode()
TRUSTED = "timestamp:1764000000\tfile:sha512sums\thashed"


def two_lines(algorithm: bytes, number: bytes, value: bytes, comment: str = "anything") -> bytes:
    encoded = base64.b64encode(algorithm + number + value)
    return f"untrusted comment: {comment}\n".encode() + encoded + b"\n"


@dataclass(frozen=True, kw_only=True)
class Holder:
    """One key, its number, and all that is made with it."""

    key: ed25519.Ed25519PrivateKey = field(default_factory=ed25519.Ed25519PrivateKey.generate)
    number: bytes = bytes.fromhex("0123456789abcdef")

    @property
    def public(self) -> bytes:
        raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return two_lines(b"Ed", self.number, raw, "a public key")

    def keyring(
        self, *formats: str, algorithm: str = "ed25519", signer: str = "vendor", **more: object
    ) -> Keyring:
        text = anchor_yaml(
            self.public,
            anchor_id="toy/lists",
            file="toy.pub",
            source="made for a test",
            signer=signer,
            vendor="toy",
            formats=formats or ("signify", "minisign"),
            **more,  # type: ignore[arg-type]
        )
        text = text.replace('algorithm: "ed25519"', f'algorithm: "{algorithm}"')
        return load_keyring({"keyring.yaml": text.encode(), "toy.pub": self.public})

    def signify(self, message: bytes) -> bytes:
        """Return a ``.sig`` file."""
        return two_lines(b"Ed", self.number, self.key.sign(message))

    def embedded(self, message: bytes) -> bytes:
        return self.signify(message) + message

    def minisign(self, message: bytes, *, prehashed: bool = True, trusted: str = TRUSTED) -> bytes:
        """Return a ``.minisig`` file."""
        signed = hashlib.blake2b(message).digest() if prehashed else message
        value = self.key.sign(signed)
        over_both = self.key.sign(value + trusted.encode())
        first = two_lines(b"ED" if prehashed else b"Ed", self.number, value)
        encoded = base64.b64encode(over_both)
        return first + f"trusted comment: {trusted}\n".encode() + encoded + b"\n"


def submit(message: bytes, name: str = "sha512sums", **detached: bytes) -> Submission:
    """Return a list with its signatures, ``sig=…`` or ``minisig=…``."""
    beside = {f".{suffix}": content for suffix, content in detached.items()}
    return Submission(filename=name, raw=message, detached=beside)
