"""OpenBSD as a router: a kernel that is linked anew at every boot, and sets unpacked onto a disk.

No list can hold the digest of its kernel: the objects are linked in a random order for the boot
after the next. The box keeps the digest of what it linked last, and compares it itself before it
links again; so does this. The installer's kernel, ``/bsd.rd``, is as it was published, and hashed.

Sources: openbsd.org/faq, "Following -stable"; sysctl(8), syspatch(8), pkg_info(1), boot.conf(5)
(boot(8)), sha256(1); `libexec/reorder_kernel/reorder_kernel.sh` of openbsd/src.
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
    PackageClaim,
    SignatureClaim,
)
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._beside import PACKAGES
from netintegrity.platforms._hashes import Hashed
from netintegrity.platforms._package_rows import installed, shell_probe
from netintegrity.platforms._release_gaps import no_release, unread
from netintegrity.platforms._releases_unix import parse_openbsd
from netintegrity.platforms._shell_text import field, last_answer, summed_files
from netintegrity.platforms._spec import Platform, Request, RunningBinding
from netintegrity.platforms._text import Answer

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_KERNEL: Final = "/bsd"
_INSTALLER: Final = "/bsd.rd"

_PROBES: Final = (
    shell_probe("version", "sysctl -n kern.version"),
    shell_probe("boot", "cat /etc/boot.conf"),
    shell_probe("packages", "pkg_info -q", lists=PACKAGES),
    # A release alone has binary patches; what moves has none, and says so.
    shell_probe("patches", "syspatch -l", "binary patches", demanded=False),
    shell_probe("product", "sysctl -n hw.product", "product id", demanded=False),
    shell_probe("serial", "sysctl -n hw.serialno", "serial number", demanded=False),
    shell_probe(
        "installer",
        f"sha256 {_INSTALLER}",
        "the digest of the installer's kernel",
        demanded=False,
        timeout_s=60.0,
    ),
    # Both are root's alone, and no account should be root to be audited.
    shell_probe(
        "kernel",
        f"sha256 {_KERNEL}",
        "the digest of the kernel, to be held against the box's own record",
        demanded=False,
        timeout_s=60.0,
    ),
    shell_probe(
        "linked",
        "cat /var/db/kernel.SHA256",
        "the digest of the kernel that was linked last",
        demanded=False,
    ),
)

# OpenBSD 7.6 (GENERIC.MP) #338: Mon Sep 30 08:55:35 MDT 2024
_VERSION: Final = re.compile(
    r"^OpenBSD (?P<release>\d{1,2}\.\d(?:-[a-z]{4,8})?) \((?P<config>[\w.-]{1,40})\)"
    r" #(?P<build>\d{1,6}): (?P<built>.{10,60})$",
    re.ASCII,
)
# 002_perl    013_xserver
_PATCH: Final = re.compile(r"^(?P<name>\d{3}_[\w.+-]{1,60})(?P<version>)$", re.ASCII)
# bird-2.15.1    quirks-7.50    frr-9.1.2p0-ldap
_PACKAGE: Final = re.compile(
    r"^(?P<name>[A-Za-z0-9][\w.+-]{0,120}?)-(?P<version>\d[\w.]{0,60}(?:-[a-z][\w-]{0,60})?)$",
    re.ASCII,
)
_ANYTHING: Final = re.compile(r"^(?P<value>\S.{0,80})$")
_ABSENT: Final = re.compile(r"^cat: /etc/boot\.conf: No such file or directory$")
# boot hd1a:/bsd.sp    b /bsd.test    set image /bsd.test    set device hd1a
_BOOT: Final = re.compile(
    r"^\s{0,8}(?:b(?:oot)?|set (?:image|device))\s{1,8}(?P<value>[^\s-]\S{0,120})(?:\s.{0,80})?$"
)
# tftp:/bsd, of a server the boot loader was itself fetched from
_NETWORK: Final = re.compile(r"^(?P<scheme>tftp|nfs|https?):")


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    return tuple(r for p in _PROBES if (r := p.request()).command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    answers = {p.id: last_answer(exchanges, p.id) for p in _PROBES}
    version = answers["version"]
    printed = field(version, _VERSION, "release")
    release = None if printed is None else parse_openbsd(printed)
    entries = _entries(answers["boot"])
    kernel, linked = (summed_files(exchanges, p, of=_KERNEL) for p in ("kernel", "linked"))
    installer = summed_files(exchanges, "installer")
    shown = printed is not None
    return DeviceClaims(
        platform_id="openbsd" if shown else None,
        running_release=release,
        other_releases=tuple(_others(version)),
        identities=_identities(answers) if shown else (),
        images=tuple(_images(version, release, entries, installer)),
        signatures=tuple(_accusations(kernel, linked)),
        boots=_boots(answers["boot"], entries) if shown else (),
        packages=(*installed(_CHASSIS, answers["packages"], _PACKAGE), *_patches(answers)),
        gaps=(
            *no_release(version, release, title="OpenBSD"),
            *_boot_gaps(answers["boot"]),
            *_refused(answers["packages"], "packages"),
            *kernel.left(),
            *linked.left(),
        ),
    )


def _others(version: Answer | None) -> Iterator[tuple[str, str]]:
    for name, group in (("kernel", "config"), ("build", "build"), ("built", "built")):
        if (value := field(version, _VERSION, group)) is not None:
            yield name, value


def _identities(answers: dict[str, Answer | None]) -> tuple[Identity, ...]:
    serial, pid = (field(answers[p], _ANYTHING, "value") for p in ("serial", "product"))
    return (Identity(subject=_CHASSIS, serial=serial, pid=pid),)


def _patches(answers: dict[str, Answer | None]) -> Iterator[PackageClaim]:
    yield from installed(_CHASSIS, answers["patches"], _PATCH)


def _entries(boot: Answer | None) -> tuple[str, ...]:
    """Return what the boot loader was told to load, in order; by itself it takes ``/bsd``."""
    if boot is None:
        return ()
    told = (m["value"] for _, m in boot.search(_BOOT))
    entries = (f"{m['scheme']}:" if (m := _NETWORK.match(v)) else v for v in told)
    return tuple(entries) or (_KERNEL,)


def _images(
    version: Answer | None, release: Release | None, entries: tuple[str, ...], installer: Hashed
) -> Iterator[ImageClaim]:
    if version is None or release is None:
        return
    line = next((n for n, _ in version.search(_VERSION)), None)
    following = entries[-1] if entries else _KERNEL
    for role, path in ((ImageRole.RUNNING, _KERNEL), (ImageRole.BOOT_NEXT, following)):
        yield ImageClaim(
            subject=_CHASSIS,
            path=path,
            role=role,
            source=version.source(line),
            assurance=version.assurance,
            # Of another file than the one it always takes nothing says which release it is of.
            release=release if path == _KERNEL else None,
        )
    if digests := installer.digests.get(_INSTALLER):
        yield ImageClaim(
            subject=_CHASSIS,
            path=_INSTALLER,
            role=ImageRole.STORED,
            source=installer.sources[_INSTALLER],
            assurance=installer.answers[_INSTALLER].assurance,
            digests=digests,
        )


def _accusations(kernel: Hashed, linked: Hashed) -> Iterator[SignatureClaim]:
    """Yield that the kernel on disk is not the one that was linked last."""
    is_, was = kernel.digests.get(_KERNEL), linked.digests.get(_KERNEL)
    if is_ is not None and was is not None and is_ != was:
        yield SignatureClaim(
            subject=_CHASSIS,
            path=_KERNEL,
            role=ImageRole.BOOT_NEXT,
            source=kernel.sources[_KERNEL],
            assurance=kernel.answers[_KERNEL].assurance & linked.answers[_KERNEL].assurance,
            accepted=False,
            checked_by="reorder_kernel",
        )


def _boots(boot: Answer | None, entries: tuple[str, ...]) -> tuple[BootClaim, ...]:
    if boot is None:
        return ()
    return (BootClaim(subject=_CHASSIS, source=boot.source(), entries=entries),)


def _boot_gaps(boot: Answer | None) -> Iterator[Gap]:
    if boot is not None and boot.refusal is not None and not _ABSENT.match(boot.refusal):
        yield Gap(probe_id="boot", reason=f"refused: {boot.refusal}")
    elif boot is not None and (entries := _entries(boot)) != (_KERNEL,):
        reason = f"the boot loader was told to load {' '.join(entries)[:160]}"
        yield Gap(probe_id="boot", reason=reason)


def _refused(answer: Answer | None, probe_id: str) -> Iterator[Gap]:
    """Yield that the box will not tell; that it has none is an answer."""
    if answer is not None and answer.refusal is not None:
        yield from unread(answer, probe_id)


PLATFORM: Final = Platform(
    id="openbsd",
    title="OpenBSD",
    aliases=frozenset({"openbsd_ssh"}),
    netmiko_device_type="linux",
    session_lines=frozenset(),
    privilege="any account; only root hears whether the kernel was replaced",
    probes=_PROBES,
    plan=_plan,
    interpret=_interpret,
    parse_release=parse_openbsd,
    # The project's signed list has no other.
    strongest_digest=DigestAlgorithm.SHA256,
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="SHA256.sig of the release, which lists bsd.rd; of what runs, nothing can be",
    cannot_hash="its kernel is linked anew at every boot, and its other files are in no image",
)
