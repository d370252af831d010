"""Lists of checksums with a bare signature beside them, as ``openssl dgst -sign`` makes it.

The file holds the value and nothing else, as it is or in base64. It names neither its algorithm
nor its key: the keyring does both. That is how F5 (``.384.sig``), OPNsense (``.sig``) and Dell OS10
(``.sha256.base64``) sign their images, and how many sign their lists.

Nothing in it is dated.

Source: openssl-dgst(1), ``-sign``; openssl-enc(1), ``openssl base64``; RFC 8017 section 8.2.
"""

from collections.abc import Mapping
from typing import Final

from netintegrity.errors import BadSignatureError
from netintegrity.trust import base64_text
from netintegrity.trust._spec import Envelope, ManifestFormat, Signature
from netintegrity.trust.formats import _checksums as checksums

_FORMAT_ID: Final = "openssl-dgst"
_SUFFIXES: Final = (".384.sig", ".sha256.base64", ".sig")
_MAX_FILE_BYTES: Final = 1500
_RSA_SIZES: Final = frozenset({256, 384, 512, 1024})
"""RSA of 2048, 3072, 4096 and 8192 bits."""
_SEQUENCE: Final = b"\x30"
_ECDSA_BYTES: Final = range(8, 140)
"""Two numbers in DER; P-384 takes 104 bytes at most."""


def _value_of(content: bytes) -> bytes:
    """Return the signature that a file holds.

    Raises:
        ValueError: it holds none.
    """
    if len(content) > _MAX_FILE_BYTES:
        raise ValueError(f"{len(content)} bytes are no signature")
    try:
        # Asked first: 512 digits are RSA-3072 in one line, and as many bytes RSA-4096.
        value = base64_text.decoded_lines(content)
    except ValueError:
        value = content
    if not _has_shape(value):
        raise ValueError(f"{len(value)} bytes are no RSA or ECDSA signature")
    return value


def _has_shape(value: bytes) -> bool:
    is_der = value.startswith(_SEQUENCE) and len(value) in _ECDSA_BYTES
    return len(value) in _RSA_SIZES or (is_der and value[1] == len(value) - 2)


def _is_signature(content: bytes) -> bool:
    try:
        return bool(_value_of(content))
    except ValueError:
        return False


def _sniff(_filename: str, head: bytes) -> bool:
    return checksums.looks_like_one(head)


def _split(raw: bytes, detached: Mapping[str, bytes]) -> Envelope:
    beside = checksums.signature_beside(detached, _SUFFIXES, format_id=_FORMAT_ID)
    try:
        value = _value_of(beside)
    except ValueError as error:
        detail = f"the signature: {error}"
        raise BadSignatureError(manifest_id=_FORMAT_ID, detail=detail) from error
    return Envelope(signed=raw, payload=raw, signatures=(Signature(value=value),))


FORMAT: Final = ManifestFormat(
    id=_FORMAT_ID,
    title="checksums with a bare signature beside them (openssl dgst)",
    max_bytes=checksums.MAX_BYTES,
    signature_suffixes=_SUFFIXES,
    is_signature=_is_signature,
    sniff=_sniff,
    split=_split,
    parse=checksums.parser(_FORMAT_ID),
)
