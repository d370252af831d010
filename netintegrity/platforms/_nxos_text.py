"""``show version``, ``show boot``, ``show module`` and ``show install active`` of NX-OS."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.model.release import Release
from netintegrity.platforms._paths import is_network
from netintegrity.platforms._releases_nxos import parse_nxos
from netintegrity.platforms._text import Answer, Line

# Cisco Nexus Operating System (NX-OS) Software
_SIGN: Final = re.compile(r"^Cisco Nexus Operating System \(NX-OS\) Software")
#   NXOS: version 10.4(5) [Maintenance Release]      kickstart: version 5.2(1)N1(4)
_RELEASE: Final = re.compile(
    r"^\s{1,8}(?P<what>NXOS|kickstart|system|Host NXOS|PE):\s{1,12}"
    r"version (?P<release>\d\S.{0,120})$"
)
#   NXOS image file is: bootflash:///nxos.9.3.15.bin
_IMAGE: Final = re.compile(
    r"^\s{1,8}(?P<what>NXOS|kickstart|system) image file is:\s{1,12}(?P<path>\S{1,400})$"
)
#   BIOS: version 08.40
_BIOS: Final = re.compile(r"^\s{1,8}BIOS:\s{1,12}version (?P<version>\S{1,40})$")
#   Processor Board ID FOC21261DQD
_BOARD: Final = re.compile(r"^\s{1,8}Processor Board ID (?P<serial>[A-Z0-9]{4,32})")
#   System version: 9.3(7a)      (what ran before the last reset)
_BEFORE: Final = re.compile(r"^\s{1,8}System version:\s{1,12}(?P<release>\S{1,60})$")
# Active Package(s):
_ACTIVE: Final = re.compile(r"^Active Package\(s\):$")
# Active Packages:        Active Packages on Module #3:        Inactive Packages:
_PACKAGES: Final = re.compile(
    r"^\s{0,4}(?P<state>Active|Inactive|Committed) Packages(?: on Module #(?P<module>\d{1,2}))?:$"
)
#     n7700-s2-dk10.1.2.0.D1.1.CSCuo7721.bin
PACKAGE: Final = re.compile(r"^\s{1,12}(?P<name>[A-Za-z0-9][\w.+-]{2,198})$")
# Boot Images:
_BOOT_IMAGES: Final = re.compile(r"^\s{0,4}Boot Images?:$")

# Current Boot Variables:        Boot Variables on next reload:
_NEXT: Final = re.compile(r"^Boot Variables on next reload:?$")
# sup-1
_SUP: Final = re.compile(r"^sup-(?P<number>\d)$")
# NXOS variable = bootflash:/nxos.9.3.10.bin      kickstart variable = bootflash:/n7000-….bin
_VARIABLE: Final = re.compile(
    r"^\s{0,4}(?P<what>NXOS|kickstart|system) variable\s{0,8}=\s{0,8}(?P<value>.{0,800})$"
)

# 27   0    Supervisor Module                     N9K-SUP-A             active *
_MODULE: Final = re.compile(
    r"^(?P<slot>\d{1,2})\s{1,8}\d{1,3}\s{1,8}\S.{0,60}?\s(?P<pid>[A-Z0-9][\w.+-]{2,30})\s{1,24}"
    r"(?P<state>active|ha-standby|standby)\b"
)
# Mod  Sw                       Hw    Slot
_SW_TABLE: Final = re.compile(r"^Mod\s{1,8}Sw\s")
# 27   9.3(10)                  1.1    SUP1
_SW: Final = re.compile(r"^(?P<slot>\d{1,2})\s{1,8}(?P<release>\d\S{2,40})(?:\s|$)")

# bootflash:///x    bootflash:/x    bootflash://sup-local/x    /bootflash/x
_LOCAL_SUP: Final = re.compile(r"^//(?:sup-local|sup-active)/")
_REMOTE_SUP: Final = re.compile(r"^//(?:sup-remote|sup-standby)/")
_UNIX: Final = re.compile(r"^/(?P<fs>bootflash|usb[12]|logflash)/(?P<rest>.+)$")
STANDBY: Final = "//sup-standby/"
NXOS_FILE: Final = re.compile(
    r"(?:bootflash|usb[12]|slot0|logflash):(?://sup-standby/)?"
    r"[A-Za-z0-9_.+-][A-Za-z0-9_./+-]{0,238}",
    re.ASCII,
)
"""A file on the supervisor that answers, or on its standby."""

_MAX_PACKAGES: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One file a supervisor is said to load."""

    what: str
    """``nxos``, or one of the pair ``kickstart`` and ``system``."""
    path: str
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What ``show version`` says."""

    answer: Answer
    is_nxos: bool
    release: Release | None
    other_releases: tuple[tuple[str, str], ...]
    images: tuple[Loaded, ...]
    loader: str | None
    serial: str | None
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One supervisor, as ``show module`` has it."""

    slot: str
    is_active: bool
    release: Release | None


def normalised(path: str) -> str:
    """Return one spelling: ``bootflash:x``, or ``bootflash://sup-standby/x`` of the other one."""
    path = path.strip()
    if (m := _UNIX.match(path)) is not None:
        return f"{m['fs']}:{m['rest']}"
    filesystem, colon, rest = path.partition(":")
    if not colon or is_network(path):
        return path
    if (m := _REMOTE_SUP.match(rest)) is not None:
        return f"{filesystem}:{STANDBY}{rest[m.end() :]}"
    rest = _LOCAL_SUP.sub("", rest)
    return f"{filesystem}:{rest.lstrip('/')}"


