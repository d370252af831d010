"""A box that speaks as Cisco IOS-XE does: router, switch, stack or chassis of two supervisors."""

import hashlib
import re
from collections.abc import Callable
from typing import Final

from netintegrity.lab.device import LabDevice, normalised
from netintegrity.lab.personalities import (
    _iosxe_boot,
    _iosxe_hardware,
    _iosxe_quote,
    _iosxe_software,
)
from netintegrity.lab.personalities._beside import APP_HOSTING, PRIVILEGE, REGISTERED, with_beside
from netintegrity.lab.personalities._iosxe_version import show_version
from netintegrity.lab.personalities._spec import Personality

_FILE: Final = r"(?:stby-)?[a-z]+\d?(?:-\d{1,2})?:[A-Za-z0-9_./+-]+"
_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "boot": re.compile(r"show boot"),
    "bootvar": re.compile(r"show bootvar"),
    "boot-system": re.compile(r"show boot system"),
    "inventory": re.compile(r"show inventory"),
    "platform": re.compile(r"show platform"),
    "authenticity": re.compile(r"show software authenticity running"),
    "install": re.compile(r"show install summary"),
    "conf": re.compile(rf"more (?P<path>{_FILE})"),
    "hash": re.compile(rf"verify /(?P<algorithm>sha512) (?P<path>{_FILE})"),
    "hash-md5": re.compile(rf"verify /(?P<algorithm>md5) (?P<path>{_FILE})"),
    **_iosxe_quote.COMMANDS,
    "dir": re.compile(r"dir(?: (?P<path>(?:stby-)?[a-z]+\d?(?:-\d{1,2})?:/?))?"),
}
_SHOWS: Final[dict[str, Callable[[LabDevice], str]]] = {
    "version": show_version,
    "boot": _iosxe_boot.show_boot,
    "bootvar": _iosxe_boot.show_bootvar,
    "boot-system": _iosxe_boot.show_boot_system,
    "inventory": _iosxe_hardware.show_inventory,
    "platform": _iosxe_hardware.show_platform,
    "authenticity": _iosxe_software.show_authenticity,
    "install": _iosxe_software.show_install_summary,
}
_KNOWN_VERBS: Final = frozenset({"show", "more", "verify", "dir", "terminal"})


def _answer(device: LabDevice, command: str) -> str:
    for word, pattern in _COMMANDS.items():
        if (match := pattern.fullmatch(command)) is None:
            continue
        if word in _SHOWS:
            return _SHOWS[word](device)
        if word in _iosxe_quote.COMMANDS:
            said = _iosxe_quote.quoted(device, word, int(match["nonce"]))
            return _refusal(device, command) if said is None else said
        if word == "conf":
            return _more(device, match["path"])
        if word == "dir":
            return _directory(device, match["path"] or "flash:")
        return _hash(device, match["algorithm"], match["path"])
    return _refusal(device, command)


def _refusal(device: LabDevice, command: str) -> str:
    """Return the refusal, its mark under the first word that is not known."""
    verb, _, _ = command.partition(" ")
    offset = len(verb) + 1 if verb in _KNOWN_VERBS else 0
    column = len(device.name) + 1 + offset
    return f"{' ' * column}^\n% Invalid input detected at '^' marker.\n\n"


def _more(device: LabDevice, path: str) -> str:
    content = device.read_file(path)
    if content is None or not path.endswith(".conf"):
        return f"%Error opening {path} (No such file or directory)\n"
    return content.decode()


def _hash(device: LabDevice, algorithm: str, path: str) -> str:
    content = device.hashed_file(path)
    if content is None:
        return f"%Error verifying {path} (No such file or directory)\n"
    digest = hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()
    line = f"verify /{algorithm} ({device.behaviour.hash_names or path}) = {digest}\n"
    if "dots" in device.behaviour.noise:
        # The last row of dots runs into the result, as some trains print it.
        return ("." * 75 + "\n") * 30 + "." * 20 + "Done!" + line + "\n"
    return "." * 40 + "Done!\n" + line + "\n"


def _directory(device: LabDevice, filesystem: str) -> str:
    place = normalised(filesystem).partition(":")[0]
    part = device.active
    if place.startswith("stby-") and device.is_redundant:
        part = device.parts[1]
    elif (number := re.search(r"-(\d+)$", place)) is not None:
        part = next((p for p in device.parts if p.subject.id == number[1]), part)
    rows = [
        f"{8193 + row:>6}  -rw-  {len(content):>16}   Jan 5 2026 12:00:00 +00:00"
        f"  {path.partition(':')[2]}"
        for row, (path, content) in enumerate(sorted(part.files.items()))
    ]
    free = "11353194496 bytes total (8712216576 bytes free)"
    return "\n".join([f"Directory of {filesystem.rstrip('/')}/", "", *rows, "", free, ""])


PERSONALITY: Final = with_beside(
    Personality(
        id="cisco_iosxe",
        title="Cisco IOS-XE",
        platform_id="cisco_iosxe",
        pid="C9300-24T",
        commands=_COMMANDS,
        session_lines={"terminal width 511": "", "terminal length 0": ""},
        answer=_answer,
        refusal=_refusal,
        user_commands=frozenset({"version", "inventory", "platform"}),
    ),
    REGISTERED,
    APP_HOSTING,
    PRIVILEGE,
)
