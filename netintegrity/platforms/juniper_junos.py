"""Juniper Junos: standing alone, as a virtual chassis, as a cluster, with two routing engines.

An installed Junos is many file systems that were unpacked from a package which is normally gone, so
there is no digest to ask for. What a box can tell is its release and components part by part, what
its two slices hold, and whether its kernel logged a file that failed its own check.
"""

import re
from collections.abc import Iterable
from typing import Final

from netintegrity.model.claims import DeviceClaims, Gap
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms._beside import interpreted, planned, probes_of
from netintegrity.platforms._junos_beside import ARCHIVE_SECRETS, LISTINGS
from netintegrity.platforms._junos_boot import PENDING_FOLDER, pending_of
from netintegrity.platforms._junos_claims import boots, images, signatures, slices
from netintegrity.platforms._junos_gaps import count_gaps, version_gaps
from netintegrity.platforms._junos_hardware import engines_of, identities
from netintegrity.platforms._junos_text import is_parted, read_junos, sections
from netintegrity.platforms._junos_version import Runs, is_junos, runs_of
from netintegrity.platforms._releases_juniper import parse_junos
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding
from netintegrity.platforms._text import Answer

_EVERY_ENGINE: Final = Probe(
    id="version-all",
    command="show version invoke-on all-routing-engines",
    demanded=False,
    read_timeout_s=60.0,
)
_PROBES: Final = (
    Probe(id="version", command="show version", read_timeout_s=60.0),
    Probe(id="hardware", command="show chassis hardware"),
    Probe(id="routing-engines", command="show chassis routing-engine"),
    Probe(
        id="snapshot",
        command="show system snapshot media internal",
        demanded=False,
        read_timeout_s=60.0,
    ),
    Probe(id="pending", command=f"file list {PENDING_FOLDER}", demanded=False),
    Probe(
        id="veriexec",
        command="show log messages | match veriexec",
        demanded=False,
        read_timeout_s=60.0,
    ),
    _EVERY_ENGINE,
)
# syntax error, expecting <command>.        unknown command.
_HAS_NO_SUCH_COMMAND: Final = re.compile(r"(?:syntax error|unknown command)\b", re.IGNORECASE)


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    first = [p.request() for p in _PROBES if p is not _EVERY_ENGINE]
    left = [r for r in first if r.command not in asked]
    if not left and _EVERY_ENGINE.command not in asked and _hides_an_engine(exchanges):
        left = [_EVERY_ENGINE.request()]
    return tuple(left)


def _hides_an_engine(exchanges: tuple[Exchange, ...]) -> bool:
    """Say whether there are more routing engines than ``show version`` speaks of."""
    version, engines = _last(exchanges, "version"), _last(exchanges, "routing-engines")
    if version is None or engines is None or is_parted(version):
        return False
    return len(engines_of(engines)) > 1


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    version, hardware = _last(exchanges, "version"), _last(exchanges, "hardware")
    everything = _last(exchanges, "version-all")
    spoken = everything if everything is not None and is_parted(everything) else version
    runs = _runs(spoken)
    engines = _engines(exchanges, version)
    subjects = tuple(dict.fromkeys((*(r.subject for r in runs), *engines)))
    gaps = [
        *version_gaps(version, spoken, runs, engines),
        *count_gaps(version, hardware, _last(exchanges, "routing-engines"), subjects),
    ]
    on_disk = slices(_last(exchanges, "snapshot"))
    pending = _last(exchanges, "pending")
    waiting = pending_of(pending)
    if waiting is not None:
        reason = f"{PENDING_FOLDER} is not empty: what the next boot loads is not known"
        gaps.append(Gap(probe_id="version", reason=reason))
    for probe_id in ("snapshot", "pending", "veriexec"):
        answer = _last(exchanges, probe_id)
        # Silence is the good answer of the log, and not every model has the other two.
        refusal = None if answer is None else answer.refusal
        if refusal is not None and _HAS_NO_SUCH_COMMAND.match(refusal) is None:
            gaps.append(Gap(probe_id=probe_id, reason=f"refused: {refusal}"))
    return DeviceClaims(
        platform_id=_shown(version, runs),
        running_release=next((r.release for r in runs if r.release is not None), None),
        other_releases=tuple(
            (f"unreadable-{r.subject.id}", r.printed)
            for r in runs
            if r.printed is not None and r.release is None
        ),
        identities=identities(subjects, hardware) if version or hardware else (),
        images=tuple(images(runs, on_disk, known=waiting is None)),
        signatures=tuple(signatures(_last(exchanges, "veriexec"), subjects)),
        boots=tuple(boots(on_disk)),
        packages=tuple(c for r in runs for c in r.components),
        gaps=tuple(gaps),
    )


def _last(exchanges: Iterable[Exchange], probe_id: str) -> Answer | None:
    found = [e for e in exchanges if e.probe_id == probe_id]
    return read_junos(found[-1]) if found else None


def _shown(version: Answer | None, runs: tuple[Runs, ...]) -> str | None:
    if version is None or not is_junos(version):
        return None
    evolved = any(r.release is not None and r.release.train.startswith("junos-evo") for r in runs)
    return "juniper_junos_evolved" if evolved else "juniper_junos"


def _runs(answer: Answer | None) -> tuple[Runs, ...]:
    """Return what each part says; one that is named twice says nothing that can be used."""
    if answer is None or (answer.why_unread is not None and not is_parted(answer)):
        return ()
    found = [runs_of(s) for s in sections(answer)]
    names = [r.subject for r in found]
    return tuple(r for r in found if names.count(r.subject) == 1)


def _engines(exchanges: tuple[Exchange, ...], version: Answer | None) -> tuple[Subject, ...]:
    """Return the routing engines of a box whose ``show version`` is of one of them alone."""
    answer = _last(exchanges, "routing-engines")
    if answer is None or (version is not None and is_parted(version)):
        return ()
    slots = engines_of(answer)
    return tuple(Subject(SubjectKind.ROUTING_ENGINE, s) for s in slots) if len(slots) > 1 else ()


PLATFORM: Final = Platform(
    id="juniper_junos",
    title="Juniper Junos",
    aliases=frozenset({"junos", "juniper", "junipernetworks.junos.junos"}),
    netmiko_device_type="juniper_junos",
    session_lines=frozenset(
        {"set cli screen-width 511", "set cli complete-on-space off", "set cli screen-length 0"}
    ),
    redactions=(ARCHIVE_SECRETS,),
    privilege="the permissions `view`, `maintenance` for files, and `view-configuration`",
    probes=(*_PROBES, *probes_of(LISTINGS)),
    plan=planned(_plan, LISTINGS),
    interpret=interpreted(_interpret, LISTINGS),
    parse_release=parse_junos,
    # What its `file checksum` can do at best; no file is the installed system.
    strongest_digest=DigestAlgorithm.SHA256,
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="none: Juniper signs packages, and no list of what they install",
    cannot_hash="an installed Junos is not one file, and the package it came from is normally gone",
)
