"""A box that speaks as Fortinet FortiOS does, without virtual domains and without paging."""

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.lab.device import LabDevice, normalised
from netintegrity.lab.personalities._beside import STITCHES, with_beside
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "version": re.compile(r"get system status"),
    "flash": re.compile(r"diagnose sys flash list"),
    "files": re.compile(r"diagnose sys filesystem hash"),
}
# v7.4.8,build2795,250523
_RELEASE: Final = re.compile(
    r"v(?P<major>\d+)\.(?P<minor>\d+)\.(?P<patch>\d+),build(?P<build>\d+),(?P<date>\d{6})"
)
_HEADER: Final = (
    f"{'Partition':<11}{'Image':<42}{'TotalSize(KB)':<15}{'Used(KB)':<10}{'Use%':<6}Active"
)


def _answer(device: LabDevice, command: str) -> str:
    word = next((w for w, p in _COMMANDS.items() if p.fullmatch(command)), None)
    if word is None:
        return _refusal(device, command)
    return "\n".join([*_SAYS[word](device), ""])


def _refusal(_: LabDevice, command: str) -> str:
    word = command.rpartition(" ")[2]
    return f"command parse error before '{word}'\nCommand fail. Return code -61\n"


def _status(device: LabDevice) -> Iterator[str]:
    signing = device.signing_of(device.active)
    label = "Non-GA.M" if signing == "special" else "GA.M"
    yield f"Version: {device.pid} {device.active.release} ({label})"
    yield "Current Security Level: High"
    yield f"Firmware Signature: {'un-' if signing == 'development' else ''}certified"
    yield "Virus-DB: 1.00000(2018-04-09 18:07)"
    yield f"Serial-Number: {device.serial}"
    yield "BIOS version: 05000009"
    yield f"Hostname: {device.name}"
    yield "Virtual domain configuration: disable"
    yield "FIPS-CC mode: disable"
    yield "Current HA mode: standalone"


def _flash(device: LabDevice) -> Iterator[str]:
    part = device.active
    following = normalised(next(iter(device.boot_of(part)), part.running))
    yield _HEADER
    for number, (path, image) in enumerate(part.flash.items(), start=1):
        active = "Yes" if normalised(path) == following else "No"
        name = _name_of(image.release)
        yield f"{number:<11}{name:<42}{253920:>13}{89600:>10}   35%  {active}"


def _name_of(release: str) -> str:
    """Return how an image lies on flash: its number is not that of the release."""
    m = _RELEASE.fullmatch(release)
    if m is None:
        return release
    return f"FGT60F-{m['major']}.0.{m['minor']}-FW-build{m['build']}-{m['date']}"


def _files(device: LabDevice) -> Iterator[str]:
    image = device.active.image
    content = image.content if image else b""
    yield "Hash contents: /bin"
    yield f"{hashlib.sha256(content).hexdigest()}        /bin/init"
    yield f"{hashlib.sha256(content).hexdigest()}        /bin/sshd -> /bin/init"
    yield "Filesystem hash complete. Hashed 2 files."


_SAYS: Final[dict[str, Callable[[LabDevice], Iterator[str]]]] = {
    "version": _status,
    "flash": _flash,
    "files": _files,
}

PERSONALITY: Final = with_beside(
    Personality(
        id="fortinet_fortios",
        title="Fortinet FortiOS",
        platform_id="fortinet_fortios",
        pid="FortiGate-60F",
        commands=_COMMANDS,
        session_lines={
            "get system status | grep Virtual": "Virtual domain configuration: disable\n",
            "get system status | grep Version": "Version: FortiGate-60F v7.4.8,build2795 (GA.M)\n",
            "get system console": "mode                : line \noutput              : standard \n",
        },
        answer=_answer,
        refusal=_refusal,
        user_commands=frozenset(_COMMANDS),
        part_kinds=frozenset(),
    ),
    STITCHES,
)
