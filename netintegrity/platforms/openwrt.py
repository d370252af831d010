"""OpenWrt: a squashfs in flash, and a writable layer over it that holds all changes.

The box could hash its flash. But a partition is filled up behind the squashfs, how far differs
from device to device, and it was tried on none: what nobody has seen verified is not asked, and
stands as a gap. What boots from a file system of its own (x86) has its kernel in a file, which is
one that the project lists and signs; it is hashed. Files of the writable layer that lie over those
of the squashfs are looked for.

Sources: openwrt.org, "The OpenWrt Flash Layout"; `package/base-files` and `package/system/procd`
of openwrt/openwrt; ubus(1) of openwrt.org.
"""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity import strict_json
from netintegrity.model.claims import (
    BootClaim,
    DeviceClaims,
    Gap,
    ImageClaim,
    ImageKind,
    ImageRole,
    PackageClaim,
    SoftwareKind,
)
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._beside import PACKAGES
from netintegrity.platforms._hashes import Hashed
from netintegrity.platforms._kernel_line import entries_of
from netintegrity.platforms._openwrt_layers import overlay_gaps, shadowing
from netintegrity.platforms._package_rows import installed, shell_probe
from netintegrity.platforms._release_gaps import no_release, unread
from netintegrity.platforms._releases_unix import parse_openwrt
from netintegrity.platforms._shell_text import last_answer, summed_files
from netintegrity.platforms._spec import Platform, Request, RunningBinding
from netintegrity.platforms._text import Answer

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_OVERLAYS: Final = frozenset({SoftwareKind.OVERLAY})
_KERNEL: Final = "/boot/vmlinuz"
_PROGRAMS: Final = ("bin", "sbin", "lib", "usr")


def _files_below(folder: str) -> str:
    return f"find {' '.join(f'{folder}/{p}' for p in _PROGRAMS)} ! -type d"


_PROBES: Final = (
    shell_probe("version", "cat /etc/openwrt_release"),
    shell_probe(
        "board", "ubus call system board", "the release again, as procd has it, and the board"
    ),
    shell_probe("cmdline", "cat /proc/cmdline", "where the root of the system that runs came from"),
    shell_probe(
        "kernel",
        f"sha256sum {_KERNEL}",
        "the digest of the kernel, where it is a file",
        demanded=False,
        timeout_s=120.0,
    ),
    shell_probe("overlay", _files_below("/overlay/upper"), timeout_s=60.0, lists=_OVERLAYS),
    shell_probe(
        "rom",
        _files_below("/rom"),
        "files of the read-only root, to see what lies over them",
        timeout_s=60.0,
    ),
    # The one up to 24.10, the other since.
    shell_probe(
        "opkg",
        "opkg list-installed",
        "packages, up to 24.10",
        demanded=False,
        timeout_s=60.0,
        lists=PACKAGES,
    ),
    shell_probe(
        "apk",
        "apk list --installed",
        "packages, from 25.12 on",
        demanded=False,
        timeout_s=60.0,
        lists=PACKAGES,
    ),
)

