"""The chain of signatures behind an OpenWrt image, as ucert writes it.

Elements one behind the other. Each but the last is a certificate: a signature, and the payload it
is over, which names the key of the next one. The last is a signature alone, over the image. Every
signature is usign's; a key is told by its number.

Blobs are libubox's: a big-endian head of four bytes (bit 31: a name follows; seven bits of a type;
24 of a length with the head), the data, and NUL up to a multiple of four.

Source: openwrt/ucert, ucert.c (``CERT_ATTR_SIGNATURE``, ``CERT_ATTR_PAYLOAD``, ``cert_load``,
``chain_verify``; what is signed of a payload is its data without its head); openwrt/libubox,
blob.h and blobmsg.h.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ed25519

from netintegrity.trust import signify_text
from netintegrity.trust.signify_text import Blob

MAX_BYTES: Final = 4096
"""ucert.c CERT_BUF_LEN."""
_MAX_ELEMENTS: Final = 8
_HEAD_BYTES: Final = 4
_ALIGNED: Final = 4
_NAMED: Final = 0x80
_SIGNATURE, _PAYLOAD = 0, 1
_TABLE, _TEXT, _INT64, _INT32 = 2, 3, 4, 5
"""blobmsg.h BLOBMSG_TYPE_*."""
_AUTHORISES: Final = 1
"""ucert.c CERTTYPE_AUTH."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One key that vouches for the next, still unverified and unread."""

    signature: Blob
    payload: bytes
    """What is signed; read with :func:`read_payload` once it verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsignChain:
    """What stands between a pinned key and an image, still unverified."""

    certificates: tuple[Certificate, ...]
    last: Blob
    """Over the image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """What a verified certificate says."""

    number: str
    """Of the key, as usign names it."""
    key: ed25519.Ed25519PublicKey
    valid_from: datetime
    expires_at: datetime
    """UTC."""


def read_chain(raw: bytes) -> UsignChain:
    """Return the chain; payloads stay closed.

    Raises:
        ValueError: it is no chain in the one spelling that is read.
    """
    if not 0 < len(raw) <= MAX_BYTES:
        raise ValueError(f"{len(raw)} bytes are no chain of signatures")
    certificates: list[Certificate] = []
    elements = list(_blobs(raw))
    if len(elements) > _MAX_ELEMENTS:
        raise ValueError(f"more than {_MAX_ELEMENTS} links")
    for number, (kind, data) in enumerate(elements, start=1):
        parts = list(_blobs(data))
        if kind != 0 or [k for k, _ in parts] not in ([_SIGNATURE], [_SIGNATURE, _PAYLOAD]):
            raise ValueError(f"link {number}: expected a signature, and what it is over")
        signature = _signature(parts[0][1], number)
        is_last = number == len(elements)
        if is_last != (len(parts) == 1):
            raise ValueError(f"link {number}: the last one signs the image, and no other does")
        if is_last:
            return UsignChain(certificates=tuple(certificates), last=signature)
        certificates.append(Certificate(signature=signature, payload=parts[1][1]))
    raise ValueError("no link at all")


def read_payload(verified: bytes) -> Delegation:
    """Return what a certificate says whose signature verified.

    Raises:
        ValueError: it is none that authorises a key.
    """
    top = _table(verified)
    if list(top) != ["ucert"] or top["ucert"][0] != _TABLE:
        raise ValueError("no certificate")
    fields = _table(top["ucert"][1])
    expected = {
        "certtype": (_INT32, 4),
        "validfrom": (_INT64, 8),
        "expiresat": (_INT64, 8),
        "pubkey": (_TEXT, None),
    }
    if set(fields) != set(expected):
        raise ValueError(f"a certificate has {', '.join(expected)}, and nothing else")
    for name, (kind, length) in expected.items():
        if fields[name][0] != kind or length not in {None, len(fields[name][1])}:
            raise ValueError(f"{name}: not of its kind")
    if int.from_bytes(fields["certtype"][1], "big") != _AUTHORISES:
        raise ValueError("a certificate that authorises nobody")
    text = fields["pubkey"][1]
    if not text.endswith(b"\0") or b"\0" in text[:-1]:
        raise ValueError("pubkey: not one text")
    blob, rest = signify_text.read(text[:-1], size=signify_text.KEY_BYTES)
    if rest or blob.algorithm != signify_text.PLAIN:
        raise ValueError("pubkey: no key of usign's")
    return Delegation(
        number=blob.number,
        key=ed25519.Ed25519PublicKey.from_public_bytes(blob.value),
        valid_from=_moment(fields["validfrom"][1]),
        expires_at=_moment(fields["expiresat"][1]),
    )


def _moment(raw: bytes) -> datetime:
    try:
        return datetime.fromtimestamp(int.from_bytes(raw, "big"), tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError("a time that is none") from error


def _signature(raw: bytes, number: int) -> Blob:
    try:
        # usign writes a file of two lines; that file lies here.
        blob, rest = signify_text.read(raw, size=signify_text.SIGNATURE_BYTES)
    except ValueError as error:
        raise ValueError(f"link {number}: {error}") from error
    if rest or blob.algorithm != signify_text.PLAIN:
        raise ValueError(f"link {number}: no signature of usign's")
    return blob


def _blobs(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the type and the data of each blob; every byte belongs to one, and gaps are NUL."""
    at = 0
    while at < len(raw):
        head = raw[at : at + _HEAD_BYTES]
        length = int.from_bytes(head[1:], "big")
        end = at + length
        after = end + -end % _ALIGNED
        if len(head) < _HEAD_BYTES or length < _HEAD_BYTES or after > len(raw):
            raise ValueError(f"byte {at}: no whole blob")
        if raw[end:after].strip(b"\0"):
            raise ValueError(f"byte {end}: something lies between two blobs")
        yield head[0], raw[at + _HEAD_BYTES : end]
        at = after


def _table(raw: bytes) -> dict[str, tuple[int, bytes]]:
    """Return the kind and the data of each member of a blobmsg table."""
    found: dict[str, tuple[int, bytes]] = {}
    for kind, data in _blobs(raw):
        length = int.from_bytes(data[:2], "big")
        head = 2 + length + 1
        start = head + -head % _ALIGNED
        if not kind & _NAMED or start > len(data) or data[2 + length : start].strip(b"\0"):
            raise ValueError("a value without a name")
        name = data[2 : 2 + length].decode("ascii", "replace")
        if name in found:
            raise ValueError(f"{name[:40]!r} twice")
        found[name] = (kind & ~_NAMED, data[start:])
    return found
