"""Our own list, in a DSSE envelope: what an operator, or the lab, signs."""

from collections.abc import Mapping
from typing import Final

from netintegrity.errors import MalformedError
from netintegrity.trust import dsse, payload
from netintegrity.trust._spec import Envelope, ManifestFormat, ParsedManifest, ParseReleases

_NAME: Final = ".dsse.json"
_FORMAT_ID: Final = "netintegrity-manifest"


def _sniff(filename: str, head: bytes) -> bool:
    return filename.endswith(_NAME) or dsse.looks_like_one(head)


def _split(raw: bytes, detached: Mapping[str, bytes]) -> Envelope:
    if "" in detached:
        detail = "its signature is inside; leave --signature out"
        raise MalformedError(manifest_id=_FORMAT_ID, detail=detail)
    return dsse.open_envelope(raw, name=_FORMAT_ID)


def _parse(verified: bytes, manifest_id: str, releases: ParseReleases) -> ParsedManifest:
    # The type is signed with the rest, and judged with the rest: after the signature.
    payload_type, content = dsse.unpack(verified)
    if payload_type != payload.PAYLOAD_TYPE:
        raise ValueError(f"signs a {payload_type[:80]!r}, not a {payload.PAYLOAD_TYPE}")
    return payload.parse(content, manifest_id, releases)


FORMAT: Final = ManifestFormat(
    id=_FORMAT_ID,
    title="netintegrity's own list, in a DSSE envelope",
    max_bytes=64 * 1024 * 1024,
    signature_suffixes=(),
    sniff=_sniff,
    split=_split,
    parse=_parse,
)
