"""A box that speaks as Nokia SR OS does in its classic command line."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.lab.device import LabDevice, normalised
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "bof": re.compile(r"show bof"),
    "cards": re.compile(r"show card"),
    "card-detail": re.compile(r"show card detail"),
    "file": re.compile(r"file version (?P<file>\S{3,120}) check"),
}
_RULE: Final = "=" * 79


def _answer(device: LabDevice, command: str) -> str:
    word = next((w for w, p in _COMMANDS.items() if p.fullmatch(command)), None)
    if word is None:
        return "Error: Bad command.\n"
    if word == "file":
        return "\n".join([*_file(device, command), ""])
    return "\n".join([*_SAYS[word](device), ""])


def _refusal(_: LabDevice, __: str) -> str:
    return "MINOR: CLI Command not allowed for this user.\n"


def _version(device: LabDevice) -> Iterator[str]:
    release = device.active.release
    yield f"TiMOS-C-{release} cpm/x86_64 Nokia 7750 SR Copyright (c) 2000-2026 Nokia."
    yield "All rights reserved. All use subject to applicable license agreements."
    yield "Built on Mon Jan 5 12:00:00 UTC 2026 by lab in /builds/lab/panos/main"


def _folder(path: str) -> str:
    """Return how SR OS names the folder of an image."""
    filesystem, _, rest = path.partition(":")
    return path if rest.startswith("//") else f"{filesystem}:\\{rest}\\"


def _bof(device: LabDevice) -> Iterator[str]:
    yield _RULE
    yield "BOF (Memory)"
    yield _RULE
    places = device.boot_of(device.active)
    for which, path in zip(("primary", "secondary", "tertiary"), places, strict=False):
        yield f"    {f'{which}-image':<16} {_folder(path)}"
    yield "    primary-config   cf3:\\config.cfg"
    yield "    address          192.0.2.10/24 active"
    yield "    console-speed    115200"
    yield _RULE


def _heading() -> Iterator[str]:
    yield "Slot      Provisioned Type                         Admin Operational   Comments"
    yield "              Equipped Type (if different)         State State"
    yield "-" * 79


def _row(device: LabDevice, number: int) -> str:
    part = device.parts[number]
    state = "up/active" if number == 0 else "up/standby"
    return f"{part.subject.id:<9} {part.pid:<40} up    {state}"


def _cards(device: LabDevice) -> Iterator[str]:
    yield _RULE
    yield "Card Summary"
    yield _RULE
    yield from _heading()
    for number in range(len(device.parts)):
        yield _row(device, number)
    yield _RULE


def _card_detail(device: LabDevice) -> Iterator[str]:
    for number, part in enumerate(device.parts):
        yield _RULE
        yield f"Card {part.subject.id}"
        yield _RULE
        yield from _heading()
        yield _row(device, number)
        yield ""
        yield "Hardware Data"
        yield "    Platform type                 : 7750"
        yield f"    Serial number                 : {part.serial}"
        yield "    Software boot (rom) version   : X-25.10.R1 on Mon Jan 5 12:00:00 UTC"
        yield "                                    2026 by lab"
        yield f"    Software version              : TiMOS-C-{part.release} cpm/x86_64 Nokia 7750 SR"
        yield "                                    Copyright (c) 2000-2026 Nokia."
        yield _RULE


def _file(device: LabDevice, command: str) -> Iterator[str]:
    path = command.split(" ")[2]
    folder = path.rpartition("/")[0].replace("/", "\\") + "\\"
    flash = device.active.flash
    image = next((i for p, i in flash.items() if _folder(normalised(p)) == folder), None)
    if image is None:
        yield f'MINOR: CLI File "{path}" does not exist.'
        return
    bad = image.signing == "development"
    yield f"Validation {'failed' if bad else 'successful'}"
    yield f"TiMOS-C-{image.release} for x86_64"
    yield "Mon Jan 5 12:00:00 UTC 2026 by lab in /builds/lab/panos/main"


_SAYS: Final[dict[str, Callable[[LabDevice], Iterator[str]]]] = {
    "version": _version,
    "bof": _bof,
    "cards": _cards,
    "card-detail": _card_detail,
}

PERSONALITY: Final = Personality(
    id="nokia_sros",
    title="Nokia SR OS",
    platform_id="nokia_sros",
    pid="cpm5",
    commands=_COMMANDS,
    session_lines={
        "//environment more false": "MINOR: CLI Switching to the MD-CLI engine is not allowed.\n",
        "environment no more": "",
    },
    answer=_answer,
    refusal=_refusal,
    user_commands=frozenset(_COMMANDS),
    part_kinds=frozenset({"supervisor"}),
)
