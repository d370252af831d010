"""Dell OS9 (FTOS, of Force10): two partitions, which no command of it hashes.

Its ``verify`` hashes a file on flash, where a download lies before it is installed; what runs comes
from a partition.
"""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import BootClaim, DeviceClaims, Gap, ImageClaim, ImageRole
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._asked import Asking, fields_of, readable
from netintegrity.platforms._hashes import Hashed
from netintegrity.platforms._installed import Installed
from netintegrity.platforms._os9_text import (
    FIELD,
    Unit,
    boot_of,
    digest_of,
    files_of,
    is_os9,
    parts_of,
    running_of,
    units_of,
)
from netintegrity.platforms._paths import is_network, normalised
from netintegrity.platforms._releases_dell import os9_in_name, parse_os9
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding
from netintegrity.platforms._text import Answer
from netintegrity.platforms._unbooted import Listed, claims_of_files

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_FILE: Final = r"[A-Za-z0-9][A-Za-z0-9._+-]{0,119}\.bin"
_MOST_HASHED: Final = 4
_HASH: Final = Probe(
    id="hash",
    command="verify sha256 flash://{}",
    argument=re.compile(_FILE, re.ASCII),
    # What is stored is not what runs.
    demanded=False,
    why="the digest of images that lie on flash",
    read_timeout_s=600.0,
)
_PROBES: Final = (
    Probe(id="version", command="show version"),
    Probe(id="partitions", command="show boot system stack-unit all"),
    Probe(id="boot", command="show bootvar"),
    Probe(id="inventory", command="show inventory"),
    Probe(id="files", command="dir flash:", demanded=False, why="images that lie on flash"),
    _HASH,
)
_ASKING: Final = Asking(
    probes=_PROBES,
    refusal=re.compile(r"(?!)"),
    # % Error: Invalid input at "^" marker.
    unknown=re.compile(r"% ?Error: (?:Invalid|Incomplete|Ambiguous)"),
    level="privilege level 15, or an enable secret",
)
_VERSION_KEYS: Final = (
    "Dell Application Software Version",
    "Dell Force10 Application Software Version",
)
_IS_FILE: Final = re.compile(_FILE, re.ASCII)


