"""The commands as an operator types them, against the lab, over real SSH on 127.0.0.1."""

import base64
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from netintegrity.app import PLATFORMS
from netintegrity.cli import main
from netintegrity.clock import utc_now
from netintegrity.lab.scenario import load_scenario, read_builtin
from netintegrity.lab.world import LabWorld

CLEAN = "clean-eos"


@dataclass(frozen=True, slots=True)
class Result:
    status: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, object]:
        loaded: dict[str, object] = json.loads(self.out)
        return loaded

    def labels(self) -> dict[str, str]:
        devices = self.document["devices"]
        assert isinstance(devices, list)
        return {d["name"]: d["label"] for d in devices}

    def manifests(self) -> list[tuple[str, str | None]]:
        manifests = self.document["manifests"]
        assert isinstance(manifests, list)
        return [(m["status"], m["reason"]) for m in manifests]


Run = Callable[..., Result]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabWorld]:
    scenario = load_scenario(read_builtin("default"), "default")
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
    # Each test has a memory of its own, and a current directory where nothing lies.
    state = tmp_path / "state"
    shutil.copytree(world.state, state)
    monkeypatch.setenv("NETINTEGRITY_STATE", str(state))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    def command(*arguments: object) -> Result:
        capsys.readouterr()
        status = main([str(a) for a in arguments])
        told = capsys.readouterr()
        return Result(int(status), told.out, told.err)

    return command


@pytest.fixture
def site(world: LabWorld, tmp_path: Path) -> Path:
    """A copy of the lab's site that a test may spoil."""
    copy = tmp_path / world.site.name
    shutil.copytree(world.site, copy)
    return copy


def audit(run: Run, world: LabWorld, site: Path, *more: object, limit: str = CLEAN) -> Result:
    return run(
        "audit", "-i", site, "--keys", world.keys, "--limit", limit, "--format", "json", *more
    )


def payload(manifest: Path) -> dict[str, object]:
    document: dict[str, object] = json.loads(
        base64.b64decode(json.loads(manifest.read_bytes())["payload"])
    )
    return document


def test_a_clean_device_is_verified_on_its_own_word_and_that_is_said(
    run: Run, world: LabWorld, site: Path
) -> None:
    result = audit(run, world, site)
    assert result.status == 0
    assert result.labels() == {CLEAN: "verified (self-reported)"}
    assert str(result.document["keyring"]).endswith("keys (lab)")


def test_a_release_taken_out_of_the_list_is_an_unknown_image(
    run: Run, world: LabWorld, site: Path, tmp_path: Path
) -> None:
    manifest = site / "manifests" / world.manifest.name
    content = payload(manifest)
    images = content["images"]
    assert isinstance(images, list)
    content["images"] = [i for i in images if i["release"] != "4.30.1F"]
    unsigned = tmp_path / "payload.json"
    unsigned.write_text(json.dumps(content))
    manifest.unlink()
    signed = run("manifest", "sign", unsigned, "--key", world.signing_key, "--output", manifest)
    assert signed.status == 0
    result = audit(run, world, site)
    assert (result.status, result.labels()) == (3, {CLEAN: "unknown-image"})
    assert result.manifests() == [("verified", None)]
    needs = result.document["needs"]
    assert isinstance(needs, list)
    assert "4.30.1F" in needs[0]["next_step"]


@pytest.mark.parametrize("place", [0.02, 0.5, 0.98])
def test_a_tampered_list_is_rejected_and_verifies_nothing(
    run: Run, world: LabWorld, site: Path, place: float
) -> None:
    manifest = site / "manifests" / world.manifest.name
    raw = bytearray(manifest.read_bytes())
    raw[int(place * len(raw))] ^= 1
    manifest.write_bytes(raw)
    result = audit(run, world, site, limit="clean-*")
    assert result.status == 4
    assert not any(label.startswith("verified") for label in result.labels().values())
    assert [status for status, _ in result.manifests()] == ["rejected"]


def test_a_finding_outranks_a_rejected_list(run: Run, world: LabWorld, site: Path) -> None:
    (site / "manifests" / "rubbish.json").write_text("{}")
    result = audit(run, world, site, limit="patched-file,clean-eos")
    assert result.status == 1
    assert result.labels() == {"patched-file": "patched", CLEAN: "verified (self-reported)"}


def test_nothing_selected_nothing_listed_and_nobody_trusted_are_never_a_pass(
    run: Run, world: LabWorld, site: Path, tmp_path: Path
) -> None:
    assert audit(run, world, site, limit="no-such-*").status == 3
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    assert audit(run, world, site, "--manifests", nothing).status == 3
    trusting_nobody = run("audit", "-i", site, "--keys", nothing, "--limit", CLEAN)
    assert trusting_nobody.status == 4
    assert run("audit", "-i", site, "--limit", CLEAN).status == 4


def test_lab_keys_count_only_in_a_marked_site_on_this_machine(
    run: Run, world: LabWorld, site: Path
) -> None:
    (site / "lab.yaml").unlink()
    result = audit(run, world, site)
    assert (result.status, result.labels()) == (4, {CLEAN: "unknown-image"})
    assert result.manifests() == [("rejected", "wrong-purpose")]


def test_memory_makes_a_return_to_an_older_release_a_finding(
    run: Run, world: LabWorld, site: Path
) -> None:
    first = audit(run, world, site, limit="rolled-back")
    assert (first.status, first.labels()) == (1, {"rolled-back": "downgraded"})


