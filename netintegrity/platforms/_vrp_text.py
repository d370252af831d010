"""What VRP prints: its version and boards, what it started from and starts next, its patches."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from netintegrity.platforms._paths import normalised
from netintegrity.platforms._text import Answer, Line

# VRP (R) software, Version 5.170 (AR610 V300R019C13SPC200)
_VERSION: Final = re.compile(
    r"^VRP \(R\) software, Version (?P<vrp>\d{1,2}\.\d{1,4}) "
    r"\((?P<product>[A-Za-z0-9][\w ./-]{0,40}) (?P<release>V\d{3}R\S{3,24})\)$"
)
# HUAWEI NE40E-X2-M8A uptime is 161 days        Huawei AR617VW-LTE4EA Router uptime is
_MODEL: Final = re.compile(
    r"^(?:HUAWEI|Huawei|Quidway) (?P<model>[A-Z][\w./-]{1,40}(?: \d\S{1,12})?) "
)
# MPU (Slave) 11 : uptime is        MPU 7(Master)  : uptime is        ES5D2S36C000 0(Master)  :
_BOARD: Final = re.compile(
    r"^(?P<kind>[A-Z][A-Z0-9]{1,16}) ?(?:\((?P<before>Master|Slave)\) ?)?(?P<id>\d{1,2})"
    r"(?:\((?P<behind>Master|Slave)\))? {0,4}: {0,2}uptime is "
)
# 5. BootROM  Version  : 020a.010f
_ROM: Final = re.compile(
    r"^ {0,4}(?:\d{1,2}\. )?BootROM\s{1,12}Version\s{0,12}: {0,4}(?P<rom>\S{1,24})$"
)
# Software      Version  : VRP (R) Software, Version 5.170 (V200R010C00SPC600)
_OF_BOARD: Final = re.compile(
    r"^ {0,4}(?:\d{1,2}\. )?Software\s{1,12}Version\s{0,12}: .{0,60}"
    r"\((?:\S{1,20} )?(?P<release>V\d{3}R\S{3,24})\)$"
)
_NOT_BOOTING: Final = frozenset({"CMU"})
"""Boards with a role of their own, which run no VRP."""

# MainBoard:        SlaveBoard:
_SECTION: Final = re.compile(r"^(?P<name>MainBoard|SlaveBoard) ?: ?$")
#   Next startup system software:              flash:/AR610-V300R021C00SPC200.cc
_STARTUP: Final = re.compile(r"^ {1,8}(?P<key>[A-Z][A-Za-z -]{6,60}?): {1,60}(?P<value>\S{1,180})$")
# Patch Package Version:V300R021SPH180
_PATCH: Final = re.compile(
    r"^ {0,4}Patch Package (?P<key>Name|Version|State) {0,8}: ?(?P<value>\S{1,120})$", re.IGNORECASE
)
_NO_PATCH: Final = re.compile(r"^.{0,20}\bNo patch exists\b", re.IGNORECASE)
# ESN of device: 210235A00000000001        ESN of slot 1: 210235A00000000001
_ESN: Final = re.compile(
    r"^\s{0,4}ESN of (?:slot (?P<slot>\d{1,2})|[A-Za-z ]{1,24}) {0,4}: {0,4}"
    r"(?P<serial>[A-Z0-9]{8,24})$",
    re.IGNORECASE,
)
# 0     -    210235A00000000001   2026-01-05
_MADE: Final = re.compile(
    r"^\s{0,4}(?P<slot>\d{1,2})\s{1,12}-{1,2}\s{1,12}(?P<serial>[A-Z0-9]{8,24})\s{1,12}\d{4}-\d{2}-\d{2}"
)
#     7  -rw-    572,847,476  Oct 21 2019 15:21:23   123.cc
_FILE: Final = re.compile(
    r"^\s{0,8}\d{1,5}\s{1,8}-[rwx-]{3}\s{1,24}(?P<size>[\d,]{1,20})\s.{10,40}?\s(?P<name>[^\s/]{1,160}\.cc)$"
)
_FOLDER: Final = re.compile(r"^Directory of (?P<folder>[a-z]{2,10}\d?:/\S{0,120})$")
_NOTHING: Final = frozenset({"null", "default"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The first lines of ``display version``."""

    vrp: str
    product: str
    release: str
    """As printed, ``V200R010C00SPC600``."""
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One that boots VRP for itself."""

    id: str
    kind: str
    is_master: bool
    line: Line
    rom: str | None = None
    release: str | None = None
    """As printed of it; None: it is said of the box alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Startup:
    """One board in ``display startup``."""

    is_main: bool
    fields: dict[str, tuple[str, Line]]
    """By name, as printed, without those that name nothing."""

    def path(self, key: str) -> tuple[str, Line] | None:
        """Return the path of a file, in one spelling, and where it stands; None: there is none."""
        if key not in self.fields:
            return None
        value, line = self.fields[key]
        return normalised(value), line


