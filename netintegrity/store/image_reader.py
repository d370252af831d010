"""One image file, read in parts."""

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

from netintegrity.errors import ConfigError

_BESIDE_BYTES: Final = 64 * 1024
_BESIDE_FILES: Final = 32
_CERTIFICATES: Final = (".cer", ".crt", ".pem")


def files_beside(
    path: Path, *, named: Mapping[str, int] = MappingProxyType({})
) -> dict[str, bytes]:
    """Return what may sign an image: small files named after it, and certificates of its folder.

    They are read and judged, and vouch for nothing by lying there. What cannot be read is left out.

    Args:
        path: of the image.
        named: further files that are wanted, each with the most bytes it may have.
    """
    found: dict[str, bytes] = {}
    try:
        names = sorted((p.name for p in path.parent.iterdir()), key=lambda n: (n not in named, n))
    except OSError:
        return {}
    for name in names:
        may_sign = name.startswith(f"{path.name}.") or name.lower().endswith(_CERTIFICATES)
        if not may_sign and name not in named:
            continue
        if len(found) >= _BESIDE_FILES:
            break
        try:
            with reading(path.parent / name) as (read_at, size):
                if size <= named.get(name, _BESIDE_BYTES):
                    found[name] = read_at(0, size)
        except ConfigError:
            continue
    return found


@contextmanager
def reading(path: Path) -> Iterator[tuple[Callable[[int, int], bytes], int]]:
    """Give what reads ``(offset, size)`` of one open file, and the size of the file in bytes.

    Raises:
        ConfigError: it cannot be read, is no plain file, or was changed while it was read.
    """
    try:
        # Without O_NONBLOCK, opening a pipe waits for somebody to write to it.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(path)) from error
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            raise ConfigError("expected a plain file", where=str(path))

        def read_at(offset: int, size: int) -> bytes:
            wanted = max(0, min(size, state.st_size - offset))
            try:
                content = os.pread(handle, wanted, offset)
            except OSError as error:
                raise ConfigError(f"cannot be read: {error.strerror}", where=str(path)) from error
            if len(content) != wanted:
                raise ConfigError("was changed while it was read", where=str(path))
            return content

        yield read_at, state.st_size
        # It is read more than once, and what was verified must be what was used.
        if _version(os.fstat(handle)) != _version(state):
            raise ConfigError("was changed while it was read", where=str(path))
    finally:
        os.close(handle)


def _version(state: os.stat_result) -> tuple[int, int, int]:
    return state.st_size, state.st_mtime_ns, state.st_ctime_ns
