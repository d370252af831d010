"""A box that speaks as Aruba AOS-CX does."""

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.lab.device import LabDevice, normalised
from netintegrity.lab.images import Image
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "images": re.compile(r"show images"),
    "system": re.compile(r"show system"),
    "stack": re.compile(r"show vsf"),
}
_RULE: Final = "-" * 75


def _answer(device: LabDevice, command: str) -> str:
    word = next((w for w, p in _COMMANDS.items() if p.fullmatch(command)), None)
    if word is None:
        return f"Invalid input: {command.rpartition(' ')[2]}\n"
    return "\n".join([*_SAYS[word](device), ""])


def _refusal(_: LabDevice, __: str) -> str:
    return "Cannot execute command. Command not allowed.\n"


def _version(device: LabDevice) -> Iterator[str]:
    yield _RULE
    yield "ArubaOS-CX"
    yield "This is a simulated device of the netintegrity lab."
    yield _RULE
    yield f"Version      : {device.active.release}"
    yield "Build Date   : 2026-01-05 12:00:00 UTC"
    yield f"Active Image : {_bank_of(device.active.running)}"
    yield ""
    yield "Service OS Version : FL.01.14.0002"
    yield "BIOS Version       : FL.01.0007"


def _images(device: LabDevice) -> Iterator[str]:
    part = device.active
    following = next(iter(device.boot_of(part)), part.running)
    banks = {_bank_of(path): image for path, image in part.flash.items()}
    for name in ("primary", "secondary"):
        yield from _bank(device, name, banks.get(name, next(iter(banks.values()))))
    yield f"Default Image : {_bank_of(following)}"
    yield "Boot Profile Timeout : 5 seconds"
    yield ""
    yield "-" * 54
    yield "Management Module 1/1 (Active)"
    yield "-" * 54
    yield f"Active Image       : {_bank_of(part.running)}"
    yield "Service OS Version : FL.01.14.0002"
    yield "BIOS Version       : FL.01.0007"


def _bank(device: LabDevice, name: str, image: Image) -> Iterator[str]:
    content = (device.behaviour.hash_says or image).content
    yield _RULE
    yield f"ArubaOS-CX {name.capitalize()} Image"
    yield _RULE
    yield f"Version : {image.release}"
    yield "Size    : 983 MB"
    yield "Date    : 2026-01-05 12:00:00 UTC"
    yield f"SHA-256 : {hashlib.sha256(content).hexdigest()}"
    yield ""


def _bank_of(path: str) -> str:
    return normalised(path).partition(":")[0]


def _system(device: LabDevice) -> Iterator[str]:
    yield f"Hostname           : {device.name}"
    yield "Vendor             : Lab"
    yield f"Product Name       : {device.pid} 48G CL4 PoE 4SFP56 Sw"
    yield f"Chassis Serial Nbr : {device.serial}"
    yield f"ArubaOS-CX Version : {device.active.release}"
    yield ""
    yield "Up Time            : 12 minutes"


def _stack(device: LabDevice) -> Iterator[str]:
    yield "MAC Address                   : 00:00:5e:00:53:01"
    yield "Topology                      : Standalone"
    yield ""
    yield "Mbr Mac Address         type           Status"
    yield "ID"
    yield "--- ------------------- -------------- ---------------"
    yield f"1   00:00:5e:00:53:01   {device.pid:<14} Conductor"


_SAYS: Final[dict[str, Callable[[LabDevice], Iterator[str]]]] = {
    "version": _version,
    "images": _images,
    "system": _system,
    "stack": _stack,
}

PERSONALITY: Final = Personality(
    id="aruba_aoscx",
    title="Aruba AOS-CX",
    platform_id="aruba_aoscx",
    pid="JL665A",
    commands=_COMMANDS,
    session_lines={"no page": ""},
    answer=_answer,
    refusal=_refusal,
    user_commands=frozenset(_COMMANDS),
    part_kinds=frozenset(),
)
