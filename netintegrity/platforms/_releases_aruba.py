"""The version grammar of Aruba AOS-CX, and how it orders releases.

Shapes: real outputs and the vendor's release notes. The two letters name the family of switches an
image is for; images of two families have nothing to do with each other.
"""

import re
from typing import Final

from netintegrity.model.release import Release

# FL.10.06.0010    GL.10.13.1040
_AOSCX: Final = re.compile(
    r"(?P<family>[A-Z]{2})\.(?P<major>\d{2})\.(?P<minor>\d{2})\.(?P<build>\d{4})", re.ASCII
)
# PL.10.06.0002E    TL.10.05.0001I    PL.10.07.0000E-201-gba0c336    FL.01.07.0003-internal
_OWN: Final = re.compile(
    r"[A-Z]{2}\.\d{2}\.\d{2}\.[0-9A-Z]{4}[A-Z]{0,3}(?:-[A-Za-z0-9.-]{1,60})?", re.ASCII
)

EXPECTED: Final = {"aruba_aoscx": "expected AOS-CX such as FL.10.13.1040, with its two letters"}
"""By platform id: the shape of a release, for people."""


def parse_aoscx(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    One order for each family of switches (train ``aoscx-FL``): the numbers. With anything behind
    the last number it is a build of its own, equal to itself and comparable to nothing.
    """
    core = text.strip()
    if (m := _AOSCX.fullmatch(core)) is not None:
        key = (int(m["major"]), int(m["minor"]), int(m["build"]))
        return Release(core, f"aoscx-{m['family']}", key)
    return Release(core, f"aoscx-special:{core}", ()) if _OWN.fullmatch(core) else None
