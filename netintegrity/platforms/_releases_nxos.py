"""The version grammar of Cisco NX-OS, and how it orders releases.

Shapes: real outputs and the vendor's download pages. What is not known to be older is incomparable:
Nexus 9000 from 9.2 on is one order, and each lettered train of before (``I``, ``U``, ``N``, ``D``)
is one by itself.
"""

import re
from typing import Final

from netintegrity.model.release import Release
from netintegrity.platforms._releases import letters

# 9.3(10)    9.3(7a)    7.0(3)I7(10)    6.0(2)U6(5b)    5.2(1)SV3(1.4)    10.4(5)M    15.3(2b)
_NXOS: Final = re.compile(
    r"(?P<major>\d{1,2})\.(?P<minor>\d{1,2})\((?P<maint>\d{1,3})(?P<inner>[a-z]{0,2})\)"
    r"(?:(?P<train>[A-Z]{1,3})(?P<step>\d{1,2})"
    r"\((?P<rebuild>\d{1,3})(?:\.(?P<dot>\d{1,3}))?(?P<last>[a-z]{0,2})\))?(?P<life>[FM]?)",
    re.ASCII,
)
# 10.4(3) [build 10.4(2)IMG9(0.27)] [Feature Release]
_LABELLED: Final = re.compile(
    r"(?P<core>[^\s\[]{1,40})(?: \[build (?P<build>[^\s\]]{1,40})\])?"
    r"(?: \[(?:Feature|Maintenance) Release\])?"
)
# 10.4(2)IMG9(0.27)    8.3(0)CV(0.658)
_INTERNAL: Final = re.compile(
    r"\d{1,2}\.\d{1,2}\([\d.]{1,12}[a-z]{0,2}\)[A-Z]{0,4}\d{0,2}(?:\([\d.]{1,12}[a-z]{0,2}\))?",
    re.ASCII,
)
# nxos.9.3.10.bin    nxos64-cs.10.5.1.F.bin    n9000-dk9.6.1.2.I3.1.bin
# n5000-uk9-kickstart.5.2.1.N1.4.bin    n7000-s2-dk9.8.4.3.bin
_NAME: Final = re.compile(
    r"^(?:nxos|n\d{4}|m\d{4}|titanium|aci-n\d{4})[\w-]{0,40}"
    r"\.(?P<major>\d{1,2})\.(?P<minor>\d{1,2})\.(?P<maint>\d{1,3}[a-z]{0,2})"
    r"(?:\.(?P<train>[A-Z]{1,3}\d{1,2})\.(?P<rebuild>\d{1,3}(?:\.\d{1,3})?[a-z]{0,2}))?"
    r"(?:\.[FM])?\.g?bin$",
    re.ASCII,
)
_NEXUS_9000_SINCE: Final = 9
_ACI_SINCE: Final = 11
_LIFE_SINCE: Final = 10


def parse_nxos(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    Trains: ``nxos`` (9.2 on, without letters), ``nxos-to-8`` (up to 8.x, without letters),
    ``nxos-aci`` (switches of a fabric, 11 on), ``nxos-I`` and so on by the letters before the
    second parenthesis. The suffixes F and M, and the words in brackets, are labels of a life
    cycle. A private build (``[build …]`` that differs, ``IMG``) has a train of its own.
    """
    if (whole := _LABELLED.fullmatch(text.strip())) is None:
        return None
    core, build = whole["core"], whole["build"]
    if build is not None and build != core:
        return Release(f"{core} [build {build}]", f"nxos-special:{build}", ())
    m = _NXOS.fullmatch(core)
    if m is None or m["train"] == "IMG":
        return _internal(core)
    major = int(m["major"])
    if m["life"] and (major < _LIFE_SINCE or m["train"]):
        return None
    key = (major, int(m["minor"]), int(m["maint"]), *letters(m["inner"], 2))
    if m["train"]:
        step = (int(m["step"]), int(m["rebuild"]), int(m["dot"] or 0), *letters(m["last"], 2))
        return Release(core, f"nxos-{m['train']}", (*key, *step))
    return Release(core, _plain_train(major), key)


def nxos_in_name(filename: str) -> Release | None:
    """Return the release a file of standard name is of; None: the name does not say."""
    m = _NAME.match(filename.rpartition(":")[2].rpartition("/")[2])
    if m is None:
        return None
    tail = f"{m['train']}({m['rebuild']})" if m["train"] else ""
    return parse_nxos(f"{m['major']}.{m['minor']}({m['maint']}){tail}")


def _internal(core: str) -> Release | None:
    return Release(core, f"nxos-special:{core}", ()) if _INTERNAL.fullmatch(core) else None


def _plain_train(major: int) -> str:
    if major >= _ACI_SINCE:
        return "nxos-aci"
    return "nxos" if major >= _NEXUS_9000_SINCE else "nxos-to-8"
