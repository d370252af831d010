"""Debian's ``Release``: digests of the indexes of one suite, its date, and until when it counts.

Only SHA-256 is read; MD5 and SHA-1 stand beside it for old programs. Empty files are left out: the
digest of nothing vouches for nothing.

Source: Debian wiki, "DebianRepository/Format"; apt, apt-pkg/deb/debmetaindex.cc.
"""

import re
from datetime import UTC, datetime
from typing import Final

from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.reference import ReferenceImage, ReferenceKind
from netintegrity.trust._spec import ParsedManifest

_MONTHS: Final = "JanFebMarAprMayJunJulAugSepOctNovDec"
# The line `Codename: bookworm-security`.
_FIELD: Final = re.compile(r"([A-Za-z0-9-]{1,40}):(?: ([^\n]{0,4000}))?")
# Sat, 21 Nov 2026 00:53:02 UTC
_DATE: Final = re.compile(
    r"[A-Z][a-z]{2}, {1,2}(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) "
    r"(?:UTC|GMT|\+0000)",
    re.ASCII,
)
#  0040f94d11d0…2fe7c5     32 non-free/source/Sources.xz
_ENTRY: Final = re.compile(r" ([0-9a-f]{64}) +(\d{1,12}) ([!-~]{1,255})", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,50}")
_MARKS: Final = (b"\nCodename:", b"\nDate:", b"\nSHA256:\n")


def looks_like_one(text: bytes) -> bool:
    """Say whether a verified text has the fields of a Release file."""
    return all(mark in b"\n" + text for mark in _MARKS)


def read(text: bytes, manifest_id: str) -> ParsedManifest:
    """Return the files of a Release whose signature verified.

    Raises:
        ValueError: names the line: no field, twice the same, no digest, no date.
    """
    fields: dict[str, str] = {}
    sums: dict[str, tuple[str, int]] = {}
    current = ""
    for number, line in enumerate(text.decode("utf-8").removesuffix("\n").split("\n"), start=1):
        if line.startswith(" "):
            if current == "SHA256":
                _add(sums, line, number)
            continue
        match = _FIELD.fullmatch(line)
        if match is None or match.group(1) in fields:
            raise ValueError(f"line {number}: no field of a Release file, or one twice")
        current = match.group(1)
        fields[current] = match.group(2) or ""
    codename = fields.get("Codename", "")
    if _NAME.fullmatch(codename) is None:
        raise ValueError("Codename: not a name")
    until = fields.get("Valid-Until")
    return ParsedManifest(
        list_id=f"debian-{codename}",
        images=tuple(
            ReferenceImage(
                kind=ReferenceKind.IMAGE,
                platforms=None,
                filename=path.rpartition("/")[2],
                release=None,
                digests=frozenset({Digest(DigestAlgorithm.SHA256, bytes.fromhex(value))}),
                size_bytes=size,
                manifest_id=manifest_id,
            )
            for path, (value, size) in sums.items()
            if size
        ),
        issued_at=_time(fields.get("Date", ""), "Date"),
        expires_at=None if until is None else _time(until, "Valid-Until"),
    )


def _add(sums: dict[str, tuple[str, int]], line: str, number: int) -> None:
    match = _ENTRY.fullmatch(line)
    if match is None or match.group(3).endswith("/"):
        raise ValueError(f"line {number}: expected a digest, a size and a name")
    value, size, path = match.groups()
    if sums.setdefault(path, (value, int(size))) != (value, int(size)):
        raise ValueError(f"line {number}: {path!r} has two digests")


def _time(text: str, field: str) -> datetime:
    match = _DATE.fullmatch(text)
    place = _MONTHS.find(match.group(2)) if match else -1
    if match is None or place < 0:
        raise ValueError(f"{field}: expected as in `Sat, 21 Nov 2026 00:53:02 UTC`")
    day, _, year, hour, minute, second = match.groups()
    return datetime(
        int(year),
        place // 3 + 1,
        int(day),
        int(hour),
        int(minute),
        int(second),
        tzinfo=UTC,
    )
