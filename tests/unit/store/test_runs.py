"""A run is read back as it was written, or it is an error that names the file."""

import hashlib
import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from netintegrity.errors import EvidenceCorruptError, EvidenceSchemaError, StoreError
from netintegrity.model.codec import evidence_bytes
from netintegrity.store.runs import RunFolder, evidence_name, new_run_id, read_run
from tests.builders import AT
from tests.unit.store.runs import INPUTS, RECORD, box, load_record, recorded, spoil_record, stored

R1 = f"evidence/{evidence_name('r1')}"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return stored(tmp_path / "run")


def test_a_run_is_read_back_as_it_was_written(run: Path) -> None:
    read = read_run(run)
    assert read.record == RECORD
    assert read.evidence == (box("r2"), box("r1"))
    assert read.files["inputs/manifests/kgv.tar"] == INPUTS.manifests["kgv.tar"]
    assert read.files["inputs/inventory/hosts.yaml"] == b"r1: {}\r\n"
    assert read.below("inputs/keys/") == {"cisco/key.pem": b"k"}
    assert read.files["report.json"] == b"{}\n"


def test_the_record_covers_every_other_file(run: Path) -> None:
    document = load_record(run)
    assert document["schema"] == "netintegrity/run/1"
    there = {
        p.relative_to(run).as_posix(): f"sha256:{hashlib.sha256(p.read_bytes()).hexdigest()}"
        for p in run.rglob("*")
        if p.is_file()
    }
    there.pop("run.json")
    assert document["files"] == there


def test_everything_is_for_its_owner_alone(run: Path) -> None:
    for path in (run, *run.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_the_file_of_a_device_is_told_apart_where_case_is_folded() -> None:
    assert evidence_name("R1").lower() != evidence_name("r1").lower()
    assert evidence_name("r1") == f"r1-{hashlib.sha256(b'r1').hexdigest()[:8]}.json"


def test_a_run_is_named_after_its_beginning_and_its_site() -> None:
    assert new_run_id("berlin", AT) == "20260101T000000Z-berlin"


def test_a_folder_in_which_something_lies_is_no_place_for_a_run(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"")
    with pytest.raises(StoreError, match="not empty"):
        RunFolder.at(tmp_path)
    with pytest.raises(StoreError):
        RunFolder.at(tmp_path / "old")


def test_an_empty_folder_and_an_absent_one_will_do(tmp_path: Path) -> None:
    assert RunFolder.at(tmp_path).path == tmp_path
    assert RunFolder.at(tmp_path / "a" / "b").path.is_dir()


def test_two_runs_of_one_second_have_a_folder_each(tmp_path: Path) -> None:
    names = [RunFolder.below(tmp_path / "reports", "id").path.name for _ in range(3)]
    assert names == ["id", "id-2", "id-3"]


def test_a_link_where_a_new_run_would_lie_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "id").symlink_to(tmp_path / "elsewhere")
    assert RunFolder.below(tmp_path, "id").path.name == "id-2"


def test_a_file_of_a_run_is_written_once(tmp_path: Path) -> None:
    folder = RunFolder.at(tmp_path / "run")
    folder.write_evidence(box("r1"))
    folder.write_evidence(box("r1"))
    with pytest.raises(StoreError):
        folder.write_evidence(replace(box("r1"), run_id="another"))


@pytest.mark.parametrize("name", ["../x", "/etc/x", "inputs/../../x", "", ".", "a\\b", "a\0b"])
def test_a_path_that_leads_out_is_never_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="run"):
        RunFolder.at(tmp_path / "run").write(name, b"")


def test_a_run_that_was_never_finished_says_so(run: Path) -> None:
    (run / "run.json").unlink()
    with pytest.raises(StoreError, match="never finished"):
        read_run(run)


def test_what_is_no_folder_is_no_run(run: Path) -> None:
    for path in (run / "absent", run / "run.json"):
        with pytest.raises(StoreError, match="no run folder"):
            read_run(path)


def test_every_changed_file_is_found_and_named(run: Path) -> None:
    for name in load_record(run)["files"]:
        path = run / name
        before = path.read_bytes()
        path.write_bytes(before + b" ")
        with pytest.raises(EvidenceCorruptError, match=path.name):
            read_run(run)
        path.unlink()
        with pytest.raises(EvidenceCorruptError, match=path.name):
            read_run(run)
        path.write_bytes(before)
    assert read_run(run).record == RECORD


