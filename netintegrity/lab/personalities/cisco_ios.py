"""A box that speaks as classic Cisco IOS does: a Catalyst 2960-X, alone or in a stack."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.lab.device import LabDevice
from netintegrity.lab.personalities._beside import PRIVILEGE, REGISTERED, with_beside
from netintegrity.lab.personalities._cisco_words import caret, digest_of, signature
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "boot": re.compile(r"show boot"),
    "inventory": re.compile(r"show inventory"),
    "authenticity": re.compile(r"show software authenticity running"),
    "hash-md5": re.compile(r"verify /md5 (?P<path>[a-z]+\d?(?:-\d{1,2})?:[A-Za-z0-9_./+-]+)"),
}
_USUAL_REGISTER: Final = 0xF


def _answer(device: LabDevice, command: str) -> str:
    for word, pattern in _COMMANDS.items():
        if (match := pattern.fullmatch(command)) is None:
            continue
        if word in _SHOWS:
            return "\n".join([*_SHOWS[word](device), ""])
        return _hash(device, match["path"])
    return _refusal(device, command)


def _refusal(device: LabDevice, command: str) -> str:
    mark = caret(device, command, frozenset({"show", "verify", "dir", "terminal"}))
    return f"{mark}\n% Invalid input detected at '^' marker.\n\n"


def _version(device: LabDevice) -> Iterator[str]:
    release = device.active.release
    product = "C2960X Software (C2960X-UNIVERSALK9-M)"
    yield f"Cisco IOS Software, {product}, Version {release}, RELEASE SOFTWARE (fc3)"
    yield "This is a simulated device of the netintegrity lab."
    yield ""
    yield "ROM: Bootstrap program is C2960X boot loader"
    yield "BOOTLDR: C2960X Boot Loader (C2960X-HBOOT-M) Version 15.2(7r)E2, RELEASE SOFTWARE (fc1)"
    yield ""
    yield f"{device.name} uptime is 3 weeks, 2 days, 1 hour, 4 minutes"
    yield "System returned to ROM by power-on"
    yield f'System image file is "{device.active.running}"'
    yield ""
    yield f"cisco {device.pid} (APM86XXX) processor (revision A0) with 524288K bytes of memory."
    yield f"Processor board ID {device.serial}"
    yield ""
    yield f"Model number                    : {device.pid}"
    yield f"System serial number            : {device.serial}"
    yield ""
    yield ""
    yield "Switch Ports Model                     SW Version            SW Image"
    yield "------ ----- -----                     ----------            ----------"
    for index, part in enumerate(device.parts):
        mark = " " if index else "*"
        row = f"{mark} {part.subject.id:>4} 28    {part.pid:<25} {part.release:<21}"
        yield f"{row} C2960X-UNIVERSALK9-M"
    for part in device.parts[1:]:
        yield ""
        yield ""
        yield f"Switch {int(part.subject.id):02d}"
        yield "---------"
        yield f"Model number                    : {part.pid}"
        yield f"System serial number            : {part.serial}"
    yield ""
    said, later = device.behaviour.config_register, device.behaviour.config_register_next
    change = "" if later is None else f" (will be {later:#x} at next reload)"
    # Hexadecimal digits in capitals: 0xF
    now = f"0x{_USUAL_REGISTER if said is None else said:X}"
    yield f"Configuration register is {now}{change}"
    yield ""


def _boot(device: LabDevice) -> Iterator[str]:
    for part in device.parts:
        if device.is_stack:
            yield "-------------------"
            yield f"Switch {part.subject.id}"
            yield "-------------------"
        yield f"BOOT path-list      : {';'.join(device.boot_of(part))}"
        yield "Config file         : flash:/config.text"
        yield "Enable Break        : no"
        yield "Manual Boot         : no"
        yield "Allow Dev Key         : no"
        yield "HELPER path-list    :"


def _inventory(device: LabDevice) -> Iterator[str]:
    for part in device.parts:
        name = f"Switch {part.subject.id}" if device.is_stack else "1"
        yield f'NAME: "{name}", DESCR: "{part.pid}"'
        yield f"PID: {part.pid:<18}, VID: V02  , SN: {part.serial}"
        yield ""


def _authenticity(device: LabDevice) -> Iterator[str]:
    yield "SYSTEM IMAGE"
    yield "------------"
    yield from signature(device, device.active, unit="C2960X", release_word="Production")


def _hash(device: LabDevice, path: str) -> str:
    digest = digest_of(device, "md5", path)
    if digest is None:
        return f"%Error verifying {path} (No such file or directory)\n"
    named = device.behaviour.hash_names or path
    return f"{'.' * 40}MD5 of {path} Done!\nverify /md5 ({named}) = {digest}\n\n"


_SHOWS: Final[dict[str, Callable[[LabDevice], Iterator[str]]]] = {
    "version": _version,
    "boot": _boot,
    "inventory": _inventory,
    "authenticity": _authenticity,
}
PERSONALITY: Final = with_beside(
    Personality(
        id="cisco_ios",
        title="Cisco IOS",
        platform_id="cisco_ios",
        pid="WS-C2960X-24TS-L",
        commands=_COMMANDS,
        session_lines={"terminal width 511": "", "terminal length 0": ""},
        answer=_answer,
        refusal=_refusal,
        user_commands=frozenset({"version", "inventory"}),
    ),
    REGISTERED,
    PRIVILEGE,
)
