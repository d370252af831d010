"""``show version`` of IOS and IOS-XE."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from netintegrity.model.claims import Gap
from netintegrity.model.release import Order, Release
from netintegrity.platforms._paths import normalised
from netintegrity.platforms._releases import parse_ios, parse_iosxe
from netintegrity.platforms._text import Answer, Line

# Cisco IOS XE Software, Version 17.09.04a
_XE: Final = re.compile(r"^Cisco IOS[ -]XE Software, Version (?P<release>\S.*)$")
# Cisco IOS Software, IOS-XE Software, Catalyst L3 Switch Software (…), Version 03.06.07E RELEASE …
_XE3: Final = re.compile(
    r"^Cisco IOS Software, IOS-XE Software, .{0,200}\bVersion (?P<release>[^\s,]{1,120})"
)
# Cisco IOS-XE software, Copyright (c) 2005-2017 by cisco Systems, Inc.      ROM: IOS-XE ROMMON
_XE_SIGN: Final = re.compile(r"^(?:Cisco IOS-XE software, Copyright|ROM: IOS-XE ROMMON)")
# Cisco IOS Software [Amsterdam], Catalyst L3 Switch Software (CAT9K_IOSXE), Version 17.3.3, …
# IOS (tm) C2600 Software (C2600-I-M), Version 12.2(2)XA1, EARLY DEPLOYMENT RELEASE SOFTWARE (fc1)
_IOSD: Final = re.compile(
    r"^(?:Cisco IOS Software|IOS \(tm\)).{0,250}\bVersion (?P<release>[^\s,]{1,120})(?=[\s,])"
)
_IOS_SIGN: Final = re.compile(r"^(?:Cisco IOS Software|Cisco Internetwork Operating System|IOS \()")
# System image file is "flash:packages.conf"
_IMAGE: Final = re.compile(r'^System image file is "(?P<path>[^"]{1,400})"')
_IMAGE_OPEN: Final = re.compile(r'^System image file is "[^"]*$')
# Configuration register is 0x2 (will be 0x2102 at next reload)
REGISTER: Final = re.compile(
    r"^(?P<standby>Standby )?Configuration (?:register|Register) is (?P<now>0x[0-9A-Fa-f]{1,8})\b"
    r"(?: +\(will be (?P<next>0x[0-9A-Fa-f]{1,8}) at next reload\))?"
)
_LOADERS: Final = (
    # BOOTLDR: System Bootstrap, Version 17.3.1r[FC2], RELEASE SOFTWARE (P)
    # BOOTLDR: CAT3K_CAA Boot Loader (CAT3K_CAA-HBOOT-M) Version 4.318, engineering software (D)
    re.compile(r"^BOOTLDR: .{0,120}?\bVersion (?P<text>\S.*)$"),
    # ROM: System Bootstrap, Version 15.6(2r)SP4, RELEASE SOFTWARE (fc1)
    re.compile(r"^ROM: .{0,40}Bootstrap.{0,80}?\bVersion (?P<text>\S.*)$"),
    # System Bootstrap, Version 17.12.1r, RELEASE SOFTWARE (P)     (of `show rom-monitor`)
    re.compile(r"^System Bootstrap, Version (?P<text>\S.*)$"),
)
_LOADER_VERSION: Final = re.compile(r"[^\s,]{1,40}(?: \[FC\d\])?")
_NOT_RELEASED: Final = re.compile(
    r"\b(?:development|engineering|experimental|dev)\b", re.IGNORECASE
)
# ROM: 16.9(4r)
_ROM: Final = re.compile(r"^ROM: (?P<text>\d\S{2,40})$")
# cisco C9300-24P (X86) processor with 1333273K/6147K bytes of memory.
_PROCESSOR: Final = re.compile(
    r"^[Cc]isco (?P<pid>[A-Z0-9][\w./+-]{0,60}) \([^)]{0,60}\)(?: processor| with)"
)
# Processor board ID FCW2223G0B9
_BOARD: Final = re.compile(r"^Processor board ID (?P<serial>[A-Z0-9]{4,32})")
# Model Number                       : C9300-24P
_MODEL: Final = re.compile(r"^Model Number\s{0,40}:\s{0,20}(?P<pid>\S{1,60})", re.IGNORECASE)
# System Serial Number               : FCW2223G0B9
_SERIAL: Final = re.compile(
    r"^System Serial Number\s{0,40}:\s{0,20}(?P<serial>\S{1,32})", re.IGNORECASE
)
# Switch Ports Model              SW Version        SW Image              Mode
_TABLE: Final = re.compile(r"^Switch Ports Model\s+SW Version\s")
# *    1 41    C9300-24P          17.06.01          CAT9K_IOSXE           BUNDLE
_ROW: Final = re.compile(
    r"^(?P<active>\*)?\s{1,10}(?P<number>\d{1,2})\s+\d{1,4}\s+(?P<pid>\S{1,60})\s+"
    r"(?P<release>\S{1,60})\s+\S{1,60}(?:\s+\S{1,20})?$"
)
# Switch 02
_SECTION: Final = re.compile(r"^Switch (?P<number>\d{1,2})$")
# cisco C9300-24P (X86) processor …      …, Catalyst L3 Switch Software (CAT9K_IOSXE), …
_CATALYST_9000: Final = re.compile(r"\bCAT9K|^cisco C9[2-6]\d{2}", re.IGNORECASE)

_MAX_MEMBERS: Final = 16
_WRAPPED_AT: Final = 79
"""Columns of the narrowest terminal; a line this long may go on in the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One switch of a stack."""

    number: int
    is_active: bool = False
    pid: str | None = None
    serial: str | None = None
    release_text: str | None = None
    line: Line | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What ``show version`` says."""

    answer: Answer
    platform_id: str | None
    release: Release | None
    release_line: Line | None
    other_releases: tuple[tuple[str, str], ...]
    image: str | None
    """Path of what runs; None: not stated."""
    image_line: Line | None
    register: int | None
    register_next: int | None
    loader: str | None
    pid: str | None
    serial: str | None
    members: tuple[Member, ...]
    """Those the answer speaks of, the active one included; empty: it speaks of none."""
    has_one_flash: bool
    """``flash:`` and ``bootflash:`` are one file system."""
    gaps: tuple[Gap, ...]