def test_every_changed_byte_of_evidence_is_found(run: Path) -> None:
    path = run / R1
    before = path.read_bytes()
    for place in range(0, len(before), 7):
        raw = bytearray(before)
        raw[place] ^= 1
        path.write_bytes(raw)
        with pytest.raises(EvidenceCorruptError):
            read_run(run)


@pytest.mark.parametrize(
    "name", ["inputs/manifests/planted.json", "evidence/r9.json", "inputs/keys/x/y.pem"]
)
def test_a_file_somebody_added_is_no_part_of_the_run(run: Path, name: str) -> None:
    (run / name).parent.mkdir(exist_ok=True)
    (run / name).write_bytes(b"{}")
    with pytest.raises(EvidenceCorruptError, match=Path(name).name):
        read_run(run)


def test_a_page_beside_the_run_does_no_harm(run: Path) -> None:
    (run / "report.html").write_text("<p>")
    assert read_run(run).record == RECORD


def test_a_link_is_not_followed_even_to_the_same_bytes(run: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    (run / R1).rename(kept)
    (run / R1).symlink_to(kept)
    with pytest.raises(EvidenceCorruptError):
        read_run(run)


@pytest.mark.parametrize("name", ["inputs", "inputs/keys/cisco", "evidence"])
def test_a_linked_folder_is_not_followed_even_to_the_same_bytes(
    run: Path, tmp_path: Path, name: str
) -> None:
    (run / name).rename(tmp_path / "kept")
    (run / name).symlink_to(tmp_path / "kept")
    with pytest.raises(EvidenceCorruptError):
        read_run(run)


def test_a_pipe_is_not_waited_for(run: Path) -> None:
    for name in (R1, "run.json"):
        (run / name).unlink()
        os.mkfifo(run / name)
        with pytest.raises(EvidenceCorruptError, match="plain file"):
            read_run(run)


def test_evidence_of_another_run_is_not_slipped_in(run: Path) -> None:
    recorded(run, R1, evidence_bytes(replace(box("r1"), run_id="another")))
    with pytest.raises(EvidenceCorruptError, match="another"):
        read_run(run)


def test_evidence_under_the_name_of_another_device_is_refused(run: Path) -> None:
    recorded(run, R1, evidence_bytes(box("r9")))
    with pytest.raises(EvidenceCorruptError, match="r9"):
        read_run(run)


def test_a_device_cannot_vanish_from_a_run(run: Path) -> None:
    files = load_record(run)["files"]
    del files[R1]
    (run / R1).unlink()
    spoil_record(run, files=files)
    with pytest.raises(EvidenceCorruptError, match="r1"):
        read_run(run)


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "inputs/../../x", "inputs//x", "./x", "a\\b", ""]
)
def test_a_recorded_path_stays_in_the_folder(run: Path, name: str) -> None:
    spoil_record(run, files={**load_record(run)["files"], name: "sha256:00"})
    with pytest.raises(EvidenceSchemaError, match=r"run\.json"):
        read_run(run)


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": "netintegrity/run/2"},
        {"schema": None},
        {"site": 7},
        {"started_at": "now"},
        {"at": None},
        {"files": []},
        {"files": {"report.json": 1}},
        {"files": {}},
        {"devices": "r1"},
        {"devices": [1]},
        {"extra": 1},
    ],
    ids=str,
)
def test_a_record_of_another_shape_is_refused(run: Path, changes: dict[str, object]) -> None:
    spoil_record(run, **changes)
    with pytest.raises(EvidenceSchemaError, match=r"run\.json"):
        read_run(run)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"schema":1,"schema":2}', b"[" * 10_000])
def test_a_record_that_is_no_document_is_refused(run: Path, raw: bytes) -> None:
    (run / "run.json").write_bytes(raw)
    with pytest.raises(EvidenceSchemaError, match=r"run\.json"):
        read_run(run)


def test_evidence_of_another_shape_is_refused_though_its_digest_is_right(run: Path) -> None:
    document = json.loads((run / R1).read_bytes())
    document["device"]["port"] = "ssh"
    recorded(run, R1, json.dumps(document).encode())
    with pytest.raises(EvidenceSchemaError, match=r"\$\.device\.port"):
        read_run(run)
