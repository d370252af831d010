"""A waiver from request to report, as its owner and the night's audit meet it."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from netintegrity.cli import main
from netintegrity.clock import utc_now
from netintegrity.lab.scenario import load_scenario, read_builtin
from netintegrity.lab.world import LabWorld
from tests.unit.waivers.signing import DAY, key_files, private_key

PATCHED = "patched-eos"
Command = Callable[..., tuple[int, str, str]]
Report = dict[str, Any]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabWorld]:
    scenario = load_scenario(read_builtin("default"), "default")
    root = tmp_path_factory.mktemp("lab") / "root"
    with LabWorld.create(scenario, now=utc_now(), root=root) as running:
        yield running


@pytest.fixture
def keys(world: LabWorld, tmp_path: Path) -> Path:
    """The lab's keys, and one that signs waivers."""
    folder = tmp_path / "keys"
    shutil.copytree(world.keys, folder)
    for name, content in key_files().items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def run(
    world: LabWorld,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    for name, value in world.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NETINTEGRITY_STATE", str(tmp_path / "state"))
    shutil.copytree(world.state, tmp_path / "state")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    def command(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = int(main([str(a) for a in arguments]))
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        told = capsys.readouterr()
        return status, told.out, told.err

    return command


def audited(
    run: Command, world: LabWorld, keys: Path, limit: str, *more: object
) -> tuple[int, Report]:
    status, out, _ = run(
        "audit", "-i", world.site, "--keys", keys, "--limit", limit, "--format", "json", *more
    )
    return status, json.loads(out)


def request(tmp_path: Path, report: Report, **changes: str) -> Path:
    """Ask to excuse what the report says the box runs, as its operator would write it."""
    (device,) = (d for d in report["devices"] if d["name"] == PATCHED)
    (digest,) = {f["digest"] for f in device["findings"] if f["digest"] is not None}
    expires = f"{utc_now() + 30 * DAY:%Y-%m-%dT%H:%M:%SZ}"
    fields = {
        "device": PATCHED,
        "subject": "chassis 1",
        "digest": digest,
        "reason": "a special of the vendor, until the fix is released",
        "expires_at": expires,
    } | changes
    entry = ", ".join(f'{name}: "{value}"' for name, value in fields.items())
    file = tmp_path / "request.yaml"
    file.write_text(f"schema: netintegrity/waiver-request/1\nwaivers:\n  - {{{entry}}}\n")
    return file


def signed(run: Command, tmp_path: Path, asked: Path) -> Path:
    pem, file = tmp_path / "waiver-key.pem", tmp_path / "waived.dsse.json"
    pem.write_bytes(private_key())
    pem.chmod(0o600)
    status, _, told = run("waiver", "sign", asked, "--key", pem, "--output", file)
    assert status == 0, told
    return file


def test_a_waived_finding_stays_a_finding_and_does_not_wake_anybody(
    run: Command, world: LabWorld, keys: Path, tmp_path: Path
) -> None:
    both = f"{PATCHED},clean-eos"
    status, before = audited(run, world, keys, both)
    assert status == 1
    file = signed(run, tmp_path, request(tmp_path, before))
    status, out, told = run("waiver", "import", file, "-i", world.site, "--keys", keys)
    assert status == 0, told
    assert "imported 1 waivers" in out

    folder = tmp_path / "run"
    status, after = audited(run, world, keys, both, "--output", folder)
    assert status == 0
    assert after["summary"]["waived"] == 1
    assert after["summary"]["by_conclusion"] == before["summary"]["by_conclusion"]
    device = next(d for d in after["devices"] if d["name"] == PATCHED)
    assert (device["conclusion"], device["verdict"]) == ("patched", "mismatch")
    assert [w["key"] for w in device["waivers"]] == ["owner/1"]
    assert after["memory_digest"] != before["memory_digest"]

    # The run carries what it was judged by, and an outsider judges alike.
    status, out, _ = run("assess", folder, "--keys", keys, "--format", "json")
    assert (status, json.loads(out)["summary"]["waived"]) == (0, 1)
    # Whoever does not trust that key sees the finding, and that a file was rejected.
    status, out, _ = run("assess", folder, "--keys", world.keys, "--format", "json")
    assert (status, json.loads(out)["waivers"][0]["reason"]) == (1, "unknown-signer")

    status, _ = audited(run, world, keys, PATCHED)
    assert status == 3, "all are waived, so nothing was verified"


def test_a_waiver_of_another_digest_excuses_nothing(
    run: Command, world: LabWorld, keys: Path, tmp_path: Path
) -> None:
    _, before = audited(run, world, keys, PATCHED)
    asked = request(tmp_path, before, digest="sha512:" + "0" * 128)
    run("waiver", "import", signed(run, tmp_path, asked), "-i", world.site, "--keys", keys)
    status, after = audited(run, world, keys, PATCHED)
    assert (status, after["summary"]["waived"]) == (1, 0)


def test_a_spoiled_file_in_the_state_folder_is_named_and_excuses_nothing(
    run: Command, world: LabWorld, keys: Path, tmp_path: Path
) -> None:
    _, before = audited(run, world, keys, PATCHED)
    file = signed(run, tmp_path, request(tmp_path, before))
    run("waiver", "import", file, "-i", world.site, "--keys", keys)
    kept = next((tmp_path / "state").rglob("waived.dsse.json"))
    kept.write_bytes(kept.read_bytes().replace(b'"keyid"', b'"KeyId"'))
    status, after = audited(run, world, keys, f"{PATCHED},clean-eos")
    assert (status, after["summary"]["waived"]) == (1, 0)
    status, after = audited(run, world, keys, "clean-eos")
    assert (status, after["waivers"][0]["status"]) == (4, "rejected")
    status, out, _ = run("waiver", "list", "-i", world.site, "--keys", keys)
    assert status == 4
    assert "REJECTED" in out


def test_a_key_inside_the_site_excuses_nothing(
    run: Command, world: LabWorld, keys: Path, tmp_path: Path
) -> None:
    _, before = audited(run, world, keys, PATCHED)
    file = signed(run, tmp_path, request(tmp_path, before))
    site = tmp_path / world.site.name
    shutil.copytree(world.site, site)
    shutil.copytree(keys, site / "keys")
    status, _, told = run("waiver", "import", file, "-i", site, "--keys", site / "keys")
    assert status == 4
    assert "lies in the site" in told


@pytest.mark.parametrize(
    ("changes", "told_of"),
    [
        ({"device": "patched-*"}, "waivers[1].device"),
        ({"digest": "sha512:12"}, "waivers[1].digest"),
        ({"subject": "everything"}, "waivers[1].subject"),
        ({"expires_at": "2099-01-01T00:00:00Z"}, "waivers[1].expires_at"),
        ({"reason": ""}, "waivers[1].reason"),
        ({"approved_by": "me"}, "waivers[1].approved_by"),
    ],
)
def test_a_request_that_asks_for_too_much_is_refused_with_its_line(
    run: Command, tmp_path: Path, changes: dict[str, str], told_of: str
) -> None:
    report = {"devices": [{"name": PATCHED, "findings": [{"digest": f"sha512:{'0' * 128}"}]}]}
    pem = tmp_path / "key.pem"
    pem.write_bytes(private_key())
    status, out, told = run("waiver", "sign", request(tmp_path, report, **changes), "--key", pem)
    assert (status, out) == (2, "")
    assert f"request.yaml:3 {told_of}" in told
