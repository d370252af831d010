"""A box that speaks as Huawei VRP does in its user view."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.lab.device import LabDevice, Part
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "version": re.compile(r"display version"),
    "startup": re.compile(r"display startup"),
    "patches": re.compile(r"display patch-information"),
    "esn": re.compile(r"display esn"),
    "made": re.compile(r"display device manufacture-info"),
    "files": re.compile(r"dir"),
}


def _answer(device: LabDevice, command: str) -> str:
    word = next((w for w, p in _COMMANDS.items() if p.fullmatch(command)), None)
    if word not in _SAYS:
        return "Error: Unrecognized command found at '^' position.\n"
    return "\n".join([*_SAYS[word](device), ""])


def _refusal(_: LabDevice, __: str) -> str:
    return "Error: You do not have permission to run the command.\n"


def _role(number: int) -> str:
    return "Slave" if number else "Master"


def _slot(part: Part) -> str:
    return part.subject.id if part.subject.kind.value == "supervisor" else "0"


def _version(device: LabDevice) -> Iterator[str]:
    yield "Huawei Versatile Routing Platform Software"
    yield f"VRP (R) software, Version 5.170 (S7700 {device.active.release})"
    yield "Copyright (C) 2000-2026 HUAWEI TECH CO., LTD"
    yield f"HUAWEI {device.pid} Terabit Routing Switch uptime is 1 week, 4 days, 0 hour, 10 minutes"
    for number, part in enumerate(device.parts):
        kind = part.pid if device.is_redundant else "MPU"
        yield ""
        yield f"{kind} {_slot(part)}({_role(number)})  : uptime is 1 week, 4 days, 0 hour"
        yield "SDRAM Memory Size    : 1024    M bytes"
        yield "MPU version information :"
        yield "1. PCB      Version  : LE02SRUA VER.D"
        yield "5. BootROM  Version  : 020a.010f"
        yield f"6. Software Version  : VRP (R) Software, Version 5.170 ({part.release})"


def _startup(device: LabDevice) -> Iterator[str]:
    for number, part in enumerate(device.parts):
        following = next(iter(device.boot_of(part)), part.running)
        yield f"{'Slave' if number else 'Main'}Board:"
        yield f"  Startup system software:                   {_path(part.running)}"
        yield f"  Next startup system software:              {_path(following)}"
        yield "  Backup system software for next startup:   null"
        yield "  Startup saved-configuration file:          flash:/vrpcfg.zip"
        yield "  Startup patch package:                     flash:/lab_sph001.pat"
        yield "  Next startup patch package:                flash:/lab_sph001.pat"


def _path(path: str) -> str:
    filesystem, _, rest = path.partition(":")
    return f"{filesystem}:/{rest.lstrip('/')}"


def _patches(_: LabDevice) -> Iterator[str]:
    yield "Patch Package Name   :flash:/lab_sph001.pat"
    yield "Patch Package Version:V200R010SPH001"
    yield "Patch Package State  :Running"


def _made(device: LabDevice) -> Iterator[str]:
    yield "Slot  Sub  Serial-number          Manu-date"
    yield "- - - - - - - - - - - - - - - - - - - - - -"
    for part in device.parts:
        yield f"{_slot(part):<5} -    {part.serial:<22} 2026-01-05"


def _files(device: LabDevice) -> Iterator[str]:
    yield "Directory of flash:/"
    yield ""
    yield "  Idx  Attr     Size(Byte)  Date        Time       FileName"
    yield "    0  dr-x              -  Jan 05 2026 12:00:00   $_checkpoint"
    for number, path in enumerate(device.active.flash, start=1):
        name = path.rpartition(":")[2].lstrip("/")
        yield f"{number:>5}  -rw-    572,847,476  Jan 05 2026 12:00:00   {name}"


_SAYS: Final[dict[str, Callable[[LabDevice], Iterator[str]]]] = {
    "version": _version,
    "startup": _startup,
    "patches": _patches,
    "made": _made,
    "files": _files,
}

PERSONALITY: Final = Personality(
    id="huawei_vrp",
    title="Huawei VRP",
    platform_id="huawei_vrp",
    pid="S7706",
    commands=_COMMANDS,
    session_lines={
        "screen-length 0 temporary": "Info: The configuration takes effect on the current user "
        "terminal interface only.\n"
    },
    answer=_answer,
    refusal=_refusal,
    user_commands=frozenset(_COMMANDS),
    prompt="<{}>",
    part_kinds=frozenset({"supervisor"}),
)
