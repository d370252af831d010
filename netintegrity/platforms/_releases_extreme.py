"""The version grammars of Extreme EXOS (Switch Engine) and VOSS (Fabric Engine), and their orders.

Shapes: real outputs and the vendor's release notes.
"""

import re
from typing import Final

from netintegrity.model.release import Release

# 31.3.1.3    15.4.1.3-patch1-12    15.4.1.3 v1541b3-patch1-12    32.3.1.11
_EXOS: Final = re.compile(
    r"(?P<numbers>\d{1,2}\.\d{1,2}\.\d{1,2}\.\d{1,4})"
    r"(?: v\d{3,6}b\d{1,4})?(?:-patch(?P<major>\d{1,2})-(?P<minor>\d{1,3}))?",
    re.ASCII,
)
# 31.3.1.3 by jdoe    31.3.1.3-ssh    16.2.5.4-patch1-7-xyz
_OWN_EXOS: Final = re.compile(
    r"\d{1,2}\.\d{1,2}\.\d{1,2}\.\d{1,4}(?: v\d{3,6}b\d{1,4})?"
    r"(?:-[A-Za-z0-9-]{1,40})?(?: by [A-Za-z0-9._-]{1,40})?",
    re.ASCII,
)
# VOSS8K.6.0.1.2.GA    VOSS4900.8.5.0.0int020    5420.9.1.1.0.GA    8.10.6.0
_VOSS: Final = re.compile(
    r"(?:(?:VOSS[0-9]{1,4}|[0-9]{4})[A-Z]{0,4}\.)?"
    r"(?P<core>(?P<numbers>\d{1,2}\.\d{1,2}\.\d{1,2}\.\d{1,2})(?:\.(?P<special>\d{1,4}))?(?:[._]GA)?)",
    re.ASCII,
)
# VOSS4900.8.5.0.0int020    5520.8.9.0.0_B044    4900_mux_64
_OWN_VOSS: Final = re.compile(
    r"(?:(?:VOSS[0-9]{1,4}|[0-9]{4})[A-Z]{0,4}\.)?"
    r"(?P<core>\d{1,2}\.\d{1,2}\.\d{1,2}\.\d{1,2}[A-Za-z0-9._-]{1,40})",
    re.ASCII,
)

EXPECTED: Final = {
    "extreme_exos": "expected EXOS such as 31.3.1.3 or 15.4.1.3-patch1-12",
    "extreme_voss": "expected VOSS such as 8.10.6.0, 9.1.1.0.GA or VOSS8K.6.0.1.2.GA",
}
"""By platform id: the shape of a release, for people."""


def parse_exos(text: str) -> Release | None:
    """Return the release of EXOS ``text`` names; None: not in the grammar.

    One order (train ``exos``): the numbers, then the patch; without one, before all patches of
    those numbers. Any other suffix, and any builder but the vendor's release manager, makes a build
    of its own, equal to itself and comparable to nothing.
    """
    core = text.strip()
    if (m := _EXOS.fullmatch(core)) is not None:
        numbers = tuple(int(n) for n in m["numbers"].split("."))
        return Release(core, "exos", (*numbers, int(m["major"] or 0), int(m["minor"] or 0)))
    return Release(core, f"exos-special:{core}", ()) if _OWN_EXOS.fullmatch(core) else None


def parse_voss(text: str) -> Release | None:
    """Return the release of VOSS ``text`` names; None: not in the grammar.

    One order (train ``voss``): the numbers, whatever family of switches the image is for, which
    stands before them and is no part of the release. Anything but ``GA`` behind them makes a build
    of its own, equal to itself and comparable to nothing.
    """
    core = text.strip()
    if (m := _VOSS.fullmatch(core)) is not None:
        numbers = tuple(int(n) for n in m["numbers"].split("."))
        return Release(m["core"], "voss", (*numbers, int(m["special"] or 0)))
    if (m := _OWN_VOSS.fullmatch(core)) is not None:
        return Release(m["core"], f"voss-special:{m['core']}", ())
    return None
