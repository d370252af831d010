"""Every row there is, for a spreadsheet or for another program."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, select

from netintegrity.store.history.tables import CHAINED, HEAD, SEEN

TABLES: Final = {t.name: t for t in (*CHAINED, *SEEN, HEAD)}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_jsonl(connection: Connection, table: str | None = None) -> Iterator[str]:
    """Yield a JSON object a line, each with its ``table``; all tables, or one."""
    for name in [table] if table is not None else TABLES:
        for row in _rows(connection, name):
            yield json.dumps({"table": name, **row}) + "\n"


def as_csv(connection: Connection, table: str) -> Iterator[str]:
    """Yield the lines of one table, RFC 4180, names first.

    What a device said might begin as a formula does; such a value gets an apostrophe before it, so
    that a spreadsheet shows it and computes nothing (the JSON lines are exact).
    """
    yield _line([c.name for c in TABLES[table].columns])
    for row in _rows(connection, table):
        yield _line([_harmless(v) for v in row.values()])


def _rows(connection: Connection, name: str) -> Iterator[dict[str, object]]:
    table = TABLES[name]
    found = connection.execution_options(yield_per=1000).execute(
        select(table).order_by(*table.primary_key.columns)
    )
    for row in found.mappings():
        yield dict(row)


def _line(values: list[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(values)
    return text.getvalue()


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
