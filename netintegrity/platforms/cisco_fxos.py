"""Cisco FXOS, and the threat defence that runs on it: as far as one login can see.

What is installed is unpacked, and no command there hashes it. The box states its release, and what
it holds of the signatures of what it loaded.
"""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import (
    DeviceClaims,
    Gap,
    ImageClaim,
    ImageRole,
    SignatureClaim,
)
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._cisco_hardware import chassis, read_inventory
from netintegrity.platforms._cisco_software import read_signatures
from netintegrity.platforms._releases_fxos import parse_fxos
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding
from netintegrity.platforms._text import Answer, Line, read

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_PROBES: Final = (
    Probe(id="version", command="show version", read_timeout_s=60.0),
    # Each exists in one of the two command lines, or in neither on a virtual one.
    Probe(id="inventory", command="show inventory", demanded=False, read_timeout_s=60.0),
    Probe(
        id="authenticity",
        command="show software authenticity running",
        demanded=False,
        read_timeout_s=60.0,
    ),
)

# Model                     : Cisco Firepower 2110 Threat Defense (77) Version 7.2.5 (Build 208)
_DEFENCE: Final = re.compile(
    r"^Model\s{1,30}: (?P<model>\S.{0,80}?) Version (?P<release>\d[\d.]{2,16} \(Build \d{1,5}\))$"
)
# System version: 2.2(1.47)        Version: 2.10(1.179)
_MANAGER: Final = re.compile(
    r"^\s{0,8}(?:System version|Version):\s{1,8}(?P<release>\d{1,2}\.\d{1,2}\([\d.]{1,12}\))$"
)
# Serial Number: JAD00000001
_SERIAL: Final = re.compile(r"^Serial Number:\s{1,8}(?P<serial>[A-Z0-9]{6,20})$")
# VDB version               : 353        LSP version               : lsp-rel-20230712-1621
_DATA: Final = re.compile(
    r"^(?P<what>VDB version|LSP version|Rules update version)\s{1,30}: (?P<value>\S{1,60})$"
)
# Syntax error: Illegal parameter
_REFUSAL: Final = re.compile(
    r"^\s{0,8}(?:Syntax error: .*|.{0,40}Invalid Command.*)$", re.IGNORECASE
)


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    return tuple(r for p in _PROBES if (r := p.request()).command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    answers = {p.id: _last(exchanges, p.id) for p in _PROBES}
    version = answers["version"]
    readable = version is not None and version.why_unread is None
    defence = list(version.search(_DEFENCE)) if version is not None and readable else []
    manager = list(version.search(_MANAGER)) if version is not None and readable else []
    # A threat defence states its own release; below it, that of its manager.
    line, printed = next(((n, m["release"]) for n, m in (*defence, *manager)), (None, None))
    release = None if printed is None else parse_fxos(printed)
    other = [(m["what"].lower().replace(" ", "-"), m["value"]) for _, m in _data(version)]
    if defence:
        other += [("fxos", m["release"]) for _, m in manager[:1]]
    return DeviceClaims(
        platform_id="cisco_fxos" if release is not None else None,
        running_release=release,
        other_releases=tuple(other),
        identities=tuple(_identities(answers, release)),
        images=tuple(_images(version, line, release)),
        signatures=tuple(_signatures(answers["authenticity"])),
        gaps=tuple(_gaps(answers, release)),
    )


def _last(exchanges: tuple[Exchange, ...], probe_id: str) -> Answer | None:
    found = [e for e in exchanges if e.probe_id == probe_id]
    if not found:
        return None
    answer = read(found[-1])
    refusal = next((n.text.strip()[:200] for n in answer.lines if _REFUSAL.match(n.text)), None)
    return Answer(found[-1], answer.lines, answer.refusal or refusal)


def _data(version: Answer | None) -> Iterator[tuple[Line, re.Match[str]]]:
    if version is not None and version.why_unread is None:
        yield from version.search(_DATA)


def _identities(answers: dict[str, Answer | None], release: Release | None) -> Iterator[Identity]:
    inventory, version = answers["inventory"], answers["version"]
    if inventory is not None and inventory.why_unread is None:
        row = chassis(read_inventory(inventory))
        if row is not None:
            yield Identity(subject=_CHASSIS, serial=row.serial, pid=row.pid)
            return
    if version is not None and release is not None:
        serial = next((m["serial"] for _, m in version.search(_SERIAL)), None)
        yield Identity(subject=_CHASSIS, serial=serial)


def _images(
    version: Answer | None, line: Line | None, release: Release | None
) -> Iterator[ImageClaim]:
    """Yield what runs in both roles: installing another image activates it and reloads at once."""
    if version is None or release is None:
        return
    for role in (ImageRole.RUNNING, ImageRole.BOOT_NEXT):
        yield ImageClaim(
            subject=_CHASSIS,
            path=f"{release.train.upper()} {release.text}",
            role=role,
            source=version.source(line),
            assurance=version.assurance,
            release=release,
        )


def _signatures(answer: Answer | None) -> Iterator[SignatureClaim]:
    if answer is not None and answer.why_unread is None:
        yield from read_signatures(answer, _CHASSIS, ImageRole.RUNNING, _path, untitled=True)


def _path(named: str) -> str:
    # The threat defence prints one signature without the name of any file.
    return named if named.startswith("/") else "what runs"


def _gaps(answers: dict[str, Answer | None], release: Release | None) -> Iterator[Gap]:
    for probe_id, answer in answers.items():
        if answer is not None and (why := answer.why_unread) is not None:
            yield Gap(probe_id=probe_id, reason=why)
    version = answers["version"]
    if version is not None and version.why_unread is None and release is None:
        yield Gap(probe_id="version", reason="no version of FXOS or threat defence in the answer")


PLATFORM: Final = Platform(
    id="cisco_fxos",
    title="Cisco FXOS and Threat Defense",
    aliases=frozenset({"fxos", "ftd", "cisco_ftd"}),
    netmiko_device_type="cisco_ftd",
    session_lines=frozenset(),
    privilege="the role `read-only` of the manager, or a basic account of the defence",
    probes=_PROBES,
    plan=_plan,
    interpret=_interpret,
    parse_release=parse_fxos,
    # What the diagnostic command line below could do; no session of ours enters that.
    strongest_digest=DigestAlgorithm.SHA512,
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="none: Cisco publishes digests of what is downloaded, which is not what lies "
    "on a box",
    cannot_hash="what is installed is unpacked, and no command at the login hashes it",
)
