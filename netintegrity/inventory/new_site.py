"""A new, commented site folder: whole, or not at all."""

import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Final

from netintegrity.errors import ConfigError
from netintegrity.inventory._grammar import UnfitError, name_of

_FILES: Final = {
    "README.md": "README.md.txt",
    "hosts.yaml": "hosts.yaml.txt",
    "jump_hosts.yaml": "jump_hosts.yaml.txt",
    "groups.yaml": "groups.yaml.txt",
    "defaults.yaml": "defaults.yaml.txt",
    "policy.yaml": "policy.yaml.txt",
    "known_hosts": "known_hosts.txt",
    "manifests/README.md": "manifests-README.md.txt",
}
"""File of the site to its template."""


def write_site(folder: Path) -> tuple[Path, ...]:
    """Write a commented site without devices, and return its files.

    Raises:
        ConfigError: something of this name exists, the name cannot be a site's, or the folder
            cannot be written. Nothing is left behind then.
    """
    target = folder if folder.name not in {"", ".."} else folder.resolve()
    try:
        name_of(target.name)
    except UnfitError as unfit:
        raise ConfigError(f"a site cannot be called so: {unfit}", where=str(folder)) from unfit
    try:
        if target.exists() or target.is_symlink():
            raise ConfigError(
                "exists already, and nothing is overwritten",
                where=str(folder),
                hint="name a folder that does not exist",
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_beside(target)
    except OSError as error:
        raise ConfigError(
            f"cannot be written: {error.strerror}", where=str(error.filename or folder)
        ) from error
    return tuple(target / name for name in _FILES)


def _write_beside(target: Path) -> None:
    """Write the files into a folder of no meaning, and give it its name once all are there."""
    templates = files("netintegrity.inventory") / "templates"
    with tempfile.TemporaryDirectory(prefix=".netintegrity-init-", dir=target.parent) as scratch:
        # One folder further in, so that its mode is the operator's usual one and not 0700.
        site = Path(scratch) / target.name
        for name, template in _FILES.items():
            file = site / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes((templates / template).read_bytes())
        site.rename(target)
