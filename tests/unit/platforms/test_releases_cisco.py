"""Which release of NX-OS, ASA or IOS is older, and which cannot be said to be."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.model.release import Order, Release
from netintegrity.platforms._releases import EXPECTED
from netintegrity.platforms._releases_asa import asa_in_name, parse_asa
from netintegrity.platforms._releases_nxos import nxos_in_name, parse_nxos
from netintegrity.platforms._spec import ParseRelease
from netintegrity.platforms.cisco_ios import PLATFORM as IOS


def read(parse: ParseRelease, text: str) -> Release:
    release = parse(text)
    assert release is not None, text
    return release


ASCENDING = {
    "nxos": (
        parse_nxos,
        "9.2(1) 9.2(4) 9.3(1) 9.3(7) 9.3(7a) 9.3(8) 9.3(9) 9.3(10) 9.3(15) 10.1(1) 10.2(3)F "
        "10.4(2) 10.4(5)M 10.5(1)",
    ),
    "nxos to 8": (parse_nxos, "5.2(9) 6.2(8a) 6.2(12) 8.2(3) 8.4(3)"),
    "I": (
        parse_nxos,
        "6.1(2)I3(1) 6.1(2)I3(5a) 7.0(3)I4(3) 7.0(3)I7(9) 7.0(3)I7(10)",
    ),
    "U": (parse_nxos, "6.0(2)U6(5b) 6.0(2)U6(6) 6.0(2)U6(10)"),
    "N": (parse_nxos, "5.2(1)N1(4) 7.0(7)N1(1) 7.1(4)N1(1) 7.3(7)N1(1) 7.3(7)N1(1b)"),
    "SV": (parse_nxos, "5.2(1)SV3(1.4) 5.2(1)SV3(1.10) 5.2(1)SV3(2.1)"),
    "aci": (parse_nxos, "14.2(7f) 15.2(4d) 15.3(2b) 16.0(2h)"),
    "asa": (
        parse_asa,
        "7.2(4) 8.4(7) 8.4(7)31 9.1(5) 9.5(2)204 9.8(4) 9.8(4)9 9.8(4)10 9.9(2)32 9.12(1) "
        "9.14(2)14 9.16(3)19 9.16(4) 9.16(4)85 9.18(1)",
    ),
    "ios": (IOS.parse_release, "15.2(7)E 15.2(7)E9 15.2(7)E10 15.2(8)E"),
}


@pytest.mark.parametrize(("parse", "texts"), ASCENDING.values(), ids=ASCENDING)
def test_each_release_is_older_than_the_next(parse: ParseRelease, texts: str) -> None:
    for older, newer in pairwise(texts.split()):
        assert read(parse, older).compared_to(read(parse, newer)) is Order.OLDER
        assert read(parse, newer).compared_to(read(parse, older)) is Order.NEWER


@pytest.mark.parametrize(
    ("parse", "one", "other"),
    [
        (parse_nxos, "10.4(5) [Maintenance Release]", "10.4(5)"),
        (parse_nxos, "10.2(3) [Feature Release]", "10.2(3)F"),
        (parse_nxos, "15.3(2b) [build 15.3(2b)]", "15.3(2b)"),
        (parse_asa, "9.16(4.85)", "9.16(4)85"),
        (parse_asa, "9.8(3)21 <context>", "9.8(3)21"),
    ],
)
def test_labels_make_no_other_release(parse: ParseRelease, one: str, other: str) -> None:
    assert read(parse, one).compared_to(read(parse, other)) is Order.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("7.0(3)I7(10)", "9.3(10)"),
        ("7.0(3)I7(10)", "6.0(2)U6(10)"),
        ("8.4(3)", "9.3(10)"),
        ("8.4(3)", "7.3(7)N1(1)"),
        ("15.3(2b)", "10.4(5)"),
        ("10.4(3) [build 10.4(2)IMG9(0.27)]", "10.4(3)"),
        ("10.4(2)IMG9(0.27)", "10.4(2)"),
        ("8.3(0)CV(0.658)", "8.4(3)"),
    ],
)
def test_trains_of_nxos_and_private_builds_cannot_be_ordered(one: str, other: str) -> None:
    assert read(parse_nxos, one).compared_to(read(parse_nxos, other)) is Order.INCOMPARABLE


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        *(
            (parse_nxos, t)
            for t in ("", "17.9.4", "9.3", "9.3(10", "9.3(10)F", "v9.3(10)", "9.3.10")
        ),
        *((parse_nxos, t) for t in ("9.3(10)\n9.3(11)", "9.3(10);reload", "\uff19.3(10)")),
        *((parse_asa, t) for t in ("", "9.16.4", "9.16(4)85a", "9.16(4.85)85", "9.16", "asa")),
        *((parse_asa, t) for t in ("6.4.0-102", "\uff19.16(4)")),
        *((IOS.parse_release, t) for t in ("", "17.9.4", "9.3(10)", "flash")),
    ],
)
def test_what_is_no_release_of_the_grammar_is_none(parse: ParseRelease, text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("nxos.9.3.10.bin", "9.3(10)"),
        ("bootflash:nxos.9.3.7a.bin", "9.3(7a)"),
        ("bootflash://sup-standby/nxos64-cs.10.5.1.F.bin", "10.5(1)"),
        ("n9000-dk9.6.1.2.I3.1.bin", "6.1(2)I3(1)"),
        ("nxos.7.0.3.I7.10.bin", "7.0(3)I7(10)"),
        ("n5000-uk9-kickstart.5.2.1.N1.4.bin", "5.2(1)N1(4)"),
        ("n7000-s2-dk9.8.4.3.bin", "8.4(3)"),
        ("n3000-uk9.6.0.2.U6.10.bin", "6.0(2)U6(10)"),
        ("aci-n9000-dk9.15.3.2b.bin", "15.3(2b)"),
        ("nxos64-cs.10.4.2.IMG9.0.27.F.bin", "10.4(2)IMG9(0.27)"),
        ("auto-s", None),
        ("n3000-uk10.225.0.2.U6.10.bin", None),
        ("nxos.9.3.10.bin.bak", None),
        ("nxos.bin", None),
    ],
)
def test_an_nxos_file_name_says_its_release_or_none(name: str, release: str | None) -> None:
    named = nxos_in_name(name)
    assert (named.text if named else None) == release


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("asa9-16-4-85-lfbff-k8.SPA", "9.16(4)85"),
        ("disk0:asa9-14-2-14-smp-k8.bin", "9.14(2)14"),
        ("asa952-204-smp-k8.bin", "9.5(2)204"),
        ("asa992-32-lfbff-k8.SPA", "9.9(2)32"),
        ("asa915-smp-k8.bin", "9.1(5)"),
        ("asa847-31-k8.bin", "8.4(7)31"),
        ("cisco-asa-fp2k.9.16.4.85.SPA", "9.16(4)85"),
        ("cisco-asa.9.16.4.SPA.csp", "9.16(4)"),
        ("asa9121-smp-k8.bin", None),
        ("asdm-7231.bin", None),
        ("asa.bin", None),
    ],
)
def test_an_asa_file_name_says_its_release_or_none(name: str, release: str | None) -> None:
    named = asa_in_name(name)
    assert (named.text if named else None) == release


def test_digits_that_run_together_are_what_the_box_runs_or_nothing() -> None:
    for running in ("9.12(1)", "9.1(21)"):
        assert asa_in_name("asa9121-smp-k8.bin", parse_asa(running)) == parse_asa(running)
    assert asa_in_name("asa9121-smp-k8.bin", parse_asa("9.16(4)")) is None


def test_a_person_is_told_what_a_release_looks_like() -> None:
    assert {"cisco_ios", "cisco_nxos", "cisco_asa"} <= set(EXPECTED)


@given(st.text(max_size=60))
def test_any_text_is_a_release_or_is_none(text: str) -> None:
    for parse in (parse_nxos, parse_asa, nxos_in_name, asa_in_name, IOS.parse_release):
        release = parse(text)
        assert release is None or release.compared_to(release) is Order.SAME
