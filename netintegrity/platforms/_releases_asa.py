"""The version grammar of Cisco ASA, and how it orders releases.

Shapes: real outputs and the vendor's download pages.
"""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.release import Order, Release

# 9.16(4)85    9.8(4)    9.5(2)204    8.4(7)31    9.16(4.85)
_ASA: Final = re.compile(
    r"(?P<major>\d{1,2})\.(?P<minor>\d{1,2})"
    r"\((?P<maint>\d{1,3})(?:\.(?P<inner>\d{1,5}))?\)(?P<interim>\d{0,5})",
    re.ASCII,
)
# asa9-16-4-85-lfbff-k8.SPA    asa9-14-2-14-smp-k8.bin
_NAME: Final = re.compile(
    r"^asa(?P<major>\d{1,2})-(?P<minor>\d{1,2})-(?P<maint>\d{1,3})(?:-(?P<interim>\d{1,5}))?"
    r"(?:-(?:smp|lfbff))?-k8\.(?:bin|SPA)$",
    re.ASCII,
)
# cisco-asa-fp2k.9.16.4.85.SPA    cisco-asa.9.16.4.SPA.csp
_NAME_DOTS: Final = re.compile(
    r"^cisco-asa[\w-]{0,20}\.(?P<major>\d{1,2})\.(?P<minor>\d{1,2})\.(?P<maint>\d{1,3})"
    r"(?:\.(?P<interim>\d{1,5}))?\.SPA(?:\.csp)?$",
    re.ASCII,
)
# asa952-204-smp-k8.bin    asa915-smp-k8.bin    asa992-32-lfbff-k8.SPA    asa9121-smp-k8.bin
_NAME_RUN: Final = re.compile(
    r"^asa(?P<digits>\d{3,5})(?:-(?P<interim>\d{1,5}))?(?:-(?:smp|lfbff))?-k8\.(?:bin|SPA)$",
    re.ASCII,
)


def parse_asa(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    One order: major, minor, maintenance, interim; no interim stands before the first one.
    ``9.16(4.85)`` is another way to write ``9.16(4)85``.
    """
    # 9.8(3)21 <context>
    core = text.strip().partition(" <")[0].strip()
    if (m := _ASA.fullmatch(core)) is None or (m["inner"] and m["interim"]):
        return None
    interim = int(m["inner"] or m["interim"] or 0)
    return Release(core, "asa", (int(m["major"]), int(m["minor"]), int(m["maint"]), interim))


def asa_in_name(filename: str, running: Release | None = None) -> Release | None:
    """Return the release a file of standard name is of; None: the name does not say.

    Old names run their digits together, so that ``asa9121`` may be 9.12(1) or 9.1(21): such a name
    says only what ``running`` settles.
    """
    filename = filename.rpartition(":")[2].rpartition("/")[2]
    if (m := _NAME.match(filename) or _NAME_DOTS.match(filename)) is not None:
        return parse_asa(f"{m['major']}.{m['minor']}({m['maint']}){m['interim'] or ''}")
    if (m := _NAME_RUN.match(filename)) is None:
        return None
    readings = list(_readings(m["digits"], m["interim"] or ""))
    if len(readings) == 1:
        return readings[0]
    same = (r for r in readings if running and r.compared_to(running) is Order.SAME)
    return next(same, None)


def _readings(digits: str, interim: str) -> Iterator[Release]:
    """Yield every release the digits may mean; the major has one digit in all such names."""
    major, rest = digits[0], digits[1:]
    for cut in range(1, min(3, len(rest))):
        minor, maint = rest[:cut], rest[cut:]
        if (minor[0] == "0" and len(minor) > 1) or (maint[0] == "0" and len(maint) > 1):
            continue
        release = parse_asa(f"{major}.{minor}({maint}){interim}")
        if release is not None:
            yield release
