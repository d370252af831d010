"""Where each row of a Bulk Hash list begins, so that few of half a million have to be read.

The index holds offsets and the first bytes of digests, made from the bytes that were just verified,
and is thrown away with the run: nobody can hide a row from it, least of all one that takes an image
back. Whatever it points to is read again from the signed bytes, by the same reader that reads whole
lists, and must begin where a row begins; so even a wrong index could only hide rows.

Only the plain form that Cisco writes is indexed: ASCII without control characters, no quotes, lines
that end in LF or CR LF. Any other list is read whole.

Source: as :mod:`~netintegrity.trust.formats.cisco_bulkhash`.
"""

import csv
import io
import zlib
from binascii import Error as NotHex
from binascii import unhexlify
from collections.abc import Iterable, Iterator
from typing import Final

from netintegrity.model.reference import ReferenceImage
from netintegrity.trust._spec import ParseReleases
from netintegrity.trust.formats._bulkhash_rows import (
    HEADER,
    MAX_NAME,
    MAX_SIZE_DIGITS,
    SENTINEL,
    RowReader,
)

_PLAIN: Final = bytes(range(0x20, 0x7F)) + b"\r\n"
_MD5_BYTES, _SHA512_BYTES = 16, 64
_OFFSET_BYTES: Final = 4
_KEY_BYTES: Final = 4
"""Kept of a digest, behind the byte that chose the bucket."""
_BUCKETS: Final = 256


class Places:
    """Offsets by key, in buckets by its first byte; a bucket is searched as one string."""

    def __init__(self) -> None:
        """Begin with none."""
        self.buckets: list[bytearray] = [bytearray() for _ in range(_BUCKETS)]

    def add(self, key: bytes, offset: bytes) -> None:
        """Note a place under the first five bytes of a key."""
        bucket = self.buckets[key[0]]
        bucket += key[1 : 1 + _KEY_BYTES]
        bucket += offset

    def under(self, key: bytes) -> Iterator[int]:
        """Yield the places noted under the first five bytes of a key."""
        bucket, wanted = self.buckets[key[0]], key[1 : 1 + _KEY_BYTES]
        width = _KEY_BYTES + _OFFSET_BYTES
        at = bucket.find(wanted)
        while at >= 0:
            if at % width == 0:
                yield int.from_bytes(bucket[at + _KEY_BYTES : at + width])
            at = bucket.find(wanted, at + 1)


class Index:
    """The rows of one list."""

    def __init__(self, content: bytes, reader: RowReader) -> None:
        """Begin with none of the rows of ``content``."""
        self.content, self.reader = content, reader
        self.by_sha512, self.by_md5, self.by_name = Places(), Places(), Places()
        self.count = 0
        self._by_release: dict[tuple[str, tuple[int, ...]], list[int]] | None = None

    def read(self, offsets: Iterable[int], manifest_id: str) -> Iterator[ReferenceImage]:
        """Read the rows that begin at ``offsets``, each once and in their order."""
        for offset in sorted(set(offsets)):
            # Where no row begins, there might be the end of one, and that would be another row.
            if offset == 0 or self.content[offset - 1 : offset] != b"\n":
                continue
            image = self.reader.image(_fields(self._line(offset)), manifest_id)
            if image is not None:
                yield self.reader.softened(image)

    def by_release(self) -> dict[tuple[str, tuple[int, ...]], list[int]]:
        """Return the offsets of the rows of each release; made when first asked for."""
        if self._by_release is None:
            found: dict[tuple[str, tuple[int, ...]], list[int]] = {}
            for offset in self.offsets():
                name = self.content[offset : self.content.find(b",", offset)]
                release = self.reader.release(name.decode("ascii").strip())
                if release is not None:
                    found.setdefault((release.train, release.key), []).append(offset)
            self._by_release = found
        return self._by_release

    def offsets(self) -> list[int]:
        """Return the offsets of all rows, in their order."""
        width = _KEY_BYTES + _OFFSET_BYTES
        return sorted(
            int.from_bytes(bucket[at + _KEY_BYTES : at + width])
            for bucket in self.by_sha512.buckets
            for at in range(0, len(bucket), width)
        )

    def _line(self, offset: int) -> bytes:
        end = self.content.find(b"\n", offset)
        return self.content[offset : None if end < 0 else end]


