"""The nightly run as it is started, over real SSH on 127.0.0.1: recorded, compared, delivered."""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from netintegrity.cli import main
from netintegrity.clock import utc_now
from netintegrity.errors import StoreError
from netintegrity.lab.scenario import load_scenario, read_builtin
from netintegrity.lab.world import LabWorld
from netintegrity.store.run_lock import running_alone
from tests.builders import AT

ONE = ("--limit", "clean-eos")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabWorld]:
    scenario = load_scenario(read_builtin("default"), "default")
    root = tmp_path_factory.mktemp("lab") / "root"
    with LabWorld.create(scenario, now=utc_now(), root=root) as running:
        yield running


@pytest.fixture(autouse=True)
def state(world: LabWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    shutil.copytree(world.state, folder)
    for name, value in world.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NETINTEGRITY_STATE", str(folder))
    monkeypatch.delenv("NETINTEGRITY_HISTORY")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def audit(world: LabWorld, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        keys = ("--keys", world.keys)
        status = main([str(a) for a in ("audit", "-i", world.site, *keys, *ONE, *arguments)])
        told = capsys.readouterr()
        return int(status), told.out, told.err

    return command


def runs(state: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(state / "history.sqlite3")) as connection:
        return connection.execute("SELECT run_id, status, devices FROM runs").fetchall()


def test_a_run_is_recorded_and_the_next_says_what_changed(
    audit: Run, state: Path, world: LabWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = audit("--since-last")
    assert status == 0
    assert "no earlier run of this site is recorded" in err
    assert "clean-eos" in out
    (head,) = re.findall(r"history (sha256:[0-9a-f]{64}), \d+ rows", err)
    status, out, err = audit("--since-last")
    assert (status, "0 devices changed since the run before" in out) == (0, True)
    assert head in out, "a report says where the history stood before it"
    assert main(["history", "verify", "--head", head]) == 0
    capsys.readouterr()
    assert main(["history", "show", "clean-eos", "--at", f"{utc_now():%Y-%m-%d}"]) == 0
    assert "clean-eos" in capsys.readouterr().out
    assert [r[1:] for r in runs(state)] == [(0, 1), (0, 1)]
    assert main(["history", "last", "--site", world.site.name, "--within", "1"]) == 3
    assert "MISSED" in capsys.readouterr().out, "one device of many is no complete run"


def test_a_stored_run_is_judged_again_to_the_same_bytes_and_not_recorded(
    audit: Run, state: Path, world: LabWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        audit("--format", "json")
    before = runs(state)
    for folder in (tmp_path / "reports").iterdir():
        capsys.readouterr()
        assert main(["assess", str(folder), "--keys", str(world.keys), "--format", "json"]) == 0
        assert capsys.readouterr().out.encode() == (folder / "report.json").read_bytes()
        told = json.loads((folder / "report.json").read_bytes())
        assert re.fullmatch("sha256:[0-9a-f]{64}", told["history"]["head"])
        assert told["history"]["last_complete_at"] is None
    assert runs(state) == before


def test_a_run_for_another_moment_writes_neither_floors_nor_history(
    audit: Run, state: Path, world: LabWorld
) -> None:
    memory = state / world.site.name / "memory.json"
    before = memory.read_bytes()
    status, _, _ = audit("--at", "2030-01-01T00:00:00Z")
    assert status != 0
    assert memory.read_bytes() == before
    assert not (state / "history.sqlite3").exists()


def test_reports_go_where_they_are_told_and_nagios_reads_its_own_number(
    audit: Run, tmp_path: Path
) -> None:
    metrics = tmp_path / "berlin.prom"
    status, out, _ = audit("--format", f"prometheus={metrics}", "--format", "nagios")
    assert status == 0
    assert out.startswith("NETINTEGRITY OK - ")
    assert "not every device was asked" in out
    assert "netintegrity_device_verified" in metrics.read_text()
    status, out, err = audit("--format", "nagios", "--policy", tmp_path / "absent.yaml")
    assert status == 3
    assert out.startswith("NETINTEGRITY UNKNOWN - ")
    assert "no such policy" in err


def test_an_overlapping_run_ends_in_3_and_says_who_runs(
    audit: Run, state: Path, world: LabWorld
) -> None:
    with running_alone(state / world.site.name, since=AT):
        status, out, err = audit()
        assert (status, out) == (3, "")
        assert "another run is under way: process" in err
        status, out, _ = audit("--format", "nagios")
        assert (status, out.startswith("NETINTEGRITY UNKNOWN - ")) == (3, True)
    assert not (state / "history.sqlite3").exists()


def test_what_cannot_be_delivered_or_recorded_is_said_and_is_no_pass(
    audit: Run, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, err = audit("--format", "table", "--format", "syslog=tcp://127.0.0.1:1")
    assert status == 70
    assert "clean-eos" in out
    assert "the syslog report was NOT delivered" in err

    def full(*_: object) -> None:
        raise StoreError("database or disk is full")

    monkeypatch.setattr("netintegrity.app.recording.record_run", full)
    status, out, err = audit()
    assert (status, "clean-eos" in out) == (70, True)
    assert "the run is NOT in the history: database or disk is full" in err
    status, out, _ = audit("--format", "nagios")
    assert (status, out.startswith("NETINTEGRITY UNKNOWN - ")) == (3, True)
    assert len(runs(state)) == 1


def test_a_history_that_cannot_be_made_is_told_of_before_anybody_is_asked(
    audit: Run, state: Path, tmp_path: Path
) -> None:
    (state / "history.sqlite3").mkdir()
    status, out, err = audit()
    assert (status, out) == (2, "")
    assert "history.sqlite3" in err
    assert not (tmp_path / "reports").exists()
