"""Spellings of one release, and releases in the names of files, of the further platforms.

How each orders its releases stands in ``tests/laws/release_pairs``.
"""

from collections.abc import Callable

import pytest

from netintegrity.model.release import Order, Release
from netintegrity.platforms._releases_aoss import parse_aoss
from netintegrity.platforms._releases_dell import os9_in_name, os10_in_name, parse_os9, parse_os10
from netintegrity.platforms._releases_extreme import parse_exos, parse_voss
from netintegrity.platforms._releases_f5 import parse_tmos, tmos_in_name
from netintegrity.platforms._releases_huawei import parse_vrp, vrp_in_name
from netintegrity.platforms._releases_nokia import parse_sros

Parse = Callable[[str], Release | None]
PARSERS: tuple[Parse, ...] = (
    parse_aoss,
    parse_exos,
    parse_os9,
    parse_os10,
    parse_sros,
    parse_tmos,
    parse_voss,
    parse_vrp,
)


@pytest.mark.parametrize(
    ("parse", "one", "other"),
    [
        (parse_aoss, "WC.16.10.0009", " WC.16.10.0009\n"),
        (parse_exos, "15.4.1.3-patch1-12", "15.4.1.3 v1541b3-patch1-12"),
        (parse_exos, "15.4.1.3", "15.4.1.3 v1541b3"),
        (parse_os9, "9.9(0.0)", " 9.9(0.0)\n"),
        (parse_os10, "10.6.0.5.139", " 10.6.0.5.139\n"),
        (parse_sros, "TiMOS-C-25.10.R7", "25.10.R7"),
        (parse_sros, "I-12.0.R13", "TiMOS-C-12.0.R13"),
        (parse_tmos, "15.1.10-0.24.7-ENG", "15.1.10-0.24.7"),
        (parse_tmos, "15.1.0-0.0.31", "15.1.0.0-0.0.31"),
        (parse_voss, "VOSS8K.6.0.1.2.GA", "6.0.1.2"),
        (parse_voss, "5420.9.1.1.0.GA", "9.1.1.0"),
        (parse_vrp, "V200R005C00", "V200R005C00SPC000"),
    ],
)
def test_spellings_make_no_other_release(parse: Parse, one: str, other: str) -> None:
    first, second = parse(one), parse(other)
    assert first is not None
    assert second is not None
    assert first.compared_to(second) is Order.SAME


@pytest.mark.parametrize("parse", PARSERS, ids=lambda p: p.__name__)
@pytest.mark.parametrize(
    "text", ["", "a b", "7", "7.10.2; reload", "7.10.2\n7.10.3", "\uff17.10.2", "-7.10.2"]
)
def test_what_is_no_release_of_the_grammar_is_none(parse: Parse, text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("parse", "name", "text"),
    [
        (tmos_in_name, "BIGIP-13.1.1.3-0.0.1.iso", "13.1.1.3-0.0.1"),
        (tmos_in_name, "BIGIP-16.1.2-0.0.18.ALL-F5OS.iso", "16.1.2-0.0.18"),
        (tmos_in_name, "Hotfix-BIGIP-14.1.2.6.0.29.2-ENG.iso", None),
        (tmos_in_name, "BIGIP-13.1.1.3-0.0.1.iso.384.sig", None),
        (vrp_in_name, "flash:AR610-V300R021C00SPC200.cc", "V300R021C00SPC200"),
        (vrp_in_name, "cfcard:NE40E_V800R011C00SPC200.cc", "V800R011C00SPC200"),
        (vrp_in_name, "flash:123.cc", None),
        (vrp_in_name, "flash:xV300R021C00.cc", None),
        (
            os10_in_name,
            "PKGS_OS10-Enterprise-10.5.6.2.110buster-installer-x86_64.bin",
            "10.5.6.2.110",
        ),
        (os10_in_name, "new.bin", None),
        (os9_in_name, "FTOS-S4820-9.14.1.12.bin", "9.14(1.12)"),
        (os9_in_name, "FTOS-S4820.bin", None),
    ],
)
def test_a_file_is_of_the_release_in_its_name(parse: Parse, name: str, text: str | None) -> None:
    found = parse(name)
    assert (found.text if found else None) == text
