"""Comma-separated hosts: one line each, the first line names the columns.

Source: RFC 4180; a byte order mark and either line end are accepted, as spreadsheets write them.
"""

import csv
import io
from collections.abc import Iterator
from typing import Final

from netintegrity.errors import ConfigError
from netintegrity.inventory._entries import MOST_GROUPS
from netintegrity.inventory._grammar import UnfitError, shown, tag_key_of
from netintegrity.inventory._spec import Entry, Source, text
from netintegrity.strict_yaml import Faults, Text

_WORDS: Final[tuple[str, ...]] = ("hostname", "port", "platform", "credential")
_COLUMNS: Final = ("name", "hostname", "port", "platform", "groups", "credential")
MOST_COLUMNS: Final = 64


def _read(raw: bytes, faults: Faults) -> Iterator[Entry]:
    try:
        decoded = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"not UTF-8 at byte {error.start}", where=faults.name) from error
    rows = csv.reader(io.StringIO(decoded, newline=""), strict=True)
    columns: list[str] | None = None
    line = 1
    while True:
        line = rows.line_num + 1
        try:
            row = [field.strip(" \t") for field in next(rows)]
        except StopIteration:
            break
        except csv.Error as error:
            faults.add(line, "", f"not CSV: {error}")
            break
        if not row:
            continue
        if columns is None:
            if (columns := _columns(row, line, faults)) is None:
                return
        elif len(row) != len(columns):
            what = f"expected {len(columns)} fields, got {len(row)}"
            faults.add(line, shown(row[0]), what, hint="quote a field that holds a comma")
        else:
            yield _entry(columns, row, line, faults)
    if columns is None:
        faults.add(1, "", f"no header; expected {','.join(_COLUMNS)}")


def _columns(row: list[str], line: int, faults: Faults) -> list[str] | None:
    """Return the names of the columns, "" for one to leave out; None: there is no ``name``."""
    if "name" not in row:
        faults.add(line, "", f"no column `name`; expected a header such as {','.join(_COLUMNS)}")
        return None
    if len(row) > MOST_COLUMNS:
        faults.add(line, "", f"{len(row)} columns; expected at most {MOST_COLUMNS}")
        return None
    columns = []
    for number, column in enumerate(row, 1):
        try:
            if column in row[: number - 1]:
                raise UnfitError("stands here twice")
            columns.append(column if column in _COLUMNS else tag_key_of(column))
        except UnfitError as unfit:
            faults.add(line, f"column {number} {shown(column)}", str(unfit), hint=unfit.hint)
            columns.append("")
    return columns


def _entry(columns: list[str], row: list[str], line: int, faults: Faults) -> Entry:
    said = {c: text(value, line) for c, value in zip(columns, row, strict=True) if c and value}
    name = said.pop("name", text("", line))
    groups = _groups(said.pop("groups", None), f"{shown(name)}.groups", faults)
    words = {column: said.pop(column) for column in _WORDS if column in said}
    return Entry(name=name, path=shown(name), words=words, groups=groups, tags=said)


def _groups(field: Text | None, path: str, faults: Faults) -> tuple[Text, ...]:
    if field is None:
        return ()
    names = [name for part in field.split(";") if (name := part.strip())]
    if len(names) > MOST_GROUPS:
        faults.add(field.line, path, f"more than {MOST_GROUPS} groups")
    return tuple(text(name, field.line) for name in names[:MOST_GROUPS])


SOURCE: Final = Source(
    id="csv",
    title="comma-separated values with a header (*.csv)",
    sniff=lambda name, _: name.lower().endswith(".csv"),
    read=_read,
    groups_are_declared=False,
    most_bytes=256 * 1024 * 1024,
)
