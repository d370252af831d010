"""``policy.yaml``: what a site demands, every word checked before anything is judged by it."""

from pathlib import Path
from typing import Final

from netintegrity import platforms, strict_yaml
from netintegrity.assess.policy import SitePolicy
from netintegrity.errors import ConfigError, PolicyError
from netintegrity.inventory._files import read_plain
from netintegrity.inventory._platform_names import PlatformNames
from netintegrity.inventory._policy_reader import KEYS, PolicyReader
from netintegrity.inventory._policy_roles import with_roles
from netintegrity.inventory._spec import as_kind
from netintegrity.platforms._spec import Platform
from netintegrity.registry import discover
from netintegrity.strict_yaml import Faults, Map

__all__ = ["KEYS", "POLICY_FILE", "parse_policy", "read_policy"]

POLICY_FILE: Final = "policy.yaml"


def read_policy(path: Path) -> tuple[SitePolicy, bytes]:
    """Return what a file demands, and its bytes.

    Raises:
        ExceptionGroup: of PolicyError; every fault at once.
    """
    try:
        raw = read_plain(path, most_bytes=strict_yaml.MAX_BYTES)
        if raw is None:
            raise PolicyError("no such policy", where=str(path))
    except ConfigError as error:
        raise ExceptionGroup(str(path), [as_kind(PolicyError, error)]) from error
    return parse_policy(raw, name=str(path)), raw


def parse_policy(raw: bytes, *, name: str = POLICY_FILE) -> SitePolicy:
    """Return what ``raw`` demands.

    A file of comments alone demands what an absent one does. A file of nothing at all is a fault:
    what was cut off on its way must not silently lower what is demanded.

    Args:
        raw: YAML.
        name: of the file, for messages.

    Raises:
        ExceptionGroup: of PolicyError; every fault at once, each with file, line and field.
    """
    faults = Faults(name, PolicyError)
    if not raw.strip():
        hint = "remove it for the defaults; `netintegrity init` writes a commented one"
        raise ExceptionGroup(name, [PolicyError("is empty", where=name, hint=hint)])
    try:
        document = faults.mapping(strict_yaml.load(raw, name=name), "") or Map()
    except ConfigError as error:
        raise ExceptionGroup(name, [as_kind(PolicyError, error)]) from error
    policy = PolicyReader(document, faults).policy()
    names = PlatformNames(discover(platforms, Platform))
    policy = with_roles(
        policy,
        document,
        faults,
        read=lambda one, at: PolicyReader(one, at).policy(),
        name_of=names.id_of,
    )
    faults.raise_any(name)
    return policy
