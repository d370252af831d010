"""The version grammar of Palo Alto PAN-OS, and how it orders releases.

Shapes: real outputs and the vendor's release notes. A hotfix (``-h3``) follows the release that it
mends. Betas, customer builds and builds for export (``-b12``, ``-c7``, ``.xfr``) are kinds of their
own.
"""

import re
from typing import Final

from netintegrity.model.release import Release

# 10.1.6    10.1.6-h3    11.1.4-h7
_PANOS: Final = re.compile(
    r"(?P<major>\d{1,2})\.(?P<minor>\d{1,2})\.(?P<patch>\d{1,3})(?:-h(?P<hotfix>\d{1,3}))?",
    re.ASCII,
)
# 9.0.5.xfr    10.2.0-b12    9.1.11-c4    10.1.6-h3.xfr
_OWN: Final = re.compile(
    r"\d{1,2}\.\d{1,2}\.\d{1,3}(?:-[a-z]{1,8}\d{0,4}){0,2}(?:\.[a-z]{1,8}\d{0,4})?", re.ASCII
)

EXPECTED: Final = {"paloalto_panos": "expected PAN-OS such as 10.1.6 or 11.1.4-h7"}
"""By platform id: the shape of a release, for people."""


def parse_panos(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    One order (train ``panos``): the numbers, then the hotfix. Every other suffix makes a build that
    is equal to itself and comparable to nothing.
    """
    core = text.strip()
    if (m := _PANOS.fullmatch(core)) is not None:
        numbers = (int(m["major"]), int(m["minor"]), int(m["patch"]))
        return Release(core, "panos", (*numbers, int(m["hotfix"] or 0)))
    return Release(core, f"panos-special:{core}", ()) if _OWN.fullmatch(core) else None
