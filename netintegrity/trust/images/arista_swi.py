"""Arista EOS images (``.swi``) and extensions (``.swix``): ZIP files that carry their signature.

The member ``swi-signature`` (``swix-signature``) holds a certificate and a signature. Signed is the
SHA-256 of the whole file with the bytes of that member taken as NUL; four bytes at its end make its
CRC-32 the one of as many NULs, so that no header changes when it is filled in.

Stricter than Arista's own program, which asks only that the anchor issued the certificate: here the
member occurs once, is stored as it is, has one spelling, and nothing lies behind the archive or
over another member; the certificate is no authority and, where it says what it is for, is for
signing code (the authority is Arista's for all its purposes).

An image with several parts for other hardware carries a signature of each part as well. Those are
not judged: to take the parts out, Arista runs a program from inside the image. The outer signature
covers all bytes.

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
from netintegrity.trust.images._spec import Described, ImageContainer, ReadAt, SignedImage
from netintegrity.trust.images._zip import STORED, Member, content_of, members_of

_ID: Final = "arista-swi"
_SUFFIXES: Final = (".swi", ".swix")
_SIGNATURES: Final = ("swi-signature", "swix-signature")
_FIRST_MEMBERS: Final = (b"version", b"manifest.txt", *(n.encode() for n in _SIGNATURES))
_ZIP_START: Final = b"PK\x03\x04"
_NAME_LENGTH: Final = slice(26, 28)
_NAME_AT: Final = 30
_MAX_SIGNATURE_BYTES: Final = 64 * 1024
"""Eight times the usual size."""
_MAX_VERSION_BYTES: Final = 64 * 1024
_CRC_BYTES: Final = 4
_PARTS: Final = "swimSqshMap"

# HashAlgorithm:SHA-256 / IssuerCert:LS0t…Qo= / Signature:MEUCIQC3…= / Version:1 / Padding:***
_TEXT: Final = re.compile(
    rb"HashAlgorithm:SHA-256\nIssuerCert:([A-Za-z0-9+/=]+)\nSignature:([A-Za-z0-9+/=]+)\n"
    rb"Version:1\nPadding:\**\nCRCPadding:"
)
# SWI_VERSION=4.30.1F
_VERSION: Final = re.compile(rb"^SWI_VERSION=([!-~]{1,60})$", re.MULTILINE)


def _sniff(filename: str, head: bytes) -> bool:
    if filename.lower().endswith(_SUFFIXES):
        return True
    length = int.from_bytes(head[_NAME_LENGTH], "little")
    first = head[_NAME_AT : _NAME_AT + length]
    return head.startswith(_ZIP_START) and first in _FIRST_MEMBERS


def _open(read_at: ReadAt, size: int) -> SignedImage:
    member = _signature_member(_members(read_at, size))
    try:
        certificate, value = _read(read_at(member.data_at, member.packed_bytes), member.crc)
    except ValueError as error:
        detail = f"{member.name}: {error}"
        raise BadSignatureError(manifest_id=_ID, detail=detail) from error
    return SignedImage(hole=member.data, certificate=certificate, value=value)


def _members(read_at: ReadAt, size: int) -> Mapping[str, Member]:
    try:
        return members_of(read_at, size)
    except ValueError as error:
        raise MalformedError(manifest_id=_ID, detail=str(error)) from error


def _signature_member(members: Mapping[str, Member]) -> Member:
    found = [members[name] for name in _SIGNATURES if name in members]
    if not found:
        detail = f"holds no {' and no '.join(_SIGNATURES)}"
        raise UnsignedError(manifest_id=_ID, detail=detail)
    member = found[0]
    plain = member.method == STORED and member.packed_bytes == member.plain_bytes
    if len(found) > 1 or not plain or member.lengths_follow:
        detail = "its signature is there twice, packed, or of a length stated later"
        raise MalformedError(manifest_id=_ID, detail=detail)
    if member.packed_bytes > _MAX_SIGNATURE_BYTES:
        raise MalformedError(manifest_id=_ID, detail=f"{member.name} is too large")
    return member


def _read(content: bytes, crc: int) -> tuple[x509.Certificate, bytes]:
    match = _TEXT.fullmatch(content[:-_CRC_BYTES])
    if match is None:
        raise ValueError("not as Arista's program writes it")
    if not zlib.crc32(content) == crc == zlib.crc32(bytes(len(content))):
        raise ValueError("its CRC-32 is not the one of as many NULs")
    pem, value = (_decoded(text) for text in match.groups())
    if pem.count(b"-----BEGIN ") != 1:
        raise ValueError("expected exactly one certificate")
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


def _describe(read_at: ReadAt, size: int) -> Described:
    members = _members(read_at, size)
    notes: tuple[str, ...] = ()
    if _PARTS in members:
        notes = ("holds several parts; their own signatures were not judged, the outer one was",)
    release = None
    if "version" in members:
        try:
            version = content_of(members["version"], read_at, max_bytes=_MAX_VERSION_BYTES)
        except ValueError as error:
            raise MalformedError(manifest_id=_ID, detail=str(error)) from error
        stated = _VERSION.findall(version)
        release = stated[0].decode() if len(stated) == 1 else None
    return Described(release=release, notes=notes)


CONTAINER: Final = ImageContainer(
    id=_ID, title="Arista EOS image or extension", sniff=_sniff, open=_open, describe=_describe
)
