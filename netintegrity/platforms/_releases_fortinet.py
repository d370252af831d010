"""The version grammar of Fortinet FortiOS, and how it orders releases.

Shapes: real outputs and the vendor's release notes. The build is part of a release: the vendor
hands out special builds under the number of the release that they mend.
"""

import re
from typing import Final

from netintegrity.model.release import Release

# v7.4.8,build2795,250523        7.4.8        v6.0.7,build0302
_FORTIOS: Final = re.compile(
    r"v?(?P<major>\d{1,2})\.(?P<minor>\d{1,2})\.(?P<patch>\d{1,3})"
    r"(?:,build(?P<build>\d{1,6})(?:,(?P<date>\d{6}))?)?",
    re.ASCII,
)
# v7.4.8,build2795,250523 (GA.M)        v7.0.12,build0168,230612 (Non-GA.M)
_LABELLED: Final = re.compile(r"(?P<core>[^\s(]{1,60})(?: \((?P<label>[^()]{1,30})\))?")
# GA    GA.F    GA.M
_IS_GENERAL: Final = re.compile(r"GA(?:\.[FM])?", re.ASCII)
# FGT40F-7.0.2-FW-build1639-240313        FGVM64-7.00-FW-build0237-211207
_IMAGE: Final = re.compile(r"-FW-build(?P<build>\d{1,6})(?:-(?P<date>\d{6}))?$", re.ASCII)

Build = tuple[int, str]
"""Number and date, ``(2795, "250523")``: the number alone may occur in two branches."""

EXPECTED: Final = {
    "fortinet_fortios": "expected FortiOS such as 7.4.8 or v7.4.8,build2795,250523 (GA.M)"
}
"""By platform id: the shape of a release, for people."""


def parse_fortios(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    One order (train ``fortios``): the numbers, then the build; without a build, before all of that
    number. ``GA``, ``GA.F`` and ``GA.M`` are labels of a release for everybody; a build under any
    other label is equal to itself and comparable to nothing.
    """
    whole = _LABELLED.fullmatch(text.strip())
    if whole is None or (m := _FORTIOS.fullmatch(whole["core"])) is None:
        return None
    if not is_general(text):
        return Release(whole[0], f"fortios-special:{whole[0]}", ())
    key = (int(m["major"]), int(m["minor"]), int(m["patch"]), int(m["build"] or 0))
    return Release(whole["core"], "fortios", key)


def is_general(text: str) -> bool:
    """Say whether ``text`` names a release for everybody: it has no label, or one that says so."""
    whole = _LABELLED.fullmatch(text.strip())
    if whole is None:
        return False
    return whole["label"] is None or _IS_GENERAL.fullmatch(whole["label"]) is not None


def build_of(text: str) -> Build | None:
    """Return the build of a release as a box prints it; None: it names none."""
    whole = _LABELLED.fullmatch(text.strip())
    m = None if whole is None else _FORTIOS.fullmatch(whole["core"])
    return None if m is None or m["build"] is None else (int(m["build"]), m["date"] or "")


def build_in_name(name: str) -> Build | None:
    """Return the build in the name of an image on flash; None: it is no image of the system.

    The numbers before it are not those of the release: 7.2.8 lies there as ``7.0.2``.
    """
    m = _IMAGE.search(name)
    return None if m is None else (int(m["build"]), m["date"] or "")
