"""``show version`` and ``show bootvar`` of Cisco ASA."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.model.release import Release
from netintegrity.platforms._cisco_version import REGISTER
from netintegrity.platforms._paths import is_network, normalised
from netintegrity.platforms._releases_asa import parse_asa
from netintegrity.platforms._text import Answer, Line

# Cisco Adaptive Security Appliance Software Version 9.16(4)85      … Version 9.8(3)21 <context>
_RELEASE: Final = re.compile(
    r"^Cisco Adaptive Security Appliance Software Version (?P<release>\S{1,60})"
    r"(?P<context> <[^>]{1,40}>)?"
)
# SSP Operating System Version 2.10(1.207)      Device Manager Version 7.18(1)152
_OTHER: Final = re.compile(
    r"^(?P<what>SSP Operating System|Firepower Extensible Operating System|Device Manager)"
    r" Version (?P<release>\S{1,60})$"
)
# System image file is "disk0:/asa9-16-4-85-lfbff-k8.SPA"
_IMAGE: Final = re.compile(r'^System image file is "(?P<path>[^"]{1,400})"')
_IMAGE_OPEN: Final = re.compile(r'^System image file is "[^"]*$')
# Hardware:   ASA5516, 8192 MB RAM, CPU Atom C2000 series 2416 MHz, 1 CPU (8 cores)
_HARDWARE: Final = re.compile(r"^Hardware:\s{1,12}(?P<pid>[A-Za-z0-9][\w-]{1,40})(?:,|$)")
# Serial Number: JAD222605K8
_SERIAL: Final = re.compile(r"^Serial Number: (?P<serial>[A-Z0-9]{4,32})$")
# ROMMON Version            : 1.1.18
_LOADER: Final = re.compile(r"^ROMMON Version\s{1,20}: (?P<version>\S{1,40})$")
# BOOT variable = disk0:/asa9-16-4-85-lfbff-k8.SPA      Current BOOT variable = disk0:/x;disk0:/y
_BOOT: Final = re.compile(
    r"^(?P<current>Current )?BOOT variable\s{0,4}=\s{0,4}(?P<value>.{0,2000})$"
)
# the rest of a path that the terminal cut
_REST: Final = re.compile(r"^[^\s=\"]{1,400}$")
ASA_FILE: Final = re.compile(
    # `boot:` is where a virtual ASA keeps what it booted.
    r"(?:disk\d|flash|boot):/[A-Za-z0-9_.+-][A-Za-z0-9_./+-]{0,238}",
    re.ASCII,
)
"""A file on the box itself, as its commands print it: with a slash after the colon."""

_WRAPPED_AT: Final = 79
_MAX_ENTRIES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What ``show version`` says."""

    answer: Answer
    is_asa: bool
    release: Release | None
    other_releases: tuple[tuple[str, str], ...]
    image: str | None
    image_line: Line | None
    register: int | None
    register_next: int | None
    loader: str | None
    pid: str | None
    serial: str | None
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Boot:
    """What ``show bootvar`` says."""

    answer: Answer
    line: Line | None
    saved: tuple[str, ...]
    """What the next boot tries, in order."""
    unsaved: tuple[str, ...]
    """What it would try once the running configuration is saved, where that differs."""

    @property
    def entries(self) -> tuple[str, ...]:
        """Everything it may try."""
        return tuple(dict.fromkeys((*self.saved, *self.unsaved)))

    @property
    def firsts(self) -> tuple[str, ...]:
        """What it loads, unless that is not there; as saved, and as it will be once saved."""
        return tuple(dict.fromkeys((*self.saved[:1], *self.unsaved[:1])))


def as_asked(path: str) -> str:
    """Return a normalised path as a command wants it: ``disk0:x`` as ``disk0:/x``."""
    filesystem, colon, rest = path.partition(":")
    return path if not colon or is_network(path) else f"{filesystem}:/{rest}"


def read_version(answer: Answer) -> Version:
    """Return everything readable in an answer that is not a refusal."""
    named = next(answer.search(_RELEASE), None)
    release = parse_asa(named[1]["release"]) if named is not None else None
    image, image_line = _image(answer)
    register = next((m for _, m in answer.search(REGISTER)), None)
    return Version(
        answer=answer,
        is_asa=named is not None,
        release=release,
        other_releases=tuple(
            (m["what"].lower().replace(" ", "-"), m["release"]) for _, m in answer.search(_OTHER)
        ),
        image=image,
        image_line=image_line,
        register=int(register["now"], 16) if register else None,
        register_next=int(register["next"], 16) if register and register["next"] else None,
        loader=_first(answer, _LOADER, "version"),
        pid=_first(answer, _HARDWARE, "pid"),
        serial=_first(answer, _SERIAL, "serial"),
        faults=tuple(_faults(named[1] if named else None, release, image)),
    )


def read_boot(answer: Answer) -> Boot:
    """Return the boot variables of an answer that is not a refusal."""
    saved: tuple[str, ...] = ()
    current: tuple[str, ...] = ()
    first: Line | None = None
    for index, line in enumerate(answer.lines):
        if (m := _BOOT.match(line.text)) is None:
            continue
        entries = _entries(_whole(answer, index, m["value"]))
        if m["current"]:
            current = entries
        else:
            saved, first = entries, line
    unsaved = () if current == saved else current
    return Boot(answer=answer, line=first, saved=saved, unsaved=unsaved)


def _whole(answer: Answer, index: int, value: str) -> str:
    """Return a value with the lines into which the terminal cut it."""
    width = len(answer.lines[index].text)
    for after in answer.lines[index + 1 : index + 24]:
        if width < _WRAPPED_AT or _REST.match(after.text) is None:
            break
        value += after.text
        width = len(after.text)
    return value


def _entries(value: str) -> tuple[str, ...]:
    return tuple(normalised(p) for p in value.split(";") if p.strip())[:_MAX_ENTRIES]


def _image(answer: Answer) -> tuple[str | None, Line | None]:
    for index, line in enumerate(answer.lines):
        text = line.text
        if _IMAGE_OPEN.match(text):
            # The closing quote is in a following line: the terminal wrapped.
            text += "".join(after.text.strip() for after in answer.lines[index + 1 : index + 4])
        if (m := _IMAGE.match(text)) is not None:
            return normalised(m["path"]), line
    return None, None


def _faults(
    named: re.Match[str] | None, release: Release | None, image: str | None
) -> Iterator[str]:
    if named is None:
        yield "no release in the answer"
    elif release is None:
        yield f"{named['release'][:80]!r} is no release this version can read"
    if named is not None and named["context"]:
        yield "this is one security context, which does not see the image; ask the admin context"
    elif image is None:
        # On Firepower 4100 and 9300 the system below (FXOS) holds the image.
        yield "the image that runs is not named"


def _first(answer: Answer, pattern: re.Pattern[str], group: str) -> str | None:
    return next((m[group] for _, m in answer.search(pattern)), None)
