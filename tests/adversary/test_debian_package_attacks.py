"""A package verifies through the index that its archive signed, as apt would have it."""

import gzip
import hashlib
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from netintegrity.trust.image_file import VerifiedImage
from netintegrity.trust.keyring import Keyring, load_keyring
from tests.adversary.debian_simulator import DEB, NAME, PACK, Archive, entry, packages, release
from tests.adversary.openpgp_peer import Holder
from tests.adversary.peers import needs
from tests.adversary.release_simulator import judge
from tests.adversary.vendor_simulator import flip
from tests.paths import CAPTURES, needs_captures

pytestmark = needs("gpg")

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    holder = Holder(home=tmp_path_factory.mktemp("gpg") / "home").make()
    yield Archive(holder=holder)
    holder.stop()


def keyring(archive: Archive, **changes: str) -> Keyring:
    return archive.holder.keyring(purpose="image", formats="[debian-package]", **changes)


def verified(
    archive: Archive, beside: Files, deb: bytes = DEB, *, name: str = NAME
) -> VerifiedImage:
    return judge(deb, name, beside, keyring(archive))


def told(judged: VerifiedImage) -> str:
    assert (judged.verdict == "verified") == (judged.signature == "verified")
    return judged.reason or judged.signature.value


@pytest.mark.parametrize("index", PACK)
def test_a_package_of_a_signed_index_verifies(archive: Archive, index: str) -> None:
    judged = verified(archive, archive.beside(index))
    assert told(judged) == "verified"
    assert judged.container == "debian-package"
    (note,) = judged.described.notes
    assert note.startswith("frr 9.1-0 amd64; its index (debian-toy) is of 2026-05-01")


def test_the_name_apt_downloads_it_to_is_known_too(archive: Archive) -> None:
    beside = archive.beside("Packages", entry(b"another", Version="2:9.1-0"))
    judged = verified(archive, beside, name="frr_2%3a9.1-0_amd64.deb")
    assert told(judged) == "bad-signature"


