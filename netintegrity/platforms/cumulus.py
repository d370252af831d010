"""Cumulus Linux and NVOS: Debian below, upgraded package by package or as a second system.

What runs is the sum of its packages, so no image says what it is; the box can list them. What it
would say of their checksums (``dpkg --verify``) stands in files an intruder can edit, and in MD5:
it is not asked.
"""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import (
    BootClaim,
    DeviceClaims,
    Gap,
    ImageClaim,
    ImageRole,
    Source,
)
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._beside import PACKAGES, interpreted, planned, probes_of
from netintegrity.platforms._linux_beside import UNITS
from netintegrity.platforms._nvue_text import Held, Slots, image_of, slots_of
from netintegrity.platforms._package_rows import DEB, installed, none_installed
from netintegrity.platforms._release_gaps import no_release, unread
from netintegrity.platforms._releases import differ
from netintegrity.platforms._releases_linux import parse_cumulus
from netintegrity.platforms._shell_text import field, last_answer
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding, Subsystem
from netintegrity.platforms._text import Answer

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
# Asked of what has NVUE alone: NVOS, and Cumulus Linux that may hold two systems.
_NV_VERSION: Final = Probe(
    id="nv-version",
    command="nv show system version",
    demanded=False,
    why="the release, where the release file is none of Cumulus Linux",
)
_NV_IMAGES: Final = Probe(
    id="nv-images",
    command="nv show system image",
    demanded=False,
    why="which of two systems runs, and which is booted next",
)
_PROBES: Final = (
    Probe(id="version", command="cat /etc/lsb-release", subsystem=Subsystem.SHELL),
    Probe(
        id="packages",
        command="dpkg-query --show",
        subsystem=Subsystem.SHELL,
        read_timeout_s=60.0,
        lists=PACKAGES,
    ),
    _NV_VERSION,
    _NV_IMAGES,
    # It wants root on some models, and an inventory that states no serial number can do without.
    Probe(id="eeprom", command="decode-syseeprom", subsystem=Subsystem.SHELL, demanded=False),
)

# `DISTRIB_ID="Cumulus Linux"`
_ID: Final = re.compile(r'^DISTRIB_ID="?(?P<id>Cumulus Linux)"?$')
# `DISTRIB_RELEASE=4.2.0`
_RELEASE: Final = re.compile(r'^DISTRIB_RELEASE="?(?P<release>[\w.~+-]{1,120})"?$')
# Serial Number        0x23  24 MT1749X07527
_SERIAL: Final = re.compile(r"^Serial Number\s{1,20}0x23\s{1,8}\d{1,3} (?P<serial>\S{1,60})$")
# Product Name         0x21   6 SN2100
_PRODUCT: Final = re.compile(r"^Product Name\s{1,20}0x21\s{1,8}\d{1,3} (?P<pid>\S.{0,60})$")
# Two slots for images, and `nv action boot-next`; before, there was one system.
_FIRST_WITH_SLOTS: Final = (5, 11, 0)


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    wanted = [p for p in _PROBES if p not in {_NV_VERSION, _NV_IMAGES}]
    version = last_answer(exchanges, "version")
    if version is not None:
        release = _of_cumulus(version)
        if release is None:
            # It may be an NVOS, which tells its release through NVUE alone.
            wanted += [_NV_VERSION, _NV_IMAGES]
        elif _has_slots(release):
            wanted.append(_NV_IMAGES)
    return tuple(r for p in wanted if (r := p.request()).command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    version = last_answer(exchanges, "version")
    packages, eeprom = last_answer(exchanges, "packages"), last_answer(exchanges, "eeprom")
    nv_version, nv_images = (last_answer(exchanges, p.id) for p in (_NV_VERSION, _NV_IMAGES))
    release, told_by = _of_cumulus(version), version
    if release is None and (image := image_of(nv_version)) is not None:
        release, told_by = parse_cumulus(image), nv_version
    shown = release is not None or field(version, _ID, "id") is not None
    slots = slots_of(nv_images) if release is not None and _has_slots(release) else None
    listed = tuple(installed(_CHASSIS, packages, DEB))
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
        images=tuple(_images(told_by, release, slots)),
        boots=_boots(nv_images, slots),
        packages=listed,
        gaps=(
            *no_release(version, release, title="Cumulus Linux"),
            *_slot_gaps(nv_images, slots, release),
            *none_installed(packages, listed),
            *unread(eeprom, "eeprom"),
        ),
    )


def _of_cumulus(version: Answer | None) -> Release | None:
    """Return the release in the release file of Cumulus Linux; None: it is none of its."""
    if field(version, _ID, "id") is None:
        return None
    return parse_cumulus(field(version, _RELEASE, "release") or "")


def _images(
    answer: Answer | None, release: Release | None, slots: Slots | None
) -> Iterator[ImageClaim]:
    """Yield the system in both roles, unless it may have another one to boot."""
    if answer is None or release is None:
        return
    title = "NVOS" if release.train == "nvos" else "Cumulus Linux"
    name = f"{title} {release.text.removeprefix('nvos-')}"
    line = next((n for n, _ in answer.search(_RELEASE)), None)
    yield _image(answer, name, ImageRole.RUNNING, release, answer.source(line))
    if slots is None:
        only = None if _has_slots(release) else release
        yield _image(answer, name, ImageRole.BOOT_NEXT, only, answer.source(line))
        return
    for held in slots.held:
        following = held.name == slots.following
        if not following and held.name == slots.current:
            continue
        role = ImageRole.BOOT_NEXT if following else ImageRole.STORED
        its = _release_of(held)
        # Where the two agree, what runs and what is booted next are one system under one name.
        same = held.name == slots.current and not differ(its, release)
        source = Source(_NV_IMAGES.id, held.line.number)
        yield _image(answer, name if same else held.name, role, its, source)


def _image(
    answer: Answer, path: str, role: ImageRole, release: Release | None, source: Source
) -> ImageClaim:
    return ImageClaim(
        subject=_CHASSIS,
        path=path,
        role=role,
        source=source,
        assurance=answer.assurance,
        release=release,
    )


def _release_of(held: Held) -> Release | None:
    return parse_cumulus(held.release or held.build)


def _has_slots(release: Release) -> bool:
    """Say whether a switch of this release may keep a second system beside the one that runs."""
    return release.train == "nvos" or release.key >= _FIRST_WITH_SLOTS


def _boots(answer: Answer | None, slots: Slots | None) -> tuple[BootClaim, ...]:
    if answer is None or slots is None:
        return ()
    return (BootClaim(subject=_CHASSIS, source=answer.source(), entries=(slots.following,)),)


def _slot_gaps(
    answer: Answer | None, slots: Slots | None, release: Release | None
) -> Iterator[Gap]:
    """Yield what is not known of the second system, where there may be one."""
    if release is None or not _has_slots(release):
        return
    if slots is None:
        why = "it was never asked" if answer is None else answer.why_unread
        reason = why or "the answer does not name one system that runs and one for the next boot"
        yield Gap(probe_id="slots", reason=f"it may boot a second system next: {reason}")
        return
    current = slots.named(slots.current)
    if current is None or differ(_release_of(current), release):
        reason = f"{slots.current} is said to run, and {release.text} runs"
        yield Gap(probe_id="slots", reason=reason)
    if slots.named(slots.following) is None:
        reason = f"the next boot starts no system it holds, but {slots.following[:80]!a}"
        yield Gap(probe_id="slots", reason=reason)


PLATFORM: Final = Platform(
    id="cumulus",
    title="Cumulus Linux",
    aliases=frozenset({"cumulus_linux", "nvos"}),
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
