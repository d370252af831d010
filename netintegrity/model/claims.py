"""What the transcript asserts, once parsed."""

from dataclasses import dataclass
from enum import StrEnum

from netintegrity.model.assurance import Assurance
from netintegrity.model.attestation import AttestationClaim, Challenge
from netintegrity.model.digest import Digest
from netintegrity.model.reference import ReferenceKind
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject


@dataclass(frozen=True, slots=True)
class Source:
    """Where in the evidence a claim was read."""

    probe_id: str
    line: int
    """1-based line of the exchange's output."""


class ImageRole(StrEnum):
    """What the device does with an image."""

    RUNNING = "running"
    BOOT_NEXT = "boot-next"
    STORED = "stored"


class ImageKind(StrEnum):
    """What a file named as an image is."""

    IMAGE = "image"
    """One file that holds a whole system."""
    PACKAGE = "package"
    """One file of a set that together is the system."""
    PACKAGE_LIST = "package-list"
    """The file that names such a set (``packages.conf``); nothing signs it."""
    SYSTEM = "system"
    """Nothing a command hashes: what is installed on a disk package by package, or what lies in
    flash without being a file. It has a release and no digest."""

    @property
    def published_as(self) -> ReferenceKind | None:
        """The kind a manifest lists it under; None: no manifest lists such a file."""
        return {
            ImageKind.IMAGE: ReferenceKind.IMAGE,
            ImageKind.PACKAGE: ReferenceKind.PACKAGE,
            ImageKind.PACKAGE_LIST: None,
            ImageKind.SYSTEM: None,
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageClaim:
    """What a device says of one image; a claim, not a fact."""

    subject: Subject
    path: str
    """As the device prints it, normalised to ``filesystem:path`` where the platform has those."""
    role: ImageRole
    kind: ImageKind = ImageKind.IMAGE
    source: Source
    assurance: Assurance
    digests: frozenset[Digest] = frozenset()
    size_bytes: int | None = None
    release: Release | None = None
    """As printed beside this image; None: the device did not say."""
    members: tuple[str, ...] = ()
    """Paths a package list names; empty for every other kind."""
    listed_as: str = ""
    """Name under which a manifest lists it, where its name on the box is that of every release
    (``vmlinuz``); empty: the last part of the path."""

    @property
    def filename(self) -> str:
        """The name a manifest would list it under."""
        return self.listed_as or self.path.rpartition(":")[2].rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureClaim:
    """What a box says of its own signature; it may accuse the box, never clear it."""

    subject: Subject
    path: str
    role: ImageRole
    source: Source
    assurance: Assurance
    accepted: bool | None
    """None: the box answered something else than yes or no."""
    signing_type: str | None = None
    """Lower case, one vocabulary for all platforms: ``production`` (a vendor's ``Release`` too),
    ``special``, ``development``; any other word as printed. None: the box did not say."""
    certificate_serial: str | None = None
    """As printed, upper-case hex."""
    checked_by: str = ""
    """Set where the box compared a file with checksums that lie on itself, signed by nobody it
    could ask: who keeps them, as ``dpkg``. Empty: it spoke of a signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BootClaim:
    """How a subject says it will boot next."""

    subject: Subject
    source: Source
    entries: tuple[str, ...] = ()
    """What it will try, in order; network sources as the URL printed."""
    config_register: int | None = None
    """In force now; None: the platform has none, or it was not printed."""
    config_register_next: int | None = None
    """After the next reload, where the box says that it will differ."""
    manual_boot: bool = False
    """The box stops and waits for a person at its boot loader."""
    allows_development_keys: bool = False
    loader_release: str | None = None
    """Boot loader (ROMMON, Aboot) as printed, e.g. ``16.12(2r)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageClaim:
    """Software beside the image: an SMU, an extension, an RPM."""

    subject: Subject
    name: str
    version: str
    state: str
    """As printed, e.g. ``C`` or ``A, I``."""
    source: Source
    is_of_image: bool = False
    """It is the release itself or comes with it; it was not added."""
    survives_reload: bool | None = None
    """False: after the next reload it is as it was before the last change, which was not committed;
    None: the box does not say."""


class SoftwareKind(StrEnum):
    """What can stand beside an image, and is approved by name."""

    PACKAGE = "package"
    """An SMU, an extension, a package: a :class:`PackageClaim`. Every other is an
    :class:`AddedClaim`."""
    SCRIPT = "script"
    """What the box interprets: EEM applets and policies, Tcl, Python, op and event scripts."""
    SERVICE = "service"
    """What is kept running: a daemon, a unit, an extension service."""
    CONTAINER = "container"
    """A guest shell, a hosted application, a container or the image of one."""
    OVERLAY = "overlay"
    """A file that lies over one of a read-only system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedClaim:
    """Software somebody put beside the image, as the box lists it."""

    subject: Subject
    kind: SoftwareKind
    name: str
    """As printed: of an applet, a file, a container; the path of an overlay."""
    form: str
    """What the box calls such a thing, lower case: ``applet``, ``op script``, ``daemon``."""
    source: Source
    state: str = ""
    """As printed; empty: the box does not say."""
    trigger: str = ""
    """The event that starts it, as printed; empty: a person starts it, or the box does not say."""
    digests: frozenset[Digest] = frozenset()
    """Declared in the configuration: what the box demands of the file before it runs it."""
    image_id: str = ""
    """Of a container, as printed; empty: the box does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteClaim:
    """What the hardware of one part quoted, and what it was challenged with; unverified."""

    quoted: AttestationClaim
    challenge: Challenge
    """Ours, from the record of what was sent; what the answer echoes is not read."""
    sources: tuple[Source, ...]
    """Where each of its blocks begins."""

    @property
    def is_given(self) -> bool:
        """True if it is a quote: signed certificates and signed measurements.

        Anything less is what a box without such hardware could print too.
        """
        shown = (self.quoted.certificates, self.quoted.measurements)
        return all(block is not None and block.signature is not None for block in shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something a platform needed and could not read."""

    probe_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceClaims:
    """All claims of one device."""

    platform_id: str | None = None
    """What the text shows it to be; None: the text does not say."""
    running_release: Release | None = None
    other_releases: tuple[tuple[str, str], ...] = ()
    """Other version strings of the box by name, as printed, e.g. ``("iosd", "17.9.4a")``."""
    identities: tuple[Identity, ...] = ()
    images: tuple[ImageClaim, ...] = ()
    """The same file appears once for each role it has."""
    signatures: tuple[SignatureClaim, ...] = ()
    boots: tuple[BootClaim, ...] = ()
    packages: tuple[PackageClaim, ...] = ()
    added: tuple[AddedClaim, ...] = ()
    attestations: tuple[QuoteClaim, ...] = ()
    serials: frozenset[str] = frozenset()
    """Of every piece of hardware the box lists, what is plugged into its parts included."""
    gaps: tuple[Gap, ...] = ()

    def pids_of(self, subject: Subject) -> tuple[str, ...]:
        """Return the product ids the box claims for ``subject``."""
        return tuple(i.pid for i in self.identities if i.subject == subject and i.pid)
