"""A SONiC installer that openssl signed verifies; one that was changed does so nowhere."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from netintegrity.model.assurance import Caveat
from netintegrity.trust import cms
from netintegrity.trust.certificates import read_pem
from netintegrity.trust.image_file import VerifiedImage
from netintegrity.trust.keyring import Keyring, load_keyring
from tests.adversary.cms_peer import purposes, usage
from tests.adversary.peers import needs
from tests.adversary.release_simulator import judge
from tests.adversary.sonic_simulator import VERSION, SonicVendor, script, tar_of, unsigned
from tests.adversary.swi_simulator import SwiVendor, zip_of
from tests.adversary.vendor_simulator import flip
from tests.paths import CAPTURES, needs_captures

pytestmark = needs("openssl")

NAME = "sonic-vs.bin"
IMAGE = unsigned()
Change = Callable[[bytes, bytes], bytes]
"""``(signed image, its signature)`` to what somebody made of it."""


@pytest.fixture
def vendor(tmp_path: Path) -> SonicVendor:
    return SonicVendor(folder=tmp_path)


def told(judged: VerifiedImage) -> tuple[str, str]:
    assert (judged.verdict == "verified") == (judged.signature == "verified")
    return judged.signature.value, judged.reason or ""


def test_what_openssl_signed_verifies_and_says_its_version(vendor: SonicVendor) -> None:
    signed = vendor.sign(IMAGE)
    assert vendor.openssl_accepts(signed)
    judged = judge(signed, NAME, {}, vendor.keyring())
    assert told(judged) == ("verified", "")
    assert (judged.container, judged.platform) == ("sonic-onie", "sonic")
    assert (judged.described.release, judged.signer) == (VERSION, "CN=signer")
    assert judged.caveats == frozenset()


@pytest.mark.parametrize("options", [("-noattr",), ("-keyid",), ("-md", "sha256")])
def test_every_way_in_which_openssl_signs_it_counts(
    vendor: SonicVendor, options: tuple[str, ...]
) -> None:
    signed = vendor.sign(IMAGE, *options)
    assert told(judge(signed, NAME, {}, vendor.keyring())) == ("verified", "")
    assert told(judge(signed, NAME, {}, vendor.keyring(pinned=True))) == ("verified", "")


def test_a_pinned_signer_needs_no_certificate_inside(vendor: SonicVendor) -> None:
    signed = vendor.sign(IMAGE, "-nocerts")
    assert told(judge(signed, NAME, {}, vendor.keyring(pinned=True))) == ("verified", "")
    assert told(judge(signed, NAME, {}, vendor.keyring())) == ("rejected", "unknown-signer")


ATTACKS: dict[str, tuple[Change, str]] = {
    "a changed script": (lambda i, s: i.replace(b"echo -n", b"echo -e", 1) + s, "bad-signature"),
    "a line more in the script": (lambda i, s: i.replace(b"exit $", b":\nexit $", 1) + s, "bad"),
    "a changed byte of the archive": (lambda i, s: flip(i, len(i) - 600) + s, "bad-signature"),
    "another archive of the same size": (
        lambda i, s: i.replace(b"machine=vs", b"machine=xx", 1) + s,
        "bad-signature",
    ),
    "a byte between archive and signature": (lambda i, s: i + b"\0" + s, "bad-signature"),
    "a byte behind the signature": (lambda i, s: i + s + b"\0", "bad-signature"),
    "the signature twice": (lambda i, s: i + s + s, "bad-signature"),
    "a smaller size stated": (lambda i, s: resized(i, -512) + s, "bad-signature"),
    "a larger size stated": (lambda i, s: resized(i, len(s)) + s, "unsigned"),
    "a size beyond the file": (lambda i, s: resized(i, 10**6) + s, "malformed"),
    "the size stated twice": (
        lambda i, s: i.replace(b"exit $", b"payload_image_size=1\nexit $", 1) + s,
        "malformed",
    ),
    "the size stated in a comment": (
        lambda i, s: i.replace(b"exit $", b"# payload_image_size=1\nexit $", 1) + s,
        "malformed",
    ),
    "no signature": (lambda i, _: i, "unsigned"),
    "cut short": (lambda i, s: (i + s)[:-40], "bad-signature"),
    "half an image": (lambda i, _: i[: len(i) // 2], "malformed"),
    "base64 of another spelling": (lambda i, s: i + s.replace(b"\n", b"\n ", 2), "bad-signature"),
    "a changed signature": (lambda i, s: i + flip(s, len(s) - 50), "bad-signature"),
    "PKCS7 and CMS mixed": (lambda i, s: i + s.replace(b"CMS", b"PKCS7", 1), "bad-signature"),
    "nothing but a signature": (lambda _, s: s, "unsupported"),
}


def resized(image: bytes, by: int) -> bytes:
    size = image.index(b"payload_image_size=") + len(b"payload_image_size=")
    end = image.index(b"\n", size)
    return image[:size] + str(int(image[size:end]) + by).encode() + image[end:]


@pytest.mark.parametrize("attack", ATTACKS)
def test_neither_takes_a_changed_image(vendor: SonicVendor, attack: str) -> None:
    change, expected = ATTACKS[attack]
    signed = vendor.sign(IMAGE)
    changed = change(IMAGE, signed[len(IMAGE) :])
    state, reason = told(judge(changed, NAME, {}, vendor.keyring()))
    assert (reason or state).startswith(expected)
    # openssl takes a PEM block whatever stands around it, and a size that is read from its line.
    looser = {"a byte behind the signature", "the signature twice", "PKCS7 and CMS mixed"}
    if attack not in looser | {"a byte between archive and signature", "a changed signature"}:
        assert not vendor.openssl_accepts(changed) or attack.startswith("base64")


def test_no_changed_byte_leaves_it_verified(vendor: SonicVendor) -> None:
    signed, keyring = vendor.sign(IMAGE), vendor.keyring()
    made = cms.read(signed[len(IMAGE) :], name="")
    for position in (*range(0, len(IMAGE), 97), *range(len(IMAGE), len(signed), 3)):
        changed = flip(signed, position)
        if judge(changed, NAME, {}, keyring).verdict == "verified":
            # A certificate inside may be changed where nobody reads it.
            left = cms.read(changed[len(IMAGE) :], name="")
            assert position >= len(IMAGE)
            assert (left.value, left.attributes) == (made.value, made.attributes)


def test_a_signature_over_another_image_does_not_count(vendor: SonicVendor) -> None:
    other = vendor.sign(unsigned("202305.1"))
    moved = IMAGE + other[other.index(b"-----BEGIN") :]
    assert told(judge(moved, NAME, {}, vendor.keyring())) == ("rejected", "bad-signature")


def test_a_stranger_is_a_stranger(vendor: SonicVendor, tmp_path: Path) -> None:
    stranger = SonicVendor(folder=tmp_path)
    judged = judge(stranger.sign(IMAGE), NAME, {}, vendor.keyring())
    assert told(judged) == ("rejected", "unknown-signer")
    assert told(judge(stranger.sign(IMAGE), NAME, {}, Keyring())) == ("unverifiable", "")


@pytest.mark.parametrize(
    "changes",
    [
        {"authority": True, "extensions": (usage(certify=True),)},
        {"extensions": (usage(), purposes(ExtendedKeyUsageOID.SERVER_AUTH))},
        {"extensions": (usage(sign=False), purposes())},
    ],
)
def test_a_certificate_for_another_thing_signs_no_image(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    vendor = SonicVendor(folder=tmp_path, changes=changes)
    signed = vendor.sign(IMAGE)
    assert told(judge(signed, NAME, {}, vendor.keyring())) == ("rejected", "unknown-signer")
    pinned = judge(signed, NAME, {}, vendor.keyring(pinned=True))
    assert told(pinned) == ("rejected", "wrong-purpose")


def test_another_subject_than_the_one_that_is_demanded_does_not_count(vendor: SonicVendor) -> None:
    signed = vendor.sign(IMAGE)
    right = judge(signed, NAME, {}, vendor.keyring(end_entity='"CN=signer"'))
    assert told(right) == ("verified", "")
    judged = judge(signed, NAME, {}, vendor.keyring(end_entity='"CN=another"'))
    assert told(judged) == ("rejected", "unknown-signer")


def test_an_expired_certificate_is_a_caveat(tmp_path: Path) -> None:
    days = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))
    vendor = SonicVendor(folder=tmp_path, changes={"days": days})
    judged = judge(vendor.sign(IMAGE), NAME, {}, vendor.keyring())
    assert judged.caveats == {Caveat.IDENTITY_EXPIRED}


@pytest.mark.parametrize(
    ("members", "note"),
    [
        ({"installer/x": b""}, "no installer/install.sh"),
        ({"installer/install.sh": b'image_version="a"\nimage_version="b"\n'}, "one version"),
        ({"installer/install.sh": b'image_version="a b"\n'}, "one version"),
        ({"installer/install.sh": b'image_version="../../x"\n'}, "one version"),
    ],
)
def test_a_version_is_stated_once_or_not_known(
    vendor: SonicVendor, members: dict[str, bytes], note: str
) -> None:
    payload = tar_of(members)
    judged = judge(vendor.sign(script(payload) + payload), NAME, {}, vendor.keyring())
    assert told(judged) == ("verified", "")
    assert judged.described.release is None
    assert note in judged.described.notes[0]


def test_a_signed_archive_that_leads_out_of_its_folder_is_malformed(vendor: SonicVendor) -> None:
    for name in ("../installer/install.sh", "/etc/passwd", "installer/../../x"):
        payload = tar_of({name: b""})
        judged = judge(vendor.sign(script(payload) + payload), NAME, {}, vendor.keyring())
        assert told(judged) == ("rejected", "malformed")


def test_the_form_for_aboot_counts_under_its_own_name_alone() -> None:
    vendor = SwiVendor()
    files = {
        "fs.squashfs": b"hsqs" * 100,
        "boot0": b"#!/bin/sh\n",
        ".imagehash": f"{VERSION}\n".encode(),
        "version": b"SWI_VERSION=42.0.0\n",
    }
    signed = vendor.sign(files)
    as_eos = judge(signed, "sonic-aboot.swi", {}, vendor.keyring())
    assert told(as_eos) == ("unverifiable", "")
    pem = vendor.root.public_bytes(Encoding.PEM)
    text = f"""\
