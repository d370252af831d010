"""COSE_Sign1: one signature over content that lies inside, with headers in CBOR.

What protects the content must itself be protected: the algorithm and the type of the content count
only where they are signed. A key id (``kid``) has no meaning of its own, and certificates inside
are talk; whoever counts is decided by the keyring.

Source: RFC 9052 sections 3, 3.1, 4.2 and 4.4; RFC 9053 section 2; RFC 8230 (PS256); RFC 9864
(ESP256, ESP384, Ed25519); RFC 9360 (x5chain, x5t).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from netintegrity.errors import (
    BadSignatureError,
    MalformedError,
    TrustError,
    UnsignedError,
    WeakAlgorithmError,
)
from netintegrity.trust import cbor
from netintegrity.trust._spec import Envelope, Signature
from netintegrity.trust.algorithms import Algorithm

START: Final = b"\xd2\x84"
"""Tag 18 and an array of four: how every one of them begins."""
MAX_HEADER_BYTES: Final = 64 * 1024
_SIGN1: Final = 18
_PARTS: Final = 4
_ALG, _CRIT, _CONTENT_TYPE, _KID, _X5BAG, _X5CHAIN, _X5T = 1, 2, 3, 4, 32, 33, 34
_UNPROTECTED: Final = frozenset({_KID, _X5BAG, _X5CHAIN, _X5T})
_HEADER_TAGS: Final = frozenset({1, 32})
_LENGTH_BYTES: Final = 4
_ALGORITHMS: Final = {
    -7: (Algorithm.ECDSA_P256_SHA256, 64),
    -9: (Algorithm.ECDSA_P256_SHA256, 64),
    -35: (Algorithm.ECDSA_P384_SHA384, 96),
    -51: (Algorithm.ECDSA_P384_SHA384, 96),
    -8: (Algorithm.ED25519, 64),
    -19: (Algorithm.ED25519, 64),
    -37: (Algorithm.RSA_PSS_SHA256, None),
}
"""With the bytes a signature has; None: as many as the key."""
_ECDSA: Final = frozenset({Algorithm.ECDSA_P256_SHA256, Algorithm.ECDSA_P384_SHA384})
_BROKEN: Final = frozenset({-65535})
"""RS1: RSA with SHA-1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign1:
    """What a file holds, still unverified."""

    signed: bytes
    """The Sig_structure: what the signature is over."""
    payload: bytes
    """Headers and content, as :func:`unpack` takes them apart; both are part of ``signed``."""
    value: bytes
    """As the algorithm takes it: ECDSA in DER."""
    algorithm: Algorithm


def read(raw: bytes, *, name: str) -> Sign1:
    """Return what is signed in a file, and by what.

    Args:
        raw: the file.
        name: for messages.

    Raises:
        UnsignedError: the signature is empty.
        WeakAlgorithmError: it says that it is made over SHA-1.
        BadSignatureError: it is no COSE_Sign1 in the one spelling that is read.
        MalformedError: it cannot be read, for the extra is not installed.
    """
    try:
        return _read(raw, name)
    except TrustError:
        raise
    except cbor.MissingExtraError as error:
        raise MalformedError(manifest_id=name, detail=str(error)) from error
    except (ValueError, TypeError) as error:
        detail = f"the envelope: {error}"
        raise BadSignatureError(manifest_id=name, detail=detail) from error


def open_envelope(raw: bytes, detached: Mapping[str, bytes], *, name: str) -> Envelope:
    """Return the envelope of a manifest that is signed so.

    Raises:
        TrustError: as :func:`read`; MalformedError also where a signature is named besides.
    """
    if "" in detached:
        detail = "its signature is inside; leave --signature out"
        raise MalformedError(manifest_id=name, detail=detail)
    signed = read(raw, name=name)
    signature = Signature(value=signed.value, algorithm=signed.algorithm)
    return Envelope(signed=signed.signed, payload=signed.payload, signatures=(signature,))


def unpack(verified: bytes) -> tuple[Mapping[object, object], bytes]:
    """Return the protected headers and the content of a payload that verified.

    Raises:
        ValueError: the headers cannot be read.
    """
    length = int.from_bytes(verified[:_LENGTH_BYTES], "big")
    rest = verified[_LENGTH_BYTES:]
    return _headers(rest[:length]), rest[length:]


def content_of(verified: bytes, content_type: str) -> tuple[Mapping[object, object], bytes]:
    """Return the protected headers and the content, once they say that it is of that type.

    The type is signed with the rest, and judged with the rest: after the signature.

    Raises:
        ValueError: it is of another type, or the headers cannot be read.
    """
    headers, content = unpack(verified)
    stated = headers.get(_CONTENT_TYPE)
    if stated != content_type:
        raise ValueError(f"signs a {str(stated)[:80]!r}, not a {content_type}")
    return headers, content


def _read(raw: bytes, name: str) -> Sign1:
    document = cbor.load(raw, tags=frozenset({_SIGN1}) | _HEADER_TAGS)
    parts = getattr(document, "value", None)
    if getattr(document, "tag", None) != _SIGN1 or not isinstance(parts, (list, tuple)):
        raise ValueError("no COSE_Sign1")
    if len(parts) != _PARTS:
        raise ValueError(f"{len(parts)} parts; expected {_PARTS}")
    protected, unprotected, content, signature = parts
    if not all(isinstance(p, bytes) for p in (protected, signature)):
        raise ValueError("headers or signature are no bytes")
    if not isinstance(content, bytes):
        raise ValueError("the content is not inside; it must be")  # noqa: TRY004
    if not isinstance(unprotected, Mapping) or not set(unprotected) <= _UNPROTECTED:
        raise ValueError("a header that is not signed, and should be")
    if not signature:
        raise UnsignedError(manifest_id=name, detail="the envelope holds no signature")
    headers = _headers(protected)
    if set(headers) & set(unprotected):
        raise ValueError("one header twice, signed and unsigned")
    algorithm, value = _value(headers.get(_ALG), signature, name)
    signed = cbor.dump(["Signature1", protected, b"", content])
    return Sign1(
        signed=signed,
        payload=len(protected).to_bytes(_LENGTH_BYTES, "big") + protected + content,
        value=value,
        algorithm=algorithm,
    )


def _headers(protected: bytes) -> Mapping[object, object]:
    if len(protected) > MAX_HEADER_BYTES:
        raise ValueError(f"headers of more than {MAX_HEADER_BYTES} bytes")
    headers = cbor.load(protected, tags=_HEADER_TAGS)
    if not isinstance(headers, Mapping):
        raise ValueError("the headers are no map")  # noqa: TRY004
    if _CRIT in headers:
        raise ValueError("a header that must be understood, and none is known here")
    return headers


def _value(stated: object, signature: bytes, name: str) -> tuple[Algorithm, bytes]:
    """Return the algorithm, and the signature as our own function takes it."""
    if stated in _BROKEN:
        raise WeakAlgorithmError(manifest_id=name, detail="signed over SHA-1, which can be forged")
    if isinstance(stated, bool) or stated not in _ALGORITHMS:
        raise ValueError(f"an algorithm that is not known here ({str(stated)[:20]})")
    algorithm, size = _ALGORITHMS[stated]
    if size is not None and len(signature) != size:
        raise ValueError(f"{len(signature)} bytes are no signature of {algorithm}")
    if algorithm not in _ECDSA:
        return algorithm, signature
    # Two numbers of equal length (RFC 9053 section 2.1); X.509 and we write them in DER.
    half = len(signature) // 2
    r, s = (int.from_bytes(part) for part in (signature[:half], signature[half:]))
    return algorithm, encode_dss_signature(r, s)