def version_of(answer: Answer | None) -> Version | None:
    """Return the version; None: there is none, or more than one."""
    found = list(answer.search(_VERSION)) if answer is not None else []
    if len(found) != 1:
        return None
    line, m = found[0]
    return Version(vrp=m["vrp"], product=m["product"], release=m["release"], line=line)


def model_of(answer: Answer | None) -> str | None:
    """Return the model, as printed before its uptime."""
    for line, m in answer.search(_MODEL) if answer is not None else ():
        if " uptime is " in line.text:
            return m["model"].strip()
    return None


def boards_of(answer: Answer | None) -> tuple[Board, ...]:
    """Return the boards that boot for themselves, with what is said of each."""
    found: list[Board] = []
    is_inside = False
    for line in answer.lines if answer is not None else ():
        if (m := _BOARD.match(line.text)) is not None:
            role = m["before"] or m["behind"]
            is_inside = role is not None and m["kind"] not in _NOT_BOOTING
            if is_inside:
                master = role == "Master"
                found.append(Board(id=m["id"], kind=m["kind"], is_master=master, line=line))
        elif is_inside and (rom := _ROM.match(line.text)) is not None:
            found[-1] = replace(found[-1], rom=found[-1].rom or rom["rom"])
        elif is_inside and (own := _OF_BOARD.match(line.text)) is not None:
            found[-1] = replace(found[-1], release=found[-1].release or own["release"])
    return tuple(found)


def startups_of(answer: Answer | None) -> tuple[Startup, ...]:
    """Return the boards of ``display startup``."""
    found: list[Startup] = []
    for line in answer.lines if answer is not None else ():
        if (section := _SECTION.match(line.text)) is not None:
            found.append(Startup(is_main=section["name"] == "MainBoard", fields={}))
            continue
        m = _STARTUP.match(line.text)
        if found and m is not None and m["value"].lower() not in _NOTHING:
            found[-1].fields.setdefault(m["key"], (m["value"], line))
    return tuple(found)


def patches_of(answer: Answer | None) -> Iterator[tuple[str, str, str, Line]]:
    """Yield each patch package that ``display patch-information`` names: path, version, state."""
    name: tuple[str, Line] | None = None
    fields: dict[str, str] = {}
    for line, m in answer.search(_PATCH) if answer is not None else ():
        key = m["key"].lower()
        if key == "name":
            if name is not None:
                yield name[0], fields.get("version", ""), fields.get("state", ""), name[1]
            name, fields = (normalised(m["value"]), line), {}
        else:
            fields.setdefault(key, m["value"])
    if name is not None:
        yield name[0], fields.get("version", ""), fields.get("state", ""), name[1]


def says_no_patch(answer: Answer) -> bool:
    """Say whether the box answers that it has none, which some say as if it were an error."""
    return any(_NO_PATCH.match(n.text) for n in answer.lines)


def serials_of(*answers: Answer | None) -> dict[str, str]:
    """Return serial numbers by slot; of a box of one piece, under ""."""
    found: dict[str, str] = {}
    for answer in answers:
        for pattern in (_ESN, _MADE):
            for _, m in answer.search(pattern) if answer is not None else ():
                found.setdefault(m["slot"] or "", m["serial"])
    return found


def files_of(answer: Answer | None) -> Iterator[tuple[str, int, Line]]:
    """Yield the system files a listing names, with their sizes in bytes."""
    folder = ""
    for line in answer.lines if answer is not None else ():
        if (m := _FOLDER.match(line.text)) is not None:
            folder = m["folder"] if m["folder"].endswith("/") else f"{m['folder']}/"
        elif folder and (row := _FILE.match(line.text)) is not None:
            yield normalised(folder + row["name"]), int(row["size"].replace(",", "")), line