anchors:
  - id: toy/aboot
    file: root.pem
    fingerprint: "{read_pem(pem).fingerprint}"
    algorithm: ecdsa-p256-sha256
    signer: owner
    purpose: image
    formats: [sonic-aboot]
"""
    keyring = load_keyring({"keyring.yaml": text.encode(), "root.pem": pem})
    judged = judge(signed, "sonic-aboot.swi", {}, keyring)
    assert told(judged) == ("verified", "")
    assert (judged.container, judged.described.release) == ("sonic-aboot", VERSION)
    # SONiC's made-up version must not pass for one of EOS, nor an EOS image for one of SONiC.
    assert told(judge(vendor.sign(), "EOS.swi", {}, keyring)) == ("unverifiable", "")
    for spoilt in (flip(signed, 60), signed + b"\0", zip_of([*files.items()])):
        assert judge(spoilt, "sonic-aboot.swi", {}, keyring).verdict != "verified"


@needs_captures
@pytest.mark.parametrize(
    ("name", "state"), [("toy-signed.bin", "verified"), ("toy-unsigned.bin", "unsigned")]
)
def test_the_captured_toy_images(name: str, state: str) -> None:
    folder = CAPTURES / "sonic" / "toy"
    image = (folder / name).read_bytes()
    for anchor in ("ca.crt", "rsa.crt"):
        pem = (folder / anchor).read_bytes()
        text = f"""\
anchors:
  - id: toy/captured
    file: captured.pem
    fingerprint: "{read_pem(pem).fingerprint}"
    algorithm: rsa-pkcs1v15-sha256
    signer: vendor
    vendor: toy
    purpose: image
    formats: [sonic-onie]
"""
        keyring = load_keyring({"keyring.yaml": text.encode(), "captured.pem": pem})
        assert judge(image, name, {}, keyring).signature == state
        if state == "verified":
            middle = image.index(b"exit_marker") + 3000
            assert told(judge(flip(image, middle), name, {}, keyring))[1] == "bad-signature"
