"""Which release of VyOS, SONiC or Cumulus Linux is older, and which cannot be said to be."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from netintegrity.model.release import Order, Release
from netintegrity.platforms._releases_linux import parse_cumulus, parse_sonic, parse_vyos

Parse = Callable[[str], Release | None]


def release(parse: Parse, text: str) -> Release:
    found = parse(text)
    assert found is not None, text
    return found


ASCENDING: dict[str, tuple[Parse, list[str]]] = {
    "VyOS": (
        parse_vyos,
        [
            "1.2.6",
            "1.2.6-S1",
            "1.2.9",
            "1.3.0-rc6",
            "1.3.0-epa1",
            "1.3.0-epa3",
            "1.3.0",
            "1.3.2",
            "1.3.8",
            "1.4.0-rc2",
            "1.4.0",
            "1.4.3",
            "1.5.0",
        ],
    ),
    "VyOS rolling": (
        parse_vyos,
        ["1.5-rolling-202309170024", "1.5-rolling-202401010025", "1.5-rolling-202401020025"],
    ),
    "VyOS rolling of 1.2": (
        parse_vyos,
        ["1.2.0-rolling+201809252218", "1.2.0-rolling+201810021347"],
    ),
    "VyOS dated": (parse_vyos, ["2025.09.17-0018-rolling", "2025.11.03-0019-rolling"]),
    "VyOS stream": (parse_vyos, ["1.5-stream-2024-Q4", "1.5-stream-2025-Q1"]),
    "Cumulus": (parse_cumulus, ["3.7.16", "4.2.0", "4.2.1", "4.10.0", "5.9.1", "5.11.0"]),
    "SONiC": (parse_sonic, ["201911.9", "202012", "202205.3", "202205.10", "202311.2"]),
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
        (parse_vyos, "1.5-rolling-202401010025", "1.4.0"),
        (parse_vyos, "1.5-rolling-202401010025", "1.4-rolling-202401010025"),
        (parse_vyos, "1.5-stream-2025-Q1", "1.5-rolling-202401010025"),
        (parse_vyos, "1.4.0-acme", "1.4.0"),
        (parse_vyos, "999.202301270317", "1.4.0"),
        (parse_sonic, "202012.0-fb89c28c9", "202012.0-2bec3004e"),
        (parse_sonic, "202012.0-fb89c28c9", "202012.0"),
        (parse_cumulus, "3.3.0~1493169975.9482755", "3.3.0"),
        (parse_sonic, "HEAD.32-21ea29a", "HEAD.33-21ea29a"),
        (parse_sonic, "cisco_202205.5324-dirty-20230707.044127", "202205.5324"),
    ],
)
def test_trains_and_builds_of_an_own_kind_cannot_be_ordered(
    parse: Parse, one: str, other: str
) -> None:
    assert release(parse, one).compared_to(release(parse, other)) is Order.INCOMPARABLE
    assert release(parse, one).compared_to(release(parse, one)) is Order.SAME


@pytest.mark.parametrize("text", ["SONiC.202311.2", "SONiC-OS-202311.2", " 202311.2\n"])
def test_what_stands_before_a_version_makes_no_other_release(text: str) -> None:
    assert release(parse_sonic, text).compared_to(release(parse_sonic, "202311.2")) is Order.SAME


@pytest.mark.parametrize("parse", [parse_vyos, parse_sonic, parse_cumulus])
@pytest.mark.parametrize("text", ["", "1.4.0; reboot", "a b", "-1", "1.4.0\n1.3.0", "\uff11.4.0"])
def test_what_cannot_be_a_version_is_none(parse: Parse, text: str) -> None:
    assert parse(text) is None
