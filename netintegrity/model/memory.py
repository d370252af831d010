"""What earlier runs left behind."""

from dataclasses import dataclass
from datetime import datetime

from netintegrity.model.release import Release
from netintegrity.model.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The highest release of one train ever verified on one subject."""

    subject: Subject
    release: Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Memory of one device: read once before judging, written only after the report."""

    first_seen: datetime | None = None
    """UTC; None: no earlier run judged this device."""
    floors: tuple[Floor, ...] = ()
    """At most one per subject and train."""
    loaders: tuple[Floor, ...] = ()
    """The same of boot loaders."""

    def floors_of(self, subject: Subject) -> tuple[Release, ...]:
        """Return the floors of one subject."""
        return tuple(f.release for f in self.floors if f.subject == subject)

    @property
    def releases(self) -> tuple[Release, ...]:
        """The floors of all subjects."""
        return tuple(f.release for f in self.floors)

    def loaders_of(self, subject: Subject) -> tuple[Release, ...]:
        """Return the highest boot loaders of one subject, one per train."""
        return tuple(f.release for f in self.loaders if f.subject == subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A person lowered what is remembered: kept for ever, told of in the next report."""

    what: str
    """``image``, ``boot-loader`` or ``manifest``."""
    name: str
    """Of the device, or the identity of the manifest."""
    subject: Subject | None = None
    """Of a device: which part."""
    lowered_from: str
    """What was remembered: a release, a sequence, a time."""
    lowered_to: str
    reason: str
    by: str
    """``user@host``."""
    at: datetime
    """UTC."""
    reported_in: str | None = None
    """The run whose report told of it first; None: none has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestFloor:
    """The newest list of one identity ever accepted; an older one is a rollback."""

    identity: str
    """``anchor's vendor or "owner"|format|list id``."""
    sequence: int | None = None
    issued_at: datetime | None = None
    """UTC, from signed bytes."""
    first_imported_at: datetime | None = None
    """UTC; when a list of this identity was first accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetMemory:
    """All memory of one site, by device name, and of the lists it has accepted."""

    devices: tuple[tuple[str, Memory], ...] = ()
    manifests: tuple[ManifestFloor, ...] = ()
    imports: tuple[tuple[str, datetime], ...] = ()
    """When a list of which nothing signed says the age was first imported: digest
    (``sha256:hex``) and UTC."""
    acceptances: tuple[Acceptance, ...] = ()
    """In the order they were made."""

    @property
    def untold(self) -> tuple[Acceptance, ...]:
        """Those no report has told of."""
        return tuple(a for a in self.acceptances if a.reported_in is None)

    def of(self, device_name: str) -> Memory:
        """Return the memory of one device; empty for one never seen."""
        return next((m for name, m in self.devices if name == device_name), Memory())
