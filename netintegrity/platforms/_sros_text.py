"""What SR OS prints: its version, its cards, its boot options, the version of a file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.model.release import Release
from netintegrity.platforms._releases_nokia import parse_sros
from netintegrity.platforms._text import Answer, Line

# TiMOS-C-25.10.R7 cpm/x86hops64 Nokia 7250 IXR Copyright (c) 2000-2026 Nokia.
_VERSION: Final = re.compile(
    r"^TiMOS-(?P<letter>[A-Z])-(?P<release>\S{3,24}) (?P<target>\S{3,24}) "
    r"(?P<product>(?:Nokia|ALCATEL)\S{0,10} \S.{1,40}?) Copyright "
)
# Built on Wed Aug 12 21:00:34 UTC 2026 by builder in /builds/2510B/R7/panos
_BUILT: Final = re.compile(r"^Built on (?P<built>\S.{10,140})$")
#     primary-image    cf3:\timos\
_IMAGE: Final = re.compile(
    r"^\s{2,8}(?P<which>primary|secondary|tertiary)-image\s{1,12}(?P<path>\S.{2,180})$"
)
_BOF: Final = re.compile(r"^BOF \((?P<where>[A-Za-z0-9: ]{3,20})\)$")
# 1         iom-v                                    up    up        A   cpm5   up   up/active
_CARD: Final = re.compile(
    r"^(?P<id>[A-D]|\d{1,2})\s{1,12}(?P<type>[a-z][\w./-]{1,40})(?::\S{1,20})?\s{1,44}(?P<admin>up|down)"
    r"\s{1,8}(?P<state>[a-z][a-z/-]{1,24})(?:\s.{0,60})?$"
)
# Card A
_SECTION: Final = re.compile(r"^Card (?P<id>[A-D]|\d{1,2})$")
#     Software version              : TiMOS-I-16.0.R9 iom/hops64 Nokia 7750 SR
_FIELD: Final = re.compile(
    r"^\s{2,8}(?P<key>[A-Z][A-Za-z ()]{3,40}?)\s{0,24}: (?P<value>\S.{0,100})$"
)
# TiMOS-B-19.5.R2 for x86_64        Validation successful
_FILE: Final = re.compile(r"^\s{0,4}TiMOS-(?P<letter>[A-Z])-(?P<release>\S{3,24})\s{1,4}for\s")
_VALID: Final = re.compile(r"^\s{0,4}Validation (?P<word>successful|failed)\.?$")
_TIMOS: Final = re.compile(r"^(?:TiMOS-)?(?P<release>[A-Z]-\d{1,2}\.\d{1,2}\.\S{1,10})")
_UNTOLD: Final = "(Not Specified)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What runs on the processor that answers."""

    letter: str
    """``C``: a control processor alone; ``B``: one that does all."""
    release: Release | None
    printed: str
    product: str
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card that is up."""

    id: str
    type: str
    is_active: bool
    """It is the control processor that answers."""
    line: Line
    serial: str | None = None
    software: str | None = None
    """As printed, ``TiMOS-I-16.0.R9 …``; None: it is not said."""
    loader: str | None = None

    @property
    def is_control(self) -> bool:
        """True if it is a control processor."""
        return self.id.isalpha()

    @property
    def release(self) -> Release | None:
        """What it runs; None: it is not said, or not read."""
        m = _TIMOS.match(self.software or "")
        return None if m is None else parse_sros(m["release"])


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What ``file version`` says of one image."""

    release: Release | None
    line: Line
    is_valid: bool | None
    """None: the box does not say."""
    valid_line: Line | None


def version_of(answer: Answer | None) -> Version | None:
    """Return the version; None: there is none."""
    for line, m in answer.search(_VERSION) if answer is not None else ():
        return Version(
            letter=m["letter"],
            release=parse_sros(m["release"]),
            printed=m["release"],
            product=m["product"],
            line=line,
        )
    return None


def built_of(answer: Answer | None) -> str | None:
    """Return when and where it was built."""
    found = answer.search(_BUILT) if answer is not None else ()
    return next((m["built"] for _, m in found), None)


def images_of(answer: Answer | None) -> tuple[tuple[str, Line], ...]:
    """Return the places an image is looked for at the next boot, in order; none: unknown."""
    if answer is None or not any(True for _ in answer.search(_BOF)):
        return ()
    found: dict[str, tuple[str, Line]] = {}
    for line, m in answer.search(_IMAGE):
        found.setdefault(m["which"], (m["path"], line))
    if "primary" not in found:
        # One that was not read would make the second choice look like the first.
        return ()
    return tuple(found[w] for w in ("primary", "secondary", "tertiary") if w in found)


def cards_of(answer: Answer | None) -> tuple[Card, ...]:
    """Return the cards that ``show card`` lists as up."""
    return tuple(_rows(answer)) if answer is not None else ()


def _rows(answer: Answer) -> Iterator[Card]:
    for line, m in answer.search(_CARD):
        if m["state"].partition("/")[0] == "up":
            yield Card(
                id=m["id"], type=m["type"], is_active=m["state"].endswith("/active"), line=line
            )


def details_of(answer: Answer | None) -> dict[str, dict[str, tuple[str, Line]]]:
    """Return the fields of each card in ``show card detail``; of one that stands twice, the first.

    A value that goes on in the next line is cut there: what is read of it stands at its beginning.
    """
    found: dict[str, dict[str, tuple[str, Line]]] = {}
    fields: dict[str, tuple[str, Line]] | None = None
    for line in answer.lines if answer is not None else ():
        if (section := _SECTION.match(line.text)) is not None:
            fields = found.setdefault(section["id"], {})
        elif fields is not None and (m := _FIELD.match(line.text)) is not None:
            fields.setdefault(m["key"].strip(), (m["value"].strip(), line))
    return found


def told(fields: dict[str, tuple[str, Line]], key: str) -> str | None:
    """Return a field; None: it is not there, or says that it is not specified."""
    value = fields[key][0] if key in fields else _UNTOLD
    return None if value == _UNTOLD else value


def file_of(answer: Answer) -> File | None:
    """Return what ``file version`` says; None: it names no version, or more than one."""
    found = list(answer.search(_FILE))
    valid = next(answer.search(_VALID), None)
    if len(found) != 1:
        return None
    line, m = found[0]
    return File(
        release=parse_sros(m["release"]),
        line=line,
        is_valid=None if valid is None else valid[1]["word"] == "successful",
        valid_line=None if valid is None else valid[0],
    )
