"""The version grammars of Dell SmartFabric OS10 and of OS9 (FTOS), and how each orders releases.

Shapes: real outputs and the names of the vendor's images
(``PKGS_OS10-Enterprise-10.5.6.2.110buster-installer-x86_64.bin``).
"""

import re
from typing import Final

from netintegrity.model.release import Release

# 10.5.1.0    10.5.1.0.124    10.6.0.5.139
_OS10: Final = re.compile(
    r"(?P<numbers>10\.\d{1,2}\.\d{1,2}\.\d{1,3})(?:\.(?P<build>\d{1,6}))?", re.ASCII
)
# 10.4.9999EX.3342    10.5.2.2P1    10.4.0E.R3.1
_OWN: Final = re.compile(
    r"10\.\d{1,2}\.\d{1,4}(?:\.\d{1,3})?[A-Z]{1,4}\d{0,3}(?:\.[A-Z]?\d{1,6}){0,3}", re.ASCII
)
_IMAGE: Final = re.compile(
    r"PKGS_OS10-[A-Za-z]{3,16}-(?P<release>10\.[0-9A-Z.]{5,24}?)[a-z]{3,16}-installer-x86_64\.bin",
    re.ASCII,
)

# 9.9(0.0)    9.14(1.12)    9.10(0.1P13)
_OS9: Final = re.compile(
    r"(?P<major>\d{1,2})\.(?P<minor>\d{1,2})\((?P<main>\d{1,3})\.(?P<rest>\d{1,3})"
    r"(?:P(?P<patch>\d{1,3}))?\)",
    re.ASCII,
)
# 9.14(2.4B1)    8.3(12.0a)
_OWN_OS9: Final = re.compile(r"\d{1,2}\.\d{1,2}\(\d{1,3}\.\d{1,3}[A-Za-z0-9.]{1,12}\)", re.ASCII)
# FTOS-S4820-9.14.1.12.bin
_IMAGE_OS9: Final = re.compile(
    r"FTOS-[A-Z0-9]{1,12}-(?P<major>\d{1,2})\.(?P<minor>\d{1,2})\.(?P<main>\d{1,3})\."
    r"(?P<rest>\d{1,3}(?:P\d{1,3})?)\.bin",
    re.ASCII,
)

EXPECTED: Final = {
    "dell_os10": "expected OS10 such as 10.5.6.2 or 10.5.6.2.110, with its build",
    "dell_os9": "expected OS9 such as 9.14(1.12) or 9.10(0.1P13)",
}
"""By platform id: the shape of a release, for people."""


def parse_os10(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    One order (train ``os10``): the numbers, then the build; without a build, before all of those
    numbers. Letters in it make a build of its own, equal to itself and comparable to nothing.
    """
    core = text.strip()
    if (m := _OS10.fullmatch(core)) is not None:
        numbers = tuple(int(n) for n in m["numbers"].split("."))
        return Release(core, "os10", (*numbers, int(m["build"] or 0)))
    return Release(core, f"os10-special:{core}", ()) if _OWN.fullmatch(core) else None


def os10_in_name(name: str) -> Release | None:
    """Return the release an installer of standard name is of; None: the name does not say."""
    m = _IMAGE.fullmatch(name)
    return None if m is None else parse_os10(m["release"])


def parse_os9(text: str) -> Release | None:
    """Return the release of OS9 ``text`` names; None: not in the grammar.

    One order (train ``os9``): the numbers, then the patch; without one, before all patches of those
    numbers. Any other letter makes a build of its own, equal to itself and comparable to nothing.
    """
    core = text.strip()
    if (m := _OS9.fullmatch(core)) is not None:
        numbers = (int(m["major"]), int(m["minor"]), int(m["main"]), int(m["rest"]))
        return Release(core, "os9", (*numbers, int(m["patch"] or 0)))
    return Release(core, f"os9-special:{core}", ()) if _OWN_OS9.fullmatch(core) else None


def os9_in_name(name: str) -> Release | None:
    """Return the release an image of standard name is of; None: the name does not say."""
    m = _IMAGE_OS9.fullmatch(name)
    return None if m is None else parse_os9(f"{m['major']}.{m['minor']}({m['main']}.{m['rest']})")
