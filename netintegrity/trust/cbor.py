"""CBOR of which only one reading exists; the decoding itself is cbor2's, an extra dependency.

What cbor2 leaves open is closed before it is asked: nothing behind the value, every length in its
shortest form, no floats, no tag whose decoding is not wanted. Lengths that are not stated, keys
that stand twice and deep nesting it refuses itself.

Source: RFC 8949 sections 3, 4.1, 4.2.1 and 5.6.
"""

from collections.abc import Iterator
from typing import Final

MISSING: Final = "reading COSE needs the extra `cose`: pip install 'netintegrity[cose]'"
MAX_DEPTH: Final = 48
"""A directory of a CoSWID tag takes three levels."""
MAX_ITEMS: Final = 500_000
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_LONG: Final = {24: (1, 24), 25: (2, 1 << 8), 26: (4, 1 << 16), 27: (8, 1 << 32)}
"""Bytes that hold the argument, and the least that needs so many, by the bits that announce it."""
_WORDS: Final = frozenset({20, 21, 22})
"""false, true, null."""


class MissingExtraError(ValueError):
    """cbor2 is not installed: nothing is known of the bytes."""


def load(raw: bytes, *, tags: frozenset[int]) -> object:
    """Return the one value that ``raw`` encodes.

    Args:
        raw: all of it.
        tags: those that may stand in it; cbor2 turns some into values of their own.

    Raises:
        ValueError: it is no such value.
        MissingExtraError: the extra is not installed.
    """
    try:
        from cbor2 import CBORError, loads  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError(MISSING) from error
    _check(raw, tags)
    try:
        return loads(raw, max_depth=MAX_DEPTH, allow_indefinite=False, allow_duplicate_keys=False)
    except (CBORError, ValueError, TypeError, OverflowError) as error:
        raise ValueError(f"not CBOR: {str(error).splitlines()[0][:120]}") from error


def dump(value: object) -> bytes:
    """Return ``value`` in the shortest form (RFC 8949 section 4.2.1).

    Raises:
        MissingExtraError: the extra is not installed.
    """
    try:
        from cbor2 import dumps  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError(MISSING) from error
    return dumps(value, canonical=True)


def _check(raw: bytes, tags: frozenset[int]) -> None:
    """Return if ``raw`` is exactly one value in the shortest form, with known tags alone."""
    wanted = 1
    for items, (major, argument) in enumerate(_heads(raw)):
        if wanted == 0:
            raise ValueError("something behind the value")
        if items >= MAX_ITEMS:
            raise ValueError(f"more than {MAX_ITEMS} items")
        wanted -= 1
        if major == _TAG:
            if argument not in tags:
                raise ValueError(f"a tag that is not known here ({argument})")
            wanted += 1
        elif major in {_ARRAY, _MAP}:
            wanted += argument * (2 if major == _MAP else 1)
            if wanted > len(raw):
                raise ValueError("ends early")
    if wanted:
        raise ValueError("ends early")


def _heads(raw: bytes) -> Iterator[tuple[int, int]]:
    """Yield kind and argument of each item, one after the other as they are written."""
    position = 0
    while position < len(raw):
        major, info = raw[position] >> 5, raw[position] & 0x1F
        position += 1
        if major == _SIMPLE and info not in _WORDS:
            raise ValueError("a float, or a word that means nothing here")
        if info > max(_LONG):
            raise ValueError("a length that is not stated")
        size, least = _LONG.get(info, (0, 0))
        argument = int.from_bytes(raw[position : position + size]) if size else info
        position += size
        if argument < least:
            raise ValueError("a number that is not in its shortest form")
        if major in {_BYTES, _TEXT}:
            position += argument
        if position > len(raw):
            raise ValueError("ends early")
        yield major, argument
