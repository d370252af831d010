"""Archives as vendors ship them, opened in memory and with limits.

Names, times and headers of an archive are signed by nobody: only the bytes of a member count, once
its own signature verified.
"""

import io
import tarfile
import zlib
from collections.abc import Mapping
from typing import Final

MAX_MEMBERS: Final = 200
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
    stream = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        content = stream.decompress(raw, max_bytes + 1)
    except zlib.error as error:
        raise ValueError(f"not gzip: {error}") from error
    if len(content) > max_bytes:
        raise ValueError(f"more than {max_bytes} bytes once decompressed")
    if not stream.eof:
        raise ValueError("the gzip stream ends early")
    return content
