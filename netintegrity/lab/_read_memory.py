"""What a scenario says that earlier runs left behind."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from netintegrity import rfc3339
from netintegrity.lab._read_images import RELEASE
from netintegrity.lab._reading import Entry
from netintegrity.lab.device import LabDevice
from netintegrity.platforms._spec import Platform
from netintegrity.strict_yaml import Map

_SUBJECT: Final = re.compile(r"(?:chassis|member|supervisor|routing-engine|node) [A-Za-z0-9]{1,16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What an earlier run is to have left behind of one device."""

    device: str
    first_seen: datetime | None
    """UTC; None: the scenario does not care when."""
    floors: tuple[tuple[str, str, str], ...]
    """Subject (``member 2``), train and release."""


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
    entry.faults.known(entry.fields, {"first_seen", "floors"}, entry.path)
    first_seen = None
    if "first_seen" in entry.fields:
        try:
            first_seen = rfc3339.parse(entry.text("first_seen"))
        except ValueError as error:
            entry.fault("first_seen", str(error))
    floors: list[tuple[str, str, str]] = []
    at = entry.at("floors")
    section = entry.faults.mapping(entry.fields.get("floors"), at) or Map()
    for subject, value in section.items():
        here = f"{at}.{subject}"
        if _SUBJECT.fullmatch(subject) is None:
            entry.faults.add(value.line, here, "expected a subject such as `member 2`")
        for item in entry.faults.sequence(value, here):
            fields = entry.faults.mapping(item, here)
            if fields is not None:
                floor = Entry(entry.faults, fields, here)
                floors.append((subject, *_floor(device, floor, platforms)))
    return Remembered(device=device.name, first_seen=first_seen, floors=tuple(floors))


def _floor(device: LabDevice, entry: Entry, platforms: Mapping[str, Platform]) -> tuple[str, str]:
    """Return train and release; the train may be left out, for the release says it."""
    entry.faults.known(entry.fields, {"train", "release"}, entry.path)
    text = entry.text("release", RELEASE)
    release = platforms[device.platform_id].parse_release(text)
    if text and release is None:
        entry.fault("release", f"{device.platform_id} has no release {text!r}")
    train = "" if release is None else release.train
    if entry.text("train", default=train) != train:
        entry.fault("train", f"{text} is of the train {train!r}")
    return train, text
