"""A switch that speaks as SONiC does, through its shell."""

import hashlib
import re
from typing import Final

from netintegrity.lab.device import LabDevice
from netintegrity.lab.personalities._beside import overlaid
from netintegrity.lab.personalities._linux_files import (
    booted,
    content_of,
    installed,
    sha256sum,
    starters,
)
from netintegrity.lab.personalities._spec import Personality
from netintegrity.model.claims import SoftwareKind

_CONTAINERS: Final = (("docker-syncd-lab", 0), ("docker-database", 12))
_ROOT: Final = "fs.squashfs"
_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "images": re.compile(r"sudo sonic-installer list"),
    "boot": re.compile(r"show boot"),
    "boot-files": re.compile(r"ls -1 (?P<path>/host/image-(?P<name>[\w.+-]+)/boot)"),
    "overlay": re.compile(r"find (?P<path>/host/image-[\w.+-]+/rw/usr/s?bin) -mindepth 1 -type f"),
    "hash": re.compile(
        r"sha256sum (?P<path>/host/image-(?P<name>[\w.+-]+)/(?:boot/)?(?P<file>[\w.+-]+))"
    ),
}


def _answer(device: LabDevice, command: str) -> str:
    for word, pattern in _COMMANDS.items():
        if (match := pattern.fullmatch(command)) is None:
            continue
        if word == "version":
            return _version(device)
        if word in {"images", "boot"}:
            return _images(device)
        if word == "boot-files":
            return _folder(device, match["path"], match["name"])
        if word == "overlay":
            return overlaid(device, match["path"])
        content = content_of(device, match["name"], match["file"], root=_ROOT)
        return sha256sum(device, match["path"], content)
    return _refusal(device, command)


def _refusal(_: LabDevice, command: str) -> str:
    return f"-bash: {command.partition(' ')[0]}: command not found\n"


def _version(device: LabDevice) -> str:
    part = device.active
    made = hashlib.sha256(part.image.content if part.image else b"").hexdigest()
    rows_of = [
        *((n, part.release, made[at : at + 12]) for n, at in _CONTAINERS),
        *((b.name, "latest", b.image) for b in device.beside if b.kind is SoftwareKind.CONTAINER),
    ]
    rows = "".join(f"{name:<27}{tag:<20}{id_:<20}300MB\n" for name, tag, id_ in rows_of)
    return (
        "\n"
        f"SONiC Software Version: SONiC.{part.release}\n"
        "SONiC OS Version: 12\n"
        "Distribution: Debian 12.5\n"
        "Kernel: 6.1.0-11-2-amd64\n"
        f"Build commit: {made[:10]}\n"
        "Build date: Mon Jan  5 12:00:00 UTC 2026\n"
        "Built by: lab@netintegrity\n"
        "\n"
        "Platform: x86_64-lab-r0\n"
        f"HwSKU: {device.pid}\n"
        "ASIC: vs\n"
        "ASIC Count: 1\n"
        f"Serial Number: {device.serial}\n"
        f"Model Number: {device.pid}\n"
        "Hardware Revision: A1\n"
        "Uptime: 12:00:00 up 3 days,  1 user,  load average: 0.26, 0.45, 0.66\n"
        "\n"
        "Docker images:\n"
        "REPOSITORY                 TAG                 IMAGE ID            SIZE\n"
        f"{rows}"
    )


def _images(device: LabDevice) -> str:
    running, following = booted(device)
    available = "".join(f"SONiC-OS-{name}\n" for name in installed(device))
    return f"Current: SONiC-OS-{running}\nNext: SONiC-OS-{following}\nAvailable:\n{available}"


def _folder(device: LabDevice, path: str, name: str) -> str:
    image = installed(device).get(name)
    if image is None:
        return f"ls: cannot access '{path}': No such file or directory\n"
    files = ("System.map-6.1.0-11-2-amd64", "config-6.1.0-11-2-amd64", *starters(image))
    return "".join(f"{file}\n" for file in sorted(files))


PERSONALITY: Final = Personality(
    id="sonic",
    title="SONiC",
    platform_id="sonic",
    pid="SW100-32X",
    commands=_COMMANDS,
    session_lines={},
    answer=_answer,
    refusal=_refusal,
    user_commands=frozenset(_COMMANDS),
)
