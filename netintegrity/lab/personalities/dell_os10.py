"""A box that speaks as Dell SmartFabric OS10 does."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.lab.device import LabDevice, normalised
from netintegrity.lab.personalities._linux_files import sha256sum
from netintegrity.lab.personalities._spec import Personality

_FOLDER: Final = "/var/os10-image/"
_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "boot": re.compile(r"show boot detail"),
    "inventory": re.compile(r"show inventory"),
    "secure-boot": re.compile(r"show secure-boot status"),
    "images": re.compile(r"dir image"),
    "hash": re.compile(r'system "sha256sum (?P<path>/var/os10-image/[A-Za-z0-9._+-]{1,124})"'),
}


def _answer(device: LabDevice, command: str) -> str:
    word = next((w for w, p in _COMMANDS.items() if p.fullmatch(command)), None)
    if word is None:
        return _refusal(device, command)
    if word == "hash":
        return _hash(device, command)
    return "\n".join([*_SAYS[word](device), ""])


def _refusal(_: LabDevice, __: str) -> str:
    return "% Error: Unrecognized command.\n"


def _version(device: LabDevice) -> Iterator[str]:
    release = device.active.release
    yield "Dell SmartFabric OS10 Enterprise"
    yield "Copyright (c) 1999-2026 by Dell Inc. All Rights Reserved."
    yield f"OS Version: {release.rpartition('.')[0]}"
    yield f"Build Version: {release}"
    yield "Build Time: 2026-01-05T12:00:00+0000"
    yield f"System Type: {device.pid}"
    yield "Architecture: x86_64"
    yield "Up Time: 1 week 1 day 17:55:03"


def _partition(path: str) -> str:
    return normalised(path).partition(":")[0].upper()


def _boot(device: LabDevice) -> Iterator[str]:
    part = device.active
    following = normalised(next(iter(device.boot_of(part)), part.running))
    yield "Current system image information detail:"
    yield "=========================================="
    yield "Type:                     Node-id 1"
    yield "Boot Type:                Flash Boot"
    for path, image in part.flash.items():
        is_running = normalised(path) == normalised(part.running)
        which = "Active" if is_running else "Standby"
        yield f"{which + ' Partition:':<26}{_partition(path)}"
        yield f"{which + ' SW Version:':<26}{image.release.rpartition('.')[0]}"
        yield f"{which + ' SW Build Version:':<26}{image.release}"
    word = "active" if following == normalised(part.running) else "standby"
    yield f"{'Next-Boot:':<26}{word}[{_partition(following)}]"


def _inventory(device: LabDevice) -> Iterator[str]:
    yield f"Product            : {device.pid}"
    yield f"Software version   : {device.active.release}"
    yield ""
    yield "Unit Type            Part Number  Rev  Piece Part ID             Svc Tag  Exprs Svc Code"
    yield "-" * 92
    piece = "CN-0LAB00-DND00-86Q-0001"
    yield f"* 1  {device.pid:<15} 0LAB00       A00  {piece} {device.serial}  212 026 105 14"
    yield "  1  LAB-PWR-1-AC    0LAB01       A00  CN-0LAB01-DND00-86Q-0002 LABPWR1  212 026"


def _secure_boot(_: LabDevice) -> Iterator[str]:
    yield "Last boot was via secure boot  : yes"
    yield "Secure boot configured         : yes"
    yield "Latest startup config protected: no"


def _images(device: LabDevice) -> Iterator[str]:
    yield "Directory contents for folder: image"
    yield "Date (modified)        Size (bytes)  Name"
    yield "---------------------  ------------  ----------------------------------------"
    for image in device.active.flash.values():
        yield f"2026-01-05T12:00:00Z   {len(image.content):<12}  {image.filename}"


def _hash(device: LabDevice, command: str) -> str:
    path = command.partition('"')[2].rstrip('"').partition(" ")[2]
    name = path.removeprefix(_FOLDER)
    image = next((i for i in device.active.flash.values() if i.filename == name), None)
    content = None if image is None else (device.behaviour.hash_says or image).content
    return sha256sum(device, path, content)


_SAYS: Final[dict[str, Callable[[LabDevice], Iterator[str]]]] = {
    "version": _version,
    "boot": _boot,
    "inventory": _inventory,
    "secure-boot": _secure_boot,
    "images": _images,
}

PERSONALITY: Final = Personality(
    id="dell_os10",
    title="Dell SmartFabric OS10",
    platform_id="dell_os10",
    pid="S5248F-ON",
    commands=_COMMANDS,
    session_lines={"terminal length 0": ""},
    answer=_answer,
    refusal=_refusal,
    user_commands=frozenset(_COMMANDS),
    part_kinds=frozenset(),
)
