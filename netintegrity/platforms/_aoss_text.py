"""What ArubaOS-Switch prints: its two flash images, its stack, its management modules."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.platforms._installed import Place
from netintegrity.platforms._releases_aoss import parse_aoss
from netintegrity.platforms._text import Answer, Line

_STAMP: Final = re.compile(r"^Image stamp:\s")
#                 WC.16.10.0009
_RELEASE: Final = re.compile(r"^\s{2,40}(?P<release>[A-Z]{1,2}\.\d{2}\.\d{2}\S{0,8})$", re.ASCII)
#                 744
_BUILD: Final = re.compile(r"^\s{2,40}(?P<build>\d{1,6})$", re.ASCII)
# Boot Image:     Primary        Active Boot ROM:      Primary
_BOOTED: Final = re.compile(r"^Boot Image:\s{1,20}(?P<bank>Primary|Secondary)$")
# Primary Image   :    27456514  08/04/20 WC.16.10.0009
_IMAGE: Final = re.compile(
    r"^\s{0,4}(?P<bank>Primary|Secondary) Image\s{0,12}:\s{0,20}(?P<size>\d{1,12})\s{1,20}\S{1,10}"
    r"\s{1,20}(?P<release>\S{1,24})$"
)
# Default Boot        : Primary        Default Boot Image : Secondary
_DEFAULT: Final = re.compile(
    r"^\s{0,4}Default Boot(?: Image)?\s{0,16}:\s{0,8}(?P<bank>Primary|Secondary)$"
)
# Boot Rom Version: W.14.04        BootROM Version : KB.16.01.0006
_ROM: Final = re.compile(
    r"^\s{0,4}(?:Active |Primary )?Boot ?R[Oo][Mm] Version\s{0,12}:\s{0,8}(?P<rom>\S{3,20})$"
)
#   ROM Version        : WC.16.01.0006        Serial Number      : CN00000001
_SERIAL: Final = re.compile(r"Serial Number\s{0,12}:\s{0,8}(?P<serial>[A-Z0-9]{6,20})\b")
#  VSF-Member :2
_SECTION: Final = re.compile(
    r"^\s{0,4}(?:VSF-|Stack |Stacking )?Member\s{0,8}:\s{0,8}(?P<id>\d{1,2})$"
)
# *2      941882-435580     Aruba JL254A 2930F-48G-4SFP+     128  Commander
_MEMBER: Final = re.compile(
    r"^\s{0,4}\*?(?P<id>\d{1,2})\s{1,12}[0-9a-f]{6}-[0-9a-f]{6}\s{1,12}(?P<model>\S.{1,60}?)\s{0,20}"
    r"(?P<priority>\d{1,3})\s{1,12}(?P<status>[A-Z][A-Za-z ]{2,20})$"
)
# Software Version : WC.16.06.0010
_FABRIC: Final = re.compile(r"^Software Version\s{0,8}:\s{0,8}(?P<release>\S{4,24})$")
#  MM1   HP J9827A Management Module 5400Rzl2     Active   KB.16.10.0005   Primary
_MODULE: Final = re.compile(
    r"^\s{0,4}MM(?P<id>\d)\s{1,12}(?P<model>\S.{1,60}?)\s{1,20}(?P<status>[A-Z][a-z]{2,12})\s{1,12}"
    r"(?P<release>[A-Z]{1,2}\.\d{2}\.\S{2,14})\s{1,12}(?P<bank>Primary|Secondary)$"
)
# JL254A    J9850A    J9729A
_PID: Final = re.compile(r"\b(?P<pid>J[A-Z]?\d{3,4}[A-Z])\b")
# Signature is valid.
_VALID: Final = re.compile(r"^\s{0,8}Signature is valid\.?$")
_INVALID: Final = re.compile(
    r"^.{0,60}\bsignature\b.{0,60}\b(?:not valid|invalid)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A switch of a stack, or a management module."""

    id: str
    pid: str | None
    is_active: bool
    """It is the one that answers for all."""
    release: str | None
    """As printed; None: it is said of the stack alone."""
    line: Line


