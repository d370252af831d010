"""Files that are small until somebody opens them, made while they are read."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

_CHUNK = bytes(1024 * 1024)


def gzip_of_zeros(size: int, *, head: bytes = b"") -> Iterator[bytes]:
    """Yield a gzip file of ``head`` and so many NUL bytes: a thousandth of it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    yield packer.compress(head)
    for _ in range(size // len(_CHUNK)):
        yield packer.compress(_CHUNK)
    yield packer.flush()


def nested_zip(depth: int) -> bytes:
    """Return a ZIP in a ZIP in a ZIP; the innermost holds 16 MiB of NUL bytes."""
    content, name = bytes(16 * 1024 * 1024), "zeros"
    for _ in range(depth):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        content, name = packed.getvalue(), "inner.zip"
    return content


def tar_header(name: str, size: int) -> bytes:
    """Return the header of a member that claims to have ``size`` bytes (POSIX.1-1988 ustar)."""
    header = bytearray(512)
    header[: len(name)] = name.encode()
    header[100:108] = b"0000644\x00"
    header[108:116] = header[116:124] = b"0000000\x00"
    # Base-256: what does not fit into twelve octal digits.
    header[124:136] = b"\x80" + size.to_bytes(11)
    header[136:148] = b"00000000000\x00"
    header[148:156] = b" " * 8
    header[156:157] = b"0"
    header[257:265] = b"ustar\x0000"
    header[148:156] = b"%06o\x00 " % sum(header)
    return bytes(header)


def der_of_length(claimed: int, content: bytes = b"") -> bytes:
    """Return a SEQUENCE that claims so many bytes (X.690 section 8.1.3.5)."""
    length = claimed.to_bytes((claimed.bit_length() + 7) // 8)
    return b"\x30" + bytes([0x80 | len(length)]) + length + content


def nested_der(depth: int) -> bytes:
    """Return a SEQUENCE in a SEQUENCE, and so on."""
    content = b""
    for _ in range(depth):
        size = len(content)
        length = bytes([size]) if size < 0x80 else b"\x84" + struct.pack(">I", size)
        content = b"\x30" + length + content
    return content
