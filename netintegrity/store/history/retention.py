"""Retention: whole days go, and a tombstone says which rows stood there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, union_all

from netintegrity.plain_text import clean
from netintegrity.store.history.chain import Chain
from netintegrity.store.history.database import HistoryDatabase
from netintegrity.store.history.migrations import GENESIS
from netintegrity.store.history.tables import (
    APPRAISALS,
    CHAINED,
    FINDINGS,
    RUNS,
    SEEN,
    TOMBSTONES,
)
from netintegrity.store.history.times import stored

_CHUNK = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What retention took."""

    runs: int
    rows: int
    tombstones: int
    head: str
    """``sha256:hex`` after it."""


def prune(history: HistoryDatabase, *, before: datetime, at: datetime, by: str) -> Pruned:
    """Take every run that ended before a day began, all of it; leave tombstones.

    What was seen stays as long as an appraisal that is left saw it. Floors are no history, and
    stay where they are.

    Args:
        history: to be pruned.
        before: UTC; the begin of the first day that stays.
        at: UTC; now.
        by: ``user@host``.

    Raises:
        StoreError: it could not be written; nothing was taken then.
    """
    with history.writing() as connection:
        chain = Chain(connection)
        ended = dict(
            connection.execute(
                select(RUNS.c.seq, RUNS.c.finished_at).where(RUNS.c.finished_at < stored(before))
            )
            .tuples()
            .all()
        )
        taken = _rows_of(connection, sorted(ended))
        stretches = list(_stretches([n for n, _ in taken]))
        graves = [_grave(connection, first, last, ended) for first, last in stretches]
        for first, last in stretches:
            for table in (FINDINGS, APPRAISALS, RUNS):
                connection.execute(
                    delete(table).where(table.c.seq >= first).where(table.c.seq <= last)
                )
        for grave in graves:
            chain.add(
                TOMBSTONES,
                **grave,
                before=stored(before),
                pruned_at=stored(at),
                pruned_by=clean(by),
            )
        chain.close()
        for table in SEEN:
            left = select(APPRAISALS.c.state).where(APPRAISALS.c.state.is_not(None))
            connection.execute(delete(table).where(table.c.state.not_in(left)))
        return Pruned(
            runs=len(ended),
            rows=len(taken),
            tombstones=len(graves),
            head=f"sha256:{chain.digest}",
        )


def _rows_of(connection: Connection, runs: list[int]) -> list[tuple[int, str]]:
    """Return number and digest of every row of some runs, in order."""
    found: list[tuple[int, str]] = []
    for start in range(0, len(runs), _CHUNK):
        part = runs[start : start + _CHUNK]
        appraisals = select(APPRAISALS.c.seq).where(APPRAISALS.c.run_seq.in_(part))
        every = union_all(
            select(RUNS.c.seq, RUNS.c.digest).where(RUNS.c.seq.in_(part)),
            select(APPRAISALS.c.seq, APPRAISALS.c.digest).where(APPRAISALS.c.run_seq.in_(part)),
            select(FINDINGS.c.seq, FINDINGS.c.digest).where(
                FINDINGS.c.appraisal_seq.in_(appraisals)
            ),
        )
        found += [(seq, digest) for seq, digest in connection.execute(every)]
    return sorted(found)


def _stretches(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of every stretch of numbers without a gap."""
    first = last = None
    for number in numbers:
        if first is None or last is None:
            first = last = number
        elif number == last + 1:
            last = number
        else:
            yield first, last
            first = last = number
    if first is not None and last is not None:
        yield first, last


def _grave(
    connection: Connection, first: int, last: int, ended: dict[int, str]
) -> dict[str, object]:
    times = [moment for seq, moment in ended.items() if first <= seq <= last]
    return {
        "first_seq": first,
        "last_seq": last,
        "digest_before": _digest_at(connection, first - 1),
        "digest_after": _digest_at(connection, last),
        "runs": len(times),
        "oldest": min(times, default=""),
        "newest": max(times, default=""),
    }


def _digest_at(connection: Connection, seq: int) -> str:
    """Return the digest the row of a number bears, or the tombstone that ends there says it bore.

    Where there is neither, rows are missing; what the tombstone then says fits nothing, and
    ``history verify`` still names the gap.
    """
    if seq == 0:
        return GENESIS
    for table in CHAINED:
        digest = connection.scalar(select(table.c.digest).where(table.c.seq == seq))
        if digest is not None:
            return str(digest)
    before = connection.scalar(
        select(TOMBSTONES.c.digest_after).where(TOMBSTONES.c.last_seq == seq)
    )
    return "" if before is None else str(before)
