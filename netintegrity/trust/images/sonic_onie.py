"""SONiC installers for ONIE (``sonic-….bin``): a script, a tar archive, and a CMS signature in PEM.

The script states the size of the archive and ends with the line ``exit_marker``. Signed is all of
it up to the end of the archive; the signature is detached CMS, appended. The script's SHA-1 of the
archive tells damage and nothing else, and is not read.

Stricter than the switch's own check: the size is stated once, the signature is the only thing
behind the archive, and what signs must lead to a certificate of the keyring.

**Unproven on a genuine image:** none was at hand. Proved on images that openssl signed.

Source: sonic-net/sonic-buildimage, onie-mk-demo.sh, installer/sharch_body.sh, installer/install.sh,
scripts/sign_image_dev.sh; sonic-net/sonic-utilities, scripts/verify_image_sign.sh.
"""

import re
from collections.abc import Iterable
from typing import Final

from netintegrity.errors import MalformedError, UnsignedError
from netintegrity.trust import cms
from netintegrity.trust.images import _sonic, _tar
from netintegrity.trust.images._reading import ReadAt, window
from netintegrity.trust.images._spec import Described, ImageContainer, Part, SignedImage
from netintegrity.trust.images._zip import members_of

_ID: Final = "sonic-onie"
_MAX_SCRIPT_BYTES: Final = 256 * 1024
"""SONiC's has two KiB, and what a platform adds."""
_MAX_INSTALLER_BYTES: Final = 256 * 1024
_START: Final = b"#!/bin/"
_END: Final = b"\nexit_marker\n"
_PAYLOAD, _INSTALLER = "installer/fs.zip", "installer/install.sh"

# The line `payload_image_size=1234567890`.
_SIZE: Final = re.compile(rb"^payload_image_size=(\d{1,12})$", re.MULTILINE)
_ANY_SIZE: Final = re.compile(rb"payload_image_size=")
# The line `image_version="202311.2-0c1c8b0"`.
_VERSION: Final = re.compile(rb'^image_version="([^"\n]{0,200})"$', re.MULTILINE)


def _script(read_at: ReadAt) -> bytes:
    """Return the script, its last line included; nothing: there is none."""
    head = read_at(0, _MAX_SCRIPT_BYTES)
    end = head.find(_END)
    if not head.startswith(_START) or end < 0:
        return b""
    return head[: end + len(_END)]


def _sniff(_filename: str, read_at: ReadAt, _size: int) -> bool:
    return read_at(0, len(_START)) == _START and _ANY_SIZE.search(_script(read_at)) is not None


def _archive(read_at: ReadAt, size: int) -> range:
    """Return where the archive lies.

    Raises:
        MalformedError: the script does not say so in one way.
    """
    script = _script(read_at)
    # The switch reads whatever line has the word; so there may be one alone.
    stated = _SIZE.findall(script)
    if len(stated) != 1 or len(_ANY_SIZE.findall(script)) != len(stated):
        detail = "its script states the size of the archive not once, or not as a number"
        raise MalformedError(manifest_id=_ID, detail=detail)
    start = len(script)
    if start + int(stated[0]) > size:
        raise MalformedError(manifest_id=_ID, detail="shorter than its script says")
    return range(start, start + int(stated[0]))


def _open(read_at: ReadAt, size: int) -> SignedImage:
    archive = _archive(read_at, size)
    behind = size - archive.stop
    if not behind:
        detail = "nothing lies behind its archive, where the signature would"
        raise UnsignedError(manifest_id=_ID, detail=detail)
    tail = read_at(archive.stop, min(behind, cms.MAX_BYTES + 1))
    signed = cms.read(tail, name=_ID)
    return SignedImage(
        covered=range(archive.stop), digest=signed.digest_algorithm, statement=signed
    )


def _describe(read_at: ReadAt, size: int) -> Described:
    archive = _archive(read_at, size)
    inside = window(read_at, archive.start, len(archive))
    try:
        script = _tar.members_of(inside, len(archive)).get(_INSTALLER)
    except ValueError as error:
        raise MalformedError(manifest_id=_ID, detail=str(error)) from error
    if script is None or script.size_bytes > _MAX_INSTALLER_BYTES:
        return Described(notes=(f"its archive holds no {_INSTALLER} that says its version",))
    stated = _VERSION.findall(inside(script.offset, script.size_bytes))
    whole = len(stated) == 1 and re.fullmatch(_sonic.VERSION.encode(), stated[0])
    if not whole:
        return Described(notes=("its installer does not state one version",))
    return Described(release=stated[0].decode())


def _contents(read_at: ReadAt, size: int, _filename: str, release: str) -> Iterable[Part]:
    archive = _archive(read_at, size)
    inside = window(read_at, archive.start, len(archive))
    payload = _tar.members_of(inside, len(archive)).get(_PAYLOAD)
    if payload is None:
        raise ValueError(f"its archive holds no {_PAYLOAD}")
    packed = window(inside, payload.offset, payload.size_bytes)
    yield from _sonic.parts_in(members_of(packed, payload.size_bytes), packed, release)


CONTAINER: Final = ImageContainer(
    id=_ID,
    title="SONiC installer for ONIE",
    sniff=_sniff,
    open=_open,
    describe=_describe,
    contents=_contents,
    platform="sonic",
)
