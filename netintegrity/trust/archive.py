"""Archives as vendors ship them, opened in memory and with limits.

Names, times and headers of an archive are signed by nobody: only the bytes of a member count, once
its own signature verified.
"""

import io
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

MAX_MEMBERS: Final = 200
_PIECE_BYTES: Final = 1024 * 1024
_GZIP: Final = b"\x1f\x8b\x08"
_TAR_MAGIC: Final = slice(257, 262)


def is_archive(head: bytes) -> bool:
    """Say whether a file begins as a tar archive does (POSIX.1-1988 "ustar"), or as gzip."""
    return head.startswith(_GZIP) or head[_TAR_MAGIC] == b"ustar"


def unpack(raw: bytes, *, max_bytes: int) -> Mapping[str, bytes]:
    """Return the plain files of a tar archive, gzip-compressed or not, by their last name.

    Args:
        raw: the archive.
        max_bytes: of everything in it together, once decompressed.

    Raises:
        ValueError: it is damaged, too large, or holds two files of one name.
    """
    content = _decompressed(raw, max_bytes) if raw.startswith(_GZIP) else raw
    found: dict[str, bytes] = {}
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for number, member in enumerate(archive):
                if number >= MAX_MEMBERS:
                    raise ValueError(f"more than {MAX_MEMBERS} members")
                # A sparse member may claim to be far larger than the archive.
                total += member.size
                if total > max_bytes:
                    raise ValueError(f"more than {max_bytes} bytes once unpacked")
                stream = archive.extractfile(member) if member.isreg() else None
                if stream is None:
                    continue
                name = member.name.rpartition("/")[2]
                if name in found:
                    raise ValueError(f"two files are called {name!r}")
                found[name] = stream.read()
    except (tarfile.TarError, EOFError, OSError, OverflowError) as error:
        raise ValueError(f"not a whole tar archive: {error}") from error
    return found


def _decompressed(raw: bytes, max_bytes: int) -> bytes:
    # Counted first and kept afterwards: what is too large is never held.
    size = 0
    for piece in _pieces(raw):
        size += len(piece)
        if size > max_bytes:
            raise ValueError(f"more than {max_bytes} bytes once decompressed")
    content = bytearray()
    for piece in _pieces(raw):
        content += piece
    return bytes(content)


def _pieces(raw: bytes) -> Iterator[bytes]:
    """Yield what a gzip stream holds, a megabyte at a time.

    Raises:
        ValueError: it is none, or ends early.
    """
    stream = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        for start in range(0, len(raw), _PIECE_BYTES):
            rest, piece = raw[start : start + _PIECE_BYTES], b""
            while not stream.eof and (rest or len(piece) == _PIECE_BYTES):
                piece = stream.decompress(rest, _PIECE_BYTES)
                rest = stream.unconsumed_tail
                yield piece
    except zlib.error as error:
        raise ValueError(f"not gzip: {error}") from error
    if not stream.eof:
        raise ValueError("the gzip stream ends early")
