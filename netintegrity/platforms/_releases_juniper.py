"""Version grammars of Junos and Junos Evolved, and how each orders its releases.

The shapes are those of real outputs and of Juniper's release pages: year and quarter, the kind of
release (R for everybody, X for a branch that lives beside the others, F for one of early features,
B, I and S for builds that are not for everybody), its number, a service release, a spin.
"""

import re
from typing import Final

from netintegrity.model.release import Release

# the edition and how it is packed: the same release under each of them
_LABELS: Final = r"(?:-(?:domestic|export|limited|worldwide|signed)){0,3}(?P<fips>-(?:fips|FIPS))?"
# 21.4R3-S5.4    13.3R1.4    22.3R1-S1.4-EVO    15.1F6-S12.3    21.4R3-S5.4-domestic
_NUMBERED: Final = re.compile(
    r"(?P<major>\d{1,2})\.(?P<minor>\d{1,2})(?P<kind>[RF])(?P<number>\d{1,3})"
    r"(?:-S(?P<service>\d{1,3}))?(?:\.(?P<spin>\d{1,3}))?" + _LABELS + r"(?P<evo>-EVO)?",
    re.ASCII,
)
# 12.3X48-D105.4    15.1X53-D591.1    13.2X51-D35.3    15.1X49-D75
_BRANCH: Final = re.compile(
    r"(?P<major>\d{1,2})\.(?P<minor>\d{1,2})X(?P<branch>\d{1,3})"
    r"(?:-D(?P<number>\d{1,4}))?(?:\.(?P<spin>\d{1,3}))?" + _LABELS,
    re.ASCII,
)
# 21.1B1.2    15.1I20150203_0000_builder    9.5S1
_PRIVATE: Final = re.compile(r"\d{1,2}\.\d{1,2}[ABIS]\d[\w.-]{0,80}", re.ASCII)
# junos-install-mx-x86-64-21.4R3-S5.4.tgz    jinstall-ppc-12.3R8.7-domestic-signed.tgz
# junos-evo-install-ptx-fixed-x86-64-22.3R1-S1.4-EVO
_IN_NAME: Final = re.compile(
    r"-(?P<release>\d{1,2}\.\d{1,2}[RFX]\d{1,3}(?:-[SD]\d{1,4})?(?:\.\d{1,3})?(?:-EVO)?)(?=[-.]|$)",
    re.ASCII,
)

EXPECTED: Final = {
    "juniper_junos": "expected Junos such as 21.4R3-S5.4, 13.3R1.4 or 12.3X48-D105.4",
    "juniper_junos_evolved": "expected Junos Evolved such as 22.3R1-S1.4-EVO",
}
"""By platform id: the shape of a release, for people."""


def parse_junos(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    R releases have one order (train ``junos``): year, quarter, number, service release, spin; one
    without a spin stands before all of its spins. Each X branch, and each F release, is a train of
    its own (``junos-12.3X48``), and so are the FIPS edition and Evolved. A build that is not for
    everybody is equal to itself and comparable to nothing. Edition (``-domestic``) and packing
    mean nothing.
    """
    core = text.strip()
    if (m := _NUMBERED.fullmatch(core)) is not None:
        base = "junos-evo" if m["evo"] else "junos"
        # A feature release was never part of the line that everybody runs.
        kind = f"-{m['major']}.{m['minor']}F" if m["kind"] == "F" else ""
        fips = "-fips" if m["fips"] else ""
        return Release(core, f"{base}{kind}{fips}", _key(m, "major", "minor", *_WITHIN))
    if (m := _BRANCH.fullmatch(core)) is not None:
        fips = "-fips" if m["fips"] else ""
        train = f"junos-{int(m['major'])}.{m['minor']}X{int(m['branch'])}{fips}"
        return Release(core, train, _key(m, "number", "spin"))
    if _PRIVATE.fullmatch(core) is not None:
        return Release(core, f"junos-special:{core}", ())
    return None


def parse_junos_evolved(text: str) -> Release | None:
    """Return the release of Junos Evolved ``text`` names; None: it names none.

    The order is that of Junos, in a train of its own (``junos-evo``).
    """
    release = parse_junos(text)
    return release if release is not None and release.train.startswith("junos-evo") else None


def junos_in_name(filename: str) -> Release | None:
    """Return the release a package of standard name is of; None: the name does not say."""
    found = [m["release"] for m in _IN_NAME.finditer(filename.rpartition("/")[2])]
    return parse_junos(found[-1]) if found else None


_WITHIN: Final = ("number", "service", "spin")


def _key(match: re.Match[str], *groups: str) -> tuple[int, ...]:
    return tuple(int(match[g] or 0) for g in groups)
