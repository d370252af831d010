"""Which release is older, and which cannot be said to be."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.model.release import Order, Release
from netintegrity.platforms._releases import (
    differ,
    eos_in_name,
    iosxe_in_name,
    is_internal_eos,
    parse_eos,
    parse_ios,
    parse_iosxe,
)


def iosxe(text: str) -> Release:
    release = parse_iosxe(text)
    assert release is not None, text
    return release


def eos(text: str) -> Release:
    release = parse_eos(text)
    assert release is not None, text
    return release


ASCENDING = {
    "from 16 on": [
        "16.3.1",
        "16.12.5",
        "16.12.5b",
        "17.06.01",
        "17.6.1a",
        "17.6.1w",
        "17.6.1za",
        "17.9.4",
        "17.9.4a",
        "17.9.5",
        "17.12.1",
        "26.01.01",
    ],
    "3.x S": ["03.13.09.S", "03.16.04.S", "3.16.4bS", "03.16.10.S"],
    "3.x E": ["03.06.05.E", "3.6.7E", "03.11.01.E"],
    "E": [
        "15.0(2)E",
        "15.2(7)E",
        "15.2(7)E0a",
        "15.2(7)E1",
        "15.2(7)E1a",
        "15.2(7)E9",
        "15.2(7)E10",
    ],
    "mainline": ["12.4(3)", "12.4(21)", "12.4(21a)", "12.4(25)"],
}


@pytest.mark.parametrize("texts", ASCENDING.values(), ids=ASCENDING)
def test_each_release_is_older_than_the_next(texts: list[str]) -> None:
    for older, newer in pairwise(texts):
        assert iosxe(older).compared_to(iosxe(newer)) is Order.OLDER
        assert iosxe(newer).compared_to(iosxe(older)) is Order.NEWER


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("17.09.04a", "17.9.4a"),
        ("17.06.03.0.3629", "17.06.03"),
        ("16.6.6.0", "16.06.06"),
        ("17.03.03 - SMU-PATCHED", "17.3.3"),
        ("03.16.04b.S - Extended Support Release", "3.16.4bS"),
        ("03.13.09.S.154-3.S9-ext", "03.13.09.S"),
        ("03.06.07E", "3.6.7E"),
        ("V1712_4_ESW13", "V1712_4_ESW13"),
        ("17.07.01prd16", "17.7.1prd16"),
    ],
)
def test_padding_builds_and_labels_make_no_other_release(one: str, other: str) -> None:
    assert iosxe(one).compared_to(iosxe(other)) is Order.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("17.9.4", "03.16.04.S"),
        ("17.9.4", "15.2(7)E10"),
        ("03.16.04.S", "03.11.01.E"),
        ("15.2(7)E10", "15.7(3)M4b"),
        ("V1712_4_ESW13", "17.12.4"),
        ("17.07.01prd16", "17.7.1"),
        ("BLD_POLARIS_DEV_LATEST_20241125_002711", "17.17.1"),
        ("10.69.1.0.66982", "17.6.3"),
        ("15.2(4.0.55)E", "15.2(4)E"),
    ],
)
def test_trains_specials_and_private_builds_cannot_be_ordered(one: str, other: str) -> None:
    assert iosxe(one).compared_to(iosxe(other)) is Order.INCOMPARABLE


@pytest.mark.parametrize(
    "text", ["", "latest", "17", "17.9", "9.3(10)", "7.3.2", "1.2.3.4", "\uff11\uff17.9.4"]
)
def test_what_is_no_release_of_the_grammar_is_none(text: str) -> None:
    release = parse_iosxe(text)
    assert release is None or release.train != "iosxe"


def test_a_trailing_line_break_is_not_part_of_a_release() -> None:
    assert iosxe("17.9.4\n").text == "17.9.4"
    assert parse_iosxe("17.9.4\n17.9.5") is None


def test_the_grammar_of_ios_knows_no_ios_xe() -> None:
    assert parse_ios("17.09.04a") is None


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("cat9k_iosxe.17.09.04a.SPA.bin", "17.9.4a"),
        ("flash:/old/cat9k_lite_iosxe.16.12.05b.SPA.bin", "16.12.5b"),
        ("isr4300-universalk9.16.03.01.SPA.bin", "16.3.1"),
        ("cat9k_iosxe.17.06.03.CSCwa85257.SPA.smu.bin", "17.6.3"),
        ("C9800-CL-universalk9.17.07.01prd16.SPA.bin", "17.7.1prd16"),
        ("C9800-L-rpboot.V1712_4_ESW13.SPA.pkg", "V1712_4_ESW13"),
        ("cat4500e-universalk9.SPA.03.05.02.E.152-1.E2.bin", "3.5.2E"),
        ("asr1001-universalk9.03.08.02.S.153-1.S2.bin", "3.8.2S"),
        ("cat3k_caa-base.SPA.03.06.05E.pkg", "3.6.5E"),
        ("c2960x-universalk9-mz.152-7.E10.bin", "15.2(7)E10"),
        ("c800-universalk9-mz.SPA.159-3.M12.bin", "15.9(3)M12"),
        ("c2600-adventerprisek9-mz.124-12.bin", "12.4(12)"),
    ],
)
def test_a_standard_file_name_says_its_release(name: str, release: str) -> None:
    named = iosxe_in_name(name)
    assert named is not None
    assert named.compared_to(iosxe(release)) is Order.SAME


@pytest.mark.parametrize(
    "name", ["asr1000rpx.bin", "packages.conf", "ecr.bin", "cat3k_caa-wcm.SPA.10.2.150.0.pkg", ""]
)
def test_another_file_name_says_none(name: str) -> None:
    assert iosxe_in_name(name) is None


def test_eos_is_ordered_by_its_numbers_alone() -> None:
    texts = ["4.28.3M", "4.28.3.1M", "4.30.1F", "4.30.5M", "4.30.10F", "4.31.0F"]
    for older, newer in pairwise(texts):
        assert eos(older).compared_to(eos(newer)) is Order.OLDER
    assert eos("4.30.1F").compared_to(eos("4.30.1M")) is Order.SAME
    assert eos("4.30.1.0F").compared_to(eos("4.30.1F")) is Order.SAME


def test_an_internal_build_of_eos_is_never_taken_for_the_release() -> None:
    internal = "4.31.6M-39953990.4316M (engineering build)"
    assert is_internal_eos(internal)
    assert not is_internal_eos("4.31.6M")
    assert eos(internal).compared_to(eos("4.31.6M")) is Order.OLDER
    assert eos(internal).compared_to(eos("4.31.5M")) is Order.NEWER
    assert eos("4.32.0F-35483270.hudsonrel (engineering build)").key[0] == 4
    assert eos("4.31.6M (engineering build)").compared_to(eos("4.31.6M")) is Order.OLDER


@pytest.mark.parametrize("text", ["", "4.30", "EOS-4.30.1F", "4.30.1F;reload", "v4.30.1F"])
def test_what_is_no_eos_release_is_none(text: str) -> None:
    assert parse_eos(text) is None
    assert not is_internal_eos(text)


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("EOS-4.30.1F.swi", "4.30.1F"),
        ("flash:EOS64-4.28.3.1M.swi", "4.28.3.1M"),
        ("flash:images/vEOS-lab-4.27.3F.swi", "4.27.3F"),
        ("flash:EOS.swi", None),
        ("flash:EOS-4.30.1F.swi.bak", None),
    ],
)
def test_an_eos_file_name_says_its_release_or_none(name: str, release: str | None) -> None:
    named = eos_in_name(name)
    assert (named.text if named else None) == release


numbers = st.integers(min_value=0, max_value=60)
letters = st.sampled_from(["", "a", "b", "z", "za"])


@given(st.integers(16, 40), numbers, numbers, letters)
def test_zero_padding_means_nothing(major: int, minor: int, patch: int, letter: str) -> None:
    bare, padded = f"{major}.{minor}.{patch}{letter}", f"{major}.{minor:02}.{patch:02}{letter}"
    assert iosxe(bare).compared_to(iosxe(padded)) is Order.SAME


@given(st.text(max_size=60))
def test_any_text_is_a_release_or_is_none(text: str) -> None:
    for parse in (parse_iosxe, parse_ios, parse_eos, iosxe_in_name, eos_in_name):
        release = parse(text)
        assert release is None or release.compared_to(release) is Order.SAME


def test_what_is_not_known_differs_from_nothing() -> None:
    known = iosxe("17.9.4")
    assert not differ(None, known)
    assert not differ(known, None)
    assert not differ(known, iosxe("15.2(7)E10"))
    assert differ(known, iosxe("17.9.5"))
