"""Cisco IOS-XR: 32-bit, 64-bit and XR7.

An installed XR is a set of packages that the box unpacked, and its command line hashes none of
them. What it can tell is its release, its packages, which of them are committed (that is what the
next boot takes) and, on XR7, one number over the whole set that nobody publishes.
"""

from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import (
    BootClaim,
    DeviceClaims,
    Gap,
    ImageClaim,
    ImageRole,
    PackageClaim,
    Source,
)
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Order, Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms import _event_manager, _hosted
from netintegrity.platforms._beside import PACKAGES, interpreted, planned, probes_of
from netintegrity.platforms._cisco_hardware import Item, read_inventory
from netintegrity.platforms._releases_xr import parse_xr
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding
from netintegrity.platforms._text import Answer
from netintegrity.platforms._xr_text import (
    PackageSet,
    Version,
    last_answer,
    read_processors,
    read_set,
    read_version,
    slot_of,
)

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_PROBES: Final = (
    Probe(id="version", command="show version", read_timeout_s=60.0),
    Probe(id="active", command="show install active summary", read_timeout_s=120.0, lists=PACKAGES),
    Probe(
        id="committed",
        command="show install committed summary",
        read_timeout_s=120.0,
        lists=PACKAGES,
    ),
    Probe(id="platform", command="show platform", read_timeout_s=60.0),
    Probe(id="inventory", command="show inventory", read_timeout_s=60.0),
)


