"""The form of the database: numbered, brought up to date, never guessed."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from netintegrity.errors import StoreError
from netintegrity.store.history import database as module
from netintegrity.store.history.migrations import MIGRATIONS, Migration, migrate
from netintegrity.store.history.recording import begin_history, mark_of
from netintegrity.store.history.tables import METADATA
from netintegrity.store.history.verify import verify_history
from tests.unit.history.runs import box, database, recorded, run_of_day


def test_the_migrations_make_the_tables_that_are_declared(tmp_path: Path) -> None:
    begin_history(database(tmp_path), "berlin")
    with closing(sqlite3.connect(tmp_path / "history.sqlite3")) as connection:
        made = {
            name: [
                (column, type_, bool(not_null), bool(key))
                for _, column, type_, not_null, _, key in connection.execute(
                    f"PRAGMA table_info({name})"
                )
            ]
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    assert made.keys() == METADATA.tables.keys()
    for name, columns in made.items():
        declared = [
            (c.name, str(c.type), bool(c.primary_key)) for c in METADATA.tables[name].columns
        ]
        assert [(n, t, k) for n, t, _, k in columns] == declared
        for column, _, not_null, key in columns:
            assert not_null is not METADATA.tables[name].columns[column].nullable or key


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [m.number for m in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


def test_a_later_form_is_reached_with_all_rows_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = database(tmp_path)
    mark = recorded(history, run_of_day(0, box("r1")))
    later = Migration(
        number=len(MIGRATIONS) + 1,
        name="a later one",
        statements=("CREATE INDEX later ON findings (conclusion)",),
    )
    monkeypatch.setattr(module, "migrate", lambda c: migrate(c, (*MIGRATIONS, later)))
    assert begin_history(history, "berlin") == mark
    assert begin_history(history, "berlin") == mark
    monkeypatch.undo()
    with pytest.raises(StoreError, match=r"form 2, and this netintegrity knows forms up to 1"):
        begin_history(history, "berlin")
    with pytest.raises(StoreError, match="form 2"):
        mark_of(history, "berlin")


def test_a_migration_that_fails_leaves_the_form_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = database(tmp_path)
    mark = recorded(history, run_of_day(0, box("r1")))
    broken = Migration(
        number=2, name="broken", statements=("CREATE TABLE t (a INTEGER)", "NO SQL AT ALL")
    )
    monkeypatch.setattr(module, "migrate", lambda c: migrate(c, (*MIGRATIONS, broken)))
    with pytest.raises(StoreError, match="syntax"):
        begin_history(history, "berlin")
    monkeypatch.undo()
    assert mark_of(history, "berlin") == mark
    assert verify_history(history).damages == ()
