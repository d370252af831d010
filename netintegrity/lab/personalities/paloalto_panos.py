"""A box that speaks as Palo Alto PAN-OS does."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.lab.device import LabDevice, normalised
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "version": re.compile(r"show system info"),
    "partitions": re.compile(r"debug swm status"),
}


def _answer(device: LabDevice, command: str) -> str:
    word = next((w for w, p in _COMMANDS.items() if p.fullmatch(command)), None)
    if word is None:
        return _refusal(device, command)
    return "\n".join(["", *_SAYS[word](device), ""])


def _refusal(_: LabDevice, command: str) -> str:
    return f"\nUnknown command: {command.partition(' ')[0]}\n"


def _info(device: LabDevice) -> Iterator[str]:
    yield f"hostname: {device.name}"
    yield "ip-address: 192.0.2.10"
    yield "uptime: 12 days, 3:04:05"
    yield "family: lab"
    yield f"model: {device.pid}"
    yield f"serial: {device.serial}"
    yield f"sw-version: {device.active.release}"
    yield "app-version: 8900-9000"
    yield "multi-vsys: off"
    yield "operational-mode: normal"
    yield "device-certificate-status: Valid"


def _partitions(device: LabDevice) -> Iterator[str]:
    part = device.active
    running = normalised(part.running)
    following = normalised(next(iter(device.boot_of(part)), part.running))
    yield f"{'Partition':<18}{'State':<18}Version"
    yield "-" * 80
    for path, image in part.flash.items():
        state = "REVERTABLE"
        if normalised(path) == running:
            state = "RUNNING-ACTIVE"
        elif normalised(path) == following:
            state = "PENDING-CHANGE"
        yield f"{path.partition(':')[0]:<18}{state:<18}{image.release}"
    yield f"{'maint':<18}{'READY':<18}{part.release}"


_SAYS: Final[dict[str, Callable[[LabDevice], Iterator[str]]]] = {
    "version": _info,
    "partitions": _partitions,
}

PERSONALITY: Final = Personality(
    id="paloalto_panos",
    title="Palo Alto PAN-OS",
    platform_id="paloalto_panos",
    pid="PA-440",
    commands=_COMMANDS,
    session_lines={
        # Its line editor draws the line again behind the prompt, and the driver waits for that.
        "set cli scripting-mode on": "audit@lab> set cli scripting-mode on\n",
        "set cli terminal width 500": "",
        "set cli pager off": "",
    },
    answer=_answer,
    refusal=_refusal,
    user_commands=frozenset(_COMMANDS),
    part_kinds=frozenset(),
)
