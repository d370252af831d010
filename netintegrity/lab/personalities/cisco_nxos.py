"""A box that speaks as Cisco NX-OS does: a Nexus 9000 of one supervisor or two."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.lab.device import NETWORK, LabDevice
from netintegrity.lab.personalities._beside import NXOS, with_beside
from netintegrity.lab.personalities._cisco_words import caret, digest_of, signature
from netintegrity.lab.personalities._spec import Personality

_FILE: Final = r"[a-z]+\d?:[A-Za-z0-9_./+-]+"
_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "boot": re.compile(r"show boot"),
    "inventory": re.compile(r"show inventory"),
    "module": re.compile(r"show module"),
    "authenticity": re.compile(r"show software authenticity running"),
    "install": re.compile(r"show install active"),
    "hash": re.compile(rf"show file (?P<path>{_FILE}) (?P<algorithm>sha512)sum"),
    "hash-sha256": re.compile(rf"show file (?P<path>{_FILE}) (?P<algorithm>sha256)sum"),
    "hash-md5": re.compile(rf"show file (?P<path>{_FILE}) (?P<algorithm>md5)sum"),
}


def _answer(device: LabDevice, command: str) -> str:
    for word, pattern in _COMMANDS.items():
        if (match := pattern.fullmatch(command)) is None:
            continue
        if word in _SHOWS:
            return "\n".join([*_SHOWS[word](device), ""])
        return _hash(device, match["algorithm"], match["path"])
    return _refusal(device, command)


def _refusal(device: LabDevice, command: str) -> str:
    mark = caret(device, command, frozenset({"show", "dir", "terminal"}))
    return f"{mark}\n% Invalid command at '^' marker.\n"


def _version(device: LabDevice) -> Iterator[str]:
    part = device.active
    yield "Cisco Nexus Operating System (NX-OS) Software"
    yield "This is a simulated device of the netintegrity lab."
    yield ""
    yield "Software"
    yield "  BIOS: version 05.45"
    yield f" NXOS: version {part.release}"
    yield "  BIOS compile time:  07/05/2021"
    yield f"  NXOS image file is: {_spelled(part.running, '///')}"
    yield ""
    yield ""
    yield "Hardware"
    yield "  cisco Nexus9000 Chassis"
    yield f"  Processor Board ID {part.serial}"
    yield ""
    yield f"  Device name: {device.name}"
    yield "  bootflash:   53298520 kB"
    yield "Kernel uptime is 60 day(s), 17 hour(s), 8 minute(s), 18 second(s)"
    yield ""
    yield "Last reset at 237566 usecs after Mon Jan  5 12:00:00 2026"
    yield "  Reason: Reset Requested by CLI command reload"
    yield f"  System version: {part.release}"
    yield "  Service:"
    yield ""
    yield "Active Package(s):"
    yield ""


def _boot(device: LabDevice) -> Iterator[str]:
    for title in ("Current Boot Variables:", "Boot Variables on next reload:"):
        yield title
        yield ""
        for number, part in enumerate(device.parts, start=1):
            yield f"sup-{number}"
            values = device.boot_of(part)
            if values:
                value = ";".join(_spelled(entry, "/") for entry in values)
                yield f"NXOS variable = {value}"
            yield "Boot POAP Disabled"
        yield ""


def _inventory(device: LabDevice) -> Iterator[str]:
    rows = [("Chassis", f"Nexus9000 {device.pid} Chassis", device.pid, device.serial)]
    if device.is_redundant:
        rows += [
            (f"Slot {p.subject.id}", "Supervisor Module", p.pid, p.serial) for p in device.parts
        ]
    else:
        rows.append(("Slot 1", "Ethernet Module", device.pid, device.serial))
    for name, description, pid, serial in rows:
        yield f'NAME: "{name}",  DESCR: "{description}"'
        yield f"PID: {pid:<20},  VID: V01 ,  SN: {serial}"
        yield ""


def _module(device: LabDevice) -> Iterator[str]:
    yield "Mod Ports             Module-Type                      Model           Status"
    yield "--- ----- ------------------------------------- --------------------- ---------"
    for part in device.parts if device.is_redundant else ():
        state = "active *" if part is device.active else "ha-standby"
        row = f"{part.subject.id:<4} 0    Supervisor Module"
        yield f"{row:<47} {part.pid:<21} {state}"
    yield ""
    yield "Mod  Sw                       Hw    Slot"
    yield "---  ----------------------- ------ ----"
    for number, part in enumerate(device.parts, start=1) if device.is_redundant else ():
        yield f"{part.subject.id:<4} {part.release:<23}  1.1    SUP{number}"
    yield ""


def _authenticity(device: LabDevice) -> Iterator[str]:
    yield "NXOS IMAGE"
    yield "------------------------"
    yield from signature(device, device.active, unit="Nexus9k", release_word="Release")
    yield "    Verifier Information"
    yield "        Verifier Name         : BIOS"
    yield "        Verifier Version      :"
    yield ""


def _install(device: LabDevice) -> Iterator[str]:
    yield "Boot Image:"
    yield f"\tNXOS Image: {_spelled(device.active.running, '/')}"
    yield ""
    yield "Active Packages:"
    yield ""


def _hash(device: LabDevice, algorithm: str, path: str) -> str:
    digest = digest_of(device, algorithm, path)
    return "No such file or directory\n" if digest is None else f"{digest}\n"


def _spelled(path: str, slashes: str) -> str:
    """Return a path as this command prints it: it has as many slashes as the command likes."""
    filesystem, colon, rest = path.partition(":")
    if not colon or NETWORK.match(path):
        return path
    return f"{filesystem}:{slashes}{rest.lstrip('/')}"


_SHOWS: Final[dict[str, Callable[[LabDevice], Iterator[str]]]] = {
    "version": _version,
    "boot": _boot,
    "inventory": _inventory,
    "module": _module,
    "authenticity": _authenticity,
    "install": _install,
}
PERSONALITY: Final = with_beside(
    Personality(
        id="cisco_nxos",
        title="Cisco NX-OS",
        platform_id="cisco_nxos",
        pid="N9K-C93180YC-EX",
        commands=_COMMANDS,
        session_lines={"terminal width 511": "", "terminal length 0": ""},
        answer=_answer,
        refusal=_refusal,
        # An account has a role; there is no privilege to raise.
        user_commands=frozenset(_COMMANDS),
    ),
    *NXOS,
)
