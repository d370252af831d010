"""The chain over the rows: what a digest covers, and how rows are added at its end."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import Connection, Table, select

from netintegrity.errors import StoreError
from netintegrity.model.codec import canonical
from netintegrity.store.history.tables import HEAD, SEEN

Row = Mapping[str, object]
Content = Mapping[Table, list[Row]]
"""Rows a device showed, by the table they belong in, in their order."""

_CHUNK: Final = 400
"""Rows of one statement; SQLite and PostgreSQL bound how many values one may hold."""


def chained_digest(table: str, before: str, row: Row) -> str:
    """Return the digest of a chained row: over its table, the digest before it, and its fields."""
    fields = {name: value for name, value in row.items() if name != "digest"}
    return _hashed({"table": table, "before": before, "row": fields})


def seen_digest(table: str, row: Row) -> str:
    """Return the digest of a row of what was seen: over its table and all of it but its names."""
    fields = {n: v for n, v in row.items() if n not in {"state", "digest"}}
    return _hashed({"table": table, "row": fields})


def state_of(digests: Iterable[tuple[str, int, str]]) -> str:
    """Return the name of a set of seen rows: over the table, place and digest of each."""
    return _hashed({"state": sorted(digests)})


def _hashed(document: Mapping[str, object]) -> str:
    return hashlib.sha256(canonical(document)).hexdigest()


class Chain:
    """The end of the chain, locked; rows are gathered, and written by :meth:`close`.

    Call it in a transaction that writes: on SQLite that transaction excludes every other, on
    PostgreSQL the row of the head does.
    """

    def __init__(self, connection: Connection) -> None:
        """Lock the head.

        Raises:
            StoreError: there is none: somebody took it.
        """
        self._connection = connection
        head = connection.execute(
            select(HEAD.c.seq, HEAD.c.digest).where(HEAD.c.id == 1).with_for_update()
        ).one_or_none()
        if head is None:
            raise StoreError("the history has no head; `netintegrity history verify` tells more")
        self.seq: int = head.seq
        self.digest: str = head.digest
        self._rows: dict[Table, list[Row]] = {}

    def add(self, table: Table, **fields: object) -> int:
        """Append a row, and return its number."""
        self.seq += 1
        row: Row = {"seq": self.seq, **fields}
        self.digest = chained_digest(table.name, self.digest, row)
        self._rows.setdefault(table, []).append({**row, "digest": self.digest})
        return self.seq

    def close(self) -> None:
        """Write what was added, and the new head."""
        for table, rows in self._rows.items():
            insert(self._connection, table, rows)
        self._connection.execute(
            HEAD.update().where(HEAD.c.id == 1).values(seq=self.seq, digest=self.digest)
        )
        self._rows = {}


def named_state(content: Content) -> tuple[str | None, dict[Table, list[Row]]]:
    """Return the name of what was seen, and its rows as they are stored; None: nothing was."""
    digests: list[tuple[str, int, str]] = []
    made: dict[Table, list[Row]] = {}
    for table in SEEN:
        for place, fields in enumerate(content.get(table, ())):
            row = {"place": place, **fields}
            digest = seen_digest(table.name, row)
            digests.append((table.name, place, digest))
            made.setdefault(table, []).append({**row, "digest": digest})
    if not digests:
        return None, {}
    state = state_of(digests)
    return state, {t: [{**r, "state": state} for r in rows] for t, rows in made.items()}


def store_states(connection: Connection, states: Mapping[str, Mapping[Table, list[Row]]]) -> None:
    """Write those of ``states`` that are not there yet; call it while holding a :class:`Chain`."""
    known: set[str] = set()
    names = sorted(states)
    for table in SEEN:
        for start in range(0, len(names), _CHUNK):
            part = names[start : start + _CHUNK]
            known |= set(connection.scalars(select(table.c.state).where(table.c.state.in_(part))))
    for table in SEEN:
        rows = [r for n in names if n not in known for r in states[n].get(table, ())]
        insert(connection, table, rows)


def insert(connection: Connection, table: Table, rows: list[Row]) -> None:
    """Insert rows, a chunk at a time."""
    for start in range(0, len(rows), _CHUNK):
        connection.execute(table.insert(), [dict(r) for r in rows[start : start + _CHUNK]])
