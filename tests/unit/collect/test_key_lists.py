"""Host keys out of a table that somebody compared at the consoles."""

import base64
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from netintegrity.collect.enrolment import Seen, approve, put_aside
from netintegrity.collect.hostkeys import HostKeys, KeyStanding, ServerKey
from netintegrity.collect.key_list import KeyRow, read_key_list
from netintegrity.collect.keycheck import HostKeyCheck
from netintegrity.collect.list_enrolment import Outcome, enrol
from netintegrity.errors import ConfigError, HostKeyChangedError
from netintegrity.model.device import Device
from netintegrity.model.subject import Identity, Subject, SubjectKind
from tests.loopback.box import device, server_key
from tests.unit.collect.test_hostkeys import ECDSA, ED25519, RSA

CHASSIS = Subject(SubjectKind.CHASSIS, "1")


def expecting(of: Device, serial: str) -> Device:
    return replace(of, expected=(Identity(subject=CHASSIS, serial=serial),))


R1 = expecting(device(22), "FOC1")
R2 = device(2222, name="r2", address="192.0.2.2")


def rows(*lines: str, header: str = "name,fingerprint,serial") -> tuple[KeyRow, ...]:
    return read_key_list("\n".join([header, *lines]).encode(), name="keys.csv")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "known_hosts"


def seen(file: Path, key: ServerKey, of: Device = R1) -> None:
    standing = HostKeys.read(file).check(of.address, of.port, key)
    put_aside(file, [Seen(device=of, key=key, standing=standing)])


def standing(file: Path, key: ServerKey, of: Device = R1) -> KeyStanding:
    return HostKeys.read(file).check(of.address, of.port, key)


def with_key(name: str, key: ServerKey, serial: str = "") -> str:
    return f"{name},{key.type} {base64.b64encode(key.blob).decode()} console,{serial}"


def test_a_listed_key_is_pinned_with_the_box_it_was_read_from(file: Path) -> None:
    listed = rows(with_key("r1", ED25519, "FOC1"), header="name,key,serial")
    assert enrol(file, [R1, R2], listed) == (Outcome.PINNED,)
    (entry,) = HostKeys.read(file).entries
    assert (entry.key, entry.serials) == (ED25519, frozenset({"FOC1"}))
    assert enrol(file, [R1, R2], listed) == (Outcome.KNOWN,)


def test_a_fingerprint_pins_the_key_a_scan_has_seen_and_no_other(file: Path) -> None:
    listed = rows(f"r1,{ED25519.fingerprint},FOC1")
    assert enrol(file, [R1], listed) == (Outcome.NOT_SEEN,)
    seen(file, RSA)
    assert enrol(file, [R1], listed) == (Outcome.NOT_SEEN,)
    assert not file.exists()
    seen(file, ED25519)
    assert enrol(file, [R1], listed) == (Outcome.PINNED,)
    assert standing(file, ED25519) is KeyStanding.MATCHED


def test_three_hundred_keys_are_pinned_in_one_go(file: Path) -> None:
    fleet = [device(22, name=f"r{n}", address=f"192.0.2.{n % 250}") for n in range(300)]
    fleet = [replace(d, port=22 + n) for n, d in enumerate(fleet)]
    keys = [server_key(paramiko.ECDSAKey.generate()) for _ in fleet]
    listed = rows(
        *(with_key(d.name, k) for d, k in zip(fleet, keys, strict=True)), header="name,key,serial"
    )
    assert set(enrol(file, fleet, listed)) == {Outcome.PINNED}
    found = HostKeys.read(file)
    for d, k in zip(fleet, keys, strict=True):
        assert found.check(d.address, d.port, k) is KeyStanding.MATCHED


def test_two_route_processors_have_two_keys(file: Path) -> None:
    listed = rows(with_key("r1", ED25519), with_key("r1", ECDSA), header="name,key,serial")
    assert enrol(file, [R1], listed) == (Outcome.PINNED, Outcome.PINNED)
    assert standing(file, ED25519) is KeyStanding.MATCHED
    assert standing(file, ECDSA) is KeyStanding.MATCHED
    assert enrol(file, [R1], listed) == (Outcome.KNOWN, Outcome.KNOWN)


