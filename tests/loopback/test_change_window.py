"""A change window of the lab: audited, changed, audited again, and compared, over real SSH."""

import base64
import json
import shutil
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
from tests.unit.waivers.signing import key_files, private_key

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


def audit(world: LabWorld, folder: Path, *more: object) -> Path:
    arguments = ["audit", "-i", world.site, "--keys", world.keys, "--output", folder, *more]
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


def judged(folder: Path) -> dict[str, tuple[str, list[str]]]:
    """Per device: its conclusion, and the parts NI-304 objects to."""
    document = json.loads((folder / "report.json").read_bytes())
    return {
        d["name"]: (
            d["conclusion"],
            sorted(
                {
                    f"{f['subject']['kind']} {f['subject']['id']}"
                    for f in d["findings"]
                    if f["rule"] == "NI-304" and f["verdict"] != "verified"
                }
            ),
        )
        for d in document["devices"]
    }


def test_an_audit_holds_the_devices_of_a_plan_against_it_before_and_after(
    world: LabWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    announced = plan(tmp_path)
    window = ("--window", announced, "--phase")
    before = audit(world, tmp_path / "before", *window, "pre")
    quiet: list[str] = []
    assert judged(before) == dict.fromkeys(("stack", "installed", "bystander"), ("verified", quiet))
    early = audit(world, tmp_path / "early", *window, "post")
    assert judged(early) == {
        "stack": ("downgraded", ["member 1", "member 2"]),
        "installed": ("downgraded", ["chassis 1"]),
        "bystander": ("verified", quiet),
    }
    done, left = upgraded("stack"), world.device("stack").device
    world.device("stack").device = replace(done, parts=(done.parts[0], left.parts[1]))
    world.device("installed").device = upgraded("installed")
    half = audit(world, tmp_path / "half", *window, "post")
    assert judged(half)["stack"] == ("downgraded", ["member 2"])
    assert judged(half)["installed"] == ("verified", quiet)
    meanwhile = audit(world, tmp_path / "meanwhile", "--window", announced)
    # Member 2 boots the new file, and does not have it yet: said, and no objection of the plan.
    assert judged(meanwhile)["stack"] == ("incomplete", quiet)

    # A stored run knows its plan and its phase, and is judged by them again.
    capsys.readouterr()
    status = main(["assess", str(half), "--keys", str(world.keys), "--format", "json"])
    assert (status, capsys.readouterr().out) == (1, (half / "report.json").read_text())


def test_a_plan_is_approved_by_several_and_by_nobody_unknown(
    world: LabWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = tmp_path / "keys"
    shutil.copytree(world.keys, keys)
    for name, content in key_files(1, 2, purpose="plan").items():
        (keys / name).parent.mkdir(exist_ok=True)
        (keys / name).write_bytes(content)
    announced, signed = plan(tmp_path), tmp_path / "plan.dsse.json"
    for seed, source in ((1, announced), (2, signed)):
        pem = tmp_path / f"{seed}.pem"
        pem.write_bytes(private_key(seed))
        pem.chmod(0o600)
        arguments = ["plan", "approve", source, "--key", pem, "--output", signed]
        assert main([str(a) for a in arguments]) == 0
    folder = tmp_path / "run"
    arguments = ["audit", "-i", world.site, "--keys", keys, "--output", folder]
    assert main([str(a) for a in [*arguments, "--window", signed, "--phase", "pre"]]) == 0
    report = json.loads((folder / "report.json").read_bytes())
    assert report["window"]["approvers"] == ["owner/1", "owner/2"]

    check = ["plan", "check", str(signed), "-i", str(world.site)]
    capsys.readouterr()
    assert main([*check, "--keys", str(keys)]) == 0
    assert "signed by owner/1, owner/2" in capsys.readouterr().out
    assert main([*check, "--keys", str(world.keys)]) == 4
    spoilt = json.loads(signed.read_bytes())
    spoilt["payload"] = base64.b64encode(announced.read_bytes() + b"\n").decode()
    signed.write_text(json.dumps(spoilt, indent=1) + "\n")
    assert main([*check, "--keys", str(keys)]) == 4
    assert "bad-signature" in capsys.readouterr().err


def test_a_plan_that_names_no_device_of_the_site_is_refused_before_anybody_is_asked(
    world: LabWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = plan(tmp_path, devices="[stack, sw9]")
    arguments = ["audit", "-i", world.site, "--keys", world.keys, "--window", wrong]
    assert main([str(a) for a in arguments]) == 2
    assert "sw9" in capsys.readouterr().err
