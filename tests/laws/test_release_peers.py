"""netutils as a second opinion on the order of releases; each difference is explained.

The explanations stand in the tables, under ``netutils``: ``OLDER < NEWER`` to the reason.
"""

from itertools import pairwise

import pytest
from netutils.os_version import compare_version_loose

from tests.laws.test_release_order import APART, TABLES

NEIGHBOURS = [
    (id_, older, newer)
    for id_, table in TABLES.items()
    for chain in table["ascending"]
    for older, newer in pairwise(chain)
]


def says(older: str, newer: str) -> bool:
    """Say whether netutils has ``older`` for the older one; what it cannot compare it has not."""
    try:
        return bool(compare_version_loose(older, "<", newer))
    except TypeError:
        return False


@pytest.mark.parametrize("platform_id", TABLES)
def test_netutils_orders_neighbours_alike_or_the_table_says_why_not(platform_id: str) -> None:
    explained = TABLES[platform_id].get("netutils", {})
    differs = {
        f"{older} < {newer}"
        for id_, older, newer in NEIGHBOURS
        if id_ == platform_id and not says(older, newer)
    }
    assert differs == set(explained)
    assert all(explained.values())


def test_netutils_has_no_trains_so_what_we_cannot_order_it_does() -> None:
    """By its numbers alone 12.2(55)SE is older than 15.2(7)E: its vendor says no such thing."""
    pairs = {(one, other) for _, one, other in APART}
    assert ("12.2(55)SE", "15.2(7)E") in pairs
    assert says("12.2(55)SE", "15.2(7)E")
    ordered = [p for p in pairs if says(*p) or says(*reversed(p))]
    assert len(ordered) > len(pairs) / 2
