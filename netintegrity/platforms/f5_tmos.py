"""F5 TMOS on a BIG-IP, read from its Linux shell.

An image is unpacked to a volume when it is installed, and nobody publishes digests of what then
lies there. The images themselves stay beside; those are hashed, and are not what runs.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from netintegrity.model.claims import DeviceClaims, Gap
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._asked import Asking, fields_of, readable
from netintegrity.platforms._f5_text import (
    FIELD,
    PART,
    VALUE,
    Volume,
    booted,
    odd_line,
    volumes_of,
)
from netintegrity.platforms._installed import Installed, Place
from netintegrity.platforms._releases_f5 import parse_tmos, tmos_in_name
from netintegrity.platforms._shell_text import summed_files
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding, Subsystem
from netintegrity.platforms._text import Answer
from netintegrity.platforms._unbooted import Listed, claims_of_files

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_FOLDER: Final = "/shared/images/"
_FILE: Final = r"[A-Za-z0-9][A-Za-z0-9._+-]{0,119}\.iso"
_MOST_HASHED: Final = 8
"""Each takes some ten seconds of the processor that manages the box."""

_HASH: Final = Probe(
    id="hash",
    command="sha512sum {}",
    argument=re.compile(rf"{_FOLDER}{_FILE}", re.ASCII),
    subsystem=Subsystem.SHELL,
    # What is stored is not what runs.
    demanded=False,
    why="the digest of images that lie beside what is installed",
    read_timeout_s=900.0,
)
_PROBES: Final = (
    Probe(id="version", command="cat /VERSION", subsystem=Subsystem.SHELL),
    Probe(id="volumes", command="tmsh -q show sys software status", read_timeout_s=60.0),
    Probe(id="boot", command="switchboot -l", subsystem=Subsystem.SHELL, read_timeout_s=60.0),
    Probe(id="hardware", command="tmsh -q show sys hardware", read_timeout_s=60.0),
    # Whether an image is installed only if its signature holds.
    Probe(
        id="signature-check",
        command="tmsh -q list sys db liveinstall.checksig value",
        demanded=False,
        read_timeout_s=60.0,
    ),
    Probe(
        id="images",
        command=f"ls -1 {_FOLDER}",
        subsystem=Subsystem.SHELL,
        demanded=False,
        why="images that lie beside what is installed",
    ),
    _HASH,
)
_ASKING: Final = Asking(
    probes=_PROBES,
    # Syntax Error: unexpected argument "cat"        bash: switchboot: command not found
    refusal=re.compile(
        r"^\s{0,8}(?:Syntax Error: .*|-?\w{0,8}sh: .*|(?:cat|ls|switchboot|sha512sum): .*"
        r"|Unexpected Error: .*|Access [Dd]enied.*|\d{8}:\d: .*)$"
    ),
    unknown=re.compile(r"(?!)"),
    level="a login shell of bash (Advanced Shell), which an administrator has",
)

_ISO: Final = re.compile(_FILE, re.ASCII)


class _Heard:
    """What a box answered, read once."""

    def __init__(self, exchanges: tuple[Exchange, ...]) -> None:
        self.exchanges = exchanges
        self.version = fields_of(_ASKING.last(exchanges, "version"), FIELD)
        self.hardware = fields_of(_ASKING.last(exchanges, "hardware"), PART)
        self.volumes = readable(_ASKING.last(exchanges, "volumes"))
        self.boot = readable(_ASKING.last(exchanges, "boot"))
        self.checks = fields_of(_ASKING.last(exchanges, "signature-check"), VALUE)
        self.rows = tuple(volumes_of(self.volumes))

    def said(self, key: str) -> str | None:
        return self.version[key][0] if key in self.version else None

    @property
    def is_shown(self) -> bool:
        return self.said("Product") == "BIG-IP"

    @property
    def release(self) -> Release | None:
        version, build = self.said("Version"), self.said("Build")
        if not self.is_shown or version is None or build is None:
            return None
        release = parse_tmos(f"{version}-{build}")
        # The two stand together in another line, of most releases.
        whole = f"{version}-{build}"
        text = whole if whole in (self.said("Sequence") or "") else version
        return None if release is None else replace(release, text=text)

    @property
    def blades(self) -> tuple[str, ...]:
        """Slots of the blades that the volumes are listed by; none for a box of one piece."""
        return tuple(dict.fromkeys(row.slot for row in self.rows if row.slot))

    def installed(self) -> Iterator[Installed]:
        if self.volumes is None:
            return
        following = booted(self.boot, "Default")
        for slot in self.blades or (None,):
            rows = [row for row in self.rows if row.slot == slot]
            active = [row.name for row in rows if row.is_active]
            yield Installed(
                subject=_CHASSIS if slot is None else Subject(SubjectKind.MEMBER, slot),
                answer=self.volumes,
                places=tuple(self._place(row) for row in rows),
                running=active[0] if len(active) == 1 else None,
                # It speaks of the blade that is logged in to, and does not say which that is.
                following=following[0] if following and slot is None else None,
                boot_answer=self.boot,
                boot_line=following[1] if following else None,
                runs=self.release if active and slot is None else None,
                loader=self.bios,
            )

    def _place(self, row: Volume) -> Place:
        return Place(
            name=row.name,
            printed=row.printed,
            release=parse_tmos(row.printed) if row.is_whole else None,
            line=row.line,
        )

    @property
    def bios(self) -> str | None:
        return self.hardware["BIOS Revision"][0] if "BIOS Revision" in self.hardware else None

    @property
    def listed(self) -> Answer | None:
        return readable(_ASKING.last(self.exchanges, "images"))

    def files(self) -> Listed:
        """Return the installation images that lie on the box."""
        found = (
            self.listed.lines if self.listed is not None and self.listed.exchange.complete else ()
        )
        return {
            _FOLDER + name: (None, line)
            for line in found
            if _ISO.fullmatch(name := line.text.strip())
        }


def _plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
    if left := _ASKING.left(exchanges):
        return left
    asked = {e.command for e in exchanges}
    wanted = (_HASH.request(path) for path in tuple(_Heard(exchanges).files())[:_MOST_HASHED])
    return tuple(r for r in wanted if r.command not in asked)


def _interpret(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    heard = _Heard(exchanges)
    hashed = summed_files(exchanges, _HASH.id, algorithm=DigestAlgorithm.SHA512)
    installed = tuple(heard.installed())
    return DeviceClaims(
        platform_id="f5_tmos" if heard.is_shown else None,
        running_release=heard.release,
        other_releases=tuple(_told(heard)),
        identities=tuple(_identities(heard)),
        images=(
            *(i for n in installed for i in n.images()),
            *claims_of_files(_CHASSIS, heard.listed, heard.files(), hashed, tmos_in_name),
        ),
        boots=tuple(b for part in installed for b in part.boots()),
        gaps=(*_gaps(heard, installed), *hashed.left()),
    )


def _told(heard: _Heard) -> Iterator[tuple[str, str]]:
    for key in ("Edition", "Built", "Changelist"):
        if (value := heard.said(key)) is not None:
            yield key.lower(), value
    if heard.bios is not None:
        yield "bios", heard.bios
    if "value" in heard.checks:
        yield "image-signature-check", heard.checks["value"][0]


def _identities(heard: _Heard) -> Iterator[Identity]:
    if heard.blades:
        # The serial number that is printed is the chassis'.
        for slot in heard.blades:
            yield Identity(subject=Subject(SubjectKind.MEMBER, slot))
    elif heard.hardware:
        serials = (heard.hardware.get(k) for k in ("Appliance Serial", "Chassis Serial"))
        serial = next((s[0] for s in serials if s is not None), None)
        name = heard.hardware.get("Name")
        yield Identity(
            subject=_CHASSIS,
            serial=serial,
            # BIG-IP i5800        BIG-IP Virtual Edition
            pid=name[0].removeprefix("BIG-IP ").strip() if name else None,
        )


def _gaps(heard: _Heard, installed: tuple[Installed, ...]) -> Iterator[Gap]:
    needed = ("version", "volumes", "boot", "hardware", "signature-check")
    yield from _ASKING.gaps(heard.exchanges, *needed)
    version = readable(_ASKING.last(heard.exchanges, "version"))
    if version is not None and heard.release is None:
        product = heard.said("Product")
        other = product is not None and product != "BIG-IP"
        reason = f"it is a {product}" if other else "no version and build in the answer"
        yield Gap(probe_id="version", reason=reason)
    hardware = readable(_ASKING.last(heard.exchanges, "hardware"))
    if hardware is not None and not heard.hardware:
        yield Gap(probe_id="hardware", reason="no platform and serial number in the answer")
    if heard.volumes is None:
        return
    for part in installed:
        yield from part.gaps("volume")
    if (odd := odd_line(heard.volumes)) is not None:
        # What is not read could be the volume that the next boot takes.
        reason = f"line {odd.number} is neither a heading nor a volume"
        yield Gap(probe_id="volumes", reason=reason)
    current, running = booted(heard.boot, "Current"), installed[0].running
    is_told = not heard.blades and current is not None and running is not None
    if is_told and current is not None and current[0] != running:
        reason = f"{current[0]} is said to have been booted, and {running} to be active"
        yield Gap(probe_id="boot", reason=reason)


PLATFORM: Final = Platform(
    id="f5_tmos",
    title="F5 TMOS",
    aliases=frozenset({"f5_tmsh", "f5_ltm", "bigip_f5"}),
    # The driver for the other shell would send `modify cli preference`, which is configuration.
    netmiko_device_type="f5_linux",
    session_lines=frozenset(),
    privilege=_ASKING.level,
    probes=_PROBES,
    plan=_plan,
    interpret=_interpret,
    parse_release=parse_tmos,
    strongest_digest=DigestAlgorithm.SHA512,
    running_binding=RunningBinding.PATH_ONLY,
    reference_source="none of what is installed; the vendor signs the .iso that is downloaded "
    "(.384.sig), which `image verify` can check on your own machine",
    cannot_hash="it unpacks an image to a volume when it installs it, and nobody publishes "
    "digests of what then lies there",
)
