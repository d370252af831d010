"""Is every row the one that was written? Names each that is not.

Every row is recomputed from its own fields and from the digest the row before bears, so that one
altered row is named, and not all that follow it.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, Table, select

from netintegrity.store.history.chain import chained_digest, seen_digest, state_of
from netintegrity.store.history.database import HistoryDatabase, HistoryUnreadableError
from netintegrity.store.history.migrations import GENESIS, MIGRATIONS, FormError
from netintegrity.store.history.tables import (
    APPRAISALS,
    CHAINED,
    HEAD,
    SEEN,
    TOMBSTONES,
)
from netintegrity.store.history.tables import MIGRATIONS as APPLIED

_MOST_TOLD: Final = 1000
_FETCH: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A row that is not as it was written, or is missing."""

    table: str
    row: str
    """Its number in the chain, or the name of its state and its place; empty: no single row."""
    about: str
    """Device, run and time the row speaks of, as it reads now."""
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What came of it."""

    head: str
    """``sha256:hex`` of the last row there is."""
    rows: int
    """Rows of the chain that are there."""
    pruned: int
    """Rows that tombstones stand for."""
    states: int
    damages: tuple[Damage, ...]
    truncated: bool | None
    """True: the head asked about is none of this chain. None: none was asked about, or it may lie
    in a stretch that a tombstone stands for."""


@dataclass(slots=True)
class _Walk:
    """The state of one pass over the chain."""

    wanted: str | None
    tombstones: Mapping[int, Mapping[str, object]]
    """By the first number each stands for."""
    seq: int = 0
    digest: str = GENESIS
    table: str = ""
    rows: int = 0
    pruned: int = 0
    found: bool = False
    damages: list[Damage] = field(default_factory=list)

    def saw(self, digest: str) -> None:
        self.found = self.found or digest == self.wanted

    def told(self, table: str, row: object, about: str, what: str) -> None:
        if len(self.damages) < _MOST_TOLD:
            self.damages.append(Damage(table=table, row=str(row), about=about, what=what))

    def cross_gap(self, until: int) -> None:
        """Go over the numbers before ``until`` by tombstones; what none stands for is missing."""
        while self.seq + 1 < until:
            grave = self.tombstones.get(self.seq + 1)
            last = 0 if grave is None else _number(grave["last_seq"])
            if grave is None or not self.seq < last < until:
                missing = f"{self.seq + 1} to {until - 1}"
                self.told("", missing, "", "rows are missing that nobody pruned")
                self.seq = until - 1
                # What the missing rows bore is not known; the next row is held to nothing here,
                # for it would only say once more that they are missing.
                self.digest = ""
                return
            if self.digest and grave["digest_before"] != self.digest:
                self.told("tombstones", grave["seq"], "", "stands for other rows than are missing")
            self.pruned += last - self.seq
            self.seq, self.digest = last, str(grave["digest_after"])
            self.saw(self.digest)

    def step(self, table: str, row: Mapping[str, object]) -> None:
        seq, digest = _number(row["seq"]), str(row["digest"])
        if seq <= self.seq:
            for name in sorted({self.table, table} - {""}):
                self.told(name, seq, _about(row), f"its number comes twice, or after {self.seq}")
            return
        self.cross_gap(seq)
        if not self.digest:
            self.told(table, seq, _about(row), "comes after a gap: its number was changed, or more")
        elif _hashed(table, row, before=self.digest) != digest:
            self.told(table, seq, _about(row), "is not as it was written, or the row before is not")
        self.rows += 1
        self.seq, self.digest, self.table = seq, digest, table
        self.saw(digest)


def verify_history(history: HistoryDatabase, *, head: str | None = None) -> Verification:
    """Go over every row of the history.

    Args:
        history: to be read.
        head: ``sha256:hex`` or hex as a report or a log printed it; is it still in the chain?

    Raises:
        StoreError: there is none, or it cannot be read at all.
    """
    wanted = None if head is None else head.removeprefix("sha256:").lower()
    walk = _Walk(wanted=wanted, tombstones={})
    states = 0
    try:
        with history.reading() as connection:
            walk.tombstones = _tombstones(connection)
            _forms(connection, walk)
            walk.saw(GENESIS)
            for table, row in _chained_rows(connection):
                walk.step(table, row)
            _head(connection, walk)
            states = _states(connection, walk)
    except FormError as error:
        walk.told(APPLIED.name, "", "", str(error))
    except HistoryUnreadableError as error:
        if not error.is_damage:
            raise
        walk.told("", "", "", f"the file is damaged: {error}")
    return Verification(
        head=f"sha256:{walk.digest}",
        rows=walk.rows,
        pruned=walk.pruned,
        states=states,
        damages=tuple(walk.damages),
        truncated=_truncated(walk),
    )


def _truncated(walk: _Walk) -> bool | None:
    if walk.wanted is None:
        return None
    if walk.found:
        return False
    return None if walk.pruned else True


def _tombstones(connection: Connection) -> dict[int, Mapping[str, object]]:
    rows = connection.execute(select(TOMBSTONES)).mappings()
    return {_number(r["first_seq"]): dict(r) for r in rows}


def _chained_rows(connection: Connection) -> Iterator[tuple[str, Mapping[str, object]]]:
    return heapq.merge(
        *(_rows_of(connection, t) for t in CHAINED), key=lambda item: _number(item[1]["seq"])
    )


def _rows_of(connection: Connection, table: Table) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield the rows of a table by number, a stretch at a time: a year of them is no list."""
    last = -(2**63)
    while True:
        rows = connection.execute(
            select(table).where(table.c.seq > last).order_by(table.c.seq).limit(_FETCH)
        ).mappings()
        stretch = [dict(r) for r in rows]
        if not stretch:
            return
        for row in stretch:
            yield table.name, row
        last = stretch[-1]["seq"]


