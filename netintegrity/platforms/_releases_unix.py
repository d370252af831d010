"""Version grammars of OpenWrt, OPNsense, OpenBSD and Debian, and how each orders its releases.

Sources: openwrt.org, "OpenWrt release builds" and the file names of its download folders;
OPNsense release notes (`opnsense/changelog`) and its roadmap, by which the business edition has
months of its own; openbsd.org/faq, "Flavors"; debian.org, "Debian Releases", and debian_version(5).
What moves under one name (a snapshot, a `-current`) is ordered only where a count tells it apart.
"""

import re
from typing import Final

from netintegrity.model.release import Release

# 23.05.3    24.10.0-rc1    17.01.7    15.05.1    14.07
_OPENWRT: Final = re.compile(
    r"(?P<year>\d{2})\.(?P<month>\d{2})(?:\.(?P<patch>\d{1,2}))?(?:-rc(?P<rc>\d{1,2}))?", re.ASCII
)
# SNAPSHOT r26608-a1b2c3d4e5    23.05-SNAPSHOT r23809-234f1a2efa
_OPENWRT_MOVING: Final = re.compile(
    r"(?P<branch>(?:\d{2}\.\d{2}-)?SNAPSHOT) r(?P<count>\d{1,7})-[0-9a-f]{6,40}", re.ASCII
)
# SNAPSHOT    SNAPSHOT r11215+4-bba6646b5cba    23.05.3-acme
_OPENWRT_OWN: Final = re.compile(
    r"[A-Za-z0-9][\w.+~-]{0,79}(?: r[\w.+~-]{1,60})?|SNAPSHOT", re.ASCII
)
# 24.7    24.7.2    24.7.2_1    24.7_9    25.1.r1    25.1.b_12    25.1.a_318
_OPNSENSE: Final = re.compile(
    r"(?P<year>\d{2})\.(?P<month>1|4|7|10)(?:\.(?:(?P<patch>\d{1,3})|(?P<stage>[abr])(?P<try>\d{0,2})))?"
    r"(?:_(?P<rebuild>\d{1,4}))?",
    re.ASCII,
)
# kernel-24.7.1
_OPNSENSE_KERNEL: Final = re.compile(r"kernel-(?P<release>\S{1,20})", re.ASCII)
# 7.6
_OPENBSD: Final = re.compile(r"(?P<major>\d{1,2})\.(?P<minor>\d)", re.ASCII)
# 7.6-current    7.5-stable    7.7-beta
_OPENBSD_MOVING: Final = re.compile(r"\d{1,2}\.\d-(?:current|stable|beta)", re.ASCII)
# 12.5    12    9.13
_DEBIAN: Final = re.compile(r"(?P<major>\d{1,2})(?:\.(?P<point>\d{1,2}))?", re.ASCII)
# 6.1.76-1    5.10.209-2    6.1.85-1~deb11u1    6.12.9-1~bpo12+1
_DEBIAN_KERNEL: Final = re.compile(
    r"(?P<major>\d{1,2})\.(?P<minor>\d{1,3})(?:\.(?P<patch>\d{1,4}))?-(?P<revision>\d{1,3})"
    r"(?P<rebuild>(?:\+|~)[\w.+~]{1,30})?",
    re.ASCII,
)
# trixie/sid
_DEBIAN_MOVING: Final = re.compile(r"[a-z]{2,20}/sid", re.ASCII)

_BUSINESS: Final = frozenset({4, 10})
"""Months of OPNsense's business edition; the community's are January and July."""
_FINAL: Final = 99
"""Ranks a release behind its candidates."""

EXPECTED: Final = {
    "openwrt": "expected OpenWrt such as 23.05.3, 24.10.0-rc1 or SNAPSHOT r26608-a1b2c3d4e5",
    "opnsense": "expected OPNsense such as 24.7, 24.7.2_1 or 25.1.r1, or a kernel such as "
    "kernel-24.7.1",
    "openbsd": "expected OpenBSD such as 7.6 or 7.6-current",
    "debian": "expected Debian such as 12.5 or trixie/sid, or a kernel such as 6.1.76-1",
}
"""By platform id: the shape of a release, for people."""


def parse_openwrt(text: str) -> Release | None:
    """Return the release ``text`` names; None: it cannot be a version.

    The numbered releases have one order (train ``openwrt``), each behind its candidates. A
    snapshot is ordered by the count in its revision, each branch by itself
    (``openwrt-SNAPSHOT``); one without, or with changes of its builder's (``r11215+4-…``), is a
    build of an own kind.
    """
    core = text.strip()
    if (m := _OPENWRT.fullmatch(core)) is not None:
        key = (int(m["year"]), int(m["month"]), int(m["patch"] or 0), int(m["rc"] or _FINAL))
        return Release(core, "openwrt", key)
    if (m := _OPENWRT_MOVING.fullmatch(core)) is not None:
        return Release(core, f"openwrt-{m['branch']}", (int(m["count"]),))
    return Release(core, f"openwrt-special:{core}", ()) if _OPENWRT_OWN.fullmatch(core) else None


def parse_opnsense(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    Community and business edition are two trains, for each has a calendar of its own. Candidates
    precede their release; an alpha or beta is rebuilt at will and comparable to nothing. The kernel
    set (``kernel-24.7.1``) has a train of its own too.
    """
    core = text.strip()
    if (m := _OPNSENSE_KERNEL.fullmatch(core)) is not None:
        # The kernel is a set of its own, and not built anew for every release.
        of = parse_opnsense(m["release"]) if not m["release"].startswith("kernel-") else None
        return None if of is None else Release(core, f"opnsense-kernel{of.train[8:]}", of.key)
    if (m := _OPNSENSE.fullmatch(core)) is None:
        return None
    month = int(m["month"])
    if m["stage"] in {"a", "b"}:
        return Release(core, f"opnsense-special:{core}", ())
    train = "opnsense-business" if month in _BUSINESS else "opnsense"
    stage = int(m["try"] or 0) if m["stage"] else _FINAL
    key = (int(m["year"]), month, int(m["patch"] or 0), stage, int(m["rebuild"] or 0))
    return Release(core, train, key)


def parse_openbsd(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    What moves (``-current``, ``-beta``, and ``-stable``, which is built from source) is
    comparable to nothing but its own name.
    """
    core = text.strip()
    if (m := _OPENBSD.fullmatch(core)) is not None:
        return Release(core, "openbsd", (int(m["major"]), int(m["minor"])))
    if _OPENBSD_MOVING.fullmatch(core) is not None:
        return Release(core, f"openbsd-special:{core}", ())
    return None


def parse_debian(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    Point releases have one order (train ``debian``), and so have the versions of its kernel
    packages (``debian-kernel``). ``trixie/sid`` is what testing and unstable both call themselves,
    and comparable to nothing else, like a kernel that was rebuilt for another suite.
    """
    core = text.strip()
    if (m := _DEBIAN.fullmatch(core)) is not None:
        return Release(core, "debian", (int(m["major"]), int(m["point"] or 0)))
    if (m := _DEBIAN_KERNEL.fullmatch(core)) is not None:
        if m["rebuild"]:
            return Release(core, f"debian-kernel-special:{core}", ())
        numbers = (m["major"], m["minor"], m["patch"] or 0, m["revision"])
        return Release(core, "debian-kernel", tuple(int(n) for n in numbers))
    if _DEBIAN_MOVING.fullmatch(core) is not None:
        return Release(core, f"debian-special:{core}", ())
    return None
