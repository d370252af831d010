"""Nothing that somebody did to a signed image may leave it verified."""

import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from netintegrity.model.assurance import Caveat
from netintegrity.model.reference import ReferenceSet
from netintegrity.model.verdict import Verdict
from netintegrity.trust.image_file import SignatureState, VerifiedImage, verify_image
from netintegrity.trust.keyring import Keyring
from tests.adversary.swi_simulator import (
    MEMBERS,
    SIZE,
    SwiVendor,
    hole_of,
    new_key,
    reader,
    zip_of,
)
from tests.adversary.vendor_simulator import AT, flip, rsa_key

VENDOR = SwiVendor()
KEYRING = VENDOR.keyring()
IMAGE = VENDOR.sign()
Make = Callable[[], bytes]
NOTHING = ReferenceSet(images=(), provenance=())


def judge(
    content: bytes, keyring: Keyring = KEYRING, *, name: str = "EOS.swi", at: datetime = AT
) -> VerifiedImage:
    return verify_image(
        reader(content), len(content), filename=name, keyring=keyring, references=NOTHING, at=at
    )


def reason(content: bytes, keyring: Keyring = KEYRING, **more: str) -> str:
    judged = judge(content, keyring, **more)  # type: ignore[arg-type]
    verified = judged.verdict is Verdict.VERIFIED
    assert verified == (judged.signature is SignatureState.VERIFIED)
    assert verified == (judged.anchor is not None)
    return judged.reason or judged.signature.value


def test_an_honest_image_verifies_and_says_its_release() -> None:
    judged = judge(IMAGE)
    assert (judged.signature, judged.verdict) == (SignatureState.VERIFIED, Verdict.VERIFIED)
    assert (judged.container, judged.described.release) == ("arista-swi", "4.30.1F")
    assert (judged.signer, judged.caveats) == ("CN=signer", frozenset())


def test_an_extension_verifies_too() -> None:
    extension = VENDOR.sign({"manifest.txt": b"format: 1\n"}, name="swix-signature")
    assert reason(extension, name="x.swix") == "verified"
    assert reason(extension, name="download") == "verified"


def test_an_rsa_signer_verifies_too() -> None:
    vendor = SwiVendor(root_key=rsa_key(), key=rsa_key())
    assert reason(vendor.sign(), vendor.keyring()) == "verified"


def test_no_changed_byte_leaves_it_verified() -> None:
    start = hole_of(IMAGE)
    outside = [*range(0, start, 41), *range(start + SIZE, len(IMAGE))]
    inside = [*range(start, start + 1200, 7), *range(start + 1200, start + SIZE, 501)]
    ends = range(start + SIZE - 40, start + SIZE)
    for position in (*outside, *inside, *ends):
        for mask in (0x01, 0x80):
            spoilt = judge(flip(IMAGE, position, mask))
            assert spoilt.verdict is not Verdict.VERIFIED, position


def test_a_changed_rootfs_is_a_bad_signature() -> None:
    assert reason(IMAGE.replace(b"hsqshsqs", b"hsqshsqt", 1)) == "bad-signature"


def rezipped(*more: tuple[str, bytes], **options: object) -> bytes:
    """Return an image zipped once more, its signature as it was."""
    text = IMAGE[hole_of(IMAGE) :][:SIZE]
    members = [*MEMBERS.items(), ("swi-signature", text), *more]
    return zip_of(members, **options)  # type: ignore[arg-type]


def renumbered(image: bytes, record: bytes, offset: int, layout: str, value: int) -> bytes:
    """Return an image with one number of its last record of a kind changed."""
    at = image.rindex(record) + offset
    return image[:at] + struct.pack(layout, value) + image[at + struct.calcsize(layout) :]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("attack", "expected"),
    [
        ("a byte behind the end", "malformed"),
        ("a comment", "malformed"),
        ("a second signature member", "malformed"),
        ("both kinds of signature", "malformed"),
        ("a second rootfs", "malformed"),
        ("a packed signature", "malformed"),
        ("a member more", "bad-signature"),
        ("members over one another", "malformed"),
        ("other name in the local header", "malformed"),
        ("fewer members counted", "malformed"),
        ("directory elsewhere", "malformed"),
        ("a ZIP in two parts", "malformed"),
        ("a signature of nothing", "bad-signature"),
        ("no signature", "unsigned"),
        ("cut short", "malformed"),
        ("half of it", "malformed"),
        ("nothing at all", "malformed"),
        ("no archive", "malformed"),
    ],
)
def test_each_attack_has_its_word(attack: str, expected: str) -> None:
    end, central, local = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
    overlapping = renumbered(IMAGE, central, 42, "<L", IMAGE.index(local, 4))
    attacks: dict[str, Make] = {
        "a byte behind the end": lambda: IMAGE + b"\0",
        "a comment": lambda: rezipped(comment=b"hello"),
        "a second signature member": lambda: rezipped(("swi-signature", b"x")),
        "both kinds of signature": lambda: rezipped(("swix-signature", b"x")),
        "a second rootfs": lambda: rezipped(("rootfs-i386.sqsh", b"evil")),
        "a packed signature": lambda: rezipped(method=zipfile.ZIP_DEFLATED),
        "a member more": lambda: rezipped(("evil", b"evil")),
        "members over one another": lambda: overlapping,
        "other name in the local header": lambda: IMAGE.replace(b"boot0", b"boot1", 1),
        "fewer members counted": lambda: renumbered(
            renumbered(IMAGE, end, 8, "<H", 3), end, 10, "<H", 3
        ),
        "directory elsewhere": lambda: renumbered(IMAGE, end, 16, "<L", 0),
        "a ZIP in two parts": lambda: renumbered(IMAGE, end, 4, "<H", 1),
        "a signature of nothing": lambda: zip_of(
            [*MEMBERS.items(), ("swi-signature", bytes(SIZE))]
        ),
        "no signature": lambda: zip_of(MEMBERS.items()),
        "cut short": lambda: IMAGE[:-1],
        "half of it": lambda: IMAGE[: len(IMAGE) // 2],
        "nothing at all": lambda: b"",
        "no archive": lambda: b"MZ" * 100,
    }
    assert reason(attacks[attack]()) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"HashAlgorithm": b"MD5"},
        {"HashAlgorithm": b"SHA-1"},
        {"Version": b"2"},
        {"Signature": b"AAAA"},
        {"Signature": b"AAAAA"},
        {"Signature": b"!"},
        {"IssuerCert": b"AAAA"},
        {"IssuerCert": b""},
        {"More": b"x"},
    ],
)
def test_a_signature_written_in_another_way_is_a_bad_one(changes: dict[str, bytes]) -> None:
    assert reason(VENDOR.sign(changes=changes)) == "bad-signature"


