"""Cumulus Linux: a Debian system, upgraded package by package where it stands.

What runs is the sum of its packages, so no image says what it is; the box can list them. What it
would say of their checksums (``dpkg --verify``) stands in files an intruder can edit, and in MD5:
it is not asked.
"""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import (
    DeviceClaims,
    Gap,
    ImageClaim,
    ImageRole,
    PackageClaim,
)
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._beside import PACKAGES, interpreted, planned, probes_of
from netintegrity.platforms._linux_beside import UNITS
from netintegrity.platforms._releases_linux import parse_cumulus
from netintegrity.platforms._shell_text import field, last_answer
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding, Subsystem
from netintegrity.platforms._text import Answer

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_PROBES: Final = (
    Probe(id="version", command="cat /etc/lsb-release", subsystem=Subsystem.SHELL),
    Probe(
        id="packages",
        command="dpkg-query --show",
        subsystem=Subsystem.SHELL,
        read_timeout_s=60.0,
        lists=PACKAGES,
    ),
    # It wants root on some models, and an inventory that states no serial number can do without.
    Probe(id="eeprom", command="decode-syseeprom", subsystem=Subsystem.SHELL, demanded=False),
)

# `DISTRIB_ID="Cumulus Linux"`
_ID: Final = re.compile(r'^DISTRIB_ID="?(?P<id>Cumulus Linux)"?$')
# `DISTRIB_RELEASE=4.2.0`
_RELEASE: Final = re.compile(r'^DISTRIB_RELEASE="?(?P<release>[\w.~+-]{1,120})"?$')
# openssh-server	1:7.9p1-10+deb10u2
_PACKAGE: Final = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9.+:-]{0,120})\s{1,80}(?P<version>[0-9A-Za-z][\w.+:~-]{0,120})$"
)
# Serial Number        0x23  24 MT1749X07527
_SERIAL: Final = re.compile(r"^Serial Number\s{1,20}0x23\s{1,8}\d{1,3} (?P<serial>\S{1,60})$")
# Product Name         0x21   6 SN2100
_PRODUCT: Final = re.compile(r"^Product Name\s{1,20}0x21\s{1,8}\d{1,3} (?P<pid>\S.{0,60})$")
# Two slots for images, and `nv action boot-next`; before, there was one system.
_FIRST_WITH_SLOTS: Final = (5, 11, 0)


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    return tuple(r for p in _PROBES if (r := p.request()).command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    version = last_answer(exchanges, "version")
    packages, eeprom = last_answer(exchanges, "packages"), last_answer(exchanges, "eeprom")
    shown = field(version, _ID, "id") is not None
    printed = field(version, _RELEASE, "release") if shown else None
    release = None if printed is None else parse_cumulus(printed)
    listed = tuple(_packages(packages))
    return DeviceClaims(
        platform_id="cumulus" if shown else None,
        running_release=release,
        identities=(
            Identity(
                subject=_CHASSIS,
                serial=field(eeprom, _SERIAL, "serial"),
                pid=field(eeprom, _PRODUCT, "pid"),
            ),
        )
        if shown
        else (),
        images=tuple(_images(version, release)),
        packages=listed,
        gaps=tuple(_gaps(version, release, packages, listed, eeprom)),
    )


def _images(version: Answer | None, release: Release | None) -> Iterator[ImageClaim]:
    """Yield the system in both roles, unless it may have another one to boot."""
    if version is None or release is None:
        return
    line = next((n for n, _ in version.search(_RELEASE)), None)
    for role in (ImageRole.RUNNING, ImageRole.BOOT_NEXT):
        yield ImageClaim(
            subject=_CHASSIS,
            path=f"Cumulus Linux {release.text}",
            role=role,
            source=version.source(line),
            assurance=version.assurance,
            release=None if role is ImageRole.BOOT_NEXT and _has_slots(release) else release,
        )


def _has_slots(release: Release) -> bool:
    """Say whether a switch of this release may keep a second system beside the one that runs."""
    return release.train == "cumulus" and release.key >= _FIRST_WITH_SLOTS


def _packages(answer: Answer | None) -> Iterator[PackageClaim]:
    if answer is None or answer.why_unread is not None:
        return
    for line, m in answer.search(_PACKAGE):
        yield PackageClaim(
            subject=_CHASSIS,
            name=m["name"],
            version=m["version"],
            state="installed",
            source=answer.source(line),
        )


def _gaps(
    version: Answer | None,
    release: Release | None,
    packages: Answer | None,
    listed: tuple[PackageClaim, ...],
    eeprom: Answer | None,
) -> Iterator[Gap]:
    if version is not None and release is None:
        reason = version.why_unread or "no release of Cumulus Linux in the answer"
        yield Gap(probe_id="version", reason=reason)
    elif release is not None and _has_slots(release):
        reason = "from 5.11 on it may boot a second system next, which is not read"
        yield Gap(probe_id="version", reason=reason)
    if packages is not None and not listed:
        reason = packages.why_unread or "no package in the answer"
        yield Gap(probe_id="packages", reason=reason)
    if eeprom is not None and (why := eeprom.why_unread) is not None:
        yield Gap(probe_id="eeprom", reason=why)


PLATFORM: Final = Platform(
    id="cumulus",
    title="Cumulus Linux",
    aliases=frozenset({"cumulus_linux"}),
    netmiko_device_type="cumulus_linux",
    session_lines=frozenset(),
    privilege="an account with a shell; `decode-syseeprom` wants root on some models",
    probes=(*_PROBES, *probes_of((UNITS,))),
    plan=planned(_plan, (UNITS,)),
    interpret=interpreted(_interpret, (UNITS,)),
    parse_release=parse_cumulus,
    strongest_digest=DigestAlgorithm.SHA512,
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="none: packages are upgraded one by one, and no list names what they install",
    cannot_hash="it is upgraded package by package, so no image is what runs",
)
