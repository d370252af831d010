"""Reads the fields of a scenario, noting every fault with its line."""

import re
from collections.abc import Mapping
from typing import Final

from netintegrity.strict_yaml import Faults, Map, Text, Value

NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,63}")


class Entry:
    """One mapping of a scenario."""

    def __init__(self, faults: Faults, fields: Map, path: str) -> None:
        """Read ``fields``, which stand at ``path``."""
        self.faults = faults
        self.fields = fields
        self.path = path

    def at(self, field: str) -> str:
        """Return the path of a field."""
        return f"{self.path}.{field}" if self.path else field

    def fault(self, field: str, message: str) -> None:
        """Note a fault of ``field``, at its line if it is there."""
        line = self.fields.key_lines.get(field, self.fields.line)
        self.faults.add(line, self.at(field), message)

    def text(
        self, field: str, grammar: re.Pattern[str] | None = None, *, default: str | None = None
    ) -> str:
        """Return a field that must be there unless it has a default; "" after a fault."""
        value = self.faults.text(self.fields.get(field), self.at(field))
        if value is None:
            if default is not None and field not in self.fields:
                return default
            if field not in self.fields:
                self.fault(field, "missing")
            return ""
        if grammar is not None and grammar.fullmatch(value) is None:
            self.fault(field, f"{str(value)!r} cannot stand here")
            return ""
        return str(value)

    def one_of(self, field: str, words: frozenset[str], *, default: str | None = None) -> str:
        """Return a field that is one of ``words``; the default, or any word, after a fault."""
        found = self.text(field, default=default)
        if found not in words:
            if field in self.fields and isinstance(self.fields[field], Text):
                self.fault(field, f"expected one of {', '.join(sorted(words))}, got {found!r}")
            return default if default is not None else min(words)
        return found

    def number(self, field: str, low: int, high: int, *, default: int | None = None) -> int:
        """Return a field that is a whole number from ``low`` to ``high``."""
        found = self.text(field, default="" if default is None else str(default))
        if field not in self.fields and default is not None:
            return default
        if re.fullmatch(r"-?\d{1,12}", found) is None or not low <= int(found) <= high:
            self.fault(field, f"expected a whole number from {low} to {high}, got {found!r}")
            return low if default is None else default
        return int(found)

    def flag(self, field: str) -> bool:
        """Return a field that is ``true`` or ``false``; absent: false."""
        return self.one_of(field, frozenset({"true", "false"}), default="false") == "true"

    def words(self, field: str, grammar: re.Pattern[str]) -> tuple[str, ...]:
        """Return a list of words; absent: none."""
        found = []
        for item in self.faults.sequence(self.fields.get(field), self.at(field)):
            text = self.faults.text(item, self.at(field))
            if text is not None and grammar.fullmatch(text) is None:
                self.faults.add(item.line, self.at(field), f"{str(text)!r} cannot stand here")
            elif text is not None:
                found.append(str(text))
        return tuple(found)


def inherited(
    faults: Faults, entries: Mapping[str, Map], section: str, *, own: frozenset[str] = frozenset()
) -> dict[str, Map]:
    """Return ``entries`` with what each takes from the one it is ``like``.

    A field stands for itself: one that is written out replaces the whole of the other's. The fields
    ``own`` are never taken over.
    """
    done: dict[str, Map] = {}

    def resolve(name: str, trail: tuple[str, ...]) -> Map:
        if name in done:
            return done[name]
        entry = entries[name]
        merged = Map()
        merged.line, merged.key_lines = entry.line, {}
        like = entry.get("like")
        at = f"{section}.{name}.like"
        if like is not None and (model := faults.text(like, at)) is not None:
            if model not in entries:
                known = ", ".join(sorted(entries))
                faults.add(like.line, at, f"there is no {str(model)!r}; expected one of {known}")
            elif model in (*trail, name):
                faults.add(like.line, at, "in the end it is like itself")
            else:
                _take(merged, resolve(model, (*trail, name)), leaving=own)
        _take(merged, entry, leaving=frozenset({"like"}))
        done[name] = merged
        return merged

    return {name: resolve(name, ()) for name in entries}


def mappings(top: Entry, field: str) -> dict[str, Map]:
    """Return the mappings below ``field`` by name, noting what is none."""
    section = top.faults.mapping(top.fields.get(field), top.at(field))
    found: dict[str, Map] = {}
    for name, value in (section or {}).items():
        entry = top.faults.mapping(value, f"{top.at(field)}.{name}")
        if entry is not None:
            found[name] = entry
    return found


def root_of(entries: Mapping[str, Map], name: str) -> str:
    """Return the entry that ``name`` is in the end like; itself if it is like none."""
    seen: list[str] = []
    while name not in seen and name in entries:
        seen.append(name)
        name = str(entries[name].get("like", name))
    return name


def plain(value: Value) -> object:
    """Return ``value`` as strings, lists and dictionaries."""
    if isinstance(value, Map):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return str(value)


def _take(into: Map, source: Map, *, leaving: frozenset[str]) -> None:
    for field, value in source.items():
        if field not in leaving:
            into[field] = value
            into.key_lines[field] = source.key_lines[field]
