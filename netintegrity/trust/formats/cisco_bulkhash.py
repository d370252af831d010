"""Cisco's Bulk Hash file: MD5, SHA-512 and size of every image on cisco.com, as one signed CSV.

Two layouts carry it. Today a gzip-compressed tar holds one folder, named after a time, with
``Cisco_BulkHash_CSV.csv`` and ``Cisco_BulkHash_CSV.csv.signature``. Earlier an outer tar held a
compressed inner tar and a signature over that inner tar. The list and its signature may also lie
side by side. Names and times of archive members are signed by nobody and never count.

**Unproven on a genuine archive:** none was at hand. Columns, layouts and the traps in the rows are
as their source states them, and everything here was proved on lists signed with a key of our own.

Source: Cisco "Bulk Hash" page (https://www.cisco.com/c/en/us/support/web/tools/bulk-hash/);
cisco-open/intelligent-release-image-staging, server/bulkhash.py, which reads the live list.
"""

import zlib
from collections.abc import Mapping
from functools import partial
from typing import Final

from netintegrity.errors import MalformedError, UnsignedError
from netintegrity.trust._spec import (
    Envelope,
    ManifestFormat,
    ParsedManifest,
    ParseReleases,
    Signature,
)
from netintegrity.trust.archive import is_archive, unpack
from netintegrity.trust.formats._bulkhash_index import IndexedRows, index_of
from netintegrity.trust.formats._bulkhash_rows import HEADER, read_rows
from netintegrity.trust.path import misuse_of

_FORMAT_ID: Final = "cisco-bulkhash"
_SUFFIX: Final = ".signature"
_SIGNED_SUFFIXES: Final = (".csv", ".tar", ".tar.gz", ".tgz")
"""Of what carries the list, and not of a script or a README that may be signed beside it."""

MAX_BYTES: Final = 256 * 1024 * 1024
"""Three times the size of the list in 2026 (88 MB); for the file, and for what it unpacks to."""
MAX_RATIO: Final = 50
"""Unpacked over packed; hex digits of digests shrink to half, hardly further."""
_ALWAYS_UNPACKED: Final = 1024 * 1024
_PEEK_BYTES: Final = 512
_TAR_NAME_BYTES: Final = 100


def _sniff(filename: str, head: bytes) -> bool:
    if head.startswith(HEADER):
        return True
    if not is_archive(head):
        return filename.lower().endswith(".csv") and "bulkhash" in filename.lower()
    return "bulkhash" in filename.lower() or b"bulkhash" in _first_name(head).lower()


def _first_name(head: bytes) -> bytes:
    """Return the name of the first member of a tar archive, gzip-compressed or not."""
    if head[:2] == b"\x1f\x8b":
        try:
            head = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS).decompress(head, _PEEK_BYTES)
        except zlib.error:
            return b""
    return head[:_TAR_NAME_BYTES]


def _split(raw: bytes, detached: Mapping[str, bytes]) -> Envelope:
    signed, signature = raw, detached.get(_SUFFIX, detached.get(""))
    if signature is None and is_archive(raw):
        signed, signature = _from_archive(raw)
    if signature is None:
        detail = f"no {_SUFFIX} file beside it, nor inside"
        raise UnsignedError(manifest_id=_FORMAT_ID, detail=detail)
    # In the older layout what is signed is an archive; it is opened once that verified.
    return Envelope(signed=signed, payload=signed, signatures=(Signature(value=signature),))


def _from_archive(raw: bytes) -> tuple[bytes, bytes | None]:
    """Return what is signed in a bundle as Cisco ships it, and the signature if there is one.

    The bundle also holds a certificate, which is not asked, and scripts, which are not run.
    """
    try:
        members = _unpacked(raw)
    except ValueError as error:
        raise MalformedError(manifest_id=_FORMAT_ID, detail=str(error)) from error
    carriers = [name for name in members if name.lower().endswith(_SIGNED_SUFFIXES)]
    if len(carriers) != 1:
        detail = f"{len(carriers)} lists (.csv or .tar) in the archive, expected one"
        raise MalformedError(manifest_id=_FORMAT_ID, detail=detail)
    return members[carriers[0]], members.get(carriers[0] + _SUFFIX)


def _parse(verified: bytes, manifest_id: str, releases: ParseReleases) -> ParsedManifest:
    content = _list_in(verified)
    index = index_of(content, releases)
    if index is None:
        images, newest = read_rows(content, manifest_id, releases)
        return ParsedManifest(
            list_id=_FORMAT_ID, images=images, newest_entry=newest, is_cumulative=True
        )
    return ParsedManifest(
        list_id=_FORMAT_ID,
        images=(),
        rows=partial(IndexedRows, index),
        newest_entry=index.reader.newest,
        is_cumulative=True,
    )


def _list_in(verified: bytes) -> bytes:
    """Return the list itself; of an archive the one it holds."""
    if not is_archive(verified):
        return verified
    members = _unpacked(verified)
    lists = [name for name in members if name.lower().endswith(".csv")]
    if len(lists) != 1:
        raise ValueError(f"{len(lists)} lists (.csv) in the signed archive, expected one")
    return members[lists[0]]


def _unpacked(raw: bytes) -> Mapping[str, bytes]:
    return unpack(raw, max_bytes=min(MAX_BYTES, max(_ALWAYS_UNPACKED, MAX_RATIO * len(raw))))


FORMAT: Final = ManifestFormat(
    id=_FORMAT_ID,
    title="Cisco Bulk Hash (all images on cisco.com; unproven on a genuine archive)",
    max_bytes=MAX_BYTES,
    signature_suffixes=(_SUFFIX,),
    sniff=_sniff,
    split=_split,
    parse=_parse,
    misuse=misuse_of,
)
