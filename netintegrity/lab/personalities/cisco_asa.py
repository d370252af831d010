"""A box that speaks as Cisco ASA does."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.lab.device import NETWORK, LabDevice
from netintegrity.lab.personalities._beside import ASA, CURPRIV, with_beside
from netintegrity.lab.personalities._cisco_words import caret, digest_of, signature
from netintegrity.lab.personalities._spec import Personality

_FILE: Final = r"[a-z]+\d?:[A-Za-z0-9_./+-]+"
_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "boot": re.compile(r"show bootvar"),
    "inventory": re.compile(r"show inventory"),
    "authenticity": re.compile(r"show software authenticity running"),
    "hash": re.compile(rf"verify /sha-512 (?P<path>{_FILE})"),
    "hash-md5": re.compile(rf"verify /md5 (?P<path>{_FILE})"),
}
_ALGORITHMS: Final = {"hash": ("sha512", "SHA-512"), "hash-md5": ("md5", "MD5")}


def _answer(device: LabDevice, command: str) -> str:
    for word, pattern in _COMMANDS.items():
        if (match := pattern.fullmatch(command)) is None:
            continue
        if word in _SHOWS:
            return "\n".join([*_SHOWS[word](device), ""])
        return _hash(device, _ALGORITHMS[word], match["path"])
    return _refusal(device, command)


def _refusal(device: LabDevice, command: str) -> str:
    mark = caret(device, command, frozenset({"show", "verify", "dir", "terminal"}))
    return f"{mark}\nERROR: % Invalid input detected at '^' marker.\n"


def _version(device: LabDevice) -> Iterator[str]:
    yield f"Cisco Adaptive Security Appliance Software Version {device.active.release}"
    yield "Device Manager Version 7.23(1)"
    yield ""
    yield "This is a simulated device of the netintegrity lab."
    yield f'System image file is "{_spelled(device.active.running)}"'
    yield 'Config file at boot was "startup-config"'
    yield ""
    yield f"{device.name} up 16 days 14 hours"
    yield ""
    yield f"Hardware:   {device.pid}, 8192 MB RAM, CPU Atom C2000 series 2416 MHz, 1 CPU (8 cores)"
    yield ""
    yield f"Serial Number: {device.serial}"
    said, later = device.behaviour.config_register, device.behaviour.config_register_next
    change = "" if later is None else f" (will be {later:#x} at next reload)"
    yield f"Configuration register is {1 if said is None else said:#x}{change}"
    yield "Image type                : Release"
    yield "Key Version               : A"
    yield "ROMMON Version            : 1.1.18"
    yield ""


def _bootvar(device: LabDevice) -> Iterator[str]:
    value = ";".join(_spelled(entry) for entry in device.boot_of(device.active))
    yield ""
    yield f"BOOT variable = {value}"
    yield f"Current BOOT variable = {value}"
    yield "CONFIG_FILE variable ="
    yield "Current CONFIG_FILE variable ="
    yield ""


def _inventory(device: LabDevice) -> Iterator[str]:
    yield f'Name: "Chassis", DESCR: "{device.pid}, 8GE, AC"'
    yield f"PID: {device.pid:<18}, VID: V01     , SN: {device.serial}"
    yield ""


def _authenticity(device: LabDevice) -> Iterator[str]:
    yield from signature(device, device.active, unit="NCS_Kenton_ASA", release_word="Release")


def _hash(device: LabDevice, algorithm: tuple[str, str], path: str) -> str:
    name, printed = algorithm
    digest = digest_of(device, name, path)
    if digest is None:
        return f"%Error verifying {path} (No such file or directory)\n"
    named = device.behaviour.hash_names or path
    return f"{'!' * 77}\n{'!' * 40}Done!\nverify /{printed} ({named}) = {digest}\n"


def _spelled(path: str) -> str:
    """Return a path as its commands print it, with a slash after the colon."""
    filesystem, colon, rest = path.partition(":")
    return path if not colon or NETWORK.match(path) else f"{filesystem}:/{rest.lstrip('/')}"


_SHOWS: Final[dict[str, Callable[[LabDevice], Iterator[str]]]] = {
    "version": _version,
    "boot": _bootvar,
    "inventory": _inventory,
    "authenticity": _authenticity,
}
PERSONALITY: Final = with_beside(
    Personality(
        id="cisco_asa",
        title="Cisco ASA",
        platform_id="cisco_asa",
        pid="ASA5516",
        commands=_COMMANDS,
        session_lines={
            "terminal pager 0": "",
        },
        answer=_answer,
        refusal=_refusal,
        user_commands=frozenset({"version"}),
    ),
    ASA,
    CURPRIV,
)
