"""Extreme VOSS, called Fabric Engine of late: releases in a folder, which it does not hash."""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import DeviceClaims, Gap, ImageRole, SignatureClaim
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Order, Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._asked import Asking, fields_of, readable
from netintegrity.platforms._installed import Installed, Place
from netintegrity.platforms._releases_extreme import parse_voss
from netintegrity.platforms._spec import Platform, Probe, RunningBinding
from netintegrity.platforms._text import Line

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_PROBES: Final = (
    Probe(id="system", command="show sys-info", read_timeout_s=60.0),
    Probe(id="software", command="show software", read_timeout_s=60.0),
)
_ASKING: Final = Asking(
    probes=_PROBES,
    refusal=re.compile(r"(?!)"),
    # % Invalid input detected at '^' marker.
    unknown=re.compile(r"% ?(?:Invalid|Incomplete|Ambiguous)"),
    level="privileged mode: an enable secret in its credential, though the box asks for none",
)
# SysDescr     : VSP-8284XSQ (6.0.1.2)        Serial#      : SDLAB0000001
_FIELD: Final = re.compile(r"^\s{0,16}(?P<key>[A-Z][A-Za-z/# ]{2,24}?)\s{0,16}: ?(?P<value>\S.*)$")
# 5420M-48W-4YE-FabricEngine (9.1.1.0.GA)
_DESCRIBED: Final = re.compile(r"^(?P<model>[A-Z0-9][\w.+-]{2,40}) \((?P<release>\S{5,40})\)$")
# VOSS4900.8.5.0.0int020 (Primary Release) (Signed Release)
_RELEASE: Final = re.compile(
    r"^\s{0,8}(?P<name>[A-Za-z0-9][\w.-]{3,80})(?P<marks>(?: \([A-Z][a-z]{2,12} Release\)){0,4})$"
)
_HEADING: Final = re.compile(r"^\s{0,60}(?:={20,}|-{20,}|software releases in \S{1,80})$")
_SETTING: Final = re.compile(
    r"^(?P<key>Auto Commit|Commit Timeout|Remaining Time)\s{1,12}: (?P<value>\S.*)$"
)


class _Heard:
    """What a box answered, read once."""

    def __init__(self, exchanges: tuple[Exchange, ...]) -> None:
        self.exchanges = exchanges
        self.system_answer = readable(_ASKING.last(exchanges, "system"))
        self.system = fields_of(self.system_answer, _FIELD)
        self.software = readable(_ASKING.last(exchanges, "software"))
        found = self.software.search(_RELEASE) if self.software is not None else ()
        self.rows = tuple((m["name"], m["marks"], line) for line, m in found)
        self.settings = fields_of(self.software, _SETTING)

    @property
    def described(self) -> re.Match[str] | None:
        return _DESCRIBED.match(self.system["SysDescr"][0]) if "SysDescr" in self.system else None

    @property
    def release(self) -> Release | None:
        return parse_voss(self.described["release"]) if self.described is not None else None

    def marked(self, word: str) -> tuple[str, Line] | None:
        """Return the one release marked with a word; None: none is, or more than one."""
        found = [(name, line) for name, marks, line in self.rows if f"({word} Release)" in marks]
        return found[0] if len(found) == 1 else None

    @property
    def running(self) -> str | None:
        """Return the one listed release that is what runs; None: none is, or more than one."""
        runs = self.release
        found = [
            name
            for name, _, _ in self.rows
            if runs is not None
            and (held := parse_voss(name)) is not None
            and held.compared_to(runs) is Order.SAME
        ]
        return found[0] if len(found) == 1 else None

    def installed(self) -> Installed | None:
        if self.software is None:
            return None
        primary = self.marked("Primary")
        return Installed(
            subject=_CHASSIS,
            answer=self.software,
            places=tuple(
                Place(name=name, printed=name, release=parse_voss(name), line=line)
                for name, _, line in self.rows
            ),
            running=self.running,
            following=primary[0] if primary else None,
            boot_answer=self.software,
            boot_line=primary[1] if primary else None,
            runs=self.release,
        )


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    heard = _Heard(exchanges)
    installed = heard.installed()
    return DeviceClaims(
        platform_id="extreme_voss" if heard.release is not None else None,
        running_release=heard.release,
        other_releases=tuple(
            (key.lower().replace(" ", "-"), value) for key, (value, _) in heard.settings.items()
        ),
        identities=tuple(_identities(heard)),
        images=tuple(installed.images() if installed else ()),
        signatures=tuple(_signatures(heard)),
        boots=tuple(installed.boots() if installed else ()),
        gaps=tuple(_gaps(heard, installed)),
    )


def _identities(heard: _Heard) -> Iterator[Identity]:
    if heard.described is not None:
        serials = (heard.system.get(k) for k in ("Serial#", "Serial Number"))
        serial = next((s[0] for s in serials if s is not None), None)
        model = heard.system.get("ModelName")
        yield Identity(
            subject=_CHASSIS, serial=serial, pid=model[0] if model else heard.described["model"]
        )


def _signatures(heard: _Heard) -> Iterator[SignatureClaim]:
    """Yield which releases the box marks as signed; that one is not marked says nothing."""
    primary = heard.marked("Primary")
    for name, marks, line in heard.rows:
        if heard.software is None or "(Signed Release)" not in marks:
            continue
        roles = []
        if name == heard.running:
            roles.append(ImageRole.RUNNING)
        if primary is not None and name == primary[0]:
            roles.append(ImageRole.BOOT_NEXT)
        for role in roles or [ImageRole.STORED]:
            yield SignatureClaim(
                subject=_CHASSIS,
                path=name,
                role=role,
                source=heard.software.source(line),
                assurance=heard.software.assurance,
                accepted=True,
            )


def _gaps(heard: _Heard, installed: Installed | None) -> Iterator[Gap]:
    yield from _ASKING.gaps(heard.exchanges, "system", "software")
    if heard.system_answer is not None and heard.release is None:
        yield Gap(probe_id="system", reason="no VOSS version in the answer")
    if heard.described is not None and not {"Serial#", "Serial Number"} & set(heard.system):
        yield Gap(probe_id="system", reason="no serial number in the answer")
    if heard.software is None or installed is None:
        return
    read = (_RELEASE, _HEADING, _SETTING)
    odd = [n for n in heard.software.lines if not any(p.match(n.text) for p in read)]
    if odd:
        # A row that is not read could be the one that the next boot takes.
        reason = f"line {odd[0].number} is neither a heading nor a release"
        yield Gap(probe_id="software", reason=reason)
    if heard.release is not None:
        yield from installed.gaps("release")


PLATFORM: Final = Platform(
    id="extreme_voss",
    title="Extreme VOSS",
    aliases=frozenset({"voss", "avaya_vsp"}),
    netmiko_device_type="extreme_vsp",
    session_lines=frozenset({"terminal more disable"}),
    enable_line="enable",
    privilege=_ASKING.level,
    probes=_PROBES,
    plan=_ASKING.plan,
    interpret=_interpret,
    parse_release=parse_voss,
    # No command of it computes any; nothing weaker could be accepted in its stead.
    strongest_digest=DigestAlgorithm.SHA256,
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="none: the vendor publishes digests of what is downloaded, and no command of "
    "the box computes one",
    cannot_hash="it has no command that hashes a release; it marks which are signed, which is its "
    "own word",
)
