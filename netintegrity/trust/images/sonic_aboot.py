"""SONiC for switches that Aboot starts (``sonic-aboot-….swi``): signed as Arista signs EOS.

The build of SONiC takes its payload, a ZIP, adds ``version``, ``boot0`` and ``.imagehash``, and
signs it with a key of whoever builds it. Its ``SWI_VERSION`` is made up; the version of SONiC
stands in ``.imagehash``. Arista's own authority counts for no such image unless the keyring names
this format.

**Unproven on a genuine image:** none was at hand.

Source: sonic-net/sonic-buildimage, build_image.sh (``IMAGE_TYPE`` aboot), scripts/sign_image.sh;
what is signed stands in ``_swi.py``.
"""

import re
from collections.abc import Iterable
from typing import Final

from netintegrity.errors import MalformedError
from netintegrity.trust.images import _sonic, _swi
from netintegrity.trust.images._reading import ReadAt
from netintegrity.trust.images._spec import Described, ImageContainer, Part, SignedImage

_ID: Final = "sonic-aboot"
# 202311.2-0c1c8b0
_HASH: Final = re.compile(rb"\A(" + _sonic.VERSION.encode() + rb")\n?\Z")


def _sniff(filename: str, read_at: ReadAt, size: int) -> bool:
    return _swi.looks_like_one(filename, read_at) and _swi.is_sonic(read_at, size)


def _open(read_at: ReadAt, size: int) -> SignedImage:
    return _swi.open_image(read_at, size, container=_ID)


def _describe(read_at: ReadAt, size: int) -> Described:
    members = _swi.members_in(read_at, size, container=_ID)
    try:
        return Described(release=_swi.stated_in(members[_swi.SONIC_MARK], read_at, _HASH))
    except ValueError as error:
        raise MalformedError(manifest_id=_ID, detail=str(error)) from error


def _contents(read_at: ReadAt, size: int, _filename: str, release: str) -> Iterable[Part]:
    members = _swi.members_in(read_at, size, container=_ID)
    yield from _sonic.parts_in(members, read_at, release)


CONTAINER: Final = ImageContainer(
    id=_ID,
    title="SONiC image for Aboot",
    sniff=_sniff,
    open=_open,
    describe=_describe,
    contents=_contents,
    platform="sonic",
)
