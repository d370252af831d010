"""Debian as a router (FRR, BIRD, keepalived): a kernel, its first root, and packages on a disk.

The kernel that runs and the one that is booted next are hashed, each with its initrd. Everything
else is files of packages, upgraded one by one, that no digest of an image covers; the box compares
them with checksums of its own when asked, and what it then says against itself is believed.

Sources: os-release(5), debian_version(5), dpkg-query(1), dpkg(1); deb-systemd and linux packaging
of Debian for the names below /boot; mokutil(1).
"""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import (
    BootClaim,
    DeviceClaims,
    Gap,
    ImageRole,
    SignatureClaim,
    Source,
)
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms import _grub
from netintegrity.platforms._beside import PACKAGES, interpreted, planned, probes_of
from netintegrity.platforms._boot_sets import claims_of_set, system_of
from netintegrity.platforms._debian_boot import (
    BOOT_FILE,
    Booted,
    following_of,
    package_of,
    running_of,
    set_of,
)
from netintegrity.platforms._file_checks import accusations, altered_of_dpkg
from netintegrity.platforms._kernel_line import entries_of
from netintegrity.platforms._linux_beside import UNITS
from netintegrity.platforms._package_rows import DEB, installed, none_installed, shell_probe
from netintegrity.platforms._release_gaps import no_release, unread
from netintegrity.platforms._releases_unix import parse_debian
from netintegrity.platforms._shell_text import (
    field,
    last_answer,
    summed_files,
)
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding, Subsystem
from netintegrity.platforms._text import Answer

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_HASH: Final = Probe(
    id="hash",
    command="sha256sum {}",
    argument=BOOT_FILE,
    subsystem=Subsystem.SHELL,
    read_timeout_s=120.0,
)


_PROBES: Final = (
    shell_probe("version", "cat /etc/os-release"),
    shell_probe("point", "cat /etc/debian_version", "the point release"),
    shell_probe("kernel", "uname -srv", "the kernel that runs, and the version of its package"),
    shell_probe(
        "cmdline", "cat /proc/cmdline", "which kernel was booted, and where the root came from"
    ),
    shell_probe("boot", _grub.COMMAND),
    shell_probe(
        "boot-once",
        "cat /boot/grub/grubenv",
        "whether another entry is booted once",
        demanded=False,
    ),
    shell_probe("packages", "dpkg-query --show", timeout_s=60.0, lists=PACKAGES),
    # What firmware and package are there to tell it differs; nothing rests on any of them.
    shell_probe("secure-boot", "mokutil --sb-state", "whether secure boot is on", demanded=False),
    shell_probe("product", "cat /sys/class/dmi/id/product_name", "product id", demanded=False),
    shell_probe("serial", "cat /sys/class/dmi/id/product_serial", "serial number", demanded=False),
    _HASH,
    shell_probe(
        "check-packages",
        "dpkg --verify",
        "what the box says of its packages' files; it may accuse, never clear",
        timeout_s=1800.0,
    ),
)

_BESIDE: Final = (UNITS,)

