"""Extreme EXOS, called Switch Engine of late: two images, which no command of it hashes."""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import DeviceClaims, Gap, PackageClaim
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._asked import Asking, readable
from netintegrity.platforms._exos_text import (
    Banks,
    Unit,
    banks_of,
    packages_of,
    slots_of,
    type_of,
    units_of,
    unread_units,
    version_of,
)
from netintegrity.platforms._installed import Installed
from netintegrity.platforms._releases_extreme import parse_exos
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_SLOTS: Final = Probe(
    id="slots",
    command="show slot detail",
    # A switch that stands alone has none, and is not asked.
    demanded=False,
    read_timeout_s=60.0,
)
_PROBES: Final = (
    Probe(id="version", command="show version", read_timeout_s=60.0),
    Probe(id="switch", command="show switch", read_timeout_s=60.0),
    _SLOTS,
    Probe(id="packages", command="show version images", demanded=False, read_timeout_s=60.0),
)
_ASKING: Final = Asking(
    probes=_PROBES,
    refusal=re.compile(
        r"^\s{0,8}(?:Error: ?\S.*|Access denied.*|Permission denied.*)$", re.IGNORECASE
    ),
    # %% Invalid input detected at '^' marker.
    unknown=re.compile(r"%{1,2} ?(?:Invalid|Incomplete|Ambiguous|Unrecognized)"),
    level="an account of any role",
)


class _Heard:
    """What a box answered, read once."""

    def __init__(self, exchanges: tuple[Exchange, ...]) -> None:
        self.exchanges = exchanges
        self.version_answer = readable(_ASKING.last(exchanges, "version"))
        self.version = version_of(self.version_answer)
        self.units = units_of(self.version_answer)
        self.switch = readable(_ASKING.last(exchanges, "switch"))
        self.slots_answer = readable(_ASKING.last(exchanges, "slots"))
        self.slots = slots_of(self.slots_answer)

    @property
    def release(self) -> Release | None:
        return None if self.version is None else self.version.release

    @property
    def is_alone(self) -> bool:
        return [u.name for u in self.units] == ["Switch"]

    def subject_of(self, unit: Unit) -> Subject:
        if unit.name == "Switch":
            return _CHASSIS
        kind, _, id_ = unit.name.partition("-")
        return Subject(SubjectKind.MEMBER if kind == "Slot" else SubjectKind.SUPERVISOR, id_)

    def banks_of(self, unit: Unit) -> Banks | None:
        """Return the images of a part; None: they are not shown."""
        if not self.is_alone:
            return self.slots.get(unit.name.partition("-")[2])
        banks = banks_of(self.switch)
        return banks if banks is not None and banks.is_alone else None

    def installed(self) -> Iterator[Installed]:
        for unit in self.units:
            answer = self.switch if self.is_alone else self.slots_answer
            banks = self.banks_of(unit)
            if banks is None or answer is None:
                continue
            selected = banks.fields.get("Image Selected")
            yield Installed(
                subject=self.subject_of(unit),
                answer=answer,
                places=tuple(banks.places()),
                running=banks.said("Image Booted"),
                following=selected[0] if selected else None,
                boot_answer=answer,
                boot_line=selected[1] if selected else None,
                # Of another slot it is said without its patch.
                runs=self.release if self.is_alone else None,
                loader=unit.rom,
            )


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    left = tuple(r for r in _ASKING.left(exchanges) if r.probe_id != _SLOTS.id)
    asked = {e.command for e in exchanges}
    if left or _SLOTS.command in asked:
        return left
    heard = _Heard(exchanges)
    return (_SLOTS.request(),) if heard.units and not heard.is_alone else ()


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    heard = _Heard(exchanges)
    installed = tuple(heard.installed())
    return DeviceClaims(
        platform_id="extreme_exos" if heard.version is not None else None,
        running_release=heard.release,
        other_releases=tuple(_told(heard)),
        identities=tuple(_identities(heard)),
        images=tuple(i for part in installed for i in part.images()),
        boots=tuple(b for part in installed for b in part.boots()),
        packages=tuple(_packages(heard)),
        gaps=tuple(_gaps(heard, installed)),
    )


