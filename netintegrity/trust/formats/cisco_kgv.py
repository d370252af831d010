"""Cisco's Known Good Values: files and boot measurements of IOS-XE, in three generations of JSON.

``header.timestamp`` dates the newest generation; in the two older ones only the rows are dated.
Nothing in it says until when it counts, or which number it has.

Source: Cisco trust center downloads ("Known Good Values"); the layouts were read from the lists
themselves, two of them signed by Cisco.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from netintegrity import strict_json
from netintegrity.errors import MalformedError, UnsignedError
from netintegrity.model.digest import Digest, DigestAlgorithm, Measurement, MeasurementKind
from netintegrity.model.reference import ReferenceImage, ReferenceKind
from netintegrity.model.release import Release
from netintegrity.strict_json import ROOT, Path
from netintegrity.trust._spec import (
    Envelope,
    ManifestFormat,
    ParsedManifest,
    ParseReleases,
    Signature,
)
from netintegrity.trust.archive import is_archive, unpack
from netintegrity.trust.formats import _cisco_hardware as hardware
from netintegrity.trust.formats._cisco_dates import published_at
from netintegrity.trust.formats._cisco_rows import Row, rows_of
from netintegrity.trust.path import misuse_of

_FORMAT_ID: Final = "cisco-kgv"
_PLATFORM: Final = "cisco_iosxe"
_SUFFIX: Final = ".signature"
_MAX_BYTES: Final = 128 * 1024 * 1024
_MARKS: Final = (b'"biv_hash"', b'"bulkHash"', b"KGV_format", b'"osImageVersions"', b'"boot0')

_DIGESTS: Final = tuple(DigestAlgorithm(n) for n in ("md5", "sha1", "sha256", "sha512"))
_MEASURED_HEX: Final = frozenset({64, 128})
_HEX: Final = re.compile(r"[0-9A-Fa-f]+")

# isr4300-universalk9_npe.16.03.01.SPA.bin   cat9k-rpbase.17.09.04a.SPA.pkg
# isr4300-universalk9.03.16.04b.S.155-3.S4b-ext.SPA.bin
_RELEASE: Final = re.compile(r"\.(\d{1,2}\.\d{1,2}\.\d{1,2}[a-z]?\d?(?:\.[A-Z]{1,2}(?=\.\d))?)\.")
# 2021.12.01.07.29.38
_TIMESTAMP: Final = re.compile(r"\d{4}(?:\.\d{2}){5}", re.ASCII)


@dataclass(slots=True)
class _Gathered:
    """Rows that say the same of one file, with all that was measured of it."""

    platforms_hardware: frozenset[str] | None
    release: Release | None
    digests: frozenset[Digest]
    measurements: set[Measurement] = field(default_factory=set)


def _sniff(filename: str, head: bytes) -> bool:
    return "knowngoodvalues" in filename.lower() or any(mark in head for mark in _MARKS)


def _split(raw: bytes, detached: Mapping[str, bytes]) -> Envelope:
    signature = detached.get(_SUFFIX, detached.get(""))
    if is_archive(raw):
        raw, signature = _from_archive(raw)
    if signature is None:
        raise UnsignedError(manifest_id=_FORMAT_ID, detail=f"no {_SUFFIX} file beside it")
    return Envelope(signed=raw, payload=raw, signatures=(Signature(value=signature),))


def _from_archive(raw: bytes) -> tuple[bytes, bytes | None]:
    """Return the one list of an archive as Cisco ships it, and its signature if there is one.

    The bundle also holds a certificate, which is not asked, and scripts, which are not run.
    """
    try:
        members = unpack(raw, max_bytes=_MAX_BYTES)
    except ValueError as error:
        raise MalformedError(manifest_id=_FORMAT_ID, detail=str(error)) from error
    lists = [name for name in members if name.endswith(".json")]
    if len(lists) != 1:
        detail = f"{len(lists)} lists (.json) in the archive, expected one"
        raise MalformedError(manifest_id=_FORMAT_ID, detail=detail)
    return members[lists[0]], members.get(lists[0] + _SUFFIX)


def _parse(verified: bytes, manifest_id: str, releases: ParseReleases) -> ParsedManifest:
    document = strict_json.members(strict_json.load(verified), ROOT)
    gathered: dict[tuple[object, ...], _Gathered] = {}
    published: list[datetime] = []
    for row in rows_of(document):
        release, boxes = _release(row, releases), _hardware(row)
        digests, measured = _digests(row), _measurement(row)
        if not (digests or measured):
            continue
        key = (row.kind, row.name, release, boxes, digests)
        entry = gathered.setdefault(key, _Gathered(boxes, release, digests))
        entry.measurements.update(measured)
        stated = row.fields.get("published")
        moment = published_at(stated) if isinstance(stated, str) else None
        published.extend([] if moment is None else [moment])
    return ParsedManifest(
        list_id=_FORMAT_ID,
        images=tuple(
            ReferenceImage(
                kind=ReferenceKind(str(kind)),
                platforms=frozenset({_PLATFORM}),
                hardware=entry.platforms_hardware,
                filename=str(name),
                release=entry.release,
                digests=entry.digests,
                measurements=frozenset(entry.measurements),
                manifest_id=manifest_id,
            )
            for (kind, name, *_), entry in gathered.items()
        ),
        issued_at=_timestamp(document),
        newest_entry=max(published, default=None),
    )


def _release(row: Row, releases: ParseReleases) -> Release | None:
    """Return the release of a file; boot loaders have versions, and no release."""
    if row.kind not in {ReferenceKind.IMAGE, ReferenceKind.PACKAGE}:
        return None
    named = _RELEASE.search(row.name)
    for text in (row.version, named.group(1) if named else None):
        if text is not None and (release := releases(_PLATFORM, text)) is not None:
            return release
    return _release(row.parent, releases) if row.parent else None


def _hardware(row: Row) -> frozenset[str] | None:
    if row.kind in {ReferenceKind.IMAGE, ReferenceKind.PACKAGE}:
        found = hardware.of_file(row.name)
        if found is None and row.family is not None:
            found = hardware.of_family(row.family)
        return _hardware(row.parent) if found is None and row.parent else found
    return hardware.of_product(row.product) if row.product else None


def _digests(row: Row) -> frozenset[Digest]:
    found = set()
    for algorithm in _DIGESTS:
        written = row.fields.get(algorithm.value)
        if written is None or written == "":
            continue
        value = _bytes(written, {2 * algorithm.size_bytes}, row.at.member(algorithm.value))
        found.add(Digest(algorithm, value))
    return frozenset(found)


def _measurement(row: Row) -> frozenset[Measurement]:
    written = row.fields.get("biv_hash")
    if written is None or written == "":
        return frozenset()
    value = _bytes(written, _MEASURED_HEX, row.at.member("biv_hash"))
    return frozenset({Measurement(MeasurementKind.BIV_HASH, value)})


def _bytes(value: object, lengths: frozenset[int] | set[int], at: Path) -> bytes:
    text = strict_json.text(value, at)
    if _HEX.fullmatch(text) is None or len(text) not in lengths:
        expected = " or ".join(str(n) for n in sorted(lengths))
        raise ValueError(f"{at}: expected {expected} hex digits, got {text[:20]!r}")
    return bytes.fromhex(text)


def _timestamp(document: dict[str, object]) -> datetime | None:
    at = ROOT.member("header")
    header = document.get("header")
    stamp = None if header is None else strict_json.members(header, at).get("timestamp")
    if stamp is None:
        return None
    text = strict_json.text(stamp, at.member("timestamp"))
    if _TIMESTAMP.fullmatch(text) is None:
        raise ValueError(f"{at.member('timestamp')}: {text[:40]!r} is no time")
    try:
        # No zone is stated; read as UTC, which is wrong by hours where days are asked about.
        return datetime(*(int(n) for n in text.split(".")), tzinfo=UTC)  # type: ignore[misc,arg-type]
    except ValueError as error:
        raise ValueError(f"{at.member('timestamp')}: {text[:40]!r} is no time") from error


FORMAT: Final = ManifestFormat(
    id=_FORMAT_ID,
    title="Cisco Known Good Values (IOS-XE)",
    max_bytes=_MAX_BYTES,
    signature_suffixes=(_SUFFIX,),
    sniff=_sniff,
    split=_split,
    parse=_parse,
    misuse=misuse_of,
)