# as in: DISTRIB_RELEASE='23.05.3'
_RELEASE_FILE: Final = re.compile(
    r"""^DISTRIB_(?P<key>ID|RELEASE|REVISION|TARGET|TAINTS)=(?P<q>['"]?)(?P<value>[^'"]{0,120})(?P=q)$"""
)
# busybox - 1.36.1-1
_OPKG: Final = re.compile(
    r"^(?P<name>[a-z0-9][\w.+-]{0,120}) - (?P<version>[\w.+~:-]{1,120})$", re.ASCII
)
# busybox-1.36.1-r1 x86_64 {busybox} (GPL-2.0-only) [installed]
_APK: Final = re.compile(
    r"^(?P<name>[a-z0-9][\w.+-]{0,120}?)-(?P<version>\d[\w.~]{0,80}-r\d{1,6})"
    r" .{0,400}\[installed\]$",
    re.ASCII,
)
_NOT_HASHED: Final = (
    "how much of its flash the root file system fills is not proven, so it is not hashed"
)


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    return tuple(r for p in _PROBES if (r := p.request()).command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    answers = {p.id: last_answer(exchanges, p.id) for p in _PROBES}
    told = _release_file(answers["version"])
    board = _board(answers["board"])
    of_file = _release(told) if told.get("ID") == "OpenWrt" else None
    # Where the release file cannot be read at all, procd says the same.
    of_board = None if told or board.get("distribution") != "OpenWrt" else _release_of(board)
    release = of_file or of_board
    shown = told.get("ID") == "OpenWrt" or of_board is not None
    hashed = summed_files(exchanges, "kernel")
    entries = entries_of(answers["cmdline"])
    return DeviceClaims(
        platform_id="openwrt" if shown else None,
        running_release=release,
        other_releases=tuple(_others(told, board)) if shown else (),
        identities=(Identity(subject=_CHASSIS, pid=board.get("board_name")),) if shown else (),
        images=tuple(_images(answers["version"], release, told, hashed)),
        boots=_boots(answers["cmdline"], entries),
        packages=tuple(_packages(answers)),
        added=tuple(shadowing(answers)),
        gaps=(
            *no_release(answers["version"], of_file, title="OpenWrt"),
            *_board_gaps(answers["board"], board, told),
            *unread(answers["cmdline"], "cmdline"),
            *_root_gaps(answers, release),
            *overlay_gaps(answers),
            *_package_gaps(answers),
        ),
    )


def _release_file(answer: Answer | None) -> dict[str, str]:
    """Return the fields of the release file; one that is there twice is left out."""
    if answer is None or answer.why_unread is not None:
        return {}
    found: dict[str, list[str]] = {}
    for _, m in answer.search(_RELEASE_FILE):
        found.setdefault(m["key"], []).append(m["value"])
    return {key: values[0] for key, values in found.items() if len(values) == 1}


def _release(told: dict[str, str]) -> Release | None:
    version = told.get("RELEASE", "")
    revision = told.get("REVISION", "")
    # What moves under one name is told apart by its revision, and so is what somebody changed.
    if version.endswith("SNAPSHOT") or "+" in revision:
        version = f"{version} {revision}"
    return parse_openwrt(version)


def _release_of(board: dict[str, str]) -> Release | None:
    return _release({"RELEASE": board.get("version", ""), "REVISION": board.get("revision", "")})


def _board(answer: Answer | None) -> dict[str, str]:
    """Return what procd says of the board; empty: not the one document it prints."""
    if answer is None or answer.why_unread is not None:
        return {}
    try:
        document = strict_json.load("\n".join(n.text for n in answer.lines).encode())
    except ValueError:
        return {}
    if not isinstance(document, dict):
        return {}
    release = document.get("release")
    fields = document | (release if isinstance(release, dict) else {})
    wanted = (
        "distribution",
        "board_name",
        "model",
        "kernel",
        "rootfs_type",
        "version",
        "revision",
        "target",
    )
    return {k: v for k in wanted if isinstance(v := fields.get(k), str) and 0 < len(v) <= 120}


def _others(told: dict[str, str], board: dict[str, str]) -> Iterator[tuple[str, str]]:
    for key in ("REVISION", "TARGET", "TAINTS"):
        if told.get(key):
            yield key.lower(), told[key]
    for key in ("kernel", "rootfs_type"):
        if key in board:
            yield key.replace("_type", ""), board[key]


def _images(
    answer: Answer | None, release: Release | None, told: dict[str, str], hashed: Hashed
) -> Iterator[ImageClaim]:
    """Yield the root, and the kernel where it is a file, in both roles: it boots what it runs."""
    if answer is None or release is None:
        return
    line = next((n for n, m in answer.search(_RELEASE_FILE) if m["key"] == "RELEASE"), None)
    for role in (ImageRole.RUNNING, ImageRole.BOOT_NEXT):
        yield ImageClaim(
            subject=_CHASSIS,
            path="/rom",
            role=role,
            kind=ImageKind.SYSTEM,
            source=answer.source(line),
            assurance=answer.assurance,
            release=release,
        )
        if digests := hashed.digests.get(_KERNEL):
            yield ImageClaim(
                subject=_CHASSIS,
                path=_KERNEL,
                role=role,
                source=hashed.sources[_KERNEL],
                assurance=answer.assurance & hashed.answers[_KERNEL].assurance,
                digests=digests,
                release=release,
                listed_as=_listed_as(release, told.get("TARGET", "")),
            )


def _listed_as(release: Release, target: str) -> str:
    """Return the name under which the project lists the kernel of a target."""
    version = release.text.lower().replace(" ", "-")
    return f"openwrt-{version}-{target.replace('/', '-')}-generic-kernel.bin"


def _boots(answer: Answer | None, entries: tuple[str, ...]) -> tuple[BootClaim, ...]:
    if answer is None or not entries:
        return ()
    return (BootClaim(subject=_CHASSIS, source=answer.source(), entries=entries),)


def _packages(answers: dict[str, Answer | None]) -> Iterator[PackageClaim]:
    for probe_id, pattern in (("opkg", _OPKG), ("apk", _APK)):
        yield from installed(_CHASSIS, answers[probe_id], pattern)


def _board_gaps(
    answer: Answer | None, board: dict[str, str], told: dict[str, str]
) -> Iterator[Gap]:
    if answer is None:
        return
    if not board:
        yield Gap(probe_id="board", reason=answer.why_unread or "not the document of a board")
        return
    for key, own in (("version", "RELEASE"), ("revision", "REVISION")):
        if key in board and own in told and board[key] != told[own]:
            reason = f"the {key} is {board[key]} here, and {told[own]} in the release file"
            yield Gap(probe_id="board", reason=reason)


def _root_gaps(answers: dict[str, Answer | None], release: Release | None) -> Iterator[Gap]:
    if answers["version"] is not None and release is not None:
        yield Gap(probe_id="root", reason=_NOT_HASHED)


def _package_gaps(answers: dict[str, Answer | None]) -> Iterator[Gap]:
    asked = [a for p in ("opkg", "apk") if (a := answers[p]) is not None]
    if asked and not any(_packages(answers)):
        reason = asked[0].why_unread or "no package in the answer"
        yield Gap(probe_id="packages", reason=reason)


PLATFORM: Final = Platform(
    id="openwrt",
    title="OpenWrt",
    aliases=frozenset({"openwrt_ssh", "lede"}),
    netmiko_device_type="linux",
    session_lines=frozenset(),
    privilege="root, which is the only account it has",
    probes=_PROBES,
    plan=_plan,
    interpret=_interpret,
    parse_release=parse_openwrt,
    # The project's signed lists have no other.
    strongest_digest=DigestAlgorithm.SHA256,
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="sha256sums with sha256sums.sig of the target's folder, which lists the "
    "kernel of x86; of what lies in flash, nothing yet",
)
