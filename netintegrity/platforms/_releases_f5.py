"""The version grammar of F5 TMOS, and how it orders releases.

Shapes: real outputs and the names of the vendor's images (``BIGIP-13.1.1.3-0.0.1.iso``). Release
and build are one name here. An engineering hotfix is built for one customer on top of a release.
"""

import re
from typing import Final

from netintegrity.model.release import Release

# 13.1.1.3-0.0.1    15.1.10    12.1.2-2.0.276    17.1.1.3-0.0.5    14.1.2.6-0.29.2-ENG
_TMOS: Final = re.compile(
    r"(?P<version>\d{1,2}\.\d{1,2}\.\d{1,3}(?:\.\d{1,3}){0,2})"
    r"(?:-(?P<build>\d{1,4}\.\d{1,4}\.\d{1,5}))?(?:-ENG)?",
    re.ASCII,
)
# BIGIP-13.1.1.3-0.0.1.iso    BIGIP-16.1.2-0.0.18.ALL-F5OS.iso    BIGIP-17.1.0-0.0.16.T4.iso
_IMAGE: Final = re.compile(
    r"BIGIP-(?P<version>\d{1,2}\.\d{1,2}\.\d{1,3}(?:\.\d{1,3}){0,2})-"
    r"(?P<build>\d{1,4}\.\d{1,4}\.\d{1,5})(?:\.ALL-[A-Z0-9]{1,12}|\.T[24])?\.iso",
    re.ASCII,
)
_FIELDS: Final = 5

EXPECTED: Final = {"f5_tmos": "expected TMOS such as 15.1.10 or 13.1.1.3-0.0.1, with its build"}
"""By platform id: the shape of a release, for people."""


def parse_tmos(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    One order (train ``tmos``): the numbers of the version, then those of the build; without a
    build, before all of that version. An engineering hotfix has a build of its own, which follows
    those of the release it is built on; that it is one is a label, and means nothing here.
    """
    core = text.strip()
    if (m := _TMOS.fullmatch(core)) is None:
        return None
    version = [int(n) for n in m["version"].split(".")]
    build = [int(n) for n in (m["build"] or "0.0.0").split(".")]
    padded = version + [0] * (_FIELDS - len(version))
    return Release(core, "tmos", (*padded, int(m["build"] is not None), *build))


def tmos_in_name(name: str) -> Release | None:
    """Return the release an installation image of standard name is of; None: it does not say."""
    m = _IMAGE.fullmatch(name)
    return None if m is None else parse_tmos(f"{m['version']}-{m['build']}")
