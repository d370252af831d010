"""Files in a tar archive, found without unpacking anything.

Only plain files count, and of each name there may be one. Where nobody signed the archive itself,
its names and times are nobody's word, and a link in it is refused; where somebody did, links are
passed over. Devices and sparse files are refused everywhere.

Source: POSIX.1-1988 "ustar"; GNU tar manual, "Basic Tar Format" (long names); members of more than
8 GiB are refused.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Final

from netintegrity.trust.images._reading import ReadAt

MAX_MEMBERS: Final = 10_000
MAX_BESIDE_BYTES: Final = 64 * 1024
_MAX_NAME_BYTES: Final = 4096
_BLOCK: Final = 512
_PLAIN: Final = {b"0", b"\0"}
_LINKS: Final = {b"1", b"2"}
"""Hard and symbolic; neither has content of its own."""
_PASSED_OVER: Final = {b"5", b"g"}
"""Folders, and a header for all that says nothing of one file's content."""
_LONG_NAME: Final = b"L"
_MAGIC: Final = slice(257, 262)
_PREFIX: Final = slice(345, 500)
_USTAR: Final = b"ustar\x0000"
_SUFFIX: Final = ".signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What was found in an archive."""

    name: str
    offset: int
    size_bytes: int
    """Of the image, where it lies."""
    beside: Mapping[str, bytes]
    """The small files beside it, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a file lies in an archive."""

    offset: int
    size_bytes: int


def is_tar(head: bytes) -> bool:
    """Say whether a file begins as a tar archive does."""
    return head[_MAGIC] == b"ustar"


def bundle_of(read_at: ReadAt, size: int) -> Bundle | None:
    """Return the one image that lies beside its ``.signature``; None: there is none.

    The largest file that has a signature is the image: the program that lies with it may have one
    too. Files are found by their last names, of which each may occur once.

    Raises:
        ValueError: it is no tar archive that can be read in one way only.
    """
    places: dict[str, Place] = {}
    for path, place in _members(read_at, size, passed_over=_PASSED_OVER):
        name = path.rpartition("/")[2]
        if name in places:
            raise ValueError("two files of one name")
        places[name] = place
    signed = sorted(
        (place.size_bytes, name) for name, place in places.items() if name + _SUFFIX in places
    )
    if not signed:
        return None
    length, name = signed[-1]
    beside = {
        other: read_at(place.offset, place.size_bytes)
        for other, place in places.items()
        if other != name and place.size_bytes <= MAX_BESIDE_BYTES
    }
    return Bundle(name=name, offset=places[name].offset, size_bytes=length, beside=beside)


def members_of(read_at: ReadAt, size: int) -> Mapping[str, Place]:
    """Return the plain files by path.

    Raises:
        ValueError: it is no tar archive, or holds two files of one path, or a path that leads out
            of the folder it is unpacked into.
    """
    found: dict[str, Place] = {}
    for path, place in _members(read_at, size, passed_over=_PASSED_OVER | _LINKS):
        if path.startswith("/") or ".." in path.split("/"):
            raise ValueError(f"{path[:80]!r} leads out of the folder it is unpacked into")
        name = path.removeprefix("./")
        if name in found:
            raise ValueError(f"two files are called {name[:80]!r}")
        found[name] = place
    return found


def _members(read_at: ReadAt, size: int, *, passed_over: Set[bytes]) -> Iterator[tuple[str, Place]]:
    at, long_name = 0, None
    for _ in range(MAX_MEMBERS):
        header = read_at(at, _BLOCK)
        if not header.strip(b"\0"):
            return
        if len(header) < _BLOCK or header[_MAGIC] != b"ustar" or not _adds_up(header):
            raise ValueError("not a whole tar archive")
        kind, length = header[156:157], _number(header[124:136])
        start = at + _BLOCK
        if kind in _LINKS and length:
            raise ValueError("a link that has content")
        if start + length > size:
            raise ValueError("a member goes on behind the end of the archive")
        if kind in _PLAIN:
            yield long_name or _name(header), Place(offset=start, size_bytes=length)
        elif kind == _LONG_NAME and length <= _MAX_NAME_BYTES:
            long_name = _text(read_at(start, length))
        elif kind not in passed_over:
            raise ValueError("a link, or a member with a header of its own")
        if kind != _LONG_NAME:
            long_name = None
        at = start + -(-length // _BLOCK) * _BLOCK
    raise ValueError(f"more than {MAX_MEMBERS} members")


def _name(header: bytes) -> str:
    name = _text(header[:100])
    prefix = _text(header[_PREFIX]) if header[257:265] == _USTAR else ""
    return f"{prefix}/{name}" if prefix else name


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "replace")


def _number(field: bytes) -> int:
    digits = field.strip(b" \0")
    if not digits or digits.strip(b"01234567"):
        raise ValueError("a number that is none")
    return int(digits, 8)


def _adds_up(header: bytes) -> bool:
    stated = header[148:156]
    return sum(header) - sum(stated) + 8 * ord(" ") == _number(stated)
