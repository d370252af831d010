"""SONiC of the community and what is built from it, on a switch that boots it by GRUB.

Each image is a folder of its own: a squashfs, and the kernel and initrd that start it. All are
hashed. The services run in containers whose images the box lists and nobody publishes digests of.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.model.claims import (
    BootClaim,
    DeviceClaims,
    Gap,
    ImageRole,
    SoftwareKind,
    Source,
)
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._beside import interpreted, planned, probes_of
from netintegrity.platforms._boot_sets import BootFile, BootSet, claims_of_set
from netintegrity.platforms._linux_beside import overlay
from netintegrity.platforms._release_gaps import no_release, runs_another
from netintegrity.platforms._releases_linux import parse_sonic
from netintegrity.platforms._shell_text import field, last_answer, read_shell, summed_files
from netintegrity.platforms._sonic_containers import container_images, image_packages
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding, Subsystem
from netintegrity.platforms._text import Answer, Line

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_NAME: Final = r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,119}"
_STARTER: Final = r"(?:vmlinuz|initrd\.img)-[A-Za-z0-9][A-Za-z0-9_.+-]{0,79}"

_FOLDER: Final = Probe(
    id="boot-files",
    command="ls -1 {}",
    argument=re.compile(rf"/host/image-{_NAME}/boot", re.ASCII),
    takes="the folder of an installed image",
    subsystem=Subsystem.SHELL,
)
_HASH: Final = Probe(
    id="hash",
    command="sha256sum {}",
    argument=re.compile(rf"/host/image-{_NAME}/(?:fs\.squashfs|boot/{_STARTER})", re.ASCII),
    takes="the system, a kernel or an initrd of an installed image",
    subsystem=Subsystem.SHELL,
    read_timeout_s=900.0,
)
_LAYERED: Final = ("usr/bin", "usr/sbin")
_OVERLAY: Final = Probe(
    id="overlay",
    command="find {} -mindepth 1 -type f",
    argument=re.compile(rf"/host/image-{_NAME}/rw/usr/s?bin", re.ASCII),
    subsystem=Subsystem.SHELL,
    demanded=False,
    lists=frozenset({SoftwareKind.OVERLAY}),
    takes="the folder of programs in the writable layer of an installed image",
    read_timeout_s=60.0,
)
_PROBES: Final = (
    Probe(
        id="version",
        command="show version",
        read_timeout_s=120.0,
        lists=frozenset({SoftwareKind.CONTAINER}),
    ),
    Probe(id="images", command="sudo sonic-installer list", read_timeout_s=60.0),
    Probe(id="boot", command="show boot", demanded=False, read_timeout_s=60.0),
    _FOLDER,
    _HASH,
)

# SONiC Software Version: SONiC.HEAD.32-21ea29a
_VERSION: Final = re.compile(r"^SONiC Software Version: SONiC\.(?P<release>\S{1,120})$")
# Build commit: 21ea29a
_BUILD: Final = re.compile(r"^(?P<what>Build commit|Kernel): (?P<value>\S{1,80})$")
# Serial Number: MT1822K07815
_SERIAL: Final = re.compile(r"^Serial Number:\s{0,8}(?P<serial>\S{1,60})$")
# Model Number: MSN2700-CS2FO
_MODEL: Final = re.compile(r"^Model Number:\s{0,8}(?P<pid>\S{1,60})$")
# `Current: SONiC-OS-202012.0-fb89c28c9`
_MARKED: Final = re.compile(rf"^(?P<what>Current|Next): SONiC-OS-(?P<name>{_NAME})$", re.ASCII)
_IS_STARTER: Final = re.compile(_STARTER, re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Installed:
    """Which image runs, and which the next boot takes."""

    current: str
    following: str
    answer: Answer
    current_line: Line
    following_line: Line


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    requests = [p.request() for p in _PROBES if not p.is_template]
    if not (left := [r for r in requests if r.command not in asked]):
        names = _names(_installed(last_answer(exchanges, "images")))
        folders = [_FOLDER.request(f"/host/image-{n}/boot") for n in names]
        left = [r for r in folders if r.command not in asked]
        if not left:
            left = [_HASH.request(f.path) for n in names for f in _files(n, exchanges)]
    return tuple(r for r in left if r.command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    version, images = last_answer(exchanges, "version"), last_answer(exchanges, "images")
    printed = field(version, _VERSION, "release")
    release = None if printed is None else parse_sonic(printed)
    installed = _installed(images)
    hashed = summed_files(exchanges, _HASH.id)
    readable = version is not None and version.why_unread is None
    serial, pid = field(version, _SERIAL, "serial"), field(version, _MODEL, "pid")
    shown = printed is not None
    return DeviceClaims(
        platform_id="sonic" if shown else None,
        running_release=release,
        other_releases=tuple(
            (m["what"].lower().replace(" ", "-"), m["value"])
            for _, m in (version.search(_BUILD) if version is not None and readable else ())
        ),
        identities=(Identity(subject=_CHASSIS, serial=serial, pid=pid),) if shown else (),
        images=tuple(claims_of_set(_CHASSIS, _sets(installed, release, exchanges), hashed)),
        boots=tuple(_boots(installed)),
        packages=tuple(image_packages(version)) if readable and version else (),
        added=tuple(container_images(version)) if readable and version else (),
        gaps=(
            *no_release(version, release, title="SONiC"),
            *_image_gaps(images, installed, release),
            *_boot_gaps(last_answer(exchanges, "boot"), installed),
            *_folder_gaps(exchanges, installed),
            *hashed.left(),
        ),
    )


def _installed(answer: Answer | None) -> _Installed | None:
    """Return the two images; None: the answer does not name exactly one of each."""
    if answer is None or answer.why_unread is not None:
        return None
    found: dict[str, list[tuple[str, Line]]] = {"Current": [], "Next": []}
    for line, m in answer.search(_MARKED):
        found[m["what"]].append((m["name"], line))
    if any(len(named) != 1 for named in found.values()):
        return None
    (current, current_line), (following, following_line) = found["Current"][0], found["Next"][0]
    return _Installed(
        current=current,
        following=following,
        answer=answer,
        current_line=current_line,
        following_line=following_line,
    )


def _names(installed: _Installed | None) -> tuple[str, ...]:
    if installed is None:
        return ()
    return tuple(dict.fromkeys((installed.current, installed.following)))


def _starters(name: str, exchanges: tuple[Exchange, ...]) -> tuple[str, ...]:
    """Return the kernels and initrds in an image's folder; none where it was not read."""
    command = f"ls -1 /host/image-{name}/boot"
    answers = [read_shell(e) for e in exchanges if e.command == command and e.complete]
    if not answers or answers[-1].why_unread is not None:
        return ()
    names = (line.text.strip() for line in answers[-1].lines)
    return tuple(dict.fromkeys(n for n in names if _IS_STARTER.fullmatch(n)))