def read_version(answer: Answer) -> Version:
    """Return everything readable in an answer that is not a refusal."""
    platform_id = _platform(answer)
    release, release_line, other, release_gaps = _releases(answer, platform_id)
    image, image_line = _image(answer)
    register = next(answer.search(REGISTER), None)
    following = register[1]["next"] if register else None
    members = _members(answer)
    gaps = list(release_gaps)
    if image is None:
        gaps.append("the image that runs is not named")
    if len(members) > 1 and sum(m.is_active for m in members) != 1:
        gaps.append("which switch of the stack is the active one is not stated")
    return Version(
        answer=answer,
        platform_id=platform_id,
        release=release,
        release_line=release_line,
        other_releases=other,
        image=image,
        image_line=image_line,
        register=int(register[1]["now"], 16) if register else None,
        register_next=int(following, 16) if following else None,
        loader=read_loader(answer),
        pid=_chassis(answer, _MODEL, "pid") or _first(answer, _PROCESSOR, "pid"),
        serial=_chassis(answer, _SERIAL, "serial") or _first(answer, _BOARD, "serial"),
        members=members,
        has_one_flash=any(_CATALYST_9000.search(line.text) for line in answer.lines),
        gaps=tuple(Gap(probe_id=answer.exchange.probe_id, reason=reason) for reason in gaps),
    )


def read_loader(answer: Answer) -> str | None:
    """Return the boot loader as printed; with its qualifier unless it is a release."""
    for pattern in _LOADERS:
        if (text := _first(answer, pattern, "text")) is not None:
            plain = _LOADER_VERSION.match(text)
            return text[:80] if plain is None or _NOT_RELEASED.search(text) else plain[0]
    return _first(answer, _ROM, "text")


def _platform(answer: Answer) -> str | None:
    texts = [line.text for line in answer.lines]
    if any(_XE.match(t) or _XE3.match(t) or _XE_SIGN.match(t) for t in texts):
        return "cisco_iosxe"
    return "cisco_ios" if any(_IOS_SIGN.match(t) for t in texts) else None


