"""``plan.yaml``: what a change window is for, every word checked before anything is compared."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from netintegrity import rfc3339, strict_yaml
from netintegrity.assess.plan import Plan, PlannedChange, Window
from netintegrity.errors import ConfigError
from netintegrity.inventory._files import read_plain
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.strict_yaml import Faults, Map, Seq, Text, Value

SCHEMA: Final = "netintegrity/plan/1"
MAX_BYTES: Final = 4 * 1024 * 1024
_TOP: Final = frozenset({"schema", "ticket", "window", "changes"})
_CHANGE: Final = frozenset({"devices", "from", "to", "subjects"})
# A name of the inventory, or a glob over such names: edge-*, sw[12]
_PATTERN: Final = re.compile(r"[A-Za-z0-9._*?!\[\]-]{1,100}")
# member 2     routing-engine 0
_SUBJECT: Final = re.compile(r"(?P<kind>[a-z-]{1,20}) +(?P<id>[A-Za-z0-9._/-]{1,40})")


def subject_of(word: str) -> Subject | None:
    """Return the part of a device a word names (``member 2``); None: it names none."""
    found = _SUBJECT.fullmatch(word)
    if found is None or found["kind"] not in SubjectKind.__members__.values():
        return None
    return Subject(SubjectKind(found["kind"]), found["id"])


def read_plan_bytes(path: Path) -> bytes:
    """Return a file that is to hold a plan, as it is.

    Raises:
        ConfigError: there is none, or it is too large to be one.
    """
    raw = read_plain(path, most_bytes=MAX_BYTES)
    if raw is None:
        raise ConfigError("no such plan", where=str(path))
    return raw


def parse_plan(raw: bytes, *, name: str) -> Plan:
    """Return what ``raw`` announces.

    Args:
        raw: YAML, schema ``netintegrity/plan/1``.
        name: of the file, for messages.

    Raises:
        ConfigError: it is no YAML.
        ExceptionGroup: of ConfigErrors: every fault in it, each with its line.
    """
    faults = Faults(name)
    top = faults.mapping(strict_yaml.load(raw, name=name), "") or Map()
    if not top:
        if not faults.errors:
            faults.add(1, "", f"nothing in it; a plan begins with `schema: {SCHEMA}`")
        faults.raise_any(name)
    return _Reader(top, faults).plan()


class _Reader:
    """Reads one plan; what cannot be used is noted and left out."""

    def __init__(self, top: Map, faults: Faults) -> None:
        self._top, self._faults = top, faults

    def plan(self) -> Plan:
        self._faults.known(self._top, _TOP, "")
        schema = self._faults.needed(self._top, "schema", "", f"`{SCHEMA}`")
        if schema and schema != SCHEMA:
            self._faults.add(schema.line, "schema", f"expected {SCHEMA!r}, got {str(schema)!r}")
        changes = self._top.get("changes")
        if not isinstance(changes, Seq) or not changes:
            self._faults.add(
                1 if changes is None else changes.line,
                "changes",
                "expected a list of at least one change",
                hint="what is not planned needs no plan: leave --plan out",
            )
        window, announced = self._window(), tuple(self._changes(changes))
        ticket = self._faults.text(self._top.get("ticket"), "ticket")
        self._faults.raise_any(self._faults.name)
        if window is None:
            raise AssertionError("a window that cannot be used is a fault, and was raised")
        return Plan(window=window, ticket=str(ticket or ""), changes=announced)

    def _window(self) -> Window | None:
        window = self._faults.mapping(self._top.get("window"), "window")
        if window is None:
            self._faults.add(
                1, "window", "expected {begins: TIME, ends: TIME}: a plan without end allows all"
            )
            return None
        self._faults.known(window, frozenset({"begins", "ends"}), "window")
        begins, ends = (self._time(window, n) for n in ("begins", "ends"))
        if begins is None or ends is None:
            return None
        if begins >= ends:
            self._faults.add(window.line, "window", "ends before it begins")
        return Window(begins, ends)

    def _time(self, window: Map, field: str) -> datetime | None:
        word = self._faults.needed(window, field, "window", "a time such as 2026-11-23T22:00:00Z")
        if not word:
            return None
        try:
            return rfc3339.parse(word)
        except ValueError as error:
            self._faults.add(word.line, f"window.{field}", str(error))
            return None

    def _changes(self, changes: Value | None) -> Iterator[PlannedChange]:
        for number, item in enumerate(changes if isinstance(changes, Seq) else (), 1):
            path = f"changes[{number}]"
            change = self._faults.mapping(item, path)
            if change is None:
                if item == "":
                    self._faults.add(item.line, path, "expected {devices, from, to}")
                continue
            self._faults.known(change, _CHANGE, path)
            leaves, reaches = (
                self._faults.needed(change, n, path, "a release") for n in ("from", "to")
            )
            if leaves and leaves == reaches:
                self._faults.add(reaches.line, f"{path}.to", "is the release it comes from")
            yield PlannedChange(
                devices=tuple(self._devices(change, path)),
                from_release=str(leaves),
                to_release=str(reaches),
                subjects=None
                if change.get("subjects") is None
                else tuple(self._subjects(change, path)),
            )

    def _devices(self, change: Map, path: str) -> Iterator[str]:
        for word in self._listed(change, "devices", path, "names or globs over them"):
            if _PATTERN.fullmatch(word) is None:
                what = f"{str(word)[:80]!r} is neither a device name nor a glob"
                self._faults.add(word.line, f"{path}.devices", what)
            else:
                yield str(word)

    def _subjects(self, change: Map, path: str) -> Iterator[Subject]:
        kinds = tuple(SubjectKind)
        for word in self._listed(change, "subjects", path, "parts such as `member 2`"):
            found = subject_of(word)
            if found is None:
                what = f"expected one of {', '.join(kinds)} and a number, got {str(word)[:80]!r}"
                self._faults.add(word.line, f"{path}.subjects", what)
            else:
                yield found

    def _listed(self, change: Map, field: str, path: str, expected: str) -> Iterator[Text]:
        value = change.get(field)
        if not isinstance(value, Seq) or not value:
            line = change.line if value is None else value.line
            self._faults.add(line, f"{path}.{field}", f"expected a list of {expected}")
            return
        for number, item in enumerate(value, 1):
            word = self._faults.text(item, f"{path}.{field}[{number}]")
            if word is not None:
                yield word
