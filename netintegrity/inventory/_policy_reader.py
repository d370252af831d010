"""Reads one policy, key by key; which keys there are, and what each may hold."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Final, TypeVar

from netintegrity import platforms
from netintegrity.assess import rules
from netintegrity.assess._spec import Rule
from netintegrity.assess.approvals import Approvals
from netintegrity.assess.policy import BOTH_ROLES, PlatformPolicy, SitePolicy
from netintegrity.inventory._grammar import (
    UnfitError,
    address_of,
    printed,
    quoted,
    same_address,
    shown,
)
from netintegrity.inventory._platform_names import PlatformNames
from netintegrity.inventory._policy_roles import ROLES
from netintegrity.inventory._policy_words import (
    SOFTWARE_KEYS,
    advisories_of,
    approval_of,
    bracketed,
    digest_of,
    register_of,
    release_of,
    role_of,
    signing_type_of,
)
from netintegrity.model.assurance import AssuranceLevel
from netintegrity.model.claims import ImageRole
from netintegrity.model.release import Release
from netintegrity.platforms._spec import Platform
from netintegrity.registry import discover
from netintegrity.strict_yaml import Faults, Map, Text, Value

SCHEMA: Final = "netintegrity/policy/1"

KEYS: Final = (
    "schema",
    "minimum_assurance",
    "minimum_running_assurance",
    "image_roles",
    "rules",
    "ApprovedFirmwareVersions",
    "FirmwareAdvisories",
    "ApprovedROMMONVersions",
    "ApprovedTFTPServers",
    "AuthorizedFirmwareSources",
    *SOFTWARE_KEYS,
    "ChecksumBaseline",
    "config_registers",
    "VerificationInterval",
    "ChangeWindows",
    ROLES,
)
_LEVELS: Final = {level.word: level for level in AssuranceLevel if level > AssuranceLevel.NONE}
_INTERVALS: Final = {"max_evidence_age_hours": (24, 24 * 366), "max_manifest_age_days": (180, 3660)}
"""Key to default and most; an age without end would be no demand."""

T = TypeVar("T")


class PolicyReader:
    """Reads one policy; what cannot be used is noted and left out."""

    def __init__(self, document: Map, faults: Faults) -> None:
        self._document = document
        self._faults = faults
        self._names = PlatformNames(discover(platforms, Platform))

    def policy(self) -> SitePolicy:
        self._known(self._document, KEYS, "")
        schema = self._faults.text(self._document.get("schema"), "schema")
        if schema is not None and schema != SCHEMA:
            what = f"expected {SCHEMA}, got {quoted(schema)}"
            self._faults.add(schema.line, "schema", what)
        interval = self._interval()
        return SitePolicy(
            minimum_assurance=self._level("minimum_assurance", AssuranceLevel.REPORTED),
            minimum_running_assurance=self._level("minimum_running_assurance", AssuranceLevel.NONE),
            roles=self._roles(),
            omitted_rules=frozenset(self._omitted()),
            platforms=self._platform_policies(),
            approved_boot_servers=self._boot_servers(),
            approved_digests=self._words("ChecksumBaseline", digest_of),
            max_evidence_age=timedelta(hours=interval["max_evidence_age_hours"]),
            max_manifest_age=timedelta(days=interval["max_manifest_age_days"]),
            plan_approvals=self._approvals(),
        )

    def _known(self, mapping: Map, allowed: tuple[str, ...], path: str) -> None:
        for key, line in mapping.key_lines.items() if mapping else ():
            if key not in allowed:
                here = f"{path}.{shown(key)}" if path else shown(key)
                self._faults.add(line, here, f"not a known field; expected {', '.join(allowed)}")

    def _words(self, key: str, parse: Callable[[str], T]) -> frozenset[T]:
        return frozenset(self._parsed(self._document.get(key), key, parse))

    def _parsed(self, value: Value | None, path: str, parse: Callable[[str], T]) -> list[T]:
        """Return the items of a list; what does not parse is noted and left out."""
        found = []
        for number, item in enumerate(self._faults.sequence(value, path), 1):
            here = f"{path}[{number}]"
            if (word := self._faults.text(item, here)) is None:
                continue
            try:
                found.append(parse(str(word)))
            except UnfitError as unfit:
                self._faults.add(word.line, here, str(unfit), hint=unfit.hint)
        return found

    def _level(self, key: str, default: AssuranceLevel) -> AssuranceLevel:
        word = self._faults.text(self._document.get(key), key)
        if word is not None and word not in _LEVELS:
            what = f"expected {' or '.join(_LEVELS)}, got {quoted(word)}"
            hint = "what rests on nothing is never verified" if word == "none" else ""
            self._faults.add(word.line, key, what, hint=hint)
        return _LEVELS.get(word or "", default)

    def _roles(self) -> frozenset[ImageRole]:
        key = "image_roles"
        value = self._document.get(key)
        if value is None:
            return BOTH_ROLES
        if not value:
            self._faults.add(value.line, key, "expected at least one role")
        return self._words(key, role_of)

    def _omitted(self) -> Iterator[str]:
        section = self._faults.mapping(self._document.get("rules"), "rules")
        if section is None:
            return
        self._known(section, ("omit",), "rules")
        known: Mapping[str, Rule] = discover(rules, Rule)

        def rule_id(word: str) -> str:
            if word not in known:
                raise UnfitError(
                    f"there is no rule {quoted(word)}", "`netintegrity list rules` shows them"
                )
            return word

        yield from self._parsed(section.get("omit"), "rules.omit", rule_id)

    def _boot_servers(self) -> frozenset[str]:
        """Return the servers in every spelling in which a boot source may name them."""
        servers = {address.lower() for address in self._words("ApprovedTFTPServers", address_of)}
        return frozenset(
            spelling
            for server in servers
            for spelling in (server, same_address(server), *bracketed(same_address(server)))
        )

    def _platform_policies(self) -> dict[str, PlatformPolicy]:
        firmware = dict(self._by_platform("ApprovedFirmwareVersions", self._firmware))
        advised = partial(advisories_of, self._faults)
        advisories = dict(self._by_platform("FirmwareAdvisories", advised))
        loaders = dict(self._by_platform("ApprovedROMMONVersions", self._list_of(printed)))
        signing = dict(
            self._by_platform("AuthorizedFirmwareSources", self._list_of(signing_type_of))
        )
        registers = dict(self._by_platform("config_registers", self._list_of(register_of)))
        read = self._list_of(approval_of)
        software = {k: dict(self._by_platform(key, read)) for key, k in SOFTWARE_KEYS.items()}
        stated = {id_ for lists in software.values() for id_ in lists}
        policies = {}
        for id_ in sorted({*firmware, *advisories, *loaders, *signing, *registers, *stated}):
            minimum, approved = firmware.get(id_, ((), ()))
            policies[id_] = PlatformPolicy(
                minimum_releases=minimum,
                approved_releases=approved,
                advisories=advisories.get(id_, ()),
                approved_loaders=loaders.get(id_),
                approved_signing_types=signing.get(id_, PlatformPolicy().approved_signing_types),
                config_registers=registers.get(id_),
                approved_software={
                    kind: Approvals(tuple(sorted(lists[id_], key=str)))
                    for kind, lists in software.items()
                    if id_ in lists
                },
            )
        return policies

    def _list_of(self, parse: Callable[[str], T]) -> Callable[[Platform, Value, str], frozenset[T]]:
        def read(_: Platform, value: Value, path: str) -> frozenset[T]:
            if value == "":
                # Nothing approved is said with `[]`, and not by leaving the place empty.
                self._faults.add(value.line, path, "expected a list")
            return frozenset(self._parsed(value, path, parse))

        return read

    def _by_platform(
        self, key: str, read: Callable[[Platform, Value, str], T]
    ) -> Iterator[tuple[str, T]]:
        section = self._faults.mapping(self._document.get(key), key) or Map()
        seen: set[str] = set()
        for word, value in section.items():
            path, line = f"{key}.{shown(word)}", section.key_lines[word]
            try:
                platform = self._names.find(word)
            except UnfitError as unfit:
                self._faults.add(line, path, str(unfit), hint=unfit.hint)
                continue
            if platform.id in seen:
                self._faults.add(line, path, f"{platform.id} stands here twice, by another name")
                continue
            seen.add(platform.id)
            yield platform.id, read(platform, value, path)

    def _firmware(
        self, platform: Platform, value: Value, path: str
    ) -> tuple[tuple[Release, ...], tuple[Release, ...]]:
        section = self._faults.mapping(value, path) or Map()
        self._known(section, ("minimum", "approved"), path)
        release = partial(release_of, platform)
        floors: dict[str, Release] = {}

        def minimum(word: str) -> Release:
            parsed = release(word)
            if parsed.train in floors:
                raise UnfitError(
                    f"a second minimum for one train, beside {floors[parsed.train].text}",
                    "state the one that counts; at most one per train",
                )
            floors[parsed.train] = parsed
            return parsed

        return (
            tuple(self._parsed(section.get("minimum"), f"{path}.minimum", minimum)),
            tuple(self._parsed(section.get("approved"), f"{path}.approved", release)),
        )

    def _interval(self) -> dict[str, int]:
        key = "VerificationInterval"
        section = self._faults.mapping(self._document.get(key), key) or Map()
        self._known(section, tuple(_INTERVALS), key)
        return {
            name: self._count(section.get(name), f"{key}.{name}", default, most)
            for name, (default, most) in _INTERVALS.items()
        }

    def _approvals(self) -> int:
        key = "ChangeWindows"
        section = self._faults.mapping(self._document.get(key), key) or Map()
        self._known(section, ("approvals",), key)
        return self._count(section.get("approvals"), f"{key}.approvals", 0, 16)

    def _count(self, value: Value | None, path: str, default: int, most: int) -> int:
        word: Text | None = self._faults.text(value, path)
        if word is None:
            return default
        if not re.fullmatch(r"[1-9][0-9]{0,5}", word) or int(word) > most:
            what = f"expected a whole number from 1 to {most}, got {quoted(word)}"
            self._faults.add(word.line, path, what)
            return default
        return int(word)
