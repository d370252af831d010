"""The parts of a Cisco box, and the files each of them runs and will boot."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from netintegrity.model.assurance import Assurance
from netintegrity.model.claims import Gap, ImageKind, ImageRole, Source
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._cisco_boot import Booting, BootScope, read_boot
from netintegrity.platforms._cisco_hardware import (
    Item,
    Slot,
    chassis,
    is_modular,
    read_inventory,
    supervisors,
    switches,
)
from netintegrity.platforms._cisco_version import Member, Version, read_version
from netintegrity.platforms._paths import is_package_list, on_member, on_standby, one_flash
from netintegrity.platforms._releases import iosxe_in_name, parse_iosxe
from netintegrity.platforms._text import Answer, read

CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What boots for itself."""

    subject: Subject
    identity: Identity
    number: int | None = None
    """Of the switch in a stack."""
    is_active: bool
    """It is the one that answers."""
    can_be_asked: bool = True
    """Its files can be read from the active one."""
    place: Callable[[str], str]
    """From a path as the part itself names it to the path under which the active one finds it."""
    release: Release | None = None
    loader: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A file some part runs or will boot."""

    part: Part
    role: ImageRole
    path: str
    kind: ImageKind
    release: Release | None
    source: Source
    assurance: Assurance


@dataclass(frozen=True, slots=True)
class Heard:
    """The answers so far, the newest of each probe."""

    exchanges: tuple[Exchange, ...]

    def answer(self, probe_id: str) -> Answer | None:
        """Return the last answer to a probe; None: it was not asked."""
        return next((read(e) for e in reversed(self.exchanges) if e.probe_id == probe_id), None)

    def readable(self, probe_id: str) -> Answer | None:
        """Return it only if something may be read from it."""
        answer = self.answer(probe_id)
        return answer if answer is not None and answer.why_unread is None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Everything but digests."""

    version: Version | None
    items: tuple[Item, ...]
    parts: tuple[Part, ...]
    booting: dict[Subject, Booting]
    named: tuple[Named, ...]
    gaps: tuple[Gap, ...]

    @property
    def active(self) -> Part | None:
        """The part that answers; None: it is not known which."""
        return next((p for p in self.parts if p.is_active), None)

    @property
    def may_be_redundant(self) -> bool:
        """True if only ``show platform`` can tell how many route processors there are."""
        if self.version is not None and len(self.version.members) > 1:
            return False
        pids = (self.version.pid if self.version else None, *(i.pid for i in self.items))
        return is_modular(pids) or len(supervisors(self.items, None)) > 1


def box_of(exchanges: tuple[Exchange, ...]) -> Box:
    """Put together what the answers say; what was not asked, or not answered, is left out."""
    heard = Heard(exchanges)
    told = heard.readable("version")
    version = read_version(told) if told is not None else None
    inventory = heard.readable("inventory")
    items = read_inventory(inventory) if inventory is not None else ()
    slots = supervisors(items, heard.readable("platform"))
    parts, gaps = _parts(version, items, slots)
    booting = dict(_booting(heard, parts))
    return Box(
        version=version,
        items=items,
        parts=parts,
        booting=booting,
        named=tuple(_named(version, parts, booting)),
        gaps=gaps,
    )


def _parts(
    version: Version | None, items: tuple[Item, ...], slots: tuple[Slot, ...]
) -> tuple[tuple[Part, ...], tuple[Gap, ...]]:
    rows = switches(items)
    members = {m.number: m for m in version.members} if version is not None else {}
    if len({*rows, *members}) > 1:
        return tuple(_stack(version, members, rows)), ()
    if len(slots) > 1:
        gaps: tuple[Gap, ...] = ()
        if sum(s.is_active for s in slots) != 1:
            reason = "it has several supervisors, and which one answers is not stated"
            gaps = (Gap(probe_id="inventory", reason=reason),)
        return tuple(_supervisor(version, s) for s in slots), gaps
    if version is None and not items:
        return (), ()
    row = chassis(items)
    identity = Identity(
        subject=CHASSIS,
        serial=(row.serial if row else None) or (version.serial if version else None),
        pid=_chassis_pid(version, row),
    )
    loader = (version.loader if version else None) or (slots[0].loader if slots else None)
    part = Part(
        subject=CHASSIS,
        identity=identity,
        number=next(iter(members), None),
        is_active=True,
        place=str,
        release=version.release if version else None,
        loader=loader,
    )
    return (part,), ()


def _chassis_pid(version: Version | None, row: Item | None) -> str | None:
    said = version.pid if version else None
    if said is None and version is not None and version.members:
        said = version.members[0].pid
    return (row.pid if row else None) or said


