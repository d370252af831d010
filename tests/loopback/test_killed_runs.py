"""A run that is killed loses nothing it had collected, and is finished by whoever resumes it."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from netintegrity.cli import main
from netintegrity.clock import utc_now
from netintegrity.errors import ExitStatus, StoreError
from netintegrity.lab.scenario import load_scenario, read_builtin
from netintegrity.lab.world import LabWorld
from netintegrity.store.runs import read_run
from netintegrity.store.unfinished import BEGUN

DEVICES = 12


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabWorld]:
    scenario = load_scenario(read_builtin("default"), "default")
    root = tmp_path_factory.mktemp("lab") / "root"
    with LabWorld.create(scenario, now=utc_now(), root=root, devices=DEVICES) as running:
        yield running


def arguments(world: LabWorld, *more: object) -> list[str]:
    return [
        "audit",
        *("-i", str(world.site), "--keys", str(world.keys), "--connect-timeout", "1.5"),
        *map(str, more),
    ]


def environment(world: LabWorld, state: Path) -> dict[str, str]:
    return {**os.environ, **world.environment(), "NETINTEGRITY_STATE": str(state)}


def started(world: LabWorld, run: Path, state: Path, *more: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "netintegrity"]
    command += arguments(world, "--output", run, "--workers", 3, *more)
    return subprocess.Popen(
        command,
        env=environment(world, state),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def collected(run: Path) -> dict[str, bytes]:
    """Every whole file of evidence; one being written has a name that begins with a dot."""
    return {p.name: p.read_bytes() for p in (run / "evidence").glob("[!.]*.json")}


def resume(world: LabWorld, run: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    for name, value in environment(world, state).items():
        monkeypatch.setenv(name, value)
    return main(arguments(world, "--resume", run))


def asked(world: LabWorld) -> dict[str, int]:
    return {d.name: sum(d.received.count(line) for line in set(d.received)) for d in world.devices}


def killed_and_resumed(
    world: LabWorld, folder: Path, when: float, monkeypatch: pytest.MonkeyPatch
) -> bool:
    """Kill a run once ``when`` of its devices are done; False: it was over before that."""
    run, state = folder / "run", folder / "state"
    with started(world, run, state) as process:
        enough = int(when * DEVICES)
        while process.poll() is None and len(collected(run)) < enough:
            time.sleep(0.002)
        # Any moment until the next one is done, the writing of a file included.
        time.sleep((when * DEVICES - enough) * 0.1)
        process.send_signal(signal.SIGKILL)
    before = collected(run)
    if (run / "run.json").exists():
        return False
    if not (run / BEGUN).exists():
        assert not before
        return False
    with pytest.raises(StoreError, match="never finished"):
        read_run(run)
    seen = asked(world)
    resume(world, run, state, monkeypatch)
    now = asked(world)
    after = collected(run)
    assert {name: after[name] for name in before} == before
    for device in world.devices:
        if any(name.startswith(f"{device.name}-") for name in before):
            assert now[device.name] == seen[device.name], f"{device.name} was asked again"
    whole = read_run(run)
    assert {e.device.name for e in whole.evidence} == {d.name for d in world.devices}
    assert {e.run_id for e in whole.evidence} == {whole.record.run_id}
    assert main(["assess", str(run), "--keys", str(world.keys)]) == ExitStatus.FINDING
    return True


@pytest.mark.parametrize("when", [0.1, 0.45, 0.8])
def test_nothing_collected_is_lost_and_only_the_missing_are_asked(
    world: LabWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: float
) -> None:
    assert killed_and_resumed(world, tmp_path, when, monkeypatch)


def _moment(number: int) -> float:
    """Return one of many moments without a pattern, the same ones each time."""
    return int.from_bytes(hashlib.sha256(bytes([number])).digest()[:4], "big") / 2**32


@pytest.mark.proof
@pytest.mark.timeout(900)
def test_the_same_at_fifty_random_moments(
    world: LabWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unfinished = 0
    for number in range(50):
        folder = tmp_path / str(number)
        folder.mkdir()
        unfinished += killed_and_resumed(world, folder, _moment(number), monkeypatch)
    assert unfinished >= 35


def test_an_interrupted_run_can_be_finished(
    world: LabWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, state = tmp_path / "run", tmp_path / "state"
    with started(world, run, state) as process:
        while process.poll() is None and len(collected(run)) < 3:
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == ExitStatus.INTERRUPTED
    before = collected(run)
    assert 3 <= len(before) < DEVICES
    assert len(read_run(run).evidence) == len(before)
    resume(world, run, state, monkeypatch)
    assert len(read_run(run).evidence) == DEVICES
    assert {name: collected(run)[name] for name in before} == before


def test_a_run_of_another_site_is_not_resumed(
    world: LabWorld,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run, state = tmp_path / "run", tmp_path / "state"
    with started(world, run, state) as process:
        while process.poll() is None and not collected(run):
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
    begun = run / BEGUN
    begun.write_text(
        begun.read_text().replace('"site": "', '"site": "not-').replace('"site":"', '"site":"not-')
    )
    assert resume(world, run, state, monkeypatch) == ExitStatus.USAGE
    assert "is a run of the site" in capsys.readouterr().err
