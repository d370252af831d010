"""VyOS images as live-build makes them, with the minisign signature that lies beside them."""

import hashlib
import io
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import pycdlib

from netintegrity.trust.certificates import read_key
from netintegrity.trust.keyring import Keyring, load_keyring
from tests.adversary.signed_checksums import Holder

NAME = "vyos-1.4.0-generic-amd64.iso"
ROOT = b"hsqs" + bytes(range(256)) * 80
FILES: Mapping[str, bytes] = MappingProxyType(
    {
        "live/filesystem.squashfs": ROOT,
        "live/vmlinuz": b"a kernel" * 300,
        "live/initrd.img": b"a first root" * 300,
        "live/filesystem.packages-remove": b"",
        "isolinux/isolinux.bin": b"starts it",
    }
)


def sums_of(files: Mapping[str, bytes]) -> bytes:
    lines = (f"{hashlib.sha256(c).hexdigest()}  ./{n}\n" for n, c in sorted(files.items()))
    return "".join(lines).encode()


def tree_of(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {**files, "sha256sum.txt": sums_of(files)}


def iso_of(
    tree: Mapping[str, bytes],
    *,
    links: Mapping[str, str] = MappingProxyType({}),
    has_names: bool = True,
) -> bytes:
    """Return an image; ``links`` are symbolic, by their path."""
    image = pycdlib.PyCdlib()
    image.new(interchange_level=3, rock_ridge="1.09" if has_names else None)
    made: dict[str, str] = {"": ""}

    def short(folder: str) -> str:
        if folder not in made:
            above, _, last = folder.rpartition("/")
            made[folder] = f"{short(above)}/D{len(made):03}"
            image.add_directory(made[folder], rr_name=last if has_names else None)
        return made[folder]

    for number, (path, content) in enumerate(tree.items()):
        folder, _, last = path.rpartition("/")
        at = f"{short(folder)}/F{number:04}.;1"
        name = last if has_names else None
        image.add_fp(io.BytesIO(content), len(content), at, rr_name=name)
    for number, (path, target) in enumerate(links.items()):
        folder, _, last = path.rpartition("/")
        image.add_symlink(f"{short(folder)}/L{number:04}.;1", last, target)
    written = io.BytesIO()
    image.write_fp(written)
    image.close()
    return written.getvalue()


def xorriso_iso(folder: Path, tree: Mapping[str, bytes]) -> bytes:
    """Return the image that xorriso makes of the files, with the options of live-build.

    It starts from a BIOS, from EFI and from a USB stick: a disk with partitions, too.
    """
    tree = {**tree, "isolinux/isolinux.bin": bytes(4096), "boot/grub/efi.img": bytes(64 * 1024)}
    (folder / "mbr.bin").write_bytes(bytes(32 * 1024))
    for path, content in tree.items():
        target = folder / "tree" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    command = ["xorriso", "-as", "mkisofs", "-R", "-r", "-J", "-joliet-long", "-l", "-cache-inodes"]
    command += ["-iso-level", "3", "-isohybrid-mbr", "mbr.bin", "-partition_offset", "16"]
    command += ["-V", "VyOS", "-b", "isolinux/isolinux.bin", "-c", "isolinux/boot.cat"]
    command += ["-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", "-eltorito-alt-boot"]
    command += ["-e", "boot/grub/efi.img", "-no-emul-boot", "-isohybrid-gpt-basdat"]
    command += ["-o", "out.iso", "tree"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    return (folder / "out.iso").read_bytes()


@dataclass(kw_only=True)
class VyosVendor:
    """A holder of a minisign key."""

    key: Holder = field(default_factory=Holder)

    def beside(self, image: bytes, *, name: str = NAME, **options: object) -> dict[str, bytes]:
        trusted = f"timestamp:1764000000\tfile:{name}\thashed"
        signature = self.key.minisign(image, **({"trusted": trusted} | options))  # type: ignore[arg-type]
        return {f"{name}.minisig": signature}

    def keyring(self, **changes: str) -> Keyring:
        fields = {
            "id": "toy/vyos",
            "file": "toy.pub",
            "fingerprint": f'"{read_key(self.key.public).fingerprint}"',
            "algorithm": "ed25519-blake2b512",
            "signer": "vendor",
            "vendor": "toy",
            "purpose": "image",
            "formats": "[vyos-iso]",
        } | changes
        text = "anchors:\n  - " + "\n    ".join(f"{n}: {v}" for n, v in fields.items()) + "\n"
        return load_keyring({"keyring.yaml": text.encode(), "toy.pub": self.key.public})
