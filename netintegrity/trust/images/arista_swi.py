"""Arista EOS images (``.swi``) and extensions (``.swix``), signed inside.

What is signed and how strictly it is read stands in ``_swi.py``. The file lies on the box as it was
downloaded, so what will lie there is the file itself.

An image with several parts for other hardware carries a signature of each part as well. Those are
not judged: to take the parts out, Arista runs a program from inside the image. The outer signature
covers all bytes.

Source: aristanetworks/swi-tools, src/switools/verify.py, swimtool.
"""

import re
from collections.abc import Iterable
from typing import Final

from netintegrity.errors import MalformedError
from netintegrity.model.reference import ReferenceKind
from netintegrity.trust.images import _swi
from netintegrity.trust.images._reading import ReadAt, pieces
from netintegrity.trust.images._spec import Described, ImageContainer, Part, SignedImage

_ID: Final = "arista-swi"
_PARTS: Final = "swimSqshMap"
_EXTENSION: Final = "manifest.txt"

# SWI_VERSION=4.30.1F
_VERSION: Final = re.compile(rb"^SWI_VERSION=([!-~]{1,60})$", re.MULTILINE)


def _sniff(filename: str, read_at: ReadAt, size: int) -> bool:
    return _swi.looks_like_one(filename, read_at) and not _swi.is_sonic(read_at, size)


def _open(read_at: ReadAt, size: int) -> SignedImage:
    return _swi.open_image(read_at, size, container=_ID)


def _describe(read_at: ReadAt, size: int) -> Described:
    members = _swi.members_in(read_at, size, container=_ID)
    notes: tuple[str, ...] = ()
    if _PARTS in members:
        notes = ("holds several parts; their own signatures were not judged, the outer one was",)
    release = None
    if "version" in members:
        try:
            release = _swi.stated_in(members["version"], read_at, _VERSION)
        except ValueError as error:
            raise MalformedError(manifest_id=_ID, detail=str(error)) from error
    return Described(release=release, notes=notes)


def _contents(read_at: ReadAt, size: int, filename: str, _release: str) -> Iterable[Part]:
    members = _swi.members_in(read_at, size, container=_ID)
    # An extension boots nothing: it must not stand where an image is looked for.
    kind = ReferenceKind.PACKAGE if _EXTENSION in members else ReferenceKind.IMAGE
    yield Part(name=filename, kind=kind, size_bytes=size, chunks=lambda: pieces(read_at, 0, size))


CONTAINER: Final = ImageContainer(
    id=_ID,
    title="Arista EOS image or extension",
    sniff=_sniff,
    open=_open,
    describe=_describe,
    contents=_contents,
    platform="arista_eos",
)
