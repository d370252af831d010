"""Lists of checksums with a CMS signature beside them (``.p7s``, ``.cms``), as openssl makes it.

The keyring pins the signer's own certificate. An authority that also issues for other products
vouches for no list, so the certificates inside the signature add nobody.

The signing time, where the signer states one, is signed, and tells how old the list is. It sets no
floor: one key signs a list for each release.

Source: RFC 5652; openssl-cms(1).
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from netintegrity.errors import BadSignatureError, UnsignedError
from netintegrity.trust import cms, path
from netintegrity.trust._spec import (
    Envelope,
    ManifestFormat,
    ParsedManifest,
    ParseReleases,
    Signature,
)
from netintegrity.trust.formats import _checksums as checksums

_FORMAT_ID: Final = "cms"
_SUFFIXES: Final = (".p7s", ".cms")
_SET: Final = b"\x31"


def _sniff(_filename: str, head: bytes) -> bool:
    return checksums.looks_like_one(head)


def _split(raw: bytes, detached: Mapping[str, bytes]) -> Envelope:
    beside = [detached[s] for s in (*_SUFFIXES, "") if s in detached]
    if not beside:
        raise UnsignedError(manifest_id=_FORMAT_ID, detail=f"no {_SUFFIXES[0]} file beside it")
    signed = cms.read(beside[0], name=_FORMAT_ID)
    if signed.attributes is None:
        if raw.startswith(_SET):
            # What another signature's attributes look like: it was over them, not over a list.
            raise BadSignatureError(manifest_id=_FORMAT_ID, detail="signs no list")
        covered, attributes = raw, b""
    else:
        digest = hashlib.new(signed.digest_algorithm, raw).digest()
        if not hmac.compare_digest(digest, signed.content_digest or b""):
            raise BadSignatureError(manifest_id=_FORMAT_ID, detail="it is over another list")
        covered = attributes = signed.attributes
    signature = Signature(value=signed.value, keyid=_keyid(signed), algorithm=signed.algorithm)
    # Both parts are signed: the list through its digest in the attributes.
    payload = len(attributes).to_bytes(4, "big") + attributes + raw
    return Envelope(signed=covered, payload=payload, signatures=(signature,))


def _keyid(signed: cms.SignedData) -> str:
    if signed.certificate is None:
        return signed.signer
    return f"sha256:{signed.certificate.fingerprint(hashes.SHA256()).hex()}"


def _parse(verified: bytes, manifest_id: str, releases: ParseReleases) -> ParsedManifest:
    length = int.from_bytes(verified[:4], "big")
    attributes, content = verified[4 : 4 + length], verified[4 + length :]
    return ParsedManifest(
        list_id=_FORMAT_ID,
        images=checksums.read(content, manifest_id, releases),
        newest_entry=cms.signing_time(attributes) if attributes else None,
    )


def _misuse(certificate: x509.Certificate) -> str | None:
    return path.misuse_of(certificate, usages=path.SIGNS_MESSAGES)


FORMAT: Final = ManifestFormat(
    id=_FORMAT_ID,
    title="checksums signed by CMS (openssl cms)",
    max_bytes=checksums.MAX_BYTES,
    signature_suffixes=_SUFFIXES,
    is_signature=cms.looks_like_one,
    sniff=_sniff,
    split=_split,
    parse=_parse,
    misuse=_misuse,
)
