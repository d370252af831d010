"""Software versions, which are only partly ordered."""

from dataclasses import dataclass
from enum import StrEnum


class Order(StrEnum):
    """Result of comparing two releases."""

    OLDER = "older"
    SAME = "same"
    NEWER = "newer"
    INCOMPARABLE = "incomparable"


@dataclass(frozen=True, slots=True)
class Release:
    """A version as printed, with the key its platform orders it by."""

    text: str
    """As printed by the device or the manifest, e.g. ``17.09.04a``."""
    train: str
    """Releases of different trains are incomparable, e.g. ``iosxe`` (16 on) and ``iosxe-3-S``."""
    key: tuple[int, ...]
    """Platform-defined sort key within the train; text suffixes already mapped to integers."""

    def compared_to(self, other: "Release") -> Order:
        """Say where this release stands relative to ``other``."""
        if self.train != other.train:
            return Order.INCOMPARABLE
        if self.key == other.key:
            return Order.SAME
        return Order.OLDER if self.key < other.key else Order.NEWER
