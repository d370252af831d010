"""MikroTik RouterOS: packages in flash that nothing on the box can hash.

What is left is worth asking: the release, each package with what the next boot will do to it, the
partitions and which of them is booted next, packages that wait to be installed, the boot loader,
and whether it tries the network first.

Sources: manual.mikrotik.com, "Packages", "Partitions", "RouterBOOT" and the command reference of
`system/package`, `system/routerboard` and `system/routerboard/settings`; the console page for
``print detail`` and ``without-paging``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.model.claims import (
    BootClaim,
    DeviceClaims,
    Gap,
    ImageClaim,
    ImageRole,
    PackageClaim,
    Source,
)
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._beside import PACKAGES, interpreted, planned, probes_of
from netintegrity.platforms._release_gaps import no_release, unread
from netintegrity.platforms._releases import differ
from netintegrity.platforms._releases_routeros import parse_routeros
from netintegrity.platforms._routeros_beside import CONTAINERS, SCHEDULES, SCRIPTS
from netintegrity.platforms._routeros_text import Item, fields_of, items_of, last_answer
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding
from netintegrity.platforms._text import Answer

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_PROBES: Final = (
    Probe(id="version", command="/system resource print without-paging"),
    Probe(
        id="packages",
        command="/system package print detail without-paging",
        lists=PACKAGES,
        why="packages, and what the next boot does to them",
    ),
    Probe(
        id="loader",
        command="/system routerboard print without-paging",
        why="the boot loader, product id and serial number",
    ),
    Probe(
        id="waiting",
        command="/file print detail without-paging where type=package",
        why="packages that any reboot installs",
    ),
    # A virtual router has neither a boot loader of MikroTik's nor partitions.
    Probe(
        id="boot",
        command="/system routerboard settings print without-paging",
        demanded=False,
        why="what the boot loader tries, and in which order",
    ),
    Probe(id="partitions", command="/partitions print detail without-paging", demanded=False),
)
_BESIDE: Final = (SCRIPTS, SCHEDULES, CONTAINERS)
_LOCAL: Final = frozenset({"nand-only", "nand-if-fail-then-ethernet", "flash-boot"})
"""What a boot device may be without a server being asked first; the second is the factory's."""
# RouterOS v6.48.7 May/23/2023 05:27:08
_PARTITION: Final = re.compile(r"^RouterOS v(?P<release>\d\S{0,40})(?:\s.{0,60})?$", re.ASCII)
# 7.12.2 (stable)
_VERSION: Final = re.compile(
    r"^(?P<release>\d[\w.]{0,40})(?: \((?P<channel>[a-z-]{1,20})\))?$", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Partition:
    """A part of the flash that holds a whole system."""

    name: str
    is_active: bool
    """It is booted next."""
    is_running: bool
    release: Release | None
    item: Item


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    return tuple(r for p in _PROBES if (r := p.request()).command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    answers = {p.id: last_answer(exchanges, p.id) for p in _PROBES}
    resource, board = fields_of(answers["version"]), fields_of(answers["loader"])
    shown = resource.get("platform") == "MikroTik"
    printed = _VERSION.fullmatch(resource.get("version", "")) if shown else None
    release = None if printed is None else parse_routeros(printed["release"])
    partitions = tuple(_partitions(answers["partitions"]))
    pid = board.get("model") or resource.get("board-name")
    return DeviceClaims(
        platform_id="mikrotik_routeros" if shown else None,
        running_release=release,
        other_releases=tuple(_others(resource, board, printed)) if shown else (),
        identities=(Identity(subject=_CHASSIS, serial=board.get("serial-number"), pid=pid),)
        if shown
        else (),
        images=tuple(_images(answers["version"], release, partitions)),
        boots=tuple(_boots(answers, board, partitions)) if shown else (),
        packages=tuple(_packages(answers["packages"])),
        gaps=(
            *no_release(answers["version"], release, title="RouterOS"),
            *_package_gaps(answers["packages"]),
            *unread(answers["loader"], "loader"),
            *_waiting_gaps(answers["waiting"]),
            *_partition_gaps(answers["partitions"], partitions, release),
        ),
    )


def _others(
    resource: dict[str, str], board: dict[str, str], printed: re.Match[str] | None
) -> Iterator[tuple[str, str]]:
    if printed is not None and printed["channel"]:
        yield "channel", printed["channel"]
    for fields, names in (
        (resource, ("build-time", "factory-software", "architecture-name")),
        (board, ("firmware-type", "factory-firmware", "upgrade-firmware")),
    ):
        for name in names:
            if name in fields:
                yield name, fields[name]


def _images(
    answer: Answer | None, release: Release | None, partitions: tuple[_Partition, ...]
) -> Iterator[ImageClaim]:
    """Yield the system that runs, the one that is booted next, and those in other partitions."""
    if answer is None or release is None:
        return
    following = [p for p in partitions if p.is_active]
    other = following[0] if len(following) == 1 and not following[0].is_running else None
    yield _image(answer, f"RouterOS {release.text}", ImageRole.RUNNING, release)
    if other is None:
        yield _image(answer, f"RouterOS {release.text}", ImageRole.BOOT_NEXT, release)
    else:
        yield _image(answer, other.name, ImageRole.BOOT_NEXT, other.release, other.item)
    for partition in partitions:
        if not (partition.is_running or partition.is_active):
            yield _image(
                answer, partition.name, ImageRole.STORED, partition.release, partition.item
            )


def _image(
    answer: Answer,
    path: str,
    role: ImageRole,
    release: Release | None,
    item: Item | None = None,
) -> ImageClaim:
    return ImageClaim(
        subject=_CHASSIS,
        path=path,
        role=role,
        source=answer.source() if item is None else Source("partitions", item.line.number),
        assurance=answer.assurance,
        release=release,
    )


def _partitions(answer: Answer | None) -> Iterator[_Partition]:
    for item in items_of(answer):
        version = _PARTITION.fullmatch(item.fields.get("version", ""))
        yield _Partition(
            name=item.fields.get("name", ""),
            is_active="A" in item.flags,
            is_running="R" in item.flags,
            release=None if version is None else parse_routeros(version["release"]),
            item=item,
        )


def _boots(
    answers: dict[str, Answer | None], board: dict[str, str], partitions: tuple[_Partition, ...]
) -> Iterator[BootClaim]:
    settings = fields_of(answers["boot"])
    device, protocol = settings.get("boot-device"), settings.get("boot-protocol", "bootp")
    entries: list[str] = []
    if device is not None and device not in _LOCAL:
        # A server answers first, whichever it is: the settings name none.
        entries.append(f"{protocol if protocol in {'bootp', 'dhcp'} else 'bootp'}:")
    if settings.get("preboot-etherboot", "disabled") != "disabled":
        entries.append("bootp:")
    if device is not None:
        entries.append(device)
    entries += [p.name for p in partitions if p.is_active]
    asked = next((a for p in ("boot", "loader") if (a := answers[p]) is not None), None)
    if asked is not None and (entries or "current-firmware" in board):
        yield BootClaim(
            subject=_CHASSIS,
            source=asked.source(),
            entries=tuple(dict.fromkeys(entries)),
            loader_release=board.get("current-firmware"),
        )


def _packages(answer: Answer | None) -> Iterator[PackageClaim]:
    for item in items_of(answer):
        # What is only offered for download is not on the box.
        if "name" in item.fields and "A" not in item.flags:
            scheduled = item.fields.get("scheduled", "")
            state = "disabled" if "X" in item.flags else "installed"
            yield PackageClaim(
                subject=_CHASSIS,
                name=item.fields["name"],
                version=item.fields.get("version", ""),
                state=f"{state}, {scheduled}" if scheduled else state,
                source=Source("packages", item.line.number),
            )


def _package_gaps(answer: Answer | None) -> Iterator[Gap]:
    if answer is None:
        return
    packages = tuple(_packages(answer))
    if not packages:
        yield Gap(probe_id="packages", reason=answer.why_unread or "no package in the answer")
    for package in packages:
        if "scheduled" in package.state:
            reason = f"the next boot changes what is installed: {package.name} is {package.state}"
            yield Gap(probe_id="packages", reason=reason)


def _waiting_gaps(answer: Answer | None) -> Iterator[Gap]:
    """Yield that packages wait to be installed: what they make of the box is not known."""
    if answer is None:
        return
    if answer.refusal is not None:
        yield Gap(probe_id="waiting", reason=f"refused: {answer.refusal}")
    names = [i.fields["name"] for i in items_of(answer) if "name" in i.fields]
    if names:
        reason = f"the next boot may install {len(names)} packages, the first {names[0][:120]}"
        yield Gap(probe_id="waiting", reason=reason)


def _partition_gaps(
    answer: Answer | None, partitions: tuple[_Partition, ...], release: Release | None
) -> Iterator[Gap]:
    if answer is None or not partitions:
        return
    for what, marked in (
        ("booted next", [p for p in partitions if p.is_active]),
        ("running", [p for p in partitions if p.is_running]),
    ):
        if len(marked) != 1:
            reason = f"{len(marked)} partitions are marked as {what}"
            yield Gap(probe_id="partition-marks", reason=reason)
    for partition in partitions:
        if partition.is_running and differ(partition.release, release):
            reason = f"{partition.name} is marked as running and holds another release"
            yield Gap(probe_id="partition-marks", reason=reason)


PLATFORM: Final = Platform(
    id="mikrotik_routeros",
    title="MikroTik RouterOS",
    aliases=frozenset({"mikrotik"}),
    netmiko_device_type="mikrotik_routeros",
    session_lines=frozenset(),
    privilege="an account of a group with the policies ssh and read",
    probes=(*_PROBES, *probes_of(_BESIDE)),
    plan=planned(_plan, _BESIDE),
    interpret=interpreted(_interpret, _BESIDE),
    parse_release=parse_routeros,
    strongest_digest=DigestAlgorithm.SHA256,
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="none: packages are signed for MikroTik's own check alone, and unpacked",
    cannot_hash="no command computes a digest of what is installed",
)
