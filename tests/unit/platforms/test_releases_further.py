"""Which release of the further platforms is older, and which cannot be said to be."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.model.release import Order, Release
from netintegrity.platforms._releases_aoss import parse_aoss
from netintegrity.platforms._releases_dell import os9_in_name, os10_in_name, parse_os9, parse_os10
from netintegrity.platforms._releases_extreme import parse_exos, parse_voss
from netintegrity.platforms._releases_f5 import parse_tmos, tmos_in_name
from netintegrity.platforms._releases_huawei import parse_vrp, vrp_in_name
from netintegrity.platforms._releases_nokia import parse_sros

Parse = Callable[[str], Release | None]


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """What is known of how one maker counts."""

    parse: Parse
    ascending: tuple[str, ...]
    """Each older than the next."""
    source: str
    apart: tuple[tuple[str, str], ...]
    """Pairs of which neither is older."""
    same: tuple[tuple[str, str], ...]
    """Two spellings of one release."""
    shapes: st.SearchStrategy[str]


_NUMBER = st.integers(0, 99)
GRAMMARS = {
    "ArubaOS-Switch": Grammar(
        parse=parse_aoss,
        ascending=(
            "K.12.57",
            "K.13.09",
            "K.13.71",
            "K.14.41",
            "K.15.03.0003",
            "K.15.04.0015",
            "K.15.18.0013",
            "K.16.01.0004",
            "K.16.02.0012",
            "K.16.02.0033",
        ),
        source="the vendor's release notes for the 8200 and 5400 families",
        apart=(
            ("WC.16.10.0009", "KB.16.10.0009"),
            ("K.15.04.0015m", "K.15.04.0015"),
            ("WC.16.06.0000x", "WC.16.06.0010"),
        ),
        same=(("WC.16.10.0009", " WC.16.10.0009\n"),),
        shapes=st.builds(
            lambda f, a, b, w: f"{f}.{a:02}.{b:02}{w}",
            st.sampled_from(["K", "WC"]),
            *(_NUMBER,) * 2,
            st.sampled_from(["", ".0009", ".0010", ".0010m"]),
        ),
    ),
    "VRP": Grammar(
        parse=parse_vrp,
        ascending=(
            "V200R005C00",
            "V200R005C00SPC300",
            "V200R008C00SPC500",
            "V200R010C00SPC300",
            "V200R010C00SPC600",
            "V200R011C10",
            "V200R011C10SPC600",
            "V200R013C00SPC500",
            "V200R019C00SPC500",
            "V200R019C10SPC500",
            "V200R021C00SPC200",
        ),
        source="the vendor's release notes for the S5700 and S7700 families",
        apart=(
            ("V200R010C00SPC600", "V300R003C10SPC500"),
            ("V100R006C00SPC800B010", "V100R006C00SPC800"),
            ("V800R012C10SPC300T", "V800R012C10SPC300"),
        ),
        same=(("V200R010C00SPC600", " V200R010C00SPC600\n"), ("V200R005C00", "V200R005C00SPC000")),
        shapes=st.builds(
            lambda v, a, b, w: f"V{v}R{a:03}C{b:02}{w}",
            st.sampled_from([200, 800]),
            *(_NUMBER,) * 2,
            st.sampled_from(["", "SPC200", "SPC600", "SPC600T", "SPC800B010"]),
        ),
    ),
    "EXOS": Grammar(
        parse=parse_exos,
        ascending=(
            "11.2.2.4",
            "11.2.3.3",
            "12.6.2.10",
            "15.2.1.5",
            "15.3.2.11",
            "15.4.1.3",
            "15.4.1.3-patch1-2",
            "15.4.1.3-patch1-12",
            "16.2.5.4-patch1-7",
            "31.3.1.3",
            "32.3.1.11",
        ),
        source="the vendor's release notes for EXOS and Switch Engine",
        apart=(
            ("31.3.1.3 by jdoe", "31.3.1.3"),
            ("31.3.1.3-ssh", "31.3.1.3"),
            ("16.2.5.4-patch1-7-xyz", "16.2.5.4-patch1-7"),
        ),
        same=(("31.3.1.3", " 31.3.1.3\n"),),
        shapes=st.builds(
            lambda a, b, w: f"{a}.{b}.1.3{w}",
            *(_NUMBER,) * 2,
            st.sampled_from(["", "-patch1-2", "-patch1-12", "-patch2-1", " by jdoe"]),
        ),
    ),
    "VOSS": Grammar(
        parse=parse_voss,
        ascending=(
            "VOSS8K.4.2.2.0.GA",
            "VOSS8K.6.0.1.2.GA",
            "7.1.3.0",
            "8.4.2.0",
            "8.4.2.0.1",
            "8.5.0.0",
            "5520.8.9.0.0.GA",
            "5420.8.10.6.0.GA",
            "9.0.2.0",
            "5420.9.1.1.0.GA",
        ),
        source="the vendor's release notes for VOSS and Fabric Engine",
        apart=(("VOSS4900.8.5.0.0int020", "8.5.0.0"), ("5520.8.9.0.0_B044", "5520.8.9.0.0.GA")),
        same=(("VOSS8K.6.0.1.2.GA", "6.0.1.2"), ("5420.9.1.1.0.GA", "9.1.1.0")),
        shapes=st.builds(
            lambda f, a, b, w: f"{f}{a}.{b}.1.0{w}",
            st.sampled_from(["", "VOSS8K.", "5520."]),
            *(_NUMBER,) * 2,
            st.sampled_from(["", ".GA", ".1", "int020", "_B044"]),
        ),
    ),
    "OS9": Grammar(
        parse=parse_os9,
        ascending=(
            "8.3(12.0)",
            "9.4(0.0)",
            "9.8(0.0)",
            "9.9(0.0)",
            "9.10(0.1)",
            "9.10(0.1P13)",
            "9.11(2.5)",
            "9.14(0.0)",
            "9.14(1.0)",
            "9.14(1.12)",
            "9.14(2.20)",
        ),
        source="the vendor's release notes for OS9",
        apart=(("9.14(2.4B1)", "9.14(2.4)"), ("8.3(12.0a)", "8.3(12.0)")),
        same=(("9.9(0.0)", " 9.9(0.0)\n"),),
        shapes=st.builds(
            lambda a, b, c, w: f"{a}.{b}({c}.{w})",
            *(_NUMBER,) * 3,
            st.sampled_from(["0", "12", "1P13", "1P2", "4B1"]),
        ),
    ),
    "OS10": Grammar(
        parse=parse_os10,
        ascending=(
            "10.4.3.6",
            "10.5.0.4.638",
            "10.5.1.0.124",
            "10.5.1.4",
            "10.5.1.4.249",
            "10.5.2.10.427",
            "10.5.4.2.85",
            "10.5.5.0",
            "10.5.6.2.110",
            "10.5.6.11.52",
            "10.6.0.5.139",
        ),
        source="the vendor's release notes for SmartFabric OS10, and names of its installers",
        apart=(("10.4.9999EX.3342", "10.5.1.0"), ("10.5.2.2P1", "10.5.2.2")),
        same=(("10.6.0.5.139", " 10.6.0.5.139\n"),),
        shapes=st.builds(
            lambda a, b, w: f"10.{a}.{b}.{w}",
            *(_NUMBER,) * 2,
            st.sampled_from(["0", "4.249", "5", "2P1"]),
        ),
    ),
    "SR OS": Grammar(
        parse=parse_sros,
        ascending=(
            "10.0.R12",
            "12.0.R13",
            "16.0.R6",
            "TiMOS-C-16.0.R9",
            "19.5.R2",
            "19.5.R2-1",
            "20.10.R13",
            "23.10.R2",
            "24.7.R1",
            "24.10.R1",
            "25.10.R2",
            "25.10.R7",
        ),
        source="the vendor's release notes for the 7750 SR",
        apart=(("0.0.I5432", "25.10.R7"), ("22.2.S3", "22.2.R3"), ("1.0.B1-1", "1.0.B1-2")),
        same=(("TiMOS-C-25.10.R7", "25.10.R7"), ("I-12.0.R13", "TiMOS-C-12.0.R13")),
        shapes=st.builds(
            lambda p, a, b, w: f"{p}{a}.{b}.{w}",
            st.sampled_from(["", "TiMOS-C-", "I-"]),
            *(_NUMBER,) * 2,
            st.sampled_from(["R1", "R12", "R2-1", "S3", "I4321"]),
        ),
    ),
    "TMOS": Grammar(
        parse=parse_tmos,
        ascending=(
            "11.6.5.3-0.0.10",
            "12.1.2-2.0.276",
            "12.1.3.4-0.0.2",
            "13.1.0.7-0.0.1",
            "13.1.1.3",
            "13.1.1.3-0.0.1",
            "14.1.4-0.0.11",
            "15.1.9-0.0.9",
            "15.1.10-0.0.7",
            "15.1.10-0.24.7-ENG",
            "17.1.0.1-0.0.4",
            "17.1.1.3-0.0.5",
        ),
        source="names of the vendor's images, in the order of its release notes",
        # Whatever edition it calls itself, a build is a number.
        apart=(),
        same=(
            ("15.1.10-0.0.7", " 15.1.10-0.0.7\n"),
            ("15.1.10-0.24.7-ENG", "15.1.10-0.24.7"),
            ("15.1.0-0.0.31", "15.1.0.0-0.0.31"),
        ),
        shapes=st.builds(
            lambda a, b, c, w: f"{a}.{b}.{c}{w}",
            *(_NUMBER,) * 3,
            st.sampled_from(["", ".1", "-0.0.1", ".3-0.0.12", "-1.2.3-ENG"]),
        ),
    ),
}
_OPPOSITE = {
    Order.OLDER: Order.NEWER,
    Order.NEWER: Order.OLDER,
    Order.SAME: Order.SAME,
    Order.INCOMPARABLE: Order.INCOMPARABLE,
}


def release(parse: Parse, text: str) -> Release:
    found = parse(text)
    assert found is not None, text
    return found


@pytest.mark.parametrize("grammar", GRAMMARS.values(), ids=GRAMMARS)
def test_each_release_is_older_than_the_next(grammar: Grammar) -> None:
    assert len(grammar.ascending) > 8
    assert grammar.source
    for older, newer in pairwise(release(grammar.parse, t) for t in grammar.ascending):
        assert older.compared_to(newer) is Order.OLDER
        assert newer.compared_to(older) is Order.NEWER


@pytest.mark.parametrize("grammar", GRAMMARS.values(), ids=GRAMMARS)
def test_what_is_of_a_kind_of_its_own_cannot_be_ordered(grammar: Grammar) -> None:
    for one, other in grammar.apart:
        order = release(grammar.parse, one).compared_to(release(grammar.parse, other))
        assert order is Order.INCOMPARABLE, (one, other)
        assert release(grammar.parse, one).compared_to(release(grammar.parse, one)) is Order.SAME


@pytest.mark.parametrize("grammar", GRAMMARS.values(), ids=GRAMMARS)
def test_spellings_make_no_other_release(grammar: Grammar) -> None:
    for one, other in grammar.same:
        order = release(grammar.parse, one).compared_to(release(grammar.parse, other))
        assert order is Order.SAME, (one, other)


@pytest.mark.parametrize("grammar", GRAMMARS.values(), ids=GRAMMARS)
@pytest.mark.parametrize(
    "text", ["", "a b", "7", "7.10.2; reload", "7.10.2\n7.10.3", "\uff17.10.2", "-7.10.2"]
)
def test_what_is_no_release_of_the_grammar_is_none(grammar: Grammar, text: str) -> None:
    assert grammar.parse(text) is None


@pytest.mark.parametrize("grammar", GRAMMARS.values(), ids=GRAMMARS)
@given(data=st.data())
def test_the_order_is_antisymmetric_transitive_and_within_a_train(
    grammar: Grammar, data: st.DataObject
) -> None:
    a, b, c = (release(grammar.parse, data.draw(grammar.shapes)) for _ in range(3))
    assert a.compared_to(b) is _OPPOSITE[b.compared_to(a)]
    if a.compared_to(b) is Order.OLDER and b.compared_to(c) is Order.OLDER:
        assert a.compared_to(c) is Order.OLDER
    assert (a.compared_to(b) is Order.INCOMPARABLE) is (a.train != b.train)


@pytest.mark.parametrize("grammar", GRAMMARS.values(), ids=GRAMMARS)
@given(text=st.text(max_size=200))
def test_any_text_at_all_is_a_release_or_none(grammar: Grammar, text: str) -> None:
    found = grammar.parse(text)
    assert found is None or found.text in text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("BIGIP-13.1.1.3-0.0.1.iso", "13.1.1.3-0.0.1"),
        ("BIGIP-16.1.2-0.0.18.ALL-F5OS.iso", "16.1.2-0.0.18"),
        ("Hotfix-BIGIP-14.1.2.6.0.29.2-ENG.iso", None),
        ("BIGIP-13.1.1.3-0.0.1.iso.384.sig", None),
    ],
)
def test_an_image_is_of_the_release_in_its_name(name: str, text: str | None) -> None:
    found = tmos_in_name(name)
    assert (found.text if found else None) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("flash:AR610-V300R021C00SPC200.cc", "V300R021C00SPC200"),
        ("cfcard:NE40E_V800R011C00SPC200.cc", "V800R011C00SPC200"),
        ("flash:123.cc", None),
        ("flash:xV300R021C00.cc", None),
    ],
)
def test_a_system_file_is_of_the_release_in_its_name(name: str, text: str | None) -> None:
    found = vrp_in_name(name)
    assert (found.text if found else None) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PKGS_OS10-Enterprise-10.5.6.2.110buster-installer-x86_64.bin", "10.5.6.2.110"),
        ("PKGS_OS10-Enterprise-10.4.9999EX.3342stretch-installer-x86_64.bin", "10.4.9999EX.3342"),
        ("FTOS-S4820-9.14.1.12.bin", "9.14(1.12)"),
        ("new.bin", None),
    ],
)
def test_an_installer_is_of_the_release_in_its_name(name: str, text: str | None) -> None:
    found = os10_in_name(name) or os9_in_name(name)
    assert (found.text if found else None) == text
