"""Arista's own program signs and we verify; it verifies what our simulator signs; both reject.

switools 1.2 is the newest on PyPI. It builds M2Crypto, which needs swig and libssl-dev.
"""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from netintegrity.model.reference import ReferenceSet
from netintegrity.trust.image_file import verify_image
from tests.adversary.peers import needs
from tests.adversary.swi_simulator import MEMBERS, SIZE, SwiVendor, hole_of, reader, zip_of
from tests.adversary.vendor_simulator import flip, pem_of, rsa_key
from tests.long.foreign import environment

pytestmark = [pytest.mark.proof, pytest.mark.timeout(1200), needs("zip")]

AT = datetime(2026, 6, 1, tzinfo=UTC)
VENDORS = {"ecdsa": SwiVendor(), "rsa": SwiVendor(root_key=rsa_key(), key=rsa_key())}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return environment(tmp_path_factory.mktemp("switools") / "venv", "switools==1.2")


class Arista:
    """The program, with the certificates and keys of one vendor."""

    def __init__(self, programs: Path, folder: Path, vendor: SwiVendor) -> None:
        self._programs, self._folder = programs, folder
        for name, content in (
            ("root.crt", vendor.root.public_bytes(Encoding.PEM)),
            ("signer.crt", vendor.leaf.public_bytes(Encoding.PEM)),
            ("signer.key", pem_of(vendor.key)),
        ):
            (folder / name).write_bytes(content)

    def _run(self, program: str, *arguments: str) -> int:
        command = [str(self._programs / program), *arguments]
        done = subprocess.run(
            command, cwd=self._folder, capture_output=True, check=False, timeout=120
        )
        return done.returncode

    def sign(self, content: bytes, name: str = "EOS.swi") -> bytes:
        (self._folder / name).write_bytes(content)
        program = f"{name.rpartition('.')[2]}-signature"
        assert self._run(program, "prepare", name) == 0
        signed = ("sign", name, "signer.crt", "root.crt", "--key", "signer.key")
        assert self._run(program, *signed) == 0
        return (self._folder / name).read_bytes()

    def accepts(self, content: bytes, name: str = "EOS.swi") -> bool:
        (self._folder / name).write_bytes(content)
        program = f"verify-{name.rpartition('.')[2]}"
        return self._run(program, name, "--CAfile", "root.crt") == 0


def judge(content: bytes, vendor: SwiVendor, name: str = "EOS.swi") -> str:
    judged = verify_image(
        reader(content),
        len(content),
        filename=name,
        keyring=vendor.keyring(),
        references=ReferenceSet(images=(), provenance=()),
        at=AT,
    )
    return judged.reason or judged.signature.value


@pytest.mark.parametrize("kind", VENDORS)
def test_each_accepts_what_the_other_signs(programs: Path, tmp_path: Path, kind: str) -> None:
    vendor = VENDORS[kind]
    arista = Arista(programs, tmp_path, vendor)
    assert judge(arista.sign(zip_of(MEMBERS.items())), vendor) == "verified"
    assert arista.accepts(vendor.sign())


def test_each_accepts_extensions_of_the_other(programs: Path, tmp_path: Path) -> None:
    """1.2 signs and verifies only what holds a `version`, which an extension need not have."""
    vendor = VENDORS["ecdsa"]
    arista = Arista(programs, tmp_path, vendor)
    extension = {"version": MEMBERS["version"], "manifest.txt": b"format: 1\n"}
    signed = arista.sign(zip_of(extension.items()), "x.swix")
    assert b"swix-signature" in signed
    assert judge(signed, vendor, "x.swix") == "verified"
    assert arista.accepts(vendor.sign(extension, name="swix-signature"), "x.swix")


def inside(offset: int) -> Callable[[bytes], bytes]:
    return lambda image: flip(image, hole_of(image) + offset)


def at_mark(mark: bytes, offset: int = 0) -> Callable[[bytes], bytes]:
    return lambda image: flip(image, image.index(mark) + offset)


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "a byte of the file system": at_mark(b"hsqs", 2000),
    "a byte of the version": at_mark(b"SWI_VERSION=4.30.1F", 13),
    "a byte of a script": at_mark(b"#!/bin/sh"),
    "a member's name": at_mark(b"rootfs-i386.sqsh"),
    "a time in a header": lambda image: flip(image, 10),
    "a time of the signature's header": lambda image: flip(
        image, hole_of(image) - len("swi-signature") - 20
    ),
    "the directory": lambda image: flip(image, image.index(b"PK\x01\x02") + 12),
    "the end": lambda image: flip(image, image.index(b"PK\x05\x06") + 8),
    "the certificate": inside(60),
    "the signature": lambda image: flip(image, image.index(b"\nSignature:") + 30),
    "the hash it names": lambda image: image.replace(b"SHA-256", b"SHA-512", 1),
    "no signature": lambda image: (
        image[: hole_of(image)] + bytes(SIZE) + image[hole_of(image) + SIZE :]
    ),
    "another image's signature": lambda image: (
        image[: hole_of(image)]
        + (other := VENDORS["ecdsa"].sign({"version": b"other"}))[
            hole_of(other) : hole_of(other) + SIZE
        ]
        + image[hole_of(image) + SIZE :]
    ),
    "more behind it": lambda image: image + b"\0",
    "cut short": lambda image: image[:-10],
    "a stranger's": lambda _: SwiVendor().sign(),
    "the version of its form": lambda image: image.replace(b"\nVersion:1\n", b"\nVersion:2\n"),
    "the padding": lambda image: image.replace(b"Padding:****", b"Padding:***!", 1),
    "a line more": lambda image: image.replace(b"\nPadding:***", b"\nX:\nPadding:", 1),
}
STRICTER: dict[str, tuple[dict[str, bytes], str]] = {
    "the version of its form": ({"Version": b"2"}, "it does not look at it"),
    "a line more": ({"Note": b"x"}, "it passes over lines it does not know"),
}
"""Changes of lines, with the checksum of the member made right again."""


@pytest.mark.parametrize("change", SPOILT)
def test_neither_takes_a_spoilt_image(programs: Path, tmp_path: Path, change: str) -> None:
    vendor = VENDORS["ecdsa"]
    spoilt = SPOILT[change](vendor.sign())
    assert judge(spoilt, vendor) not in {"verified", "unverifiable"}
    assert not Arista(programs, tmp_path, vendor).accepts(spoilt)


@pytest.mark.parametrize("change", STRICTER)
def test_it_takes_a_second_spelling_and_we_take_one(
    programs: Path, tmp_path: Path, change: str
) -> None:
    vendor = VENDORS["ecdsa"]
    changes, why = STRICTER[change]
    spoilt = vendor.sign(changes=changes)
    assert judge(spoilt, vendor) != "verified"
    assert Arista(programs, tmp_path, vendor).accepts(spoilt), why


@pytest.mark.parametrize(
    "certificate",
    [{"usages": (ExtendedKeyUsageOID.SERVER_AUTH,)}, {"signs": False}, {"authority": True}],
    ids=["another use", "no signatures", "an authority"],
)
def test_it_asks_less_of_a_certificate(
    programs: Path, tmp_path: Path, certificate: dict[str, object]
) -> None:
    """Only that the anchor issued it: no dates, no use, no names. We ask for what it is."""
    vendor = SwiVendor(certificate_changes=certificate)
    image = vendor.sign()
    assert judge(image, vendor) == "wrong-purpose"
    assert Arista(programs, tmp_path, vendor).accepts(image)
