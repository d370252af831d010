"""What a policy demands of devices in one role, where that is not what it demands of the others.

A section ``roles`` holds, by the value of a device's tag ``role``, the keys in which the role
differs. What it states stands in the place of what the site states: a whole key, or, of a key that
is stated platform by platform, that platform's entry.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from netintegrity.assess.policy import SitePolicy
from netintegrity.errors import ConfigError, PolicyError
from netintegrity.strict_yaml import Faults, Map, Value

ROLES: Final = "roles"
SITE_ONLY: Final = frozenset({"schema", ROLES, "ChangeWindows"})
"""Said of a site once, and of no role."""
_ROLE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")

ReadPolicy = Callable[[Map, Faults], SitePolicy]
NameOf = Callable[[str], str]
"""The one name of a platform, of any it is known by; of a word that is none, the word."""


def with_roles(
    policy: SitePolicy, document: Map, faults: Faults, *, read: ReadPolicy, name_of: NameOf
) -> SitePolicy:
    """Return ``policy`` with what differs by role; what cannot be used is noted.

    Args:
        policy: of the site.
        document: it was read from.
        faults: where to note them; those of the site are noted already.
        read: reads one document.
        name_of: see :data:`NameOf`.
    """
    section = faults.mapping(document.get(ROLES), ROLES) or Map()
    by_role: dict[str, SitePolicy] = {}
    for name, value in section.items():
        line, path = section.key_lines[name], f"{ROLES}.{name}"
        if _ROLE.fullmatch(name) is None:
            faults.add(line, ROLES, f"{name[:40]!r} is no value that a tag can have")
            continue
        own = faults.mapping(value, path)
        if own is None:
            if value == "":
                faults.add(line, path, "says nothing; state what differs, or leave the role out")
            continue
        for key in own.keys() & SITE_ONLY:
            faults.add(own.key_lines[key], f"{path}.{key}", "is said of a site, and of no role")
        under = _Under(faults, path)
        by_role[name] = read(merged(document, own, name_of), under)
    return replace(policy, by_role=by_role)


def merged(site: Map, role: Map, name_of: NameOf) -> Map:
    """Return the document of a role: the site's, with what the role states in its place."""
    both = Map()
    both.line, both.key_lines = role.line, {}
    for source in (site, role):
        for key, value in source.items():
            if key in SITE_ONLY and source is role:
                continue
            if key == ROLES:
                continue
            before = both.get(key)
            if source is role and isinstance(value, Map) and isinstance(before, Map):
                both[key] = _overlaid(before, value, name_of)
            else:
                both[key] = value
            both.key_lines[key] = source.key_lines[key]
    return both


def _overlaid(below: Map, above: Map, name_of: NameOf) -> Map:
    covered = {name_of(word) for word in above}
    kept = {word: value for word, value in below.items() if name_of(word) not in covered}
    entries: dict[str, Value] = {**kept, **above}
    both = Map(entries)
    both.line, both.key_lines = above.line, {**below.key_lines, **above.key_lines}
    return both


class _Under(Faults):
    """Notes the faults of one role under its name, and none that is noted of the site already."""

    def __init__(self, above: Faults, path: str) -> None:
        super().__init__(above.name, PolicyError)
        self._above, self._path = above, path
        self._known = {str(e) for e in above.errors}

    def add(self, line: int, path: str, message: str, *, hint: str = "") -> None:
        same: ConfigError = PolicyError(message, where=f"{self.name}:{line} {path}".rstrip())
        if str(same) not in self._known:
            here = f"{self._path}.{path}" if path else self._path
            self._above.add(line, here, message, hint=hint)
