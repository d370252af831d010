"""SONiC for Aboot: signed as an EOS image is, and just as hard to change."""

import zipfile
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from netintegrity.errors import MalformedError
from netintegrity.trust.certificates import read_pem
from netintegrity.trust.image_contents import derived_from
from netintegrity.trust.image_file import VerifiedImage
from netintegrity.trust.keyring import Keyring, load_keyring
from tests.adversary.release_simulator import judge
from tests.adversary.sonic_simulator import FILES, VERSION
from tests.adversary.swi_simulator import SIZE, SwiVendor, hole_of, zip_of
from tests.adversary.vendor_simulator import flip

NAME = "sonic-aboot-broadcom.swi"
VENDOR = SwiVendor()
MEMBERS = {
    **FILES,
    "boot0": b"#!/bin/sh\n",
    ".imagehash": f"{VERSION}\n".encode(),
    "version": b"SWI_VERSION=42.0.0\n",
}
IMAGE = VENDOR.sign(MEMBERS)
START = hole_of(IMAGE)


def keyring(vendor: SwiVendor = VENDOR, formats: str = "[sonic-aboot]") -> Keyring:
    pem = vendor.root.public_bytes(Encoding.PEM)
    text = (
        "anchors:\n  - id: toy/aboot\n    file: root.pem\n"
        f'    fingerprint: "{read_pem(pem).fingerprint}"\n    algorithm: ecdsa-p256-sha256\n'
        f"    signer: owner\n    purpose: image\n    formats: {formats}\n"
    )
    return load_keyring({"keyring.yaml": text.encode(), "root.pem": pem})


def judged(image: bytes, vendor: SwiVendor = VENDOR) -> VerifiedImage:
    return judge(image, NAME, {}, keyring(vendor))


def told(image: bytes) -> str:
    found = judged(image)
    assert (found.verdict == "verified") == (found.signature == "verified")
    return found.reason or found.signature.value


def with_signature(members: dict[str, bytes], *, method: int = zipfile.ZIP_STORED) -> bytes:
    """Return other members under the signature of the honest image."""
    text = IMAGE[START : START + SIZE]
    return zip_of([*members.items(), ("swi-signature", text)], method=method)


ATTACKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "another system": (
        lambda: with_signature(MEMBERS | {"fs.squashfs": b"evil"}),
        "bad-signature",
    ),
    "another kernel": (
        lambda: with_signature(MEMBERS | {"boot/vmlinuz-6.1.0-11-2-amd64": b"evil"}),
        "bad-signature",
    ),
    "another boot script": (
        lambda: with_signature(MEMBERS | {"boot0": b"#!/bin/ash\n"}),
        "bad-signature",
    ),
    "another version": (
        lambda: with_signature(MEMBERS | {".imagehash": b"202405.9\n"}),
        "bad-signature",
    ),
    "a member more": (lambda: with_signature(MEMBERS | {"evil": b""}), "bad-signature"),
    "a member less": (
        lambda: with_signature({n: c for n, c in MEMBERS.items() if n != "boot0"}),
        "bad-signature",
    ),
    "members in another order": (
        lambda: with_signature(dict(reversed(MEMBERS.items()))),
        "bad-signature",
    ),
    "everything packed": (
        lambda: with_signature(MEMBERS, method=zipfile.ZIP_DEFLATED),
        "malformed",
    ),
    "a byte behind the end": (lambda: IMAGE + b"\0", "malformed"),
    "a byte before the start": (lambda: b"\0" + IMAGE, "malformed"),
    "cut short": (lambda: IMAGE[:-1], "malformed"),
    "no signature": (lambda: zip_of(MEMBERS.items()), "unsigned"),
    "a signature of nothing": (
        lambda: zip_of([*MEMBERS.items(), ("swi-signature", bytes(SIZE))]),
        "bad-signature",
    ),
    "a stranger's signature": (lambda: SwiVendor().sign(MEMBERS), "unknown-signer"),
    "a changed letter of the signature": (
        lambda: flip(IMAGE, IMAGE.index(b"Signature:", START) + 20),
        "bad-signature",
    ),
    "another padding": (
        lambda: flip(IMAGE, IMAGE.index(b"Padding:", START) + 20),
        "bad-signature",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_each_attack_has_its_word(attack: str) -> None:
    change, expected = ATTACKS[attack]
    assert told(change()) == expected


def test_what_a_switch_gets_is_what_the_image_holds() -> None:
    found = judged(IMAGE)
    assert (found.container, found.described.release) == ("sonic-aboot", VERSION)
    files = {f.name: f for f in derived_from(found, release=VERSION)}
    assert set(files) == {
        f"{VERSION}.fs.squashfs",
        f"{VERSION}.vmlinuz-6.1.0-11-2-amd64",
        f"{VERSION}.initrd.img-6.1.0-11-2-amd64",
    }
    assert files[f"{VERSION}.fs.squashfs"].size_bytes == len(FILES["fs.squashfs"])


@pytest.mark.parametrize("left_out", ["fs.squashfs", "boot/vmlinuz", "boot/initrd.img"])
def test_a_signed_image_that_boots_nothing_gives_nothing(left_out: str) -> None:
    image = VENDOR.sign({n: c for n, c in MEMBERS.items() if not n.startswith(left_out)})
    with pytest.raises(MalformedError, match=r"holds no fs\.squashfs with a kernel"):
        list(derived_from(judged(image), release=VERSION))


@pytest.mark.parametrize("version", [b"", b"a b\n", b"../x\n", b"1\n2\n", b"\xff\n"])
def test_a_version_that_is_none_is_not_known(version: bytes) -> None:
    found = judged(VENDOR.sign(MEMBERS | {".imagehash": version}))
    assert (found.signature, found.described.release) == ("verified", None)
