"""What changed since the run before."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedDevice:
    """A device that the run before found otherwise, or did not know."""

    name: str
    changes: tuple[str, ...]
    """In words, each once: ``conclusion: verified, now patched``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceLast:
    """A run compared with what was last recorded of each of its devices."""

    last_run_id: str
    """Of the newest earlier run of the site."""
    last_finished_at: str
    """Of that run; RFC 3339, UTC."""
    changed: tuple[ChangedDevice, ...]
    """In the order of the report."""

    @property
    def names(self) -> frozenset[str]:
        """The devices that changed."""
        return frozenset(c.name for c in self.changed)
