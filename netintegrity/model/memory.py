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

    def floors_of(self, subject: Subject) -> tuple[Release, ...]:
        """Return the floors of one subject."""
        return tuple(f.release for f in self.floors if f.subject == subject)

    @property
    def releases(self) -> tuple[Release, ...]:
        """The floors of all subjects."""
        return tuple(f.release for f in self.floors)


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

    def of(self, device_name: str) -> Memory:
        """Return the memory of one device; empty for one never seen."""
        return next((m for name, m in self.devices if name == device_name), Memory())
