"""One image and what signs it, inside one tar archive that is read in place.

Only plain files count, each found by its last name, and only one of each name. Names and times are
signed by nobody. Source: POSIX.1-1988 "ustar"; members of more than 8 GiB are refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from netintegrity.trust.images._spec import ReadAt

MAX_MEMBERS: Final = 200
MAX_BESIDE_BYTES: Final = 64 * 1024
_BLOCK: Final = 512
_PLAIN: Final = {b"0", b"\0"}
_PASSED_OVER: Final = {b"5", b"g"}
"""Folders, and a header for all that says nothing of one file's content."""
_MAGIC: Final = slice(257, 262)
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


def is_tar(head: bytes) -> bool:
    """Say whether a file begins as a tar archive does."""
    return head[_MAGIC] == b"ustar"


def bundle_of(read_at: ReadAt, size: int) -> Bundle | None:
    """Return the one image that lies beside its ``.signature``; None: there is none, or several.

    The largest file that has a signature is the image: the program that lies with it may have one
    too.

    Raises:
        ValueError: it is no tar archive that can be read in one way only.
    """
    places = _members(read_at, size)
    signed = sorted(
        (length, name, at) for name, (at, length) in places.items() if name + _SUFFIX in places
    )
    if not signed:
        return None
    length, name, at = signed[-1]
    beside = {
        other: read_at(where, extent)
        for other, (where, extent) in places.items()
        if other != name and extent <= MAX_BESIDE_BYTES
    }
    return Bundle(name=name, offset=at, size_bytes=length, beside=beside)


def _members(read_at: ReadAt, size: int) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    at = 0
    for _ in range(MAX_MEMBERS):
        header = read_at(at, _BLOCK)
        if not header.strip(b"\0"):
            return found
        if len(header) < _BLOCK or header[_MAGIC] != b"ustar" or not _adds_up(header):
            raise ValueError("not a whole tar archive")
        kind, length = header[156:157], _number(header[124:136])
        start = at + _BLOCK
        if start + length > size:
            raise ValueError("a member goes on behind the end of the archive")
        if kind in _PLAIN:
            name = header[:100].partition(b"\0")[0].decode("utf-8", "replace").rpartition("/")[2]
            if name in found:
                raise ValueError("two files of one name")
            found[name] = (start, length)
        elif kind not in _PASSED_OVER:
            raise ValueError("a link, or a member with a header of its own")
        at = start + -(-length // _BLOCK) * _BLOCK
    raise ValueError(f"more than {MAX_MEMBERS} members")


def _number(field: bytes) -> int:
    digits = field.strip(b" \0")
    if not digits or digits.strip(b"01234567"):
        raise ValueError("a number that is none")
    return int(digits, 8)


def _adds_up(header: bytes) -> bool:
    stated = header[148:156]
    return sum(header) - sum(stated) + 8 * ord(" ") == _number(stated)