def _told(heard: _Heard) -> Iterator[tuple[str, str]]:
    if heard.version is not None:
        yield "product", heard.version.product
        yield "built-by", heard.version.builder
    for unit in heard.units:
        yield f"{unit.name} bootrom", unit.rom


def _identities(heard: _Heard) -> Iterator[Identity]:
    for unit in heard.units:
        pid = type_of(heard.switch) if heard.is_alone else None
        if (banks := heard.banks_of(unit)) is not None:
            pid = pid or banks.said("Hw Module Type")
        yield Identity(subject=heard.subject_of(unit), serial=unit.serial, pid=pid)


def _packages(heard: _Heard) -> Iterator[PackageClaim]:
    answer = readable(_ASKING.last(heard.exchanges, "packages"))
    subjects = {u.name: heard.subject_of(u) for u in heard.units}
    answers = next(iter(subjects.values()), _CHASSIS)
    for card, name, version, bank, line in packages_of(answer):
        if answer is not None and name.endswith(".xmod"):
            yield PackageClaim(
                subject=subjects.get(card, answers),
                name=name,
                version=version,
                state=bank,
                source=answer.source(line),
            )


def _gaps(heard: _Heard, installed: tuple[Installed, ...]) -> Iterator[Gap]:
    yield from _ASKING.gaps(heard.exchanges, "version", "switch", "packages")
    if heard.version_answer is not None:
        if heard.release is None:
            yield Gap(probe_id="version", reason="no single EXOS version in the answer")
        if not heard.units:
            yield Gap(probe_id="version", reason="no switch with a serial number in the answer")
        for name in unread_units(heard.version_answer):
            yield Gap(probe_id="version", reason=f"the row of {name} is not read")
    for part in installed:
        yield from part.gaps("image")
    yield from _slot_gaps(heard)


def _slot_gaps(heard: _Heard) -> Iterator[Gap]:
    slots = _ASKING.last(heard.exchanges, "slots")
    if heard.is_alone:
        banks = banks_of(heard.switch)
        if banks is not None and not banks.is_alone:
            reason = "it shows the images of two switches, and the version names one"
            yield Gap(probe_id="switch", reason=reason)
        return
    for unit in heard.units:
        subject = heard.subject_of(unit)
        banks = heard.banks_of(unit)
        if banks is None:
            if slots is not None:
                why = _ASKING.why_unread(slots) or "its images are not shown"
                yield Gap(probe_id="switch", reason=f"{subject}: {why}")
            continue
        ran = next((p for p in banks.places() if p.name == banks.said("Image Booted")), None)
        if ran is not None and ran.printed.partition("-")[0] != unit.image:
            reason = f"{subject}: {ran.name} holds {ran.printed}, and {unit.image or '?'} runs"
            yield Gap(probe_id="switch", reason=reason)
    if slots is not None and (more := set(heard.slots) - {u.name[5:] for u in heard.units}):
        reason = f"slot {', '.join(sorted(more))} is shown, and the version does not name it"
        yield Gap(probe_id="switch", reason=reason)


PLATFORM: Final = Platform(
    id="extreme_exos",
    title="Extreme EXOS",
    aliases=frozenset({"exos", "extreme"}),
    netmiko_device_type="extreme_exos",
    # Both hold for the session, and cannot be saved.
    session_lines=frozenset({"disable clipaging", "disable cli prompting"}),
    privilege=_ASKING.level,
    probes=_PROBES,
    plan=_plan,
    interpret=_interpret,
    parse_release=parse_exos,
    # No command of it computes any; nothing weaker could be accepted in its stead.
    strongest_digest=DigestAlgorithm.SHA256,
    running_binding=RunningBinding.PATH_ONLY,
    # x670.4 #        * x670.5 #        Slot-1 stack.6 >
    prompt_counter=re.compile(rb"[^\r\n#>]{1,64}?(?P<count>\.\d{1,7})(?= [#>])"),
    reference_source="none: the vendor publishes digests of what is downloaded, and no command of "
    "the box computes one",
    cannot_hash="it has no command that hashes its images",
)
