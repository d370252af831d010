"""A box that speaks as Juniper Junos does: alone, as a virtual chassis, as a cluster, redundant."""

import re
from collections.abc import Callable
from typing import Final

from netintegrity.lab.device import LabDevice, Part, normalised
from netintegrity.lab.personalities._spec import Personality
from netintegrity.model.subject import SubjectKind

_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "version-all": re.compile(r"show version invoke-on all-routing-engines"),
    "hardware": re.compile(r"show chassis hardware"),
    "routing-engines": re.compile(r"show chassis routing-engine"),
    "snapshot": re.compile(r"show system snapshot media internal"),
    "pending": re.compile(r"file list /packages/sets/pending"),
    "veriexec": re.compile(r"show log messages \| match veriexec"),
}
_HEADINGS: Final = {
    SubjectKind.MEMBER: "fpc",
    SubjectKind.NODE: "node",
    SubjectKind.ROUTING_ENGINE: "re",
}
_RULE: Final = "-" * 74
_HEADER: Final = (
    "Hardware inventory:\nItem             Version  Part number  Serial number     Description\n"
)
_COMPONENTS: Final = (
    "Base OS boot",
    "Base OS Software Suite",
    "Kernel Software Suite",
    "Crypto Software Suite",
    "Routing Software Suite",
    "Web Management Platform Package",
)


def _answer(device: LabDevice, command: str) -> str:
    word = next((w for w, p in _COMMANDS.items() if p.fullmatch(command)), None)
    return _refusal(device, command) if word is None else _SAYS[word](device)


def _refusal(device: LabDevice, command: str) -> str:
    """Return the refusal, its mark under the word that is not known."""
    column = len(device.name) + 2 + command.rfind(" ")
    return f"{' ' * column}^\nunknown command.\n"


def _version(device: LabDevice) -> str:
    if _is_redundant(device):
        return _version_of(device, device.active)
    return _parted(device, lambda part: _version_of(device, part))


def _version_all(device: LabDevice) -> str:
    if not _is_redundant(device):
        return _refusal(device, "show version invoke-on all-routing-engines")
    return _parted(device, lambda part: _version_of(device, part))


def _version_of(device: LabDevice, part: Part) -> str:
    release = part.release
    components = "".join(f"JUNOS {name} [{release}]\n" for name in _COMPONENTS)
    return f"Hostname: {device.name}\nModel: {device.pid.lower()}\nJunos: {release}\n{components}"


def _hardware(device: LabDevice) -> str:
    kind = device.active.subject.kind
    if kind is SubjectKind.NODE:
        return _parted(device, lambda part: _HEADER + _row("Chassis", part.serial, part.pid))
    rows = _row("Chassis", device.serial, device.pid)
    if kind is SubjectKind.MEMBER:
        rows = _row("Chassis", device.serial, "Virtual Chassis")
        rows += "".join(_row(f"FPC {p.subject.id}", p.serial, p.pid) for p in device.parts)
    elif kind is SubjectKind.ROUTING_ENGINE:
        rows += "".join(
            _row(f"Routing Engine {p.subject.id}", p.serial, p.pid) for p in device.parts
        )
    return _HEADER + rows


def _row(item: str, serial: str, description: str) -> str:
    return f"{item:<39}{serial:<18}{description}\n"


def _engines(device: LabDevice) -> str:
    kind = device.active.subject.kind
    if kind is SubjectKind.NODE:
        return _parted(
            device, lambda _: "Routing Engine status:\n    Temperature    34 degrees C\n"
        )
    slots = [p.subject.id for p in device.parts] if len(device.parts) > 1 else ["0"]
    return "".join(
        "Routing Engine status:\n"
        f"  Slot {slot}:\n"
        f"    Current state                  {'Backup' if number else 'Master'}\n"
        "    Temperature                 34 degrees C / 93 degrees F\n"
        for number, slot in enumerate(slots)
    )


def _snapshot(device: LabDevice) -> str:
    """Return the two slices of each part; a box with one system has no such command."""
    if all(len(p.flash) == 1 for p in device.parts) or _is_redundant(device):
        return _refusal(device, "show system snapshot media internal")
    return _parted(device, lambda part: _slices(device, part))


def _slices(device: LabDevice, part: Part) -> str:
    primary = normalised(next(iter(device.boot_of(part)), part.running))
    text = ""
    for number, (path, image) in enumerate(part.flash.items(), start=1):
        role = "primary" if normalised(path) == primary else "backup"
        text += (
            f"Information for snapshot on       internal (/dev/da0s{number}a) ({role})\n"
            "Creation date: Jan 5 12:00:00 2026\n"
            "JUNOS version on snapshot:\n"
            f"  junos  : {image.release}-domestic\n"
        )
    return text


def _pending(_: LabDevice) -> str:
    return "/packages/sets/pending: No such file or directory\n"


def _veriexec(_: LabDevice) -> str:
    return ""


def _is_redundant(device: LabDevice) -> bool:
    return device.active.subject.kind is SubjectKind.ROUTING_ENGINE


def _parted(device: LabDevice, say: Callable[[Part], str]) -> str:
    """Return what each part says, under its heading; a box that stands alone has none."""
    kind = device.active.subject.kind
    if kind not in _HEADINGS:
        return say(device.active)
    return "".join(f"{_HEADINGS[kind]}{p.subject.id}:\n{_RULE}\n{say(p)}\n" for p in device.parts)


_SAYS: Final[dict[str, Callable[[LabDevice], str]]] = {
    "version": _version,
    "version-all": _version_all,
    "hardware": _hardware,
    "routing-engines": _engines,
    "snapshot": _snapshot,
    "pending": _pending,
    "veriexec": _veriexec,
}

PERSONALITY: Final = Personality(
    id="juniper_junos",
    title="Juniper Junos",
    platform_id="juniper_junos",
    pid="MX240",
    commands=_COMMANDS,
    session_lines={
        "set cli screen-width 511": "Screen width set to 511\n",
        "set cli complete-on-space off": "Disabling complete-on-space\n",
        "set cli screen-length 0": "Screen length set to 0\n",
    },
    answer=_answer,
    refusal=_refusal,
    user_commands=frozenset(_COMMANDS),
)
