"""The two lines in which signify, usign and minisign write a key or a signature.

A comment that nobody signs, and base64 of an algorithm, a key number and the value. One value has
one spelling here: strict base64, LF, nothing around it. The comment is free, means nothing and is
never shown.

Source: signify(1), OpenBSD src/usr.bin/signify/signify.c; openwrt/usign, main.c;
jedisct1/minisign, src/minisign.h.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Final

COMMENT: Final = b"untrusted comment: "
MAX_COMMENT_BYTES: Final = 1024
"""signify.c COMMENTMAXLEN, minisign.h COMMENTMAXBYTES."""
KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
"""RFC 8032 section 5.1."""
PLAIN: Final = b"Ed"
PREHASHED: Final = b"ED"
"""minisign alone: the signature is over BLAKE2b-512 of the message."""
_NUMBER_BYTES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """What the second line holds."""

    algorithm: bytes
    """Two letters."""
    number: str
    """Of the key, in hex, bytes as they are stored; as usign names key files."""
    value: bytes


def read(content: bytes, *, size: int) -> tuple[Blob, bytes]:
    """Return what the first two lines hold, and all that follows them.

    Args:
        content: the file.
        size: of the value, in bytes.

    Raises:
        ValueError: with what is wrong, as a sentence.
    """
    comment, ended, rest = content.partition(b"\n")
    if not ended or not comment.startswith(COMMENT):
        raise ValueError(f"line 1 does not begin with {COMMENT.decode().strip()!r}")
    if len(comment) - len(COMMENT) > MAX_COMMENT_BYTES or b"\0" in comment:
        raise ValueError("line 1 is no comment")
    line, _, rest = rest.partition(b"\n")
    blob = decoded(line, size=len(PLAIN) + _NUMBER_BYTES + size, line=2)
    number = blob[len(PLAIN) : len(PLAIN) + _NUMBER_BYTES]
    return Blob(algorithm=blob[: len(PLAIN)], number=number.hex(), value=blob[-size:]), rest


def decoded(text: bytes, *, size: int, line: int) -> bytes:
    """Return ``size`` bytes written in base64, in the one way to write them.

    Raises:
        ValueError: it is none, or of another size.
    """
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"line {line} is not base64") from error
    if len(value) != size or base64.b64encode(value) != text:
        raise ValueError(f"line {line} is not base64 of {size} bytes")
    return value


def written(blob: Blob, comment: str) -> bytes:
    """Return the two lines."""
    raw = blob.algorithm + bytes.fromhex(blob.number) + blob.value
    return COMMENT + comment.encode() + b"\n" + base64.b64encode(raw) + b"\n"
