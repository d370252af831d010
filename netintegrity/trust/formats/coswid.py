"""Concise software identification tags (CoSWID), signed with COSE.

One tag is one list: it has an id, and a number that is higher where it corrects an earlier one,
which sets the floor for that id. Nothing in it is dated.

**Unproven on a genuine file:** no network vendor that publishes such tags is known; the form is as
the RFC states it.

Source: RFC 9393 sections 2.3 and 7; RFC 9052 section 4.2.
"""

from collections.abc import Mapping
from typing import Final

from netintegrity.errors import MalformedError
from netintegrity.trust import cose
from netintegrity.trust._spec import (
    Envelope,
    ManifestFormat,
    ParsedManifest,
    ParseReleases,
    Signature,
)
from netintegrity.trust.formats import _coswid

_FORMAT_ID: Final = "coswid"
_CONTENT_TYPE: Final = "application/swid+cbor"


def _sniff(_filename: str, head: bytes) -> bool:
    return head.startswith(cose.START) and _CONTENT_TYPE.encode() in head


def _split(raw: bytes, detached: Mapping[str, bytes]) -> Envelope:
    if "" in detached:
        detail = "its signature is inside; leave --signature out"
        raise MalformedError(manifest_id=_FORMAT_ID, detail=detail)
    signed = cose.read(raw, name=_FORMAT_ID)
    signature = Signature(value=signed.value, algorithm=signed.algorithm)
    return Envelope(signed=signed.signed, payload=signed.payload, signatures=(signature,))


def _parse(verified: bytes, manifest_id: str, releases: ParseReleases) -> ParsedManifest:
    # The type is signed with the rest, and judged with the rest: after the signature.
    headers, content = cose.unpack(verified)
    stated = cose.content_type_of(headers)
    if stated != _CONTENT_TYPE:
        raise ValueError(f"signs a {stated[:80]!r}, not a {_CONTENT_TYPE}")
    tag = _coswid.read(content, manifest_id, releases)
    return ParsedManifest(
        list_id=f"{_FORMAT_ID}/{tag.tag_id}", images=tag.images, sequence=tag.version
    )


FORMAT: Final = ManifestFormat(
    id=_FORMAT_ID,
    title="CoSWID tag, signed with COSE",
    max_bytes=16 * 1024 * 1024,
    signature_suffixes=(),
    sniff=_sniff,
    split=_split,
    parse=_parse,
)
