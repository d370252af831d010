"""Whatever is altered in the history is named."""

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from netintegrity.model.conclusion import Conclusion
from netintegrity.store.history.chain import chained_digest
from netintegrity.store.history.retention import prune
from netintegrity.store.history.verify import Damage, verify_history
from tests.builders import BAD
from tests.unit.history.runs import alter, box, database, recorded, run_of_day, silent, values
from tests.unit.report.reports import FINISHED


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history with every kind of row: runs, findings, a tombstone, everything that is seen."""
    folder = tmp_path_factory.mktemp("whole")
    history = database(folder)
    recorded(
        history,
        run_of_day(0, box("r0")),
        run_of_day(1, box("r1", Conclusion.PATCHED, digest=BAD), silent("r2")),
        run_of_day(2, box("r1")),
    )
    prune(history, before=FINISHED + timedelta(hours=13), at=FINISHED, by="alice@jump1")
    recorded(history, run_of_day(3, box("r3")))
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    shutil.copy(whole / "history.sqlite3", tmp_path)
    return tmp_path


def damages(folder: Path) -> tuple[Damage, ...]:
    return verify_history(database(folder)).damages


def test_what_was_written_is_intact(folder: Path) -> None:
    found = verify_history(database(folder))
    assert found.damages == ()
    assert found.pruned == 2
    assert found.rows == 10
    assert found.truncated is None


def test_each_field_of_each_row_altered_once_is_named(folder: Path) -> None:
    every = list(values(folder))
    file = folder / "history.sqlite3"
    original = file.read_bytes()
    assert {t for t, *_ in every} == {
        "appraisals",
        "findings",
        "head",
        "host_keys",
        "images",
        "migrations",
        "releases",
        "runs",
        "serials",
        "tombstones",
    }
    for table, rowid, column, value in every:
        altered: object = value + 100 if isinstance(value, int) else f"{value or ''}x"
        alter(folder, table, rowid, column, altered)
        found = damages(folder)
        assert table in {d.table for d in found}, (table, rowid, column)
        keys = {c: v for t, r, c, v in every if (t, r) == (table, rowid)}
        if "seq" in keys and table != "head" and column != "seq":
            assert str(keys["seq"]) in {d.row for d in found}, (table, rowid, column)
        if "state" in keys and "place" in keys and column not in {"state", "place"}:
            assert f"{keys['state']} {keys['place']}" in {d.row for d in found}
        file.write_bytes(original)
    assert damages(folder) == ()


def test_each_row_that_is_taken_away_is_missed(folder: Path) -> None:
    rows = sorted({(t, r) for t, r, *_ in values(folder)})
    original = (folder / "history.sqlite3").read_bytes()
    for table, rowid in rows:
        with closing(sqlite3.connect(folder / "history.sqlite3")) as connection:
            connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (rowid,))  # noqa: S608
            connection.commit()
        assert damages(folder) != (), (table, rowid)
        (folder / "history.sqlite3").write_bytes(original)


def test_a_row_that_somebody_adds_is_named(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "history.sqlite3")) as connection:
        connection.execute("INSERT INTO serials VALUES ('ab', 0, 'cd', 'chassis 1', 'S', 'P')")
        connection.commit()
    assert {(d.table, d.row) for d in damages(folder)} == {("serials", "ab 0")}


@pytest.mark.parametrize("value", [b"\xff\xfe", 1.5, 2**62])
@pytest.mark.parametrize(("table", "column"), [("appraisals", "level"), ("images", "path")])
def test_a_value_no_row_is_written_with_is_named_and_crashes_nothing(
    folder: Path, table: str, column: str, value: object
) -> None:
    rowid = next(r for t, r, *_ in values(folder) if t == table)
    alter(folder, table, rowid, column, value)
    assert table in {d.table for d in damages(folder)}


def test_one_altered_row_does_not_accuse_those_after_it(folder: Path) -> None:
    alter(folder, "runs", 2, "status", 1)
    assert len(damages(folder)) == 1


def test_who_alters_a_row_and_its_digest_is_caught_by_the_next(folder: Path) -> None:
    rows = [v for v in values(folder) if v[0] == "appraisals"]
    first = {c: v for _, r, c, v in rows if r == rows[0][1]}
    with closing(sqlite3.connect(folder / "history.sqlite3")) as connection:
        ((before,),) = connection.execute(
            "SELECT digest FROM runs WHERE seq = ?", (int(str(first["seq"])) - 1,)
        ).fetchall()
    forged = {**first, "conclusion": "verified"}
    alter(folder, "appraisals", rows[0][1], "conclusion", "verified")
    digest = chained_digest("appraisals", before, forged)
    alter(folder, "appraisals", rows[0][1], "digest", digest)
    (damage,) = damages(folder)
    assert damage.row == str(int(str(first["seq"])) + 1)
    assert "or the row before" in damage.what


def test_rows_taken_from_the_end_are_missed_by_a_head_that_was_printed(folder: Path) -> None:
    printed = verify_history(database(folder)).head
    assert verify_history(database(folder), head=printed).truncated is False
    with closing(sqlite3.connect(folder / "history.sqlite3")) as connection:
        # All that the last run wrote, and a head that fits what is left.
        connection.execute("DELETE FROM appraisals WHERE seq = 12")
        connection.execute("DELETE FROM runs WHERE seq = 11")
        connection.execute(
            "UPDATE head SET seq = 10, digest = (SELECT digest FROM tombstones WHERE seq = 10)"
        )
        connection.execute("DELETE FROM images WHERE state NOT IN (SELECT state FROM appraisals)")
        connection.commit()
    assert damages(folder) == ()
    found = verify_history(database(folder), head=printed)
    # With a tombstone in the chain the head could lie under it; without one it is proof.
    assert found.truncated is None


def test_without_tombstones_a_head_that_is_gone_is_proof(tmp_path: Path) -> None:
    history = database(tmp_path)
    early = recorded(history, run_of_day(0, box("r1")))
    assert (
        verify_history(history, head=early.head.upper().replace("SHA256", "sha256")).truncated
        is False
    )
    assert verify_history(history, head="sha256:" + "a" * 64).truncated is True


def test_a_file_that_is_damaged_as_a_whole_is_altered(folder: Path) -> None:
    file = folder / "history.sqlite3"
    raw = bytearray(file.read_bytes())
    for place in range(8192, len(raw), 512):
        raw[place : place + 64] = b"\xaa" * 64
    file.write_bytes(raw)
    assert damages(folder) != ()