def _forms(connection: Connection, walk: _Walk) -> None:
    found = connection.execute(select(APPLIED).order_by(APPLIED.c.number)).all()
    expected = [(m.number, m.name) for m in MIGRATIONS]
    for number, name in found:
        if (number, name) not in expected:
            walk.told("migrations", number, str(name), "no migration of this number has that name")
    for number, name in expected:
        if (number, name) not in {(n, m) for n, m in found}:
            walk.told("migrations", number, name, "is missing")


def _head(connection: Connection, walk: _Walk) -> None:
    heads = [tuple(h) for h in connection.execute(select(HEAD.c.id, HEAD.c.seq, HEAD.c.digest))]
    if heads != [(1, walk.seq, walk.digest)]:
        walk.told(
            "head", 1, "", f"the head says other than the last row there is, number {walk.seq}"
        )


def _states(connection: Connection, walk: _Walk) -> int:
    """Recompute what was seen; every set must be the one its name says, and somebody saw it."""
    used = set(
        connection.scalars(
            select(APPRAISALS.c.state).where(APPRAISALS.c.state.is_not(None)).distinct()
        )
    )
    count = 0
    rows = heapq.merge(*(_seen_rows(connection, t) for t in SEEN), key=lambda item: item[0])
    for state, members in groupby(rows, key=lambda item: item[0]):
        count += 1
        _state(state, [m[1:] for m in members], walk, is_used=state in used)
        used.discard(state)
    for state in sorted(used):
        walk.told("appraisals", "", state, "what was seen then is missing")
    return count


def _state(
    state: str, members: Iterable[tuple[str, Mapping[str, object]]], walk: _Walk, *, is_used: bool
) -> None:
    digests = []
    wrong = False
    for table, row in members:
        digest = _hashed(table, row)
        if digest != row["digest"]:
            wrong = True
            walk.told(table, f"{state} {row['place']}", _about(row), "is not as it was written")
        digests.append((table, _number(row["place"]), digest))
    if not wrong and state_of(digests) != state:
        for table, place, _ in digests:
            walk.told(table, f"{state} {place}", "", "belongs to another set, or one is missing")
    elif not is_used:
        for table, place, _ in digests:
            walk.told(table, f"{state} {place}", "", "no appraisal saw it")


def _seen_rows(
    connection: Connection, table: Table
) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    rows = connection.execute(select(table)).mappings()
    # Sorted here: each database sorts text in a way of its own.
    for row in sorted((dict(r) for r in rows), key=lambda r: (str(r["state"]), str(r["place"]))):
        yield str(row["state"]), table.name, row


def _hashed(table: str, row: Mapping[str, object], *, before: str | None = None) -> str:
    """Return the digest a row should bear; of values no row is written with, one none can bear."""
    try:
        return seen_digest(table, row) if before is None else chained_digest(table, before, row)
    except (TypeError, ValueError):
        return ""


def _about(row: Mapping[str, object]) -> str:
    names = ("device", "run_id", "at", "path", "message", "name", "fingerprint", "serial")
    return " ".join(str(row[n]) for n in names if row.get(n) is not None)[:200]


def _number(value: object) -> int:
    """Return a number as stored; what is none any more sorts first and fits nothing."""
    return value if isinstance(value, int) else -1