def test_a_stranger_under_the_same_names_is_a_stranger() -> None:
    assert reason(SwiVendor().sign()) == "unknown-signer"
    impostor = SwiVendor(root_key=new_key())
    impostor.leaf = VENDOR.leaf
    assert reason(impostor.sign()) == "bad-signature"


@cache
def vendor(kind: str) -> SwiVendor:
    changes: dict[str, dict[str, object]] = {
        "authority": {"authority": True},
        "server": {"usages": (ExtendedKeyUsageOID.SERVER_AUTH,)},
        "encrypts": {"signs": False},
        "anything": {"usages": (ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,)},
        "silent": {"usages": None},
        "past": {"until": datetime(2021, 1, 1, tzinfo=UTC)},
    }
    return SwiVendor(certificate_changes=changes[kind])


@pytest.mark.parametrize("kind", ["authority", "server", "encrypts"])
def test_a_certificate_for_another_thing_signs_no_image(kind: str) -> None:
    """The authority is the vendor's for all its purposes: its web servers sign no images."""
    assert reason(vendor(kind).sign(), vendor(kind).keyring()) == "wrong-purpose"


@pytest.mark.parametrize("kind", ["anything", "silent", "past"])
def test_a_certificate_that_does_not_say_otherwise_signs_images(kind: str) -> None:
    judged = judge(vendor(kind).sign(), vendor(kind).keyring())
    assert judged.verdict is Verdict.VERIFIED
    assert judged.caveats == ({Caveat.IDENTITY_EXPIRED} if kind == "past" else set())


def test_an_expired_anchor_is_a_caveat() -> None:
    old = SwiVendor(root_until=datetime(2025, 1, 1, tzinfo=UTC))
    judged = judge(old.sign(), old.keyring())
    assert judged.verdict is Verdict.VERIFIED
    assert judged.caveats == {Caveat.ANCHOR_EXPIRED}


def test_a_short_rsa_key_does_not_count() -> None:
    short = SwiVendor(key=rsa_key(1024))
    assert reason(short.sign(), short.keyring()) == "weak-algorithm"


@pytest.mark.parametrize("changes", [{"purpose": "device-identity"}, {"channel": "snapshot"}])
def test_an_anchor_for_another_thing_leaves_it_unverifiable(changes: dict[str, str]) -> None:
    assert reason(IMAGE, VENDOR.keyring(**changes)) == "unverifiable"
    assert reason(IMAGE, Keyring()) == "unverifiable"


def test_an_image_of_several_parts_says_that_those_were_not_judged() -> None:
    parts = VENDOR.sign({**MEMBERS, "swimSqshMap": b"Default=a.sqsh\n"})
    assert len(judge(parts).described.notes) == 1


def test_the_release_is_read_small_or_not_at_all() -> None:
    assert judge(VENDOR.sign({"boot0": b"x"})).described.release is None
    twice = VENDOR.sign({"version": b"SWI_VERSION=1\nSWI_VERSION=2\n"})
    assert judge(twice).described.release is None
    packed = VENDOR.sign({"version": b"SWI_VERSION=4.30.1F\n" + b"#" * 100_000})
    assert reason(packed) == "malformed"


def test_what_is_no_container_is_unsupported() -> None:
    assert reason(b"hello", name="x.bin") == "unsupported"
    assert reason(zip_of([("a.txt", b"x")]), name="x.zip") == "unsupported"
    # HPE's images of AOS-CX end so too, and are signed in a way of their own.
    assert reason(b"an image", name="ArubaOS-CX_6400-6300_10_13_1000.swi") == "unsupported"
