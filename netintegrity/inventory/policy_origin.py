"""Which line of a policy counts for one device: what a person asks who did not write it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from netintegrity import platforms, strict_yaml
from netintegrity.inventory._platform_names import PlatformNames
from netintegrity.inventory._policy_roles import ROLES, SITE_ONLY
from netintegrity.inventory.policy import KEYS, POLICY_FILE
from netintegrity.platforms._spec import Platform
from netintegrity.registry import discover
from netintegrity.strict_yaml import Map, Seq, Value

_ONE_VALUE: Final = frozenset({"rules", "VerificationInterval"})
"""Keys whose mapping is not of platforms."""
DEFAULTS: Final = {
    "minimum_assurance": "reported",
    "minimum_running_assurance": "no more than minimum_assurance",
    "image_roles": "running, boot-next",
    "rules": "all of them",
    "ApprovedTFTPServers": "none",
    "AuthorizedFirmwareSources": "production",
    "ChecksumBaseline": "none",
    "config_registers": "those that are normal on the platform",
    "VerificationInterval": "max_evidence_age_hours: 24, max_manifest_age_days: 180",
}
"""What holds where nothing is stated; of every other key: that it is not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One key, as it counts for a device."""

    key: str
    value: str
    line: int | None
    """1-based, of the policy; None: it is the default."""
    role: str | None = None
    """Whose section it stands in; None: it is said of the site."""


def stated_for(
    raw: bytes, *, platform_id: str, role: str | None, name: str = POLICY_FILE
) -> tuple[Stated, ...]:
    """Return every key of a policy as it counts for a device.

    Args:
        raw: the policy, which was read without a fault; empty: there is none.
        platform_id: of the device.
        role: the value of its tag ``role``; None: it has none.
        name: of the file, for messages.
    """
    document = strict_yaml.load(raw, name=name) if raw.strip() else None
    site = document if isinstance(document, Map) else Map()
    roles = site.get(ROLES)
    own = roles.get(role) if isinstance(roles, Map) and role is not None else None
    sources: list[tuple[Map, str | None]] = [(site, None)]
    if isinstance(own, Map):
        sources.insert(0, (own, role))
    names = PlatformNames(discover(platforms, Platform))
    wanted = names.id_of(platform_id)
    return tuple(
        next(
            (
                found
                for source, of in sources
                if (found := _found(key, source, of, lambda w: names.id_of(w) == wanted))
            ),
            _default(key),
        )
        for key in KEYS
        if key not in SITE_ONLY
    )


def _default(key: str) -> Stated:
    return Stated(key=key, value=DEFAULTS.get(key, "not stated: not asked"), line=None)


def _found(
    key: str, source: Map, role: str | None, is_wanted: Callable[[str], bool]
) -> Stated | None:
    """Return what one section says of a key for the platform that is wanted; None: nothing."""
    if key not in source:
        return None
    value, line = source[key], source.key_lines[key]
    if isinstance(value, Map) and key not in _ONE_VALUE:
        written = next((w for w in value if is_wanted(w)), None)
        if written is None:
            return None
        line = value.key_lines[written]
        value = value[written]
    return Stated(key=key, value=_text(value), line=line, role=role)


def _text(value: Value | None) -> str:
    if isinstance(value, Map):
        return ", ".join(f"{k}: {_text(v)}" for k, v in value.items()) or "none"
    if isinstance(value, Seq):
        return ", ".join(_text(v) for v in value) or "none"
    return str(value or "none")
