"""The rows of Cisco's Bulk Hash list, half a million of them, and what is odd about some.

* ``##START_DATE##`` and ``##END_DATE##`` in the place of a name: no file.
* A blank ``IMAGE_SIZE`` (one row in six): the size is not said.
* One name in several rows, with other digests: each counts, none replaces another.
* A blank or unreadable digest, a size that is no number: the row vouches for nothing. Nor may its
  neighbours then accuse: a list that has an unread file of a release does not show that an image
  of that release is none of Cisco's.
* ``DEFERRAL_STATUS`` other than blank and ``active``: Cisco took the file back, a finding. That
  also holds where another row of the same name and MD5 is the one that can be read.

Half a million rows are too many to be held as values: see
:mod:`~netintegrity.trust.formats._bulkhash_index`, which reads them one by one with this module.

Source: as :mod:`~netintegrity.trust.formats.cisco_bulkhash`.
"""

import csv
import io
from dataclasses import replace
from datetime import datetime
from typing import Final

from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.reference import ReferenceImage
from netintegrity.model.release import Release
from netintegrity.trust._spec import ParseReleases
from netintegrity.trust.formats import _cisco_names as names
from netintegrity.trust.formats._cisco_dates import published_at

HEADER: Final = b"FILE_NAME,MD5_CHECKSUM,SHA512_CHECKSUM,PUBLISH_DATE,DEFERRAL_STATUS,IMAGE_SIZE"
_COLUMNS: Final = HEADER.decode().split(",")
# ##START_DATE##   FEB 14 2000,,,,,
SENTINEL: Final = "##"
_ACTIVE: Final = frozenset({"", "active"})
MAX_NAME: Final = 255
MAX_SIZE_DIGITS: Final = 15


class RowReader:
    """Reads rows, and notes what those that cannot be read mean for the others."""

    def __init__(self, releases: ParseReleases) -> None:
        """Take the platforms' grammars."""
        self._grammar = releases
        self._releases: dict[str | None, Release | None] = {None: None}
        self._dates: dict[str, datetime | None] = {"": None}
        self.unread: set[tuple[str, tuple[int, ...]]] = set()
        """Train and key of releases of which some row could not be read."""
        self.taken_back: set[tuple[str, Digest]] = set()
        """Name and MD5 of rows that could not be read, and were deferred."""

    def image(self, row: list[str], manifest_id: str) -> ReferenceImage | None:
        """Return what one row says; None: it vouches for nothing.

        Args:
            row: its fields, of which the number is not known to be right.
            manifest_id: which list vouches for it.
        """
        if not row or row[0].startswith(SENTINEL):
            return None
        name = row[0].strip()
        if len(row) != len(_COLUMNS) or not 0 < len(name) <= MAX_NAME or not name.isprintable():
            self._note_unread(name)
            return None
        _, md5, sha512, date, status, size = (field.strip() for field in row)
        self.note_date(date)
        weak, strong = _digest(DigestAlgorithm.MD5, md5), _digest(DigestAlgorithm.SHA512, sha512)
        withdrawn = status.lower() not in _ACTIVE
        has_size = size.isascii() and size.isdecimal() and len(size) <= MAX_SIZE_DIGITS
        if strong is None or (md5 and weak is None) or (size and not has_size):
            self._note_unread(name)
            if withdrawn and weak is not None:
                self.taken_back.add((name, weak))
            return None
        return ReferenceImage(
            kind=names.kind_of(name),
            platforms=names.platforms_of(name),
            hardware=names.hardware_of(name),
            filename=name,
            release=self.release(name),
            digests=frozenset({strong} if weak is None else {strong, weak}),
            size_bytes=int(size) if size else None,
            manifest_id=manifest_id,
            withdrawn=withdrawn,
        )

    @property
    def newest(self) -> datetime | None:
        """The newest date that any row so far states."""
        return max((d for d in self._dates.values() if d is not None), default=None)

    def softened(self, image: ReferenceImage) -> ReferenceImage:
        """Return what a row says beside all the others; ask once all of them were read."""
        if not (self.unread or self.taken_back):
            return image
        named = {(image.filename, digest) for digest in image.digests}
        withdrawn = image.withdrawn or not named.isdisjoint(self.taken_back)
        release = image.release
        accuses = release is None or (release.train, release.key) not in self.unread
        hardware = image.hardware if accuses else None
        return replace(image, hardware=hardware, withdrawn=withdrawn)

    def _note_unread(self, name: str) -> None:
        release = self.release(name)
        if release is not None:
            self.unread.add((release.train, release.key))

    def note_date(self, text: str) -> None:
        """Note the date of a row, as it is written."""
        if text not in self._dates:
            self._dates[text] = published_at(text)

    def release(self, name: str) -> Release | None:
        """Return the release a file name states; None: none, or not surely."""
        text = names.release_text(name)
        if text is None:
            return None
        if text not in self._releases:
            self._releases[text] = names.release_of(text, self._grammar)
        return self._releases[text]


def read_rows(
    content: bytes, manifest_id: str, releases: ParseReleases
) -> tuple[tuple[ReferenceImage, ...], datetime | None]:
    """Return the files of a list whose signature verified, and its newest date of publication.

    Args:
        content: the CSV, whole; lines end in CR LF or LF.
        manifest_id: which list vouches for them.
        releases: the platforms' grammars.

    Raises:
        ValueError: no text, another header, or no CSV (RFC 4180).
    """
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", errors="strict", newline="")
    reader = csv.reader(text, strict=True)
    rows = RowReader(releases)
    try:
        header = next(reader, [])
        if header != _COLUMNS:
            raise ValueError(f"line 1: expected the columns {','.join(_COLUMNS)}")
        images = [image for row in reader if (image := rows.image(row, manifest_id)) is not None]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"after line {reader.line_num}: no UTF-8") from error
    return tuple(rows.softened(image) for image in images), rows.newest


def _digest(algorithm: DigestAlgorithm, text: str) -> Digest | None:
    """Return the digest so many hex digits are; None: blank, or none of this algorithm."""
    if len(text) != 2 * algorithm.size_bytes:
        return None
    try:
        value = bytes.fromhex(text)
    except ValueError:
        return None
    # Hex may hold blanks for Python; a digest may not.
    return Digest(algorithm, value) if len(value) == algorithm.size_bytes else None