def _files(name: str, exchanges: tuple[Exchange, ...]) -> tuple[BootFile, ...]:
    folder = f"/host/image-{name}"
    root = BootFile(path=f"{folder}/fs.squashfs", listed_as=f"{name}.fs.squashfs", is_root=True)
    return (
        root,
        *(
            BootFile(path=f"{folder}/boot/{file}", listed_as=f"{name}.{file}", is_root=False)
            for file in _starters(name, exchanges)
        ),
    )


def _sets(
    installed: _Installed | None, release: Release | None, exchanges: tuple[Exchange, ...]
) -> Iterator[BootSet]:
    if installed is None:
        return
    for role, name, line in (
        (ImageRole.RUNNING, installed.current, installed.current_line),
        (ImageRole.BOOT_NEXT, installed.following, installed.following_line),
    ):
        yield BootSet(
            role=role,
            files=_files(name, exchanges),
            release=release if name == installed.current else parse_sonic(name),
            answer=installed.answer,
            source=Source("images", line.number),
        )


def _boots(installed: _Installed | None) -> Iterator[BootClaim]:
    if installed is not None:
        yield BootClaim(
            subject=_CHASSIS,
            source=Source("images", installed.following_line.number),
            entries=(f"SONiC-OS-{installed.following}",),
        )


def _overlays(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    names = _names(_installed(last_answer(exchanges, "images")))
    folders = (f"/host/image-{n}/rw/{f}" for n in names for f in _LAYERED)
    return tuple(_OVERLAY.request(folder) for folder in folders)


def _image_gaps(
    answer: Answer | None, installed: _Installed | None, release: Release | None
) -> Iterator[Gap]:
    if answer is None:
        return
    if installed is None:
        reason = answer.why_unread or "the answer does not name one current and one next image"
        yield Gap(probe_id="images", reason=reason)
        return
    named = parse_sonic(installed.current)
    yield from runs_another(named, release, what="the current image is", probe_id="images")


def _boot_gaps(answer: Answer | None, installed: _Installed | None) -> Iterator[Gap]:
    if answer is None:
        return
    if (why := answer.why_unread) is not None:
        yield Gap(probe_id="boot", reason=why)
        return
    other = _installed(answer)
    if installed is not None and other is not None and _names(other) != _names(installed):
        reason = "`show boot` names other images than the list of them"
        yield Gap(probe_id="images", reason=reason)


def _folder_gaps(exchanges: tuple[Exchange, ...], installed: _Installed | None) -> Iterator[Gap]:
    """Yield where it is not known what starts an image: a kernel and an initrd at least."""
    asked = {e.command for e in exchanges}
    hashing = any(e.probe_id == _HASH.id for e in exchanges)
    for name in _names(installed):
        command = f"ls -1 /host/image-{name}/boot"
        starters = _starters(name, exchanges)
        kinds = {s.partition("-")[0] for s in starters}
        if (hashing or command in asked) and kinds != {"vmlinuz", "initrd.img"}:
            reason = f"/host/image-{name}/boot: no kernel and initrd in the answer"
            yield Gap(probe_id=_FOLDER.id, reason=reason)


_LISTINGS: Final = (overlay(_OVERLAY, _overlays),)

PLATFORM: Final = Platform(
    id="sonic",
    title="SONiC",
    aliases=frozenset({"edgecore_sonic"}),
    # The shell itself: the drivers named after SONiC begin with `sonic-cli`, which is another one.
    netmiko_device_type="linux",
    session_lines=frozenset(),
    privilege="an account that may run `sudo sonic-installer list`",
    probes=(*_PROBES, *probes_of(_LISTINGS)),
    plan=planned(_plan, _LISTINGS),
    interpret=interpreted(_interpret, _LISTINGS),
    parse_release=parse_sonic,
    strongest_digest=DigestAlgorithm.SHA256,
    # The files were read again after the boot, and a writable layer lies over them.
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="an owner-signed manifest of fs.squashfs, boot/vmlinuz-* and "
    "boot/initrd.img-* out of the installer image whose signature you verified",
)
