"""What a source of hosts declares, and what it hands over."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from netintegrity.errors import ConfigError
from netintegrity.strict_yaml import Faults, Text

E = TypeVar("E", bound=ConfigError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one host, one group or the defaults say: words as they stand, nothing checked yet.

    An empty word is as one that was not said.
    """

    name: Text
    path: str
    """How messages name it; safe to show."""
    words: Mapping[str, Text] = field(default_factory=dict)
    """Of ``hostname port platform credential``."""
    groups: tuple[Text, ...] = ()
    """The first counts most."""
    tags: Mapping[str, Text] = field(default_factory=dict)
    subjects: tuple[Mapping[str, Text], ...] | None = None
    """Rows of ``kind id serial pid``; None: nothing is said of subjects."""

    @property
    def line(self) -> int:
        """1-based line where it begins."""
        return self.name.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One way in which an inventory is written."""

    id: str
    title: str
    """With the file names it is known by."""
    sniff: Callable[[str, bytes], bool]
    """Pure: is a file of this name and content such an inventory?"""
    read: Callable[[bytes, Faults], Iterable[Entry]]
    """Pure: the hosts in their order, and every fault of syntax. Values are checked by the caller,
    so that a new source cannot forget to."""
    groups_are_declared: bool
    """True: a group that is not in ``groups.yaml`` is a fault even where there is no such file;
    False: without one, the groups of a host are labels to select by."""
    most_bytes: int
    """A larger file is refused unread."""


def text(value: str, line: int) -> Text:
    """Return ``value`` as a word of line ``line``."""
    word = Text(value)
    word.line = line
    return word


def as_kind(kind: type[E], error: ConfigError) -> E:
    """Return ``error`` as one of ``kind``, at the same place and with the same words."""
    same = kind(str(error), hint=error.hint)
    same.where = error.where
    return same
