"""Devices out of hosts, groups and defaults: host over group, first listed first, over defaults."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from netintegrity.inventory._grammar import (
    UnfitError,
    address_of,
    name_of,
    quoted,
    same_address,
)
from netintegrity.inventory._platform_names import PlatformNames
from netintegrity.inventory._spec import Entry
from netintegrity.inventory._stated import MOST_TAGS, NOTHING, Stated, stated
from netintegrity.model.device import Device
from netintegrity.strict_yaml import Faults, Text

DEFAULT_CREDENTIAL: Final = "default"
DEFAULT_PORT: Final = 22


@dataclass(frozen=True, slots=True)
class _Resolved:
    """A group with all it is in."""

    lineage: tuple[str, ...]
    stated: Stated
    is_whole: bool = True
    """False: a group it is in could not be followed; what is missing may have been said there."""


class Groups:
    """The groups of a site, each with what it takes from the groups it is in itself."""

    def __init__(
        self, entries: Iterable[Entry] | None, faults: Faults, names: PlatformNames
    ) -> None:
        """Resolve ``entries``; None: there is no file of groups, so a group is a label alone."""
        self.are_labels = entries is None
        self._resolved: dict[str, _Resolved] = {}
        self._merged: dict[tuple[str, ...], _Resolved] = {}
        known = {str(entry.name): entry for entry in entries or ()}
        for name, parents in _parents_first(known, faults):
            entry = known[name]
            own = stated(entry, faults, names, is_host=False)
            try:
                name_of(name)
            except UnfitError as unfit:
                faults.add(entry.line, entry.path, str(unfit))
            is_whole = len(parents) == len(entry.groups)
            self._resolved[name] = self._within(
                _Resolved((name,), own, is_whole), parents, entry, faults
            )

    def of(self, entry: Entry, faults: Faults) -> _Resolved:
        """Return what the groups of a host come to, and note those that do not exist."""
        names = tuple(str(group) for group in entry.groups)
        if names in self._merged:
            return self._merged[names]
        usable = [str(g) for g in entry.groups if self._is_usable(g, entry, faults)]
        is_whole = len(usable) == len(names)
        merged = self._within(_Resolved((), NOTHING, is_whole), usable, entry, faults)
        if is_whole:
            # What is wrong is told of each host; what is right is worked out once.
            self._merged[names] = merged
        return merged

    def _is_usable(self, group: Text, entry: Entry, faults: Faults) -> bool:
        path = f"{entry.path}.groups"
        if not self.are_labels:
            if group not in self._resolved:
                faults.add(group.line, path, f"there is no group {quoted(group)} in groups.yaml")
            return group in self._resolved
        try:
            name_of(group)
        except UnfitError as unfit:
            faults.add(group.line, path, str(unfit))
            return False
        return True

    def _within(
        self, own: _Resolved, parents: Iterable[str], entry: Entry, faults: Faults
    ) -> _Resolved:
        """Return ``own`` over each of ``parents``."""
        lineage = dict.fromkeys(own.lineage)
        result, is_whole = own.stated, own.is_whole
        for parent in parents:
            resolved = self._resolved.get(parent) or _Resolved((parent,), NOTHING)
            lineage |= dict.fromkeys(resolved.lineage)
            result = result.over(resolved.stated)
            is_whole = is_whole and resolved.is_whole
            if len(lineage) + len(result.tags) > MOST_TAGS:
                faults.add(entry.line, entry.path, f"more than {MOST_TAGS} groups and tags")
                return replace(own, is_whole=False)
        return _Resolved(tuple(lineage), result, is_whole)


def _parents_first(
    groups: Mapping[str, Entry], faults: Faults
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each group after the groups it is in, with those; a circle is noted and cut."""
    done: dict[str, bool] = {}
    usable: dict[str, tuple[str, ...]] = {}
    for first in groups:
        stack = [first]
        while stack:
            name = stack[-1]
            if name not in done:
                done[name] = False
                usable[name] = tuple(_parents(groups, name, done, faults))
                stack += [parent for parent in usable[name] if parent not in done]
                continue
            stack.pop()
            if not done[name]:
                done[name] = True
                yield name, usable[name]


