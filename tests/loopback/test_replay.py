"""A stored run says again what it said, to the byte, or says that it was touched."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from netintegrity.app.assessing import assess_stored
from netintegrity.app.auditing import Outcome, Request, audit
from netintegrity.app.registries import report_formats
from netintegrity.cli import _run
from netintegrity.clock import utc_now
from netintegrity.errors import EvidenceCorruptError
from netintegrity.inventory.load import load_site
from netintegrity.lab.scenario import load_scenario, read_builtin
from netintegrity.lab.world import LabWorld
from netintegrity.model.run import RunReport
from netintegrity.store.memory import state_folder
from netintegrity.store.runs import read_run


@dataclass(frozen=True, slots=True)
class Audited:
    """A run of the whole default fleet; the devices are gone, keys and run folder are kept."""

    outcome: Outcome
    keys: Path

    def again(self, folder: Path) -> RunReport:
        return assess_stored(
            read_run(folder), keys_folder=self.keys, manifests_folder=None, policy=None, at=None
        )


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    root = tmp_path_factory.mktemp("replay") / "lab"
    scenario = load_scenario(read_builtin("default"), "default")
    with LabWorld.create(scenario, now=utc_now(), root=root) as world:
        site = load_site(world.site)
        request = Request(
            site=site,
            devices=site.devices,
            keys_folder=world.keys,
            manifests_folder=site.manifests,
            state_folder=state_folder(site.name, world.environment()),
            output=world.root / "run",
            at=None,
        )
        environ = world.environment()
        with _run.live_sessions(request, connect_timeout_s=5, environ=environ) as sessions:
            return Audited(outcome=audit(request, sessions, now=utc_now), keys=world.keys)


@pytest.fixture
def copy(audited: Audited, tmp_path: Path) -> Path:
    """A copy of the run folder that a test may spoil."""
    folder = tmp_path / "run"
    shutil.copytree(audited.outcome.folder, folder)
    return folder


def in_json(report: RunReport) -> bytes:
    return report_formats()["json"].render(report).encode()


def test_every_conclusion_is_drawn_again_from_what_was_stored(audited: Audited) -> None:
    folder = audited.outcome.folder
    again = audited.again(folder)
    assert in_json(again) == (folder / "report.json").read_bytes()
    assert {r.appraisal.verdict for r in again.results} >= {"verified", "mismatch", "unknown"}
    for kind in report_formats().values():
        assert kind.render(again) == kind.render(audited.outcome.report)


def test_the_run_is_judged_alike_wherever_it_was_taken(audited: Audited, copy: Path) -> None:
    assert in_json(audited.again(copy)) == in_json(audited.outcome.report)


def test_the_keys_stored_with_a_run_are_not_believed(copy: Path) -> None:
    report = assess_stored(
        read_run(copy), keys_folder=None, manifests_folder=None, policy=None, at=None
    )
    assert [m.reason for m in report.manifests] != [None]
    assert "verified" not in {r.appraisal.verdict for r in report.results}
    assert report.keyring == "built-in"


def test_a_change_to_any_one_file_is_found(copy: Path) -> None:
    names = {p.relative_to(copy) for p in copy.rglob("*") if p.is_file()} - {Path("run.json")}
    assert sum(n.parts[0] == "evidence" for n in names) == len(read_run(copy).evidence)
    for name in sorted(names):
        file = copy / name
        content = file.read_bytes()
        flipped = bytes([content[0] ^ 1]) + content[1:] if content else b"x"
        for spoiled in {flipped, content + b"\n", content[:-1]} - {content}:
            file.write_bytes(spoiled)
            with pytest.raises(EvidenceCorruptError) as told:
                read_run(copy)
            assert file.name in str(told.value)
        file.unlink()
        with pytest.raises(EvidenceCorruptError):
            read_run(copy)
        file.write_bytes(content)
    assert read_run(copy).evidence
