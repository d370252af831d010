"""The supervisors of an NX-OS box, and the files each of them runs and will boot."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.model.assurance import Assurance
from netintegrity.model.claims import Gap, ImageRole, Source
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._cisco_box import CHASSIS, Heard
from netintegrity.platforms._cisco_hardware import Item, chassis, read_inventory
from netintegrity.platforms._nxos_text import (
    Loaded,
    Module,
    Version,
    is_supervisor,
    on_standby,
    read_boot,
    read_modules,
    read_version,
)
from netintegrity.platforms._releases_nxos import nxos_in_name
from netintegrity.platforms._text import Answer

# Slot 27      Module 1
_PLACES: Final = ("Slot ", "Module ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What boots for itself: the box, or one of two supervisors."""

    subject: Subject
    identity: Identity
    number: int | None
    """As ``show boot`` counts (``sup-1``); None: it is the only one."""
    is_active: bool
    can_be_asked: bool
    place: Callable[[str], str]
    """From a path as the part itself names it to the path under which the active one finds it."""
    release: Release | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A file some part runs or will boot."""

    subject: Subject
    role: ImageRole
    path: str
    release: Release | None
    source: Source
    assurance: Assurance


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Everything but digests."""

    version: Version | None
    items: tuple[Item, ...]
    parts: tuple[Part, ...]
    boot: Answer | None
    booting: dict[Subject, tuple[Loaded, ...]]
    named: tuple[Named, ...]
    gaps: tuple[Gap, ...]

    @property
    def is_redundant(self) -> bool:
        """True if the inventory lists two supervisors or more."""
        return len(supervisors(self.items)) > 1


def box_of(exchanges: tuple[Exchange, ...]) -> Box:
    """Put together what the answers say; what was not asked, or not answered, is left out."""
    heard = Heard(exchanges)
    told, listed = heard.readable("version"), heard.readable("inventory")
    modules, boot = heard.readable("module"), heard.readable("boot")
    version = read_version(told) if told is not None else None
    items = read_inventory(listed) if listed is not None else ()
    sups = supervisors(items)
    gaps: list[Gap] = []
    if len(sups) > 1:
        running = read_modules(modules) if modules is not None else {}
        parts = tuple(_redundant(version, sups, running))
        if sum(p.is_active for p in parts) != 1 and heard.answer("module") is not None:
            reason = "it has several supervisors, and which one answers is not stated"
            gaps.append(Gap(probe_id="module", reason=reason))
    else:
        parts = tuple(_alone(version, items))
    said = read_boot(boot) if boot is not None else {}
    gaps += _unlisted(said, parts)
    booting = {p.subject: loaded for p in parts if (loaded := _of(p, said, parts))}
    if not parts and any(said.values()):
        booting = {CHASSIS: next(v for v in said.values() if v)}
    return Box(
        version=version,
        items=items,
        parts=parts,
        boot=boot,
        booting=booting,
        named=tuple(_named(version, parts, boot, booting)),
        gaps=tuple(gaps),
    )


def supervisors(items: Iterable[Item]) -> dict[str, Item]:
    """Return the supervisors of the inventory by slot, the lowest first."""
    found = {
        item.name.partition(" ")[2]: item
        for item in items
        if item.name.startswith(_PLACES) and is_supervisor(item.pid)
    }
    numbered = {slot: item for slot, item in found.items() if slot.isascii() and slot.isdigit()}
    return dict(sorted(numbered.items(), key=lambda pair: int(pair[0])))


def _alone(version: Version | None, items: tuple[Item, ...]) -> Iterator[Part]:
    if version is None and not items:
        return
    row = chassis(items)
    yield Part(
        subject=CHASSIS,
        identity=Identity(
            subject=CHASSIS,
            serial=(row.serial if row else None) or (version.serial if version else None),
            pid=row.pid if row else None,
        ),
        number=None,
        is_active=True,
        can_be_asked=True,
        place=str,
        release=version.release if version else None,
    )


def _redundant(
    version: Version | None, sups: dict[str, Item], running: dict[str, Module]
) -> Iterator[Part]:
    for number, (slot, item) in enumerate(sups.items(), start=1):
        subject = Subject(SubjectKind.SUPERVISOR, slot)
        module = running.get(slot)
        active = module is not None and module.is_active
        release = module.release if module is not None else None
        yield Part(
            subject=subject,
            identity=Identity(subject=subject, serial=item.serial, pid=item.pid),
            number=number,
            is_active=active,
            can_be_asked=module is not None,
            place=str if active else on_standby,
            release=version.release if active and version is not None else release,
        )


def _unlisted(said: dict[int | None, tuple[Loaded, ...]], parts: tuple[Part, ...]) -> Iterator[Gap]:
    """Yield a gap for each supervisor that will boot something and that nothing else speaks of."""
    known = len(parts) or 1
    for number, loaded in said.items():
        if number is not None and number > known and loaded:
            reason = f"sup-{number} has boot variables, and the inventory lists no such supervisor"
            yield Gap(probe_id="boot", reason=reason)


def _of(
    part: Part, said: dict[int | None, tuple[Loaded, ...]], parts: tuple[Part, ...]
) -> tuple[Loaded, ...]:
    if part.number is not None:
        return said.get(part.number, ())
    # A fixed switch calls itself sup-1, or does not number itself.
    return said.get(1) or said.get(None, ()) if len(parts) == 1 else ()


def _named(
    version: Version | None,
    parts: tuple[Part, ...],
    boot: Answer | None,
    booting: dict[Subject, tuple[Loaded, ...]],
) -> Iterator[Named]:
    for part in parts or tuple(_bare(subject) for subject in booting):
        if not part.can_be_asked:
            continue
        running: set[str] = set()
        if version is not None:
            running = {part.place(loaded.path) for loaded in version.images}
            for loaded in version.images:
                yield _file(part, ImageRole.RUNNING, loaded, version.answer, part.release)
        if boot is not None:
            for loaded in booting.get(part.subject, ()):
                runs = part.place(loaded.path) in running
                release = part.release if runs else nxos_in_name(loaded.path)
                yield _file(part, ImageRole.BOOT_NEXT, loaded, boot, release)


def _bare(subject: Subject) -> Part:
    """Return a part to hang an answer on where nothing else says what the box consists of."""
    return Part(
        subject=subject,
        identity=Identity(subject=subject),
        number=None,
        is_active=True,
        can_be_asked=True,
        place=str,
        release=None,
    )


def _file(
    part: Part, role: ImageRole, loaded: Loaded, answer: Answer, release: Release | None
) -> Named:
    return Named(
        subject=part.subject,
        role=role,
        path=part.place(loaded.path),
        release=release,
        source=answer.source(loaded.line),
        assurance=answer.assurance,
    )
