"""Seen, compared, pinned."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from netintegrity.collect.enrolment import (
    Seen,
    approve,
    approve_unseen,
    pending_of,
    put_aside,
    take_over,
)
from netintegrity.collect.hostkeys import HostKeys, KeyStanding, ServerKey
from netintegrity.collect.known_hosts_file import pending_file
from netintegrity.errors import ConfigError
from netintegrity.model.device import Device
from tests.loopback.box import device
from tests.unit.collect.test_hostkeys import ECDSA, ED25519, RSA

AT = datetime(2026, 1, 1, tzinfo=UTC)
R1 = device(22)
R2 = device(2222, name="r2", address="192.0.2.2")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "known_hosts"


def seen(where: Path, key: ServerKey, of: Device = R1) -> None:
    standing = HostKeys.read(where).check(of.address, of.port, key)
    put_aside(where, [Seen(device=of, key=key, standing=standing)])


def standing(where: Path, key: ServerKey, of: Device = R1) -> KeyStanding:
    return HostKeys.read(where).check(of.address, of.port, key)


def test_a_scanned_key_waits_and_is_not_trusted(file: Path) -> None:
    seen(file, ED25519)
    assert pending_of(file, R1) == (ED25519,)
    assert standing(file, ED25519) is KeyStanding.UNKNOWN


def test_an_approved_key_is_pinned_and_waits_no_more(file: Path) -> None:
    seen(file, ED25519)
    seen(file, RSA, R2)
    assert approve(file, R1, ED25519.fingerprint) == ED25519
    assert standing(file, ED25519) is KeyStanding.MATCHED
    assert pending_of(file, R1) == ()
    assert pending_of(file, R2) == (RSA,)


def test_another_fingerprint_than_the_scanned_one_pins_nothing(file: Path) -> None:
    seen(file, ED25519)
    with pytest.raises(ConfigError):
        approve(file, R1, RSA.fingerprint)
    assert not file.exists()


def test_a_key_pinned_unseen_is_marked_until_it_is_compared(file: Path) -> None:
    seen(file, ED25519)
    approve_unseen(file, R1, reason="no\nconsole \x1b[2J", at=AT)
    assert standing(file, ED25519) is KeyStanding.FIRST_USE
    text = file.read_text()
    assert "first-use 2026-01-01T00:00:00Z reason=no console" in text
    assert text.count("\n") == 1
    assert "\x1b" not in text
    approve(file, R1, ED25519.fingerprint)
    assert standing(file, ED25519) is KeyStanding.MATCHED
    assert len(HostKeys.read(file).entries) == 1


def test_a_first_use_needs_a_reason_and_one_waiting_key(file: Path) -> None:
    with pytest.raises(ConfigError):
        approve_unseen(file, R1, reason="no console", at=AT)
    seen(file, ED25519)
    with pytest.raises(ConfigError):
        approve_unseen(file, R1, reason=" ", at=AT)


def test_a_changed_key_is_no_first_use(file: Path) -> None:
    file.write_text(RSA.line("127.0.0.1") + "\n")
    seen(file, ED25519)
    with pytest.raises(ConfigError):
        approve_unseen(file, R1, reason="replaced", at=AT)


def test_a_changed_key_may_stand_beside_the_old_one_or_replace_it(file: Path) -> None:
    file.write_text(RSA.line("127.0.0.1") + "\n")
    seen(file, ED25519)
    approve(file, R1, ED25519.fingerprint)
    assert standing(file, RSA) is KeyStanding.MATCHED
    approve(file, R1, ED25519.fingerprint, replace=True)
    assert standing(file, RSA) is KeyStanding.CHANGED
    assert standing(file, ED25519) is KeyStanding.MATCHED


def test_a_revoked_key_is_never_pinned(file: Path) -> None:
    seen(file, ED25519)
    file.write_text("@revoked " + ED25519.line("*") + "\n")
    with pytest.raises(ConfigError):
        approve(file, R1, ED25519.fingerprint)
    with pytest.raises(ConfigError):
        approve_unseen(file, R1, reason="x", at=AT)
    assert standing(file, ED25519) is KeyStanding.REVOKED


def test_a_revoked_key_does_not_even_wait(file: Path) -> None:
    file.write_text("@revoked " + ED25519.line("*") + "\n")
    seen(file, ED25519)
    assert not pending_file(file).exists()


def test_everything_else_in_the_file_stays_as_it_was(file: Path) -> None:
    before = "# ours\n\ngarbage\n@cert-authority * x y\n" + RSA.line("a,b", "c") + "\r\n"
    file.write_text(before, newline="")
    file.chmod(0o640)
    seen(file, ED25519)
    approve(file, R1, ED25519.fingerprint)
    assert file.read_bytes() == (before + ED25519.line("127.0.0.1") + "\n").encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in file.parent.iterdir()) == ["known_hosts", "known_hosts.pending"]


def test_a_file_without_a_last_line_end_is_not_run_together(file: Path) -> None:
    file.write_text(RSA.line("other"))
    seen(file, ED25519)
    approve(file, R1, ED25519.fingerprint)
    assert len(HostKeys.read(file).entries) == 2


def test_a_link_to_the_file_stays_a_link(file: Path) -> None:
    real = file.with_name("real")
    real.write_text("")
    file.symlink_to(real)
    seen(file, ED25519)
    approve(file, R1, ED25519.fingerprint)
    assert file.is_symlink()
    assert ED25519.line("127.0.0.1") in real.read_text()


def test_a_later_scan_replaces_what_waited(file: Path) -> None:
    seen(file, ED25519)
    seen(file, RSA)
    assert pending_of(file, R1) == (RSA,)


def test_an_openssh_file_is_taken_over_for_these_devices_alone(file: Path) -> None:
    source = HostKeys.parse(
        "\n".join(
            (
                ED25519.line("r1"),
                RSA.line("[192.0.2.2]:2222", "by console"),
                "@revoked " + ECDSA.line("*"),
                RSA.line("elsewhere"),
            )
        ).encode(),
        name="theirs",
    )
    taken = take_over(file, (R1, R2), source)
    assert standing(file, ED25519) is KeyStanding.MATCHED
    assert standing(file, RSA, R2) is KeyStanding.MATCHED
    assert standing(file, ECDSA) is KeyStanding.REVOKED
    assert standing(file, ECDSA, R2) is KeyStanding.REVOKED
    assert "elsewhere" not in file.read_text()
    assert len(taken) == 4
    assert take_over(file, (R1, R2), source) == ()
