"""OpenWrt images for ``sysupgrade``, with what fwtool and ucert append.

Chunks lie behind the image, each with a trailer of 16 bytes at its end: magic ``FWx0``, a CRC-32,
the kind of the chunk, its size with the trailer. First comes the metadata, then the signature: a
ucert over everything before its chunk.

That a router took an image says nothing: by default ``sysupgrade`` takes one that is not signed.

What will lie in flash is not derived: how far its partition is padded is not known for certain, and
a digest that might be wrong is worse than none. What a list can say is the image file itself.

**Unproven on a genuine signed image:** none was at hand. Proved on genuine chunks (OpenWrt's own
test certificate and metadata) and on images of our own.

Source: openwrt/fwtool, fwimage.h, fwtool.c (the CRC is not inverted at its end; 30 KiB of metadata
and 1 KiB of signature at most); openwrt/openwrt, include/image-commands.mk (``append-metadata``),
package/base-files/files/lib/upgrade/fwtool.sh; ``_ucert.py``.
"""

import re
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from netintegrity import strict_json
from netintegrity.errors import (
    BadSignatureError,
    MalformedError,
    TooLargeError,
    UnsignedError,
)
from netintegrity.strict_json import ROOT
from netintegrity.trust.images._reading import ReadAt, pieces
from netintegrity.trust.images._spec import Described, ImageContainer, SignedImage
from netintegrity.trust.images._ucert import read_chain

_ID: Final = "openwrt-sysupgrade"
MAX_BYTES: Final = 256 * 1024 * 1024
"""Ed25519 signs the image itself, and the library takes it whole; routers have up to 128 MiB."""
_TRAILER: Final = struct.Struct(">4sLB3xL")
_MAGIC: Final = b"FWx0"
_SIGNATURE, _INFO = 0, 1
_MAX_CHUNK: Final = {_SIGNATURE: 1024, _INFO: 30 * 1024}
_HEADER: Final = bytes(8)
"""Of metadata: version 0, no flags."""
_RELEASE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,60}")


@dataclass(frozen=True, slots=True)
class _Chunk:
    kind: int
    start: int
    stop: int
    """Where its trailer begins."""
    crc: int


def _chunk(read_at: ReadAt, end: int) -> _Chunk | None:
    """Return the chunk that ends at ``end``; None: there is none.

    Raises:
        MalformedError: its trailer says what cannot be.
    """
    at = end - _TRAILER.size
    if at < 0:
        return None
    raw = read_at(at, _TRAILER.size)
    magic, crc, kind, size = _TRAILER.unpack(raw)
    if magic != _MAGIC:
        return None
    if raw != _TRAILER.pack(magic, crc, kind, size):
        raise MalformedError(manifest_id=_ID, detail="something stands where a trailer is empty")
    most = _MAX_CHUNK.get(kind)
    if most is None or not _TRAILER.size <= size <= min(end, most + _TRAILER.size + len(_HEADER)):
        raise MalformedError(manifest_id=_ID, detail="a chunk of an unknown kind, or too large")
    return _Chunk(kind, end - size, at, crc)


def _sniff(_filename: str, read_at: ReadAt, size: int) -> bool:
    return read_at(max(0, size - _TRAILER.size), len(_MAGIC)) == _MAGIC


def _open(read_at: ReadAt, size: int) -> SignedImage:
    chunk = _chunk(read_at, size)
    if chunk is None or chunk.kind != _SIGNATURE:
        raise UnsignedError(manifest_id=_ID, detail="its last chunk is no signature")
    if size > MAX_BYTES:
        detail = f"{size} bytes, and more than {MAX_BYTES} are not read"
        raise TooLargeError(manifest_id=_ID, detail=detail)
    state = 0
    for piece in pieces(read_at, 0, chunk.stop):
        state = zlib.crc32(piece, state)
    if state ^ 0xFFFFFFFF != chunk.crc:
        raise BadSignatureError(manifest_id=_ID, detail="its CRC-32 is not the one of these bytes")
    try:
        chain = read_chain(read_at(chunk.start, chunk.stop - chunk.start))
    except ValueError as error:
        detail = f"the signature chunk: {error}"
        raise BadSignatureError(manifest_id=_ID, detail=detail) from error
    return SignedImage(covered=range(chunk.start), digest=None, statement=chain)


def _describe(read_at: ReadAt, size: int) -> Described:
    signature = _chunk(read_at, size)
    info = None if signature is None else _chunk(read_at, signature.start)
    note = "what will lie in flash is not derived: how it is padded there is not known"
    if info is None or info.kind != _INFO:
        return Described(notes=("holds no metadata that says its release", note))
    raw = read_at(info.start, info.stop - info.start)
    if not raw.startswith(_HEADER):
        raise MalformedError(manifest_id=_ID, detail="its metadata is of a version not known here")
    try:
        release = _release(raw[len(_HEADER) :])
    except ValueError as error:
        raise MalformedError(manifest_id=_ID, detail=f"its metadata: {error}") from error
    return Described(release=release, notes=(note,))


def _release(raw: bytes) -> str | None:
    """Return ``version.version`` of the metadata; None: it does not say."""
    document = strict_json.members(strict_json.load(raw.rstrip(b"\n\0 ")), ROOT)
    stated = document.get("version")
    if stated is None:
        return None
    at = ROOT.member("version")
    text = strict_json.members(stated, at).get("version")
    if text is None:
        return None
    release = strict_json.text(text, at.member("version"))
    return release if _RELEASE.fullmatch(release) else None


CONTAINER: Final = ImageContainer(
    id=_ID, title="OpenWrt sysupgrade image", sniff=_sniff, open=_open, describe=_describe
)
