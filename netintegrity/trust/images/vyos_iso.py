"""VyOS images (``.iso``) with a minisign signature beside them (``.iso.minisig``).

Two signatures of one key must hold: over the BLAKE2b-512 of the image, and over that signature with
the trusted comment. The comment may name another file: it is information, and the bytes decide.

The installer copies ``live/filesystem.squashfs`` to ``boot/NAME/NAME.squashfs`` and what is called
``vmlinuz*`` and ``initrd*`` beside it; NAME is the version unless whoever installs it chose
another. The image lists their SHA-256 in ``sha256sum.txt``; where that list and the bytes disagree,
nothing is derived. The version stands inside the squashfs, which is not opened: it is stated by
whoever makes a list, or read from the file name.

A GnuPG signature (``.iso.asc``) is not read: VyOS's OpenPGP certificate rests on SHA-1.

**Unproven on a genuine image:** none was at hand. Proved on images that minisign signed.

Source: vyos/vyos-1x, src/op_mode/image_installer.py (``add_image``); vyos/vyos-build,
data/live-build-config; live-build, ``binary_checksums`` and ``binary_iso``; minisign as in
``formats/minisign.py``.
"""

import re
from collections.abc import Iterable
from functools import partial
from typing import Final

from netintegrity.errors import TrustError
from netintegrity.model.reference import ReferenceKind
from netintegrity.trust._spec import Signature
from netintegrity.trust.formats.minisign import FORMAT as MINISIGN
from netintegrity.trust.images._iso9660 import files_in
from netintegrity.trust.images._reading import ReadAt, pieces
from netintegrity.trust.images._spec import DetachedForm, Part

_SUFFIX: Final = ".minisig"
_SUMS: Final = "/sha256sum.txt"
_MAX_SUMS_BYTES: Final = 1024 * 1024
_ROOT: Final = "/live/filesystem.squashfs"
_STARTERS: Final = ("/live/vmlinuz", "/live/initrd.img")
"""What the boot menu of an installed VyOS names."""
# vyos-1.4.0-generic-amd64.iso    vyos-1.5-rolling-202401010025-amd64.iso
_PUBLISHED: Final = re.compile(
    r"vyos-([0-9][\w.+-]{0,60}?)(?:-generic)?-(?:amd64|arm64)\.iso", re.ASCII
)
# 6f1ed002…2d3e  ./live/filesystem.squashfs
_LINE: Final = re.compile(r"([0-9a-f]{64}) [ *](?:\./)?(\S.{0,255})", re.ASCII)


def _signature_of(content: bytes) -> Signature:
    try:
        (signature,) = MINISIGN.split(b"", {_SUFFIX: content}).signatures
    except TrustError as error:
        raise ValueError(error.detail) from error
    return signature


def _is_for(filename: str) -> bool:
    return filename.lower().endswith(".iso")


def _is_named(filename: str) -> bool:
    return _is_for(filename) and filename.lower().startswith("vyos-")


def _release_named(filename: str) -> str | None:
    match = _PUBLISHED.fullmatch(filename)
    return None if match is None else match.group(1)


def _contents(read_at: ReadAt, size: int, _filename: str, release: str) -> Iterable[Part]:
    files = files_in(read_at, size, ("/", "/live"))
    missing = [path for path in (_SUMS, _ROOT, *_STARTERS) if path not in files]
    if missing:
        raise ValueError(f"holds no {missing[0].removeprefix('/')}")
    listed = files[_SUMS]
    if listed.size_bytes > _MAX_SUMS_BYTES:
        raise ValueError("its list of checksums is too large")
    sums = _sums(read_at(listed.offset, listed.size_bytes))
    if _ROOT.removeprefix("/") not in sums:
        raise ValueError(f"its list of checksums does not name {_ROOT.removeprefix('/')}")
    for path in (_ROOT, *_STARTERS):
        place, is_root = files[path], path == _ROOT
        last = "squashfs" if is_root else path.rpartition("/")[2]
        yield Part(
            name=f"{release}.{last}",
            kind=ReferenceKind.IMAGE if is_root else ReferenceKind.PACKAGE,
            size_bytes=place.size_bytes,
            chunks=partial(pieces, read_at, place.offset, place.size_bytes),
            stated_sha256=sums.get(path.removeprefix("/")),
        )


def _sums(raw: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for number, line in enumerate(raw.decode("utf-8", "replace").splitlines(), start=1):
        match = _LINE.fullmatch(line)
        if match is None or match.group(2) in found:
            raise ValueError(f"its list of checksums, line {number}: no digest, or a name twice")
        found[match.group(2)] = bytes.fromhex(match.group(1))
    return found


FORM: Final = DetachedForm(
    id="vyos-iso",
    title="VyOS image (.iso.minisig)",
    suffix=_SUFFIX,
    signature_of=_signature_of,
    is_for=_is_for,
    is_named=_is_named,
    release_named=_release_named,
    contents=_contents,
    platform="vyos",
)
