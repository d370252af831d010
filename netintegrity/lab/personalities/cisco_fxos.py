"""A box that speaks as Cisco Threat Defense does, at its own command line."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.lab.device import LabDevice
from netintegrity.lab.personalities._cisco_words import signature
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "inventory": re.compile(r"show inventory"),
    "authenticity": re.compile(r"show software authenticity running"),
}


def _answer(device: LabDevice, command: str) -> str:
    word = next((w for w, p in _COMMANDS.items() if p.fullmatch(command)), None)
    if word is None:
        return _refusal(device, command)
    return "\n".join([*_SAYS[word](device), ""])


def _refusal(_: LabDevice, __: str) -> str:
    return "Syntax error: Illegal parameter\n"


def _version(device: LabDevice) -> Iterator[str]:
    release = device.active.release
    yield f"-------------------[ {device.name} ]--------------------"
    yield f"Model                     : Cisco {device.pid} Threat Defense (77) Version {release}"
    yield "UUID                      : 00000000-0000-4000-8000-000000000001"
    yield "VDB version               : 353"
    yield "-" * 52


def _inventory(device: LabDevice) -> Iterator[str]:
    yield f'Name: "module 0", DESCR: "{device.pid} Appliance"'
    yield f"PID: {device.pid:<18}, VID: V01     , SN: {device.serial}"


def _authenticity(device: LabDevice) -> Iterator[str]:
    yield from signature(device, device.active, unit="FXOS", release_word="Release")


_SAYS: Final[dict[str, Callable[[LabDevice], Iterator[str]]]] = {
    "version": _version,
    "inventory": _inventory,
    "authenticity": _authenticity,
}

PERSONALITY: Final = Personality(
    id="cisco_fxos",
    title="Cisco FXOS and Threat Defense",
    platform_id="cisco_fxos",
    pid="FPR-2110",
    commands=_COMMANDS,
    session_lines={},
    answer=_answer,
    refusal=_refusal,
    user_commands=frozenset(_COMMANDS),
    part_kinds=frozenset(),
)
