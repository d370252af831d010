"""The version grammar of Nokia SR OS, and how it orders releases.

Shapes: real outputs and the vendor's release notes. The letter before the numbers says which
processor an image is for (``B`` both, ``C`` control, ``I`` line card, ``L`` boot loader) and is no
part of the release.
"""

import re
from typing import Final

from netintegrity.model.release import Release

# TiMOS-C-25.10.R7    16.0.R9    I-12.0.R13    19.5.R2-1    10.0.R12
_SROS: Final = re.compile(
    r"(?:(?:TiMOS-)?[A-Z]-)?(?P<core>(?P<major>\d{1,2})\.(?P<minor>\d{1,2})\.R(?P<revision>\d{1,3})"
    r"(?:-(?P<respin>\d{1,3}))?)",
    re.ASCII,
)
# 0.0.I5432    1.0.B1-1    22.2.S3
_OWN: Final = re.compile(
    r"(?:(?:TiMOS-)?[A-Z]-)?(?P<core>\d{1,2}\.\d{1,2}\.[A-Z]\d{1,5}(?:-\d{1,3})?)", re.ASCII
)

EXPECTED: Final = {"nokia_sros": "expected SR OS such as 25.10.R7, 16.0.R9 or TiMOS-C-19.5.R2-1"}
"""By platform id: the shape of a release, for people."""


def parse_sros(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    One order (train ``sros``): year and month, or number, then the revision. Any letter but R makes
    a build of its own, equal to itself and comparable to nothing.
    """
    core = text.strip()
    if (m := _SROS.fullmatch(core)) is not None:
        numbers = (int(m["major"]), int(m["minor"]), int(m["revision"]))
        return Release(m["core"], "sros", (*numbers, int(m["respin"] or 0)))
    if (m := _OWN.fullmatch(core)) is not None:
        return Release(m["core"], f"sros-special:{m['core']}", ())
    return None