class _Heard:
    """What a box answered, read once."""

    def __init__(self, exchanges: tuple[Exchange, ...]) -> None:
        self.answers = {p.id: last_answer(exchanges, p.id) for p in _PROBES}
        version = self._readable("version")
        self.version: Version | None = None if version is None else read_version(version)
        self.active = self._set("active", "Active")
        self.committed = self._set("committed", "Committed")
        platform, inventory = self._readable("platform"), self._readable("inventory")
        self.processors = () if platform is None else read_processors(platform)
        self.items: tuple[Item, ...] = () if inventory is None else read_inventory(inventory)

    @property
    def release(self) -> Release | None:
        return None if self.version is None else self.version.release

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """What is judged: the box, or each of its route processors where it has several."""
        slots = dict.fromkeys(slot_of(node) or node for node, _, _ in self.processors)
        if len(slots) < 2:
            return (_CHASSIS,)
        return tuple(Subject(SubjectKind.SUPERVISOR, s) for s in slots)

    @property
    def cards(self) -> dict[str, Item]:
        """Route processors of the inventory, by their short names."""
        found: dict[str, Item] = {}
        for item in self.items:
            if (slot := slot_of(item.name)) is not None:
                found.setdefault(slot, item)
        return found

    def _readable(self, probe_id: str) -> Answer | None:
        answer = self.answers[probe_id]
        return answer if answer is not None and answer.why_unread is None else None

    def _set(self, probe_id: str, which: str) -> PackageSet | None:
        answer = self._readable(probe_id)
        return None if answer is None else read_set(answer, which)


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    return tuple(r for p in _PROBES if (r := p.request()).command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    heard = _Heard(exchanges)
    shown = heard.version is not None and heard.version.line is not None
    return DeviceClaims(
        platform_id="cisco_iosxr" if shown else None,
        running_release=heard.release,
        other_releases=tuple(_other_releases(heard)),
        identities=tuple(_identities(heard)),
        images=tuple(i for s in heard.subjects for i in _images(heard, s)),
        boots=tuple(b for s in heard.subjects for b in _boots(heard, s)),
        packages=tuple(_packages(heard)),
        serials=frozenset(i.serial for i in heard.items if i.serial),
        gaps=tuple(_gaps(heard)),
    )


def _other_releases(heard: _Heard) -> Iterator[tuple[str, str]]:
    if heard.version is not None:
        yield from dict(heard.version.build).items()
        if heard.version.printed is not None and heard.version.release is None:
            yield "unreadable", heard.version.printed
    for word, found in (("active", heard.active), ("committed", heard.committed)):
        if found is not None and found.software_hash is not None:
            yield f"{word}-software-hash", found.software_hash


def _identities(heard: _Heard) -> Iterator[Identity]:
    cards = heard.cards
    if heard.subjects != (_CHASSIS,):
        for subject in heard.subjects:
            card = cards.get(subject.id)
            yield Identity(
                subject=subject,
                serial=card.serial if card else None,
                pid=card.pid if card else None,
            )
        return
    row = next((i for i in heard.items if _is_chassis(i.name)), None)
    row = row or next(iter(cards.values()), None)
    if row is not None or heard.version is not None:
        yield Identity(
            subject=_CHASSIS, serial=row.serial if row else None, pid=row.pid if row else None
        )


def _is_chassis(name: str) -> bool:
    # NAME: "Rack 0"        NAME: "chassis ASR-9006-AC-V2"
    return name == "Rack 0" or name.lower().startswith("chassis")


def _images(heard: _Heard, subject: Subject) -> Iterator[ImageClaim]:
    version, active, committed = heard.version, heard.active, heard.committed
    if version is not None and version.release is not None:
        base = active.base if active is not None else ""
        line = version.image_line if version.image else version.line
        yield ImageClaim(
            subject=subject,
            path=version.image or base or f"IOS XR {version.release.text}",
            role=ImageRole.RUNNING,
            source=version.answer.source(line),
            assurance=version.answer.assurance,
            release=version.release,
        )
    if committed is not None and committed.release is not None:
        yield ImageClaim(
            subject=subject,
            path=committed.base,
            role=ImageRole.BOOT_NEXT,
            source=committed.answer.source(committed.line),
            assurance=committed.answer.assurance,
            release=committed.release,
        )


def _boots(heard: _Heard, subject: Subject) -> Iterator[BootClaim]:
    version, committed = heard.version, heard.committed
    if committed is None and (version is None or version.line is None):
        return
    source = Source("version", 1)
    if committed is not None:
        source = committed.answer.source(committed.line)
    elif version is not None:
        source = version.answer.source(version.line)
    said = version.registers if version is not None else ()
    registers = [r for node, r in said if subject == _CHASSIS or slot_of(node) == subject.id]
    odd = [r for r in registers if r not in PLATFORM.config_registers]
    yield BootClaim(
        subject=subject,
        source=source,
        entries=(committed.base,) if committed is not None and committed.base else (),
        # Line cards have one too; whichever is not normal is the one to tell of.
        config_register=next(iter((*odd, *registers)), None),
        loader_release=version.loader if version is not None else None,
    )


def _packages(heard: _Heard) -> Iterator[PackageClaim]:
    """Yield every package once; a set is of the whole system, whatever runs it."""
    listed = [
        (state, found)
        for state, found in (("active", heard.active), ("committed", heard.committed))
        if found is not None
    ]
    states: dict[tuple[str, str], list[str]] = {}
    sources: dict[tuple[str, str], Source] = {}
    for state, found in listed:
        for package in found.packages:
            key = package.name, package.version
            states.setdefault(key, [])
            if state not in states[key]:
                states[key].append(state)
            sources.setdefault(key, found.answer.source(package.line))
    for (name, version), words in states.items():
        yield PackageClaim(
            subject=_CHASSIS,
            name=name,
            version=version,
            state=", ".join(words),
            # Only where both sets were heard: active is what runs, committed what is booted next.
            survives_reload=len(words) == 2 if len(listed) == 2 else None,
            source=sources[name, version],
        )


def _gaps(heard: _Heard) -> Iterator[Gap]:
    for probe_id, answer in heard.answers.items():
        if answer is not None and (why := answer.why_unread) is not None:
            yield Gap(probe_id=probe_id, reason=why)
    if heard.version is not None and heard.version.release is None:
        said = heard.version.printed
        reason = f"{said!r} is no release we read" if said else "no IOS XR version in the answer"
        yield Gap(probe_id="version", reason=reason)
    for probe_id, found in (("active", heard.active), ("committed", heard.committed)):
        answer = heard.answers[probe_id]
        if answer is None or answer.why_unread is not None:
            continue
        if (fault := _fault(found)) is not None:
            yield Gap(probe_id=probe_id, reason=fault)
    active = heard.active.release if heard.active is not None else None
    runs = heard.release
    if active is not None and runs is not None and active.compared_to(runs) is not Order.SAME:
        reason = f"{runs.text} runs, and the active packages are of {active.text}"
        yield Gap(probe_id="active", reason=reason)
    yield from _counts(heard)


def _fault(found: PackageSet | None) -> str | None:
    if found is None:
        return "no list of packages in the answer"
    if found.label is None and found.counted not in {None, len(found.packages)}:
        return f"it says {found.counted} packages and lists {len(found.packages)}"
    if found.release is None:
        return "the list does not say which release its packages are of"
    return None


def _counts(heard: _Heard) -> Iterator[Gap]:
    """Yield where the two lists of route processors do not agree."""
    platform, inventory = heard.answers["platform"], heard.answers["inventory"]
    if platform is None or platform.why_unread is not None:
        return
    if not heard.processors:
        yield Gap(probe_id="platform", reason="no route processor in the answer")
        return
    if inventory is None or inventory.why_unread is not None:
        return
    running = {s for node, _, _ in heard.processors if (s := slot_of(node)) is not None}
    cards = set(heard.cards)
    for slot in sorted(running - cards):
        # A box of one piece may list itself alone.
        if len(heard.processors) > 1 or not any(_is_chassis(i.name) for i in heard.items):
            yield Gap(probe_id="inventory", reason=f"route processor {slot} is not in it")
    for slot in sorted(cards - running) if running else ():
        yield Gap(probe_id="platform", reason=f"route processor {slot} is not in it")


_LISTINGS: Final = (_event_manager.REGISTERED, _event_manager.XR_SCRIPTS, _hosted.IOSXR)

PLATFORM: Final = Platform(
    id="cisco_iosxr",
    title="Cisco IOS-XR",
    aliases=frozenset({"iosxr", "cisco_xr", "cisco.iosxr.iosxr"}),
    netmiko_device_type="cisco_xr",
    session_lines=frozenset({"terminal width 511", "terminal length 0"}),
    redactions=_event_manager.ACTION_SECRETS,
    privilege="a task group that may read `pkg-mgmt`, `inventory`, `system` and `eem`",
    probes=(*_PROBES, *probes_of(_LISTINGS)),
    plan=planned(_plan, _LISTINGS),
    interpret=interpreted(_interpret, _LISTINGS),
    parse_release=parse_xr,
    # What its Linux shell could do; no session of ours enters that.
    strongest_digest=DigestAlgorithm.SHA512,
    running_binding=RunningBinding.PATH_ONLY,
    # 0x1922 and 0x1 stand in outputs of healthy 32-bit routers, the others in the vendor's guides.
    config_registers=frozenset({0x102, 0x2102, 0x1922, 0x1}),
    reference_source="none: Cisco publishes no digests of the packages as a router has them",
    cannot_hash="its packages are unpacked when they are installed, no command of it hashes them, "
    "and the hash it prints of the whole set is published nowhere",
)