def _stack(
    version: Version | None, members: dict[int, Member], rows: dict[int, Item]
) -> Iterator[Part]:
    active = next((m for m in members.values() if m.is_active), None)
    for number in sorted({*members, *rows}):
        member = members.get(number, Member(number=number))
        row = rows.get(number)
        subject = Subject(SubjectKind.MEMBER, str(number))
        yield Part(
            subject=subject,
            identity=Identity(
                subject=subject,
                serial=member.serial or (row.serial if row else None),
                pid=member.pid or (row.pid if row else None),
            ),
            number=number,
            is_active=member.is_active,
            # One that only the inventory lists is there, and nothing more is known of it.
            can_be_asked=number in members,
            place=str if member.is_active else partial(on_member, number=number),
            release=_release_of(version, member, active),
            loader=version.loader if version is not None and member.is_active else None,
        )


def _release_of(version: Version | None, member: Member, active: Member | None) -> Release | None:
    """Return what the table of members prints, in the words of the running release if equal."""
    if version is None or member.is_active:
        return version.release if version else None
    text = member.release_text
    if active is not None and text == active.release_text:
        return version.release if text is not None else None
    return parse_iosxe(text) if text is not None else None


def _supervisor(version: Version | None, slot: Slot) -> Part:
    subject = Subject(SubjectKind.SUPERVISOR, slot.id)
    said = version.loader if version is not None and slot.is_active else None
    return Part(
        subject=subject,
        identity=Identity(subject=subject, serial=slot.serial, pid=slot.pid),
        is_active=slot.is_active,
        can_be_asked=slot.is_active or slot.is_standby,
        place=str if slot.is_active else on_standby,
        # A standby is one only while it runs what the active one runs.
        release=version.release if version is not None and slot.state is not None else None,
        loader=slot.loader or said,
    )


def _booting(heard: Heard, parts: tuple[Part, ...]) -> Iterator[tuple[Subject, Booting]]:
    """Yield how each part will boot, from the first answer that says it."""
    answers = [a for p in ("boot", "bootvar", "boot-system") if (a := heard.readable(p))]
    said = [read_boot(a) for a in answers]
    for part in parts or _alone(said):
        found = [b for scopes in said if (b := _of(part, parts, scopes)) is not None]
        if found:
            yield part.subject, next((b for b in found if b.is_stated), found[0])


def _alone(said: Iterable[dict[BootScope, Booting]]) -> tuple[Part, ...]:
    """Return parts to hang an answer on where nothing else says what the box consists of."""
    scopes = {scope for answer in said for scope in answer if not scope.is_standby}
    numbers = {s.number for s in scopes if s.number is not None}
    if len(scopes) < 2:
        return (_bare(CHASSIS, None),) if scopes else ()
    if len(numbers) < len(scopes):
        # What stands before the first section is of the switch that answers.
        numbers.add(next(n for n in range(1, 100) if n not in numbers))
    members = ((Subject(SubjectKind.MEMBER, str(n)), n) for n in sorted(numbers))
    return tuple(_bare(subject, number) for subject, number in members)


def _bare(subject: Subject, number: int | None) -> Part:
    identity = Identity(subject=subject)
    return Part(subject=subject, identity=identity, number=number, is_active=True, place=str)


def _of(part: Part, parts: tuple[Part, ...], scopes: dict[BootScope, Booting]) -> Booting | None:
    if part.number is not None and (found := scopes.get(BootScope(part.number))) is not None:
        return found
    if part.is_active:
        # One that stands alone may carry any number; what is said of one switch is said of it.
        only = next(iter(scopes.values())) if len(parts) <= 1 and len(scopes) == 1 else None
        return scopes.get(BootScope()) or only
    # Of a larger stack nobody says which member is the standby.
    return scopes.get(BootScope(is_standby=True)) if len(parts) == 2 else None


def _named(
    version: Version | None, parts: tuple[Part, ...], booting: dict[Subject, Booting]
) -> Iterator[Named]:
    for part in parts or _orphans(booting):
        running = None
        if version is not None and version.image is not None and part.can_be_asked:
            running = part.place(version.image)
            yield Named(
                part=part,
                role=ImageRole.RUNNING,
                path=running,
                kind=_kind(running),
                release=part.release,
                source=version.answer.source(version.image_line),
                assurance=version.answer.assurance,
            )
        boot = booting.get(part.subject)
        if boot is not None and boot.entries and part.can_be_asked:
            path = part.place(boot.entries[0])
            if (
                running
                and version
                and version.has_one_flash
                and one_flash(path) == one_flash(running)
            ):
                path = running
            yield Named(
                part=part,
                role=ImageRole.BOOT_NEXT,
                path=path,
                kind=_kind(path),
                release=part.release if path == running else iosxe_in_name(path),
                source=boot.answer.source(boot.line),
                assurance=boot.answer.assurance,
            )


def _orphans(booting: dict[Subject, Booting]) -> tuple[Part, ...]:
    return tuple(_bare(subject, None) for subject in booting)


def _kind(path: str) -> ImageKind:
    return ImageKind.PACKAGE_LIST if is_package_list(path) else ImageKind.IMAGE
