"""What TMOS prints: its volumes, what it boots, and its parts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.platforms._text import Answer, Line

# Version: 15.1.10        Edition: Engineering Hotfix        Build: 0.0.7
FIELD: Final = re.compile(r"^(?P<key>[A-Z][A-Za-z]{2,20}): (?P<value>\S.*)$")
# Name           BIG-IP i5800        Chassis Serial             f5-abcd-efgh        BIOS Revision
# Processors and disks have names, too.
PART: Final = re.compile(
    r"^\s{1,8}(?P<key>Name(?=\s{2,60}BIG-IP )|Chassis Serial|Appliance Serial|BIOS Revision)"
    r"\s{2,60}(?P<value>\S.*)$"
)
# value "enable"
VALUE: Final = re.compile(r'^\s{1,8}(?P<key>value) "?(?P<value>[a-z]{2,10})"?$')
# HD1.2    BIG-IP  13.1.0.7  0.0.1      no  complete        HD1.1  2  BIG-IP  15.1.10 0.0.7 yes …
_VOLUME: Final = re.compile(
    r"^(?P<name>[A-Z]{1,5}\d{1,2}\.\d{1,3})\s{1,40}(?:(?P<slot>\d{1,2})\s{1,40})?"
    r"(?P<product>[A-Za-z][A-Za-z-]{1,20})\s{1,40}(?P<version>[\d.]{3,24})\s{1,40}"
    r"(?P<build>[\d.]{3,24})\s{1,40}(?P<active>yes|no)\s{1,40}(?P<status>[a-z]\S{0,60})",
    re.ASCII,
)
# HD1.3    none     none    none    no    empty
_EMPTY: Final = re.compile(r"^[A-Z]{1,5}\d{1,2}\.\d{1,3}\s.{0,80}\bnone\s{1,40}none\b")
_HEADING: Final = re.compile(r"^(?:-{20,}|Sys::Software Status|Volume\s.*)$")
# Default boot image:        with the volume behind it, or on a line below
_BOOT: Final = re.compile(
    r"^\s{0,8}(?P<what>Current|Default|Available) boot images?:?(?P<rest>.*)$"
)
_NAMED: Final = re.compile(r"(?<![A-Z0-9])(?P<name>[A-Z]{1,5}\d{1,2}\.\d{1,3})(?![\d.])")
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """One row of ``show sys software status``."""

    name: str
    slot: str | None
    """Of the blade; None: the box is of one piece."""
    printed: str
    """Version and build, ``13.1.0.7-0.0.1``."""
    is_active: bool
    is_whole: bool
    """False: it is being installed, or that failed."""
    line: Line


def volumes_of(answer: Answer | None) -> Iterator[Volume]:
    """Yield the volumes that hold a system."""
    for line, m in answer.search(_VOLUME) if answer is not None else ():
        yield Volume(
            name=m["name"],
            slot=m["slot"],
            printed=f"{m['version']}-{m['build']}",
            is_active=m["active"] == "yes",
            is_whole=m["status"] == "complete",
            line=line,
        )


def odd_line(answer: Answer) -> Line | None:
    """Return the first line that is neither a heading nor a volume; None: there is none."""
    read = (_VOLUME, _EMPTY, _HEADING)
    return next((n for n in answer.lines if not any(p.match(n.text) for p in read)), None)


def booted(answer: Answer | None, what: str) -> tuple[str, Line] | None:
    """Return the volume that ``switchboot -l`` names.

    Args:
        answer: of that command.
        what: ``Current`` or ``Default``.

    Returns:
        None: it does not name exactly one. How it prints is known from descriptions only, so the
        name may stand behind the heading or on a line below it.
    """
    found: dict[str, Line] = {}
    inside = False
    for line in answer.lines if answer is not None else ():
        heading = _BOOT.match(line.text)
        if heading is not None:
            inside = heading["what"] == what
        text = line.text if heading is None else heading["rest"]
        if inside and (m := _NAMED.search(text[:_SHOWN])) is not None:
            found.setdefault(m["name"], line)
    return next(iter(found.items())) if len(found) == 1 else None
