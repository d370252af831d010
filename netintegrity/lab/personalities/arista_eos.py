"""A box that speaks as Arista EOS does."""

import hashlib
import re
from typing import Final

from netintegrity.lab.device import LabDevice
from netintegrity.lab.personalities._beside import EOS, PRIVILEGE, with_beside
from netintegrity.lab.personalities._spec import Personality

_LOCAL: Final = r"[a-z]+:[A-Za-z0-9_./+-]+"
_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "boot": re.compile(r"show boot-config"),
    "extensions": re.compile(r"show extensions"),
    "hash": re.compile(rf"verify /(?P<algorithm>md5|sha1|sha256|sha512) (?P<path>{_LOCAL})"),
    "dir": re.compile(r"dir(?: (?P<path>[a-z]+:))?"),
}


def _answer(device: LabDevice, command: str) -> str:
    for word, pattern in _COMMANDS.items():
        if (match := pattern.fullmatch(command)) is None:
            continue
        if word == "version":
            return _version(device)
        if word == "boot":
            return _boot(device)
        if word == "extensions":
            return _extensions()
        if word == "hash":
            return _hash(device, match["algorithm"], match["path"])
        return _directory(device, match["path"] or "flash:")
    return _refusal(device, command)


def _refusal(_: LabDevice, __: str) -> str:
    return "% Invalid input\n"


def _version(device: LabDevice) -> str:
    part = device.active
    made = hashlib.sha256(part.image.content if part.image else b"").hexdigest()
    build = "-".join((made[:8], made[8:12], made[12:16], made[16:20], made[20:32]))
    number = int(made[:6], 16)
    digits = re.sub(r"[^0-9A-Z]", "", part.release)
    mac = f"0000.5e00.53{int(made[:2], 16) % 256:02x}"
    return (
        f"Arista {device.pid}\n"
        "Hardware version: 11.01\n"
        f"Serial number: {device.serial}\n"
        f"Hardware MAC address: {mac}\n"
        f"System MAC address: {mac}\n"
        "\n"
        f"Software image version: {part.release}\n"
        "Architecture: x86_64\n"
        f"Internal build version: {part.release}-{number}.{digits}\n"
        f"Internal build ID: {build}\n"
        "Image format version: 3.0\n"
        "Image optimization: Default\n"
        "\n"
        "Kernel version: 5.10.165\n"
        "\n"
        "Uptime: 12 days, 3 hours and 4 minutes\n"
        "Total memory: 8099732 kB\n"
        "Free memory: 5846184 kB\n"
        "\n"
    )


def _boot(device: LabDevice) -> str:
    entries = device.boot_of(device.active)
    image = entries[0] if entries else "(not set)"
    return (
        f"Software image: {image}\n"
        "Console speed: (not set)\n"
        "Aboot password (encrypted): (not set)\n"
        "Memory test iterations: (not set)\n"
    )


def _extensions() -> str:
    return (
        "Name             Version/Release       Status       Extension\n"
        "---------------- --------------------- ------------ ---------\n"
        "\n"
        "A: available | NA: not available | I: installed | F: forced | B: install at boot\n"
    )


def _hash(device: LabDevice, algorithm: str, path: str) -> str:
    content = device.hashed_file(path)
    if content is None:
        return f"% Error hashing {path} (No such file or directory)\n"
    digest = hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()
    return f"verify /{algorithm} ({device.behaviour.hash_names or path}) = {digest}\n"


def _directory(device: LabDevice, filesystem: str) -> str:
    rows = [
        f"       -rw-  {len(content):>14}            Jan 5 12:00  {path.partition(':')[2]}"
        for path, content in sorted(device.active.files.items())
        if path.startswith(filesystem)
    ]
    rows += [
        f"       -rwx  {120:>14}            Jan 5 12:00  {b.name}"
        for b in device.beside
        if b.name == "rc.eos"
    ]
    free = "29527830528 bytes total (25769803776 bytes free)"
    return "\n".join([f"Directory of {filesystem}/", "", *rows, "", free, ""])


PERSONALITY: Final = with_beside(
    Personality(
        id="arista_eos",
        title="Arista EOS",
        platform_id="arista_eos",
        pid="DCS-7050SX3-48YC8",
        commands=_COMMANDS,
        session_lines={
            "terminal width 511": "Width set to 511 columns.\n",
            "terminal length 0": "Pagination disabled.\n",
        },
        answer=_answer,
        refusal=_refusal,
        user_commands=frozenset({"version", "extensions"}),
    ),
    *EOS,
    PRIVILEGE,
)
