"""Manifest and key files are read with limits, and kept whole."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from netintegrity.errors import ConfigError
from netintegrity.store import keys, manifests
from netintegrity.store.imports import (
    ImportRecord,
    keep_manifest,
    read_imports,
)
from netintegrity.store.keys import read_keys
from netintegrity.store.manifests import read_manifest, read_manifests
from netintegrity.trust.admit import Submission

RECORD = ImportRecord(
    filename="a.json",
    digest="sha256:00",
    manifest_id="a@00",
    signer="CN=x",
    key_fingerprint="sha256:01",
    imported_at=datetime(2026, 1, 1, tzinfo=UTC),
    imported_by="me",
)


@pytest.mark.parametrize("suffix", [".signature", ".sig", ".asc", ".minisig"])
def test_a_signature_beside_the_file_is_found_by_its_name(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "a.json").write_bytes(b"content")
    (tmp_path / f"a.json{suffix}").write_bytes(b"signature")
    read = read_manifest(tmp_path / "a.json")
    assert (read.filename, read.raw, read.detached) == (
        "a.json",
        b"content",
        {suffix: b"signature"},
    )


def test_two_signatures_beside_a_file_are_one_too_many(tmp_path: Path) -> None:
    for name in ("a.json", "a.json.sig", "a.json.asc"):
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(ConfigError, match="two signatures"):
        read_manifest(tmp_path / "a.json")
    named = read_manifest(tmp_path / "a.json", signature=tmp_path / "a.json.asc")
    assert named.detached == {"": b"x"}


def test_what_is_no_plain_file_is_never_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", ".", "absent", "a\0b"):
        with pytest.raises(ConfigError):
            read_manifest(tmp_path / name)


def test_a_file_over_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "MAX_BYTES", 3)
    (tmp_path / "a").write_bytes(b"1234")
    read = read_manifest(tmp_path / "a")
    assert (read.raw, read.size_bytes) == (b"", 4)
    monkeypatch.setattr(manifests, "MAX_SIGNATURE_BYTES", 1)
    (tmp_path / "a.sig").write_bytes(b"12")
    with pytest.raises(ConfigError, match="at most 1"):
        read_manifest(tmp_path / "a")


def test_a_folder_yields_its_manifests_and_nothing_else(tmp_path: Path) -> None:
    names = ("b.json", "b.json.signature", "lone.sig", ".hidden", "README.md", "imports.json")
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "superseded").mkdir()
    read = read_manifests(tmp_path)
    assert [s.filename for s in read] == ["b.json", "lone.sig"]
    assert read_manifests(tmp_path / "absent") == ()


def test_an_import_keeps_the_very_bytes_and_who_brought_them(tmp_path: Path) -> None:
    folder = tmp_path / "manifests"
    submission = Submission(filename="a.json", raw=b"\r\n1", detached={".signature": b"\0"})
    assert keep_manifest(submission, folder, RECORD)
    assert not keep_manifest(submission, folder, RECORD)
    assert read_manifest(folder / "a.json").raw == b"\r\n1"
    assert (folder / "a.json").stat().st_mode & 0o777 == 0o644
    (record,) = read_imports(folder)
    assert (record["imported_by"], record["imported_at"]) == ("me", "2026-01-01T00:00:00+00:00")


def test_an_import_never_overwrites_another_list(tmp_path: Path) -> None:
    assert keep_manifest(Submission(filename="a.json", raw=b"1"), tmp_path, RECORD)
    with pytest.raises(ConfigError, match="another list"):
        keep_manifest(Submission(filename="a.json", raw=b"2"), tmp_path, RECORD)
    assert (tmp_path / "a.json").read_bytes() == b"1"


@pytest.mark.parametrize("name", ["imports.json", ".hidden", "README.json"])
def test_an_import_under_a_name_that_is_never_read_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="not be read"):
        keep_manifest(Submission(filename=name, raw=b"1"), tmp_path, RECORD)
    assert not any(tmp_path.iterdir())


def test_lists_that_are_superseded_are_moved_aside_and_kept(tmp_path: Path) -> None:
    for number in range(3):
        submission = Submission(filename="a.json", raw=b"%d" % number, detached={".sig": b"s"})
        older = ("a.json",) if number else ()
        assert keep_manifest(submission, tmp_path, RECORD, superseded=older)
    aside = sorted(p.name for p in (tmp_path / "superseded").iterdir())
    assert aside == ["0000-a.json", "0000-a.json.sig", "0001-a.json", "0001-a.json.sig"]
    assert [s.raw for s in read_manifests(tmp_path)] == [b"2"]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"schema": "x"}', b"[" * 100_000])
def test_a_record_of_imports_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "imports.json").write_bytes(content)
    with pytest.raises(ConfigError, match=r"imports\.json"):
        read_imports(tmp_path)


def test_keys_of_a_folder_are_read_below_it_and_with_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "k.pem").write_bytes(b"key")
    (tmp_path / "acme" / "private.key").write_bytes(b"not read")
    assert read_keys(tmp_path).files == {"acme/k.pem": b"key"}
    monkeypatch.setattr(keys, "MAX_FILE_BYTES", 2)
    with pytest.raises(ConfigError, match="no key file"):
        read_keys(tmp_path)


def test_a_folder_of_keys_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        read_keys(tmp_path / "absent")
    os.mkfifo(tmp_path / "k.pem")
    with pytest.raises(ConfigError, match="plain file"):
        read_keys(tmp_path)
    (tmp_path / "k.pem").unlink()
    (tmp_path / "bad\nname.pem").write_bytes(b"")
    with pytest.raises(ConfigError, match="no name"):
        read_keys(tmp_path)


def test_a_folder_that_leads_into_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path)
    with pytest.raises(ConfigError, match="nested"):
        read_keys(tmp_path)
