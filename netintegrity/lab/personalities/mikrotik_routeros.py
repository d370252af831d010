"""A router that speaks as RouterOS does: partitions of flash, and packages nothing can hash."""

import re
from typing import Final

from netintegrity.lab.device import NETWORK, LabDevice
from netintegrity.lab.personalities._beside import ROUTEROS, with_beside
from netintegrity.lab.personalities._linux_files import booted, installed
from netintegrity.lab.personalities._shell import Say, answered, objects
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "version": re.compile(r"/system resource print without-paging"),
    "packages": re.compile(r"/system package print detail without-paging"),
    "loader": re.compile(r"/system routerboard print without-paging"),
    "waiting": re.compile(r"/file print detail without-paging where type=package"),
    "boot": re.compile(r"/system routerboard settings print without-paging"),
    "partitions": re.compile(r"/partitions print detail without-paging"),
}


def _answer(device: LabDevice, command: str) -> str:
    said = answered(device, command, _COMMANDS, _SAYS)
    return _refusal(device, command) if said is None else said


def _refusal(_: LabDevice, command: str) -> str:
    word = command.strip("/").partition(" ")[0]
    return f"bad command name {word} (line 1 column 2)\n"


def _record(fields: dict[str, str]) -> str:
    return "".join(f"{key:>25}: {value}\n" for key, value in fields.items())


def _version(device: LabDevice, _: re.Match[str]) -> str:
    return _record(
        {
            "uptime": "10w2d6h21m59s",
            "version": f"{device.active.release} (stable)",
            "build-time": "Jan/05/2026 08:41:00",
            "factory-software": "7.6",
            "architecture-name": "arm64",
            "board-name": device.pid,
            "platform": "MikroTik",
        }
    )


def _packages(device: LabDevice, _: re.Match[str]) -> str:
    return (
        "Flags: X - disabled \n"
        f' 0   name="routeros" version="{device.active.release}" build-time=2026-01-05 08:41:00 '
        'scheduled="" \n'
    )


def _loader(device: LabDevice, _: re.Match[str]) -> str:
    return _record(
        {
            "routerboard": "yes",
            "model": device.pid,
            "serial-number": device.serial,
            "factory-firmware": "7.6",
            "current-firmware": device.active.release,
            "upgrade-firmware": device.active.release,
        }
    )


def _waiting(device: LabDevice, _: re.Match[str]) -> str:
    waits = ' 0 name="routeros-7.13-arm64.npk" type="package" size=17.3MiB \n'
    return waits if objects(device) else ""


def _boot(device: LabDevice, _: re.Match[str]) -> str:
    entries = device.boot_of(device.active)
    asks_first = bool(entries) and NETWORK.match(entries[0]) is not None
    how = "try-ethernet-once-then-nand" if asks_first else "nand-if-fail-then-ethernet"
    return _record({"boot-device": how, "boot-protocol": "bootp", "preboot-etherboot": "disabled"})


def _partitions(device: LabDevice, _: re.Match[str]) -> str:
    running, following = booted(device)
    if NETWORK.match(next(iter(device.boot_of(device.active)), "")):
        following = running
    rows = "".join(
        f" {number} {'A' if name == following else ' '}{'R' if name == running else ' '} "
        f'name="{name}" fallback-to=next '
        f'version="RouterOS v{image.release} Jan/05/2026 08:41:00" size=64.0MiB \n'
        for number, (name, image) in enumerate(installed(device).items())
    )
    return f"Flags: A - active, R - running \n{rows}"


_SAYS: Final[dict[str, Say]] = {
    "version": _version,
    "packages": _packages,
    "loader": _loader,
    "waiting": _waiting,
    "boot": _boot,
    "partitions": _partitions,
}

PERSONALITY: Final = with_beside(
    Personality(
        id="mikrotik_routeros",
        title="MikroTik RouterOS",
        platform_id="mikrotik_routeros",
        pid="LAB1004-1G",
        commands=_COMMANDS,
        session_lines={},
        answer=_answer,
        refusal=_refusal,
        user_commands=frozenset(_COMMANDS),
        prompt="[audit@{}] > ",
        takes_login_options=True,
    ),
    *ROUTEROS,
)
