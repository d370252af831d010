"""The payload of our own lists: how it reads, and how it is written.

Every field is checked by name and type, and a release is read by the grammar of each platform it
is for. One that no grammar here reads (a platform or a train of a later version) is kept as a
release that is equal to no other: left out, it would be one that nothing speaks against.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from netintegrity import rfc3339, strict_json
from netintegrity.model.digest import Digest, DigestAlgorithm, Measurement, MeasurementKind
from netintegrity.model.reference import ReferenceImage, ReferenceKind
from netintegrity.model.release import Release
from netintegrity.plain_text import clean
from netintegrity.strict_json import ROOT, Path
from netintegrity.trust._spec import ParsedManifest, ParseReleases

SCHEMA: Final = "netintegrity/manifest/1"
PAYLOAD_TYPE: Final = "application/vnd.netintegrity.manifest+json"

_FIELDS: Final = frozenset(
    {"schema", "id", "sequence", "issued_at", "expires_at", "images", "companions"}
)
_IMAGE_FIELDS: Final = frozenset(
    {"kind", "platforms", "hardware", "filename", "release", "size_bytes", "digests"}
    | {"measurements", "withdrawn", "provenance"}
)
_PROVENANCE_FIELDS: Final = frozenset({"origin", "source", "digest"})
_ORIGINS: Final = frozenset({"manifest", "run", "file", "manual"})
_MAX_COMPANIONS: Final = 64
_LIST_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PLATFORM: Final = re.compile(r"[a-z0-9_]{1,40}")
_HARDWARE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/=+-]{0,39}")
_HEX: Final = re.compile(r"(?:[0-9a-f]{2}){1,128}")
_MEASURED_BYTES: Final = {
    MeasurementKind.BIV_HASH: frozenset({32, 64}),
    MeasurementKind.PCR: frozenset({20, 32, 48, 64}),
}


def canonical(document: Mapping[str, object]) -> bytes:
    """Return the one way to write ``document``: keys sorted, ASCII, no white space."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def parse(payload: bytes, manifest_id: str, releases: ParseReleases) -> ParsedManifest:
    """Return the content of a payload whose signature verified.

    Raises:
        ValueError: it is not of the schema; says where, as ``$.images[0].digests``.
    """
    document = strict_json.members(strict_json.load(payload), ROOT)
    schema = document.get("schema")
    if schema != SCHEMA:
        raise ValueError(f"$.schema: expected {SCHEMA!r}, got {str(schema)[:60]!r}")
    strict_json.only(document, _FIELDS, ROOT)
    listed = strict_json.items(document.get("images"), ROOT.member("images"))
    issued_at, expires_at = (_time(document, name) for name in ("issued_at", "expires_at"))
    if expires_at <= issued_at:
        raise ValueError("$.expires_at: not after $.issued_at")
    here = ROOT.member("images")
    images = tuple(
        image
        for index, item in enumerate(listed)
        for image in _images(item, here.item(index), manifest_id, releases)
    )
    return ParsedManifest(
        list_id=_matching(document.get("id"), ROOT.member("id"), _LIST_ID),
        images=images,
        issued_at=issued_at,
        expires_at=expires_at,
        sequence=strict_json.integer(document.get("sequence"), ROOT.member("sequence")),
        companions=_companions(document),
    )


def _companions(document: Mapping[str, object]) -> Mapping[str, int]:
    """Return the lists that were issued with this one; absent: none is known."""
    at = ROOT.member("companions")
    listed = strict_json.members(document.get("companions", {}), at)
    if len(listed) > _MAX_COMPANIONS or document.get("id") in listed:
        raise ValueError(f"{at}: expected at most {_MAX_COMPANIONS} other lists")
    for name in listed:
        _matching(name, at.member(name), _LIST_ID)
    return {n: strict_json.integer(v, at.member(n)) for n, v in sorted(listed.items())}


def _time(document: Mapping[str, object], name: str) -> datetime:
    at = ROOT.member(name)
    try:
        return rfc3339.parse(strict_json.text(document.get(name), at))
    except ValueError as error:
        raise ValueError(str(error) if str(error).startswith("$") else f"{at}: {error}") from error


def _images(
    value: object, at: Path, manifest_id: str, releases: ParseReleases
) -> Iterable[ReferenceImage]:
    """Yield the entry, once for each way in which its platforms read the release."""
    entry = strict_json.members(value, at)
    strict_json.only(entry, _IMAGE_FIELDS, at)
    digests, measurements = _digests(entry, at), _measurements(entry, at)
    if not (digests or measurements):
        raise ValueError(f"{at}: neither digests nor measurements")
    _check_provenance(entry, at)
    size, withdrawn = entry.get("size_bytes"), entry.get("withdrawn", False)
    filename = strict_json.text(entry.get("filename"), at.member("filename"))
    if len(filename) > 255 or "/" in filename or clean(filename) != filename or "\n" in filename:
        raise ValueError(f"{at.member('filename')}: not the name of a file")
    for platforms, release in _released(entry, at, releases):
        yield ReferenceImage(
            kind=_kind(entry.get("kind"), at.member("kind")),
            platforms=platforms,
            hardware=_words(entry, "hardware", at, _HARDWARE),
            filename=filename,
            release=release,
            digests=digests,
            measurements=measurements,
            size_bytes=None
            if size is None
            else strict_json.integer(size, at.member("size_bytes"), minimum=1),
            manifest_id=manifest_id,
            withdrawn=strict_json.boolean(withdrawn, at.member("withdrawn")),
        )


