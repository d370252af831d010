"""OPNsense: FreeBSD's kernel and base as two signed sets, and packages for everything else.

The kernel and the modules that are loaded are hashed, for what runs and for what is booted next.
The base and the packages are files by the thousand that no digest covers; the box compares them
with lists of its own when asked, and what it then says against itself is believed.

Sources: `opnsense/core` and `opnsense/update`; docs.opnsense.org; freebsd-version(1), kldstat(8),
sha256(1), mtree(8), pkg-check(8), loader.conf(5), nextboot(8), bectl(8) and kenv(1) of FreeBSD.
"""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import (
    BootClaim,
    DeviceClaims,
    Gap,
    SignatureClaim,
)
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._beside import PACKAGES
from netintegrity.platforms._boot_sets import claims_of_set, system_of
from netintegrity.platforms._file_checks import accusations, altered_of_mtree, altered_of_pkg
from netintegrity.platforms._freebsd_kernel import (
    KERNEL_FILE,
    SET_BY,
    Kernels,
    files,
    folders,
    kernels_of,
    odd_line,
    sets,
)
from netintegrity.platforms._package_rows import installed, none_installed, shell_probe
from netintegrity.platforms._release_gaps import no_release, unread
from netintegrity.platforms._releases_unix import parse_opnsense
from netintegrity.platforms._shell_text import field, last_answer, summed_files
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding, Subsystem
from netintegrity.platforms._text import Answer

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_NAME: Final = r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}"
_LISTS: Final = "/usr/local/opnsense/version"

_HASH: Final = Probe(
    id="hash",
    command="sha256 {}",
    argument=KERNEL_FILE,
    subsystem=Subsystem.SHELL,
    read_timeout_s=120.0,
)


_PROBES: Final = (
    shell_probe("version", "opnsense-version"),
    shell_probe("kernel-set", "opnsense-version -v kernel", "the release of the kernel set"),
    shell_probe("base-set", "opnsense-version -v base", "the release of the base set"),
    shell_probe(
        "base",
        "freebsd-version -kru",
        "versions of the kernel on disk, the kernel that runs, and the base",
    ),
    shell_probe("modules", "kldstat -v", "which kernel runs, and what is loaded into it"),
    shell_probe("boot", f"grep -h ^kernel= {SET_BY}"),
    # Only a system on ZFS has several environments, and only firmware of some makers a serial.
    shell_probe(
        "environments",
        "bectl list -H",
        "which boot environment runs, and which is booted next",
        demanded=False,
    ),
    shell_probe("product", "kenv -q smbios.system.product", "product id", demanded=False),
    shell_probe("serial", "kenv -q smbios.system.serial", "serial number", demanded=False),
    shell_probe("packages", "pkg info", timeout_s=60.0, lists=PACKAGES),
    _HASH,
    shell_probe(
        "check-kernel",
        f"mtree -e -p / -f {_LISTS}/kernel.mtree",
        "what the box says of its own kernel files; it may accuse, never clear",
        timeout_s=300.0,
    ),
    shell_probe(
        "check-base",
        f"mtree -e -p / -f {_LISTS}/base.mtree",
        "what the box says of its own base files; it may accuse, never clear",
        timeout_s=900.0,
    ),
    shell_probe(
        "check-packages",
        "pkg check -s -a",
        "what the box says of its packages' files; it may accuse, never clear",
        timeout_s=1800.0,
    ),
)

