"""DER before anybody reads it: one spelling of every value, and limits on what may be nested.

A reader of BER takes many byte strings for one value, and where two readers differ a signature can
be made to cover one thing and show another. So the bytes are walked first, and only what DER allows
goes on to a parser.

Source: ITU-T X.690 (02/2021) sections 8.1, 8.2, 8.3, 10 and 11.
"""

from typing import Final

MAX_DEPTH: Final = 24
"""Certificates in signed data nest to about twelve."""
MAX_VALUES: Final = 20_000

_CONSTRUCTED: Final = 0x20
_CLASS: Final = 0xC0
_NUMBER: Final = 0x1F
_LONG: Final = 0x80
_MAX_LENGTH_BYTES: Final = 4
_NESTING: Final = frozenset({0x10, 0x11})
"""SEQUENCE and SET; no other universal value is made of parts in DER (section 10.2)."""


def check(raw: bytes) -> None:
    """Return if ``raw`` is exactly one value in DER, nothing before or behind it.

    Raises:
        ValueError: says what is wrong, and at which byte.
    """
    # Its own stack: hostile nesting must not meet Python's.
    ends = [len(raw)]
    at = count = 0
    while ends:
        if at == ends[-1]:
            ends.pop()
            continue
        count += 1
        if count > MAX_VALUES:
            raise ValueError(f"more than {MAX_VALUES} values")
        if len(ends) == 1 and at:
            raise ValueError(f"byte {at}: something follows the value")
        tag = raw[at]
        start, length = _header(raw, at, ends[-1])
        if tag & _CONSTRUCTED:
            if len(ends) > MAX_DEPTH:
                raise ValueError(f"byte {at}: nested deeper than {MAX_DEPTH}")
            ends.append(start + length)
            at = start
        else:
            _check_plain(tag, raw[start : start + length], at)
            at = start + length
    if not raw:
        raise ValueError("empty")


def parts(content: bytes) -> tuple[bytes, ...]:
    """Return the values that stand one behind the other in what :func:`check` passed."""
    found, at = [], 0
    while at < len(content):
        start, length = _header(content, at, len(content))
        found.append(content[at : start + length])
        at = start + length
    return tuple(found)


def _header(raw: bytes, at: int, end: int) -> tuple[int, int]:
    """Return where the content of the value at ``at`` begins, and its length."""
    tag = raw[at]
    number, universal = tag & _NUMBER, not tag & _CLASS
    if number == _NUMBER or tag == 0:
        raise ValueError(f"byte {at}: a tag that nothing here has")
    if universal and bool(tag & _CONSTRUCTED) != (number in _NESTING):
        raise ValueError(f"byte {at}: a value in parts, or a sequence without them")
    if at + 1 >= end:
        raise ValueError(f"byte {at}: ends before its length")
    first, start = raw[at + 1], at + 2
    if first < _LONG:
        length = first
    else:
        size = first & ~_LONG
        if not size:
            raise ValueError(f"byte {at}: a length that is not stated")
        if size > _MAX_LENGTH_BYTES or start + size > end:
            raise ValueError(f"byte {at}: a length longer than the file")
        length = int.from_bytes(raw[start : start + size], "big")
        start += size
        if length < _LONG or length >> (8 * (size - 1)) == 0:
            raise ValueError(f"byte {at}: a length written longer than it need be")
    if start + length > end:
        raise ValueError(f"byte {at}: longer than what holds it")
    return start, length


def _check_plain(tag: int, content: bytes, at: int) -> None:
    match tag:
        case 0x01:  # BOOLEAN
            right = content in {b"\x00", b"\xff"}
        case 0x02 | 0x0A:  # INTEGER, ENUMERATED
            # The first nine bits are neither all zero nor all one (section 8.3.2).
            padded = (
                len(content) > 1 and content[0] in {0, 0xFF} and not (content[0] ^ content[1]) >> 7
            )
            right = bool(content) and not padded
        case 0x03:  # BIT STRING
            right = bool(content) and content[0] < 8 and (len(content) > 1 or not content[0])
        case 0x05:  # NULL
            right = not content
        case 0x06:  # OBJECT IDENTIFIER
            right = bool(content) and content[-1] < _LONG
        case _:
            right = True
    if not right:
        raise ValueError(f"byte {at}: a second spelling of its value, or none")
