"""A box that speaks as VyOS does, installed as images."""

import hashlib
import re
from typing import Final

from netintegrity.lab.device import LabDevice
from netintegrity.lab.personalities._beside import PODMAN, overlaid, with_beside
from netintegrity.lab.personalities._linux_files import booted, content_of, installed, sha256sum
from netintegrity.lab.personalities._spec import Personality

_BOOT: Final = "/usr/lib/live/mount/persistence/boot"
_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "images": re.compile(r"show system image"),
    "hash": re.compile(rf"sha256sum (?P<path>{_BOOT}/(?P<name>[\w.+-]+)/(?P<file>[\w.+-]+))"),
    "overlay": re.compile(rf"find (?P<path>{_BOOT}/[\w.+-]+/rw/usr/s?bin) -mindepth 1"),
}


def _answer(device: LabDevice, command: str) -> str:
    for word, pattern in _COMMANDS.items():
        if (match := pattern.fullmatch(command)) is None:
            continue
        if word == "version":
            return _version(device)
        if word == "images":
            return _images(device)
        if word == "overlay":
            return overlaid(device, match["path"])
        root = f"{match['name']}.squashfs"
        content = content_of(device, match["name"], match["file"], root=root)
        return sha256sum(device, match["path"], content)
    return _refusal(device, command)


def _refusal(_: LabDevice, command: str) -> str:
    return f"\n  Invalid command: [{command.partition(' ')[0]}]\n\n"


def _version(device: LabDevice) -> str:
    part = device.active
    made = hashlib.sha256(part.image.content if part.image else b"").hexdigest()
    uuid = "-".join((made[:8], made[8:12], made[12:16], made[16:20], made[20:32]))
    return (
        f"Version:          VyOS {part.release}\n"
        "Release train:    lab\n"
        "Release flavor:   generic\n"
        "\n"
        "Built by:         lab@netintegrity\n"
        "Built on:         Mon 05 Jan 2026 12:00 UTC\n"
        f"Build UUID:       {uuid}\n"
        f"Build commit ID:  {made[:14]}\n"
        "\n"
        "Architecture:     x86_64\n"
        "Boot via:         installed image\n"
        "System type:      bare metal\n"
        "Secure Boot:      n/a (BIOS)\n"
        "\n"
        "Hardware vendor:  Lab\n"
        f"Hardware model:   {device.pid}\n"
        f"Hardware S/N:     {device.serial}\n"
        "Hardware UUID:    Unknown\n"
        "\n"
        "Copyright:        VyOS maintainers and contributors\n"
    )


def _images(device: LabDevice) -> str:
    running, default = booted(device)
    rows = [
        f"{name:<26}{'Yes' if name == default else '':<16}{'Yes' if name == running else ''}"
        for name in installed(device)
    ]
    head = ("Name                      Default boot    Running", f"{'-' * 24}  {'-' * 14}  -------")
    return "\n".join(row.rstrip() for row in (*head, *rows)) + "\n"


PERSONALITY: Final = with_beside(
    Personality(
        id="vyos",
        title="VyOS",
        platform_id="vyos",
        pid="RT-1000",
        commands=_COMMANDS,
        session_lines={"set terminal width 512": "", "set terminal length 0": ""},
        answer=_answer,
        refusal=_refusal,
        user_commands=frozenset(_COMMANDS),
    ),
    PODMAN,
)