ATTACKS: dict[str, tuple[Callable[[Archive], Files], str]] = {
    "another package under its name": (
        lambda a: a.beside("Packages.xz", entry(b"evil")),
        "bad-signature",
    ),
    "its digest with another size": (
        lambda a: a.beside("Packages.xz", entry(Size="1")),
        "bad-signature",
    ),
    "an index that was changed": (
        lambda a: a.beside() | {"Packages.xz": lzma.compress(packages(entry(Package="x")))},
        "bad-signature",
    ),
    "an index packed anew": (
        lambda a: a.beside() | {"Packages.xz": lzma.compress(packages(), preset=0)},
        "bad-signature",
    ),
    "an index under another name": (
        lambda a: {(n if n == "InRelease" else "Packages.gz"): c for n, c in a.beside().items()},
        "bad-signature",
    ),
    "a text that was changed": (
        lambda a: a.beside() | {"InRelease": a.beside()["InRelease"].replace(b"Toy", b"Top", 1)},
        "bad-signature",
    ),
    "a text with something before it": (
        lambda a: a.beside() | {"InRelease": b"\n" + a.beside()["InRelease"]},
        "bad-signature",
    ),
    "a text with something behind it": (
        lambda a: a.beside() | {"InRelease": a.beside()["InRelease"] + b"more\n"},
        "bad-signature",
    ),
    "a text that nobody signed": (
        lambda a: a.beside() | {"InRelease": release({"Packages.xz": a.beside()["Packages.xz"]})},
        "bad-signature",
    ),
    "no text": (lambda a: {"Packages.xz": a.beside()["Packages.xz"]}, "unsigned"),
    "no index": (lambda a: {"InRelease": a.beside()["InRelease"]}, "unsigned"),
    "a package the index does not list": (
        lambda a: a.beside("Packages.xz", entry(b"x", Filename="pool/x.deb", Package="x")),
        "unsigned",
    ),
    "a text that no longer counts": (
        lambda a: a.beside(until="Sat, 02 May 2026 00:00:00 UTC"),
        "expired",
    ),
    "a text that is no list": (
        lambda a: a.beside() | {"InRelease": a.holder.clear(b"hello\n")},
        "malformed",
    ),
    "a field of an entry twice": (
        lambda a: a.beside("Packages", entry() + f"SHA256: {'0' * 64}\n"),
        "bad-signature",
    ),
    "an index cut short": (
        lambda a: a.beside("Packages.xz", raw=lzma.compress(packages())[:-9]),
        "bad-signature",
    ),
    "an index with something behind it": (
        lambda a: a.beside("Packages.gz", raw=gzip.compress(b"") + gzip.compress(packages())),
        "bad-signature",
    ),
    "an index that is none": (
        lambda a: a.beside("Packages.xz", raw=b"not packed at all"),
        "bad-signature",
    ),
    "a line without an end": (
        lambda a: a.beside("Packages.gz", raw=gzip.compress(b"Package: " + bytes(300_000))),
        "bad-signature",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_each_attack_has_its_word(archive: Archive, attack: str) -> None:
    make, expected = ATTACKS[attack]
    judged = verified(archive, make(archive))
    assert told(judged) == expected
    # What is old, or not in the index, was not changed by anybody for that.
    quiet = expected in {"expired", "unsigned"}
    assert judged.verdict == ("unknown" if quiet else "mismatch")


def test_no_changed_byte_of_a_package_leaves_it_verified(archive: Archive) -> None:
    beside = archive.beside("Packages")
    for position in range(0, len(DEB), 97):
        assert told(verified(archive, beside, flip(DEB, position))) == "bad-signature"
    index = beside["Packages"]
    for position in range(0, len(index), 7):
        spoilt = beside | {"Packages": flip(index, position)}
        assert told(verified(archive, spoilt)) == "bad-signature"


def test_a_stranger_is_a_stranger(archive: Archive, tmp_path: Path) -> None:
    stranger = Holder(home=tmp_path / "home").make()
    try:
        beside = Archive(holder=stranger).beside()
        assert told(verified(archive, beside)) == "bad-signature"
    finally:
        stranger.stop()
    assert told(judge(DEB, NAME, beside, Keyring())) == "unverifiable"
    lists = archive.holder.keyring()
    assert told(judge(DEB, NAME, archive.beside(), lists)) == "unverifiable"


def test_an_index_without_an_end_says_so(archive: Archive) -> None:
    judged = verified(archive, archive.beside(until=""))
    assert told(judged) == "verified"
    assert "does not say until when" in judged.described.notes[0]


@needs_captures
def test_the_genuine_text_of_debian_is_taken_and_lists_its_indexes() -> None:
    text = (CAPTURES / "debian" / "bookworm-security_InRelease").read_bytes()
    keys = (CAPTURES / "debian" / "debian-archive-bookworm-security-automatic.gpg").read_bytes()
    listed = f"""\
anchors:
  - id: debian/bookworm-security
    file: debian.gpg
    fingerprint: "openpgp4fpr:{_fingerprint(keys)}"
    algorithm: openpgp
    signer: vendor
    vendor: debian
    purpose: image
    formats: [debian-package]
"""
    trusted = load_keyring({"keyring.yaml": listed.encode(), "debian.gpg": keys})
    judged = judge(DEB, NAME, {"InRelease": text}, trusted)
    # The text verified, for the refusal is about the index that is not there, or about its date.
    assert judged.reason in {"unsigned", "expired"}
    assert judged.reason == "expired" or "Packages.xz" in judged.detail
    spoilt = judge(DEB, NAME, {"InRelease": flip(text, 900)}, trusted)
    assert spoilt.reason == "bad-signature"


def _fingerprint(keys: bytes) -> str:
    from pysequoia import Cert  # noqa: PLC0415 - an extra

    return str(Cert.from_bytes(keys).fingerprint).lower()


def test_the_simulator_lists_the_package() -> None:
    assert hashlib.sha256(DEB).hexdigest().encode() in packages()
