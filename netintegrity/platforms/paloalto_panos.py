"""Palo Alto PAN-OS, on firewalls and on Panorama.

It keeps two systems in two partitions, unpacked, and has no command that hashes either; its own
check of its files runs by itself and leaves no statement that could be asked for. What it can tell
is which release runs, and which one the next boot takes.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.model.claims import BootClaim, DeviceClaims, Gap, ImageClaim, ImageRole
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Order, Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._releases_paloalto import parse_panos
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding
from netintegrity.platforms._text import Answer, Line, read

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_PROBES: Final = (
    Probe(id="version", command="show system info", read_timeout_s=60.0),
    Probe(id="partitions", command="debug swm status", read_timeout_s=60.0),
)

# sw-version: 10.1.6-h3        serial: 012801012345        operational-mode: normal
_FIELD: Final = re.compile(r"^(?P<key>[a-z][a-z0-9-]{1,60}): (?P<value>\S.{0,120})$", re.ASCII)
# sysroot1          PENDING-CHANGE    9.1.2        sysroot1          EMPTY             None
_PARTITION: Final = re.compile(
    r"^(?P<name>sysroot\d|maint)\s{1,40}(?P<state>[A-Z][A-Z-]{2,30})\s{1,40}(?P<version>\S{1,60})$",
    re.ASCII,
)
_RULE: Final = re.compile(r"^-{20,}$")
# Invalid syntax.        Unknown command: debug        Server error : …
_REFUSAL: Final = re.compile(
    r"^\s{0,8}(?:Invalid syntax\.|Unknown command: .*|Server error ?: .*|Permission denied.*)",
    re.IGNORECASE,
)
_RUNS: Final = "RUNNING-ACTIVE"
_PENDING: Final = frozenset({"PENDING-CHANGE", "PENDING-REVERT"})
_AT_REST: Final = frozenset({"READY", "REVERTABLE", "EMPTY"})
"""Of a partition that neither runs nor is booted next."""
_TOLD: Final[tuple[str, ...]] = ("operational-mode", "family", "vm-mode", "app-version")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Partition:
    name: str
    state: str
    version: str
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class _Disk:
    """The partitions of a box."""

    answer: Answer
    rows: tuple[_Partition, ...]

    @property
    def running(self) -> tuple[_Partition, ...]:
        return tuple(r for r in self.rows if r.state == _RUNS)

    @property
    def pending(self) -> tuple[_Partition, ...]:
        return tuple(r for r in self.rows if r.state in _PENDING)

    @property
    def following(self) -> _Partition | None:
        """What the next boot takes; None: it is not known."""
        rows = self.pending or self.running
        return rows[0] if len(rows) == 1 and self.fault is None else None

    @property
    def fault(self) -> str | None:
        """Why the two are not known; None: they are."""
        if len(self.running) != 1:
            return f"{len(self.running)} partitions are marked as running"
        if len(self.pending) > 1:
            return "more than one partition is marked for the next boot"
        for row in self.rows:
            if row.state not in {_RUNS, *_PENDING, *_AT_REST}:
                return (
                    f"{row.name} is {row.state}, and what that means for the next boot is unknown"
                )
        return None


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    return tuple(r for p in _PROBES if (r := p.request()).command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    version, partitions = _last(exchanges, "version"), _last(exchanges, "partitions")
    fields = _fields(version)
    printed = fields.get("sw-version")
    release = None if printed is None else parse_panos(printed)
    disk = _disk(partitions)
    other = tuple((k, fields[k]) for k in _TOLD if k in fields)
    if printed is not None and release is None:
        other = (*other, ("unreadable", printed))
    return DeviceClaims(
        platform_id="paloalto_panos" if printed is not None else None,
        running_release=release,
        other_releases=other,
        identities=(
            (Identity(subject=_CHASSIS, serial=fields.get("serial"), pid=fields.get("model")),)
            if printed is not None
            else ()
        ),
        images=tuple(_images(disk)),
        boots=tuple(_boots(disk)),
        gaps=(*_version_gaps(version, release), *_disk_gaps(partitions, disk, release)),
    )


def _last(exchanges: Iterable[Exchange], probe_id: str) -> Answer | None:
    found = [e for e in exchanges if e.probe_id == probe_id]
    if not found:
        return None
    answer = read(found[-1])
    refusal = next((n.text.strip()[:200] for n in answer.lines if _REFUSAL.match(n.text)), None)
    return Answer(found[-1], answer.lines, answer.refusal or refusal)


def _fields(answer: Answer | None) -> dict[str, str]:
    """Return the fields of ``show system info``; of one that stands twice, the first."""
    found: dict[str, str] = {}
    if answer is not None and answer.why_unread is None:
        for _, m in answer.search(_FIELD):
            found.setdefault(m["key"], m["value"].strip())
    return found


def _disk(answer: Answer | None) -> _Disk | None:
    if answer is None or answer.why_unread is not None:
        return None
    rows = tuple(
        _Partition(name=m["name"], state=m["state"], version=m["version"], line=line)
        for line, m in answer.search(_PARTITION)
    )
    return _Disk(answer=answer, rows=rows)


def _images(disk: _Disk | None) -> Iterator[ImageClaim]:
    if disk is None:
        return
    for row in disk.rows:
        roles = []
        if disk.running == (row,):
            roles.append(ImageRole.RUNNING)
        if disk.following == row:
            roles.append(ImageRole.BOOT_NEXT)
        for role in roles or [ImageRole.STORED]:
            if row.state != "EMPTY":
                yield ImageClaim(
                    subject=_CHASSIS,
                    path=row.name,
                    role=role,
                    source=disk.answer.source(row.line),
                    assurance=disk.answer.assurance,
                    release=parse_panos(row.version),
                )


def _boots(disk: _Disk | None) -> Iterator[BootClaim]:
    row = None if disk is None else disk.following
    if disk is not None and row is not None:
        yield BootClaim(subject=_CHASSIS, source=disk.answer.source(row.line), entries=(row.name,))


def _version_gaps(version: Answer | None, release: Release | None) -> Iterator[Gap]:
    if version is not None and release is None:
        reason = version.why_unread or "no PAN-OS version in the answer"
        yield Gap(probe_id="version", reason=reason)


def _disk_gaps(answer: Answer | None, disk: _Disk | None, release: Release | None) -> Iterator[Gap]:
    if answer is None:
        return
    if disk is None:
        yield Gap(probe_id="partitions", reason=answer.why_unread or "nothing is listed")
        return
    if (fault := disk.fault) is not None:
        yield Gap(probe_id="partitions", reason=fault)
    odd = [n for n in disk.answer.lines if not _is_row(n)]
    if odd:
        # A row that is not read could be the one that the next boot takes.
        reason = f"line {odd[0].number} is neither a heading nor a partition"
        yield Gap(probe_id="partitions", reason=reason)
    for row in disk.running:
        runs = parse_panos(row.version)
        if release is not None and (runs is None or runs.compared_to(release) is not Order.SAME):
            reason = f"{row.name} is said to run {row.version}, and the box to run {release.text}"
            yield Gap(probe_id="partitions", reason=reason)


def _is_row(line: Line) -> bool:
    heading = line.text.split() == ["Partition", "State", "Version"]
    return heading or any(p.match(line.text) for p in (_RULE, _PARTITION))


PLATFORM: Final = Platform(
    id="paloalto_panos",
    title="Palo Alto PAN-OS",
    aliases=frozenset({"panos", "paloaltonetworks.panos.panos"}),
    netmiko_device_type="paloalto_panos",
    # They hold for the session. The driver asks `show system info` too, and waits for its answer.
    session_lines=frozenset(
        {
            "set cli scripting-mode on",
            "set cli terminal width 500",
            "set cli pager off",
            "show system info",
        }
    ),
    privilege="the role `superreader`: `debug` is not for lower ones",
    probes=_PROBES,
    plan=_plan,
    interpret=_interpret,
    parse_release=parse_panos,
    # No command of it computes any; nothing weaker could be accepted in its stead.
    strongest_digest=DigestAlgorithm.SHA256,
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="none: the vendor publishes digests of what is downloaded, which is not what "
    "lies on a box",
    cannot_hash="it has no command that hashes its software, and its own check runs unasked",
)
