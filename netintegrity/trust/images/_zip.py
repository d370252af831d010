"""The directory of a ZIP file, read strictly and without unpacking anything.

A ZIP can be read from its end or from its start, and a careless reader sees other members than a
careful one. So there is one reading here: nothing behind the end record, nothing between the
directory and it, each name once, the local header agrees with the directory, no member lies over
another.

Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
"""

import stat
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from netintegrity.trust.images._reading import PIECE_BYTES, ReadAt, pieces

MAX_MEMBERS: Final = 10_000
MAX_DIRECTORY_BYTES: Final = 4 * 1024 * 1024
STORED: Final = 0
DEFLATED: Final = 8
_END: Final = struct.Struct("<4s4H2LH")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_ENCRYPTED: Final = 0x0001
_LENGTHS_FOLLOW: Final = 0x0008
_ZIP64: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file in the archive."""

    name: str
    method: int
    flags: int
    crc: int
    packed_bytes: int
    plain_bytes: int
    header_at: int
    data_at: int
    is_link: bool
    """A symbolic link, by the mode of who packed it."""

    @property
    def data(self) -> range:
        """Where its bytes lie, as they are packed."""
        return range(self.data_at, self.data_at + self.packed_bytes)

    @property
    def lengths_follow(self) -> bool:
        """Say whether the local header leaves the lengths to a record behind the data."""
        return bool(self.flags & _LENGTHS_FOLLOW)


def members_of(read_at: ReadAt, size: int) -> Mapping[str, Member]:
    """Return the members by name.

    Raises:
        ValueError: it is no ZIP file, or one that two readers could read differently.
    """
    end_at = size - _END.size
    if end_at < 0:
        raise ValueError("no ZIP file")
    mark, disk, first_disk, here, count, length, start, comment = _END.unpack(
        read_at(end_at, _END.size)
    )
    if mark != b"PK\x05\x06" or comment:
        raise ValueError("no ZIP file, or something lies behind its end")
    if disk or first_disk or here != count:
        raise ValueError("a ZIP file in several parts")
    if count > MAX_MEMBERS or length > MAX_DIRECTORY_BYTES:
        raise ValueError(f"more than {MAX_MEMBERS} members")
    if start + length != end_at:
        raise ValueError("the directory does not end where the end record begins")
    found: dict[str, Member] = {}
    directory, position = read_at(start, length), 0
    for _ in range(count):
        member, position = _member(directory, position, read_at)
        if member.name in found:
            raise ValueError(f"two members are called {member.name!r}")
        found[member.name] = member
    if position != len(directory):
        raise ValueError("the directory holds more than its members")
    _refuse_overlaps(found, start)
    return found


def content_of(member: Member, read_at: ReadAt, *, max_bytes: int) -> bytes:
    """Return a small member, unpacked.

    Raises:
        ValueError: it is larger than ``max_bytes``, packed in an unknown way, or damaged.
    """
    if max(member.packed_bytes, member.plain_bytes) > max_bytes:
        raise ValueError(f"{member.name}: more than {max_bytes} bytes")
    packed = read_at(member.data_at, member.packed_bytes)
    if member.method == DEFLATED:
        try:
            plain = zlib.decompressobj(wbits=-zlib.MAX_WBITS).decompress(packed, max_bytes + 1)
        except zlib.error as error:
            raise ValueError(f"{member.name}: damaged") from error
    elif member.method == STORED:
        plain = packed
    else:
        raise ValueError(f"{member.name}: packed in a way that is not known here")
    if len(plain) != member.plain_bytes or zlib.crc32(plain) != member.crc:
        raise ValueError(f"{member.name}: damaged")
    return plain


def chunks_of(member: Member, read_at: ReadAt, *, max_bytes: int) -> Iterator[bytes]:
    """Yield a large member, unpacked as it is read: a piece is at most ``PIECE_BYTES``.

    Raises:
        ValueError: it is larger than ``max_bytes`` or than it says, packed in an unknown way, or
            damaged; that may be found out only at its end.
    """
    if max(member.packed_bytes, member.plain_bytes) > max_bytes:
        raise ValueError(f"{member.name}: more than {max_bytes} bytes")
    if member.method not in {STORED, DEFLATED}:
        raise ValueError(f"{member.name}: packed in a way that is not known here")
    packed = pieces(read_at, member.data_at, member.packed_bytes)
    size = crc = 0
    for piece in packed if member.method == STORED else _inflated(packed, member.name):
        size += len(piece)
        if size > member.plain_bytes:
            break
        crc = zlib.crc32(piece, crc)
        yield piece
    if size != member.plain_bytes or crc != member.crc:
        raise ValueError(f"{member.name}: damaged")


def _inflated(packed: Iterator[bytes], name: str) -> Iterator[bytes]:
    stream = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    try:
        for piece in packed:
            left = piece
            while left and not stream.eof:
                yield stream.decompress(left, PIECE_BYTES)
                left = stream.unconsumed_tail
            if stream.eof and (stream.unused_data or left):
                raise ValueError(f"{name}: something lies behind its end")
        while not stream.eof and (more := stream.decompress(b"", PIECE_BYTES)):
            yield more
    except zlib.error as error:
        raise ValueError(f"{name}: damaged") from error
    if not stream.eof:
        raise ValueError(f"{name}: ends early")


def _member(directory: bytes, position: int, read_at: ReadAt) -> tuple[Member, int]:
    fixed = directory[position : position + _CENTRAL.size]
    if len(fixed) < _CENTRAL.size:
        raise ValueError("the directory ends early")
    mark, _, _, flags, method, _, _, *rest = _CENTRAL.unpack(fixed)
    crc, packed, plain, name_len, extra_len, comment_len, disk, _, attributes, header_at = rest
    if mark != b"PK\x01\x02" or disk or flags & _ENCRYPTED:
        raise ValueError("a member of the directory is damaged, encrypted or elsewhere")
    if _ZIP64 in {packed, plain, header_at}:
        raise ValueError("a ZIP64 file, which no image of this kind is")
    name_at = position + _CENTRAL.size
    raw = directory[name_at : name_at + name_len]
    local = read_at(header_at, _LOCAL.size)
    if len(local) < _LOCAL.size or len(raw) < name_len:
        raise ValueError("a member lies outside the file")
    local_mark, _, local_flags, local_method, _, _, _, local_packed, local_plain, n, e = (
        _LOCAL.unpack(local)
    )
    agrees = (
        local_mark == b"PK\x03\x04"
        and read_at(header_at + _LOCAL.size, n) == raw
        and (local_flags, local_method) == (flags, method)
        and (flags & _LENGTHS_FOLLOW or (local_packed, local_plain) == (packed, plain))
    )
    name = raw.decode("utf-8", "backslashreplace")
    if not agrees:
        raise ValueError(f"{name!r}: its header and the directory disagree")
    member = Member(
        name=name,
        method=method,
        flags=flags,
        crc=crc,
        packed_bytes=packed,
        plain_bytes=plain,
        header_at=header_at,
        data_at=header_at + _LOCAL.size + n + e,
        is_link=stat.S_ISLNK(attributes >> 16),
    )
    return member, name_at + name_len + extra_len + comment_len


def _refuse_overlaps(members: Mapping[str, Member], directory_at: int) -> None:
    end = 0
    for member in sorted(members.values(), key=lambda m: m.header_at):
        if member.header_at < end:
            raise ValueError(f"{member.name!r} lies over another member")
        end = member.data.stop
    if end > directory_at:
        raise ValueError("a member lies over the directory")
