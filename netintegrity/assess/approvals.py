"""Software that the operator approved by name."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Approval:
    """One line of a list: ``docker-database``, ``Mandatory.*``, ``check.slax@sha256:8f3c…``."""

    name: str
    """A name, or a glob over names (``*`` and ``?``)."""
    pin: str = ""
    """The version, the image id or the declared digest it must have, whole; empty: any."""

    def covers(self, name: str, pins: Iterable[str]) -> bool:
        """Say whether this is about what has such a name and, of its pins, the one that counts."""
        return fnmatchcase(name, self.name) and (not self.pin or self.pin in pins)

    def __str__(self) -> str:
        return f"{self.name}@{self.pin}" if self.pin else self.name


@dataclass(frozen=True, slots=True)
class Approvals:
    """A list the operator stated; an empty one approves nothing."""

    lines: tuple[Approval, ...] = ()

    def cover(self, name: str, pins: Iterable[str]) -> bool:
        """Say whether any line covers it."""
        known = tuple(pins)
        return any(line.covers(name, known) for line in self.lines)

    def named(self, name: str) -> bool:
        """Say whether it would be covered under another version or digest."""
        return any(fnmatchcase(name, line.name) for line in self.lines)
