"""Aruba AOS-CX: two banks, primary and secondary, of which the box prints SHA-256."""

from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import BootClaim, DeviceClaims, Gap, ImageClaim, ImageRole
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Order, Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._aoscx_text import (
    Bank,
    Images,
    Module,
    fields_of,
    images_of,
    is_no_command,
    last_answer,
    members_of,
)
from netintegrity.platforms._releases_aruba import parse_aoscx
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_PROBES: Final = (
    Probe(id="version", command="show version"),
    # Whether the box hashes anew for each answer is not documented.
    Probe(id="images", command="show images", read_timeout_s=120.0),
    Probe(id="system", command="show system"),
    # Not every model can be part of a stack.
    Probe(id="stack", command="show vsf", demanded=False),
)


class _Heard:
    """What a box answered, read once."""

    def __init__(self, exchanges: tuple[Exchange, ...]) -> None:
        self.answers = {p.id: last_answer(exchanges, p.id) for p in _PROBES}
        self.version = fields_of(self.answers["version"])
        self.system = fields_of(self.answers["system"])
        self.images: Images | None = images_of(self.answers["images"])
        self.members = members_of(self.answers["stack"])

    @property
    def printed(self) -> str | None:
        return self.version["Version"][0] if "Version" in self.version else None

    @property
    def release(self) -> Release | None:
        return None if self.printed is None else parse_aoscx(self.printed)

    @property
    def modules(self) -> tuple[Module, ...]:
        return self.images.modules if self.images is not None else ()

    @property
    def active_bank(self) -> str | None:
        """Name of the bank that runs; None: nobody says, or two say differently."""
        said = {self.version["Active Image"][0]} if "Active Image" in self.version else set()
        said |= {m.bank for m in self.modules if m.is_active and m.bank is not None}
        return said.pop() if len(said) == 1 else None

    def bank(self, name: str | None) -> Bank | None:
        return None if self.images is None or name is None else self.images.banks.get(name)

    def subject_of(self, module: Module | None) -> Subject:
        if module is None or len(self.modules) < 2:
            return _CHASSIS
        return Subject(SubjectKind.SUPERVISOR, module.id)

    @property
    def is_overwritten(self) -> bool:
        """True if the bank that was booted holds another release now."""
        bank, release = self.bank(self.active_bank), self.release
        held = None if bank is None or bank.version is None else parse_aoscx(bank.version)
        return (
            bank is not None
            and release is not None
            and (held is None or held.compared_to(release) is not Order.SAME)
        )


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    asked = {e.command for e in exchanges}
    return tuple(r for p in _PROBES if (r := p.request()).command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    heard = _Heard(exchanges)
    is_shown = heard.release is not None
    other = [("bios", heard.version["BIOS Version"][0])] if "BIOS Version" in heard.version else []
    if "Build ID" in heard.version:
        other.append(("build-id", heard.version["Build ID"][0]))
    if heard.printed is not None and heard.release is None:
        other.append(("unreadable", heard.printed))
    return DeviceClaims(
        platform_id="aruba_aoscx" if is_shown else None,
        running_release=heard.release,
        other_releases=tuple(other),
        identities=tuple(_identities(heard)),
        images=tuple(_images(heard)),
        boots=tuple(_boots(heard)),
        gaps=tuple(_gaps(heard)),
    )


def _identities(heard: _Heard) -> Iterator[Identity]:
    if len(heard.modules) > 1:
        # The box prints the serial number of its chassis alone.
        for module in heard.modules:
            yield Identity(subject=heard.subject_of(module))
    elif heard.system:
        name = heard.system["Product Name"][0] if "Product Name" in heard.system else ""
        serial = heard.system.get("Chassis Serial Nbr")
        yield Identity(
            subject=_CHASSIS,
            serial=serial[0] if serial else None,
            # JL665A 6300F 48G CL4 PoE 4SFP56 Sw
            pid=name.partition(" ")[0] or None,
        )


def _images(heard: _Heard) -> Iterator[ImageClaim]:
    if heard.images is None:
        return
    for module in heard.modules or (None,):
        running = heard.bank(heard.active_bank if module is None else module.bank)
        following = heard.bank(heard.images.default)
        for role, bank in ((ImageRole.RUNNING, running), (ImageRole.BOOT_NEXT, following)):
            if bank is not None:
                yield _claim(heard, heard.images, module, role, bank)
    # Where it is not clear which one runs, both are at least stored.
    booted = {heard.active_bank, heard.images.default}
    for bank in heard.images.banks.values():
        if bank.name not in booted:
            yield _claim(heard, heard.images, None, ImageRole.STORED, bank)


def _claim(
    heard: _Heard, images: Images, module: Module | None, role: ImageRole, bank: Bank
) -> ImageClaim:
    held = None if bank.version is None else parse_aoscx(bank.version)
    # One set of digests is printed, and it is of the module that answers.
    is_told = module is None or module.is_active
    is_what_runs = role is not ImageRole.RUNNING or (
        bank.name == heard.active_bank and not heard.is_overwritten
    )
    known = bank.digest is not None and is_told and is_what_runs
    return ImageClaim(
        subject=heard.subject_of(module),
        path=bank.name,
        role=role,
        source=images.answer.source(bank.digest_line or bank.line),
        assurance=images.answer.assurance,
        digests=frozenset({bank.digest}) if known and bank.digest is not None else frozenset(),
        release=heard.release if role is ImageRole.RUNNING else held,
        listed_as=f"{bank.version}.swi" if held is not None else "",
    )


def _boots(heard: _Heard) -> Iterator[BootClaim]:
    images = heard.images
    if images is None or images.default is None or images.default not in images.banks:
        return
    for module in heard.modules or (None,):
        loader = heard.version.get("Service OS Version")
        yield BootClaim(
            subject=heard.subject_of(module),
            source=images.answer.source(images.default_line),
            entries=(images.default,),
            loader_release=module.loader if module else (loader[0] if loader else None),
        )


def _gaps(heard: _Heard) -> Iterator[Gap]:
    for probe_id, answer in heard.answers.items():
        if answer is None or (why := answer.why_unread) is None:
            continue
        if probe_id != "stack":
            yield Gap(probe_id=probe_id, reason=why)
        elif not is_no_command(answer):
            # A box that knows the command and does not answer may be one of several.
            yield Gap(probe_id="images", reason=f"whether it is a stack is not known: {why}")
    version, system = heard.answers["version"], heard.answers["system"]
    if version is not None and version.why_unread is None and heard.release is None:
        yield Gap(probe_id="version", reason="no AOS-CX version in the answer")
    is_read = system is not None and system.why_unread is None
    if is_read and "Chassis Serial Nbr" not in heard.system:
        yield Gap(probe_id="system", reason="no serial number in the answer")
    if heard.images is not None:
        yield from _image_gaps(heard, heard.images)


def _image_gaps(heard: _Heard, images: Images) -> Iterator[Gap]:
    if set(images.banks) != {"primary", "secondary"}:
        reason = f"the answer has {len(images.banks)} banks, not primary and secondary"
        yield Gap(probe_id="images", reason=reason)
    if images.default not in images.banks:
        yield Gap(probe_id="images", reason="it does not say which bank the next boot takes")
    asked = heard.answers["version"] is not None
    if asked and heard.active_bank not in images.banks:
        yield Gap(probe_id="images", reason="it is not clear which bank runs")
    for bank in images.banks.values():
        if bank.fault is not None:
            yield Gap(probe_id="images", reason=f"{bank.name}: {bank.fault}")
    active = heard.bank(heard.active_bank)
    if heard.is_overwritten and active is not None and heard.release is not None:
        reason = (
            f"{active.name} holds {active.version or 'no release we read'}, and "
            f"{heard.release.text} runs: what runs cannot be hashed"
        )
        yield Gap(probe_id="images", reason=reason)
    if len(heard.members) > max(len(images.modules), 1):
        reason = f"the stack has {len(heard.members)} members, and the images are those of one"
        yield Gap(probe_id="images", reason=reason)


PLATFORM: Final = Platform(
    id="aruba_aoscx",
    title="Aruba AOS-CX",
    aliases=frozenset({"aoscx", "arubanetworks.aoscx.aoscx"}),
    netmiko_device_type="aruba_aoscx",
    session_lines=frozenset({"no page"}),
    privilege="the role `operators`, or a user group that lets it send these",
    probes=_PROBES,
    plan=_plan,
    interpret=_interpret,
    parse_release=parse_aoscx,
    strongest_digest=DigestAlgorithm.SHA256,
    # A bank can be written anew after it was booted; the version then gives it away, unless it is
    # the same.
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="an owner-signed manifest; see first whether the value a trusted switch "
    "prints is SHA-256 of the .swi you downloaded, which the vendor does not document",
)
