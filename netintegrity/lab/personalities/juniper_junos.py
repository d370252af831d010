"""A box that speaks as Juniper Junos does: alone, as a virtual chassis, as a cluster, redundant."""

import re
from collections.abc import Callable
from typing import Final

from netintegrity.lab.device import LabDevice, Part, normalised
from netintegrity.lab.personalities._beside import JUNOS, with_beside
from netintegrity.lab.personalities._junos_parts import engines, hardware, is_redundant, parted
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "version-all": re.compile(r"show version invoke-on all-routing-engines"),
    "hardware": re.compile(r"show chassis hardware"),
    "routing-engines": re.compile(r"show chassis routing-engine"),
    "snapshot": re.compile(r"show system snapshot media internal"),
    "pending": re.compile(r"file list /packages/sets/pending"),
    "veriexec": re.compile(r"show log messages \| match veriexec"),
}
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
    if is_redundant(device):
        return _version_of(device, device.active)
    return parted(device, lambda part: _version_of(device, part))


def _version_all(device: LabDevice) -> str:
    if not is_redundant(device):
        return _refusal(device, "show version invoke-on all-routing-engines")
    return parted(device, lambda part: _version_of(device, part))


def _version_of(device: LabDevice, part: Part) -> str:
    release = part.release
    components = "".join(f"JUNOS {name} [{release}]\n" for name in _COMPONENTS)
    return f"Hostname: {device.name}\nModel: {device.pid.lower()}\nJunos: {release}\n{components}"


def _snapshot(device: LabDevice) -> str:
    """Return the two slices of each part; a box with one system has no such command."""
    if all(len(p.flash) == 1 for p in device.parts) or is_redundant(device):
        return _refusal(device, "show system snapshot media internal")
    return parted(device, lambda part: _slices(device, part))


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


_SAYS: Final[dict[str, Callable[[LabDevice], str]]] = {
    "version": _version,
    "version-all": _version_all,
    "hardware": hardware,
    "routing-engines": engines,
    "snapshot": _snapshot,
    "pending": _pending,
    "veriexec": _veriexec,
}

PERSONALITY: Final = with_beside(
    Personality(
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
        part_kinds=frozenset({"member", "node", "routing-engine"}),
    ),
    *JUNOS,
)
