"""Version grammars of VyOS, SONiC and Cumulus Linux, and how each orders its releases.

The shapes are those of the projects' own release pages, build scripts and outputs. Whoever builds
them may write any version at all; what is not in the grammar of the project is a build of an own
kind, equal to itself and comparable to nothing.
"""

import re
from typing import Final

from netintegrity.model.release import Release

# 1.3.8    1.4.0-rc2    1.4.0-epa3    1.2.6-S1
_VYOS: Final = re.compile(
    r"(?P<major>\d{1,2})\.(?P<minor>\d{1,2})\.(?P<patch>\d{1,3})"
    r"(?:-(?P<word>rc|epa|S)(?P<number>\d{1,3}))?",
    re.ASCII,
)
# 1.5-rolling-202401010025    1.2.0-rolling+201810021347
_VYOS_ROLLING: Final = re.compile(
    r"(?P<line>\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)-rolling[+-](?P<date>\d{8})(?P<time>\d{4})?", re.ASCII
)
# 2025.09.17-0018-rolling
_VYOS_DATED: Final = re.compile(
    r"(?P<year>\d{4})\.(?P<month>\d{2})\.(?P<day>\d{2})-(?P<time>\d{4})-rolling", re.ASCII
)
# 1.5-stream-2025-Q1
_VYOS_STREAM: Final = re.compile(
    r"(?P<line>\d{1,2}\.\d{1,2})-stream-(?P<year>\d{4})-Q(?P<quarter>[1-4])", re.ASCII
)
# 202205    202311.2
_SONIC: Final = re.compile(r"(?P<branch>20\d{4})(?:\.(?P<number>\d{1,6}))?", re.ASCII)
# 4.2.0    5.9.1
_CUMULUS: Final = re.compile(
    r"(?P<major>\d{1,2})\.(?P<minor>\d{1,2})(?:\.(?P<patch>\d{1,3}))?", re.ASCII
)
# nvos-25.02.1936    nvos-25.02.2930-010
_NVOS: Final = re.compile(
    r"nvos-(?P<major>\d{1,3})\.(?P<minor>\d{2})\.(?P<build>\d{4})(?:-(?P<rebuild>\d{1,4}))?",
    re.ASCII,
)
# 5.15.0.0018, the build of 5.15.0
_CUMULUS_BUILD: Final = re.compile(r"(?P<release>\d{1,2}\.\d{1,2}\.\d{1,3})\.\d{4}", re.ASCII)
# 3.3.0~1493169975.9482755
_CUMULUS_BEFORE: Final = re.compile(r"\d{1,2}\.\d{1,2}\.\d{1,3}~[\w.]{1,80}", re.ASCII)
# 1.4.0-acme    HEAD.32-21ea29a    202012.0-fb89c28c9    cisco_202205.5324-dirty-20230707.044127
_OWN: Final = re.compile(r"[A-Za-z0-9_][\w.+-]{0,119}", re.ASCII)

# Early production access follows the candidates and precedes the release; S mends a release.
_VYOS_WORDS: Final = {"rc": 0, "epa": 1, None: 2, "S": 3}

EXPECTED: Final = {
    "vyos": "expected VyOS such as 1.4.0, 1.4.0-rc2, 1.5-rolling-202401010025 or "
    "1.5-stream-2025-Q1",
    "sonic": "expected SONiC such as 202205 or 202311.2, or the name of a build",
    "cumulus": "expected Cumulus Linux such as 4.2.0 or 5.9.1, or NVOS such as nvos-25.02.1936",
}
"""By platform id: the shape of a release, for people."""


def parse_vyos(text: str) -> Release | None:
    """Return the release ``text`` names; None: it cannot be a version.

    The numbered releases have one order (train ``vyos``): candidates, early production access, the
    release, and what mends it. Rolling builds are ordered by their date within their line
    (``vyos-1.5-rolling``), and so is a stream.
    """
    core = text.strip()
    if (m := _VYOS.fullmatch(core)) is not None:
        numbers = (int(m["major"]), int(m["minor"]), int(m["patch"]))
        return Release(core, "vyos", (*numbers, _VYOS_WORDS[m["word"]], int(m["number"] or 0)))
    if (m := _VYOS_ROLLING.fullmatch(core)) is not None:
        return Release(core, f"vyos-{m['line']}-rolling", (int(m["date"]), int(m["time"] or 0)))
    if (m := _VYOS_DATED.fullmatch(core)) is not None:
        date = int(m["year"] + m["month"] + m["day"])
        return Release(core, "vyos-rolling", (date, int(m["time"])))
    if (m := _VYOS_STREAM.fullmatch(core)) is not None:
        return Release(core, f"vyos-{m['line']}-stream", (int(m["year"]), int(m["quarter"])))
    return Release(core, f"vyos-special:{core}", ()) if _OWN.fullmatch(core) else None


def parse_sonic(text: str) -> Release | None:
    """Return the release ``text`` names; None: it cannot be a version.

    Only a branch and a number are ordered (train ``sonic``). With a commit, a name or a ``dirty``
    it is one build, of which nobody can say whether it is older than another.
    """
    core = text.strip().removeprefix("SONiC.").removeprefix("SONiC-OS-")
    if (m := _SONIC.fullmatch(core)) is not None:
        return Release(core, "sonic", (int(m["branch"]), int(m["number"] or 0)))
    return Release(core, f"sonic-special:{core}", ()) if _OWN.fullmatch(core) else None


def parse_cumulus(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    The numbers have one order (train ``cumulus``), and the build of an image (``5.15.0.0018``) is
    that of its release. NVOS has a train of its own. A build before a release is comparable to
    nothing but itself.
    """
    core = text.strip()
    if (m := _NVOS.fullmatch(core)) is not None:
        numbers = (m["major"], m["minor"], m["build"], m["rebuild"] or 0)
        return Release(core, "nvos", tuple(int(n) for n in numbers))
    if (m := _CUMULUS_BUILD.fullmatch(core)) is not None:
        return parse_cumulus(m["release"])
    if (m := _CUMULUS.fullmatch(core)) is not None:
        key = (int(m["major"]), int(m["minor"]), int(m["patch"] or 0))
        return Release(core, "cumulus", key)
    if _CUMULUS_BEFORE.fullmatch(core) is not None:
        return Release(core, f"cumulus-special:{core}", ())
    return None
