"""One host, group or the defaults in YAML, in Nornir's shape.

Source: https://nornir.readthedocs.io/en/latest/tutorial/inventory.html.
"""

from collections.abc import Iterator
from typing import Final

from netintegrity.inventory._grammar import refusal_of, shown
from netintegrity.inventory._spec import Entry, text
from netintegrity.strict_yaml import Faults, Map, Seq, Text, Value, load

_FIELDS: Final = ("hostname", "port", "platform", "groups", "data")
_SUBJECT_FIELDS: Final = ("kind", "id", "serial", "pid")
_NO_OPTIONS: Final = (
    "connection options could switch off host-key checking or run a program; address, port, "
    "platform and credential are all a connection takes from an inventory"
)
MOST_SUBJECTS: Final = 256
MOST_GROUPS: Final = 32


def mapping_in(raw: bytes, faults: Faults) -> Map:
    """Return the mapping a YAML file holds; an empty file holds an empty one.

    Raises:
        ConfigError: it is no plain YAML.
    """
    found = faults.mapping(load(raw, name=faults.name), "")
    return Map() if found is None else found


def named_entries(raw: bytes, faults: Faults) -> Iterator[Entry]:
    """Yield the entries of a file of hosts or groups.

    Raises:
        ConfigError: it is no plain YAML.
    """
    entries = mapping_in(raw, faults)
    for name, value in entries.items():
        yield entry_of(faults, text(name, entries.key_lines[name]), value, path=shown(name))


def entry_of(faults: Faults, name: Text, value: Value, *, path: str) -> Entry:
    """Return what an entry says, and note what it must not say."""
    fields = faults.mapping(value, path) or Map()
    prefix = f"{path}." if path else ""
    for key in fields:
        if key not in _FIELDS:
            _note_unknown(faults, fields, key, f"{prefix}{shown(key)}")
    words = _words(faults, fields, ("hostname", "port", "platform"), prefix)
    groups = _groups(faults, fields.get("groups"), f"{prefix}groups")
    data = faults.mapping(fields.get("data"), f"{prefix}data") or Map()
    words |= _words(faults, data, ("credential",), f"{prefix}data.")
    tags = {}
    for key, item in data.items():
        if key in {"credential", "subjects"}:
            continue
        if isinstance(item, Text):
            tags[key] = item
        else:
            faults.add(
                item.line,
                f"{prefix}data.{shown(key)}",
                "expected one word: data becomes tags (`key=value`), and a tag has no parts",
                hint="take it out, or write it as several words",
            )
    subjects = _subjects(faults, data.get("subjects"), f"{prefix}data.subjects")
    return Entry(name=name, path=path, words=words, groups=groups, tags=tags, subjects=subjects)


def _note_unknown(faults: Faults, fields: Map, key: str, path: str) -> None:
    line = fields.key_lines[key]
    refused = refusal_of(key)
    if key == "connection_options":
        faults.add(line, path, f"refused: {_NO_OPTIONS}")
    elif refused is not None:
        faults.add(line, path, refused[0], hint=refused[1])
    else:
        faults.add(line, path, f"not a known field; expected {', '.join(_FIELDS)}")


def _words(faults: Faults, fields: Map, names: tuple[str, ...], prefix: str) -> dict[str, Text]:
    found = {name: faults.text(fields.get(name), f"{prefix}{name}") for name in names}
    return {name: word for name, word in found.items() if word}


def _groups(faults: Faults, value: Value | None, path: str) -> tuple[Text, ...]:
    found = [item for item in faults.sequence(value, path) if faults.text(item, path) is not None]
    if len(found) > MOST_GROUPS:
        faults.add(found[MOST_GROUPS].line, path, f"more than {MOST_GROUPS} groups")
    return tuple(item for item in found[:MOST_GROUPS] if isinstance(item, Text))


def _subjects(faults: Faults, value: Value | None, path: str) -> tuple[dict[str, Text], ...] | None:
    if not isinstance(value, Seq):
        list(faults.sequence(value, path))  # notes that it is no list
        return None
    if len(value) > MOST_SUBJECTS:
        faults.add(value.line, path, f"more than {MOST_SUBJECTS} subjects")
    rows = []
    for number, item in enumerate(value[:MOST_SUBJECTS], 1):
        here = f"{path}[{number}]"
        if not isinstance(item, Map):
            faults.add(item.line, here, "expected {kind: …, id: …, serial: …, pid: …}")
            continue
        for key in item:
            if key not in _SUBJECT_FIELDS:
                line, there = item.key_lines[key], f"{here}.{shown(key)}"
                expected = ", ".join(_SUBJECT_FIELDS)
                faults.add(line, there, f"not a known field; expected {expected}")
        row = _words(faults, item, _SUBJECT_FIELDS, f"{here}.")
        for needed in ("kind", "id"):
            if needed not in row:
                faults.add(item.line, f"{here}.{needed}", "is missing")
        rows.append(row)
    return tuple(rows)
