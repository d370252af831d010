"""Fortinet FortiOS on a FortiGate without virtual domains.

The system is unpacked from flash into memory at each boot. From 7.0.13, 7.2.6 and 7.4.1 on the box
hashes the files in memory, one by one; nobody publishes what those should be, and nothing hashes
the image on flash that the next boot unpacks.
"""

from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import (
    BootClaim,
    DeviceClaims,
    Gap,
    ImageClaim,
    ImageKind,
    ImageRole,
    SignatureClaim,
)
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._beside import interpreted, planned, probes_of
from netintegrity.platforms._fortios_beside import STITCHES
from netintegrity.platforms._fortios_text import (
    VERSION,
    Partition,
    fields_of,
    last_answer,
    partitions_of,
    sums_of,
)
from netintegrity.platforms._releases_fortinet import build_of, is_general, parse_fortios
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding
from netintegrity.platforms._text import Answer

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_PROBES: Final = (
    Probe(id="version", command="get system status", read_timeout_s=60.0),
    Probe(id="flash", command="diagnose sys flash list", read_timeout_s=60.0),
    Probe(
        id="files",
        command="diagnose sys filesystem hash",
        # Older releases do not have it, and what it prints has nothing to be compared with but
        # another run.
        demanded=False,
        read_timeout_s=600.0,
    ),
)
# It belongs to the box and changes with its configuration.
_OF_THE_BOX: Final = ("/data/", "data/")
_SIGNATURES: Final = {"certified": True, "un-certified": False, "uncertified": False}
_TOLD: Final = {
    "BIOS version": "bios",
    "Security Level": "bios-security-level",
    "Current Security Level": "bios-security-level",
    "FIPS-CC mode": "fips-cc",
    "Virtual domain configuration": "virtual-domains",
}


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    return tuple(r for p in _PROBES if (r := p.request()).command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    version, flash = last_answer(exchanges, "version"), last_answer(exchanges, "flash")
    files = last_answer(exchanges, "files")
    model, printed = _version(version)
    release = None if printed is None else parse_fortios(printed)
    fields, partitions = fields_of(version), partitions_of(flash)
    other = [(name, fields[key]) for key, name in _TOLD.items() if key in fields]
    if printed is not None and release is None:
        other.append(("unreadable", printed))
    following = _following(partitions)
    return DeviceClaims(
        platform_id="fortinet_fortios" if printed is not None else None,
        running_release=release,
        other_releases=tuple(dict(other).items()),
        identities=(
            (Identity(subject=_CHASSIS, serial=fields.get("Serial-Number"), pid=model),)
            if printed is not None
            else ()
        ),
        images=(
            *_running(version, release, printed),
            *_flashed(flash, partitions, following, (release, printed)),
            *_files(files),
        ),
        signatures=tuple(_signatures(version, fields, printed)),
        boots=tuple(_boots(flash, following)),
        gaps=(
            *_version_gaps(version, release),
            *_flash_gaps(flash, partitions, following, printed),
            *_file_gaps(files),
        ),
    )


def _version(answer: Answer | None) -> tuple[str | None, str | None]:
    if answer is None or answer.why_unread is not None:
        return None, None
    found = [m for _, m in answer.search(VERSION)]
    return (found[0]["model"], found[0]["release"]) if len(found) == 1 else (None, None)


def _following(partitions: tuple[Partition, ...] | None) -> Partition | None:
    """Return the image that the next boot takes; None: it is not known."""
    active = [p for p in partitions or () if p.is_active and p.build is not None]
    return active[0] if len(active) == 1 else None


def _running(
    version: Answer | None, release: Release | None, printed: str | None
) -> Iterator[ImageClaim]:
    if version is not None and release is not None and printed is not None:
        line = next(n for n, _ in version.search(VERSION))
        yield ImageClaim(
            subject=_CHASSIS,
            path=printed.partition(" ")[0],
            role=ImageRole.RUNNING,
            source=version.source(line),
            assurance=version.assurance,
            release=release,
        )


def _flashed(
    flash: Answer | None,
    partitions: tuple[Partition, ...] | None,
    following: Partition | None,
    runs: tuple[Release | None, str | None],
) -> Iterator[ImageClaim]:
    release, printed = runs
    build = None if printed is None else build_of(printed)
    for row in partitions or ():
        if flash is not None and row.build is not None:
            # Its name has another number than the release; the build alone says what it is.
            same = build is not None and row.build == build
            yield ImageClaim(
                subject=_CHASSIS,
                path=row.image,
                role=ImageRole.BOOT_NEXT if row == following else ImageRole.STORED,
                source=flash.source(row.line),
                assurance=flash.assurance,
                release=release if same else None,
            )


def _files(files: Answer | None) -> Iterator[ImageClaim]:
    """Yield what was hashed in memory: kept to be compared with another run, judged by nobody."""
    found = "" if files is None else sums_of(files)
    if files is None or isinstance(found, str):
        return
    for file in found:
        if not file.path.startswith(_OF_THE_BOX):
            yield ImageClaim(
                subject=_CHASSIS,
                path=file.path,
                role=ImageRole.STORED,
                kind=ImageKind.PACKAGE,
                source=files.source(file.line),
                assurance=files.assurance,
                digests=frozenset({file.digest}),
            )


def _signatures(
    version: Answer | None, fields: dict[str, str], printed: str | None
) -> Iterator[SignatureClaim]:
    said = fields.get("Firmware Signature")
    if version is None or printed is None or said is None:
        return
    accepted = _SIGNATURES.get(said.lower())
    yield SignatureClaim(
        subject=_CHASSIS,
        path=printed.partition(" ")[0],
        role=ImageRole.RUNNING,
        source=version.source(next(n for n in version.lines if "Firmware Signature" in n.text)),
        assurance=version.assurance,
        accepted=accepted,
        signing_type=("production" if is_general(printed) else "special") if accepted else None,
    )


def _boots(flash: Answer | None, following: Partition | None) -> Iterator[BootClaim]:
    if flash is not None and following is not None:
        yield BootClaim(
            subject=_CHASSIS, source=flash.source(following.line), entries=(following.image,)
        )


def _version_gaps(version: Answer | None, release: Release | None) -> Iterator[Gap]:
    if version is not None and release is None:
        reason = version.why_unread or "no single FortiOS version in the answer"
        yield Gap(probe_id="version", reason=reason)


def _flash_gaps(
    flash: Answer | None,
    partitions: tuple[Partition, ...] | None,
    following: Partition | None,
    printed: str | None,
) -> Iterator[Gap]:
    if flash is None:
        return
    if partitions is None:
        yield Gap(probe_id="flash", reason=flash.why_unread or "nothing is listed")
        return
    if following is None:
        active = sum(p.is_active and p.build is not None for p in partitions)
        yield Gap(probe_id="flash", reason=f"{active} images are marked as active, not one")
        return
    build = None if printed is None else build_of(printed)
    if build is not None and following.build != build:
        reason = (
            f"the next boot loads {following.image}, and build {build[0]} runs; which release that "
            "image is, its name does not say"
        )
        yield Gap(probe_id="flash", reason=reason)


def _file_gaps(files: Answer | None) -> Iterator[Gap]:
    if files is not None and isinstance(found := sums_of(files), str):
        yield Gap(probe_id="files", reason=found)


_LISTINGS: Final = (STITCHES,)

PLATFORM: Final = Platform(
    id="fortinet_fortios",
    title="Fortinet FortiOS",
    aliases=frozenset({"fortinet", "fortios", "fortinet.fortios.fortios"}),
    netmiko_device_type="fortinet",
    # The driver looks whether there are virtual domains and whether output is paged. Where there
    # are, or it is, it would change the configuration: that is refused, and the session ends.
    session_lines=frozenset(
        {
            "get system status | grep Virtual",
            "get system status | grep Version",
            "get system console",
            "show full-configuration system console",
        }
    ),
    privilege="an administrator profile that may read system and diagnose",
    probes=(*_PROBES, *probes_of(_LISTINGS)),
    plan=planned(_plan, _LISTINGS),
    interpret=interpreted(_interpret, _LISTINGS),
    parse_release=parse_fortios,
    strongest_digest=DigestAlgorithm.SHA256,
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="none: the vendor publishes digests of what is downloaded, and none of the "
    "files a box unpacks",
    cannot_hash="it hashes the files it unpacked, which nobody publishes, and not the image that "
    "the next boot unpacks",
)