def release_of(answer: Answer | None) -> tuple[str, Line] | None:
    """Return the release that ``show version`` prints; None: there is none."""
    if answer is None or not any(True for _ in answer.search(_STAMP)):
        return None
    return next(((m["release"], line) for line, m in answer.search(_RELEASE)), None)


def build_of(answer: Answer | None) -> str | None:
    """Return the number of the build that ``show version`` prints."""
    if answer is None or release_of(answer) is None:
        return None
    return next((m["build"] for _, m in answer.search(_BUILD)), None)


def booted(answer: Answer | None) -> str | None:
    """Return the bank that was booted, ``primary`` or ``secondary``; None: not exactly one."""
    return _one_bank(answer, _BOOTED)


def default_bank(answer: Answer | None) -> tuple[str, Line] | None:
    """Return the bank that the next boot takes and where that stands; None: not exactly one."""
    if answer is None or (bank := _one_bank(answer, _DEFAULT)) is None:
        return None
    return bank, next(line for line, _ in answer.search(_DEFAULT))


def _one_bank(answer: Answer | None, pattern: re.Pattern[str]) -> str | None:
    found = {m["bank"].lower() for _, m in answer.search(pattern)} if answer is not None else set()
    return found.pop() if len(found) == 1 else None


def banks_of(answer: Answer) -> Iterator[Place]:
    """Yield the flash images."""
    for line, m in answer.search(_IMAGE):
        yield Place(
            name=m["bank"].lower(),
            printed=m["release"],
            release=parse_aoss(m["release"]),
            line=line,
        )


def rom_of(*answers: Answer | None) -> str | None:
    """Return the boot ROM; None: it is not printed."""
    found = (m["rom"] for a in answers if a is not None for _, m in a.search(_ROM))
    return next(found, None)


def serials_of(answer: Answer | None) -> dict[str, str]:
    """Return the serial numbers in ``show system`` by member; of a box of one piece, under ""."""
    found: dict[str, str] = {}
    member = ""
    for line in answer.lines if answer is not None else ():
        if (section := _SECTION.match(line.text)) is not None:
            member = section["id"]
        elif (m := _SERIAL.search(line.text[:200])) is not None:
            found.setdefault(member, m["serial"])
    return found


def pid_in(text: str) -> str | None:
    """Return the product number in a description; None: there is none."""
    m = _PID.search(text[:200])
    return m["pid"] if m else None


def pid_of(answer: Answer | None) -> str | None:
    """Return the product number of the chassis in ``show modules``."""
    lines = answer.lines if answer is not None else ()
    return next((pid for n in lines if "Chassis" in n.text and (pid := pid_in(n.text))), None)


def members_of(answer: Answer | None) -> tuple[Part, ...]:
    """Return the switches of a stack; none where there is no stack."""
    if answer is None:
        return ()
    return tuple(
        Part(
            id=m["id"],
            pid=pid_in(m["model"]),
            is_active=m["status"].strip() == "Commander",
            release=None,
            line=line,
        )
        for line, m in answer.search(_MEMBER)
    )


def fabric_release(answer: Answer | None) -> str | None:
    """Return the release that is said of a whole stack."""
    if answer is None:
        return None
    return next((m["release"] for _, m in answer.search(_FABRIC)), None)


def modules_of(answer: Answer | None) -> tuple[Part, ...]:
    """Return the management modules that ``show redundancy`` lists."""
    if answer is None:
        return ()
    return tuple(
        Part(
            id=m["id"],
            pid=pid_in(m["model"]),
            is_active=m["status"] == "Active",
            release=m["release"],
            line=line,
        )
        for line, m in answer.search(_MODULE)
    )


def verdict_of(answer: Answer) -> tuple[bool | None, Line]:
    """Return what ``verify signature`` says, yes, no or neither, and where.

    The vendor documents the words for a good signature alone.
    """
    for line in answer.lines:
        if _VALID.match(line.text) is not None:
            return True, line
        if _INVALID.match(line.text) is not None:
            return False, line
    return None, answer.lines[0]
