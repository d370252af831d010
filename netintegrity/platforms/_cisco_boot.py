"""What IOS and IOS-XE say of the next boot, in ``show boot`` and its relatives."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from netintegrity.platforms._cisco_version import REGISTER
from netintegrity.platforms._paths import normalised
from netintegrity.platforms._text import Answer, Line

# Switch 1
_SECTION: Final = re.compile(r"^Switch (?P<number>\d{1,2})$")
# BOOT variable = bootflash:/asr1000rpx.bin,12;      Standby BOOT variable = flash:packages.conf;
# BOOT variable does not exist      BOOT path-list      : flash:/c2960x-universalk9-mz.152-4.E8.bin
_BOOT: Final = re.compile(
    r"^(?P<standby>Standby )?BOOT (?:variable|path-list)\s{0,20}"
    r"(?:[=:]\s*(?P<value>.*)|does not exist)$"
)
#  BOOT = bootflash:packages.conf,1;bootflash:prev_packages.conf,1;       BOOT="bootflash:/x.bin;"
_ROMVAR: Final = re.compile(r'^\s{0,4}BOOT ?= ?"?(?P<value>[^"]*)"?$')
# Boot Variables on next reload:
_NEXT_RELOAD: Final = re.compile(r"^Boot Variables on next reload:")
# Manual Boot = no      Manual Boot         : no      MANUAL_BOOT variable = yes    MANUAL_BOOT="no"
_MANUAL: Final = re.compile(
    r'^\s{0,4}(?P<standby>Standby )?MANUAL[ _]BOOT(?: variable)?\s{0,20}[=:]\s{0,20}"?yes',
    re.IGNORECASE,
)
# Allow Dev Key         : yes
_DEV_KEYS: Final = re.compile(r"^Allow Dev Key\s{0,20}[=:]\s{0,20}yes", re.IGNORECASE)
# the rest of a path that the terminal cut
_REST: Final = re.compile(r"^[^\s=\"]{1,400}$")
# bootflash:packages.conf,12      (how often it is tried)
_ATTEMPTS: Final = re.compile(r",\d{1,4}$")

_WRAPPED_AT: Final = 79
_MAX_ENTRIES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Booting:
    """What is said of one part of the box."""

    answer: Answer
    line: Line
    """Where its boot variable stands, else the first line that speaks of it."""
    entries: tuple[str, ...] = ()
    is_stated: bool = False
    """The boot variable was printed, be it empty."""
    register: int | None = None
    register_next: int | None = None
    manual_boot: bool = False
    allows_development_keys: bool = False


@dataclass(frozen=True, slots=True)
class BootScope:
    """Which part of the box is spoken of."""

    number: int | None = None
    """Of the switch; None: the one that answers, or the standby."""
    is_standby: bool = False


def read_boot(answer: Answer) -> dict[BootScope, Booting]:
    """Return what is said, by the part it is said of; empty: nothing is said."""
    parts: dict[BootScope, Booting] = {}
    number: int | None = None
    for index, line in enumerate(answer.lines):
        if (m := _SECTION.match(line.text)) is not None:
            number = int(m["number"])
            continue
        for is_standby, change in _changes(answer, index):
            scope = BootScope(number, is_standby)
            part = parts.get(scope, Booting(answer=answer, line=line))
            parts[scope] = replace(part, **change)  # type: ignore[arg-type]
    return parts


def _changes(answer: Answer, index: int) -> Iterator[tuple[bool, dict[str, object]]]:
    """Yield what one line says, and whether it says it of the standby."""
    line = answer.lines[index]
    if (m := _BOOT.match(line.text)) is not None:
        value = _whole(answer, index, m["value"] or "")
        stated = {"entries": _entries(value), "is_stated": True, "line": line}
        yield m["standby"] is not None, stated
    elif (m := _ROMVAR.match(line.text)) is not None:
        yield False, {"entries": _entries(m["value"]), "is_stated": True, "line": line}
    elif (m := REGISTER.match(line.text)) is not None:
        following = int(m["next"], 16) if m["next"] else None
        registers = {"register": int(m["now"], 16), "register_next": following}
        yield m["standby"] is not None, dict[str, object](registers)
    elif (m := _MANUAL.match(line.text)) is not None:
        yield m["standby"] is not None, {"manual_boot": True}
    elif _DEV_KEYS.match(line.text) is not None:
        yield False, {"allows_development_keys": True}
    elif _NEXT_RELOAD.match(line.text) is not None:
        # What follows is what counts; what came before is of the boot that was.
        yield False, {"entries": (), "is_stated": False}


def _whole(answer: Answer, index: int, value: str) -> str:
    """Return a value with the lines into which the terminal cut it."""
    width = len(answer.lines[index].text)
    for after in answer.lines[index + 1 : index + 12]:
        full = width >= _WRAPPED_AT and not value.endswith(";")
        if not full or _REST.match(after.text) is None:
            break
        value += after.text
        width = len(after.text)
    return value


def _entries(value: str) -> tuple[str, ...]:
    parts = (_ATTEMPTS.sub("", part.strip()) for part in value.split(";"))
    return tuple(normalised(part) for part in parts if part)[:_MAX_ENTRIES]