def _releases(
    answer: Answer, platform_id: str | None
) -> tuple[Release | None, Line | None, tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return the running release, its line, the other ones, and what is wrong with them."""
    xe = next(answer.search(_XE), None) or next(answer.search(_XE3), None)
    iosd = next(_wrapped(answer, _IOSD), None)
    other: list[tuple[str, str]] = []
    gaps: list[str] = []
    if xe is not None and " - " in xe[1]["release"]:
        # 17.03.03 - SMU-PATCHED
        other.append(("label", xe[1]["release"].strip()))
    if iosd is not None and platform_id == "cisco_iosxe" and _XE3.match(iosd[0].text) is None:
        other.append(("iosd", iosd[1]["release"]))
    chosen = xe or iosd
    if chosen is None:
        return None, None, (), ("no release in the answer",)
    line, text = chosen[0], chosen[1]["release"].strip()
    release = parse_ios(text) if platform_id == "cisco_ios" else parse_iosxe(text)
    if release is None:
        gaps.append(f"{text[:80]!r} is no release this version can read")
    second = parse_iosxe(iosd[1]["release"]) if iosd else None
    if release and second and release.compared_to(second) in {Order.OLDER, Order.NEWER}:
        gaps.append(f"it says both {release.text} and {second.text}")
    return release, line, tuple(other), tuple(gaps)


def _wrapped(answer: Answer, pattern: re.Pattern[str]) -> Iterator[tuple[Line, re.Match[str]]]:
    """Search lines, each put together with the next if the terminal may have cut it."""
    for here, after in zip(answer.lines, (*answer.lines[1:], None), strict=True):
        text = here.text
        if after is not None and len(text) >= _WRAPPED_AT and pattern.match(text) is None:
            text += after.text
        if (match := pattern.match(f"{text} ")) is not None:
            yield here, match


def _image(answer: Answer) -> tuple[str | None, Line | None]:
    for index, line in enumerate(answer.lines):
        text = line.text
        if _IMAGE_OPEN.match(text):
            # The closing quote is in a following line: the terminal wrapped.
            text += "".join(after.text.strip() for after in answer.lines[index + 1 : index + 4])
        if (match := _IMAGE.match(text)) is not None:
            return normalised(match["path"]), line
    return None, None


def _first(answer: Answer, pattern: re.Pattern[str], group: str) -> str | None:
    return next((m[group] for _, m in answer.search(pattern)), None)


def _chassis(answer: Answer, pattern: re.Pattern[str], group: str) -> str | None:
    """Return what stands before the first section of another switch."""
    for line in answer.lines:
        if _SECTION.match(line.text):
            return None
        if (match := pattern.match(line.text)) is not None:
            return match[group]
    return None


def _members(answer: Answer) -> tuple[Member, ...]:
    rows = {m.number: m for m in _rows(answer)}
    sections = {m.number: m for m in _sections(answer)}
    if not rows and sections:
        # StackWise Virtual prints no table: the sections are the others, the text before them is
        # of the active one.
        free = next(n for n in range(1, 100) if n not in sections)
        rows = {free: Member(number=free, is_active=True)}
    found = []
    for number in sorted({*rows, *sections})[:_MAX_MEMBERS]:
        row, section = rows.get(number), sections.get(number)
        member = row or section or Member(number=number)
        if member.is_active:
            member = replace(
                member,
                pid=_chassis(answer, _MODEL, "pid") or member.pid,
                serial=_chassis(answer, _SERIAL, "serial") or _first(answer, _BOARD, "serial"),
            )
        elif section is not None:
            member = replace(member, pid=section.pid or member.pid, serial=section.serial)
        found.append(member)
    return tuple(found)


def _rows(answer: Answer) -> Iterator[Member]:
    inside = False
    for line in answer.lines:
        inside = inside or _TABLE.match(line.text) is not None
        if inside and (m := _ROW.match(line.text)) is not None:
            yield Member(
                number=int(m["number"]),
                is_active=m["active"] is not None,
                pid=m["pid"],
                release_text=m["release"],
                line=line,
            )


def _sections(answer: Answer) -> Iterator[Member]:
    current: Member | None = None
    for line in answer.lines:
        if (m := _SECTION.match(line.text)) is not None:
            if current is not None:
                yield current
            current = Member(number=int(m["number"]), line=line)
        elif current is not None and (m := _MODEL.match(line.text)) is not None:
            current = replace(current, pid=m["pid"])
        elif current is not None and (m := _SERIAL.match(line.text)) is not None:
            current = replace(current, serial=m["serial"])
    if current is not None:
        yield current
