"""SONiC images as its build makes them: for ONIE, signed by openssl; for Aboot, as Arista's."""

import hashlib
import io
import re
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from netintegrity.trust.keyring import Keyring
from tests.adversary.cms_peer import Signer, certificate_for, ec_key, purposes, usage
from tests.adversary.release_simulator import keyring_of
from tests.adversary.vendor_simulator import fingerprint

VERSION = "202311.2"
ROOT = b"hsqs" + bytes(range(256)) * 64
FILES: Mapping[str, bytes] = MappingProxyType(
    {
        "fs.squashfs": ROOT,
        "boot/vmlinuz-6.1.0-11-2-amd64": b"a kernel" * 100,
        "boot/initrd.img-6.1.0-11-2-amd64": b"a first root" * 100,
        "boot/System.map-6.1.0-11-2-amd64": b"addresses",
        "platform.tar.gz": b"not looked into",
    }
)


def fs_zip(files: Mapping[str, bytes] = FILES, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return packed.getvalue()


def tar_of(members: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def installer(version: str = VERSION) -> bytes:
    return f'#!/bin/sh\nimage_version="{version}"\nimage_dir="image-$image_version"\n'.encode()


def script(payload: bytes, *more: str, size: int | None = None) -> bytes:
    lines = [
        "#!/bin/sh",
        'echo -n "Verifying image checksum ..."',
        f"payload_image_size={len(payload) if size is None else size}",
        f"payload_sha1={hashlib.sha1(payload, usedforsecurity=False).hexdigest()}",
        *more,
        "exit $rc",
        "exit_marker",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def unsigned(version: str = VERSION, files: Mapping[str, bytes] = FILES) -> bytes:
    """Return an installer without its signature."""
    members = {
        "installer/install.sh": installer(version),
        "installer/machine.conf": b"machine=vs\n",
        "installer/fs.zip": fs_zip(files),
    }
    payload = tar_of(members)
    return script(payload) + payload


@dataclass(kw_only=True)
class SonicVendor:
    """A certificate of its own, or one that an authority issued; openssl signs in ``folder``."""

    folder: Path
    authority: x509.Certificate | None = None
    signer: Signer = field(init=False)
    changes: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        root_key, key = ec_key(), ec_key()
        self.root = certificate_for("authority", root_key, usage(certify=True), authority=True)
        extensions = self.changes.get("extensions", (usage(), purposes()))
        leaf = certificate_for(
            "signer",
            key,
            *extensions,  # type: ignore[misc]
            issuer="authority",
            issuer_key=root_key,
            **{k: v for k, v in self.changes.items() if k != "extensions"},  # type: ignore[arg-type]
        )
        self.signer = Signer(folder=self.folder, key=key, certificate=leaf)

    def sign(self, image: bytes, *options: str) -> bytes:
        """Return the image with its signature behind it."""
        return image + self.signer.sign(image, "-nosmimecap", *options, form="PEM")

    def keyring(self, *, pinned: bool = False, **fields: str) -> Keyring:
        certificate = self.signer.own if pinned else self.root
        stated = {"formats": "[sonic-onie]", "algorithm": "ecdsa-p256-sha256"} | fields
        pem = certificate.public_bytes(Encoding.PEM)
        return keyring_of(pem, fingerprint(certificate), **stated)

    def openssl_accepts(self, image: bytes) -> bool:
        """Say whether openssl takes it, cut as the switch's own script cuts it."""
        size = re.search(rb"^payload_image_size=(\d+)$", image, re.MULTILINE)
        head = image.find(b"\nexit_marker\n")
        if size is None or head < 0:
            return False
        end = head + len(b"\nexit_marker\n") + int(size.group(1))
        return self.signer.openssl_accepts(image[:end], image[end:])
