"""Base64 of which only one spelling exists: no stray bits, no white space but the line ends of PEM.

Source: RFC 4648 sections 3.2, 3.5 and 4; openssl-enc(1), ``openssl base64`` (lines of 64 digits).
"""

import base64
import binascii


def decoded(text: bytes | str) -> bytes:
    """Return the bytes that ``text`` stands for.

    Raises:
        ValueError: it is no base64, or another way to write the same bytes.
    """
    written = text.encode() if isinstance(text, str) else text
    try:
        value = base64.b64decode(written, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if base64.b64encode(value) != written:
        raise ValueError("not the one way to write these bytes in base64")
    return value


def decoded_lines(content: bytes) -> bytes:
    """Return the bytes of a file that ``openssl base64`` wrote, in one line or in several.

    Raises:
        ValueError: as :func:`decoded`.
    """
    lines = content.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
    if not all(lines):
        raise ValueError("a blank line in base64")
    return decoded(b"".join(lines))