class _Heard:
    """What a box answered, read once."""

    def __init__(self, exchanges: tuple[Exchange, ...]) -> None:
        self.exchanges = exchanges
        self.version_answer = readable(_ASKING.last(exchanges, "version"))
        self.is_shown = is_os9(self.version_answer)
        self.version = fields_of(self.version_answer, FIELD) if self.is_shown else {}
        self.partitions = readable(_ASKING.last(exchanges, "partitions"))
        self.units = units_of(self.partitions)
        self.boot = readable(_ASKING.last(exchanges, "boot"))
        self.entries = boot_of(self.boot)
        self.inventory = readable(_ASKING.last(exchanges, "inventory"))
        self.parts = parts_of(self.inventory)

    @property
    def release(self) -> Release | None:
        found = (self.version[k][0] for k in _VERSION_KEYS if k in self.version)
        printed = next(found, None)
        return None if printed is None else parse_os9(printed)

    def subject_of(self, unit: Unit) -> Subject:
        return _CHASSIS if len(self.units) < 2 else Subject(SubjectKind.MEMBER, unit.id)

    @property
    def first(self) -> Subject:
        return self.subject_of(self.units[0]) if self.units else _CHASSIS

    def installed(self) -> Iterator[Installed]:
        for unit in self.units:
            if self.partitions is None:
                return
            alone = len(self.units) == 1
            first = self.entries[0] if self.entries else None
            yield Installed(
                subject=self.subject_of(unit),
                answer=self.partitions,
                places=unit.places,
                # Of several, both commands speak of the one that answers.
                running=running_of(self.version_answer) if alone else None,
                following=first[0] if first and alone else None,
                boot_answer=self.boot,
                boot_line=first[1] if first else None,
                runs=self.release if alone else None,
            )

    @property
    def listed(self) -> Answer | None:
        return readable(_ASKING.last(self.exchanges, "files"))

    def files(self) -> Listed:
        """Return the images on flash."""
        found = files_of(self.listed) if self.listed and self.listed.exchange.complete else {}
        return {f"flash:{n}": told for n, told in found.items() if _IS_FILE.fullmatch(n)}

    def hashed(self) -> Hashed:
        """Return the digests that were asked for, by path."""
        hashed = Hashed()
        for path in self.files():
            name = path.removeprefix("flash:")
            asked = [e for e in self.exchanges if e.command == f"verify sha256 flash://{name}"]
            answer = _ASKING.last(asked, _HASH.id)
            if answer is None:
                continue
            found = digest_of(answer, name, _ASKING.why_unread(answer))
            if isinstance(found, Gap):
                hashed.gaps[_HASH.id, path] = found
            else:
                hashed.digests[path] = frozenset({found[0]})
                hashed.answers[path], hashed.sources[path] = answer, found[1]
        return hashed


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    if left := _ASKING.left(exchanges):
        return left
    asked = {e.command for e in exchanges}
    names = (p.removeprefix("flash:") for p in tuple(_Heard(exchanges).files())[:_MOST_HASHED])
    wanted = (_HASH.request(name) for name in names)
    return tuple(r for r in wanted if r.command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    heard = _Heard(exchanges)
    installed, hashed = tuple(heard.installed()), heard.hashed()
    return DeviceClaims(
        platform_id="dell_os9" if heard.is_shown else None,
        running_release=heard.release,
        other_releases=tuple(
            (k.lower().replace(" ", "-"), heard.version[k][0])
            for k in ("Build Time", "Build Path")
            if k in heard.version
        ),
        identities=tuple(_identities(heard)),
        images=(
            *(i for part in installed for i in part.images()),
            *_from_elsewhere(heard, installed, hashed),
            *claims_of_files(heard.first, heard.listed, heard.files(), hashed, os9_in_name),
        ),
        boots=tuple(_boots(heard, installed)),
        gaps=(*_gaps(heard, installed), *hashed.left()),
    )


def _identities(heard: _Heard) -> Iterator[Identity]:
    units = {u.id: heard.subject_of(u) for u in heard.units}
    if not units and heard.parts:
        units = {next(iter(heard.parts)): _CHASSIS}
    for unit, subject in units.items():
        type_, tag = heard.parts.get(unit, (None, None))
        yield Identity(subject=subject, serial=tag, pid=type_)


def _from_elsewhere(
    heard: _Heard, installed: tuple[Installed, ...], hashed: Hashed
) -> Iterator[ImageClaim]:
    """Yield what the next boot takes from a server or from a file, in place of a partition."""
    if len(installed) != 1 or not heard.entries or heard.boot is None:
        return
    path, line = heard.entries[0]
    if installed[0].place(path) is not None:
        return
    path = normalised(path)
    yield ImageClaim(
        subject=installed[0].subject,
        path=path,
        role=ImageRole.BOOT_NEXT,
        source=hashed.sources.get(path, heard.boot.source(line)),
        assurance=heard.boot.assurance,
        # A file on flash can be hashed, and then it is.
        digests=hashed.digests.get(path, frozenset()),
        release=None if is_network(path) else os9_in_name(path.rpartition(":")[2]),
    )


def _boots(heard: _Heard, installed: tuple[Installed, ...]) -> Iterator[BootClaim]:
    if len(installed) == 1 and heard.entries and heard.boot is not None:
        yield BootClaim(
            subject=installed[0].subject,
            source=heard.boot.source(heard.entries[0][1]),
            entries=tuple(dict.fromkeys(normalised(path) for path, _ in heard.entries)),
        )


def _gaps(heard: _Heard, installed: tuple[Installed, ...]) -> Iterator[Gap]:
    yield from _ASKING.gaps(heard.exchanges, "version", "partitions", "boot", "inventory")
    if heard.version_answer is not None and heard.release is None:
        yield Gap(probe_id="version", reason="no OS9 version in the answer")
    if heard.partitions is not None and not heard.units:
        yield Gap(probe_id="partitions", reason="no unit in the answer")
    if heard.inventory is not None and not heard.parts:
        yield Gap(probe_id="inventory", reason="no unit with a service tag in the answer")
    elsewhere = any(True for _ in _from_elsewhere(heard, installed, Hashed()))
    for part in installed:
        for gap in part.gaps("partition"):
            # Where it boots from elsewhere it is known, and it is no partition.
            if not (elsewhere and gap.probe_id == "boot"):
                yield gap


PLATFORM: Final = Platform(
    id="dell_os9",
    title="Dell OS9",
    aliases=frozenset({"dell_force10", "dellos9", "os9", "dellemc.os9.os9"}),
    netmiko_device_type="dell_os9",
    session_lines=frozenset({"terminal length 0"}),
    enable_line="enable",
    privilege=_ASKING.level,
    probes=_PROBES,
    plan=_plan,
    interpret=_interpret,
    parse_release=parse_os9,
    strongest_digest=DigestAlgorithm.SHA256,
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="none of what is installed; the vendor publishes digests of what is "
    "downloaded, which `verify` can be compared with before it is installed",
    cannot_hash="it boots a partition, and its hash command takes files on flash alone",
)
