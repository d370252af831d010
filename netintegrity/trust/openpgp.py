"""OpenPGP certificates and what they signed; the mathematics is Sequoia's, an extra dependency.

A clear-signed file is where readers differ: what stands before, behind and between is not signed,
dashes are escaped, white space at the ends of lines is not covered. So it has one spelling here,
and what counts is the text that the library says it verified, compared with the text that was read.

Sequoia asks the clock of the host itself: a signature or a key from its future counts for nothing.
A key that expired after it signed still stands behind what it signed before.

Source: RFC 9580 sections 4.2, 5.2.1, 6.2, 7, 10.1; https://sequoia-pgp.org (policy: no MD5, no
SHA-1, no RSA below 2048 bits).
"""

import re
from dataclasses import dataclass, field
from typing import Final

MISSING: Final = "reading OpenPGP needs the extra `openpgp`: pip install 'netintegrity[openpgp]'"
FINGERPRINT_PREFIX: Final = "openpgp4fpr:"
MAX_KEY_BYTES: Final = 256 * 1024
MAX_SIGNATURE_BYTES: Final = 64 * 1024
_KEY_ARMOR: Final = b"-----BEGIN PGP PUBLIC KEY BLOCK-----"
_PUBLIC_KEY_TAGS: Final = (0x98, 0x99, 0xC6)
"""First byte of a public-key packet, in the old form of a header and in the new one."""
_SIGNED: Final = b"-----BEGIN PGP SIGNED MESSAGE-----"
_HASHES: Final = frozenset({"SHA256", "SHA384", "SHA512"})
_MAX_HASH_LINES: Final = 4
_OVER_BYTES: Final = "SignatureType.Binary"

# A line of the head, `Hash: SHA256`.
_HASH_LINE: Final = re.compile(r"Hash: ([A-Z0-9]{3,10}(?:, ?[A-Z0-9]{3,10}){0,3})")
# -----BEGIN PGP SIGNATURE----- / Version: GnuPG v1 / (blank) / iQIzBAEB…/Z0f / =njUN / -----END …
_SIGNATURE: Final = re.compile(
    rb"-----BEGIN PGP SIGNATURE-----\n"
    rb"(?:(?:Version|Comment): [ -~]{0,120}\n){0,4}\n"
    rb"(?:[A-Za-z0-9+/=]{1,76}\n){1,1000}"
    rb"(?:=[A-Za-z0-9+/]{4}\n)?"
    rb"-----END PGP SIGNATURE-----\n?"
)


@dataclass(frozen=True, slots=True)
class OpenPgpKey:
    """One certificate (RFC 9580 section 10.1): a primary key, its subkeys and what binds them."""

    fingerprint: str
    """Of the primary key, lower-case hex."""
    content: bytes = field(repr=False)


def looks_like_key(content: bytes) -> bool:
    """Say whether a file holds an OpenPGP certificate, in either form."""
    return content.startswith(_KEY_ARMOR) or content[:1] in {bytes([t]) for t in _PUBLIC_KEY_TAGS}


def read_key(content: bytes) -> OpenPgpKey:
    """Return the one certificate that ``content`` holds, armored or not.

    Raises:
        ValueError: it holds none, or several, or one that its holder revoked; or the extra is not
            installed.
    """
    if len(content) > MAX_KEY_BYTES:
        raise ValueError(f"larger than {MAX_KEY_BYTES} bytes")
    if content.startswith(_KEY_ARMOR) and content.count(b"-----BEGIN ") != 1:
        raise ValueError("expected exactly one OpenPGP certificate")
    try:
        from pysequoia import Cert  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ValueError(f"is an OpenPGP key, and {MISSING}") from error
    try:
        certificate = Cert.from_bytes(content)
        revoked = certificate.is_revoked
    except Exception as error:
        raise ValueError("expected exactly one OpenPGP certificate") from error
    if revoked:
        raise ValueError("is an OpenPGP key that its holder revoked")
    return OpenPgpKey(str(certificate.fingerprint).lower(), content)


def is_clear_signed(content: bytes) -> bool:
    """Say whether a file begins as a clear-signed text."""
    return content.startswith(_SIGNED)


def signed_text(content: bytes) -> bytes:
    """Return the text of a clear-signed file, still unverified, its last line ended.

    Raises:
        ValueError: it is not in the one spelling that is read: anything before the text or behind
            the signature, a header that is not known, a dash that is not escaped, white space at
            the end of a line.
    """
    start = content.find(b"\n-----BEGIN PGP SIGNATURE-----\n")
    if not content.startswith(_SIGNED + b"\n") or start < 0:
        raise ValueError("not a clear-signed text with its signature")
    check_armor(content[start + 1 :])
    try:
        lines = content[len(_SIGNED) + 1 : start].decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error
    number = 0
    while number < len(lines) and lines[number]:
        match = _HASH_LINE.fullmatch(lines[number])
        if match is None or number >= _MAX_HASH_LINES:
            raise ValueError(f"{lines[number][:40]!r} is no header of a clear-signed text")
        if not set(re.split(", ?", match.group(1))) <= _HASHES:
            raise ValueError(f"a hash that does not count: {match.group(1)}")
        number += 1
    if number == len(lines):
        raise ValueError("no blank line before the text")
    return "".join(f"{_unescaped(line)}\n" for line in lines[number + 1 :]).encode()


def _unescaped(line: str) -> str:
    text = line.removeprefix("- ")
    if (text != line and not text.startswith(("-", "From "))) or (
        text == line and line.startswith("-")
    ):
        raise ValueError(f"{line[:40]!r}: a dash that is not escaped, or escapes nothing")
    if text != text.rstrip(" \t\r") or "\r" in text or "\0" in text:
        raise ValueError(f"{line[:40]!r}: white space that no signature covers")
    return text


def check_armor(content: bytes) -> None:
    """Return if ``content`` is one armored signature and nothing else.

    Raises:
        ValueError: it is not.
    """
    if len(content) > MAX_SIGNATURE_BYTES or _SIGNATURE.fullmatch(content) is None:
        raise ValueError("not exactly one armored signature")


def verifies(key: OpenPgpKey, *, signed: bytes, signature: bytes) -> bool:
    """Say whether ``key`` signed it.

    Args:
        key: whose signature counts.
        signed: the exact bytes; with no ``signature``, a whole clear-signed file.
        signature: detached, over the bytes as they are; of several in it the first counts. Empty:
            it is inside.
    """
    try:
        from pysequoia import Cert, Sig, verify  # noqa: PLC0415 - an extra
    except ImportError:
        return False
    try:
        certificate = Cert.from_bytes(key.content)
        detached = Sig.from_bytes(signature) if signature else None
        # A signature over text passes over line ends and white space.
        if detached is not None and str(detached.signature_type) != _OVER_BYTES:
            return False
        result = verify(bytes=signed, store=lambda _: [certificate], signature=detached)
        makers = {str(v.certificate).lower() for v in result.valid_sigs}
        covered = bytes(result.bytes or b"")
    except Exception:  # noqa: BLE001 - the library promises no kind of exception
        return False
    if key.fingerprint not in makers:
        return False
    if detached is not None:
        return covered == signed
    try:
        # The last line end is not part of what a clear signature covers (RFC 9580 section 7.2).
        return covered.removesuffix(b"\n") == signed_text(signed).removesuffix(b"\n")
    except ValueError:
        return False
