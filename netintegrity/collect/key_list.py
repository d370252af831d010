"""A table of host keys, as somebody wrote it down at the consoles. Pure.

Source: RFC 4180; a byte order mark and either line end are accepted, as spreadsheets write them.
"""

import base64
import csv
import io
import re
from dataclasses import dataclass
from typing import Final

from netintegrity.collect.hostkeys import ServerKey
from netintegrity.errors import ConfigError
from netintegrity.plain_text import clean
from netintegrity.strict_yaml import Faults

_COLUMNS: Final = ("name", "fingerprint", "key", "serial")
_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,63}")
# as ssh-keygen -lf prints it, SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM
_FINGERPRINT: Final = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_SERIAL: Final = re.compile(r"[!-+\--~]{1,64}")
MOST_ROWS: Final = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """One key of one device; a device may have several."""

    line: int
    name: str
    fingerprint: str
    key: ServerKey | None
    """None: only its fingerprint was written down."""
    serial: str | None
    """Of the box it was read from; None: not written down."""


def read_key_list(raw: bytes, *, name: str) -> tuple[KeyRow, ...]:
    """Return the rows of a list.

    Args:
        raw: the file.
        name: of it, for messages.

    Raises:
        ExceptionGroup: of ConfigErrors, one for each fault, with its line.
    """
    faults = Faults(name)
    try:
        rows = list(_rows(raw, faults))
    except ConfigError as error:
        raise ExceptionGroup(name, [error]) from error
    faults.raise_any(name)
    return tuple(rows)


def _rows(raw: bytes, faults: Faults) -> list[KeyRow]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"not UTF-8 at byte {error.start}", where=faults.name) from error
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: list[str] | None = None
    found: list[KeyRow] = []
    try:
        for fields in lines:
            words = [field.strip(" \t") for field in fields]
            if not any(words):
                continue
            if columns is None:
                columns = _header(words, lines.line_num, faults)
            elif len(words) != len(columns):
                what = f"expected {len(columns)} fields, got {len(words)}"
                faults.add(lines.line_num, "", what)
            elif row := _row(dict(zip(columns, words, strict=True)), lines.line_num, faults):
                found.append(row)
            if len(found) > MOST_ROWS:
                raise ConfigError(f"more than {MOST_ROWS} rows", where=faults.name)
    except csv.Error as error:
        faults.add(lines.line_num, "", f"not CSV: {error}")
    if columns is None or not (found or faults.errors):
        faults.add(1, "", "lists no key; expected a header such as name,fingerprint,serial")
    return found


def _header(words: list[str], line: int, faults: Faults) -> list[str]:
    unknown = [word for word in words if word not in _COLUMNS]
    if unknown or len(set(words)) != len(words) or "name" not in words:
        shown = clean(", ".join(words))[:200]
        raise ConfigError(
            f"expected columns of {', '.join(_COLUMNS)}, each once and `name` among them; "
            f"got {shown!r}",
            where=f"{faults.name}:{line}",
        )
    if "fingerprint" not in words and "key" not in words:
        raise ConfigError("expected a column fingerprint or key", where=f"{faults.name}:{line}")
    return words


def _row(words: dict[str, str], line: int, faults: Faults) -> KeyRow | None:
    before = len(faults.errors)
    name, serial = words["name"], words.get("serial") or None
    fingerprint, stated = words.get("fingerprint", ""), words.get("key", "")
    if _NAME.fullmatch(name) is None:
        faults.add(line, "name", f"no name of a device: {clean(name)[:80]!r}")
    if serial is not None and _SERIAL.fullmatch(serial) is None:
        faults.add(line, "serial", f"no serial number: {clean(serial)[:80]!r}")
    if fingerprint and _FINGERPRINT.fullmatch(fingerprint) is None:
        what = "expected SHA256: and 43 letters, as `ssh-keygen -lf` prints it"
        faults.add(line, "fingerprint", what)
    key = _key(stated, line, faults) if stated else None
    if not (fingerprint or stated):
        faults.add(line, "fingerprint", "is missing, and so is the key")
    if key is not None and fingerprint not in {"", key.fingerprint}:
        faults.add(line, "key", f"is not of this fingerprint, but of {key.fingerprint}")
    if len(faults.errors) > before:
        return None
    shown = fingerprint if key is None else key.fingerprint
    return KeyRow(line=line, name=name, fingerprint=shown, key=key, serial=serial)


def _key(stated: str, line: int, faults: Faults) -> ServerKey | None:
    words = stated.split()
    try:
        if len(words) < 2:
            raise ValueError("expected the kind and the key")
        key = ServerKey.from_blob(base64.b64decode(words[1], validate=True))
        if key.type != words[0]:
            raise ValueError(f"it is of kind {key.type}")
    except ValueError as error:
        faults.add(line, "key", f"no public key as in a .pub file: {clean(str(error))[:120]}")
        return None
    return key
