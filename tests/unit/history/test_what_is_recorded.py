"""What a run leaves in the history, and what the history answers."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from netintegrity.errors import StoreError
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.since import SinceLast
from netintegrity.store.history import place
from netintegrity.store.history.database import HistoryDatabase, NoHistoryError
from netintegrity.store.history.place import HistoryPlace, history_place
from netintegrity.store.history.queries import sightings, standing_at, timeline
from netintegrity.store.history.recording import begin_history, mark_of, record_run
from netintegrity.store.history.since import before, changes_since
from netintegrity.store.history.tables import APPRAISALS, IMAGES
from tests.builders import BAD, GOOD
from tests.unit.history.runs import box, database, note, recorded, run_of_day, silent
from tests.unit.report.reports import FINISHED


def test_a_device_is_found_as_it_stood_on_a_day(tmp_path: Path) -> None:
    history = database(tmp_path)
    recorded(
        history,
        run_of_day(0, box("r7")),
        run_of_day(1, box("r7", Conclusion.PATCHED, digest=BAD)),
        run_of_day(2, box("r7")),
    )
    with history.reading() as connection:
        then = standing_at(connection, "berlin", "r7", FINISHED + timedelta(days=1, hours=5))
        assert then is not None
        assert then.appraisal["conclusion"] == "patched"
        assert {i["image_digest"] for i in then.images} == {str(BAD)}
        assert {r["name"]: r["release"] for r in then.releases} == {
            "running": "17.09.04a",
            "iosd": "17.9.4a",
            "boot-loader chassis 1": "17.3(1r)",
        }
        assert then.host_keys == [{"fingerprint": "SHA256:x", "status": "matched"}]
        assert then.serials == [{"subject": "chassis 1", "serial": "S", "pid": "P"}]
        assert [f["rule"] for f in then.findings] == ["NI-101"]
        assert then.run["run_id"] == "run-1"
        assert standing_at(connection, "berlin", "r7", FINISHED - timedelta(days=1)) is None
        assert standing_at(connection, "elsewhere", "r7", FINISHED) is None


def test_a_device_that_did_not_answer_is_told_of_as_it_was_seen_last(tmp_path: Path) -> None:
    history = database(tmp_path)
    recorded(history, run_of_day(0, box("r7")), run_of_day(1, silent("r7")))
    with history.reading() as connection:
        then = standing_at(connection, "berlin", "r7", FINISHED + timedelta(days=9))
    assert then is not None
    assert then.appraisal["conclusion"] == "unreachable"
    assert then.shown_at is not None
    assert then.shown_at < str(then.appraisal["at"])
    assert {i["image_digest"] for i in then.images} == {str(GOOD)}
    assert [f["message"] for f in then.findings] == ["no route to host"]


def test_an_image_is_found_on_every_device_that_had_it(tmp_path: Path) -> None:
    history = database(tmp_path)
    recorded(
        history,
        run_of_day(0, box("r1"), box("r2", digest=BAD)),
        run_of_day(1, box("r1"), box("r2")),
        run_of_day(2, box("r1", digest=BAD), box("r2")),
    )
    with history.reading() as connection:
        found = sightings(connection, str(BAD))
        assert sightings(connection, BAD.value.hex()) == found
        assert sightings(connection, "sha512:" + "7" * 128) == []
    assert [(s.device, s.role, s.first[:10], s.last[:10], s.runs) for s in found] == [
        ("r1", "boot-next", "2026-11-25", "2026-11-25", 1),
        ("r1", "running", "2026-11-25", "2026-11-25", 1),
        ("r2", "boot-next", "2026-11-23", "2026-11-23", 1),
        ("r2", "running", "2026-11-23", "2026-11-23", 1),
    ]


def test_runs_that_find_a_device_the_same_are_one_period(tmp_path: Path) -> None:
    history = database(tmp_path)
    patched = box("r7", Conclusion.PATCHED, digest=BAD)
    recorded(
        history,
        *(run_of_day(n, box("r7")) for n in range(3)),
        run_of_day(3, silent("r7")),
        *(run_of_day(n, patched) for n in range(4, 6)),
    )
    with history.reading() as connection:
        periods = timeline(connection, "berlin", "r7")
        assert timeline(connection, "berlin", "r7", most=1) == periods[-1:]
    assert [(p.runs, p.conclusion, p.changed) for p in periods] == [
        (3, "verified", ()),
        (1, "unreachable", ()),
        (2, "patched", ("images",)),
    ]


def test_what_does_not_change_is_stored_once(tmp_path: Path) -> None:
    history = database(tmp_path)
    recorded(history, *(run_of_day(n, box("r1"), box("r2")) for n in range(10)))
    with history.reading() as connection:
        assert len(connection.execute(APPRAISALS.select()).all()) == 20
        assert len(connection.execute(IMAGES.select()).all()) == 2


def test_what_a_device_says_is_cleaned_before_it_is_stored(tmp_path: Path) -> None:
    history = database(tmp_path)
    result = box("r1", Conclusion.PATCHED)
    hostile = "\x00\x1b[2J\ud800\u202e"
    object.__setattr__(result.claims.images[0], "path", hostile)
    recorded(history, run_of_day(0, result))
    with history.reading() as connection:
        paths = {i.path for i in connection.execute(IMAGES.select())}
    assert r"\x00\x1b[2J\ud800\u202e" in paths


def test_the_last_complete_run_is_the_last_that_asked_everybody(tmp_path: Path) -> None:
    history = database(tmp_path)
    whole, part, stopped = (run_of_day(n, box("r1")) for n in range(3))
    record_run(history, whole, note(whole))
    record_run(history, part, note(part, site_devices=2))
    mark = record_run(history, stopped, note(stopped, interrupted=True))
    assert mark.last_complete_at == whole.finished_at
    assert mark_of(history, "berlin") == mark
    elsewhere = mark_of(history, "elsewhere")
    assert elsewhere is not None
    assert elsewhere.last_complete_at is None


def test_the_run_before_is_known_of_each_device(tmp_path: Path) -> None:
    history = database(tmp_path)
    recorded(
        history,
        run_of_day(0, box("r1"), box("r2", Conclusion.PATCHED)),
        run_of_day(1, box("r1", Conclusion.DOWNGRADED)),
    )
    with history.reading() as connection:
        known = before(connection, "berlin")
    assert {n: b.conclusions for n, b in known.items()} == {"r1": "downgraded", "r2": "patched"}


def test_the_file_is_its_owners_alone_and_its_log_too(tmp_path: Path) -> None:
    history = database(tmp_path)
    begin_history(history, "berlin")
    with history.writing() as connection:
        connection.exec_driver_sql("UPDATE head SET seq = seq")
        files = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()}
    assert files == dict.fromkeys(files, 0o600)
    assert len(files) == 3
    (tmp_path / "history.sqlite3").chmod(0o640)
    with pytest.raises(StoreError, match="others than you"):
        begin_history(history, "berlin")
    with pytest.raises(StoreError, match="others than you"):
        mark_of(history, "berlin")


def test_what_is_no_history_is_refused_and_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    file.write_bytes(b"not a database, but forty letters of somebody's" * 50)
    file.chmod(0o600)
    with pytest.raises(StoreError, match="not a database"):
        begin_history(database(tmp_path), "berlin")
    assert file.read_bytes().startswith(b"not a database")
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match=r"symbolic link|plain file"):
        begin_history(database(tmp_path), "berlin")
    assert not (tmp_path / "elsewhere").exists()


def test_reading_makes_nothing(tmp_path: Path) -> None:
    history = database(tmp_path)
    assert mark_of(history, "berlin") is None
    with pytest.raises(NoHistoryError), history.reading():
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    history = database(tmp_path)
    mark = recorded(history, run_of_day(0, box("r1")))

    def fails() -> None:
        with history.writing() as connection:
            connection.execute(APPRAISALS.delete())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert mark_of(history, "berlin") == mark


def test_the_operator_says_where_it_lies() -> None:
    state = {"NETINTEGRITY_STATE": "/state"}
    assert history_place(state) == HistoryPlace(file=Path("/state/history.sqlite3"))
    other = {**state, "NETINTEGRITY_HISTORY": "/else where/h?.db"}
    assert history_place(other).file == Path("/else where/h?.db")
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        found = history_place({**state, "NETINTEGRITY_HISTORY": f"{scheme}://a:secret@h/d"})
        assert found == HistoryPlace(url="postgresql+psycopg://a:secret@h/d", file=None)
        assert "secret" not in found.shown
    for wrong in ("mysql://h/d", "relative.db", "sqlite:///x"):
        with pytest.raises(Exception, match="NETINTEGRITY_HISTORY"):
            history_place({**state, "NETINTEGRITY_HISTORY": wrong})


def test_a_path_with_odd_characters_is_the_file_it_names(tmp_path: Path) -> None:
    folder = tmp_path / "a b?c#d%41"
    history = HistoryDatabase(history_place({"NETINTEGRITY_HISTORY": str(folder / "h&i.db")}))
    begin_history(history, "berlin")
    assert (folder / "h&i.db").is_file()


def test_a_network_file_system_is_detected_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        f"40 22 0:50 / {tmp_path}/home\\040net rw shared:2 - nfs4 server:/home rw\n"
        f"41 40 8:2 / {tmp_path}/home\\040net/local rw - xfs /dev/sdb rw\n"
        "short\n"
    )
    for folder, type_ in (("home net", "nfs4"), ("home net/local", None), ("other", None)):
        file = tmp_path / folder / "history.sqlite3"
        assert place.remote_filesystem(file, mounts) == type_
    monkeypatch.setattr("netintegrity.store.history.database.remote_filesystem", lambda _: "nfs4")
    history = database(tmp_path)
    assert "network file system (nfs4)" in history.warning
    begin_history(history, "berlin")
    with history.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
    assert place.remote_filesystem(Path("/proc/self/mountinfo"), tmp_path / "absent") is None


def test_moments_sort_as_they_follow(tmp_path: Path) -> None:
    history = database(tmp_path)
    run = run_of_day(0, box("r1"))
    for moment in (
        datetime(2026, 1, 1, 12, 0, 0, 500000, tzinfo=UTC),
        datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC),
        datetime(2026, 1, 1, 11, 59, 59, tzinfo=UTC),
    ):
        object.__setattr__(run, "at", moment)
        recorded(history, run)
    with history.reading() as connection:
        found = standing_at(connection, "berlin", "r1", datetime(2027, 1, 1, tzinfo=UTC))
    assert found is not None
    assert found.appraisal["at"] == "2026-01-01T12:00:00.500000Z"


def test_what_changed_since_the_run_before_is_told_in_words(tmp_path: Path) -> None:
    history = database(tmp_path)
    first = run_of_day(0, box("r1"), box("r2"), box("r3"))
    begin_history(history, "berlin")
    assert changes_since(history, first) is None
    recorded(history, first)
    assert changes_since(history, first) == SinceLast(
        last_run_id="run-0", last_finished_at="2026-11-23T12:04:07.250000Z", changed=()
    )
    second = run_of_day(
        1, box("r1", Conclusion.PATCHED, digest=BAD), silent("r2"), box("r3"), box("r4")
    )
    since = changes_since(history, second)
    assert since is not None
    assert {c.name: c.changes for c in since.changed} == {
        "r1": (
            "was verified, is patched",
            "other images",
            "new: patched (NI-101 chassis 1 flash:image.bin)",
        ),
        "r2": ("was verified, is unreachable", "new: unreachable"),
        "r4": ("judged for the first time",),
    }
    recorded(history, second)
    third = changes_since(history, run_of_day(2, box("r2"), box("r1", digest=BAD)))
    assert third is not None
    assert {c.name: c.changes for c in third.changed} == {
        "r2": ("was unreachable, is verified", "gone: unreachable"),
        "r1": ("was patched, is verified", "gone: patched (NI-101 chassis 1 flash:image.bin)"),
    }
