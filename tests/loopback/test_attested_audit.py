"""Hardware quotes, asked for over real SSH on 127.0.0.1 and judged."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from netintegrity.cli import main
from netintegrity.clock import utc_now
from netintegrity.lab.scenario import load_scenario, read_builtin
from netintegrity.lab.world import LabWorld

Run = Callable[..., tuple[int, str]]
QUOTED = "genuine-router,genuine-stack,relayed,recorded,patched-and-lying,no-chip"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabWorld]:
    scenario = load_scenario(read_builtin("attested"), "attested")
    root = tmp_path_factory.mktemp("lab") / "root"
    with LabWorld.create(scenario, now=utc_now(), root=root) as running:
        yield running


@pytest.fixture
def run(
    world: LabWorld,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    for name, value in world.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NETINTEGRITY_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)

    def command(*arguments: object) -> tuple[int, str]:
        capsys.readouterr()
        status = main([str(a) for a in arguments])
        return int(status), capsys.readouterr().out

    return command


def audit(run: Run, world: LabWorld, output: Path, limit: str) -> tuple[int, str]:
    return run(
        *("audit", "-i", world.site, "--keys", world.keys, "--limit", limit),
        *("--output", output, "--format", "json"),
    )


def exchanges(folder: Path) -> list[dict[str, object]]:
    return [
        e
        for file in sorted((folder / "evidence").iterdir())
        for e in json.loads(file.read_bytes())["exchanges"]
    ]


def test_every_challenge_has_a_nonce_of_its_own_and_a_stored_quote_is_judged_by_it(
    run: Run, world: LabWorld, tmp_path: Path
) -> None:
    drawn: list[str] = []
    for name in ("first", "second"):
        status, told = audit(run, world, tmp_path / name, QUOTED)
        assert status == 1
        found = {d["name"]: d["conclusion"] for d in json.loads(told)["devices"]}
        assert found == {
            "genuine-router": "verified",
            "genuine-stack": "verified",
            "relayed": "attestation-failed",
            "recorded": "attestation-failed",
            "patched-and-lying": "attestation-failed",
            "no-chip": "insufficient-assurance",
        }
        for exchange in exchanges(tmp_path / name):
            challenged = " nonce " in str(exchange["command"])
            assert (exchange["nonce"] is not None) is challenged
            if challenged:
                assert str(exchange["command"]).endswith(f" nonce {exchange['nonce']}")
                drawn.append(str(exchange["nonce"]))
        again, judged = run(
            *("assess", tmp_path / name, "--keys", world.keys, "--format", "json"),
        )
        assert (again, judged) == (status, told)
    assert len(drawn) > 30
    assert len(set(drawn)) == len(drawn)


def test_a_quote_moved_from_one_run_into_another_is_a_recording(
    run: Run, world: LabWorld, tmp_path: Path
) -> None:
    audit(run, world, tmp_path / "first", "genuine-router")
    before = exchanges(tmp_path / "first")
    audit(run, world, tmp_path / "second", "genuine-router")
    after = exchanges(tmp_path / "second")
    assert [e["command"] for e in before if not e["nonce"]] == [
        e["command"] for e in after if not e["nonce"]
    ]
    assert {e["output"] for e in before if e["nonce"]}.isdisjoint(
        {e["output"] for e in after if e["nonce"]}
    )


def test_what_runs_is_attested_and_the_device_stays_reported(
    run: Run, world: LabWorld, tmp_path: Path
) -> None:
    status, told = audit(run, world, tmp_path / "run", "genuine-install")
    (device,) = json.loads(told)["devices"]
    assert status == 0
    assert device["assurance"]["level"] == "reported"
    assert device["running_assurance"] == "attested"
    assert device["label"] == "verified (self-reported)"


def test_without_the_labs_mark_its_hardware_is_nobodys(
    run: Run, world: LabWorld, tmp_path: Path
) -> None:
    site = tmp_path / world.site.name
    site.mkdir()
    for file in world.site.rglob("*"):
        if file.is_file() and file.name != "lab.yaml":
            copy = site / file.relative_to(world.site)
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(file.read_bytes())
    status, told = run(
        *("audit", "-i", site, "--keys", world.keys, "--limit", "genuine-router"),
        *("--output", tmp_path / "run", "--format", "json"),
    )
    (device,) = json.loads(told)["devices"]
    assert status == 4
    assert device["conclusion"] != "verified"
    messages = {f["message"] for f in device["findings"] if f["rule"] == "NI-501"}
    assert messages == {"the keyring names nobody who issues identities to hardware"}


def test_a_dry_run_shows_the_challenges_without_a_nonce(run: Run, world: LabWorld) -> None:
    status, told = run("audit", "-i", world.site, "--limit", "no-chip", "--dry-run")
    assert status in {0, 3}
    assert "show platform integrity sign nonce <nonce>" in told
