"""A program of its own that records runs: ``python -m tests.unit.history.writer PLACE NAME N``.

Prints the head after each run, once it is committed.
"""

import sys
from pathlib import Path

from netintegrity.store.history.database import HistoryDatabase
from netintegrity.store.history.place import HistoryPlace
from netintegrity.store.history.recording import record_run
from tests.unit.history.runs import box, note, run_of_day


def main(place: str, name: str, runs: int) -> None:
    """Record so many runs, each of two devices."""
    where = (
        HistoryPlace(file=Path(place))
        if place.startswith("/")
        else HistoryPlace(url=place, file=None)
    )
    history = HistoryDatabase(where)
    for number in range(runs):
        run = run_of_day(number, box(f"{name}-{number % 5}"), box(f"{name}-x"))
        object.__setattr__(run, "run_id", f"{name}-{number}")
        sys.stdout.write(f"{record_run(history, run, note(run)).head}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
