"""The version grammar of ArubaOS-Switch and its forebears, and how it orders releases.

Shapes: real outputs and the vendor's release notes. The letters before the first dot name the
family of switches an image is for; images of two families have nothing to do with each other.
"""

import re
from typing import Final

from netintegrity.model.release import Release

# WC.16.10.0009    KB.16.01.0006    K.15.18.0013    H.10.31
_AOSS: Final = re.compile(
    r"(?P<family>[A-Z]{1,2})\.(?P<major>\d{2})\.(?P<minor>\d{2})(?:\.(?P<build>\d{4}))?", re.ASCII
)
# K.15.04.0015m    WC.16.06.0000x
_OWN: Final = re.compile(r"[A-Z]{1,2}\.\d{2}\.\d{2}(?:\.\d{4})?[a-z][a-z0-9]{0,3}", re.ASCII)

EXPECTED: Final = {
    "aruba_aoss": "expected ArubaOS-Switch such as WC.16.10.0009 or K.15.18.0013, with its letters"
}
"""By platform id: the shape of a release, for people."""


def parse_aoss(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    One order for each family of switches (train ``aoss-WC``): the numbers. With a letter behind
    the last number it is a build of its own, equal to itself and comparable to nothing.
    """
    core = text.strip()
    if (m := _AOSS.fullmatch(core)) is not None:
        key = (int(m["major"]), int(m["minor"]), int(m["build"] or 0))
        return Release(core, f"aoss-{m['family']}", key)
    return Release(core, f"aoss-special:{core}", ()) if _OWN.fullmatch(core) else None
