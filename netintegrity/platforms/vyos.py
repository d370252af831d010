"""VyOS, installed as an image: a squashfs, a kernel and an initrd in a folder of their own.

All three are hashed, since each of them can change what runs. What lies over the read-only system
in the writable layer is looked for where the programs are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.model.claims import (
    AddedClaim,
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
from netintegrity.platforms._linux_beside import ABSENT, VYOS_CONTAINERS, found_files
from netintegrity.platforms._release_gaps import no_release, runs_another
from netintegrity.platforms._releases_linux import parse_vyos
from netintegrity.platforms._shell_text import field, last_answer, read_shell, summed_files
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding, Subsystem
from netintegrity.platforms._text import Answer, Line

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_BOOT: Final = "/usr/lib/live/mount/persistence/boot"
_NAME: Final = r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}"
_IS_NAME: Final = re.compile(_NAME, re.ASCII)

_HASH: Final = Probe(
    id="hash",
    command="sha256sum {}",
    argument=re.compile(
        rf"{_BOOT}/(?P<name>{_NAME})/(?:(?P=name)\.squashfs|vmlinuz|initrd\.img)", re.ASCII
    ),
    subsystem=Subsystem.SHELL,
    takes="the system, kernel or initrd of an installed image",
    read_timeout_s=600.0,
)
_OVERLAY: Final = Probe(
    id="overlay",
    command="find {} -mindepth 1",
    argument=re.compile(rf"{_BOOT}/{_NAME}/rw/usr/(?:bin|sbin)", re.ASCII),
    subsystem=Subsystem.SHELL,
    read_timeout_s=60.0,
    lists=frozenset({SoftwareKind.OVERLAY}),
    takes="the folder of programs in the writable layer of an installed image",
)
_PROBES: Final = (
    Probe(id="version", command="show version"),
    Probe(id="images", command="show system image"),
    _HASH,
    _OVERLAY,
)

# Version:          VyOS 1.4-rolling-202106270801
_VERSION: Final = re.compile(r"^Version:\s{1,20}VyOS (?P<release>\S{1,120})$")
# Build UUID:       ab43e735-edcb-405a-9f51-f16a1b104e52
_BUILD: Final = re.compile(
    r"^Build (?P<what>UUID|[Cc]ommit ID):\s{1,20}(?P<value>\S{1,80})$", re.ASCII
)
# Hardware S/N:     2108ABC1234
_SERIAL: Final = re.compile(r"^Hardware S/N:\s{0,20}(?P<serial>\S.{0,60})$")
# Hardware model:   Standard PC (i440FX + PIIX, 1996)
_MODEL: Final = re.compile(r"^Hardware model:\s{0,20}(?P<pid>\S.{0,80})$")
# Name                      Default boot    Running
_HEADER: Final = re.compile(r"^Name\s{1,60}(?P<default>Default boot)\s{2,10}(?P<running>Running)$")
#    1: 1.3-rolling-201912181733 (default boot) (running image)
_NUMBERED: Final = re.compile(
    rf"^\s{{1,6}}\d{{1,3}}: (?P<name>{_NAME})"
    r"(?P<flags>(?: \((?:default boot|running image)\)){0,2})$",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Installed:
    """Which image runs, and which the next boot takes."""

    running: tuple[tuple[str, Line], ...]
    default: tuple[tuple[str, Line], ...]
    answer: Answer

    @property
    def reason(self) -> str:
        """Why the two are not known; empty: they are."""
        if len(self.running) != 1:
            return f"{len(self.running)} images are marked as running"
        if len(self.default) != 1:
            return f"{len(self.default)} images are marked as the default boot"
        return ""


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    requests = [p.request() for p in _PROBES if not p.is_template]
    if all(r.command in asked for r in requests):
        for name in _names(_installed(last_answer(exchanges, "images"))):
            requests += [_HASH.request(f.path) for f in _files(name)]
            requests += [_OVERLAY.request(path) for path in _overlays(name)]
    return tuple(dict.fromkeys(r for r in requests if r.command not in asked))


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    version = last_answer(exchanges, "version")
    printed = field(version, _VERSION, "release")
    release = None if printed is None else parse_vyos(printed)
    images = last_answer(exchanges, "images")
    installed = _installed(images)
    hashed = summed_files(exchanges, _HASH.id)
    other = (
        ()
        if version is None or version.why_unread is not None
        else tuple(
            (f"build-{m['what'].lower().replace(' ', '-')}", m["value"])
            for _, m in version.search(_BUILD)
        )
    )
    serial, pid = field(version, _SERIAL, "serial"), field(version, _MODEL, "pid")
    shown = printed is not None
    return DeviceClaims(
        platform_id="vyos" if shown else None,
        running_release=release,
        other_releases=other,
        identities=(Identity(subject=_CHASSIS, serial=serial, pid=pid),) if shown else (),
        images=tuple(claims_of_set(_CHASSIS, _sets(installed, release), hashed)),
        boots=tuple(_boots(installed)),
        added=tuple(_overlaid(exchanges)),
        gaps=(
            *no_release(version, release, title="VyOS"),
            *_image_gaps(images, installed, release),
            *hashed.left(),
            *_overlay_gaps(exchanges, installed),
        ),
    )


def _installed(answer: Answer | None) -> _Installed | None:
    if answer is None or answer.why_unread is not None:
        return None
    running: list[tuple[str, Line]] = []
    default: list[tuple[str, Line]] = []
    columns: tuple[int, int] | None = None
    for line in answer.lines:
        if (m := _HEADER.match(line.text)) is not None:
            columns = m.start("default"), m.start("running")
            continue
        name, flags = line.text.partition(" ")[0], ""
        if (m := _NUMBERED.match(line.text)) is not None:
            name, flags = m["name"], m["flags"]
        elif columns is not None and _IS_NAME.fullmatch(name):
            boots = line.text[columns[0] : columns[1]].strip() == "Yes"
            runs = line.text[columns[1] :].strip() == "Yes"
            flags = ("(default boot)" if boots else "") + ("(running image)" if runs else "")
        if "running image" in flags:
            running.append((name, line))
        if "default boot" in flags:
            default.append((name, line))
    return _Installed(running=tuple(running), default=tuple(default), answer=answer)


def _names(installed: _Installed | None) -> tuple[str, ...]:
    if installed is None or installed.reason:
        return ()
    return tuple(dict.fromkeys((installed.running[0][0], installed.default[0][0])))


def _files(name: str) -> tuple[BootFile, ...]:
    folder = f"{_BOOT}/{name}"
    return (
        BootFile(path=f"{folder}/{name}.squashfs", listed_as="", is_root=True),
        BootFile(path=f"{folder}/vmlinuz", listed_as=f"{name}.vmlinuz", is_root=False),
        BootFile(path=f"{folder}/initrd.img", listed_as=f"{name}.initrd.img", is_root=False),
    )


def _overlays(name: str) -> tuple[str, ...]:
    return tuple(f"{_BOOT}/{name}/rw/usr/{folder}" for folder in ("bin", "sbin"))


def _sets(installed: _Installed | None, release: Release | None) -> Iterator[BootSet]:
    if installed is None or installed.reason:
        return
    (running, run_line), (default, default_line) = installed.running[0], installed.default[0]
    for role, name, line in (
        (ImageRole.RUNNING, running, run_line),
        (ImageRole.BOOT_NEXT, default, default_line),
    ):
        yield BootSet(
            role=role,
            files=_files(name),
            # The name is free text: it says what an image is only where nothing else does.
            release=release if name == running else parse_vyos(name),
            answer=installed.answer,
            source=Source("images", line.number),
        )


def _boots(installed: _Installed | None) -> Iterator[BootClaim]:
    if installed is not None and not installed.reason:
        name, line = installed.default[0]
        yield BootClaim(subject=_CHASSIS, source=Source("images", line.number), entries=(name,))


def _image_gaps(
    answer: Answer | None, installed: _Installed | None, release: Release | None
) -> Iterator[Gap]:
    if answer is None:
        return
    if installed is None or installed.reason:
        reason = answer.why_unread or (installed.reason if installed else "nothing is listed")
        yield Gap(probe_id="images", reason=reason)
        return
    named = parse_vyos(installed.running[0][0])
    # The name is free text: only one that is a release of the project says which.
    if named is not None and not named.train.startswith("vyos-special:"):
        what = "the image that runs is named"
        yield from runs_another(named, release, what=what, probe_id="images")


def _overlaid(exchanges: tuple[Exchange, ...]) -> Iterator[AddedClaim]:
    for exchange in exchanges:
        if exchange.probe_id == _OVERLAY.id:
            folder = f"{exchange.command.split(' ')[1]}/"
            yield from found_files(read_shell(exchange), SoftwareKind.OVERLAY, "file", folder)


def _overlay_gaps(exchanges: tuple[Exchange, ...], installed: _Installed | None) -> Iterator[Gap]:
    """Yield where files of the writable layer lie over the programs of the image."""
    asked = {e.command for e in exchanges}
    if any(e.probe_id == _HASH.id for e in exchanges):
        wanted = (_OVERLAY.request(p).command for n in _names(installed) for p in _overlays(n))
        for command in wanted:
            if command not in asked:
                yield Gap(probe_id=_OVERLAY.id, reason=f"`{command}` was never asked")
    for exchange in exchanges:
        if exchange.probe_id != _OVERLAY.id:
            continue
        answer = read_shell(exchange)
        there = [n for n in answer.lines if ABSENT.match(n.text) is None]
        if there and answer.refusal is not None and ABSENT.match(answer.refusal) is None:
            yield Gap(probe_id=_OVERLAY.id, reason=f"refused: {answer.refusal}")
        elif there:
            first = there[0].text.strip()[:120]
            reason = f"{len(there)} files lie over the read-only programs, the first {first}"
            # The list of them is whole; what is not known is what runs.
            yield Gap(probe_id="images", reason=reason)


_LISTINGS: Final = (VYOS_CONTAINERS,)

PLATFORM: Final = Platform(
    id="vyos",
    title="VyOS",
    aliases=frozenset({"vyatta_vyos", "vyos.vyos.vyos"}),
    netmiko_device_type="vyos",
    session_lines=frozenset({"set terminal width 512", "set terminal length 0"}),
    privilege="an account of the administrator level: an operator's has no shell",
    probes=(*_PROBES, *probes_of(_LISTINGS)),
    plan=planned(_plan, _LISTINGS),
    interpret=interpreted(_interpret, _LISTINGS),
    parse_release=parse_vyos,
    # The signed ISO lists SHA-256 of the files as they are installed.
    strongest_digest=DigestAlgorithm.SHA256,
    # The files were read again after the boot, and a writable layer lies over them.
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="an owner-signed manifest of live/filesystem.squashfs, live/vmlinuz and "
    "live/initrd.img of the ISO whose minisign signature you verified",
)
