"""What somebody may do to a Bulk Hash archive, and what becomes of it."""

import gzip
import subprocess
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from netintegrity.store.keys import read_keys
from netintegrity.trust.admit import Submission
from netintegrity.trust.formats.cisco_bulkhash import FORMAT, MAX_BYTES
from netintegrity.trust.keyring import load_keyring
from tests.adversary.bulk_hash import (
    FOLDER,
    NAME,
    BulkHashVendor,
    csv_of,
    images_of,
    many_rows,
    row,
    tar_of,
)
from tests.adversary.peers import needs
from tests.adversary.vendor_simulator import (
    flip,
    judge_with,
    pem_of,
    public_pem_of,
    reason_with,
    rsa_key,
)
from tests.paths import ROOT

VENDOR = BulkHashVendor()
KEYRING = VENDOR.keyring
LIST = csv_of([row(), row("nxos.9.3.15.bin", "other")])
EVIL = csv_of([row(content="patched")])
LAYOUTS = {"plain": VENDOR.plain, "bundle": VENDOR.bundle, "old": VENDOR.old_bundle}
MEMBER = f"{FOLDER}/Cisco_BulkHash_CSV.csv"


def reason(submission: Submission) -> str:
    return reason_with(KEYRING, submission)


def archive(members: dict[str, bytes], name: str = "Cisco_BulkHash_CSV.tar") -> Submission:
    return Submission(filename=name, raw=gzip.compress(tar_of(members), mtime=0))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_verifies_and_says_the_same(layout: str) -> None:
    references, (outcome,) = judge_with(KEYRING, LAYOUTS[layout](LIST))
    assert (outcome.status, outcome.format_id, outcome.images) == ("verified", "cisco-bulkhash", 2)
    assert outcome.issued_at is None
    assert outcome.newest_entry is not None
    assert {i.filename for i in references} == {NAME, "nxos.9.3.15.bin"}


def test_the_key_that_ships_for_known_good_values_signs_this_list_too() -> None:
    anchor = load_keyring(read_keys(ROOT / "vendor_keys").files).by_id("cisco/known-good-values")
    assert anchor is not None
    assert anchor.may_sign("cisco-bulkhash")


def test_a_bundle_under_another_name_is_still_known_for_what_it_is() -> None:
    assert reason(replace(VENDOR.bundle(LIST), filename="download")) == "verified"
    assert reason(replace(VENDOR.plain(LIST), filename="list.txt")) == "verified"


def test_times_and_folders_of_an_archive_change_nothing() -> None:
    outcomes = [judge_with(KEYRING, VENDOR.bundle(LIST, mtime=t))[1][0] for t in (0, 2_000_000_000)]
    assert outcomes[0].newest_entry == outcomes[1].newest_entry


@pytest.mark.parametrize("offset", range(0, len(LIST), 37))
def test_one_changed_byte_of_the_list_is_a_bad_signature(offset: int) -> None:
    honest = VENDOR.plain(LIST)
    assert reason(replace(honest, raw=flip(LIST, offset))) == "bad-signature"
    members = {MEMBER: flip(LIST, offset), f"{MEMBER}.signature": VENDOR.sign(LIST)}
    assert reason(archive(members)) == "bad-signature"


@pytest.mark.parametrize("cut", [0, 1, 128, 255])
def test_another_signature_is_a_bad_one(cut: int) -> None:
    for signature in (
        VENDOR.sign(LIST)[:cut],
        VENDOR.sign(LIST) + b"\0" * (cut + 1),
        flip(VENDOR.sign(LIST), cut),
        VENDOR.sign(EVIL),
        b"\0" * 256,
    ):
        assert reason(Submission(filename="BulkHash.csv", raw=LIST)) == "unsigned"
        plain = replace(VENDOR.plain(LIST), detached={".signature": signature})
        assert reason(plain) == "bad-signature"
        members = {MEMBER: LIST, f"{MEMBER}.signature": signature}
        assert reason(archive(members)) == "bad-signature"


def test_a_stranger_who_signs_is_rejected_in_every_layout() -> None:
    stranger = BulkHashVendor(key=rsa_key())
    for make in (stranger.plain, stranger.bundle, stranger.old_bundle):
        assert reason(make(EVIL)) == "bad-signature"


def test_a_key_for_other_lists_signs_no_bulk_hash() -> None:
    keyring = BulkHashVendor(formats=("cisco-kgv",)).keyring
    assert reason_with(keyring, VENDOR.bundle(LIST)) == "unknown-signer"


