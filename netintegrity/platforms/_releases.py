"""Version grammars of Cisco IOS, IOS-XE and Arista EOS, and how each orders its releases.

The shapes are those of the vendors' release pages and of real outputs; which releases can be
ordered at all is a cautious reading: what is not known to be older is incomparable.
"""

import re
from typing import Final

from netintegrity.model.release import Order, Release

# 17.09.04a    17.9.4a    16.12.5b    26.01.01    17.06.03.0.3629 (the build of `show install`)
_XE: Final = re.compile(
    r"(?P<major>\d{2})\.(?P<minor>\d{1,3})\.(?P<patch>\d{1,3})(?P<letters>[a-z]{0,2})"
    r"(?:\.0(?:\.\d{1,9})?)?",
    re.ASCII,
)
# 17.07.01prd16    a build before the release
_XE_BEFORE: Final = re.compile(
    r"(?P<major>\d{2})\.(?P<minor>\d{1,3})\.(?P<patch>\d{1,3})(?P<word>[a-z]{3,8}\d{0,4})",
    re.ASCII,
)
# 03.06.07E    3.6.5E    03.16.04b.S    03.13.09.S.154-3.S9-ext    03.02.00.XO
_XE3: Final = re.compile(
    r"0?3\.(?P<minor>\d{1,2})\.(?P<patch>\d{1,2})(?P<letter>[a-z]?)\.?(?P<train>[A-Z]{1,3})"
    r"(?:\.\d{3}-\d{1,3}[a-z]?\.[A-Z]{1,4}\d{0,3}[a-z]?)?(?:-[a-z]{2,8})?",
    re.ASCII,
)
# 15.2(7)E10    15.7(3)M4b    12.4(21a)    12.2(33)SRE0a
_IOS: Final = re.compile(
    r"(?P<major>1[0-5])\.(?P<minor>\d{1,2})\((?P<maint>\d{1,3})(?P<inner>[a-z]?)\)"
    r"(?P<train>[A-Z]{0,4})(?P<rebuild>\d{0,3})(?P<letter>[a-z]?)",
    re.ASCII,
)
# BLD_POLARIS_DEV_LATEST_20241125_002711    V1712_4_ESW13    2019-10-31_17.49_makale
# 17.17.20241125:005549    15.2(4.0.55)E    10.69.1.0.66982
_SPECIAL: Final = re.compile(
    r"(?:BLD_|V\d{2,5}_|\d{4}-\d{2}-\d{2}_)[\w.:-]{1,120}"
    r"|\d{1,2}\.\d{1,3}\.\d{8}:\d{6}"
    r"|\d{1,2}\.\d{1,2}\(\d{1,3}(?:\.\d{1,5}){1,3}\)[A-Z]{0,4}\d{0,3}"
    r"|\d{1,2}\.\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,9}",
    re.ASCII,
)
# 4.31.6M-39953990.4316M (engineering build)    4.28.3.1M    4.30.10F
_EOS: Final = re.compile(
    r"(?P<numbers>\d{1,2}\.\d{1,3}\.\d{1,3}(?:\.\d{1,3}){0,3})(?P<letter>[A-Z]{0,2})"
    r"(?:-(?P<build>\d{1,12})\.(?P<tag>[\w.-]{1,60}))?(?P<engineering> ?\(engineering build\))?",
    re.ASCII,
)

# cat9k_iosxe.17.09.04a.SPA.bin    C9800-CL-universalk9.17.07.01prd16.SPA.bin
# C9800-L-rpboot.V1712_4_ESW13.SPA.pkg    cat9k_iosxe.BLD_POLARIS_DEV_…SSA.bin
_NAME_XE: Final = re.compile(
    r"\.(?P<release>(?:1[6-9]|[2-9]\d)\.\d{2}\.\d{2}(?:[a-z]{0,2}|[a-z]{3,8}\d{0,4})"
    r"|(?:BLD_|V\d{2,5}_)\w{1,120})(?=\.)",
    re.ASCII,
)
# cat4500e-universalk9.SPA.03.05.02.E.152-1.E2.bin
# asr1000rp2-rpbase.03.16.04a.S.155-3.S4a-ext.pkg
_NAME_XE3: Final = re.compile(
    r"\.(?P<release>0?3\.\d{2}\.\d{2}[a-z]?\.?[A-Z]{1,3})(?=[.-])", re.ASCII
)
# c2960x-universalk9-mz.152-7.E10.bin    c2600-adventerprisek9-mz.124-12.bin
_NAME_IOS: Final = re.compile(
    r"\.(?P<major>\d{2})(?P<minor>\d)-(?P<maint>\d{1,3}[a-z]?)"
    r"(?:\.(?P<train>[A-Z]{1,4}\d{0,3}[a-z]?)(?=[.-]|$)|(?=\.bin$|$))",
    re.ASCII,
)
# EOS-4.30.1F.swi    EOS64-4.28.3.1M.swi    vEOS-lab-4.27.3F.swi
_NAME_EOS: Final = re.compile(
    r"(?:^|-)(?P<release>\d{1,2}\.\d{1,3}\.\d{1,3}(?:\.\d{1,3}){0,3}[A-Z]{0,2})\.swi$",
    re.ASCII,
)

