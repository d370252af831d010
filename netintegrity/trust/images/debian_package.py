"""Debian packages, verified as apt does: ``InRelease``, then ``Packages``, then the ``.deb``.

The archive signs ``InRelease``, a clear-signed text that lists the indexes of one suite by SHA-256.
One of them, ``Packages``, lists every package of one component and architecture by SHA-256. Both
lie beside the package here, as they were downloaded. Debian and what is built from it (Cumulus
Linux, VyOS, SONiC) ship single packages so; whose archive it is, is in the keyring alone.

``InRelease`` says until when it counts, or does not: then an old one can be handed out again, and
the package is genuine and may be old.

Source: Debian wiki, "DebianRepository/Format"; deb822(5); apt-secure(8); RFC 9580 section 7.
"""

import hashlib
import lzma
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from netintegrity.model.reference import ReferenceKind
from netintegrity.trust.images._reading import ReadAt, pieces
from netintegrity.trust.images._spec import IndexedFile, IndexedForm, Part

_TEXT: Final = "InRelease"
_INDEXES: Final = ("Packages.xz", "Packages.gz", "Packages")
_MAX_TEXT_BYTES: Final = 4 * 1024 * 1024
_MAX_INDEX_BYTES: Final = 64 * 1024 * 1024
"""As it lies there. Debian's own, of 60,000 packages, has 9 MiB packed and 55 MiB unpacked."""
MAX_PLAIN_BYTES: Final = 512 * 1024 * 1024
_MAX_LINE_BYTES: Final = 256 * 1024
_LZMA_BYTES: Final = 80 * 1024 * 1024
"""Of memory; the largest of the usual levels of xz needs 65 MiB."""
_PIECE_BYTES: Final = 256 * 1024

# SHA256: 2d1a8b…
_FIELD: Final = re.compile(
    rb"(Package|Version|Architecture|Filename|Size|SHA256): ?([!-~]{1,1024})"
)


def _is_for(filename: str) -> bool:
    return filename.endswith(".deb")


def _entry_of(beside: Mapping[str, bytes], wanted: IndexedFile) -> str:
    present = [name for name in _INDEXES if name in beside]
    if not present:
        raise LookupError(f"none of {', '.join(_INDEXES)} beside it")
    listed = [n for n in present if (n, hashlib.sha256(beside[n]).digest()) in wanted.listed]
    if not listed:
        raise ValueError(f"{present[0]} is none that {_TEXT} lists")
    found = other = None
    for entry in _entries(_lines(listed[0], beside[listed[0]])):
        if _is_of(entry, wanted):
            found = found or entry
        elif wanted.filename in _names(entry):
            other = entry
    if found is not None:
        return " ".join(found.get(f, "?") for f in ("Package", "Version", "Architecture"))
    if other is not None:
        raise ValueError(f"{listed[0]} has another digest for {wanted.filename}")
    raise LookupError(f"{listed[0]} does not list it")


def _is_of(entry: Mapping[str, str], wanted: IndexedFile) -> bool:
    stated = entry.get("SHA256"), entry.get("Size")
    return stated == (wanted.sha256.hex(), str(wanted.size_bytes))


def _names(entry: Mapping[str, str]) -> tuple[str, str]:
    """Return what the file is called in the archive, and where apt downloads it to."""
    parts = (entry.get(f, "") for f in ("Package", "Version", "Architecture"))
    return entry.get("Filename", "").rpartition("/")[2], "_".join(parts).replace(
        ":", "%3a"
    ) + ".deb"


def _entries(lines: Iterable[bytes]) -> Iterator[dict[str, str]]:
    """Yield the wanted fields of each package; a field twice is no package."""
    entry: dict[str, str] = {}
    for line in lines:
        if not line:
            if entry:
                yield entry
            entry = {}
            continue
        match = _FIELD.fullmatch(line)
        if match is not None:
            name = match.group(1).decode()
            if name in entry:
                raise ValueError(f"an entry of its index states {name} twice")
            entry[name] = match.group(2).decode()
    if entry:
        yield entry


def _lines(name: str, raw: bytes) -> Iterator[bytes]:
    rest, size = b"", 0
    for piece in _unpacked(name, raw):
        size += len(piece)
        if size > MAX_PLAIN_BYTES:
            raise ValueError(f"{name}: more than {MAX_PLAIN_BYTES} bytes once unpacked")
        *lines, rest = (rest + piece).split(b"\n")
        if len(rest) > _MAX_LINE_BYTES:
            raise ValueError(f"{name}: a line of more than {_MAX_LINE_BYTES} bytes")
        yield from lines
    if rest:
        yield rest


def _unpacked(name: str, raw: bytes) -> Iterator[bytes]:
    """Yield the content in small pieces; one stream, and nothing behind it."""
    if name == "Packages":
        yield from (raw[at : at + _PIECE_BYTES] for at in range(0, len(raw), _PIECE_BYTES))
        return
    try:
        if name.endswith(".gz"):
            gzip = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            left = raw
            while not gzip.eof:
                piece = gzip.decompress(left, _PIECE_BYTES)
                left = gzip.unconsumed_tail
                if not piece and not left and not gzip.eof:
                    raise ValueError(f"{name}: ends early")
                yield piece
            behind = gzip.unused_data
        else:
            xz = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_LZMA_BYTES)
            yield xz.decompress(raw, _PIECE_BYTES)
            while not xz.eof:
                piece = xz.decompress(b"", _PIECE_BYTES)
                if not piece and xz.needs_input:
                    raise ValueError(f"{name}: ends early")
                yield piece
            behind = xz.unused_data
    except (zlib.error, lzma.LZMAError) as error:
        raise ValueError(f"{name}: damaged") from error
    if behind:
        raise ValueError(f"{name}: something lies behind its end")


def _contents(read_at: ReadAt, size: int, filename: str, _release: str) -> Iterable[Part]:
    yield Part(
        name=filename,
        kind=ReferenceKind.PACKAGE,
        size_bytes=size,
        chunks=lambda: pieces(read_at, 0, size),
    )


FORM: Final = IndexedForm(
    id="debian-package",
    title="Debian package (InRelease, Packages)",
    is_for=_is_for,
    signed=_TEXT,
    beside={_TEXT: _MAX_TEXT_BYTES, **dict.fromkeys(_INDEXES, _MAX_INDEX_BYTES)},
    entry_of=_entry_of,
    contents=_contents,
)