class IndexedRows:
    """The rows as reference values of one manifest; see :class:`ReferenceRows`."""

    def __init__(self, index: Index, manifest_id: str) -> None:
        """Take the rows, and which list vouches for them."""
        self._index, self.manifest_id = index, manifest_id

    def __len__(self) -> int:
        """Return how many rows vouch for something."""
        return self._index.count

    def __iter__(self) -> Iterator[ReferenceImage]:
        """Read all rows."""
        return self._index.read(self._index.offsets(), self.manifest_id)

    def with_values(self, values: Iterable[bytes]) -> Iterator[ReferenceImage]:
        """Read the rows that may have a digest of one of these values."""
        places = {_SHA512_BYTES: self._index.by_sha512, _MD5_BYTES: self._index.by_md5}
        offsets = [o for v in values if len(v) in places for o in places[len(v)].under(v)]
        return self._index.read(offsets, self.manifest_id)

    def named(self, filename: str) -> Iterator[ReferenceImage]:
        """Read the rows that may have this name."""
        key = _key_of(filename.encode("utf-8", "surrogatepass"))
        return self._index.read(self._index.by_name.under(key), self.manifest_id)

    def of_release(self, train: str, key: tuple[int, ...]) -> Iterator[ReferenceImage]:
        """Read the rows of a release."""
        return self._index.read(self._index.by_release().get((train, key), ()), self.manifest_id)


def index_of(content: bytes, releases: ParseReleases) -> Index | None:
    """Return where the rows of a list are whose signature verified; None: read it whole.

    Half a million rows (121 MB) take a second and 15 MB.

    Args:
        content: the CSV, whole.
        releases: the platforms' grammars.
    """
    if len(content) >= 1 << 8 * _OFFSET_BYTES or not _is_plain(content):
        return None
    lines = io.BytesIO(content)
    header = next(lines, b"")
    if header.rstrip(b"\r\n") != HEADER:
        return None
    reader = RowReader(releases)
    index = Index(content, reader)
    by_sha512, by_md5, by_name = index.by_sha512.add, index.by_md5.add, index.by_name.add
    dates: set[bytes] = set()
    offset = len(header)
    for line in lines:
        place, offset = offset.to_bytes(_OFFSET_BYTES), offset + len(line)
        if len(line) > csv.field_size_limit():
            return None
        fields = line.split(b",")
        if (digests := _digests(fields)) is not None:
            sha512, md5, name = digests
            dates.add(fields[3])
        else:
            # A sentinel, or something odd: the reader that knows them all tells.
            image = reader.image(_fields(line), "")
            if image is None:
                continue
            values = {len(d.value): d.value for d in image.digests}
            sha512, md5 = values[_SHA512_BYTES], values.get(_MD5_BYTES, b"")
            name = image.filename.encode()
        by_sha512(sha512, place)
        if md5:
            by_md5(md5, place)
        by_name(_key_of(name), place)
        index.count += 1
    for date in dates:
        reader.note_date(date.decode("ascii").strip())
    return index


def _is_plain(content: bytes) -> bool:
    """Say whether each line is a row, and each row as many fields as it has commas and one."""
    return (
        b'"' not in content
        and content.count(b"\r") == content.count(b"\r\n")
        and not content.translate(None, delete=_PLAIN)
    )


def _digests(fields: list[bytes]) -> tuple[bytes, bytes, bytes] | None:
    """Return SHA-512, MD5 and name of a row as almost all are; None: it needs a closer look."""
    if len(fields) != 6:
        return None
    name, md5, sha512, _, _, size = fields
    size = size.rstrip(b"\r\n")
    if (
        len(sha512) != 2 * _SHA512_BYTES
        or len(md5) not in {0, 2 * _MD5_BYTES}
        or not 0 < len(name) <= MAX_NAME
        or name.strip() != name
        or name.startswith(SENTINEL.encode())
        or (size and not (size.isdigit() and len(size) <= MAX_SIZE_DIGITS))
    ):
        return None
    try:
        return unhexlify(sha512), unhexlify(md5), name
    except NotHex:
        return None


def _fields(line: bytes) -> list[str]:
    """Return the fields of a line without quotes, as a reader of CSV does."""
    text = line.rstrip(b"\r\n").decode("ascii")
    return text.split(",") if text else []


def _key_of(name: bytes) -> bytes:
    """Return what names are noted under; two may share it."""
    return zlib.crc32(name).to_bytes(4) + zlib.adler32(name).to_bytes(4)
