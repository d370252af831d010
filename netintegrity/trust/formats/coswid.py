"""Concise software identification tags (CoSWID), signed with COSE.

One tag is one list: it has an id, and a number that is higher where it corrects an earlier one,
which sets the floor for that id. Nothing in it is dated.

**Unproven on a genuine file:** no network vendor that publishes such tags is known; the form is as
the RFC states it.

Source: RFC 9393 sections 2.3 and 7; RFC 9052 section 4.2.
"""

from collections.abc import Mapping
from typing import Final

from netintegrity.trust import cose
from netintegrity.trust._spec import (
    Envelope,
    ManifestFormat,
    ParsedManifest,
    ParseReleases,
)
from netintegrity.trust.formats import _coswid

_FORMAT_ID: Final = "coswid"
_CONTENT_TYPE: Final = "application/swid+cbor"


def _sniff(_filename: str, head: bytes) -> bool:
    return head.startswith(cose.START) and _CONTENT_TYPE.encode() in head


def _split(raw: bytes, detached: Mapping[str, bytes]) -> Envelope:
    return cose.open_envelope(raw, detached, name=_FORMAT_ID)


def _parse(verified: bytes, manifest_id: str, releases: ParseReleases) -> ParsedManifest:
    _, content = cose.content_of(verified, _CONTENT_TYPE)
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