def _parents(
    groups: Mapping[str, Entry], name: str, done: Mapping[str, bool], faults: Faults
) -> Iterator[str]:
    path = f"{groups[name].path}.groups"
    for parent in groups[name].groups:
        if parent not in groups:
            faults.add(parent.line, path, f"there is no group {quoted(parent)}")
        elif done.get(parent) is False:
            faults.add(parent.line, path, f"{quoted(parent)} is in {groups[name].path} itself")
        else:
            yield str(parent)


class Devices:
    """Makes the devices of a site, one host after the other."""

    def __init__(
        self, groups: Groups, defaults: Stated, faults: Faults, names: PlatformNames
    ) -> None:
        """Begin; ``faults`` are those of the file of hosts."""
        self._groups = groups
        self._defaults = defaults
        self._faults = faults
        self._names = names
        self._taken: dict[str, int] = {}
        self._reached: dict[tuple[str, int], str] = {}

    def device(self, entry: Entry) -> Device | None:
        """Return the device ``entry`` is, or note why it is none."""
        before = len(self._faults.errors)
        name = self._name(entry)
        own = stated(entry, self._faults, self._names, is_host=True)
        groups = self._groups.of(entry, self._faults)
        whole = own.over(groups.stated).over(self._defaults)
        address = self._address(entry, own)
        if whole.platform_id is None and groups.is_whole:
            self._note_no_platform(entry)
        tags = {f"group={group}" for group in groups.lineage}
        tags |= {f"{key}={value}" for key, value in whole.tags.items() if value}
        if len(tags) > MOST_TAGS:
            self._faults.add(entry.line, entry.path, f"more than {MOST_TAGS} groups and tags")
        port = DEFAULT_PORT if whole.port is None else whole.port
        if name is not None and address:
            self._note_same(entry, address, port)
        if len(self._faults.errors) > before or name is None:
            return None
        if not address or not whole.platform_id:
            # Said in a group or by default, and wrong: told there.
            return None
        return Device(
            name=name,
            address=address,
            port=port,
            platform_id=whole.platform_id,
            credential_ref=whole.credential_ref or DEFAULT_CREDENTIAL,
            tags=frozenset(tags),
            expected=whole.expected or (),
        )

    def _name(self, entry: Entry) -> str | None:
        try:
            name = name_of(entry.name)
        except UnfitError as unfit:
            self._faults.add(entry.line, entry.path, str(unfit), hint=unfit.hint)
            return None
        if name in self._taken:
            self._faults.add(
                entry.line, entry.path, f"stands here twice (first on line {self._taken[name]})"
            )
            return None
        self._taken[name] = entry.line
        return name

    def _address(self, entry: Entry, own: Stated) -> str | None:
        if own.address is not None:
            return own.address
        try:
            return address_of(name_of(entry.name))
        except UnfitError as unfit:
            if self._taken.get(entry.name) == entry.line:
                what = f"is missing, and the name is no address: {unfit}"
                self._faults.add(entry.line, f"{entry.path}.hostname", what)
            return None

    def _note_no_platform(self, entry: Entry) -> None:
        self._faults.add(
            entry.line,
            f"{entry.path}.platform",
            "is missing: neither the host nor its groups nor the defaults say it",
            hint="`netintegrity list platforms` shows those there are",
        )

    def _note_same(self, entry: Entry, address: str, port: int) -> None:
        reached = same_address(address), port
        other = self._reached.setdefault(reached, str(entry.name))
        if other != entry.name:
            line = entry.words.get("hostname", entry.name).line
            what = f"{address} port {port} is {other} already: one box would be judged twice"
            self._faults.add(line, f"{entry.path}.hostname", what)
