"""What the operator announced for a change window, applied to one device."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase

from netintegrity.errors import ConfigError
from netintegrity.model.subject import Subject


class Phase(StrEnum):
    """What an audit around a change window is to show."""

    PRE = "pre"
    """Everything is as it was when the change was planned."""
    POST = "post"
    """The change was done, everywhere it was planned."""


@dataclass(frozen=True, slots=True)
class Window:
    """When the change may happen; UTC, both ends included."""

    begins: datetime
    ends: datetime

    def may_hold(self, seen_before: datetime, seen_after: datetime) -> bool:
        """Say whether what changed between two looks can have changed within the window."""
        return seen_before <= self.ends and seen_after >= self.begins

    def phase_at(self, at: datetime) -> Phase | None:
        """Return what has to hold at a moment; None: within the window, either."""
        if at < self.begins:
            return Phase.PRE
        return Phase.POST if at > self.ends else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedChange:
    """One release that some devices leave for another."""

    devices: tuple[str, ...]
    """Names, or globs over them."""
    from_release: str
    to_release: str
    subjects: tuple[Subject, ...] | None = None
    """Which parts; None: every one the device has."""

    def names(self, device: str) -> bool:
        """Say whether the change is for this device."""
        return any(fnmatchcase(device, pattern) for pattern in self.devices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``plan.yaml``; the order of its entries means nothing."""

    window: Window
    ticket: str = ""
    changes: tuple[PlannedChange, ...]

    def unmatched(self, devices: Iterable[str]) -> Iterator[str]:
        """Yield every name and glob that no device answers to, each once, sorted."""
        known = tuple(devices)
        patterns = {p for change in self.changes for p in change.devices}
        yield from sorted(p for p in patterns if not any(fnmatchcase(d, p) for d in known))

    def steps_of(self, device: str, subjects: Iterable[Subject]) -> dict[Subject, PlannedChange]:
        """Return what is announced for each part of a device that has ``subjects``.

        Parts that an entry names are in the answer whether the device has them or not.

        Raises:
            ConfigError: two entries announce different things of one part.
        """
        there = tuple(subjects)
        steps: dict[Subject, PlannedChange] = {}
        for change in self.changes:
            if not change.names(device):
                continue
            for subject in there if change.subjects is None else change.subjects:
                other = steps.setdefault(subject, change)
                if _releases(other) != _releases(change):
                    first, second = sorted(_releases(c)[1] for c in (other, change))
                    raise ConfigError(
                        f"{device} {subject} is in two entries, to go to {first} and to {second}",
                        where="--plan",
                        hint="let one entry name each part of a device",
                    )
        return steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A plan, and what a run is to show of it."""

    plan: Plan
    phase: Phase | None = None
    """None: what the window says of the moment of judgement."""
    approvers: tuple[str, ...] = ()
    """Ids of the keys that signed the plan; none: nobody did."""

    def phase_at(self, at: datetime) -> Phase | None:
        """Return what has to hold at a moment; None: either."""
        return self.phase or self.plan.window.phase_at(at)


def _releases(change: PlannedChange) -> tuple[str, str]:
    return change.from_release, change.to_release
