"""Images that Aboot starts (``.swi``, ``.swix``): ZIP files that carry their signature.

The member ``swi-signature`` (``swix-signature``) holds a certificate and a signature. Signed is the
SHA-256 of the whole file with the bytes of that member taken as NUL; four bytes at its end make its
CRC-32 the one of as many NULs, so that no header changes when it is filled in.

Stricter than Arista's own program, which asks only that the anchor issued the certificate: here the
member occurs once, is stored as it is, has one spelling, and nothing lies behind the archive or
over another member; the certificate is no authority and, where it says what it is for, is for
signing code (the authority is Arista's for all its purposes).

Source: aristanetworks/swi-tools, src/switools/signature.py, verify.py, signaturelib.py.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Mapping
from typing import Final

from cryptography import x509

from netintegrity.errors import BadSignatureError, MalformedError, UnsignedError
from netintegrity.trust.images._reading import ReadAt
from netintegrity.trust.images._spec import Certified, SignedImage
from netintegrity.trust.images._zip import STORED, Member, content_of, members_of

SUFFIXES: Final = (".swi", ".swix")
_ANOTHERS: Final = "arubaos"
"""HPE calls the images of AOS-CX ``ArubaOS-CX_….swi``; they are no ZIP, and no concern of Aboot."""
SONIC_MARK: Final = ".imagehash"
"""Member that SONiC's build adds and its boot script reads; EOS has none."""
_SIGNATURES: Final = ("swi-signature", "swix-signature")
_FIRST_MEMBERS: Final = tuple(
    n.encode() for n in ("version", "manifest.txt", SONIC_MARK, *_SIGNATURES)
)
_ZIP_START: Final = b"PK\x03\x04"
_NAME_LENGTH: Final = slice(26, 28)
_NAME_AT: Final = 30
_MAX_SIGNATURE_BYTES: Final = 64 * 1024
"""Eight times the usual size."""
_MAX_STATED_BYTES: Final = 64 * 1024
_CRC_BYTES: Final = 4

# HashAlgorithm:SHA-256 / IssuerCert:LS0t…Qo= / Signature:MEUCIQC3…= / Version:1 / Padding:***
_TEXT: Final = re.compile(
    rb"HashAlgorithm:SHA-256\nIssuerCert:([A-Za-z0-9+/=]+)\nSignature:([A-Za-z0-9+/=]+)\n"
    rb"Version:1\nPadding:\**\nCRCPadding:"
)
# The certificate, its last line end taken off, as OpenSSL writes it (RFC 7468 section 5.1).
_PEM: Final = re.compile(
    rb"-----BEGIN CERTIFICATE-----\n(?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{1,64}={0,2}\n"
    rb"-----END CERTIFICATE-----"
)


def looks_like_one(filename: str, read_at: ReadAt) -> bool:
    """Say whether this might be such an image, of either system."""
    named = filename.lower()
    if named.endswith(SUFFIXES) and not named.startswith(_ANOTHERS):
        return True
    head = read_at(0, _NAME_AT + max(map(len, _FIRST_MEMBERS)))
    length = int.from_bytes(head[_NAME_LENGTH], "little")
    first = head[_NAME_AT : _NAME_AT + length]
    return head.startswith(_ZIP_START) and first in _FIRST_MEMBERS


def is_sonic(read_at: ReadAt, size: int) -> bool:
    """Say whether the image holds SONiC; what cannot be read does not."""
    try:
        return SONIC_MARK in members_of(read_at, size)
    except ValueError:
        return False


def open_image(read_at: ReadAt, size: int, *, container: str) -> SignedImage:
    """Return what signs the image.

    Args:
        read_at: reads the file.
        size: of the file, in bytes.
        container: its id, for messages.

    Raises:
        UnsignedError: it carries no signature.
        MalformedError: it can be read in two ways.
        BadSignatureError: what stands in the place of a signature is none.
    """
    members = members_in(read_at, size, container=container)
    member = _signature_member(members, container)
    try:
        certificate, value = _read(read_at(member.data_at, member.packed_bytes), member.crc)
    except ValueError as error:
        detail = f"{member.name}: {error}"
        raise BadSignatureError(manifest_id=container, detail=detail) from error
    return SignedImage(
        covered=range(size),
        hole=member.data,
        digest="sha256",
        statement=Certified(certificate=certificate, value=value),
    )


def members_in(read_at: ReadAt, size: int, *, container: str) -> Mapping[str, Member]:
    """Return the members by name.

    Raises:
        MalformedError: it can be read in two ways.
    """
    try:
        return members_of(read_at, size)
    except ValueError as error:
        raise MalformedError(manifest_id=container, detail=str(error)) from error


def stated_in(member: Member, read_at: ReadAt, pattern: re.Pattern[bytes]) -> str | None:
    """Return the one thing that ``pattern`` finds in a small member; None: none, or several.

    Raises:
        ValueError: it is large, or damaged.
    """
    found = pattern.findall(content_of(member, read_at, max_bytes=_MAX_STATED_BYTES))
    return found[0].decode() if len(found) == 1 else None


def _signature_member(members: Mapping[str, Member], container: str) -> Member:
    found = [members[name] for name in _SIGNATURES if name in members]
    if not found:
        detail = f"holds no {' and no '.join(_SIGNATURES)}"
        raise UnsignedError(manifest_id=container, detail=detail)
    member = found[0]
    plain = member.method == STORED and member.packed_bytes == member.plain_bytes
    if len(found) > 1 or not plain or member.lengths_follow:
        detail = "its signature is there twice, packed, or of a length stated later"
        raise MalformedError(manifest_id=container, detail=detail)
    if member.packed_bytes > _MAX_SIGNATURE_BYTES:
        raise MalformedError(manifest_id=container, detail=f"{member.name} is too large")
    return member


def _read(content: bytes, crc: int) -> tuple[x509.Certificate, bytes]:
    match = _TEXT.fullmatch(content[:-_CRC_BYTES])
    if match is None:
        raise ValueError("not as Arista's program writes it")
    if not zlib.crc32(content) == crc == zlib.crc32(bytes(len(content))):
        raise ValueError("its CRC-32 is not the one of as many NULs")
    pem, value = (_decoded(text) for text in match.groups())
    if _PEM.fullmatch(pem) is None:
        raise ValueError("expected exactly one certificate, as OpenSSL writes it")
    try:
        return x509.load_pem_x509_certificate(pem), value
    except ValueError as error:
        raise ValueError("holds no certificate") from error


def _decoded(text: bytes) -> bytes:
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64") from error
    if base64.b64encode(decoded) != text:
        raise ValueError("not the one way to write these bytes in base64")
    return decoded
