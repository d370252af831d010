"""``netintegrity memory``, as a person meets it."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from netintegrity import cli
from netintegrity.app import PLATFORMS
from netintegrity.app.grounds import release_of_train
from netintegrity.model.memory import FleetMemory, Floor, ManifestFloor, Memory
from netintegrity.model.release import Release
from netintegrity.platforms._loaders import parse_loader
from netintegrity.store.memory import read_memory_bytes, write_memory
from netintegrity.store.memory_file import memory_bytes, parse_memory
from tests.builders import AT, CHASSIS, MEMBER_2


def release(text: str) -> Release:
    parsed = PLATFORMS["cisco_iosxe"].parse_release(text)
    assert parsed is not None
    return parsed


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NETINTEGRITY_STATE", str(tmp_path / "state"))
    folder = tmp_path / "berlin"
    folder.mkdir()
    loader = parse_loader("17.12(1r)")
    assert loader is not None
    floors = tuple(Floor(subject=s, release=release("17.12.1")) for s in (CHASSIS, MEMBER_2))
    known = Memory(first_seen=AT, floors=floors, loaders=(Floor(subject=CHASSIS, release=loader),))
    lists = (ManifestFloor(identity="owner|n|x", sequence=9, issued_at=AT, first_imported_at=AT),)
    memory = FleetMemory(devices=(("r1", known), ("r2", Memory(first_seen=AT))), manifests=lists)
    write_memory(tmp_path / "state" / "berlin", memory)
    return folder


def stored(site: Path) -> FleetMemory:
    raw = read_memory_bytes(site.parent / "state" / "berlin")
    memory = parse_memory(raw, release_of_train, name="memory.json")
    assert memory_bytes(memory) == raw
    return memory


def lower(site: Path, *arguments: str, reason: str = "CHG-4711") -> int:
    command = ["memory", "lower", "-i", str(site), "--accept-downgrade", reason, *arguments]
    return cli.main(command)


def shown(site: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert cli.main(["memory", "show", *arguments, "-i", str(site), "--format", "json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_a_device_is_lowered_and_the_record_says_by_whom(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert lower(site, "r1", "--to", "17.9.4a") == 0
    assert "accepted the return of its image from 17.12.1 to 17.9.4a" in capsys.readouterr().out
    told = shown(site, capsys, "r1")
    assert {f["release"] for f in told["devices"][0]["floors"]} == {"17.9.4a"}
    assert [a["subject"] for a in told["accepted_downgrades"]] == ["chassis 1", "member 2"]
    (one, other) = stored(site).acceptances
    assert "@" in one.by
    assert one.reported_in is None
    assert other.at - one.at < timedelta(seconds=1)
    assert shown(site, capsys)["manifests"][0]["sequence"] == 9
    assert cli.main(["memory", "show", "-i", str(site)]) == 0
    assert "not told of yet" in capsys.readouterr().out


def test_a_part_a_boot_loader_and_a_list_are_lowered_by_themselves(site: Path) -> None:
    assert lower(site, "r1", "--to", "17.9.4a", "--subject", "member 2") == 0
    assert lower(site, "r1", "--loader", "--to", "16.12(2r)") == 0
    assert lower(site, "--manifest", "owner|n|x", "--to", "4", "--format", "json") == 0
    memory = stored(site)
    assert [r.text for r in memory.of("r1").floors_of(CHASSIS)] == ["17.12.1"]
    assert [r.text for r in memory.of("r1").floors_of(MEMBER_2)] == ["17.9.4a"]
    assert [r.text for r in memory.of("r1").loaders_of(CHASSIS)] == ["16.12(2r)"]
    assert memory.manifests[0].sequence == 4
    assert len(memory.acceptances) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["r1", "--to", "17.12.1"], "nothing above 17.12.1 is remembered of r1"),
        (["r1", "--to", "99.1"], "no release of a train|nothing above"),
        (["r1", "--to", "nonsense"], "no release of a train that is remembered"),
        (["r2", "--to", "17.9.4a"], "remembered is nothing"),
        (["r9", "--to", "17.9.4a"], "remembered is nothing"),
        (["r1", "--to", "17.9.4a", "--subject", "member"], "a part such as"),
        (["r1", "--to", "17.9.4a", "--subject", "member 7"], "nothing above"),
        (["r1", "--loader", "--to", "x"], "no release of a train"),
        (["--manifest", "other", "--to", "4"], "no list 'other'"),
        (["--manifest", "owner|n|x", "--to", "10"], "older than 9"),
        (["--manifest", "owner|n|x", "--to", "x"], "a time such as"),
        (["--manifest", "owner|n|x", "--to", "4", "--loader"], "neither parts"),
    ],
)
def test_what_cannot_be_lowered_changes_nothing(
    site: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = stored(site)
    assert lower(site, *arguments) == 2
    told = capsys.readouterr().err
    assert any(part in told for part in message.split("|"))
    assert stored(site) == before


def test_no_reason_is_no_acceptance(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lower(site, "r1", "--to", "17.9.4a", reason=" ") == 2
    assert "expected a reason" in capsys.readouterr().err
    assert cli.main(["memory", "show", "r9", "-i", str(site)]) == 2
    assert cli.main(["memory", "show", "-i", str(site / "absent")]) == 2
