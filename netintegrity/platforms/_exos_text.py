"""What EXOS prints: its version, the images of each slot, its packages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from netintegrity.model.release import Release
from netintegrity.platforms._installed import Place
from netintegrity.platforms._releases_extreme import parse_exos
from netintegrity.platforms._text import Answer, Line

# Image   : ExtremeXOS version 15.4.1.3 v1541b3-patch1-12 by release-manager
_IMAGE: Final = re.compile(
    r"^Image\s{1,12}: (?P<product>Extreme[A-Za-z ]{2,40}?|Switch Engine)"
    r"(?: \([^()]{1,40}\))? version (?P<numbers>\d{1,2}\.\d{1,2}\.\d{1,2}\.\d{1,4})"
    r"(?: (?P<build>\S{1,60}))? by (?P<builder>[A-Za-z0-9._-]{1,40})$"
)
_RELEASER: Final = "release-manager"
# Switch          : 800994-00-03 2008G-01292 Rev 03 BootROM: 2.2.1.6    IMG: 31.3.1.3
_UNIT: Final = re.compile(
    r"^(?P<name>Switch|Slot-\d|MSM-[A-D]|MM-[A-D])\s{0,20}: (?P<part>\d{6}-\d{2}-\d{2}) "
    r"(?P<serial>\S{5,16}) .{0,24}?BootROM: (?P<rom>\S{1,16})\s{1,12}IMG:(?: (?P<image>\S{1,24}))?$"
)
_LISTED: Final = re.compile(r"^(?P<name>Switch|Slot-\d|MSM-[A-D]|MM-[A-D])\s{0,20}:")
# System Type:      X670-48x
_TYPE: Final = re.compile(r"^System Type:\s{1,20}(?P<type>\S{2,40})(?:\s.{0,40})?$")
# Slot-1 information:
_SLOT: Final = re.compile(r"^Slot-(?P<id>\d) information:$")
# Image Selected:   primary        Primary ver:      15.4.1.3        SW Version:        15.1.0.20
_FIELD: Final = re.compile(
    r"^\s{0,8}(?P<key>Image Selected|Image Booted|Primary ver|Secondary ver|Hw Module Type"
    r"|Current State|State):\s{1,30}(?P<value>\S{1,40})(?P<rest>.{0,80})$"
)
#                   patch1-12
_GOES_ON: Final = re.compile(r"^\s{8,80}(?P<patch>patch\d{1,2}-\d{1,3})(?P<rest>.{0,60})$")
# Switch primary Mon Jun 16 14:04:17 EDT 2014 15.4.1.3 summitX-15.4.1.3-ssh.xmod
_PACKAGE: Final = re.compile(
    r"^(?P<card>Switch|Slot-\d|MSM-[A-D]|MM-[A-D])\s{1,8}(?P<bank>primary|secondary)\s.{10,40}?\s"
    r"(?P<version>\d{1,2}(?:\.\d{1,4}){3})\s{1,12}(?P<name>\S{3,80}\.(?:xmod|xtr|xos|lst|voss))\b"
)
_VER: Final = {"Primary ver": "primary", "Secondary ver": "secondary"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What runs on the switch that answers."""

    text: str
    """As printed, ``15.4.1.3 v1541b3-patch1-12``."""
    product: str
    builder: str
    line: Line

    @property
    def release(self) -> Release | None:
        """The release; of another builder than the vendor's, a kind of its own."""
        own = "" if self.builder == _RELEASER else f" by {self.builder}"
        return parse_exos(f"{self.text}{own}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One row of ``show version``: a switch, a slot of a stack, a management module."""

    name: str
    serial: str
    rom: str
    image: str
    """The release it runs, without its patch; empty: not said."""
    line: Line


@dataclass(slots=True, kw_only=True)
class Banks:
    """The two images of one switch, and which of them it booted and boots next."""

    line: Line
    fields: dict[str, tuple[str, Line]] = field(default_factory=dict)
    patches: dict[str, str] = field(default_factory=dict)
    is_alone: bool = True
    """False: more than one column was printed."""

    def said(self, key: str) -> str | None:
        """Return a field; None: it is not there."""
        return self.fields[key][0] if key in self.fields else None

    def places(self) -> Iterator[Place]:
        """Yield both images."""
        for key, name in _VER.items():
            if key in self.fields:
                printed, line = self.fields[key]
                if name in self.patches:
                    printed = f"{printed}-{self.patches[name]}"
                yield Place(name=name, printed=printed, release=parse_exos(printed), line=line)


def version_of(answer: Answer | None) -> Version | None:
    """Return the version; None: there is none, or more than one."""
    found = list(answer.search(_IMAGE)) if answer is not None else []
    if len(found) != 1:
        return None
    line, m = found[0]
    numbers, build = m["numbers"], m["build"] or m["numbers"]
    # Of late the build begins with the numbers again.
    told = build if build.startswith(numbers) else f"{numbers} {build}"
    text = told if "-" in build else numbers
    return Version(text=text, product=m["product"], builder=m["builder"], line=line)


def units_of(answer: Answer | None) -> tuple[Unit, ...]:
    """Return the parts that boot for themselves."""
    found = answer.search(_UNIT) if answer is not None else ()
    return tuple(
        Unit(name=m["name"], serial=m["serial"], rom=m["rom"], image=m["image"] or "", line=line)
        for line, m in found
    )


def unread_units(answer: Answer | None) -> tuple[str, ...]:
    """Return the names of parts that are listed in a row of another kind."""
    found = answer.search(_LISTED) if answer is not None else ()
    # Slot-3      :        an empty slot
    return tuple(
        m["name"]
        for line, m in found
        if _UNIT.match(line.text) is None and line.text.rstrip().rstrip(":").strip() != m["name"]
    )


def type_of(answer: Answer | None) -> str | None:
    """Return the model in ``show switch``."""
    found = answer.search(_TYPE) if answer is not None else ()
    return next((m["type"] for _, m in found), None)


def banks_of(answer: Answer | None) -> Banks | None:
    """Return the images in ``show switch`` of a switch that stands alone; None: nothing is read."""
    if answer is None or not answer.lines:
        return None
    banks = Banks(line=answer.lines[0])
    _fill(banks, answer.lines)
    return banks


def slots_of(answer: Answer | None) -> dict[str, Banks]:
    """Return the images of each slot in ``show slot detail``."""
    found: dict[str, Banks] = {}
    lines: dict[str, list[Line]] = {}
    current = ""
    for line in answer.lines if answer is not None else ():
        if (m := _SLOT.match(line.text)) is not None:
            current = m["id"]
            found.setdefault(current, Banks(line=line))
        elif current:
            lines.setdefault(current, []).append(line)
    for slot, banks in found.items():
        _fill(banks, tuple(lines.get(slot, ())))
    return found


def _fill(banks: Banks, lines: tuple[Line, ...]) -> None:
    last = ""
    for line in lines:
        if (m := _FIELD.match(line.text)) is not None:
            last = m["key"]
            banks.fields.setdefault(last, (m["value"], line))
            is_told = last in _VER or last.startswith("Image")
            banks.is_alone = banks.is_alone and not (is_told and m["rest"].strip())
        elif last in _VER and (m := _GOES_ON.match(line.text)) is not None:
            banks.patches.setdefault(_VER[last], m["patch"])
            banks.is_alone = banks.is_alone and not m["rest"].strip()
        else:
            last = ""


def packages_of(answer: Answer | None) -> Iterator[tuple[str, str, str, str, Line]]:
    """Yield what is installed beside the images: card, file, version, bank, line."""
    for line, m in answer.search(_PACKAGE) if answer is not None else ():
        yield m["card"], m["name"], m["version"], m["bank"], line
