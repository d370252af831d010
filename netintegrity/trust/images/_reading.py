"""Reading a file in parts: nothing of an image is ever held as a whole."""

from collections.abc import Callable, Iterator
from typing import Final

ReadAt = Callable[[int, int], bytes]
"""``(offset, size)``: so many bytes from there, fewer only at the end of the file."""

PIECE_BYTES: Final = 1024 * 1024
"""Of a file, at a time: what lies in a cache of the processor is hashed fastest."""


def pieces(read_at: ReadAt, start: int, size: int) -> Iterator[bytes]:
    """Yield ``size`` bytes from ``start`` on."""
    for at in range(start, start + size, PIECE_BYTES):
        yield read_at(at, min(PIECE_BYTES, start + size - at))


def window(read_at: ReadAt, start: int, size: int) -> ReadAt:
    """Return a reader of ``size`` bytes from ``start`` on, and of nothing else."""

    def inside(offset: int, wanted: int) -> bytes:
        return read_at(start + offset, max(0, min(wanted, size - offset)))

    return inside
