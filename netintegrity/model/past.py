"""What earlier runs found, as far as a page shows it beside the run of today."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from netintegrity.model.since import ChangedDevice


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPeriod:
    """Runs in a row that found one device the same."""

    first: str
    """RFC 3339, UTC."""
    last: str
    runs: int
    conclusion: str
    level: str
    running_release: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """One run of the site, counted."""

    run_id: str
    finished_at: str
    """RFC 3339, UTC."""
    devices: int
    by_verdict: Mapping[str, int]
    """Devices by verdict; ``reported`` are those verified on their own word alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The run before and those before it; read from the history, never part of a stored run."""

    changed: tuple[ChangedDevice, ...] = ()
    """What the run before found otherwise."""
    last_finished_at: str | None = None
    """Of the run before; None: there was none."""
    periods: Mapping[str, tuple[PastPeriod, ...]] = field(default_factory=dict)
    """By device, oldest first; the newest few."""
    runs: tuple[PastRun, ...] = ()
    """Oldest first; the newest few."""