def on_standby(path: str) -> str:
    """Return where the supervisor that answers finds a file of the other one."""
    filesystem, colon, rest = path.partition(":")
    if not colon or is_network(path) or rest.startswith("//"):
        return path
    return f"{filesystem}:{STANDBY}{rest}"


def read_version(answer: Answer) -> Version:
    """Return everything readable in an answer that is not a refusal."""
    printed = {m["what"]: m["release"].strip() for _, m in reversed([*answer.search(_RELEASE)])}
    images = tuple(
        Loaded(what=m["what"].lower(), path=normalised(m["path"]), line=line)
        for line, m in answer.search(_IMAGE)
    )
    text = printed.get("NXOS") or printed.get("system") or printed.get("kickstart")
    other = [(name.lower(), t) for name, t in printed.items() if t != text]
    other += [("before-the-last-reset", m["release"]) for _, m in answer.search(_BEFORE)]
    release = parse_nxos(text) if text is not None else None
    return Version(
        answer=answer,
        is_nxos=any(True for _ in answer.search(_SIGN)) or bool(printed),
        release=release,
        other_releases=tuple(other),
        images=images,
        loader=_first(answer, _BIOS, "version"),
        serial=_first(answer, _BOARD, "serial"),
        faults=tuple(_faults(text, release, printed, images)),
    )


def read_boot(answer: Answer) -> dict[int | None, tuple[Loaded, ...]]:
    """Return what each supervisor will load, by its number; None: it is not numbered.

    Where it says what holds on the next reload, that counts and what holds now does not.
    """
    lines = list(answer.lines)
    following = [i for i, line in enumerate(lines) if _NEXT.match(line.text)]
    if following:
        lines = lines[following[-1] :]
    found: dict[int | None, tuple[Loaded, ...]] = {}
    number: int | None = None
    for line in lines:
        if (m := _SUP.match(line.text)) is not None:
            number = int(m["number"])
            found.setdefault(number, ())
        elif (m := _VARIABLE.match(line.text)) is not None:
            paths = (normalised(p) for p in m["value"].split(";") if p.strip())
            loaded = (Loaded(what=m["what"].lower(), path=p, line=line) for p in paths)
            found[number] = (*found.get(number, ()), *loaded)
    return found


def read_modules(answer: Answer) -> dict[str, Module]:
    """Return the supervisors that run, by slot."""
    softwares = dict(_softwares(answer))
    return {
        m["slot"]: Module(
            slot=m["slot"],
            is_active=m["state"] == "active",
            release=parse_nxos(softwares.get(m["slot"], "")),
        )
        for _, m in answer.search(_MODULE)
        # A line card or a fixed switch is `active` too; a supervisor says so in its model.
        if is_supervisor(m["pid"])
    }


def is_supervisor(pid: str | None) -> bool:
    """Say whether a product id is that of a supervisor module."""
    return pid is not None and re.search(r"-SUP|-SF\d", pid) is not None


def read_packages(answer: Answer) -> Iterator[tuple[Line, str, str]]:
    """Yield each package of ``show install active``, with its state."""
    state, told = "", 0
    for line in answer.lines:
        if (m := _PACKAGES.match(line.text)) is not None:
            state = m["state"].lower()
        elif _BOOT_IMAGES.match(line.text) is not None:
            state = ""
        elif state and (m := PACKAGE.match(line.text)) is not None and told < _MAX_PACKAGES:
            told += 1
            yield line, m["name"], state


def says_packages(answer: Answer) -> bool:
    """Say whether the answer is a list of packages, be it empty."""
    return any(_PACKAGES.match(line.text) or _BOOT_IMAGES.match(line.text) for line in answer.lines)


def read_active_packages(answer: Answer) -> Iterator[tuple[Line, str, str]]:
    """Yield what ``show version`` lists as active packages."""
    inside = False
    for line in answer.lines:
        if _ACTIVE.match(line.text) is not None:
            inside = True
        elif inside and (m := PACKAGE.match(line.text)) is not None:
            yield line, m["name"], "active"
        else:
            inside = False


def _faults(
    text: str | None,
    release: Release | None,
    printed: dict[str, str],
    images: tuple[Loaded, ...],
) -> Iterator[str]:
    if text is None:
        yield "no release in the answer"
    elif release is None:
        yield f"{text[:80]!r} is no release this version can read"
    pair = printed.get("kickstart"), printed.get("system")
    if all(pair) and pair[0] != pair[1]:
        yield f"it says both {pair[0]} and {pair[1]}"
    if not is_whole(images):
        yield "the images that run are not named, or not all of them, or more than once"


def is_whole(images: tuple[Loaded, ...]) -> bool:
    """Say whether these are one system: one NX-OS image, or kickstart and system."""
    return sorted(i.what for i in images) in (["nxos"], ["kickstart", "system"])


def _softwares(answer: Answer) -> Iterator[tuple[str, str]]:
    inside = False
    for line in answer.lines:
        if _SW_TABLE.match(line.text) is not None:
            inside = True
        elif line.text.startswith("Mod"):
            inside = False
        elif inside and (m := _SW.match(line.text)) is not None:
            yield m["slot"], m["release"]


def _first(answer: Answer, pattern: re.Pattern[str], group: str) -> str | None:
    return next((m[group] for _, m in answer.search(pattern)), None)
