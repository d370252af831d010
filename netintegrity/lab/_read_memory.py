"""What a scenario says that earlier runs left behind."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from netintegrity import rfc3339
from netintegrity.lab._read_images import RELEASE
from netintegrity.lab._reading import Entry
from netintegrity.lab.device import LabDevice
from netintegrity.model.release import Release
from netintegrity.platforms._loaders import parse_loader
from netintegrity.platforms._spec import Platform
from netintegrity.strict_yaml import Map

_SUBJECT: Final = re.compile(r"(?:chassis|member|supervisor|routing-engine|node) [A-Za-z0-9]{1,16}")


class _Grammar(NamedTuple):
    of: str
    """Whose releases it reads, for messages."""
    parse: Callable[[str], Release | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What an earlier run is to have left behind of one device."""

    device: str
    first_seen: datetime | None
    """UTC; None: the scenario does not care when."""
    floors: tuple[tuple[str, str, str], ...]
    """Subject (``member 2``), train and release."""
    loaders: tuple[tuple[str, str, str], ...] = ()
    """The same of boot loaders."""


def read_memory(
    top: Entry, devices: tuple[LabDevice, ...], platforms: Mapping[str, Platform]
) -> Iterator[Remembered]:
    """Yield the memory of each device that has one, noting faults."""
    section = top.faults.mapping(top.fields.get("memory"), "memory")
    if section is None:
        return
    top.faults.known(section, {"devices"}, "memory")
    known = {d.name: d for d in devices}
    listed = top.faults.mapping(section.get("devices"), "memory.devices") or Map()
    for name, value in listed.items():
        here = f"memory.devices.{name}"
        fields = top.faults.mapping(value, here)
        if name not in known:
            top.faults.add(value.line, here, "there is no such device")
        elif fields is not None:
            entry = Entry(top.faults, fields, here)
            yield _remembered(known[name], entry, platforms)


def _remembered(device: LabDevice, entry: Entry, platforms: Mapping[str, Platform]) -> Remembered:
    entry.faults.known(entry.fields, {"first_seen", "floors", "loaders"}, entry.path)
    first_seen = None
    if "first_seen" in entry.fields:
        try:
            first_seen = rfc3339.parse(entry.text("first_seen"))
        except ValueError as error:
            entry.fault("first_seen", str(error))
    software = _Grammar(device.platform_id, platforms[device.platform_id].parse_release)
    return Remembered(
        device=device.name,
        first_seen=first_seen,
        floors=tuple(_floors(entry, "floors", software)),
        loaders=tuple(_floors(entry, "loaders", _Grammar("a boot loader", parse_loader))),
    )


def _floors(entry: Entry, key: str, grammar: _Grammar) -> Iterator[tuple[str, str, str]]:
    at = entry.at(key)
    section = entry.faults.mapping(entry.fields.get(key), at) or Map()
    for subject, value in section.items():
        here = f"{at}.{subject}"
        if _SUBJECT.fullmatch(subject) is None:
            entry.faults.add(value.line, here, "expected a subject such as `member 2`")
        for item in entry.faults.sequence(value, here):
            fields = entry.faults.mapping(item, here)
            if fields is not None:
                yield subject, *_floor(Entry(entry.faults, fields, here), grammar)


def _floor(entry: Entry, grammar: _Grammar) -> tuple[str, str]:
    """Return train and release; the train may be left out, for the release says it."""
    entry.faults.known(entry.fields, {"train", "release"}, entry.path)
    text = entry.text("release", RELEASE)
    release = grammar.parse(text)
    if text and release is None:
        entry.fault("release", f"{grammar.of} has no release {text!r}")
    train = "" if release is None else release.train
    if entry.text("train", default=train) != train:
        entry.fault("train", f"{text} is of the train {train!r}")
    return train, text
