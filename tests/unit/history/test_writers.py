"""Many writers, full disks, sudden deaths: what was committed stands, and nothing else."""

import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from netintegrity.errors import StoreError
from netintegrity.store.history.database import HistoryDatabase
from netintegrity.store.history.export import as_jsonl
from netintegrity.store.history.place import HistoryPlace
from netintegrity.store.history.queries import sightings, standing_at, timeline
from netintegrity.store.history.recording import begin_history, mark_of
from netintegrity.store.history.retention import prune
from netintegrity.store.history.tables import RUNS
from netintegrity.store.history.verify import verify_history
from tests.builders import BAD, GOOD
from tests.paths import ROOT
from tests.unit.history import postgresql
from tests.unit.history.runs import box, database, recorded, run_of_day, silent
from tests.unit.report.reports import FINISHED


def writer(
    place: str, name: str, runs: int, *, prepare: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.unit.history.writer", place, name, str(runs)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=prepare,  # noqa: PLW1509 - no thread runs while this starts
    )


def overlapping(history: HistoryDatabase, place: str, *, processes: int, runs: int) -> None:
    """Let many write at once; every run of each must be there, once, in one chain."""
    writers = [writer(place, f"w{n}", runs) for n in range(processes)]
    heads: list[str] = []
    for process in writers:
        out, err = process.communicate(timeout=1800)
        assert process.returncode == 0, err
        heads += out.split()
    with history.reading() as connection:
        found = [r.run_id for r in connection.execute(RUNS.select())]
    wanted = {f"w{n}-{r}" for n in range(processes) for r in range(runs)}
    assert set(found) == wanted
    assert len(found) == len(wanted)
    assert len(set(heads)) == len(wanted), "every run moved the head to a place of its own"
    verified = verify_history(history)
    assert verified.damages == ()
    assert verified.rows == 3 * len(wanted)


def test_overlapping_writers_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    overlapping(database(tmp_path), str(file), processes=3, runs=8)


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_eight_writers_of_200_runs_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    overlapping(database(tmp_path), str(file), processes=8, runs=200)


@postgresql.needs_postgresql
def test_postgresql_answers_as_sqlite_does(tmp_path: Path) -> None:
    with postgresql.running() as url:
        server = HistoryDatabase(HistoryPlace(url=url, file=None))
        assert server.exists
        assert mark_of(server, "berlin") is None
        file = database(tmp_path)
        answers = []
        for history in (file, server):
            recorded(
                history,
                run_of_day(0, box("r1"), silent("r2")),
                run_of_day(1, box("r1", digest=BAD), box("r2")),
                run_of_day(2, box("r1"), silent("r2")),
            )
            before = FINISHED + timedelta(hours=13)
            prune(history, before=before, at=FINISHED, by="alice@jump1")
            assert verify_history(history).damages == ()
            with history.reading() as connection:
                answers.append(
                    (
                        mark_of(history, "berlin"),
                        standing_at(connection, "berlin", "r2", FINISHED + timedelta(days=9)),
                        timeline(connection, "berlin", "r1"),
                        sightings(connection, str(GOOD)),
                        sorted(as_jsonl(connection)),
                    )
                )
        assert answers[0] == answers[1], "to the byte, the heads too"
        with server.writing() as connection:
            connection.exec_driver_sql("UPDATE findings SET message = 'x'")
            connection.exec_driver_sql("UPDATE appraisals SET level = 'attested'")
        found = verify_history(server)
        assert {d.table for d in found.damages} == {"findings", "appraisals"}
        overlapping_url = url.replace("/postgres?", "/template1?")
        overlapping(
            HistoryDatabase(HistoryPlace(url=overlapping_url, file=None)),
            overlapping_url,
            processes=3,
            runs=8,
        )


@pytest.mark.proof
@pytest.mark.timeout(1800)
@postgresql.needs_postgresql
def test_eight_writers_of_200_runs_lose_nothing_on_postgresql() -> None:
    with postgresql.running() as url:
        history = HistoryDatabase(HistoryPlace(url=url, file=None))
        overlapping(history, url, processes=8, runs=200)


def test_a_server_that_is_not_there_is_an_error_without_its_password() -> None:
    pytest.importorskip("psycopg")
    url = "postgresql+psycopg://u:topsecret@127.0.0.1:1/d?connect_timeout=2"
    with pytest.raises(StoreError) as caught:
        begin_history(HistoryDatabase(HistoryPlace(url=url, file=None)), "berlin")
    assert "topsecret" not in str(caught.value)
    assert "PostgreSQL" in str(caught.value)


def killed_while_writing(folder: Path, after_s: float) -> None:
    file = folder / "history.sqlite3"
    process = writer(str(file), "w", 100_000)
    assert process.stdout is not None
    committed = [process.stdout.readline().strip()]
    deadline = time.monotonic() + after_s
    while time.monotonic() < deadline:
        committed.append(process.stdout.readline().strip())
    process.send_signal(signal.SIGKILL)
    committed += process.communicate()[0].split()
    history = database(folder)
    assert all(committed)
    found = verify_history(history, head=committed[-1])
    assert found.damages == ()
    assert found.truncated is False, "the last run that was said to be committed is there"
    assert found.rows % 3 == 0, "no part of a run is"
    recorded(history, run_of_day(0, box("r1")))
    assert verify_history(history).damages == ()


def test_a_writer_killed_while_writing_leaves_what_was_committed(tmp_path: Path) -> None:
    killed_while_writing(tmp_path, 0.3)


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_a_writer_killed_at_any_moment_leaves_what_was_committed(tmp_path: Path) -> None:
    for number in range(40):
        folder = tmp_path / str(number)
        folder.mkdir()
        killed_while_writing(folder, 0.02 * number)


def test_a_full_disk_leaves_what_was_committed(tmp_path: Path) -> None:
    def no_larger_file() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    process = writer(str(tmp_path / "history.sqlite3"), "w", 100_000, prepare=no_larger_file)
    out, err = process.communicate(timeout=100)
    assert process.returncode != 0
    assert "StoreError" in err or "HistoryUnreadableError" in err
    committed = out.split()
    history = database(tmp_path)
    found = verify_history(history, head=committed[-1])
    assert (found.damages, found.truncated) == ((), False)
    assert found.rows == 3 * len(committed)
    recorded(history, run_of_day(0, box("r1")))
    assert verify_history(history).damages == ()