def test_the_memory_of_a_verified_device_is_written_and_then_read(
    run: Run, world: LabWorld, site: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    state = tmp_path / "fresh"
    monkeypatch.setenv("NETINTEGRITY_STATE", str(state))
    caveats = []
    for _ in range(2):
        result = audit(run, world, site)
        assert result.status == 0
        devices = result.document["devices"]
        assert isinstance(devices, list)
        caveats.append("first-seen" in devices[0]["assurance"]["caveats"])
    assert caveats == [True, False]
    memory = json.loads((state / site.name / "memory.json").read_bytes())
    assert memory["devices"][CLEAN]["floors"]["chassis 1"][0]["release"] == "4.30.1F"


def test_a_moment_of_judgement_writes_no_memory_and_is_never_a_pass(
    run: Run, world: LabWorld, site: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    state = tmp_path / "fresh"
    monkeypatch.setenv("NETINTEGRITY_STATE", str(state))
    later = f"{utc_now().year + 1}-01-01T00:00:00Z"
    assert audit(run, world, site, "--at", later).status != 0
    assert not (state / site.name / "memory.json").exists()
    assert audit(run, world, site, "--at", "2020-01-01T00:00:00Z").status == 2


def test_a_stored_run_is_judged_again_to_the_same_bytes_until_it_is_touched(
    run: Run, world: LabWorld, site: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    stored = audit(run, world, site, "--output", folder)
    again = run("assess", folder, "--keys", world.keys, "--format", "json")
    assert (again.status, again.out) == (0, stored.out)
    assert (folder / "report.json").read_text() == stored.out
    without_its_keys = run("assess", folder, "--format", "json")
    assert without_its_keys.status == 4
    evidence = next((folder / "evidence").iterdir())
    evidence.write_bytes(evidence.read_bytes().replace(b"4.30.1F", b"4.30.2F"))
    touched = run("assess", folder, "--keys", world.keys)
    assert touched.status == 2
    assert evidence.name in touched.err


def test_a_run_of_a_platform_this_version_lacks_is_refused_and_no_fault_of_ours(
    run: Run, world: LabWorld, site: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    assert run("collect", "-i", site, "--limit", CLEAN, "--output", folder).status == 0
    evidence = next((folder / "evidence").iterdir())
    record = folder / "run.json"
    before = evidence.read_bytes()
    after = before.replace(b'"arista_eos"', b'"acme_os"')
    evidence.write_bytes(after)
    old, new = (hashlib.sha256(content).hexdigest() for content in (before, after))
    record.write_text(record.read_text().replace(old, new))
    refused = run("assess", folder, "--keys", world.keys)
    assert refused.status == 2
    assert "acme_os" in refused.err


def test_collecting_and_judging_may_happen_in_two_places(
    run: Run, world: LabWorld, site: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    collected = run("collect", "-i", site, "--limit", CLEAN, "--output", folder)
    assert collected.status == 0
    judged = run("assess", folder, "--keys", world.keys, "--format", "json")
    assert (judged.status, judged.labels()) == (0, {CLEAN: "verified (self-reported)"})
    again = run("collect", "-i", site, "--limit", CLEAN, "--output", folder)
    assert again.status == 2
    assert "not empty" in again.err


def test_a_dry_run_names_every_command_and_sends_none(
    run: Run, world: LabWorld, site: Path
) -> None:
    before = len(world.device(CLEAN).received)
    result = run("audit", "-i", site, "--limit", CLEAN, "--dry-run")
    assert result.status == 0
    for line in ("show version", "show boot-config", "verify /sha512 <path>"):
        assert line in result.out
    assert len(world.device(CLEAN).received) == before


def test_the_policy_may_demand_more_than_the_word_of_the_box(
    run: Run, world: LabWorld, site: Path, tmp_path: Path
) -> None:
    strict = tmp_path / "strict.yaml"
    strict.write_text("schema: netintegrity/policy/1\nminimum_assurance: recomputed\n")
    result = audit(run, world, site, "--policy", strict)
    assert (result.status, result.labels()) == (3, {CLEAN: "insufficient-assurance"})


def test_no_device_was_sent_anything_but_what_its_platform_declares(
    run: Run, world: LabWorld, site: Path
) -> None:
    assert audit(run, world, site, limit="clean-*").status == 0
    for device in world.devices:
        platform = PLATFORMS[device.device.personality]
        for line in device.received:
            known = line in platform.session_lines or line in {"", platform.enable_line}
            assert known or platform.admits(line), (device.name, line)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["audit", "-i", "absent"], 2, "absent"),
        (["assess", "absent"], 2, "absent"),
        (["collect", "-i", "absent", "--output", "x"], 2, "absent"),
        (["explain", "NI-000"], 2, "NI-101"),
        (["manifest", "verify", "absent"], 2, "no such file"),
        (["lab", "audit", "--scenario", "absent"], 2, "brownfield"),
        (["parse", "cisco_ios_xe", "show version", "absent"], 2, "cisco_iosxe"),
        (["release", "compare", "arista_eos", "4.30.1F", "?"], 2, "?"),
    ],
)
def test_what_cannot_be_used_is_named_with_what_to_do(
    run: Run, arguments: list[str], status: int, said: str
) -> None:
    result = run(*arguments)
    assert result.status == status
    assert said in result.err
    assert "Traceback" not in result.err
    assert result.out == ""


def test_an_unknown_report_format_is_refused_before_anything_is_asked(
    run: Run, world: LabWorld, site: Path
) -> None:
    result = audit(run, world, site, "--format", "docx")
    assert result.status == 2
    assert "table" in result.err
