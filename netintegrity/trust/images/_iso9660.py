"""Files in an ISO 9660 image, found without mounting it.

pycdlib reads the directories. It walks all of them as it opens an image, refuses loops, and holds a
record of each; so what it may read is counted, and a hostile image runs out of its share before it
runs this host out of memory. The bytes of a file are never read through it.

Source: ECMA-119; IEEE P1282 (Rock Ridge); https://clalancette.github.io/pycdlib/.
"""

import io
import struct
from collections.abc import Iterator
from typing import BinaryIO, Final, cast

import pycdlib
from pycdlib.pycdlibexception import PyCdlibException

from netintegrity.trust.images._reading import ReadAt
from netintegrity.trust.images._tar import Place

MAX_READ_BYTES: Final = 4 * 1024 * 1024
"""Of directories and what describes them; a VyOS image needs less than one MiB."""
MAX_READS: Final = 50_000
MAX_FILES: Final = 10_000
"""In one folder."""
_HOPS: Final = 8
_SURPRISES: Final = (
    *(KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError),
    *(AssertionError, struct.error),
)
"""What hostile bytes bring the library to is promised nowhere."""


class _Share:
    """What the library may read: so many bytes, in so many parts."""

    mode = "rb"

    def __init__(self, read_at: ReadAt, size: int) -> None:
        self._read_at, self._size = read_at, size
        self._at = 0
        self._bytes, self._reads = MAX_READ_BYTES, MAX_READS

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._size - self._at)
        wanted = left if size < 0 else min(size, left)
        self._bytes, self._reads = self._bytes - wanted, self._reads - 1
        if self._bytes < 0 or self._reads < 0:
            raise ValueError("its directories are larger than those of any image of this kind")
        content = self._read_at(self._at, wanted)
        self._at += len(content)
        return content


def files_in(read_at: ReadAt, size: int, folders: tuple[str, ...]) -> dict[str, Place]:
    """Return the plain files of some folders, by their Rock Ridge paths.

    A symbolic link to a file of the same folder stands for that file.

    Args:
        read_at: reads the image.
        size: of the image, in bytes.
        folders: absolute, ``/`` or ``/live``.

    Raises:
        ValueError: it is no such image, or a hostile one: with loops, with more than it may hold,
            with two files of one name, with a file that lies outside it.
    """
    image = pycdlib.PyCdlib()
    try:
        image.open_fp(cast("BinaryIO", _Share(read_at, size)))
        if not image.has_rock_ridge():
            raise ValueError("its files have no Rock Ridge names")
        listed = [entry for folder in folders for entry in _entries(image, folder)]
        image.close()
    except PyCdlibException as error:
        raise ValueError(f"no ISO 9660 image that can be read: {str(error)[:120]}") from error
    except _SURPRISES as error:
        raise ValueError("no ISO 9660 image that can be read") from error
    found: dict[str, Place | str] = {}
    for path, entry in listed:
        if path in found:
            raise ValueError(f"two files are called {path[:80]!r}")
        if isinstance(entry, Place) and entry.offset + entry.size_bytes > size:
            raise ValueError(f"{path[:80]!r} goes on behind the end of the image")
        found[path] = entry
    return {path: place for path in found if (place := _followed(path, found)) is not None}


def _entries(image: "pycdlib.PyCdlib", folder: str) -> Iterator[tuple[str, "Place | str"]]:
    """Yield the path and the place of each file, or where a link leads."""
    for number, record in enumerate(image.list_children(rr_path=folder)):
        if number > MAX_FILES:
            raise ValueError(f"more than {MAX_FILES} files in {folder}")
        if record is None or record.is_dot() or record.is_dotdot() or record.is_dir():
            continue
        rock_ridge = record.rock_ridge
        if rock_ridge is None:
            raise ValueError("a file without a Rock Ridge name")
        name = rock_ridge.name().decode("utf-8", "backslashreplace")
        path = f"{folder.rstrip('/')}/{name}"
        if record.is_symlink():
            yield path, rock_ridge.symlink_path().decode("utf-8", "backslashreplace")
        elif record.data_continuation is not None:
            raise ValueError(f"{name[:80]!r} lies in several pieces")
        else:
            start = record.extent_location() * image.logical_block_size
            yield path, Place(offset=start, size_bytes=record.get_data_length())


def _followed(path: str, found: dict[str, Place | str]) -> Place | None:
    """Return where a file lies, or where its link leads; None: out of its folder, or nowhere."""
    folder = path.rpartition("/")[0]
    for _ in range(_HOPS):
        entry = found.get(path)
        if not isinstance(entry, str):
            return entry
        if "/" in entry:
            return None
        path = f"{folder}/{entry}"
    return None
