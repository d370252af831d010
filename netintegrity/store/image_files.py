"""Image files on this host, hashed as they are read."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from netintegrity.errors import ConfigError
from netintegrity.model.digest import Digest, DigestAlgorithm

_CHUNK_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedFile:
    """One file and its digests."""

    path: Path
    size_bytes: int
    digests: tuple[Digest, ...]


def hash_file(path: Path, algorithms: tuple[DigestAlgorithm, ...]) -> HashedFile:
    """Return the digests of a file, read once.

    Raises:
        ConfigError: it cannot be read, or is no plain file.
    """
    states = {a: hashlib.new(a.value, usedforsecurity=False) for a in algorithms}
    size = 0
    try:
        if not path.is_file():
            raise ConfigError("expected a plain file", where=str(path))
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                size += len(chunk)
                for state in states.values():
                    state.update(chunk)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(path)) from error
    digests = tuple(Digest(a, state.digest()) for a, state in states.items())
    return HashedFile(path=path, size_bytes=size, digests=digests)


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
