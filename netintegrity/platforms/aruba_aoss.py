"""HPE ArubaOS-Switch, ProVision, ProCurve: two flash images, which no command of it hashes.

The box checks their signatures itself when asked, which is its own word and clears nothing.
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
from netintegrity.platforms._aoss_text import (
    Part,
    banks_of,
    booted,
    build_of,
    default_bank,
    fabric_release,
    members_of,
    modules_of,
    pid_of,
    release_of,
    rom_of,
    serials_of,
    verdict_of,
)
from netintegrity.platforms._asked import Asking, readable
from netintegrity.platforms._installed import Installed
from netintegrity.platforms._releases_aoss import parse_aoss
from netintegrity.platforms._spec import Platform, Probe, RunningBinding

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_SIGNATURES: Final = {"signature-primary": "primary", "signature-secondary": "secondary"}
_OF_SEVERAL: Final = ("vsf", "stacking", "redundancy")
"""Each is known to some families of switches only."""
_PROBES: Final = (
    Probe(id="version", command="show version"),
    Probe(id="flash", command="show flash"),
    Probe(id="system", command="show system"),
    Probe(id="modules", command="show modules", demanded=False),
    Probe(id="vsf", command="show vsf", demanded=False),
    Probe(id="stacking", command="show stacking", demanded=False),
    Probe(id="redundancy", command="show redundancy", demanded=False),
    *(
        Probe(
            id=probe_id,
            command=f"verify signature flash {bank}",
            demanded=False,
            read_timeout_s=180.0,
        )
        for probe_id, bank in _SIGNATURES.items()
    ),
)
_ASKING: Final = Asking(
    probes=_PROBES,
    # Invalid input: vsf        Not authorized to run this command.
    refusal=re.compile(
        r"^\s{0,8}(?:Invalid input.*|Incomplete input.*|Ambiguous input.*|Not authorized.*"
        r"|Command not (?:authorized|allowed).*|Unauthorized.*)$",
        re.IGNORECASE,
    ),
    unknown=re.compile(r"(?:Invalid|Ambiguous|Incomplete) input", re.IGNORECASE),
    level="a manager account, or an operator with an enable secret",
)


class _Heard:
    """What a box answered, read once."""

    def __init__(self, exchanges: tuple[Exchange, ...]) -> None:
        self.exchanges = exchanges
        self.version = readable(_ASKING.last(exchanges, "version"))
        self.flash = readable(_ASKING.last(exchanges, "flash"))
        self.system = readable(_ASKING.last(exchanges, "system"))
        vsf, stacking, redundancy = (readable(_ASKING.last(exchanges, p)) for p in _OF_SEVERAL)
        self.serials = serials_of(self.system)
        stack = vsf if members_of(vsf) else stacking
        members, modules = members_of(stack), modules_of(redundancy)
        self.kind = SubjectKind.MEMBER if len(members) > 1 else SubjectKind.SUPERVISOR
        found = members if len(members) > 1 else modules
        self.parts: tuple[Part, ...] = found if len(found) > 1 else ()
        self.parts_answer = stack if len(members) > 1 else redundancy
        self.fabric = fabric_release(stack)

    @property
    def release(self) -> Release | None:
        found = release_of(self.version)
        return None if found is None else parse_aoss(found[0])

    @property
    def active(self) -> Subject | None:
        """The part whose flash is shown; None: it is not clear which one answers."""
        if not self.parts:
            return _CHASSIS
        active = [self.subject_of(p) for p in self.parts if p.is_active]
        return active[0] if len(active) == 1 else None

    def subject_of(self, part: Part) -> Subject:
        return Subject(self.kind, part.id)

    @property
    def rom(self) -> str | None:
        return rom_of(self.flash, self.version)

    def installed(self) -> Installed | None:
        if self.flash is None or self.active is None:
            return None
        default = default_bank(self.flash)
        return Installed(
            subject=self.active,
            answer=self.flash,
            places=tuple(banks_of(self.flash)),
            running=booted(self.version),
            following=default[0] if default else None,
            boot_answer=self.flash,
            boot_line=default[1] if default else None,
            runs=self.release,
            loader=self.rom,
        )


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    heard = _Heard(exchanges)
    installed = heard.installed()
    return DeviceClaims(
        platform_id="aruba_aoss" if heard.release is not None else None,
        running_release=heard.release,
        other_releases=tuple(_told(heard)),
        identities=tuple(_identities(heard)),
        images=(*(installed.images() if installed else ()), *_others(heard)),
        signatures=tuple(_signatures(heard, installed)),
        boots=tuple(installed.boots() if installed else ()),
        gaps=tuple(_gaps(heard, installed)),
    )


def _told(heard: _Heard) -> Iterator[tuple[str, str]]:
    if (build := build_of(heard.version)) is not None:
        yield "build", build
    if heard.rom is not None:
        yield "boot-rom", heard.rom


def _identities(heard: _Heard) -> Iterator[Identity]:
    for part in heard.parts:
        serial = heard.serials.get(part.id) if heard.kind is SubjectKind.MEMBER else None
        yield Identity(subject=heard.subject_of(part), serial=serial, pid=part.pid)
    if not heard.parts and heard.system is not None:
        modules = readable(_ASKING.last(heard.exchanges, "modules"))
        yield Identity(subject=_CHASSIS, serial=heard.serials.get(""), pid=pid_of(modules))


def _others(heard: _Heard) -> Iterator[ImageClaim]:
    """Yield what is said of the parts that do not answer themselves."""
    for part in heard.parts:
        printed = part.release or heard.fabric
        if heard.subject_of(part) == heard.active or heard.parts_answer is None or printed is None:
            continue
        yield ImageClaim(
            subject=heard.subject_of(part),
            path=printed,
            role=ImageRole.RUNNING,
            source=heard.parts_answer.source(part.line),
            assurance=heard.parts_answer.assurance,
            release=parse_aoss(printed),
        )


def _signatures(heard: _Heard, installed: Installed | None) -> Iterator[SignatureClaim]:
    for probe_id, bank in _SIGNATURES.items():
        answer = readable(_ASKING.last(heard.exchanges, probe_id))
        if answer is None or installed is None:
            continue
        accepted, line = verdict_of(answer)
        roles = ((installed.running, ImageRole.RUNNING), (installed.following, ImageRole.BOOT_NEXT))
        for role in [r for name, r in roles if name == bank] or [ImageRole.STORED]:
            # What lies there and neither runs nor is next harms nobody before it does.
            if role is not ImageRole.STORED or accepted is not None:
                yield SignatureClaim(
                    subject=installed.subject,
                    path=bank,
                    role=role,
                    source=answer.source(line),
                    assurance=answer.assurance,
                    accepted=accepted,
                )


def _gaps(heard: _Heard, installed: Installed | None) -> Iterator[Gap]:
    yield from _ASKING.gaps(heard.exchanges, "version", "flash", "system", *_SIGNATURES)
    for probe_id in _OF_SEVERAL:
        answer = _ASKING.last(heard.exchanges, probe_id)
        if answer is None or (why := _ASKING.why_unread(answer)) is None:
            continue
        # A box that knows the command and does not answer may be one of several.
        if not _ASKING.is_no_command(answer):
            yield Gap(probe_id="flash", reason=f"whether it is one of several is not known: {why}")
    if heard.version is not None and heard.release is None:
        yield Gap(probe_id="version", reason="no ArubaOS-Switch version in the answer")
    if heard.system is not None and not heard.serials:
        yield Gap(probe_id="system", reason="no serial number in the answer")
    if heard.flash is not None and installed is None:
        yield Gap(probe_id="flash", reason="it is not clear which of several answers")
    if installed is not None and heard.version is not None:
        yield from installed.gaps("image")
    for part in heard.parts:
        subject = heard.subject_of(part)
        if subject != heard.active:
            yield Gap(probe_id="flash", reason=f"{subject}: its own flash is not shown")


PLATFORM: Final = Platform(
    id="aruba_aoss",
    title="HPE ArubaOS-Switch",
    aliases=frozenset({"aruba_osswitch", "aruba_procurve", "hp_procurve"}),
    netmiko_device_type="aruba_osswitch",
    # Both hold for the session. The driver insists on raised privilege before it sends them.
    session_lines=frozenset({"terminal width 511", "no page"}),
    enable_line="enable",
    privilege=_ASKING.level,
    probes=_PROBES,
    plan=_ASKING.plan,
    interpret=_interpret,
    parse_release=parse_aoss,
    # No command of it computes any; nothing weaker could be accepted in its stead.
    strongest_digest=DigestAlgorithm.SHA256,
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="none: the vendor publishes digests of what is downloaded, and no command of "
    "the box computes one",
    cannot_hash="it has no command that hashes its flash images; it checks their signatures "
    "itself, which is its own word",
)
