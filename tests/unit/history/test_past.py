"""What a page shows of earlier runs."""

from dataclasses import replace
from pathlib import Path

from netintegrity.model.conclusion import Conclusion
from netintegrity.report.html import REPORT
from netintegrity.report.json import REPORT as JSON
from netintegrity.store.history.past import MOST_PERIODS, MOST_RUNS, past_of
from netintegrity.store.history.recording import begin_history
from tests.builders import BAD
from tests.unit.history.runs import box, database, recorded, run_of_day, silent


def test_runs_that_found_a_device_the_same_are_one_period(tmp_path: Path) -> None:
    history = database(tmp_path)
    recorded(
        history,
        run_of_day(0, box("r7"), box("r8")),
        run_of_day(1, box("r7"), silent("r8")),
        run_of_day(2, box("r7", Conclusion.PATCHED, digest=BAD), box("r8")),
    )
    past = past_of(history, run_of_day(3, box("r7")))
    assert set(past.periods) == {"r7"}, "only devices of this run"
    assert [(p.conclusion, p.runs, p.running_release) for p in past.periods["r7"]] == [
        ("verified", 2, "17.09.04a"),
        ("patched", 1, "17.09.04a"),
    ]
    assert [(c.name, c.changes[0]) for c in past.changed] == [("r7", "was patched, is verified")]


def test_the_counts_of_each_run_keep_own_word_apart(tmp_path: Path) -> None:
    history = database(tmp_path)
    recorded(
        history,
        run_of_day(0, box("r7"), box("r8", Conclusion.PATCHED, digest=BAD)),
        run_of_day(1, box("r7"), silent("r8")),
    )
    past = past_of(history, run_of_day(2, box("r7")))
    assert [(r.run_id, r.devices, dict(r.by_verdict)) for r in past.runs] == [
        ("run-0", 2, {"reported": 1, "mismatch": 1}),
        ("run-1", 2, {"reported": 1, "unreachable": 1}),
    ]


def test_a_page_shows_the_newest_few_and_says_nothing_of_the_rest(tmp_path: Path) -> None:
    history = database(tmp_path)
    for day in range(MOST_RUNS + 5):
        conclusion = Conclusion.PATCHED if day % 2 else Conclusion.VERIFIED
        recorded(history, run_of_day(day, box("r7", conclusion)))
    past = past_of(history, run_of_day(MOST_RUNS + 5, box("r7")))
    assert len(past.runs) == MOST_RUNS
    assert past.runs[-1].run_id == f"run-{MOST_RUNS + 4}"
    assert len(past.periods["r7"]) == MOST_PERIODS


def test_the_first_run_has_no_past(tmp_path: Path) -> None:
    history = database(tmp_path)
    begin_history(history, "berlin")
    past = past_of(history, run_of_day(0, box("r7")))
    assert (past.changed, past.last_finished_at, past.periods, past.runs) == ((), None, {}, ())
    page = REPORT.render(replace(run_of_day(0, box("r7")), past=past))
    assert "Since the run before" not in page


def test_the_page_has_the_past_and_the_stored_document_has_not(tmp_path: Path) -> None:
    history = database(tmp_path)
    recorded(history, run_of_day(0, box("r7", Conclusion.PATCHED, digest=BAD)))
    today = run_of_day(1, box("r7"))
    with_past = replace(today, past=past_of(history, today))
    page = REPORT.render(with_past)
    assert "<h2>Since the run before</h2>" in page
    assert "was patched, is verified" in page
    assert "1 run: patched (reported)" in page
    assert "Earlier runs: 1" in page
    assert JSON.render(with_past) == JSON.render(today)
