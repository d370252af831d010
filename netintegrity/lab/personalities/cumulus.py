"""A switch that speaks as Cumulus Linux does, through its shell."""

import re
from collections.abc import Callable
from typing import Final

from netintegrity.lab.device import LabDevice
from netintegrity.lab.personalities._beside import UNITS, with_beside
from netintegrity.lab.personalities._linux_files import booted, installed
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "version": re.compile(r"cat /etc/lsb-release"),
    "nv-images": re.compile(r"nv show system image"),
    "packages": re.compile(r"dpkg-query --show"),
    "eeprom": re.compile(r"decode-syseeprom"),
}


def _answer(device: LabDevice, command: str) -> str:
    word = next((w for w, p in _COMMANDS.items() if p.fullmatch(command)), None)
    return _refusal(device, command) if word is None else _SAYS[word](device)


def _refusal(_: LabDevice, command: str) -> str:
    return f"-bash: {command.partition(' ')[0]}: command not found\n"


def _version(device: LabDevice) -> str:
    release = device.active.release
    return (
        'DISTRIB_ID="Cumulus Linux"\n'
        f"DISTRIB_RELEASE={release}\n"
        f'DISTRIB_DESCRIPTION="Cumulus Linux {release}"\n'
    )


def _images(device: LabDevice) -> str:
    running, following = booted(device)
    names = list(installed(device))
    rows = [
        ("current", str(names.index(running) + 1)),
        ("next", str(names.index(following) + 1)),
    ]
    for number, (name, image) in enumerate(installed(device).items(), start=1):
        rows.append((f"partition{number}", ""))
        rows += [("  build-id", f"{image.release}.0018"), ("  description", name)]
        rows += [("  disk", f"/dev/sda{number + 4}"), ("  release", image.release)]
    head = f"{'':<15}operational\n{'-' * 13}  {'-' * 25}\n"
    return head + "".join(f"{key:<15}{value}\n" for key, value in rows)


def _packages(device: LabDevice) -> str:
    return f"base-files\t{device.active.release}\nopenssh-server\t1:8.4p1-5+deb11u3\n"


def _eeprom(device: LabDevice) -> str:
    return (
        "TlvInfo Header:\n"
        "   Id String:    TlvInfo\n"
        "   Version:      1\n"
        "TLV Name             Code Len Value\n"
        "-------------------- ---- --- -----\n"
        f"Product Name         0x21 {len(device.pid):>3} {device.pid}\n"
        f"Serial Number        0x23 {len(device.serial):>3} {device.serial}\n"
    )


_SAYS: Final[dict[str, Callable[[LabDevice], str]]] = {
    "version": _version,
    "nv-images": _images,
    "packages": _packages,
    "eeprom": _eeprom,
}

PERSONALITY: Final = with_beside(
    Personality(
        id="cumulus",
        title="Cumulus Linux",
        platform_id="cumulus",
        pid="SN2100",
        commands=_COMMANDS,
        session_lines={},
        answer=_answer,
        refusal=_refusal,
        user_commands=frozenset(_COMMANDS),
    ),
    UNITS,
)
