"""What a page shows of earlier runs: how each device stood, and how the counts went."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from netintegrity.model.assurance import AssuranceLevel
from netintegrity.model.past import Past, PastPeriod, PastRun
from netintegrity.model.run import RunReport
from netintegrity.model.verdict import Verdict
from netintegrity.plain_text import clean
from netintegrity.store.history.database import HistoryDatabase
from netintegrity.store.history.since import changes_since
from netintegrity.store.history.tables import APPRAISALS, RUNS

MOST_RUNS: Final = 30
MOST_PERIODS: Final = 8
"""Of one device; who wants all of them asks `netintegrity history show`."""
_OWN_WORD: Final = frozenset({AssuranceLevel.NONE.word, AssuranceLevel.REPORTED.word})


def past_of(history: HistoryDatabase, report: RunReport) -> Past:
    """Return what earlier runs of the site found of the devices of a run not yet recorded.

    Raises:
        StoreError: the history cannot be read.
    """
    since = changes_since(history, report)
    names = {clean(r.evidence.device.name) for r in report.results}
    with history.reading() as connection:
        return Past(
            changed=() if since is None else since.changed,
            last_finished_at=None if since is None else since.last_finished_at,
            periods=_periods(connection, clean(report.site), names),
            runs=tuple(_runs(connection, clean(report.site))),
        )


def _periods(
    connection: Connection, site: str, names: set[str]
) -> dict[str, tuple[PastPeriod, ...]]:
    columns = APPRAISALS.c
    rows = connection.execute(
        select(
            columns.device, columns.at, columns.conclusion, columns.level, columns.running_release
        )
        .where(columns.site == site)
        .order_by(columns.device, columns.at, columns.seq)
    )
    found: dict[str, tuple[PastPeriod, ...]] = {}
    for device, mine in groupby(rows, key=lambda r: r.device):
        if device in names:
            found[device] = tuple(_in_a_row(mine))[-MOST_PERIODS:]
    return found


def _found(row: Row[Any]) -> tuple[str, str, str | None]:
    return row.conclusion, row.level, row.running_release


def _in_a_row(rows: Iterable[Row[Any]]) -> Iterable[PastPeriod]:
    for (conclusion, level, release), members in groupby(rows, key=_found):
        times = [m.at for m in members]
        yield PastPeriod(
            first=times[0],
            last=times[-1],
            runs=len(times),
            conclusion=conclusion,
            level=level,
            running_release=release,
        )


def _runs(connection: Connection, site: str) -> Iterable[PastRun]:
    newest = connection.execute(
        select(RUNS.c.seq, RUNS.c.run_id, RUNS.c.finished_at)
        .where(RUNS.c.site == site)
        .order_by(RUNS.c.seq.desc())
        .limit(MOST_RUNS)
    ).all()
    columns = APPRAISALS.c
    counted = connection.execute(
        select(columns.run_seq, columns.verdict, columns.level, func.count())
        .where(columns.run_seq.in_([r.seq for r in newest]))
        .group_by(columns.run_seq, columns.verdict, columns.level)
    )
    by_run: dict[int, Counter[str]] = {}
    for run_seq, verdict, level, number in counted:
        own_word = verdict == Verdict.VERIFIED and level in _OWN_WORD
        kind = "reported" if own_word else verdict
        by_run.setdefault(run_seq, Counter())[kind] += number
    for run in reversed(newest):
        counts = by_run.get(run.seq, Counter())
        yield PastRun(
            run_id=run.run_id,
            finished_at=run.finished_at,
            devices=counts.total(),
            by_verdict=dict(counts),
        )
