"""A router that speaks as OpenBSD does, to root: its kernel is linked anew at every boot."""

import re
from typing import Final

from netintegrity.lab.device import NETWORK, LabDevice
from netintegrity.lab.images import made_bytes
from netintegrity.lab.personalities._shell import Say, answered, bsd_sum, objects
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "version": re.compile(r"sysctl -n kern\.version"),
    "boot": re.compile(r"cat /etc/boot\.conf"),
    "packages": re.compile(r"pkg_info -q"),
    "patches": re.compile(r"syspatch -l"),
    "product": re.compile(r"sysctl -n hw\.product"),
    "serial": re.compile(r"sysctl -n hw\.serialno"),
    "installer": re.compile(r"sha256 (?P<path>/bsd\.rd)"),
    "kernel": re.compile(r"sha256 (?P<path>/bsd)"),
    "linked": re.compile(r"cat /var/db/kernel\.SHA256"),
}


def _answer(device: LabDevice, command: str) -> str:
    said = answered(device, command, _COMMANDS, _SAYS)
    return _refusal(device, command) if said is None else said


def _refusal(_: LabDevice, command: str) -> str:
    return f"ksh: {command.partition(' ')[0]}: not found\n"


def _version(device: LabDevice, _: re.Match[str]) -> str:
    return (
        f"OpenBSD {device.active.release} (GENERIC.MP) #338: Mon Jan  5 08:55:35 MST 2026\n"
        "    lab@netintegrity:/usr/src/sys/arch/amd64/compile/GENERIC.MP\n\n"
    )


def _boot(device: LabDevice, _: re.Match[str]) -> str:
    entry = next(iter(device.boot_of(device.active)), device.active.running)
    if NETWORK.match(entry):
        return "set tty com0\nboot tftp:/bsd\n"
    if entry == device.active.running:
        return "cat: /etc/boot.conf: No such file or directory\n"
    return f"set image /{entry.partition(':')[2]}\n"


def _packages(_: LabDevice, __: re.Match[str]) -> str:
    return "bird-2.15.1\nquirks-7.50\n"


def _patches(_: LabDevice, __: re.Match[str]) -> str:
    return "001_unbound\n002_perl\n"


def _product(device: LabDevice, _: re.Match[str]) -> str:
    return f"{device.pid}\n"


def _serial(device: LabDevice, _: re.Match[str]) -> str:
    return f"{device.serial}\n"


def _installer(device: LabDevice, match: re.Match[str]) -> str:
    image = device.behaviour.hash_says or device.active.image
    return bsd_sum(device, match["path"], None if image is None else image.content)


def _kernel(device: LabDevice, _: re.Match[str]) -> str:
    return _linked_on(device, "another" if objects(device) else "linked")


def _linked(device: LabDevice, _: re.Match[str]) -> str:
    return _linked_on(device, "linked")


def _linked_on(device: LabDevice, how: str) -> str:
    return bsd_sum(device, "/bsd", made_bytes(f"{how} on {device.name}", 512))


_SAYS: Final[dict[str, Say]] = {
    "version": _version,
    "boot": _boot,
    "packages": _packages,
    "patches": _patches,
    "product": _product,
    "serial": _serial,
    "installer": _installer,
    "kernel": _kernel,
    "linked": _linked,
}

PERSONALITY: Final = Personality(
    id="openbsd",
    title="OpenBSD",
    platform_id="openbsd",
    pid="LAB-GW1",
    commands=_COMMANDS,
    session_lines={},
    answer=_answer,
    refusal=_refusal,
    user_commands=frozenset(_COMMANDS),
    prompt="{}# ",
)
