"""An archive is opened in memory and with limits; only a signed member counts."""

import gzip
import io
import tarfile

import pytest

from netintegrity.trust import archive
from netintegrity.trust.admit import Submission
from netintegrity.trust.archive import unpack
from tests.adversary.vendor_simulator import ChainedVendor, flip, judge_with, reason_with

VENDOR = ChainedVendor()
ISSUED = VENDOR.issue()
BUNDLE = {
    "Cisco_KnownGoodValues.json": ISSUED.raw,
    "Cisco_KnownGoodValues.json.signature": ISSUED.detached[".signature"],
    "README": b"how to verify",
    "README.signature": b"\0" * 256,
    "verify.py": b"raise SystemExit",
}


def tar(files: dict[str, bytes], *, folder: str = "2026/") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as made:
        for name, content in files.items():
            member = tarfile.TarInfo(folder + name)
            member.size = len(content)
            made.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def bundle(raw: bytes) -> Submission:
    return Submission(filename="Cisco_KnownGoodValues.tar", raw=raw)


@pytest.mark.parametrize(
    "raw", [tar(BUNDLE), gzip.compress(tar(BUNDLE), mtime=0)], ids=["tar", "gzip"]
)
def test_a_list_is_found_in_the_archive_as_the_vendor_ships_it(raw: bytes) -> None:
    references, (outcome,) = judge_with(VENDOR.keyring, bundle(raw))
    assert (outcome.status, len(references.images)) == ("verified", 1)


def test_a_changed_byte_of_the_list_is_a_bad_signature_in_an_archive_too() -> None:
    for name in ("Cisco_KnownGoodValues.json", "Cisco_KnownGoodValues.json.signature"):
        spoilt = BUNDLE | {name: flip(BUNDLE[name], 100)}
        assert reason_with(VENDOR.keyring, bundle(tar(spoilt))) == "bad-signature"


def test_an_archive_without_the_signature_is_unsigned() -> None:
    files = {n: c for n, c in BUNDLE.items() if not n.endswith(".json.signature")}
    assert reason_with(VENDOR.keyring, bundle(tar(files))) == "unsigned"


@pytest.mark.parametrize(
    "raw",
    [
        gzip.compress(tar(BUNDLE), mtime=0)[:-20],
        gzip.compress(tar(BUNDLE), mtime=0)[:20],
        flip(gzip.compress(tar(BUNDLE), mtime=0), 30),
        gzip.compress(b"no archive", mtime=0),
        tar({"README": b""}),
        tar(BUNDLE | {"second.json": b"{}"}),
        tar(BUNDLE)[:700],
    ],
    ids=["cut", "cut-early", "flipped", "no-archive", "no-list", "two-lists", "cut-tar"],
)
def test_a_damaged_or_ambiguous_archive_is_malformed(raw: bytes) -> None:
    assert reason_with(VENDOR.keyring, bundle(raw)) == "malformed"


def test_what_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(bytes(10_000_000))
    with pytest.raises(ValueError, match="once decompressed"):
        unpack(bomb, max_bytes=100_000)
    with pytest.raises(ValueError, match="once unpacked"):
        unpack(tar(BUNDLE), max_bytes=100)
    monkeypatch.setattr(archive, "MAX_MEMBERS", 3)
    with pytest.raises(ValueError, match="members"):
        unpack(tar(BUNDLE), max_bytes=100_000)


def test_two_files_of_one_name_are_refused() -> None:
    twice = tar({"a/x.json": b"1", "b/x.json": b"2"})
    with pytest.raises(ValueError, match="two files"):
        unpack(twice, max_bytes=100_000)


def test_links_and_devices_are_passed_over() -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as made:
        link = tarfile.TarInfo("list.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        made.addfile(link)
    assert not unpack(stream.getvalue(), max_bytes=100_000)
