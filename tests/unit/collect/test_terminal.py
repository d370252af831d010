"""A line as a terminal shows it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.collect.terminal import rendered


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"plain text", b"plain text"),
        (b"abc\rx", b"xbc"),
        (b"abc\x08\x08X", b"aXc"),
        (b"\x08\x08a", b"a"),
        (b"abc\r\x1b[Kx", b"x"),
        (b"abc\x1b[2Dx\x1b[K", b"ax"),
        (b"abc\x1b[1G\x1b[Cx", b"axc"),
        (b"abc\x1b[1K", b"   "),
        (b"abc\x1b[2K\rx", b"x"),
        (b"\x1b[1;31mred\x1b[0m\x07", b"red"),
        (b"\x1b[?2004hr1#", b"r1#"),
        (b"\x1b=\x1b(Bx\x00", b"x"),
        (b"\x1b[3Cx", b"   x"),
        (b"a\tb", b"a\tb"),
        (b"\xff\x1b[0m", b"\xff"),
    ],
)
def test_sequences_are_followed(line: bytes, shown: bytes) -> None:
    assert rendered(line) == shown


@given(st.binary(max_size=200))
def test_no_bytes_raise_and_nothing_that_draws_is_left(line: bytes) -> None:
    shown = rendered(line)
    if any(c in line for c in b"\x1b\x08\r\x07\x00"):
        assert not any(c in shown for c in b"\x08\r\x07\x00")


@pytest.mark.parametrize("unit", [b"\x1b[9999999999C.", b"\x1b[", b"a\x08", b"\x1b[2K", b"x\r"])
def test_a_hostile_line_is_drawn_quickly_and_small(unit: bytes) -> None:
    began = time.process_time()
    assert len(rendered(unit * 1_000_000)) <= 5000
    assert time.process_time() - began < 10.0