# OPNsense 24.7.2_1 (amd64)
_VERSION: Final = re.compile(
    r"^OPNsense(?:[ -](?P<edition>[A-Za-z]{1,20}))? (?P<release>\d\S{0,60})(?: \([^)]{0,40}\))?$"
)
# 24.7.1
_SET: Final = re.compile(r"^(?P<release>\d{2}\.\d{1,2}\S{0,20})$")
# 14.1-RELEASE-p3
_BASE: Final = re.compile(r"^\d{1,2}\.\d{1,2}-[A-Z][\w.-]{0,40}$", re.ASCII)
# default	NR	/	1.52G	2024-08-01 10:00
_ENVIRONMENT: Final = re.compile(
    r"^(?P<name>[\w.:-]{1,120})\s{1,40}(?P<active>NR|N|R)\s{1,20}", re.ASCII
)
# dnsmasq-2.90_2,1               Lightweight DNS forwarder, DHCP, and TFTP server
_PACKAGE: Final = re.compile(
    r"^(?P<name>[A-Za-z0-9][\w.+-]{0,120}?)-(?P<version>\d[\w.,+]{0,60})(?:\s{1,80}\S.{0,200})?$",
    re.ASCII,
)
_CHECKS: Final = (
    ("check-kernel", "the kernel set", altered_of_mtree),
    ("check-base", "the base set", altered_of_mtree),
    ("check-packages", "its package", altered_of_pkg),
)


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    fixed = [p.request() for p in _PROBES if not p.is_template]
    left = [r for r in fixed if r.command not in asked]
    if left:
        return tuple(left)
    kernels = kernels_of(exchanges)
    paths = [] if kernels is None else [f.path for n in folders(kernels) for f in files(n, kernels)]
    requests = dict.fromkeys(_HASH.request(p) for p in paths if KERNEL_FILE.fullmatch(p))
    return tuple(r for r in requests if r.command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    answers = {p.id: last_answer(exchanges, p.id) for p in _PROBES if not p.is_template}
    version = answers["version"]
    printed = field(version, _VERSION, "release")
    release = None if printed is None else parse_opnsense(printed)
    of_kernel = parse_opnsense(f"kernel-{field(answers['kernel-set'], _SET, 'release') or ''}")
    kernels = kernels_of(exchanges)
    hashed = summed_files(exchanges, _HASH.id)
    packages = tuple(installed(_CHASSIS, answers["packages"], _PACKAGE))
    return DeviceClaims(
        platform_id="opnsense" if printed is not None else None,
        running_release=release,
        other_releases=tuple(_others(answers)),
        identities=_identities(answers) if printed is not None else (),
        images=(
            *system_of(_CHASSIS, version, release, "OPNsense"),
            *claims_of_set(_CHASSIS, sets(kernels, of_kernel), hashed),
        ),
        signatures=tuple(_accusations(answers)),
        boots=_boots(answers["boot"], kernels),
        packages=packages,
        gaps=(
            *no_release(version, release, title="OPNsense"),
            *no_release(answers["kernel-set"], of_kernel, title="kernel", probe_id="kernel-set"),
            *unread(answers["base-set"], "base-set"),
            *_base_gaps(answers["base"]),
            *_kernel_gaps(exchanges, answers, kernels),
            *none_installed(answers["packages"], packages),
            *hashed.left(),
            *(
                g
                for probe_id, _, _ in _CHECKS
                for g in unread(_checked(answers, probe_id), probe_id)
            ),
        ),
    )


def _others(answers: dict[str, Answer | None]) -> Iterator[tuple[str, str]]:
    edition = field(answers["version"], _VERSION, "edition")
    if edition is not None:
        yield "edition", edition
    for name in ("kernel-set", "base-set"):
        if (of_set := field(answers[name], _SET, "release")) is not None:
            yield name, of_set
    yield from zip(("kernel", "running-kernel", "base"), _bases(answers["base"]), strict=False)


def _bases(answer: Answer | None) -> tuple[str, ...]:
    """Return the three versions of the base: kernel on disk, kernel that runs, userland."""
    if answer is None or answer.why_unread is not None:
        return ()
    found = tuple(n.text for n in answer.lines if _BASE.match(n.text))
    return found if len(found) == 3 and len(answer.lines) == 3 else ()


def _identities(answers: dict[str, Answer | None]) -> tuple[Identity, ...]:
    anything = re.compile(r"^(?P<value>\S.{0,80})$")
    serial, pid = (field(answers[p], anything, "value") for p in ("serial", "product"))
    return (Identity(subject=_CHASSIS, serial=serial, pid=pid),)


def _boots(boot: Answer | None, kernels: Kernels | None) -> tuple[BootClaim, ...]:
    if boot is None or kernels is None:
        return ()
    path = f"/boot/{kernels.following}/kernel"
    return (BootClaim(subject=_CHASSIS, source=boot.source(), entries=(path,)),)


def _checked(answers: dict[str, Answer | None], probe_id: str) -> Answer | None:
    """Return the answer to a check that says nothing where nothing is wrong."""
    answer = answers[probe_id]
    silent = answer is not None and not answer.lines
    return None if silent and probe_id != "check-packages" else answer


def _accusations(answers: dict[str, Answer | None]) -> Iterator[SignatureClaim]:
    for probe_id, by, altered in _CHECKS:
        answer = answers[probe_id]
        if answer is not None:
            yield from accusations(_CHASSIS, answer, altered(answer), by=by)


def _base_gaps(answer: Answer | None) -> Iterator[Gap]:
    if answer is None:
        return
    bases = _bases(answer)
    if not bases:
        reason = answer.why_unread or "not the three versions of kernel, running kernel and base"
        yield Gap(probe_id="base", reason=reason)
    elif bases[0] != bases[1]:
        reason = f"the kernel on disk is {bases[0]}, and {bases[1]} runs: its file is gone"
        yield Gap(probe_id="base", reason=reason)


def _kernel_gaps(
    exchanges: tuple[Exchange, ...], answers: dict[str, Answer | None], kernels: Kernels | None
) -> Iterator[Gap]:
    loaded, boot = answers["modules"], answers["boot"]
    odd = None if boot is None else odd_line(boot)
    if odd is not None:
        reason = f"what is booted next cannot be told from: {odd.strip()[:200]}"
        yield Gap(probe_id="boot", reason=reason)
    if loaded is not None and (why := loaded.why_unread) is not None:
        yield Gap(probe_id="modules", reason=why)
    elif loaded is not None and boot is not None and odd is None and kernels is None:
        yield Gap(probe_id="modules", reason="no kernel in the answer")
    if kernels is not None and any(e.probe_id == _HASH.id for e in exchanges):
        odd_paths = [p for p in kernels.modules if KERNEL_FILE.fullmatch(p) is None]
        if odd_paths:
            reason = f"{odd_paths[0][:120]} is loaded, and lies where no module should"
            yield Gap(probe_id="modules", reason=reason)
    environments = answers["environments"]
    if environments is not None and environments.why_unread is None:
        now = {m["name"]: m["active"] for _, m in environments.search(_ENVIRONMENT)}
        if now and "NR" not in now.values():
            reason = "another boot environment is booted next than the one that runs"
            yield Gap(probe_id="boot", reason=reason)


PLATFORM: Final = Platform(
    id="opnsense",
    title="OPNsense",
    aliases=frozenset({"opnsense_ssh"}),
    # The shell: root is greeted with a menu, so an account of its own is wanted.
    netmiko_device_type="linux",
    session_lines=frozenset(),
    privilege="an account with a shell of its own; what its checks read is partly root's",
    probes=_PROBES,
    plan=_plan,
    interpret=_interpret,
    parse_release=parse_opnsense,
    strongest_digest=DigestAlgorithm.SHA256,
    # The files were read again after the boot.
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="an owner-signed manifest of /boot/kernel/kernel and the modules out of the "
    "kernel set whose signature you verified",
    no_digest_covers="its base and its packages; only the kernel and its modules are hashed",
)
