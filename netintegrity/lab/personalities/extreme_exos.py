"""A box that speaks as Extreme EXOS does."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.lab.device import LabDevice, Part, normalised
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "switch": re.compile(r"show switch"),
    "slots": re.compile(r"show slot detail"),
    "packages": re.compile(r"show version images"),
}
_NAMES: Final = ("Primary", "Secondary")
_INVALID: Final = "%% Invalid input detected at '^' marker.\n"


def _answer(device: LabDevice, command: str) -> str:
    word = next((w for w, p in _COMMANDS.items() if p.fullmatch(command)), None)
    if word is None or (word == "slots" and not device.is_stack):
        return _INVALID
    return "\n".join([*_SAYS[word](device), ""])


def _refusal(_: LabDevice, __: str) -> str:
    return "Error: This user account does not have permission to run the command.\n"


def _split(release: str) -> tuple[str, str]:
    numbers, _, patch = release.partition("-")
    return numbers, patch


def _version(device: LabDevice) -> Iterator[str]:
    for part in device.parts:
        name = f"Slot-{part.subject.id}" if device.is_stack else "Switch"
        image = _split(part.release)[0]
        serial = f"800994-00-03 {part.serial} Rev 03 BootROM: 2.2.1.6    IMG: {image}"
        yield f"{name:<15} : {serial}"
    yield ""
    numbers, patch = _split(device.active.release)
    build = f" {numbers}-{patch}" if patch else ""
    yield f"Image   : ExtremeXOS version {numbers}{build} by release-manager"
    yield "          on Mon Jan 5 12:00:00 EST 2026"
    yield "BootROM : Default 2.2.1.6  Alternate 2.2.1.6"
    yield "Diagnostics :"


def _bank(path: str) -> str:
    return normalised(path).partition(":")[0]


def _images(device: LabDevice, part: Part) -> Iterator[str]:
    yield f"Image Selected:   {_bank(next(iter(device.boot_of(part)), part.running))}"
    yield f"Image Booted:     {_bank(part.running)}"
    held = {_bank(path): image for path, image in part.flash.items()}
    for name in _NAMES:
        numbers, patch = _split(held[name.lower()].release)
        yield f"{name + ' ver:':<17} {numbers}"
        if patch:
            yield f"{'':<17} {patch}"


def _switch(device: LabDevice) -> Iterator[str]:
    yield f"SysName:          {device.name}"
    yield f"System Type:      {device.pid}{' (Stack)' if device.is_stack else ''}"
    yield ""
    yield "Current State:    OPERATIONAL"
    if not device.is_stack:
        yield from _images(device, device.active)


def _slots(device: LabDevice) -> Iterator[str]:
    for part in device.parts:
        yield f"Slot-{part.subject.id} information:"
        yield "    State:             Operational"
        yield f"    Hw Module Type:    {part.pid}"
        for line in _images(device, part):
            yield f"    {line}"


def _packages(device: LabDevice) -> Iterator[str]:
    yield "Card  Partition     Installation Date        Version     Name      Branch"
    yield "-" * 78
    numbers = _split(device.active.release)[0]
    row = "Mon Jan 5 12:00:00 EST 2026"
    for suffix in ("", "-ssh.xmod"):
        name = f"summitX-{numbers}{suffix or '.xos'}"
        yield f"Switch primary {row} {numbers} {name} release"


_SAYS: Final[dict[str, Callable[[LabDevice], Iterator[str]]]] = {
    "version": _version,
    "switch": _switch,
    "slots": _slots,
    "packages": _packages,
}

PERSONALITY: Final = Personality(
    id="extreme_exos",
    title="Extreme EXOS",
    platform_id="extreme_exos",
    pid="5520-24W",
    commands=_COMMANDS,
    session_lines={"disable clipaging": "", "disable cli prompting": ""},
    answer=_answer,
    refusal=_refusal,
    user_commands=frozenset(_COMMANDS),
    prompt="{}.1 # ",
    part_kinds=frozenset({"member"}),
)
