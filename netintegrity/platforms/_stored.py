"""Files in a listing: ``dir`` of IOS, IOS-XE and EOS print alike."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.model.claims import ImageClaim, ImageKind, ImageRole
from netintegrity.model.release import Release
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms._text import Answer

# Directory of bootflash:/        Directory of flash:/.checkpoints
_FOLDER: Final = re.compile(r"^Directory of (?P<folder>[\w-]{1,40}:\S{0,200})$")
#   267  -rw-   147988420  Mar 29 2017 00:00:00 +00:00  vios-adventerprisek9-m
#        -rw-   509379353           Apr 13  2022  vEOS-lab.swi
_FILE: Final = re.compile(
    r"^\s{0,20}(?:\d{1,12}\s{1,20})?-[rwx-]{3}\s{1,20}(?P<size>\d{1,15})\s.{0,60}?"
    r"(?P<name>[^\s/]{1,200})$"
)
_KINDS: Final = {
    ".bin": ImageKind.IMAGE,
    ".swi": ImageKind.IMAGE,
    ".pkg": ImageKind.PACKAGE,
    "packages.conf": ImageKind.PACKAGE_LIST,
}


def read_listing(
    answer: Answer, release_in: Callable[[str], Release | None]
) -> Iterator[ImageClaim]:
    """Yield the images and packages a listing names, with their sizes."""
    folder = ""
    for line in answer.lines:
        if (m := _FOLDER.match(line.text)) is not None:
            filesystem, _, path = m["folder"].partition(":")
            inside = path.strip("/")
            folder = f"{filesystem}:{inside}/" if inside else f"{filesystem}:"
        elif folder and (m := _FILE.match(line.text)) is not None:
            kind = next((k for end, k in _KINDS.items() if m["name"].endswith(end)), None)
            if kind is not None:
                yield ImageClaim(
                    subject=Subject(SubjectKind.CHASSIS, "1"),
                    path=folder + m["name"],
                    role=ImageRole.STORED,
                    kind=kind,
                    source=answer.source(line),
                    assurance=answer.assurance,
                    size_bytes=int(m["size"]),
                    release=release_in(m["name"]),
                )
