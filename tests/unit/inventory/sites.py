"""Site folders for tests: a good one, of which a test spoils one file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from netintegrity.errors import ConfigError, InventoryError, PolicyError
from netintegrity.inventory.load import load_site
from netintegrity.inventory.site import Site
from netintegrity.model.device import Device

HOSTS = "r1: {hostname: 192.0.2.1, platform: cisco_iosxe}\n"


def write(root: Path, hosts: str | bytes | None = HOSTS, **files: str | bytes) -> Path:
    """Write a site; a keyword is a file's name, ``groups`` for ``groups.yaml``."""
    root.mkdir(exist_ok=True)
    contents = {"hosts": hosts, **files}
    for name, content in contents.items():
        if content is not None:
            raw = content.encode() if isinstance(content, str) else content
            target = root / (name if name == "known_hosts" else f"{name}.yaml")
            target.write_bytes(raw)
    return root


def devices(root: Path, hosts: str | bytes = HOSTS, **files: str | bytes) -> dict[str, Device]:
    return {d.name: d for d in load_site(write(root, hosts, **files)).devices}


def only_refused(load: Callable[[], object]) -> None:
    """Let ``load`` succeed, or end in nothing but errors of the operator's files."""
    try:
        load()
    except ExceptionGroup as group:
        _, others = group.split((InventoryError, PolicyError))
        if others is not None:
            raise others from group


def faults_of(load: Callable[[], Site]) -> tuple[ConfigError, ...]:
    """Return what loading raises: one group, of nothing but errors of the operator's files."""
    with pytest.raises(ExceptionGroup) as raised:
        load()
    errors = raised.value.exceptions
    assert all(isinstance(error, ConfigError) for error in errors)
    return tuple(error for error in errors if isinstance(error, ConfigError))


def places(root: Path, hosts: str | bytes | None = HOSTS, **files: str | bytes) -> list[str]:
    """Return where the faults of a site are, as ``hosts.yaml:1 r1.port``."""
    site = write(root, hosts, **files)
    found = faults_of(lambda: load_site(site))
    return [error.where.removeprefix(f"{site}/") for error in found]


def message(root: Path, hosts: str | bytes | None = HOSTS, **files: str | bytes) -> str:
    """Return the one fault of a site, with what to do about it."""
    site = write(root, hosts, **files)
    (error,) = faults_of(lambda: load_site(site))
    return f"{error} {error.hint}"
