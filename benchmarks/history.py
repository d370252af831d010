"""``python -m benchmarks.history``: a year of 200 devices in the history, and how fast it answers.

The rows are those of real runs; what they say is made up. Each query is timed alone, without
start-up, against a bare look-up by primary key in the same database.
"""

import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from netintegrity.model.conclusion import Conclusion
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.store.history.database import HistoryDatabase
from netintegrity.store.history.place import HistoryPlace
from netintegrity.store.history.queries import device_names, sightings, standing_at, timeline
from netintegrity.store.history.recording import last_complete, record_run
from netintegrity.store.history.since import before
from netintegrity.store.history.tables import APPRAISALS
from netintegrity.store.history.verify import verify_history
from tests.unit.history.runs import box, note, run_of_day
from tests.unit.report.reports import FINISHED

if TYPE_CHECKING:
    from collections.abc import Callable

DEVICES = 200
NIGHTS = 365
ROUNDS = 21


def main() -> None:
    """Fill a history, and print size and times."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "history.sqlite3"
        history = HistoryDatabase(HistoryPlace(file=file))
        took = [_record(history, night) for night in range(NIGHTS)]
        told = f"{DEVICES * NIGHTS} appraisals in {NIGHTS} runs: {file.stat().st_size / 1e6:.1f} MB"
        print(f"{told}; to add a run of {DEVICES}: {statistics.median(took):.0f} ms")
        _ask(history)
        began = time.perf_counter()
        verify_history(history)
        print(f"history verify, every row: {time.perf_counter() - began:.1f} s")


def _record(history: HistoryDatabase, night: int) -> float:
    results = []
    for number in range(DEVICES):
        # Four releases a year, at a night of its own each; one device in fifty has a finding.
        step = (night + number * 7) // 91
        digest = Digest(DigestAlgorithm.SHA512, bytes([1 + step % 5]) * 64)
        found = (Conclusion.UNKNOWN_IMAGE,) if number % 50 == night % 50 else ()
        results.append(box(f"r{number:03d}", *found, digest=digest))
    run = run_of_day(night, *results)
    began = time.perf_counter()
    record_run(history, run, note(run))
    return (time.perf_counter() - began) * 1000


def _ask(history: HistoryDatabase) -> None:
    then = FINISHED + timedelta(days=153)
    digest = (bytes([2]) * 64).hex()
    with history.reading() as connection:
        asked: dict[str, Callable[[], object]] = {
            "one row by its key": lambda: connection.execute(
                APPRAISALS.select().where(APPRAISALS.c.seq == 2)
            ).one(),
            "history show r007 --at": lambda: standing_at(connection, "berlin", "r007", then),
            "history show r007": lambda: timeline(connection, "berlin", "r007"),
            "history image, on 200 devices": lambda: sightings(connection, digest),
            "history last": lambda: last_complete(connection, "berlin"),
            "which devices there are": lambda: device_names(connection),
            "audit --since-last": lambda: before(connection, "berlin"),
        }
        times: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(ROUNDS):
            for name, ask in asked.items():
                began = time.perf_counter()
                ask()
                times[name].append((time.perf_counter() - began) * 1000)
    floor = statistics.median(times["one row by its key"])
    for name, each in times.items():
        middle = statistics.median(each)
        print(f"{name}: {middle:.1f} ms, worst {max(each):.1f} ms, {middle / floor:.0f} x one row")


if __name__ == "__main__":
    sys.exit(main())
