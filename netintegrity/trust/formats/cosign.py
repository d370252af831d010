"""Lists of checksums that ``cosign sign-blob --key`` signed, by a key the keyring pins.

The signature is over the list as it is. cosign writes it in three forms: alone, as base64
(``.sig``); in its older bundle, with what a log said of it (``.bundle``); or in Sigstore's bundle
(``.sigstore.json``), which says the digest of the list as well, and which key to look for.

Only what the key signed counts. What a log said, and the key or certificate that lie in a bundle,
are signed by nobody here and mean nothing: such a list is of unknown age. Signatures without a key
of one's own ("keyless", under a certificate that lives for minutes) are refused.

**Unproven on a genuine file:** the forms are as cosign's documentation and Sigstore's schema state
them, and were proved on signatures that openssl made.

Source: sigstore/cosign, doc/cosign_sign-blob.md and pkg/cosign (LocalSignedPayload);
sigstore/protobuf-specs, protos/sigstore_bundle.proto, versions 0.1 to 0.3.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Final

from netintegrity import strict_json
from netintegrity.errors import BadSignatureError, TrustError, UnknownSignerError
from netintegrity.strict_json import ROOT, Path
from netintegrity.trust import base64_text
from netintegrity.trust._spec import Envelope, ManifestFormat, Signature
from netintegrity.trust.formats import _checksums as checksums

_FORMAT_ID: Final = "cosign"
_SUFFIXES: Final = (".sigstore.json", ".bundle", ".sig")
_MAX_BASE64: Final = 1400
"""RSA-8192 in one line."""
_DIGEST_BYTES: Final = 32

# MEUCIQDx…= in one line: an ECDSA or Ed25519 signature has at most 140 digits, RSA more.
_ALONE: Final = re.compile(rb"[A-Za-z0-9+/]{80,1398}={0,2}\n?")
# application/vnd.dev.sigstore.bundle.v0.3+json    …bundle+json;version=0.2
_MEDIA_TYPE: Final = re.compile(
    r"application/vnd\.dev\.sigstore\.bundle"
    r"(?:\.v0\.3\+json|\+json;version=0\.[123])"
)
_OLDER_MEMBERS: Final = frozenset({"base64Signature", "cert", "rekorBundle"})
_MEMBERS: Final = frozenset({"mediaType", "verificationMaterial", "messageSignature"})
_MATERIAL: Final = frozenset({"publicKey", "tlogEntries", "timestampVerificationData"})
_KEYLESS: Final = frozenset({"certificate", "x509CertificateChain"})
_HEX_HINT: Final = re.compile(r"[0-9a-f]{64}")


def _is_signature(content: bytes) -> bool:
    if len(content) <= _MAX_BASE64 and _ALONE.fullmatch(content) is not None:
        return True
    is_object = content.lstrip().startswith(b"{")
    return is_object and (
        b'"base64Signature"' in content or b"application/vnd.dev.sigstore.bundle" in content
    )


def _sniff(_filename: str, head: bytes) -> bool:
    return checksums.looks_like_one(head)


def _split(raw: bytes, detached: Mapping[str, bytes]) -> Envelope:
    beside = checksums.signature_beside(detached, _SUFFIXES, format_id=_FORMAT_ID)
    try:
        signature = _read(beside, raw)
    except TrustError:
        raise
    except ValueError as error:
        detail = f"the signature: {error}"
        raise BadSignatureError(manifest_id=_FORMAT_ID, detail=detail) from error
    return Envelope(signed=raw, payload=raw, signatures=(signature,))


def _read(content: bytes, raw: bytes) -> Signature:
    if not content.lstrip().startswith(b"{"):
        if _ALONE.fullmatch(content) is None:
            raise ValueError("neither base64 in one line nor a bundle")
        return Signature(value=base64_text.decoded(content.removesuffix(b"\n")))
    document = strict_json.members(strict_json.load(content), ROOT)
    if "base64Signature" in document:
        return _older(document)
    return _bundled(document, raw)


def _older(document: dict[str, object]) -> Signature:
    strict_json.only(document, _OLDER_MEMBERS, ROOT)
    if "cert" in document:
        here = ROOT.member("cert")
        if b"CERTIFICATE" in _bytes(document["cert"], here):
            raise _keyless()
    here = ROOT.member("base64Signature")
    return Signature(value=_bytes(document["base64Signature"], here))


def _bundled(document: dict[str, object], raw: bytes) -> Signature:
    if "dsseEnvelope" in document:
        raise ValueError("holds a statement, not the signature of a file")
    strict_json.only(document, _MEMBERS, ROOT)
    media_type = strict_json.text(document.get("mediaType"), ROOT.member("mediaType"))
    if _MEDIA_TYPE.fullmatch(media_type) is None:
        raise ValueError(f"{media_type[:80]!r} is no bundle of versions 0.1 to 0.3")
    here = ROOT.member("verificationMaterial")
    material = strict_json.members(document.get("verificationMaterial"), here)
    if _KEYLESS & set(material):
        raise _keyless()
    strict_json.only(material, _MATERIAL, here)
    hint = _hint(material.get("publicKey"), here.member("publicKey"))
    here = ROOT.member("messageSignature")
    message = strict_json.members(document.get("messageSignature"), here)
    strict_json.only(message, frozenset({"messageDigest", "signature"}), here)
    if "messageDigest" in message:
        _check_digest(message["messageDigest"], here.member("messageDigest"), raw)
    return Signature(value=_bytes(message.get("signature"), here.member("signature")), keyid=hint)


def _check_digest(value: object, at: Path, raw: bytes) -> None:
    """Return if the digest, which nobody signed, is the one of the list all the same."""
    stated = strict_json.members(value, at)
    strict_json.only(stated, frozenset({"algorithm", "digest"}), at)
    if stated.get("algorithm") != "SHA2_256":
        raise ValueError(f"{at.member('algorithm')}: expected SHA2_256")
    digest = _bytes(stated.get("digest"), at.member("digest"))
    if not hmac.compare_digest(digest, hashlib.sha256(raw).digest()):
        raise BadSignatureError(manifest_id=_FORMAT_ID, detail="it is over another list")


def _hint(value: object, at: Path) -> str:
    """Return which key to look for: SHA-256 over its SubjectPublicKeyInfo, in base64 or hex."""
    key = strict_json.members(value, at)
    strict_json.only(key, frozenset({"hint"}), at)
    here = at.member("hint")
    written = strict_json.text(key.get("hint"), here)
    if _HEX_HINT.fullmatch(written) is not None:
        return f"sha256:{written}"
    digest = _bytes(written, here)
    if len(digest) != _DIGEST_BYTES:
        raise ValueError(f"{here}: expected the SHA-256 of a key")
    return f"sha256:{digest.hex()}"


def _bytes(value: object, at: Path) -> bytes:
    try:
        return base64_text.decoded(strict_json.text(value, at))
    except ValueError as error:
        raise ValueError(str(error) if str(error).startswith("$") else f"{at}: {error}") from error


def _keyless() -> UnknownSignerError:
    detail = "signed without a key of its own, under a passing certificate; only pinned keys count"
    return UnknownSignerError(manifest_id=_FORMAT_ID, detail=detail)


FORMAT: Final = ManifestFormat(
    id=_FORMAT_ID,
    title="checksums signed by cosign sign-blob --key",
    max_bytes=checksums.MAX_BYTES,
    signature_suffixes=_SUFFIXES,
    is_signature=_is_signature,
    sniff=_sniff,
    split=_split,
    parse=checksums.parser(_FORMAT_ID),
)
