"""Retention takes whole days, and the chain still verifies."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netintegrity.model.conclusion import Conclusion
from netintegrity.store.history.queries import standing_at
from netintegrity.store.history.recording import record_run
from netintegrity.store.history.retention import prune
from netintegrity.store.history.tables import HOST_KEYS, IMAGES, RELEASES, SERIALS, TOMBSTONES
from netintegrity.store.history.times import begin_of
from netintegrity.store.history.verify import verify_history
from tests.builders import BAD
from tests.unit.history.runs import box, database, note, recorded, run_of_day
from tests.unit.report.reports import FINISHED

DAY = timedelta(days=1)


def midnight(day: int) -> timedelta:
    return begin_of((FINISHED + day * DAY).date()) - FINISHED


def test_what_is_left_stands_and_what_went_is_counted(tmp_path: Path) -> None:
    history = database(tmp_path)
    old = box("r1", Conclusion.PATCHED, digest=BAD)
    recorded(
        history, run_of_day(0, old), run_of_day(1, old), *(run_of_day(n, box("r1")) for n in (2, 3))
    )
    taken = prune(history, before=FINISHED + midnight(2), at=FINISHED, by="alice@jump1")
    assert (taken.runs, taken.rows, taken.tombstones) == (2, 6, 1)
    found = verify_history(history, head=taken.head)
    assert (found.damages, found.truncated, found.pruned) == ((), False, 6)
    with history.reading() as connection:
        assert standing_at(connection, "berlin", "r1", FINISHED + DAY) is None
        now = standing_at(connection, "berlin", "r1", FINISHED + 9 * DAY)
        assert now is not None
        assert len(now.images) == 2
        grave = connection.execute(TOMBSTONES.select()).one()
        for table in (IMAGES, RELEASES, HOST_KEYS, SERIALS):
            states = {r.state for r in connection.execute(table.select())}
            assert len(states) == 1, "what nobody left saw is gone, what somebody saw is not"
    assert (grave.runs, grave.pruned_by, grave.oldest[:10]) == (2, "alice@jump1", "2026-11-23")


def test_what_was_seen_stays_as_long_as_a_run_that_is_left_saw_it(tmp_path: Path) -> None:
    history = database(tmp_path)
    recorded(history, *(run_of_day(n, box("r1")) for n in range(5)))
    prune(history, before=FINISHED + midnight(4), at=FINISHED, by="a")
    with history.reading() as connection:
        now = standing_at(connection, "berlin", "r1", FINISHED + 9 * DAY)
    assert now is not None
    assert len(now.images) == 2


def test_nothing_to_take_is_no_tombstone(tmp_path: Path) -> None:
    history = database(tmp_path)
    mark = recorded(history, run_of_day(0, box("r1")))
    taken = prune(history, before=FINISHED + midnight(0), at=FINISHED, by="a")
    assert (taken.runs, taken.tombstones, taken.head) == (0, 0, mark.head)


def test_runs_recorded_out_of_order_leave_a_tombstone_for_each_stretch(tmp_path: Path) -> None:
    history = database(tmp_path)
    recorded(history, *(run_of_day(n, box("r1")) for n in (0, 5, 1, 6)))
    taken = prune(history, before=FINISHED + midnight(5), at=FINISHED, by="a")
    assert (taken.runs, taken.tombstones) == (2, 2)
    assert verify_history(history).damages == ()


@settings(max_examples=15)
@given(steps=st.lists(st.tuples(st.integers(0, 9), st.integers(-1, 9)), max_size=6))
def test_runs_and_prunings_in_any_order_leave_a_chain_that_verifies(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("h")
    history = database(folder)
    left: list[int] = []
    record_run(history, run_of_day(9, box("r1")), note(run_of_day(9, box("r1"))))
    for day, cut in steps:
        recorded(history, run_of_day(day, box("r1"), box(f"r{day}")))
        left.append(day)
        if cut >= 0:
            taken = prune(history, before=FINISHED + midnight(cut), at=FINISHED, by="a")
            assert taken.runs == sum(d < cut for d in left)
            left = [d for d in left if d >= cut]
        found = verify_history(history)
        assert found.damages == ()
