"""The version grammar of Cisco IOS-XR, and how it orders releases.

Shapes: real outputs and the vendor's release pages. There is one order for 32-bit, 64-bit and XR7:
the numbers, which since 2024 begin with the year (7.11 is followed by 24.1).
"""

import re
from typing import Final

from netintegrity.model.release import Release

_NUMBERS: Final = r"(?P<major>\d{1,2})\.(?P<minor>\d{1,2})\.(?P<patch>\d{1,3})"
# 7.9.2 LNT    6.4.2[Default]    6.1.4.10I[Default]    24.2.2
_XR: Final = re.compile(
    rf"(?P<core>{_NUMBERS}(?P<internal>(?:\.\d{{1,4}})?[A-Z])?)(?:\[Default\])?(?: LNT)?", re.ASCII
)
# 7.10.2-meta_7102_fcs_01_25_2024    6.6.3-80    7.3.2
_LABEL: Final = re.compile(
    rf"(?P<core>{_NUMBERS}(?:(?:\.\d{{1,4}})?[A-Z])?)(?:-[\w.-]{{1,100}})?", re.ASCII
)
# asr9k-mini-px-6.1.21.15I    asr9k-mini-x64-6.6.3    hfr-mini-px-5.3.3    xrvr-os-mbi-6.2.1.23I
_IN_NAME: Final = re.compile(
    rf"-(?:mini(?:-[a-z0-9]{{1,8}})?|os-mbi|x64|full-x|full-x64|xr)-"
    rf"(?P<core>{_NUMBERS}(?:(?:\.\d{{1,4}})?[A-Z])?)(?=\.iso$|\.tar$|\.vm$|$)",
    re.ASCII,
)

EXPECTED: Final = {"cisco_iosxr": "expected IOS-XR such as 7.10.2, 24.2.2 or 6.6.3"}
"""By platform id: the shape of a release, for people."""


def parse_xr(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    Released versions have one order (train ``iosxr``). A build that was not released (a letter at
    its end, ``6.1.4.10I``) is equal to itself and comparable to nothing. ``[Default]`` and ``LNT``
    name a package set and a flavour, not a release.
    """
    if (m := _XR.fullmatch(text.strip())) is None:
        return None
    core = m["core"]
    if m["internal"]:
        return Release(core, f"iosxr-special:{core}", ())
    return Release(core, "iosxr", (int(m["major"]), int(m["minor"]), int(m["patch"])))


def xr_in_label(label: str) -> Release | None:
    """Return the release the label of a set of packages begins with; None: it does not say."""
    m = _LABEL.fullmatch(label.strip())
    return None if m is None else parse_xr(m["core"])


def xr_in_name(name: str) -> Release | None:
    """Return the release a base package or image of standard name is of; None: it does not say."""
    m = _IN_NAME.search(name.rpartition(":")[2].rpartition("/")[2])
    return None if m is None else parse_xr(m["core"])
