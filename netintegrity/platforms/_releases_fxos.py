"""The version grammars of Cisco FXOS and of the threat defence on it, and how each is ordered.

Shapes: real outputs and the vendor's release notes.
"""

import re
from typing import Final

from netintegrity.model.release import Release

# 2.10(1.179)    2.12(0.530)
_FXOS: Final = re.compile(
    r"(?P<major>\d{1,2})\.(?P<minor>\d{1,2})\((?P<maint>\d{1,3})(?:\.(?P<build>\d{1,5}))?\)",
    re.ASCII,
)
# 7.2.5 (Build 208)    7.4.1.1-12    6.4.0
_FTD: Final = re.compile(
    r"(?P<major>\d{1,2})\.(?P<minor>\d{1,2})\.(?P<patch>\d{1,3})(?:\.(?P<fix>\d{1,3}))?"
    r"(?: \(Build (?P<build>\d{1,5})\)|-(?P<dash>\d{1,5}))?",
    re.ASCII,
)

EXPECTED: Final = {
    "cisco_fxos": "expected FXOS such as 2.10(1.179), or threat defence such as 7.2.5 (Build 208) "
    "or 7.2.5-208"
}
"""By platform id: the shape of a release, for people."""


def parse_fxos(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    Two orders: the chassis manager (train ``fxos``) and the threat defence (train ``ftd``), each by
    its numbers and then the build; without a build, before all of that number.
    """
    core = text.strip()
    if (m := _FXOS.fullmatch(core)) is not None:
        key = (int(m["major"]), int(m["minor"]), int(m["maint"]), int(m["build"] or 0))
        return Release(core, "fxos", key)
    if (m := _FTD.fullmatch(core)) is not None:
        numbers = (int(m["major"]), int(m["minor"]), int(m["patch"]), int(m["fix"] or 0))
        return Release(core, "ftd", (*numbers, int(m["build"] or m["dash"] or 0)))
    return None