def test_a_key_nobody_listed_is_not_replaced_unless_asked(file: Path) -> None:
    seen(file, RSA)
    approve(file, R1, RSA.fingerprint)
    listed = rows(with_key("r1", ED25519), header="name,key,serial")
    assert enrol(file, [R1], listed) == (Outcome.CONFLICT,)
    assert standing(file, ED25519) is KeyStanding.CHANGED
    assert enrol(file, [R1], listed, replace=True) == (Outcome.PINNED,)
    assert standing(file, ED25519) is KeyStanding.MATCHED
    assert standing(file, RSA) is KeyStanding.CHANGED


def test_a_key_approved_unseen_is_confirmed_by_the_list(file: Path) -> None:
    name = "127.0.0.1"
    file.write_text(ED25519.line(name, "# netintegrity: first-use 2026-01-01T00:00:00Z reason=x"))
    assert standing(file, ED25519) is KeyStanding.FIRST_USE
    assert enrol(file, [R1], rows(f"r1,{ED25519.fingerprint},FOC1")) == (Outcome.PINNED,)
    assert standing(file, ED25519) is KeyStanding.MATCHED
    assert len(file.read_text().splitlines()) == 1


def test_the_key_of_another_box_than_expected_is_not_pinned(file: Path) -> None:
    listed = rows(with_key("r1", ED25519, "FOC9"), header="name,key,serial")
    assert enrol(file, [R1], listed) == (Outcome.OTHER_SERIAL,)
    assert not file.exists()


def test_a_revoked_key_and_a_strange_name_are_told(file: Path) -> None:
    file.write_text("@revoked " + ED25519.line("*") + "\n")
    listed = rows(with_key("r1", ED25519), with_key("r9", RSA), header="name,key,serial")
    assert enrol(file, [R1], listed) == (Outcome.REVOKED, Outcome.NO_DEVICE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name,fingerprint\n",
        "fingerprint\nSHA256:x\n",
        "name\nr1\n",
        "name,name,key\n",
        f"name,fingerprint,password\nr1,{ED25519.fingerprint},x\n",
        "name,fingerprint\nr1,SHA256:short\n",
        f"name,fingerprint\nr 1,{ED25519.fingerprint}\n",
        f"name,fingerprint\nr1,{ED25519.fingerprint},x\n",
        "name,fingerprint\nr1,\n",
        f"name,fingerprint\nr1,{ED25519.fingerprint.lower()}\n",
        "name,key\nr1,ssh-rsa AAAA\n",
        "name,key\nr1,ssh-ed25519\n",
        f"name,key\nr1,{ED25519.line('ssh-rsa')}\n",
        f"name,fingerprint,serial\nr1,{ED25519.fingerprint},a b\n",
        'name,fingerprint\n"r1,SHA256:x\n',
        "\x00\xff",
    ],
)
def test_a_list_with_a_fault_pins_nothing_and_names_its_line(text: str) -> None:
    with pytest.raises(ExceptionGroup) as caught:
        read_key_list(text.encode("latin-1"), name="keys.csv")
    assert all(isinstance(e, ConfigError) for e in caught.value.exceptions)
    assert "keys.csv" in str(caught.value.exceptions[0])


def test_a_key_and_a_fingerprint_that_disagree_are_a_fault() -> None:
    line = f"r1,{RSA.fingerprint}," + with_key("", ED25519).split(",")[1]
    with pytest.raises(ExceptionGroup):
        rows(line, header="name,fingerprint,key")


def test_a_spreadsheets_marks_are_accepted() -> None:
    text = f"\ufeffname,fingerprint\r\nr1,{ED25519.fingerprint}\r\n\r\n"
    (row,) = read_key_list(text.encode(), name="keys.csv")
    assert (row.name, row.fingerprint, row.line) == ("r1", ED25519.fingerprint, 2)


def told(file: Path, now: Device) -> str:
    serials = frozenset(i.serial for i in now.expected if i.serial)
    check = HostKeyCheck(now.address, now.port, HostKeys.read(file), serials=serials)
    with pytest.raises(HostKeyChangedError) as caught:
        check.judge(paramiko.ECDSAKey.generate())
    return str(caught.value)


def test_a_replaced_box_is_explained_and_still_not_logged_in_to(file: Path) -> None:
    seen(file, RSA)
    approve(file, R1, RSA.fingerprint)
    assert "replaced" not in told(file, R1)
    message = told(file, expecting(R1, "FOC2"))
    assert "approved for serial number FOC1; the inventory now expects FOC2" in message
    assert "replaced" not in told(file, replace(R1, expected=()))
