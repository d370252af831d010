"""The change window of a scenario."""

import re
from dataclasses import dataclass
from typing import Final

from netintegrity.lab._reading import Entry

_FIELDS: Final = frozenset({"from", "to", "devices"})
_RELEASE: Final = re.compile(r"[!-~]{1,80}")
_PATTERN: Final = re.compile(r"[A-Za-z0-9._*?!\[\]-]{1,100}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabChange:
    """One release that some devices are to leave for another."""

    from_release: str
    to_release: str
    devices: tuple[str, ...]
    """Names, or globs over them."""


def read_change(top: Entry) -> LabChange | None:
    """Return what is announced, noting faults; None: the scenario has no change window."""
    fields = top.faults.mapping(top.fields.get("change"), "change")
    if fields is None:
        return None
    top.faults.known(fields, _FIELDS, "change")
    entry = Entry(top.faults, fields, "change")
    devices = entry.words("devices", _PATTERN)
    if not devices:
        entry.fault("devices", "expected a list of names, or globs over them")
    return LabChange(
        from_release=entry.text("from", _RELEASE),
        to_release=entry.text("to", _RELEASE),
        devices=devices,
    )
