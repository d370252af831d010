from pathlib import Path

import pytest

from netintegrity.store.site_files import FILE, changed_since, remember_files

SITE = {"hosts.yaml": b"r1: {}", "policy.yaml": b"p", "known_hosts": b"k"}


def test_nothing_changed_where_nothing_is_remembered(tmp_path: Path) -> None:
    assert changed_since(tmp_path / "new", SITE) == ()


def test_what_is_new_gone_or_different_is_named(tmp_path: Path) -> None:
    remember_files(tmp_path, SITE)
    assert changed_since(tmp_path, SITE) == ()
    now = {"hosts.yaml": b"r1: {}", "policy.yaml": b"q", "groups.yaml": b""}
    assert changed_since(tmp_path, now) == ("groups.yaml", "known_hosts", "policy.yaml")


@pytest.mark.parametrize("raw", [b"", b"[]", b"\xff", b"[" * 100_000])
def test_a_damaged_note_of_them_stops_no_run(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / FILE).write_bytes(raw)
    assert changed_since(tmp_path, SITE) == ()