def _kind(value: object, at: Path) -> ReferenceKind:
    try:
        return ReferenceKind(strict_json.text(value, at))
    except ValueError as error:
        raise ValueError(f"{at}: expected one of {', '.join(ReferenceKind)}") from error


def _released(
    entry: Mapping[str, object], at: Path, releases: ParseReleases
) -> Iterable[tuple[frozenset[str] | None, Release | None]]:
    """Return platforms and release; two platforms may order one text differently."""
    platforms = _words(entry, "platforms", at, _PLATFORM)
    if entry.get("release") is None:
        return ((platforms, None),)
    here = at.member("release")
    text = strict_json.text(entry["release"], here)
    if platforms is None:
        raise ValueError(f"{here}: a release of no platform; name `platforms`")
    found: dict[Release, set[str]] = {}
    for platform_id in sorted(platforms):
        release = releases(platform_id, text) or _unread(platform_id, text)
        found.setdefault(release, set()).add(platform_id)
    return tuple((frozenset(ids), release) for release, ids in found.items())


def _unread(platform_id: str, text: str) -> Release:
    """Return a release on a train of its own, so that it can be compared with no other."""
    return Release(text=text, train=f"unread {platform_id} {text}", key=())


def _words(
    entry: Mapping[str, object], name: str, at: Path, grammar: re.Pattern[str]
) -> frozenset[str] | None:
    if entry.get(name) is None:
        return None
    here = at.member(name)
    listed = strict_json.items(entry[name], here)
    if not listed:
        raise ValueError(f"{here}: empty; leave it out where it is not known")
    return frozenset(_matching(item, here.item(i), grammar) for i, item in enumerate(listed))


def _matching(value: object, at: Path, grammar: re.Pattern[str]) -> str:
    text = strict_json.text(value, at)
    if grammar.fullmatch(text) is None:
        raise ValueError(f"{at}: {text[:60]!r} cannot stand here")
    return text


def _digests(entry: Mapping[str, object], at: Path) -> frozenset[Digest]:
    if entry.get("digests") is None:
        return frozenset()
    here = at.member("digests")
    found = set()
    for name, value in strict_json.members(entry["digests"], here).items():
        place = here.member(name)
        if name not in list(DigestAlgorithm):
            raise ValueError(f"{place}: expected one of {', '.join(DigestAlgorithm)}")
        algorithm, written = DigestAlgorithm(name), strict_json.text(value, place)
        if _HEX.fullmatch(written) is None or len(written) != 2 * algorithm.size_bytes:
            raise ValueError(f"{place}: expected {2 * algorithm.size_bytes} lower-case hex digits")
        found.add(Digest(algorithm, bytes.fromhex(written)))
    return frozenset(found)


def _measurements(entry: Mapping[str, object], at: Path) -> frozenset[Measurement]:
    if entry.get("measurements") is None:
        return frozenset()
    here = at.member("measurements")
    found = set()
    for name, values in strict_json.members(entry["measurements"], here).items():
        place = here.member(name)
        if name not in list(MeasurementKind):
            raise ValueError(f"{place}: expected one of {', '.join(MeasurementKind)}")
        kind = MeasurementKind(name)
        for index, value in enumerate(strict_json.items(values, place)):
            written = strict_json.text(value, place.item(index))
            whole = _HEX.fullmatch(written) is not None
            if not whole or len(written) // 2 not in _MEASURED_BYTES[kind]:
                raise ValueError(f"{place.item(index)}: not the length of a {kind} in hex")
            found.add(Measurement(kind, bytes.fromhex(written)))
    return frozenset(found)


def _check_provenance(entry: Mapping[str, object], at: Path) -> None:
    """Check the shape of what the entry says of its origin; it is talk, and nothing rests on it."""
    if entry.get("provenance") is None:
        return
    here = at.member("provenance")
    provenance = strict_json.members(entry["provenance"], here)
    strict_json.only(provenance, _PROVENANCE_FIELDS, here)
    if provenance.get("origin") not in _ORIGINS:
        raise ValueError(f"{here.member('origin')}: expected one of {', '.join(sorted(_ORIGINS))}")
    for name in ("source", "digest"):
        if provenance.get(name) is not None:
            strict_json.text(provenance[name], here.member(name))
