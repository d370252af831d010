"""The version grammar of Huawei VRP, and how it orders releases.

Shapes: real outputs and the vendor's release notes. V is a line of products, R a release of it, C a
variant, SPC a service pack; a patch (SPH) is counted by itself and is no release.
"""

import re
from typing import Final

from netintegrity.model.release import Release

# V200R010C00SPC600    V300R021C00SPC200    V200R005C00
_VRP: Final = re.compile(
    r"V(?P<line>\d{3})R(?P<release>\d{3})C(?P<variant>\d{2})(?:SPC(?P<pack>\d{3}))?", re.ASCII
)
# V100R006C00SPC800B010    V200R003C01T    V800R012C10SPC300T
_OWN: Final = re.compile(
    r"V\d{3}R\d{3}C\d{2}[A-Z]{0,4}\d{0,3}(?:SPC\d{3})?[A-Z]{1,4}\d{0,4}", re.ASCII
)
# S5720-V200R010C00SPC600.cc    AR610-V300R021C00SPC200.cc    NE40E_V800R011C00SPC200.cc
_IN_NAME: Final = re.compile(r"(?<![A-Za-z0-9])V\d{3}R\d{3}C\d{2}[A-Z0-9]{0,16}", re.ASCII)

EXPECTED: Final = {"huawei_vrp": "expected VRP such as V200R010C00SPC600 or V800R011C00SPC200"}
"""By platform id: the shape of a release, for people."""


def parse_vrp(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    One order for each line of products (train ``vrp-V200``): R, C, then the service pack; without
    one, before all of that variant. Anything else makes a build of its own, equal to itself and
    comparable to nothing.
    """
    core = text.strip()
    if (m := _VRP.fullmatch(core)) is not None:
        key = (int(m["release"]), int(m["variant"]), int(m["pack"] or 0))
        return Release(core, f"vrp-V{m['line']}", key)
    return Release(core, f"vrp-special:{core}", ()) if _OWN.fullmatch(core) else None


def vrp_in_name(path: str) -> Release | None:
    """Return the release a system file of standard name is of; None: the name does not say."""
    m = _IN_NAME.search(path.rpartition("/")[2])
    return None if m is None else parse_vrp(m.group())
