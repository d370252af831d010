"""OpenWrt images with the chunks that fwtool and ucert append; keys as usign makes them."""

import json
import struct
import zlib
from dataclasses import dataclass, field

from netintegrity.trust.certificates import read_key
from netintegrity.trust.keyring import Keyring, load_keyring
from tests.adversary.signed_checksums import Holder

RELEASE = "24.10.0"
FIRMWARE = b"a kernel and a squashfs" * 200
METADATA = json.dumps({"metadata_version": "1.1", "version": {"version": RELEASE}}).encode()
VALID = (1_500_000_000, 4_000_000_000)


def blob(kind: int, data: bytes) -> bytes:
    """Return a blob of libubox: its head counts, its padding does not."""
    length = 4 + len(data)
    return bytes([kind]) + length.to_bytes(3, "big") + data + bytes(-length % 4)


def named(kind: int, name: str, data: bytes) -> bytes:
    head = len(name).to_bytes(2, "big") + name.encode() + b"\0"
    return blob(0x80 | kind, head + bytes(-len(head) % 4) + data)


def payload(public: bytes, *, certtype: int = 1, valid: tuple[int, int] = VALID) -> bytes:
    fields = (
        named(5, "certtype", certtype.to_bytes(4, "big"))
        + named(4, "validfrom", valid[0].to_bytes(8, "big"))
        + named(4, "expiresat", valid[1].to_bytes(8, "big"))
        + named(3, "pubkey", public + b"\0")
    )
    return named(2, "ucert", fields)


def certificate(issuer: Holder, payload_: bytes) -> bytes:
    return blob(0, blob(0, issuer.signify(payload_)) + blob(1, payload_))


def last(signer: Holder, image: bytes) -> bytes:
    return blob(0, blob(0, signer.signify(image)))


def chunk(image: bytes, kind: int, content: bytes, **changes: int) -> bytes:
    """Return the image with one chunk more; CRC-32 without its last inversion."""
    before = image + content
    crc = changes.get("crc", zlib.crc32(before) ^ 0xFFFFFFFF)
    size = changes.get("size", len(content) + 16)
    return before + struct.pack(">4sLB3xL", b"FWx0", crc, kind, size)


def with_metadata(firmware: bytes = FIRMWARE, metadata: bytes = METADATA) -> bytes:
    return chunk(firmware, 1, bytes(8) + metadata)


@dataclass(kw_only=True)
class OpenWrtVendor:
    """A key that is pinned, and the key of a build under it."""

    root: Holder = field(default_factory=Holder)
    build: Holder = field(default_factory=lambda: Holder(number=b"buildkey"))

    def chain(self, image: bytes) -> bytes:
        return certificate(self.root, payload(self.build.public)) + last(self.build, image)

    def sign(self, image: bytes | None = None) -> bytes:
        unsigned = with_metadata() if image is None else image
        return chunk(unsigned, 0, self.chain(unsigned))

    def keyring(self, **changes: str) -> Keyring:
        public = self.root.public
        fields = {
            "id": "toy/openwrt",
            "file": "toy.pub",
            "fingerprint": f'"{read_key(public).fingerprint}"',
            "algorithm": "ed25519",
            "signer": "owner",
            "purpose": "image",
            "formats": "[openwrt-sysupgrade]",
        } | changes
        text = "anchors:\n  - " + "\n    ".join(f"{n}: {v}" for n, v in fields.items()) + "\n"
        return load_keyring({"keyring.yaml": text.encode(), "toy.pub": public})
