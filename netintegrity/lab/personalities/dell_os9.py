"""A box that speaks as Dell OS9 does."""

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.lab.device import NETWORK, LabDevice, normalised
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "partitions": re.compile(r"show boot system stack-unit all"),
    "boot": re.compile(r"show bootvar"),
    "inventory": re.compile(r"show inventory"),
    "files": re.compile(r"dir flash:"),
    "hash": re.compile(r"verify sha256 flash://(?P<file>[A-Za-z0-9._+-]{1,124})"),
}


def _answer(device: LabDevice, command: str) -> str:
    word = next((w for w, p in _COMMANDS.items() if p.fullmatch(command)), None)
    if word is None:
        return '% Error: Invalid input at "^" marker.\n'
    if word == "hash":
        return _hash(device, command)
    return "\n".join([*_SAYS[word](device), ""])


def _refusal(_: LabDevice, __: str) -> str:
    return "% Error: Command not authorized.\n"


def _partition(path: str) -> str:
    return normalised(path).partition(":")[0].upper()


def _version(device: LabDevice) -> Iterator[str]:
    yield "Dell Real Time Operating System Software"
    yield "Dell Operating System Version:  2.0"
    yield f"Dell Application Software Version:  {device.active.release}"
    yield "Copyright (c) 1999-2026 by Dell Inc. All Rights Reserved."
    yield "Build Time: Mon Jan  5 12:00:00 2026"
    yield "Build Path: /sites/lab/SW/SRC"
    yield ""
    yield f'System image file is "system://{_partition(device.active.running)}"'
    yield ""
    yield f"System Type: {device.pid}"


def _partitions(device: LabDevice) -> Iterator[str]:
    part = device.active
    held = {_partition(p): i.release for p, i in part.flash.items()}
    following = _partition(next(iter(device.boot_of(part)), part.running))
    cells = [f"{held[n]}{'[boot]' if n == following else ''}" for n in ("A", "B")]
    yield "Current system image information in the system:"
    yield "======================================================="
    yield ""
    yield f"{'Type':<19}{'Boot Type':<14}{'A':<20}B"
    yield "-" * 71
    yield f"{'stack-unit 0':<19}{'FLASH BOOT':<14}{cells[0]:<20}{cells[1]}"
    yield "stack-unit 1 is not present."


def _boot(device: LabDevice) -> Iterator[str]:
    part = device.active
    entries = device.boot_of(part) or (part.running,)
    names = ("PRIMARY", "SECONDARY", "DEFAULT")
    for number, which in enumerate(names):
        path = entries[min(number, len(entries) - 1)]
        shown = path if NETWORK.match(path) else f"system://{_partition(path)}"
        yield f"{which} IMAGE FILE = {shown}"
    yield "LOCAL CONFIG FILE = variable does not exist"


def _inventory(device: LabDevice) -> Iterator[str]:
    yield f"System Type        : {device.pid}"
    yield f"Software Version   : {device.active.release}"
    yield ""
    yield "Unit Type           Serial Number  Part Number  Rev  Piece Part ID        Rev  Svc Tag"
    yield "-" * 92
    piece = "NA             0LAB00       A00  CN-0LAB00-28298-49I-0001  A00"
    yield f"* 0  {device.pid:<16} {piece}  {device.serial}"


def _files(device: LabDevice) -> Iterator[str]:
    yield "Directory of flash:"
    yield ""
    yield "  1  drwx       4096   Jan 05 2026 12:00:00 +00:00 ."
    for number, image in enumerate(device.active.flash.values(), start=2):
        size = len(image.content)
        yield f"  {number}  -rwx   {size:>8}   Jan 05 2026 12:00:00 +00:00 {image.filename}"


def _hash(device: LabDevice, command: str) -> str:
    name = command.rpartition("/")[2]
    image = next((i for i in device.active.flash.values() if i.filename == name), None)
    if image is None:
        return f"% Error: No such file or directory {name}.\n"
    content = (device.behaviour.hash_says or image).content
    named = device.behaviour.hash_names or name
    return f"SHA256 hash for {named}:\n{hashlib.sha256(content).hexdigest()}\n"


_SAYS: Final[dict[str, Callable[[LabDevice], Iterator[str]]]] = {
    "version": _version,
    "partitions": _partitions,
    "boot": _boot,
    "inventory": _inventory,
    "files": _files,
}

PERSONALITY: Final = Personality(
    id="dell_os9",
    title="Dell OS9",
    platform_id="dell_os9",
    pid="S4820T",
    commands=_COMMANDS,
    session_lines={"terminal length 0": ""},
    answer=_answer,
    refusal=_refusal,
    user_commands=frozenset({"version"}),
    part_kinds=frozenset(),
)
