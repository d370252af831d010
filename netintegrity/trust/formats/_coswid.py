"""Concise software identification tags: a product, its version, and the files it is made of.

What counts is the payload: files with their digests. Evidence is what somebody found on a box and
no reference, so a tag that holds it is refused. A file without a digest that is known here vouches
for nothing and is passed over.

Source: RFC 9393 sections 2.3, 2.9.1 to 2.9.3; IANA, "Named Information Hash Algorithm Registry".
"""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.reference import ReferenceImage
from netintegrity.plain_text import clean
from netintegrity.trust import cbor
from netintegrity.trust._spec import ParseReleases
from netintegrity.trust.formats import _checksums as checksums

TAG: Final = 1398229316
"""``SWID``."""
_TAGS: Final = frozenset({TAG, 1, 32, 37})
_TAG_ID, _EVIDENCE, _PAYLOAD, _HASH, _TAG_VERSION = 0, 3, 6, 7, 12
_DIRECTORY, _FILE, _SIZE, _LOCATION, _NAME, _ROOT, _ELEMENTS = 16, 17, 20, 23, 24, 25, 26
_HASHES: Final = {1: DigestAlgorithm.SHA256, 7: DigestAlgorithm.SHA384, 8: DigestAlgorithm.SHA512}
_UUID_BYTES: Final = 16
_MAX_NAME: Final = 255
_MAX_SIZE: Final = 2**53
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftwareTag:
    """What a tag says."""

    tag_id: str
    version: int
    """Of the tag, not of the software: higher where it corrects an earlier one."""
    images: tuple[ReferenceImage, ...]


def read(content: bytes, manifest_id: str, releases: ParseReleases) -> SoftwareTag:
    """Return the content of a tag whose signature verified.

    Raises:
        ValueError: it is no tag, or holds evidence, or two digests of one file.
    """
    document = cbor.load(content, tags=_TAGS)
    if getattr(document, "tag", None) == TAG:
        document = getattr(document, "value", None)
    tag = _map(document, "the tag")
    if _EVIDENCE in tag:
        raise ValueError("holds evidence, which is what a box says of itself")
    version = tag.get(_TAG_VERSION)
    if isinstance(version, bool) or not isinstance(version, int) or not 0 <= version < 2**63:
        raise ValueError("tag-version: expected a number")
    found: dict[str, tuple[Digest, int | None]] = {}
    for path, digest, size in _files(_map(tag.get(_PAYLOAD, {}), "payload"), ""):
        if found.setdefault(path, (digest, size)) != (digest, size):
            raise ValueError(f"{path[-80:]!r} is listed twice, as two files")
    images = tuple(
        checksums.image_of(
            path.rpartition("/")[2], frozenset({digest}), manifest_id, releases, size_bytes=size
        )
        for path, (digest, size) in found.items()
    )
    return SoftwareTag(tag_id=id_of(tag.get(_TAG_ID), "tag-id"), version=version, images=images)


def id_of(value: object, what: str) -> str:
    """Return an identifier as text: a text as it is, 16 bytes as a UUID.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, bytes) and len(value) == _UUID_BYTES:
        return str(uuid.UUID(bytes=value))
    if not isinstance(value, str) or _ID.fullmatch(value) is None:
        raise ValueError(f"{what}: expected a UUID, or at most 100 letters, digits and . _ : / + -")
    return value


def _files(items: Mapping[object, object], under: str) -> Iterator[tuple[str, Digest, int | None]]:
    """Yield path, digest and size of each file of a collection; cbor bounds how deep it goes."""
    for listed in _one_or_more(items.get(_FILE), "file"):
        entry = _map(listed, "file")
        digest = _digest(entry.get(_HASH))
        if digest is not None:
            yield _path(entry, under), digest, _size(entry.get(_SIZE))
    for listed in _one_or_more(items.get(_DIRECTORY), "directory"):
        folder = _map(listed, "directory")
        inside = _map(folder.get(_ELEMENTS, {}), "path-elements")
        yield from _files(inside, _path(folder, under) + "/")


def _path(entry: Mapping[object, object], under: str) -> str:
    name = entry.get(_NAME)
    if not isinstance(name, str) or not 0 < len(name) <= _MAX_NAME:
        raise ValueError("fs-name: expected the name of a file")
    if "/" in name or clean(name) != name or "\n" in name:
        raise ValueError(f"fs-name: {clean(name)[:40]!r} is no name of a file")
    parts = [entry.get(_ROOT, ""), entry.get(_LOCATION, "")]
    if not all(isinstance(p, str) for p in parts):
        raise ValueError(f"{name!r}: root and location are text")
    return "/".join([under.removesuffix("/"), *(str(p) for p in parts if p), name]).lstrip("/")


def _digest(value: object) -> Digest | None:
    """Return the digest; None: there is none, or of an algorithm that judges nothing here."""
    if value is None:
        return None
    if not isinstance(value, (list, tuple)) or len(value) != len(("algorithm", "value")):
        raise ValueError("hash: expected an algorithm and a value")
    stated, raw = value
    if not isinstance(stated, int) or isinstance(stated, bool) or not isinstance(raw, bytes):
        raise ValueError("hash: expected a number and bytes")  # noqa: TRY004
    algorithm = _HASHES.get(stated)
    if algorithm is None:
        return None
    if len(raw) != algorithm.size_bytes:
        raise ValueError(f"hash: {len(raw)} bytes are no {algorithm}")
    return Digest(algorithm, raw)


def _size(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _MAX_SIZE:
        raise ValueError("size: expected a number of bytes")
    return value


def _one_or_more(value: object, what: str) -> tuple[object, ...]:
    """Return what may stand alone, or in an array of at least two."""
    if value is None:
        return ()
    if isinstance(value, Mapping):
        return (value,)
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"{what}: expected one or more maps")  # noqa: TRY004
    return tuple(value)


def _map(value: object, what: str) -> Mapping[object, object]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{what}: expected a map")  # noqa: TRY004
    return value
