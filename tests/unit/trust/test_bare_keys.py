"""Keys as signify, usign and minisign write them."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from netintegrity.errors import KeyringError
from netintegrity.model.release import Release
from netintegrity.store.keys import read_keys
from netintegrity.trust.admit import admit_all
from netintegrity.trust.anchors import Channel, Purpose
from netintegrity.trust.certificates import read_key, read_pem
from netintegrity.trust.keyring import load_keyring
from tests.adversary.signed_checksums import LIST, Holder, submit, two_lines
from tests.adversary.vendor_simulator import AT, judge_with, public_pem_of
from tests.paths import CAPTURES, ROOT, needs_captures

HOLDER = Holder()
GOOD = HOLDER.public
RAW = base64.b64decode(GOOD.split(b"\n")[1])


def test_the_fingerprint_is_the_one_of_the_same_key_in_pem() -> None:
    material, pem = read_key(GOOD), read_pem(public_pem_of(HOLDER.key))
    assert material.fingerprint == pem.fingerprint
    assert (material.number, pem.number) == ("0123456789abcdef", None)
    assert material.not_after is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        GOOD[1:],
        GOOD.replace(b"untrusted comment: ", b"untrusted comment:"),
        GOOD.partition(b"\n")[0],
        GOOD.partition(b"\n")[0] + b"\n",
        GOOD + b"\n",
        GOOD * 2,
        GOOD.replace(b"\n", b"\r\n"),
        two_lines(b"ED", RAW[2:10], RAW[10:]),
        two_lines(b"Ec", RAW[2:10], RAW[10:]),
        two_lines(b"Ed", RAW[2:10], RAW[10:-1]),
        two_lines(b"Ed", RAW[2:10], RAW[10:] + b"\0"),
        two_lines(b"Ed", RAW[2:10], RAW[10:], "x" * 1025),
        b"untrusted comment: secret\n" + base64.b64encode(b"Ed" + b"\0" * 102) + b"\n",
        b"untrusted comment: x\n" + b"!" * 56 + b"\n",
    ],
)
def test_what_is_no_such_key_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_key(content)


def test_one_key_has_one_spelling() -> None:
    """Base64 of 42 bytes ends without padding: every other spelling is another key or none."""
    line = GOOD.split(b"\n")[1]
    for spelling in (line + b"=", line + b"==", b" " + line, line[:8] + b" " + line[8:]):
        with pytest.raises(ValueError, match="base64"):
            read_key(GOOD.replace(line, spelling))


def test_a_keyring_pins_the_key_and_not_its_comment() -> None:
    (anchor,) = HOLDER.keyring()
    assert (anchor.key_number, anchor.subject) == ("0123456789abcdef", "toy/lists")
    other = Holder(key=ed25519.Ed25519PrivateKey.generate())
    text = f"""\
anchors:
  - id: a
    file: a.pub
    fingerprint: "{anchor.fingerprint}"
    algorithm: ed25519
    signer: owner
    purpose: manifest
    formats: [signify]
"""
    load_keyring({"keyring.yaml": text.encode(), "a.pub": GOOD.replace(b"a public key", b"x")})
    with pytest.raises(KeyringError, match="another key"):
        load_keyring({"keyring.yaml": text.encode(), "a.pub": other.public})


def test_a_key_in_pem_has_no_number_and_counts_for_no_such_list() -> None:
    pem = public_pem_of(HOLDER.key)
    files = {
        "keyring.yaml": f"""\
anchors:
  - id: a
    file: a.pem
    fingerprint: "{read_pem(pem).fingerprint}"
    algorithm: ed25519
    signer: owner
    purpose: manifest
    formats: [signify]
""".encode(),
        "a.pem": pem,
    }
    _, (outcome,) = judge_with(load_keyring(files), submit(LIST, sig=HOLDER.signify(LIST)))
    assert outcome.reason == "bad-signature"


BUILT_IN = load_keyring(read_keys(ROOT / "vendor_keys").files)


def test_keys_for_builds_that_nobody_released_say_so() -> None:
    channels = {a.id: a.channel for a in BUILT_IN if a.channel is not Channel.RELEASE}
    assert channels == {"openwrt/snapshots": Channel.SNAPSHOT, "vyos/rolling": Channel.ROLLING}


def test_a_key_of_one_release_signs_that_release_alone() -> None:
    for anchor in BUILT_IN:
        if anchor.vendor in {"openwrt", "openbsd"} and anchor.channel is Channel.RELEASE:
            version = anchor.id.partition("/")[2].removesuffix("-base")
            assert anchor.trains == (f"{anchor.vendor}-{version}",)


def test_the_keys_of_vyos_are_for_images() -> None:
    assert {a.purpose for a in BUILT_IN if a.vendor == "vyos"} == {Purpose.IMAGE}


def test_a_file_of_another_release_is_cut_from_the_list() -> None:
    def grammar(platform: str, text: str) -> Release:
        return Release(text, f"{platform}-{text[:5]}", ())

    keyring = HOLDER.keyring("signify", trains=("openwrt-21.02",))
    names = ("openwrt-21.02.7-x86.img", "openwrt-24.10.0-x86.img", "sha256sums")
    content = "".join(f"{'ab' * 32}  {name}\n" for name in names).encode()
    signed = submit(content, sig=HOLDER.signify(content))
    references, _ = admit_all([signed], keyring=keyring, at=AT, releases=grammar)
    assert [i.filename for i in references.images] == ["openwrt-21.02.7-x86.img"]


@needs_captures
@pytest.mark.parametrize(
    ("anchor", "captured"),
    [
        ("vyos/release", "vyos/vyos-release.minisign.pub"),
        ("vyos/backup", "vyos/vyos-backup.minisign.pub"),
        ("vyos/rolling", "vyos/vyos-rolling-release.minisign.pub"),
        ("openbsd/7.0-base", "openbsd/openbsd-70-base.pub"),
        ("openbsd/7.3-base", "openbsd/openbsd-73-base.pub"),
        ("openwrt/17.01", "openwrt/usign-keys/792d9d9b39f180dc"),
        ("openwrt/18.06", "openwrt/usign-keys/1035ac73cc4e59e3"),
        ("openwrt/19.07", "openwrt/usign-keys/f94b9dd6febac963"),
        ("openwrt/21.02", "openwrt/usign-keys/2f8b0b98e08306bf"),
        ("openwrt/22.03", "openwrt/usign-keys/4d017e6f1ed5d616"),
        ("openwrt/24.10", "openwrt/usign-keys/d310c6f2833e97f7"),
        ("openwrt/snapshots", "openwrt/usign-keys/b5043e70f9a75cde"),
    ],
)
def test_each_key_that_ships_is_the_one_captured_elsewhere(anchor: str, captured: str) -> None:
    shipped, found = BUILT_IN.by_id(anchor), read_key((CAPTURES / captured).read_bytes())
    assert shipped is not None
    assert (shipped.fingerprint, shipped.key_number) == (found.fingerprint, found.number)
