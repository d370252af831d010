"""A change window of the lab: audited, changed, audited again, and compared, over real SSH."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from netintegrity import rfc3339
from netintegrity.cli import main
from netintegrity.clock import utc_now
from netintegrity.lab.device import LabDevice
from netintegrity.lab.scenario import load_scenario
from netintegrity.lab.world import LabWorld

SCENARIO = """\
schema: netintegrity/lab-scenario/1
images:
  old:
    platform: cisco_iosxe
    release: "17.09.01"
    filename: cat9k_iosxe.17.09.01.SPA.bin
    hardware: [C9300]
    seed: 1
    packages: [cat9k-rpbase.17.09.01.SPA.pkg, cat9k-webui.17.09.01.SPA.pkg]
  new:
    platform: cisco_iosxe
    release: "17.09.04a"
    filename: cat9k_iosxe.17.09.04a.SPA.bin
    hardware: [C9300]
    seed: 2
    packages: [cat9k-rpbase.17.09.04a.SPA.pkg, cat9k-webui.17.09.04a.SPA.pkg]
  patched: {like: new, seed: 3}
manifest: {images: [old, new]}
devices:
  - name: stack
    personality: cisco_iosxe
    pid: C9300-24T
    flash: {"flash:cat9k_iosxe.17.09.01.SPA.bin": old}
    running: flash:cat9k_iosxe.17.09.01.SPA.bin
    parts: [{kind: member, id: "1"}, {kind: member, id: "2"}]
    expected: verified
  - name: installed
    personality: cisco_iosxe
    pid: C9300-24T
    flash: {"flash:packages.conf": old}
    running: flash:packages.conf
    expected: verified
  - name: bystander
    personality: cisco_iosxe
    pid: C9300-24T
    flash: {"flash:cat9k_iosxe.17.09.01.SPA.bin": old}
    running: flash:cat9k_iosxe.17.09.01.SPA.bin
    expected: verified
"""
UPGRADED = (
    SCENARIO.replace('17.09.01.SPA.bin": old', '17.09.04a.SPA.bin": new')
    .replace("running: flash:cat9k_iosxe.17.09.01", "running: flash:cat9k_iosxe.17.09.04a")
    .replace('packages.conf": old', 'packages.conf": new')
)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LabWorld]:
    scenario = load_scenario(SCENARIO.encode(), "window")
    with LabWorld.create(scenario, now=utc_now(), root=tmp_path / "lab") as running:
        for name, value in running.environment().items():
            monkeypatch.setenv(name, value)
        yield running


def upgraded(name: str, text: str = UPGRADED) -> LabDevice:
    scenario = load_scenario(text.encode(), "window")
    return next(d for d in scenario.devices if d.name == name)


def audit(world: LabWorld, folder: Path) -> Path:
    arguments = ["audit", "-i", world.site, "--keys", world.keys, "--output", folder]
    assert main([str(a) for a in arguments]) in {0, 1, 3}
    return folder


def plan(folder: Path, *, devices: str = "[stack, inst*]") -> Path:
    begins, ends = (utc_now() + timedelta(minutes=m) for m in (-60, 60))
    path = folder / "plan.yaml"
    path.write_text(
        "schema: netintegrity/plan/1\n"
        f'window: {{begins: "{rfc3339.show(begins)}", ends: "{rfc3339.show(ends)}"}}\n'
        f'changes: [{{devices: {devices}, from: "17.9.1", to: "17.09.04a"}}]\n'
    )
    return path


def compare(
    capsys: pytest.CaptureFixture[str], *arguments: object
) -> tuple[int, dict[str, list[str]]]:
    """Return the status, and per device what was not planned."""
    capsys.readouterr()
    status = main(["compare", *(str(a) for a in arguments), "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "netintegrity/comparison/1"
    told = {
        d["name"]: [
            *(c["what"] for c in d["changes"] if not c["planned"]),
            *(u["message"] for u in d["not_done"]),
        ]
        for d in document["devices"]
    }
    assert sum(map(len, told.values())) == document["unplanned"]
    return status, told


def test_a_change_window_from_the_first_audit_to_the_second(
    world: LabWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = audit(world, tmp_path / "before")
    status, told = compare(capsys, before, before, "--keys", world.keys)
    assert (status, told) == (0, {"stack": [], "installed": [], "bystander": []})

    for name in ("stack", "installed"):
        world.device(name).device = upgraded(name)
    after = audit(world, tmp_path / "after")
    announced = plan(tmp_path)
    with_keys = (before, after, "--keys", world.keys)
    assert compare(capsys, *with_keys, "--plan", announced) == (
        0,
        {"stack": [], "installed": [], "bystander": []},
    )
    status, told = compare(capsys, *with_keys)
    assert status == 1
    assert told["bystander"] == []
    assert "member 2 running release" in told["stack"]
    # Nobody's word is taken for the images without the keys, so nothing of it is as planned.
    assert compare(capsys, before, after, "--plan", announced)[0] == 1

    assert main(["compare", *(str(a) for a in with_keys), "--plan", str(announced)]) == 0
    assert "unplanned 0" in capsys.readouterr().out


def test_half_a_stack_and_a_bystander_that_moved_are_findings(
    world: LabWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = audit(world, tmp_path / "before")
    done, left = upgraded("stack"), world.device("stack").device
    world.device("stack").device = replace(done, parts=(done.parts[0], left.parts[1]))
    world.device("installed").device = upgraded("installed")
    same = world.device("bystander").device
    moved = replace(same.parts[0], boot=("flash:elsewhere.bin", *same.parts[0].boot))
    world.device("bystander").device = replace(same, parts=(moved,))
    after = audit(world, tmp_path / "after")
    status, told = compare(capsys, before, after, "--keys", world.keys, "--plan", plan(tmp_path))
    assert status == 1
    assert "not done: it runs 17.09.01" in told["stack"]
    assert told["installed"] == []
    assert "chassis 1 boot entries" in told["bystander"]


def test_a_patched_image_of_the_planned_release_is_not_as_planned(
    world: LabWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = audit(world, tmp_path / "before")
    spoilt = UPGRADED.replace('"flash:packages.conf": new', '"flash:packages.conf": patched')
    world.device("installed").device = upgraded("installed", spoilt)
    after = audit(world, tmp_path / "after")
    status, told = compare(
        capsys, before, after, "--keys", world.keys, "--plan", plan(tmp_path, devices="[installed]")
    )
    assert status == 1
    assert {"conclusion", "chassis 1 running release"} <= set(told["installed"])
