"""Repositories of The Update Framework (TUF), as a folder or a tar archive of their metadata.

The targets of the top level, with their digests and sizes, are the list. What they delegate to
others is not followed, and so not listed. The keyring pins a root; newer roots lie in the folder
and are followed (see :mod:`netintegrity.trust.tuf`).

Until when it counts is the earliest moment that root, timestamp, snapshot and targets state. The
number that must not fall is made of the versions of targets, snapshot and timestamp, in that order,
six digits for each of the last two: whichever of them an old state has lower, its number is lower.

Source: The Update Framework specification 1.0.33, sections 4.3 to 4.6 and 5.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from netintegrity import rfc3339, strict_json
from netintegrity.errors import MalformedError
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.reference import ReferenceImage
from netintegrity.strict_json import ROOT, Path
from netintegrity.trust import archive, tuf
from netintegrity.trust._spec import (
    Envelope,
    ManifestFormat,
    ParsedManifest,
    ParseReleases,
    Signature,
)
from netintegrity.trust.algorithms import Algorithm
from netintegrity.trust.formats import _checksums as checksums

_FORMAT_ID: Final = "tuf"
_MAX_BYTES: Final = 16 * 1024 * 1024
_MAX_VERSION: Final = 10**6
_MAX_NAME: Final = 255

# timestamp.json    7.root.json    41.snapshot.json
_TOP_LEVEL: Final = re.compile(
    r"(?:[0-9]{1,7}\.)?(?:root|timestamp|snapshot|targets)\.json", re.ASCII
)


def _sniff(filename: str, head: bytes) -> bool:
    named = ".tuf." in filename.lower() or tuf.TIMESTAMP.encode() in head
    return archive.is_archive(head) and named


def _split(raw: bytes, detached: Mapping[str, bytes]) -> Envelope:
    if "" in detached:
        detail = "its signatures are inside; leave --signature out"
        raise MalformedError(manifest_id=_FORMAT_ID, detail=detail)
    try:
        files = archive.unpack(raw, max_bytes=_MAX_BYTES)
    except ValueError as error:
        raise MalformedError(manifest_id=_FORMAT_ID, detail=str(error)) from error
    if tuf.TIMESTAMP not in files:
        raise MalformedError(manifest_id=_FORMAT_ID, detail=f"there is no {tuf.TIMESTAMP} in it")
    packed = tuf.packed({n: c for n, c in files.items() if _TOP_LEVEL.fullmatch(n)})
    # The signatures are in the files, each by its role's keys: the pinned root judges all of them.
    signature = Signature(value=b"", algorithm=Algorithm.TUF)
    return Envelope(signed=packed, payload=packed, signatures=(signature,))


def _parse(verified: bytes, manifest_id: str, releases: ParseReleases) -> ParsedManifest:
    files = tuf.unpacked(verified)
    root = _signed(list(tuf.roots_of(files).values())[-1])
    consistent = root.get("consistent_snapshot") is True
    timestamp = _signed(files[tuf.TIMESTAMP])
    snapshot = _signed(files[_named(timestamp, "snapshot", consistent=consistent)])
    targets = _signed(files[_named(snapshot, "targets", consistent=consistent)])
    versions = [_version(role) for role in (targets, snapshot, timestamp)]
    return ParsedManifest(
        list_id=_FORMAT_ID,
        images=tuple(_images(targets, manifest_id, releases)),
        expires_at=min(_expiry(role) for role in (root, timestamp, snapshot, targets)),
        sequence=(versions[0] * _MAX_VERSION + versions[1]) * _MAX_VERSION + versions[2],
    )


def _signed(raw: bytes) -> dict[str, object]:
    document = strict_json.members(strict_json.load(raw), ROOT)
    return strict_json.members(document.get("signed"), ROOT.member("signed"))


def _named(role: dict[str, object], other: str, *, consistent: bool) -> str:
    """Return the file name of the metadata that ``role`` names."""
    here = ROOT.member("signed").member("meta")
    meta = strict_json.members(role.get("meta"), here)
    entry = strict_json.members(meta.get(f"{other}.json"), here.member(f"{other}.json"))
    version = strict_json.integer(entry.get("version"), here.member("version"), minimum=1)
    return tuf.name_of(other, version, consistent=consistent)


def _version(role: dict[str, object]) -> int:
    here = ROOT.member("signed").member("version")
    version = strict_json.integer(role.get("version"), here, minimum=1)
    if version >= _MAX_VERSION:
        raise ValueError(f"{here}: {version}, less than {_MAX_VERSION} was expected")
    return version


def _expiry(role: dict[str, object]) -> datetime:
    here = ROOT.member("signed").member("expires")
    return rfc3339.parse(strict_json.text(role.get("expires"), here))


def _images(
    targets: dict[str, object], manifest_id: str, releases: ParseReleases
) -> Iterator[ReferenceImage]:
    here = ROOT.member("signed").member("targets")
    for path, value in strict_json.members(targets.get("targets"), here).items():
        at = here.member(path)
        name = path.rpartition("/")[2]
        if not name.isprintable() or not 0 < len(name) <= _MAX_NAME:
            raise ValueError(f"{at}: not the name of a file")
        target = strict_json.members(value, at)
        size = strict_json.integer(target.get("length"), at.member("length"))
        digests = _digests(target.get("hashes"), at.member("hashes"))
        if digests:
            yield checksums.image_of(name, digests, manifest_id, releases, size_bytes=size)


def _digests(value: object, at: Path) -> frozenset[Digest]:
    return frozenset(
        checksums.hex_digest_of(DigestAlgorithm(algorithm), written, at.member(algorithm))
        for algorithm, written in strict_json.members(value, at).items()
        if algorithm in list(DigestAlgorithm)
    )


FORMAT: Final = ManifestFormat(
    id=_FORMAT_ID,
    title="TUF repository metadata, in a tar archive",
    max_bytes=_MAX_BYTES,
    signature_suffixes=(),
    sniff=_sniff,
    split=_split,
    parse=_parse,
)