EXPECTED: Final = {
    "cisco_iosxe": "expected IOS-XE such as 17.09.04a, 17.6.3, 17.06.03.0.3629, 03.16.04b.S or "
    "3.6.5E, or IOS such as 15.2(7)E10",
    "cisco_ios": "expected IOS such as 15.2(7)E10, 15.7(3)M4b or 12.4(21a)",
    "cisco_nxos": "expected NX-OS such as 9.3(10), 10.4(2), 7.0(3)I7(10) or 8.4(3)",
    "cisco_asa": "expected ASA such as 9.16(4)85, 9.8(4) or 9.12(1)",
    "arista_eos": "expected EOS such as 4.30.1F, 4.28.3.1M or 4.31.6M-39953990.4316M",
}
"""By platform id: the shape of a release, for people."""


def parse_iosxe(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    From 16 on there is one order (train ``iosxe``): zero padding means nothing, letters follow the
    plain release alphabetically, the build number of ``show install`` is not part of it. The 3.x
    trains are ordered each by itself (``iosxe-3-S``), as are those of IOS (``ios-E``).
    Engineering specials, pre-releases and private builds have a train of their own each
    (``iosxe-special:…``), so they are equal to themselves and comparable to nothing.
    """
    # 17.03.03 - SMU-PATCHED    03.16.04b.S - Extended Support Release    16.9.5, CUST-SPECIAL:…
    core = text.strip().partition(" - ")[0].partition(",")[0].strip()
    if (m := _XE.fullmatch(core)) is not None and int(m["major"]) >= 16:
        numbers = (int(m["major"]), int(m["minor"]), int(m["patch"]))
        return Release(core, "iosxe", (*numbers, *letters(m["letters"], 2)))
    if (m := _XE_BEFORE.fullmatch(core)) is not None and int(m["major"]) >= 16:
        name = f"{int(m['major'])}.{int(m['minor'])}.{int(m['patch'])}{m['word']}"
        return Release(core, f"iosxe-special:{name}", ())
    if (m := _XE3.fullmatch(core)) is not None:
        key = (3, int(m["minor"]), int(m["patch"]), *letters(m["letter"], 1))
        return Release(core, f"iosxe-3-{m['train']}", key)
    return parse_ios(core)


def parse_ios(text: str) -> Release | None:
    """Return the release of classic IOS, or the private build, that ``text`` names.

    Trains are the letters after the parenthesis (none: ``ios-mainline``); within one the order is
    major, minor, maintenance, letter in parentheses, rebuild, final letter.
    """
    core = text.strip()
    if (m := _IOS.fullmatch(core)) is not None:
        key = (
            *(int(m["major"]), int(m["minor"]), int(m["maint"])),
            *letters(m["inner"], 1),
            int(m["rebuild"] or 0),
            *letters(m["letter"], 1),
        )
        return Release(core, f"ios-{m['train'] or 'mainline'}", key)
    if _SPECIAL.fullmatch(core) is not None:
        return Release(core, f"iosxe-special:{core}", ())
    return None


def parse_eos(text: str) -> Release | None:
    """Return the EOS release ``text`` names; None: not in the grammar.

    One order of the numbers; the letter (F feature, M maintenance) is a label of its life cycle
    and means nothing. An internal build stands before the release of the same numbers, so that
    it is never taken for it.
    """
    core = text.strip()
    if (m := _EOS.fullmatch(core)) is None:
        return None
    numbers = [int(n) for n in m["numbers"].split(".")]
    numbers += [0] * (6 - len(numbers))
    internal = m["build"] is not None or m["engineering"] is not None
    return Release(core, "eos", (*numbers, 0 if internal else 1, int(m["build"] or 0)))


def is_internal_eos(text: str) -> bool:
    """Say whether ``text`` names an EOS build that was not released to everybody."""
    m = _EOS.fullmatch(text.strip())
    return m is not None and (m["build"] is not None or m["engineering"] is not None)


def differ(named: Release | None, running: Release | None) -> bool:
    """Say whether two releases of one train are not the same."""
    if named is None or running is None:
        return False
    return named.compared_to(running) in {Order.OLDER, Order.NEWER}


def iosxe_in_name(filename: str) -> Release | None:
    """Return the release a file of standard name is of; None: the name does not say."""
    filename = filename.rpartition("/")[2]
    for pattern in (_NAME_XE, _NAME_XE3):
        if (m := pattern.search(filename)) is not None:
            return parse_iosxe(m["release"])
    if (m := _NAME_IOS.search(filename)) is not None:
        return parse_ios(f"{int(m['major'])}.{m['minor']}({m['maint']}){m['train'] or ''}")
    return None


def eos_in_name(filename: str) -> Release | None:
    """Return the release an EOS image of standard name is of; None: the name does not say."""
    m = _NAME_EOS.search(filename.rpartition(":")[2].rpartition("/")[2])
    return None if m is None else parse_eos(m["release"])


def letters(text: str, places: int) -> tuple[int, ...]:
    """Return letters as numbers, none before ``a``, filled up to ``places``."""
    return tuple(ord(c) - ord("a") + 1 for c in text) + (0,) * (places - len(text))
