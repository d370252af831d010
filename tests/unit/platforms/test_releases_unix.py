"""What is odd in the releases of OPNsense, Debian and RouterOS; their order is in the laws."""

import pytest

from netintegrity.model.release import Order
from netintegrity.platforms._releases_routeros import parse_routeros
from netintegrity.platforms._releases_unix import parse_debian, parse_openbsd, parse_opnsense


def test_the_channel_of_routeros_orders_nothing() -> None:
    releases = [parse_routeros(f"6.49.10{c}") for c in ("", " (stable)", " (long-term)")]
    for one in releases:
        for other in releases:
            assert one is not None
            assert other is not None
            assert one.compared_to(other) is Order.SAME


@pytest.mark.parametrize("text", ["kernel-", "kernel-kernel-24.7", "24.2", "24.7.2.1", "24.7_"])
def test_a_release_of_opnsense_is_in_its_calendar(text: str) -> None:
    assert parse_opnsense(text) is None


@pytest.mark.parametrize("text", ["", "7.6; reboot", "7", "7.6.1", "7.6-acme"])
def test_what_openbsd_never_called_itself_is_none(text: str) -> None:
    assert parse_openbsd(text) is None


def test_a_release_of_debian_without_its_point_is_its_first() -> None:
    plain, first = parse_debian("12"), parse_debian("12.0")
    assert plain is not None
    assert first is not None
    assert plain.compared_to(first) is Order.SAME
