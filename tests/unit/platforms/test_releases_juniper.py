"""Which Junos release is older, and which cannot be said to be."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.model.release import Order, Release
from netintegrity.platforms._releases_juniper import (
    junos_in_name,
    parse_junos,
    parse_junos_evolved,
)


def junos(text: str) -> Release:
    release = parse_junos(text)
    assert release is not None, text
    return release


ASCENDING = {
    "R": [
        "9.3R2.8",
        "10.4R1.9",
        "12.3R8.7",
        "13.3R1.4",
        "18.4R2-S10.3",
        "21.4R2",
        "21.4R2.10",
        "21.4R3",
        "21.4R3.15",
        "21.4R3-S3.4",
        "21.4R3-S5",
        "21.4R3-S5.4",
        "21.4R3-S5.10",
        "21.4R3-S10.1",
        "22.1R1.10",
        "23.2R2-S1.3",
    ],
    "12.3X48": ["12.3X48-D40.5", "12.3X48-D90.2", "12.3X48-D105", "12.3X48-D105.4"],
    "15.1X53": ["15.1X53-D15.3", "15.1X53-D59.4", "15.1X53-D591.1"],
    "15.1F": ["15.1F2.8", "15.1F6", "15.1F6-S2.1", "15.1F6-S12.3"],
    "Evolved": ["20.4R3-S4.8-EVO", "22.3R1.9-EVO", "22.3R1-S1.4-EVO", "22.4R1.11-EVO"],
}


@pytest.mark.parametrize("texts", ASCENDING.values(), ids=ASCENDING)
def test_each_release_is_older_than_the_next(texts: list[str]) -> None:
    for older, newer in pairwise(texts):
        assert junos(older).compared_to(junos(newer)) is Order.OLDER
        assert junos(newer).compared_to(junos(older)) is Order.NEWER


@pytest.mark.parametrize(("one", "other"), list(combinations(ASCENDING, 2)))
def test_releases_of_different_trains_cannot_be_ordered(one: str, other: str) -> None:
    for a in ASCENDING[one]:
        for b in ASCENDING[other]:
            assert junos(a).compared_to(junos(b)) is Order.INCOMPARABLE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("21.4R3-S5.4", "21.4R3-S5.4-domestic"),
        ("12.3R8.7", "12.3R8.7-domestic-signed"),
        ("12.3R8.7-export", "12.3R8.7-limited"),
        ("12.3X48-D105.4", "12.3X48-D105.4-domestic"),
        ("21.4R3-S5.4\n", " 21.4R3-S5.4"),
    ],
)
def test_edition_and_packing_make_no_other_release(one: str, other: str) -> None:
    assert junos(one).compared_to(junos(other)) is Order.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("15.1X49-D75.5", "15.1X53-D75.5"),
        ("15.1X49-D75.5", "16.1R1"),
        ("21.4R3", "21.4R3-fips"),
        ("21.4R3", "21.4R3-EVO"),
        ("21.1B1.2", "21.1R1"),
        ("21.1B1.2", "21.1B1.3"),
        ("15.1I20150203_0000_builder", "15.1R1"),
    ],
)
def test_branches_editions_and_private_builds_cannot_be_ordered(one: str, other: str) -> None:
    assert junos(one).compared_to(junos(other)) is Order.INCOMPARABLE
    assert junos(one).compared_to(junos(one)) is Order.SAME


@pytest.mark.parametrize(
    "text",
    [
        "",
        "21.4",
        "21.4R",
        "R3-S5",
        "21.4R3-S",
        "21.4R3-S5.4-EVO-EVO",
        "21.4R3-S5.4; request system reboot",
        "20190517.r1",
        "20220419.9889e6f_builder_stable_11",
        "17.09.04a",
        "15.2(7)E10",
        "21.4R3\n21.4R4",
        "\uff12\uff11.4R3",
    ],
)
def test_what_is_no_release_of_the_grammar_is_none(text: str) -> None:
    assert parse_junos(text) is None


def test_the_grammar_of_evolved_knows_no_other() -> None:
    assert parse_junos_evolved("21.4R3-S5.4") is None
    release = parse_junos_evolved("22.3R1-S1.4-EVO")
    assert release is not None
    assert release.train == "junos-evo"


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("junos-install-mx-x86-64-21.4R3-S5.4.tgz", "21.4R3-S5.4"),
        ("folder/junos-install-mx-x86-64-21.4R3-S5.tgz", "21.4R3-S5"),
        ("jinstall-ppc-12.3R8.7-domestic-signed.tgz", "12.3R8.7"),
        ("junos-srxsme-12.3X48-D105.4-domestic.tgz", "12.3X48-D105.4"),
        ("junos-evo-install-ptx-fixed-x86-64-22.3R1-S1.4-EVO", "22.3R1-S1.4-EVO"),
        ("junos-evo-install-ptx-fixed-x86-64-22.3R1.9-EVO.iso", "22.3R1.9-EVO"),
    ],
)
def test_a_standard_file_name_says_its_release(name: str, release: str) -> None:
    found = junos_in_name(name)
    assert found is not None
    assert found.compared_to(junos(release)) is Order.SAME


@pytest.mark.parametrize("name", ["", "recovery.tgz", "junos-21.4", "junos-install-21.4R3x.tgz"])
def test_a_name_that_says_no_release_says_none(name: str) -> None:
    assert junos_in_name(name) is None


@given(st.text(max_size=200))
def test_any_text_at_all_is_a_release_or_none(text: str) -> None:
    release = parse_junos(text)
    assert release is None or release.text == text.strip()
    assert junos_in_name(text) is None or "R" in text or "X" in text or "F" in text
