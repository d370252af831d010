"""What simulated hardware measures when it boots: a value for each stage, and two registers."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from netintegrity.lab.device import LabDevice, Part
from netintegrity.lab.images import Image

BOOT0_VERSION: Final = "F01001R06.1922lab"
LOADER_VERSION: Final = "17.12.1r"
# What makers fill in where there is nothing to measure; 32 bytes.
_CANNED: Final = b"ACanned-SHA256-HMACVal-April2012"


def value_of(content: bytes) -> bytes:
    """Return the measurement of a file: as long as its SHA-512, and another value."""
    return hashlib.sha512(b"measured at boot: " + content).digest()


def boot0_value() -> bytes:
    """Return the measurement of the first stage."""
    return value_of(BOOT0_VERSION.encode())[:32]


def loader_value(word: str = LOADER_VERSION) -> bytes:
    """Return the measurement of a boot loader."""
    return value_of(word.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Booted:
    """What one part measured, and what is printed of it."""

    boot0: bytes
    loader: bytes
    os: tuple[tuple[str, bytes], ...]
    """By file name, in the order of their measurement."""
    printed_os: tuple[tuple[str, bytes], ...]
    """What stands in the answer; somebody may have altered it."""

    @property
    def registers(self) -> tuple[bytes, bytes]:
        """Return PCR0 and PCR8."""
        return _extended((self.boot0, self.loader)), _extended(v for _, v in self.os)


def booted(device: LabDevice, part: Part) -> Booted:
    """Return what ``part`` measured, the behaviour of ``device`` included."""
    how, instead = device.behaviour.quote, device.behaviour.hash_says
    own = _files(part, part.image)
    # A twin that did boot the genuine image; or only the lines of one.
    genuine = _files(part, instead or part.image)
    return Booted(
        boot0=_CANNED if how == "canned" else boot0_value(),
        loader=loader_value("of nobody's list") if how == "unlisted-loader" else loader_value(),
        os=genuine if how == "relayed" else own,
        printed_os=genuine if how in {"relayed", "altered"} else own,
    )


def _files(part: Part, image: Image | None) -> tuple[tuple[str, bytes], ...]:
    if image is None:
        return (("unknown.bin", value_of(b"")),)
    if part.running.endswith(".conf"):
        return tuple((name, value_of(image.package(name))) for name in image.packages)
    name = part.running.rpartition(":")[2].rpartition("/")[2]
    return ((name, value_of(image.content)),)


def _extended(values: Iterable[bytes]) -> bytes:
    register = bytes(32)
    for value in values:
        register = hashlib.sha256(register + hashlib.sha256(value).digest()).digest()
    return register
