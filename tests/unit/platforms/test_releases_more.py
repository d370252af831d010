"""Which release of the further platforms is older, and which cannot be said to be."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from netintegrity.model.release import Order, Release
from netintegrity.platforms._releases_aruba import parse_aoscx
from netintegrity.platforms._releases_fortinet import parse_fortios
from netintegrity.platforms._releases_fxos import parse_fxos
from netintegrity.platforms._releases_paloalto import parse_panos
from netintegrity.platforms._releases_xr import parse_xr, xr_in_label, xr_in_name

Parse = Callable[[str], Release | None]


def release(parse: Parse, text: str) -> Release:
    found = parse(text)
    assert found is not None, text
    return found


ASCENDING: dict[str, tuple[Parse, list[str]]] = {
    "IOS-XR": (
        parse_xr,
        ["5.3.3", "6.1.4", "6.6.3", "7.3.2", "7.9.2", "7.10.2 LNT", "7.11.1", "24.2.2", "25.3.1"],
    ),
    "AOS-CX": (
        parse_aoscx,
        ["FL.10.04.0010", "FL.10.06.0010", "FL.10.10.1070", "FL.10.11.1010", "FL.10.13.1040"],
    ),
    "FXOS": (parse_fxos, ["2.2(1.47)", "2.9(1.131)", "2.10(1.179)", "2.12(0.530)"]),
    "threat defence": (
        parse_fxos,
        ["6.4.0-102", "7.0.1 (Build 84)", "7.2.5", "7.2.5 (Build 208)", "7.2.5.1-29", "7.4.1.1-12"],
    ),
    "FortiOS": (
        parse_fortios,
        [
            "v6.0.7,build0302,191112 (GA)",
            "6.4.13",
            "v7.0.3,build0237,211207 (GA)",
            "v7.0.15,build0632,240401 (GA.M)",
            "v7.4.1,build2463,230830 (GA.F)",
            "7.4.8",
            "v7.4.8,build2795,250523 (GA.M)",
            "7.4.10",
        ],
    ),
    "PAN-OS": (
        parse_panos,
        ["8.1.0", "9.0.5", "9.1.2", "10.1.6", "10.1.6-h3", "10.1.6-h10", "10.1.7", "11.1.4-h7"],
    ),
}


@pytest.mark.parametrize("name", ASCENDING)
def test_each_release_is_older_than_the_next(name: str) -> None:
    parse, texts = ASCENDING[name]
    for older, newer in pairwise(release(parse, t) for t in texts):
        assert older.compared_to(newer) is Order.OLDER
        assert newer.compared_to(older) is Order.NEWER


@pytest.mark.parametrize(
    ("parse", "one", "other"),
    [
        (parse_xr, "6.1.4.10I[Default]", "6.1.4"),
        (parse_xr, "6.1.4.10I", "6.1.4.11I"),
        (parse_fortios, "v7.0.12,build0168,230612 (Non-GA.M)", "v7.0.12,build0168,230612 (GA.M)"),
        (parse_fortios, "v7.4.0,build9999,230101 (Interim)", "7.4.0"),
        (parse_fxos, "2.10(1.179)", "7.2.5 (Build 208)"),
        (parse_aoscx, "FL.10.13.1040", "GL.10.09.0010"),
        (parse_aoscx, "PL.10.06.0002E", "PL.10.06.0002"),
        (parse_aoscx, "PL.10.07.0000E-201-gba0c336", "PL.10.07.0000E"),
        (parse_panos, "9.0.5.xfr", "9.0.5"),
        (parse_panos, "10.2.0-b12", "10.2.0"),
        (parse_panos, "9.1.11-c4", "9.1.11-h4"),
    ],
)
def test_what_is_of_a_kind_of_its_own_cannot_be_ordered(parse: Parse, one: str, other: str) -> None:
    assert release(parse, one).compared_to(release(parse, other)) is Order.INCOMPARABLE
    assert release(parse, one).compared_to(release(parse, one)) is Order.SAME


@pytest.mark.parametrize(
    ("parse", "one", "other"),
    [
        (parse_xr, "6.4.2[Default]", "6.4.2"),
        (parse_xr, "7.9.2 LNT", " 7.9.2\n"),
        (parse_fortios, "v7.4.8,build2795,250523 (GA.M)", "7.4.8,build2795"),
        (parse_fxos, "7.2.5 (Build 208)", "7.2.5-208"),
        (xr_in_label, "7.10.2-meta_7102_fcs_01_25_2024", "7.10.2"),
        (xr_in_label, "6.6.3-80", "6.6.3"),
        (xr_in_name, "disk0:asr9k-mini-px-6.1.21.15I", "xrvr-os-mbi-6.1.21.15I"),
        (xr_in_name, "8000-x64-7.10.2.iso", "asr9k-mini-x64-7.10.2.iso"),
    ],
)
def test_labels_and_spellings_make_no_other_release(parse: Parse, one: str, other: str) -> None:
    assert release(parse, one).compared_to(release(parse, other)) is Order.SAME


PARSERS: dict[str, Parse] = {
    "IOS-XR": parse_xr,
    "PAN-OS": parse_panos,
    "FortiOS": parse_fortios,
    "AOS-CX": parse_aoscx,
    "FXOS": parse_fxos,
}


@pytest.mark.parametrize("parse", PARSERS.values(), ids=PARSERS)
@pytest.mark.parametrize(
    "text", ["", "a b", "7", "7.10.2; reload", "7.10.2\n7.10.3", "\uff17.10.2", "-7.10.2"]
)
def test_what_is_no_release_of_the_grammar_is_none(parse: Parse, text: str) -> None:
    assert parse(text) is None
