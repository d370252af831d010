"""Image files on this host."""

from collections.abc import Iterator
from pathlib import Path

from netintegrity.errors import ConfigError


def files_in(folder: Path) -> Iterator[Path]:
    """Yield the plain files of a folder by name, hidden ones left out.

    Raises:
        ConfigError: there is no such folder.
    """
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(folder)) from error
    yield from (p for p in entries if p.is_file() and not p.name.startswith("."))
