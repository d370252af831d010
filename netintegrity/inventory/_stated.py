"""From words to types: what one entry states, with every word that is not what it must be noted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from netintegrity.inventory._grammar import (
    UnfitError,
    address_of,
    name_of,
    port_of,
    printed,
    quoted,
    shown,
    tag_key_of,
    tag_value_of,
)
from netintegrity.inventory._platform_names import PlatformNames
from netintegrity.inventory._spec import Entry
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.strict_yaml import Faults, Text

T = TypeVar("T")

MOST_TAGS: Final = 64
"""Of one device, its groups included; a site must not be able to fill the memory."""
UNUSABLE: Final = ""
"""Stands for a word that was said and is wrong: one fault is told once, not again as absence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What an entry states; None: nothing."""

    address: str | None = None
    port: int | None = None
    platform_id: str | None = None
    credential_ref: str | None = None
    expected: tuple[Identity, ...] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    """An empty value takes the tag away."""

    def over(self, other: "Stated") -> "Stated":
        """Return this, and ``other`` where this says nothing; tags merge key by key."""
        return Stated(
            address=self.address,
            port=other.port if self.port is None else self.port,
            platform_id=other.platform_id if self.platform_id is None else self.platform_id,
            credential_ref=(
                other.credential_ref if self.credential_ref is None else self.credential_ref
            ),
            expected=other.expected if self.expected is None else self.expected,
            tags={**other.tags, **self.tags} if self.tags else other.tags,
        )


NOTHING: Final = Stated()


def stated(entry: Entry, faults: Faults, names: PlatformNames, *, is_host: bool) -> Stated:
    """Return what ``entry`` states, and note what is wrong in it."""

    def read(key: str, place: str, parse: Callable[[str], T]) -> T | None:
        word = entry.words.get(key)
        return None if word is None else _parsed(word, _at(entry, place), parse, faults)

    if not is_host and (word := entry.words.get("hostname")) is not None:
        faults.add(word.line, _at(entry, "hostname"), "an address is of one device; name it there")
    address = read("hostname", "hostname", address_of) if is_host else None
    platform = read("platform", "platform", lambda word: names.find(word).id)
    credential = read("credential", "data.credential", name_of)
    return Stated(
        address=UNUSABLE if address is None and "hostname" in entry.words else address,
        port=read("port", "port", port_of),
        platform_id=UNUSABLE if platform is None and "platform" in entry.words else platform,
        credential_ref=credential,
        expected=_expected(entry, faults),
        tags=_tags(entry, faults),
    )


def _at(entry: Entry, place: str) -> str:
    return f"{entry.path}.{place}" if entry.path else place


def _parsed(word: Text, path: str, parse: Callable[[str], T], faults: Faults) -> T | None:
    try:
        return parse(str(word))
    except UnfitError as unfit:
        faults.add(word.line, path, str(unfit), hint=unfit.hint)
        return None


def _tags(entry: Entry, faults: Faults) -> dict[str, str]:
    if len(entry.tags) > MOST_TAGS:
        faults.add(entry.line, _at(entry, "data"), f"more than {MOST_TAGS} tags")
        return {}
    tags = {}
    for key, value in entry.tags.items():
        try:
            tags[tag_key_of(key)] = tag_value_of(value)
        except UnfitError as unfit:
            faults.add(value.line, _at(entry, f"data.{shown(key)}"), str(unfit), hint=unfit.hint)
    return tags


def _expected(entry: Entry, faults: Faults) -> tuple[Identity, ...] | None:
    if entry.subjects is None:
        return None
    found: dict[Subject, Identity] = {}
    for number, row in enumerate(entry.subjects, 1):
        path = _at(entry, f"data.subjects[{number}]")
        identity = _identity(row, path, faults)
        if identity is None:
            continue
        if identity.subject in found:
            line = row["kind"].line
            faults.add(line, path, f"{identity.subject} stands here twice")
        found[identity.subject] = identity
    return tuple(found.values())


def _identity(row: Mapping[str, Text], path: str, faults: Faults) -> Identity | None:
    kind = _parsed(row["kind"], f"{path}.kind", _kind, faults) if "kind" in row else None
    words = {
        key: _parsed(row[key], f"{path}.{key}", printed, faults)
        for key in ("id", "serial", "pid")
        if key in row
    }
    if kind is None or (id_ := words.get("id")) is None:
        return None
    return Identity(subject=Subject(kind, id_), serial=words.get("serial"), pid=words.get("pid"))


def _kind(word: str) -> SubjectKind:
    if word not in SubjectKind.__members__.values():
        raise UnfitError(f"expected {' or '.join(SubjectKind)}, got {quoted(word)}")
    return SubjectKind(word)
