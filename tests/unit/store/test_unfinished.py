"""A run that was begun and not finished holds what was collected, and can be finished."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from netintegrity.errors import EvidenceCorruptError, EvidenceSchemaError, StoreError
from netintegrity.store.run_check import STATEMENT
from netintegrity.store.runs import RunFolder, evidence_name, read_run
from netintegrity.store.unfinished import BEGUN, Begun, begin, reopen
from tests.builders import AT
from tests.unit.store.runs import INPUTS, RECORD, box

OURS = Begun(run_id="t", site="berlin", started_at=AT, devices=("r2", "r1", "r3"))
R1 = evidence_name("r1")


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """A run that ended between its first device and its second."""
    folder = RunFolder.at(tmp_path / "run")
    begin(folder, OURS)
    folder.write_evidence(box("r1"))
    return folder.path


def test_an_unfinished_run_is_not_read_as_a_run(killed: Path) -> None:
    with pytest.raises(StoreError, match="never finished"):
        read_run(killed)


def test_what_was_collected_is_there_when_it_is_opened_again(killed: Path) -> None:
    found = reopen(killed)
    assert found.begun == OURS
    assert found.evidence == (box("r1"),)


def test_it_is_finished_like_any_other(killed: Path) -> None:
    found = reopen(killed)
    for name in ("r2", "r1", "r3"):
        found.folder.write_evidence(box(name))
    found.folder.write_inputs(INPUTS)
    found.folder.finish(replace(RECORD, devices=OURS.devices))
    assert [e.device.name for e in read_run(killed).evidence] == ["r2", "r1", "r3"]


def test_half_written_files_and_what_comes_last_are_cleared_away(killed: Path) -> None:
    (killed / "evidence" / f".{evidence_name('r2')}.x7_").write_bytes(b'{"schema"')
    (killed / ".run.json.q8a").write_bytes(b"{")
    RunFolder(killed).write_inputs(INPUTS)
    (killed / "report.json").write_bytes(b"{}")
    assert reopen(killed).evidence == (box("r1"),)
    assert sorted(p.name for p in killed.iterdir()) == [BEGUN, "evidence"]
    assert [p.name for p in (killed / "evidence").iterdir()] == [R1]


def test_a_run_nobody_is_missing_from_is_not_opened_again(killed: Path) -> None:
    folder = reopen(killed).folder
    for name in OURS.devices:
        folder.write_evidence(box(name))
    folder.write_inputs(INPUTS)
    folder.finish(replace(RECORD, devices=OURS.devices))
    del folder
    with pytest.raises(StoreError, match="nobody is missing"):
        reopen(killed)
    assert read_run(killed).record.devices == OURS.devices


def interrupted(path: Path) -> Path:
    folder = reopen(path).folder
    folder.write_inputs(INPUTS)
    folder.finish(replace(RECORD, devices=("r1",)))
    return path


def test_a_run_that_was_interrupted_is_opened_again(killed: Path) -> None:
    assert reopen(interrupted(killed)).evidence == (box("r1"),)


def test_a_run_somebody_signed_as_it_is_stays_as_it_is(killed: Path) -> None:
    (interrupted(killed) / STATEMENT).write_bytes(b"{}")
    with pytest.raises(StoreError, match="signed"):
        reopen(killed)
    assert read_run(killed).record.devices == ("r1",)


def test_a_run_in_progress_is_left_alone(tmp_path: Path) -> None:
    folder = RunFolder.at(tmp_path / "run")
    begin(folder, OURS)
    with pytest.raises(StoreError, match="another process"):
        reopen(folder.path)


def nothing_begun(path: Path) -> None:
    (path / BEGUN).unlink()


def other_run(path: Path) -> None:
    (path / BEGUN).write_text((path / BEGUN).read_text().replace('"t"', '"u"'))


def other_shape(path: Path) -> None:
    (path / BEGUN).write_text(json.dumps({"schema": "netintegrity/begun/2"}))


def device_of_no_run(path: Path) -> None:
    (path / BEGUN).write_text((path / BEGUN).read_text().replace('"r1"', '"r9"'))


def link(path: Path) -> None:
    (path / "evidence" / evidence_name("r2")).symlink_to(path / "evidence" / R1)


def cut(path: Path) -> None:
    file = path / "evidence" / R1
    file.write_bytes(file.read_bytes()[:-20])


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (nothing_begun, StoreError),
        (other_run, EvidenceCorruptError),
        (other_shape, EvidenceSchemaError),
        (device_of_no_run, EvidenceCorruptError),
        (link, EvidenceCorruptError),
        (cut, EvidenceSchemaError),
    ],
)
def test_what_it_did_not_write_is_refused(
    killed: Path, spoil: Callable[[Path], None], error: type[Exception]
) -> None:
    spoil(killed)
    with pytest.raises(error):
        reopen(killed)


def test_no_folder_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no run folder"):
        reopen(tmp_path / "absent")


def test_evidence_written_before_an_interrupt_is_not_written_again(killed: Path) -> None:
    folder = RunFolder(killed)
    folder.write_evidence(box("r1"))
    other = box("r1")
    with pytest.raises(StoreError, match="never overwritten"):
        folder.write_evidence(replace(other, run_id="u"))
