"""A box that speaks as Cisco IOS-XR does in its seventh generation."""

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.lab.device import LabDevice, Part, normalised
from netintegrity.lab.personalities._beside import APPMGR, REGISTERED, XR_SCRIPTS, with_beside
from netintegrity.lab.personalities._cisco_words import caret
from netintegrity.lab.personalities._spec import Personality
from netintegrity.model.subject import SubjectKind

_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "active": re.compile(r"show install active summary"),
    "committed": re.compile(r"show install committed summary"),
    "platform": re.compile(r"show platform"),
    "inventory": re.compile(r"show inventory"),
}
_STAMP: Final = "Mon Jan  5 12:00:00.123 UTC"
_RULE: Final = "-" * 80


def _answer(device: LabDevice, command: str) -> str:
    word = next((w for w, p in _COMMANDS.items() if p.fullmatch(command)), None)
    if word is None:
        return _refusal(device, command)
    return "\n".join([_STAMP, *_SAYS[word](device), ""])


def _refusal(device: LabDevice, command: str) -> str:
    mark = caret(device, command, frozenset({"show", "terminal"}))
    return f"{mark}\n% Invalid input detected at '^' marker.\n"


def _version(device: LabDevice) -> Iterator[str]:
    release = device.active.release
    yield f"Cisco IOS XR Software, Version {release} LNT"
    yield "This is a simulated device of the netintegrity lab."
    yield ""
    yield "Build Information:"
    yield " Built By     : lab"
    yield " Built On     : Mon Jan 05 12:00:00 UTC 2026"
    yield f" Version      : {release}"
    yield f" Label        : {release}"
    yield ""
    yield "cisco 8000"
    yield "System uptime is 4 weeks, 6 days, 1 hour, 42 minutes"


def _active(device: LabDevice) -> Iterator[str]:
    yield from _summary(device, "Active", device.active.running)


def _committed(device: LabDevice) -> Iterator[str]:
    following = next(iter(device.boot_of(device.active)), device.active.running)
    yield from _summary(device, "Committed", following)


def _summary(device: LabDevice, word: str, path: str) -> Iterator[str]:
    wanted = normalised(path)
    image = next((i for p, i in device.active.flash.items() if normalised(p) == wanted), None)
    release = image.release if image else device.active.release
    yield f"{word} Packages:    XR: 201    All: 1532"
    yield f"Label:              {release}"
    yield f"Software Hash:      {hashlib.sha256(image.content if image else b'').hexdigest()}"
    yield ""
    yield f"{'Optional Packages':<52} {'Version':>27}"
    yield f"{'-' * 52} {'-' * 27}"
    for name in ("xr-bgp", "xr-mpls-oam", "xr-telnet"):
        yield f"{name:<52} {release + 'v1.0.0-1':>27}"


def _platform(device: LabDevice) -> Iterator[str]:
    yield f"{'Node':<18}{'Type':<27}{'State':<18}Config state"
    yield _RULE
    for number, (node, part) in enumerate(_processors(device)):
        kind = f"{part.pid}({'Standby' if number else 'Active'})"
        yield f"{node:<18}{kind:<27}{'IOS XR RUN':<18}NSHUT"
    yield f"{'0/FT0':<18}{'FAN-1RU-PI':<27}{'OPERATIONAL':<18}NSHUT"


def _inventory(device: LabDevice) -> Iterator[str]:
    yield f'NAME: "Rack 0", DESCR: "{device.pid} Chassis"'
    yield f"PID: {device.pid:<18}, VID: V01, SN: {device.serial}"
    yield ""
    for node, part in _processors(device) if len(device.parts) > 1 else ():
        yield f'NAME: "{node}", DESCR: "Route Processor"'
        yield f"PID: {part.pid:<18}, VID: V01, SN: {part.serial}"
        yield ""


def _processors(device: LabDevice) -> Iterator[tuple[str, Part]]:
    for part in device.parts:
        supervisor = part.subject.kind is SubjectKind.SUPERVISOR
        yield f"0/RP{part.subject.id[1:] if supervisor else 0}/CPU0", part


_SAYS: Final[dict[str, Callable[[LabDevice], Iterator[str]]]] = {
    "version": _version,
    "active": _active,
    "committed": _committed,
    "platform": _platform,
    "inventory": _inventory,
}

PERSONALITY: Final = with_beside(
    Personality(
        id="cisco_iosxr",
        title="Cisco IOS-XR",
        platform_id="cisco_iosxr",
        pid="8201-SYS",
        commands=_COMMANDS,
        session_lines={"terminal width 511": _STAMP + "\n", "terminal length 0": _STAMP + "\n"},
        answer=_answer,
        refusal=_refusal,
        user_commands=frozenset(_COMMANDS),
        part_kinds=frozenset({"supervisor"}),
    ),
    REGISTERED,
    XR_SCRIPTS,
    APPMGR,
)
