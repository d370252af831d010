"""A gzip-compressed archive, read as if it were not: it is unpacked anew for each way back.

Nothing of it is kept, so it costs the memory of one piece; what reads an archive from its front to
its end unpacks it a few times. What it unpacks to is counted, and a bomb ends at the bound.

Source: RFC 1952; one member, and nothing behind it.
"""

import zlib
from collections.abc import Iterator
from typing import Final

from netintegrity.trust.images._reading import PIECE_BYTES, ReadAt, pieces

MAX_BYTES: Final = 8 * 1024**3
MAX_RATIO: Final = 200
"""To one: archives of images, which are packed already, have less than two."""
_MAGIC: Final = b"\x1f\x8b\x08"


def is_gzip(read_at: ReadAt) -> bool:
    """Say whether a file begins as gzip does."""
    return read_at(0, len(_MAGIC)) == _MAGIC


class Unpacked:
    """What a gzip file unpacks to."""

    def __init__(self, read_at: ReadAt, size: int) -> None:
        """Open a file.

        Args:
            read_at: reads the file.
            size: of the file, in bytes.
        """
        self._read_at, self._size = read_at, size
        self._stream: Iterator[bytes] = iter(())
        self._at, self._ready = 0, b""
        self._rewind()

    def length(self) -> int:
        """Return how much it unpacks to, in bytes.

        Raises:
            ValueError: it is damaged, or more than is unpacked here.
        """
        return sum(map(len, self._pieces()))

    def read_at(self, offset: int, size: int) -> bytes:
        """Return so many bytes from there, fewer only at the end.

        Raises:
            ValueError: as :meth:`length`.
        """
        if offset < self._at:
            self._rewind()
        wanted, found = offset - self._at, []
        while size > 0:
            if not self._ready:
                self._ready = next(self._stream, b"")
                if not self._ready:
                    break
            skipped = min(wanted, len(self._ready))
            taken = self._ready[skipped : skipped + size] if skipped == wanted else b""
            self._at += skipped + len(taken)
            self._ready = self._ready[skipped + len(taken) :]
            wanted -= skipped
            size -= len(taken)
            found.append(taken)
        return b"".join(found)

    def _rewind(self) -> None:
        self._stream, self._at, self._ready = self._pieces(), 0, b""

    def _pieces(self) -> Iterator[bytes]:
        stream = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        total, most = 0, min(MAX_BYTES, MAX_RATIO * self._size)
        try:
            for packed in pieces(self._read_at, 0, self._size):
                if stream.eof:
                    raise ValueError("something lies behind the gzip stream")
                left = packed
                while left and not stream.eof:
                    plain = stream.decompress(left, PIECE_BYTES)
                    left = stream.unconsumed_tail
                    total += len(plain)
                    if total > most:
                        raise ValueError(f"more than {most} bytes once unpacked")
                    if plain:
                        yield plain
        except zlib.error as error:
            raise ValueError("a damaged gzip stream") from error
        if not stream.eof or stream.unused_data:
            raise ValueError("the gzip stream ends early, or something lies behind it")
