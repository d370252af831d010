"""Concise reference integrity manifests (CoRIM), signed with COSE, as far as they list files.

Read is what has stood unchanged in the drafts: the signed envelope, id, validity and the CoSWID
tags inside. CoMID tags hold measurements of components rather than digests of files, and are
passed over, as are tags of trust lists; a manifest with nothing else lists nothing. Refused: a
profile (it may change what the rest means), members that are not known, the older outer tags 500
and 502, and what is not signed. What other manifests it depends on is not fetched.

Until when it counts is the earliest moment that its signer states, wherever he does; from when it
counts takes the place of a date of issue.

**Unproven on a genuine file:** no network vendor that publishes such manifests is known.

Source: draft-ietf-rats-corim-10, sections 4.1 and 4.2 and their CDDL; RFC 9393; RFC 9052; RFC 8392
section 3.1.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from netintegrity.trust import cbor, cose
from netintegrity.trust._spec import (
    Envelope,
    ManifestFormat,
    ParsedManifest,
    ParseReleases,
)
from netintegrity.trust.formats import _coswid

_FORMAT_ID: Final = "corim"
_CONTENT_TYPE: Final = "application/rim+cbor"
_CORIM, _COSWID, _COMID, _TRUST_LIST = 501, 505, 506, 508
_TAGS: Final = frozenset({_CORIM, _COSWID, _COMID, _TRUST_LIST, 1, 32, 37, 111})
_ID, _INSIDE, _DEPENDS, _PROFILE, _VALIDITY, _ENTITIES = range(6)
_KNOWN: Final = frozenset({_ID, _INSIDE, _DEPENDS, _PROFILE, _VALIDITY, _ENTITIES})
_META, _CLAIMS = 8, 15
_META_VALIDITY: Final = 1
_NOT_BEFORE, _NOT_AFTER = 0, 1
_EXPIRES, _COUNTS_FROM = 4, 5
_MAX_INSIDE: Final = 1000


def _sniff(_filename: str, head: bytes) -> bool:
    return head.startswith(cose.START) and _CONTENT_TYPE.encode() in head


def _split(raw: bytes, detached: Mapping[str, bytes]) -> Envelope:
    return cose.open_envelope(raw, detached, name=_FORMAT_ID)


def _parse(verified: bytes, manifest_id: str, releases: ParseReleases) -> ParsedManifest:
    headers, content = cose.content_of(verified, _CONTENT_TYPE)
    document = cbor.load(content, tags=_TAGS)
    corim = getattr(document, "value", None)
    if getattr(document, "tag", None) != _CORIM or not isinstance(corim, Mapping):
        raise ValueError("no CoRIM map")
    if not set(corim) <= _KNOWN:
        raise ValueError("members that are not known here")
    if _PROFILE in corim:
        raise ValueError("has a profile, which may change what the rest means; none is known here")
    spans = [*_stated_by_signer(headers), _span(corim.get(_VALIDITY))]
    return ParsedManifest(
        list_id=f"{_FORMAT_ID}/{_coswid.id_of(corim.get(_ID), 'id')}",
        images=tuple(
            image
            for raw in _coswids(corim.get(_INSIDE))
            for image in _coswid.read(raw, manifest_id, releases).images
        ),
        issued_at=max((begin for begin, _ in spans if begin), default=None),
        expires_at=min((end for _, end in spans if end), default=None),
    )


def _coswids(listed: object) -> Iterator[bytes]:
    """Yield the CoSWID tags among the tags inside."""
    if not isinstance(listed, (list, tuple)) or len(listed) > _MAX_INSIDE:
        raise ValueError(f"tags: expected an array of at most {_MAX_INSIDE}")
    for item in listed:
        kind, raw = getattr(item, "tag", None), getattr(item, "value", None)
        if kind not in {_COSWID, _COMID, _TRUST_LIST} or not isinstance(raw, bytes):
            raise ValueError("tags: expected CoSWID, CoMID or trust-list tags, each in bytes")
        if kind == _COSWID:
            yield raw


Span = tuple[datetime | None, datetime | None]


def _stated_by_signer(headers: Mapping[object, object]) -> Iterator[Span]:
    """Yield from and until when the signer says his signature counts; he must say who he is."""
    meta, claims = headers.get(_META), headers.get(_CLAIMS)
    if not isinstance(meta, bytes) and not isinstance(claims, Mapping):
        raise ValueError("the headers do not say who signs (corim-meta or CWT claims)")  # noqa: TRY004
    if isinstance(meta, bytes):
        said = cbor.load(meta, tags=_TAGS)
        if not isinstance(said, Mapping):
            raise ValueError("corim-meta: expected a map")  # noqa: TRY004
        yield _span(said.get(_META_VALIDITY))
    if isinstance(claims, Mapping):
        yield _moment(claims.get(_COUNTS_FROM)), _moment(claims.get(_EXPIRES))


def _span(value: object) -> Span:
    if value is None:
        return None, None
    if not isinstance(value, Mapping) or _NOT_AFTER not in value:
        raise ValueError("validity: expected a map with not-after")
    return _moment(value.get(_NOT_BEFORE)), _moment(value[_NOT_AFTER])


def _moment(value: object) -> datetime | None:
    if value is None or (isinstance(value, datetime) and value.tzinfo is not None):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("expected a moment, in whole seconds since 1970")  # noqa: TRY004
    try:
        return datetime.fromtimestamp(value, tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError(f"{value} is no moment") from error


FORMAT: Final = ManifestFormat(
    id=_FORMAT_ID,
    title="CoRIM with CoSWID tags, signed with COSE",
    max_bytes=16 * 1024 * 1024,
    signature_suffixes=(),
    sniff=_sniff,
    split=_split,
    parse=_parse,
)