def test_the_list_of_one_archive_under_the_signature_of_another_is_rejected() -> None:
    members = {MEMBER: EVIL, f"{MEMBER}.signature": VENDOR.sign(LIST)}
    assert reason(archive(members)) == "bad-signature"
    inner = gzip.compress(tar_of({"BulkHash.csv": EVIL}), mtime=0)
    signature = VENDOR.sign(gzip.compress(tar_of({"BulkHash.csv": LIST}), mtime=0))
    outer = {"BulkHash.tar": inner, "BulkHash.tar.signature": signature}
    assert reason(archive(outer, "BulkHashFile.tar")) == "bad-signature"


def test_an_archive_without_signature_is_unsigned() -> None:
    assert reason(archive({MEMBER: LIST})) == "unsigned"
    script = f"{FOLDER}/verify.py"
    unsigned = {MEMBER: LIST, script: b"", f"{script}.signature": VENDOR.sign(b"")}
    assert reason(archive(unsigned)) == "unsigned"


@pytest.mark.parametrize("extra", ["Other.csv", "Other.tar", "other/Cisco_BulkHash_CSV.csv"])
def test_a_second_list_in_an_archive_is_refused(extra: str) -> None:
    members = {MEMBER: LIST, f"{MEMBER}.signature": VENDOR.sign(LIST), extra: EVIL}
    assert reason(archive(members)) == "malformed"


def test_a_signed_inner_archive_holds_exactly_one_list() -> None:
    for inner_members in ({}, {"README": b""}, {"a.csv": LIST, "b.csv": EVIL}):
        inner = tar_of(inner_members)
        outer = {"BulkHash.tar": inner, "BulkHash.tar.signature": VENDOR.sign(inner)}
        assert reason(archive(outer)) == "malformed"


@pytest.mark.parametrize("layout", ["bundle", "old"])
def test_no_truncated_archive_verifies(layout: str) -> None:
    honest = LAYOUTS[layout](LIST)
    # Of an archive that is not compressed, all that counts may come before the end.
    end = len(honest.raw) if layout == "bundle" else honest.raw.index(b"BulkHash.tar.signature")
    for keep in (0, 1, 10, end // 3, end // 2, end - 40):
        assert reason(replace(honest, raw=honest.raw[:keep])) != "verified"


def test_a_signed_list_of_nothing_is_malformed() -> None:
    for content in (csv_of([]), csv_of([row(sha512_checksum="")]), b"{}"):
        assert reason(VENDOR.plain(content)) == "malformed"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = gzip.compress(b"\0" * (64 * 1024 * 1024), mtime=0)
    tracemalloc.start()
    try:
        assert reason(Submission(filename="Cisco_BulkHash_CSV.tar", raw=bomb)) == "malformed"
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16 * 1024 * 1024


def test_a_nested_bomb_is_refused_although_it_is_signed() -> None:
    inner = gzip.compress(b"\0" * (64 * 1024 * 1024), mtime=0)
    outer = {"BulkHash.tar": inner, "BulkHash.tar.signature": VENDOR.sign(inner)}
    assert reason(archive(outer)) == "malformed"


def test_a_file_larger_than_any_list_is_not_read() -> None:
    assert FORMAT.max_bytes == MAX_BYTES == 256 * 1024 * 1024


def test_ten_thousand_rows_stay_small_in_memory() -> None:
    """Half a million rows take fifty times as much: at most 600 MB above the file itself."""
    content = csv_of(many_rows(10_000))
    tracemalloc.start()
    try:
        parsed = FORMAT.parse(content, "m", lambda _platform, _text: None)
        kept = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(images_of(parsed)) == 10_000
    assert kept < 12_000_000


@needs("openssl")
def test_openssl_accepts_what_we_sign_and_we_accept_what_it_signs(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(LIST)
    (tmp_path / "key").write_bytes(pem_of(VENDOR.key))
    (tmp_path / "pub").write_bytes(public_pem_of(VENDOR.key))
    (tmp_path / "ours").write_bytes(VENDOR.sign(LIST))

    def openssl(*arguments: str) -> int:
        command = ["openssl", "dgst", "-sha512", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert openssl("-sign", "key", "-out", "theirs", "list") == 0
    theirs = (tmp_path / "theirs").read_bytes()
    honest = VENDOR.plain(LIST)
    assert reason(replace(honest, detached={".signature": theirs})) == "verified"
    assert openssl("-verify", "pub", "-signature", "ours", "list") == 0
    for offset in range(0, len(LIST), 29):
        (tmp_path / "bad").write_bytes(flip(LIST, offset))
        assert openssl("-verify", "pub", "-signature", "ours", "bad") != 0
        assert reason(replace(honest, raw=flip(LIST, offset))) == "bad-signature"


def test_an_ed25519_key_signs_no_such_list() -> None:
    signature = ed25519.Ed25519PrivateKey.generate().sign(LIST)
    assert (
        reason(replace(VENDOR.plain(LIST), detached={".signature": signature})) == "bad-signature"
    )
