"""Juniper Junos Evolved: a Linux system that keeps several installed versions beside each other.

Each version is a folder of files which the kernel measures by itself, so there is no digest to ask
for here either; but the box lists its versions and marks the one that runs, the one that the next
boot takes and the one it can go back to.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.model.claims import BootClaim, DeviceClaims, Gap, ImageClaim, ImageRole
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Order
from netintegrity.model.subject import Subject
from netintegrity.platforms._beside import interpreted, planned, probes_of
from netintegrity.platforms._junos_beside import ARCHIVE_SECRETS, LISTINGS
from netintegrity.platforms._junos_gaps import count_gaps
from netintegrity.platforms._junos_hardware import engines_of, identities
from netintegrity.platforms._junos_text import Section, read_junos, sections
from netintegrity.platforms._junos_version import Runs, is_junos, runs_of
from netintegrity.platforms._releases_juniper import junos_in_name, parse_junos_evolved
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding
from netintegrity.platforms._text import Answer, Line

_PROBES: Final = (
    Probe(id="version", command="show version", read_timeout_s=60.0),
    Probe(id="software", command="show system software list", read_timeout_s=60.0),
    Probe(id="hardware", command="show chassis hardware"),
    Probe(id="routing-engines", command="show chassis routing-engine"),
)
#  >   junos-evo-install-ptx-fixed-x86-64-22.3R1-S1.4-EVO - [2023-01-18 14:15:56]
_VERSION: Final = re.compile(
    r"^(?P<marks>[-<>*\s]{1,12})(?P<name>junos-evo-install-[\w.+-]{3,160}-EVO)"
    r"(?:\s{1,4}-\s{1,4}\[[\d :-]{10,25}\])?$"
)
_RUNS, _NEXT, _BACK = "-", ">", "<"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """The versions one routing engine has."""

    subject: Subject
    answer: Answer
    rows: tuple[tuple[Line, str, str], ...]
    """Line, marks, name."""

    def marked(self, mark: str) -> tuple[tuple[Line, str], ...]:
        return tuple((line, name) for line, marks, name in self.rows if mark in marks)


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    return tuple(r for p in _PROBES if (r := p.request()).command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    version, software = _last(exchanges, "version"), _last(exchanges, "software")
    hardware, engines = _last(exchanges, "hardware"), _last(exchanges, "routing-engines")
    runs = () if version is None else tuple(runs_of(s) for s in sections(version))
    listed = _listed(software)
    subjects = tuple(dict.fromkeys(n.subject for n in listed))
    return DeviceClaims(
        platform_id=_shown(version, runs),
        running_release=next((r.release for r in runs if r.release is not None), None),
        other_releases=tuple(
            ("unreadable", r.printed) for r in runs if r.printed is not None and r.release is None
        ),
        identities=identities(subjects, hardware),
        images=tuple(i for n in listed for i in _images(n)),
        boots=tuple(b for n in listed for b in _boot(n)),
        packages=tuple(c for r in runs for c in r.components),
        gaps=(
            *_version_gaps(version, runs, listed),
            *_software_gaps(software, listed, engines),
            *count_gaps(software, hardware, engines, subjects),
        ),
    )


def _last(exchanges: Iterable[Exchange], probe_id: str) -> Answer | None:
    found = [e for e in exchanges if e.probe_id == probe_id]
    return read_junos(found[-1]) if found else None


def _shown(version: Answer | None, runs: tuple[Runs, ...]) -> str | None:
    if version is None or not is_junos(version):
        return None
    trains = {r.release.train for r in runs if r.release is not None}
    return "juniper_junos" if trains and "junos-evo" not in trains else "juniper_junos_evolved"


def _listed(software: Answer | None) -> tuple[_Listed, ...]:
    if software is None or software.why_unread is not None:
        return ()
    found = [_rows(s) for s in sections(software)]
    return tuple(n for n in found if [o.subject for o in found].count(n.subject) == 1)


def _rows(section: Section) -> _Listed:
    rows = tuple((n, m["marks"], m["name"]) for n, m in section.answer.search(_VERSION))
    return _Listed(subject=section.subject, answer=section.answer, rows=rows)


def _images(listed: _Listed) -> Iterator[ImageClaim]:
    """Yield every version in the roles it has; without another mark what runs is booted again."""
    running, following = listed.marked(_RUNS), listed.marked(_NEXT)
    for line, _, name in listed.rows:
        roles = []
        if running == ((line, name),):
            roles.append(ImageRole.RUNNING)
        if (following or running) == ((line, name),):
            roles.append(ImageRole.BOOT_NEXT)
        for role in roles or [ImageRole.STORED]:
            yield ImageClaim(
                subject=listed.subject,
                path=name,
                role=role,
                source=listed.answer.source(line),
                assurance=listed.answer.assurance,
                release=junos_in_name(name),
            )


def _boot(listed: _Listed) -> Iterator[BootClaim]:
    first = listed.marked(_NEXT) or listed.marked(_RUNS)
    if len(first) == 1:
        entries = dict.fromkeys(name for _, name in (*first, *listed.marked(_BACK)))
        yield BootClaim(
            subject=listed.subject,
            source=listed.answer.source(first[0][0]),
            entries=tuple(entries),
        )


def _version_gaps(
    version: Answer | None, runs: tuple[Runs, ...], listed: tuple[_Listed, ...]
) -> Iterator[Gap]:
    if version is None:
        return
    marked = [junos_in_name(name) for n in listed for _, name in n.marked(_RUNS)]
    for run in runs:
        if run.release is None:
            yield Gap(probe_id="version", reason=run.reason)
        elif marked and not any(
            r is not None and r.compared_to(run.release) is Order.SAME for r in marked
        ):
            reason = f"{run.release.text} runs, and the list of versions marks another one"
            yield Gap(probe_id="version", reason=reason)


def _software_gaps(
    software: Answer | None, listed: tuple[_Listed, ...], engines: Answer | None
) -> Iterator[Gap]:
    if software is None:
        return
    if (why := software.why_unread) is not None:
        yield Gap(probe_id="software", reason=why)
        return
    for node in listed:
        if len(node.marked(_RUNS)) != 1:
            reason = f"{node.subject}: {len(node.marked(_RUNS))} versions are marked as running"
            yield Gap(probe_id="software", reason=reason)
        if len(node.marked(_NEXT)) > 1:
            reason = f"{node.subject}: more than one version is marked for the next boot"
            yield Gap(probe_id="software", reason=reason)
    slots = () if engines is None or engines.why_unread is not None else engines_of(engines)
    if len(listed) != max(len(slots), 1):
        reason = f"{len(listed)} routing engines list their versions, of {max(len(slots), 1)}"
        yield Gap(probe_id="software", reason=reason)


PLATFORM: Final = Platform(
    id="juniper_junos_evolved",
    title="Juniper Junos Evolved",
    aliases=frozenset({"junos_evolved"}),
    netmiko_device_type="juniper_junos",
    session_lines=frozenset(
        {"set cli screen-width 511", "set cli complete-on-space off", "set cli screen-length 0"}
    ),
    redactions=(ARCHIVE_SECRETS,),
    privilege="the permissions `view` and `view-configuration`",
    probes=(*_PROBES, *probes_of(LISTINGS)),
    plan=planned(_plan, LISTINGS),
    interpret=interpreted(_interpret, LISTINGS),
    parse_release=parse_junos_evolved,
    strongest_digest=DigestAlgorithm.SHA256,
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="none: Juniper signs packages, and no list of what they install",
    cannot_hash="an installed version is a folder of files, of which no digest is published",
)
