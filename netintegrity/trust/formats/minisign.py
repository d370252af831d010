"""Lists of checksums with a minisign signature beside them (``.minisig``).

Two signatures of one key must hold: over the list (itself, or its BLAKE2b-512), and over that
signature followed by the *trusted* comment. The time that minisign writes into the trusted comment
tells how old the list is. It sets no floor: one key signs a list for each release it builds, and
an old release's list beside a new one's is no rollback.

The first line is signed by nobody and means nothing: it alone can be changed without being noticed.

A signature directly over an image (``vyos-….iso.minisig``) is not of this format: it says nothing
of what will lie on a box, and belongs to the verification of images.

Source: minisign, "Signature format", https://jedisct1.github.io/minisign/; src/minisign.h.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from netintegrity.errors import BadSignatureError, UnsignedError
from netintegrity.trust import signify_text
from netintegrity.trust._spec import (
    CoSignature,
    Envelope,
    ManifestFormat,
    ParsedManifest,
    ParseReleases,
    Signature,
)
from netintegrity.trust.algorithms import Algorithm
from netintegrity.trust.formats import _checksums as checksums

_FORMAT_ID: Final = "minisign"
_SUFFIX: Final = ".minisig"
_TRUSTED: Final = b"trusted comment: "
_MAX_TRUSTED_BYTES: Final = 8192
"""minisign.h TRUSTEDCOMMENTMAXBYTES."""
_ALGORITHMS: Final = {
    signify_text.PLAIN: Algorithm.ED25519,
    signify_text.PREHASHED: Algorithm.ED25519_BLAKE2B512,
}
# timestamp:1556193335	file:test    timestamp:1700000000	file:sha256sums	hashed
_TIMESTAMP: Final = re.compile(rb"(?:^|\t)timestamp:(\d{1,11})(?=\t|$)")


def _is_signature(content: bytes) -> bool:
    return content.startswith(signify_text.COMMENT) and b"\n" + _TRUSTED in content


def _sniff(_filename: str, head: bytes) -> bool:
    return checksums.looks_like_one(head)


def _split(raw: bytes, detached: Mapping[str, bytes]) -> Envelope:
    beside = detached.get(_SUFFIX, detached.get(""))
    if beside is None:
        raise UnsignedError(manifest_id=_FORMAT_ID, detail=f"no {_SUFFIX} file beside it")
    try:
        signature, trusted = _read(beside)
    except ValueError as error:
        detail = f"the signature: {error}"
        raise BadSignatureError(manifest_id=_FORMAT_ID, detail=detail) from error
    # Both halves of the payload are signed: the comment by the second signature.
    return Envelope(signed=raw, payload=trusted + b"\n" + raw, signatures=(signature,))


def _read(content: bytes) -> tuple[Signature, bytes]:
    """Return the two signatures, and the trusted comment without its prefix."""
    blob, rest = signify_text.read(content, size=signify_text.SIGNATURE_BYTES)
    algorithm = _ALGORITHMS.get(blob.algorithm)
    if algorithm is None:
        raise ValueError("line 2 is no signature of minisign's")
    comment, _, last = rest.partition(b"\n")
    if not comment.startswith(_TRUSTED) or len(comment) - len(_TRUSTED) > _MAX_TRUSTED_BYTES:
        raise ValueError("line 3 is no trusted comment")
    trusted = comment.removeprefix(_TRUSTED)
    value = signify_text.decoded(
        last.removesuffix(b"\n"), size=signify_text.SIGNATURE_BYTES, line=4
    )
    over_both = CoSignature(signed=blob.value + trusted, value=value, algorithm=Algorithm.ED25519)
    signature = Signature(
        value=blob.value, keyid=blob.number, algorithm=algorithm, also=(over_both,)
    )
    return signature, trusted


def _parse(verified: bytes, manifest_id: str, releases: ParseReleases) -> ParsedManifest:
    trusted, _, content = verified.partition(b"\n")
    return ParsedManifest(
        list_id=_FORMAT_ID,
        images=checksums.read(content, manifest_id, releases),
        newest_entry=_signed_at(trusted),
    )


def _signed_at(trusted: bytes) -> datetime | None:
    """Return when it was signed; None: the signer chose another comment."""
    stated = _TIMESTAMP.findall(trusted)
    if len(stated) != 1:
        return None
    try:
        return datetime.fromtimestamp(int(stated[0]), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


FORMAT: Final = ManifestFormat(
    id=_FORMAT_ID,
    title="checksums signed by minisign",
    max_bytes=checksums.MAX_BYTES,
    signature_suffixes=(_SUFFIX,),
    is_signature=_is_signature,
    sniff=_sniff,
    split=_split,
    parse=_parse,
)