# as in: ID=debian
_ID: Final = re.compile(r'^ID="?(?P<id>[a-z0-9._-]{1,40})"?$')
# as in: VERSION_ID="12"
_VERSION_ID: Final = re.compile(r'^VERSION_ID="?(?P<version>[\w.]{1,20})"?$')
_POINT: Final = re.compile(r"^(?P<release>[\w./]{1,40})$")
# Linux 6.1.0-18-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)
_KERNEL: Final = re.compile(
    r"^Linux (?P<abi>[\w.+~-]{1,80}) #.{0,80}? Debian (?P<build>[\w.+~:-]{1,60}) ", re.ASCII
)
# SecureBoot enabled
_SECURE_BOOT: Final = re.compile(r"^SecureBoot (?P<state>enabled|disabled)\b")
_ANYTHING: Final = re.compile(r"^(?P<value>\S.{0,80})$")
_ABSENT: Final = re.compile(r"^cat: .{1,120}: No such file or directory$")


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    fixed = [p.request() for p in _PROBES if not p.is_template]
    if left := [r for r in fixed if r.command not in asked]:
        return tuple(left)
    booted = (b for b in (running_of(exchanges), following_of(exchanges)) if isinstance(b, Booted))
    paths = dict.fromkeys(path for b in booted for path in b.paths)
    requests = (_HASH.request(p) for p in paths if BOOT_FILE.fullmatch(p))
    return tuple(r for r in requests if r.command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    answers = {p.id: last_answer(exchanges, p.id) for p in _PROBES if not p.is_template}
    release = _release(answers)
    shown = release is not None
    packages = tuple(installed(_CHASSIS, answers["packages"], DEB))
    running, following = running_of(exchanges), following_of(exchanges)
    hashed = summed_files(exchanges, _HASH.id)
    versions = {p.name.partition(":")[0]: p.version for p in packages}
    build = field(answers["kernel"], _KERNEL, "build")
    sets = []
    if isinstance(running, Booted):
        sets.append(set_of(ImageRole.RUNNING, running, versions, build=build))
    if isinstance(following, Booted):
        sets.append(set_of(ImageRole.BOOT_NEXT, following, versions))
    return DeviceClaims(
        platform_id="debian" if shown else None,
        running_release=release,
        other_releases=tuple(_others(answers)),
        identities=_identities(answers) if shown else (),
        images=(
            *system_of(_CHASSIS, answers["point"], release, "Debian"),
            *claims_of_set(_CHASSIS, sets, hashed),
        ),
        signatures=tuple(_accusations(answers["check-packages"])),
        boots=_boots(answers, following),
        packages=packages,
        gaps=(
            *no_release(answers["version"], release, title="Debian"),
            *unread(answers["point"], "point"),
            *_kernel_gaps(answers, running, versions),
            *_boot_gaps(answers, following),
            *none_installed(answers["packages"], packages),
            *hashed.left(),
            *_check_gaps(answers["check-packages"]),
        ),
    )


def _release(answers: dict[str, Answer | None]) -> Release | None:
    """Return the point release, where both files are of one release of Debian itself."""
    if field(answers["version"], _ID, "id") != "debian":
        return None
    major = field(answers["version"], _VERSION_ID, "version")
    # Without its point a release would seem to be the first of its kind, and too old.
    release = parse_debian(field(answers["point"], _POINT, "release") or "")
    if release is not None and major is not None and release.train == "debian":
        return release if str(release.key[0]) == major else None
    return release


def _others(answers: dict[str, Answer | None]) -> Iterator[tuple[str, str]]:
    for name, probe_id, pattern, group in (
        ("kernel", "kernel", _KERNEL, "abi"),
        ("kernel-build", "kernel", _KERNEL, "build"),
        ("secure-boot", "secure-boot", _SECURE_BOOT, "state"),
    ):
        if (value := field(answers[probe_id], pattern, group)) is not None:
            yield name, value


def _identities(answers: dict[str, Answer | None]) -> tuple[Identity, ...]:
    serial, pid = (field(answers[p], _ANYTHING, "value") for p in ("serial", "product"))
    return (Identity(subject=_CHASSIS, serial=serial, pid=pid),)


def _boots(answers: dict[str, Answer | None], following: Booted | str) -> tuple[BootClaim, ...]:
    claims = []
    if isinstance(following, Booted):
        source = following.answer.source(following.line)
        claims.append(BootClaim(subject=_CHASSIS, source=source, entries=(following.kernel,)))
    # Where the system that runs was fetched from; of one on a disk nothing is to be told.
    fetched = tuple(e for e in entries_of(answers["cmdline"]) if "://" in e)
    if fetched:
        source = Source("cmdline", 1)
        claims.append(BootClaim(subject=_CHASSIS, source=source, entries=fetched))
    return tuple(claims)


def _accusations(answer: Answer | None) -> Iterator[SignatureClaim]:
    if answer is not None:
        yield from accusations(_CHASSIS, answer, altered_of_dpkg(answer), by="dpkg")


def _kernel_gaps(
    answers: dict[str, Answer | None], running: Booted | str, versions: dict[str, str]
) -> Iterator[Gap]:
    yield from unread(answers["kernel"], "kernel")
    if isinstance(running, str):
        if running:
            yield Gap(probe_id="cmdline", reason=f"what runs is not known: {running}")
        return
    abi, build = (field(answers["kernel"], _KERNEL, group) for group in ("abi", "build"))
    named = running.kernel.partition("-")[2]
    if abi is not None and abi != named:
        reason = f"the kernel that runs is {abi}, and {running.kernel} was booted"
        yield Gap(probe_id="kernel", reason=reason)
    on_disk = versions.get(package_of(running))
    if build is not None and on_disk is not None and build != on_disk:
        reason = f"the kernel on disk is {on_disk}, and {build} runs: its file is gone"
        yield Gap(probe_id="kernel", reason=reason)


def _boot_gaps(answers: dict[str, Answer | None], following: Booted | str) -> Iterator[Gap]:
    if isinstance(following, str) and following:
        yield Gap(probe_id="boot", reason=f"what is booted next is not known: {following}")
    once = answers["boot-once"]
    if once is not None and once.refusal is not None and _ABSENT.match(once.refusal) is None:
        # Not the answer itself: whoever may not read it cannot tell what is booted once.
        reason = f"whether another entry is booted once is not known: {once.refusal}"
        yield Gap(probe_id="boot", reason=reason)


def _check_gaps(answer: Answer | None) -> Iterator[Gap]:
    """Yield why the check says nothing; that it is silent means that it found nothing."""
    if answer is not None and answer.refusal is not None:
        yield Gap(probe_id="check-packages", reason=f"refused: {answer.refusal}")


PLATFORM: Final = Platform(
    id="debian",
    title="Debian",
    aliases=frozenset({"debian_linux", "frr"}),
    netmiko_device_type="linux",
    session_lines=frozenset(),
    privilege="any account",
    probes=(*_PROBES, *probes_of(_BESIDE)),
    plan=planned(_plan, _BESIDE),
    interpret=interpreted(_interpret, _BESIDE),
    parse_release=parse_debian,
    strongest_digest=DigestAlgorithm.SHA256,
    # The files were read again after the boot.
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="an owner-signed manifest of vmlinuz-* out of the package linux-image-* whose "
    "chain to the archive's InRelease you verified; of each initrd, one of your own",
    no_digest_covers="its packages; only the kernel and its initrd are hashed",
)
