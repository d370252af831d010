"""A box that speaks as Junos Evolved does: several versions on disk, marks say which is which."""

import re
from collections.abc import Callable
from typing import Final

from netintegrity.lab.device import LabDevice, Part, normalised
from netintegrity.lab.personalities._beside import JUNOS, with_beside
from netintegrity.lab.personalities._junos_parts import engines, hardware
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "software": re.compile(r"show system software list"),
    "hardware": re.compile(r"show chassis hardware"),
    "routing-engines": re.compile(r"show chassis routing-engine"),
}
_RULE: Final = "-" * 31
_LEGEND: Final = (
    "Active boot device is primary: /dev/sda\n"
    "List of installed version(s) :\n"
    "\n"
    "    '-' running version\n"
    "    '>' next boot version after upgrade/downgrade\n"
    "    '<' rollback boot version\n"
    "    '*' deleted JSU version\n"
    "\n"
)


def _answer(device: LabDevice, command: str) -> str:
    word = next((w for w, p in _COMMANDS.items() if p.fullmatch(command)), None)
    return _refusal(device, command) if word is None else _SAYS[word](device)


def _refusal(device: LabDevice, command: str) -> str:
    """Return the refusal, its mark under the word that is not known."""
    column = len(device.name) + 2 + command.rfind(" ")
    return f"{' ' * column}^\nunknown command.\n"


def _version(device: LabDevice) -> str:
    release = device.active.release
    return (
        f"Hostname: {device.name}\n"
        f"Model: {device.pid.lower()}\n"
        f"Junos: {release}\n"
        "Yocto: 3.0.2\n"
        f"JUNOS-EVO OS 64-bit [{_package(release)}]\n"
    )


def _software(device: LabDevice) -> str:
    parts = device.parts if len(device.parts) > 1 else (device.active,)
    return "\n".join(
        f"{_RULE}\nnode: re{number}\n{_RULE}\n{_LEGEND}{_rows(device, part)}"
        for number, part in enumerate(parts)
    )


def _rows(device: LabDevice, part: Part) -> str:
    running = normalised(part.running)
    following = normalised(next(iter(device.boot_of(part)), part.running))
    text = ""
    for path, image in part.flash.items():
        mark = " "
        if normalised(path) == running:
            mark = "-"
        elif normalised(path) == following:
            mark = ">"
        text += f" {mark}   {_package(image.release)} - [2026-01-05 12:00:00]\n"
    return text


def _package(release: str) -> str:
    return f"junos-evo-install-ptx-fixed-x86-64-{release}"


_SAYS: Final[dict[str, Callable[[LabDevice], str]]] = {
    "version": _version,
    "software": _software,
    "hardware": hardware,
    "routing-engines": engines,
}

PERSONALITY: Final = with_beside(
    Personality(
        id="juniper_junos_evolved",
        title="Juniper Junos Evolved",
        platform_id="juniper_junos_evolved",
        pid="PTX10001-36MR",
        commands=_COMMANDS,
        session_lines={
            "set cli screen-width 511": "Screen width set to 511\n",
            "set cli complete-on-space off": "Disabling complete-on-space\n",
            "set cli screen-length 0": "Screen length set to 0\n",
        },
        answer=_answer,
        refusal=_refusal,
        user_commands=frozenset(_COMMANDS),
        part_kinds=frozenset({"routing-engine"}),
    ),
    *JUNOS,
)
