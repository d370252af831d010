"""A box that speaks as Extreme VOSS does."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.lab.device import LabDevice, normalised
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "system": re.compile(r"show sys-info"),
    "software": re.compile(r"show software"),
}
_RULE: Final = "=" * 82


def _answer(device: LabDevice, command: str) -> str:
    word = next((w for w, p in _COMMANDS.items() if p.fullmatch(command)), None)
    if word is None:
        return "% Invalid input detected at '^' marker.\n"
    return "\n".join([*_SAYS[word](device), ""])


def _refusal(_: LabDevice, __: str) -> str:
    return "% Permission denied.\n"


def _system(device: LabDevice) -> Iterator[str]:
    yield "General Info :"
    yield ""
    yield f"\tSysDescr     : {device.pid} ({device.active.release})"
    yield f"\tSysName      : {device.name}"
    yield "\tSysContact   : "
    yield ""
    yield "Chassis Info:"
    yield ""
    yield f"\tModelName    : {device.pid}"
    yield "\tBrandName    : Lab"
    yield f"\tSerial#      : {device.serial}"
    yield "\tH/W Revision : 10"


def _software(device: LabDevice) -> Iterator[str]:
    part = device.active
    following = normalised(next(iter(device.boot_of(part)), part.running))
    yield _RULE
    yield "              software releases in /intflash/release/"
    yield _RULE
    for path, image in part.flash.items():
        mark = "Primary" if normalised(path) == following else "Backup"
        signed = "" if image.signing == "development" else " (Signed Release)"
        yield f"5520.{image.release} ({mark} Release){signed}"
    yield ""
    yield "-" * 82
    yield "Auto Commit     : enabled"
    yield "Commit Timeout  : 10 minutes"


_SAYS: Final[dict[str, Callable[[LabDevice], Iterator[str]]]] = {
    "system": _system,
    "software": _software,
}

PERSONALITY: Final = Personality(
    id="extreme_voss",
    title="Extreme VOSS",
    platform_id="extreme_voss",
    pid="5520-24T-FabricEngine",
    commands=_COMMANDS,
    session_lines={"terminal more disable": ""},
    answer=_answer,
    refusal=_refusal,
    part_kinds=frozenset(),
)
