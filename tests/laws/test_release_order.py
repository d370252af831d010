"""The order of releases, on every platform: its laws, and a table of pairs with their sources.

``release_pairs/<platform>.json`` holds chains of releases from old to new, pairs that cannot be
ordered, and where the order is from. A new platform adds a file of its own.
"""

import json
import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netintegrity.model.release import Order, Release
from tests.examples import PLATFORMS

PAIRS = Path(__file__).parent / "release_pairs"
TABLES = {
    f.stem: json.loads(f.read_text()) for f in sorted(PAIRS.glob("*.json")) if f.stem in PLATFORMS
}
"""Of the platforms there are; a table may come before the platform it is of."""
CHAINS = [
    pytest.param(id_, chain, id=f"{id_}-{chain[0]}")
    for id_, table in TABLES.items()
    for chain in table["ascending"]
]
APART = [(id_, *pair) for id_, table in TABLES.items() for pair in table["apart"]]
EACH = pytest.mark.parametrize("platform_id", [id_ for id_ in PLATFORMS if id_ in TABLES])
# There are as many platforms as laws of most other kinds have examples.
FEWER = settings(max_examples=max(20, settings().max_examples // 5))
OPPOSITE = {
    Order.OLDER: Order.NEWER,
    Order.NEWER: Order.OLDER,
    Order.SAME: Order.SAME,
    Order.INCOMPARABLE: Order.INCOMPARABLE,
}
_NUMBER = re.compile(r"\d+")


def release(platform_id: str, text: str) -> Release:
    found = PLATFORMS[platform_id].parse_release(text)
    assert found is not None, f"{platform_id}: {text}"
    return found


def known(platform_id: str) -> list[str]:
    table = TABLES[platform_id]
    return sorted({t for texts in (*table["ascending"], *table["apart"]) for t in texts})


@st.composite
def texts(draw: st.DrawFn, platform_id: str) -> str:
    """Return a release of the table, or one beside it: some of its numbers changed."""
    text = draw(st.sampled_from(known(platform_id)))
    for _ in range(draw(st.integers(0, 2))):
        if not (spots := list(_NUMBER.finditer(text))):
            # SNAPSHOT        trixie/sid
            break
        spot = draw(st.sampled_from(spots))
        low = 10 ** (len(spot[0]) - 1) if len(spot[0]) > 2 else 0
        number = draw(st.integers(low, 10 ** len(spot[0]) - 1))
        written = str(number).zfill(len(spot[0])) if spot[0].startswith("0") else str(number)
        text = text[: spot.start()] + written + text[spot.end() :]
    return text


def drawn(data: st.DataObject, platform_id: str) -> Release | None:
    return PLATFORMS[platform_id].parse_release(data.draw(texts(platform_id)))


@EACH
@FEWER
@given(data=st.data())
def test_the_order_is_antisymmetric_transitive_and_stays_within_a_train(
    platform_id: str, data: st.DataObject
) -> None:
    found = [r for r in (drawn(data, platform_id) for _ in range(3)) if r is not None]
    for a in found:
        assert a.compared_to(a) is Order.SAME
        for b in found:
            assert a.compared_to(b) is OPPOSITE[b.compared_to(a)]
            assert (a.compared_to(b) is Order.INCOMPARABLE) is (a.train != b.train)
            for c in found:
                orders = {a.compared_to(b), b.compared_to(c)}
                if orders <= {Order.OLDER, Order.SAME}:
                    expected = Order.OLDER if Order.OLDER in orders else Order.SAME
                    assert a.compared_to(c) is expected


@EACH
@FEWER
@given(text=st.text(max_size=200))
def test_any_text_at_all_is_a_release_or_none(platform_id: str, text: str) -> None:
    found = PLATFORMS[platform_id].parse_release(text)
    assert found is None or found.text in text


@EACH
@FEWER
@given(data=st.data(), odd=st.sampled_from(["\n", "\x00", ";reload", " | x", "\u0661", "\uff11"]))
def test_what_is_glued_to_a_release_is_no_part_of_it(
    platform_id: str, data: st.DataObject, odd: str
) -> None:
    text = data.draw(texts(platform_id))
    at = data.draw(st.integers(0, len(text)))
    found = PLATFORMS[platform_id].parse_release(text[:at] + odd + text[at:])
    assert found is None or odd not in found.text


@pytest.mark.parametrize(("platform_id", "chain"), CHAINS)
def test_each_release_of_a_chain_is_older_than_all_that_follow(
    platform_id: str, chain: list[str]
) -> None:
    for older, newer in combinations([release(platform_id, t) for t in chain], 2):
        assert older.compared_to(newer) is Order.OLDER, f"{older.text} {newer.text}"
        assert newer.compared_to(older) is Order.NEWER


@pytest.mark.parametrize(("platform_id", "one", "other"), APART)
def test_what_is_of_another_train_cannot_be_ordered(platform_id: str, one: str, other: str) -> None:
    assert release(platform_id, one).compared_to(release(platform_id, other)) is Order.INCOMPARABLE


def test_every_platform_has_chains_of_its_own_and_together_they_are_many() -> None:
    without = set(PLATFORMS) - set(TABLES)
    assert without == set(), f"write tests/laws/release_pairs/{min(without)}.json"
    assert all(table["source"] and table["ascending"] for table in TABLES.values())
    neighbours = [p for t in TABLES.values() for c in t["ascending"] for p in pairwise(c)]
    assert len(neighbours) >= 200
