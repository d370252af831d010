"""Where an answer begins and ends."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.collect.answer import Reading, last_line

COMMAND = "show version"


def reading(received: bytes, *, prompt: bytes = b"r1#", most: int = 10_000) -> Reading:
    made = Reading(COMMAND, prompt, most_bytes=most)
    made.add(received)
    return made


@pytest.mark.parametrize(
    ("received", "prompt", "text"),
    [
        (b"show version\r\nV 1\r\nr1#", b"r1#", "V 1\n"),
        (b"show version\r\nr1#", b"r1#", ""),
        (b"show version\r\n\r\nV 1\r\n\r\n{master:0}\r\nu@h> ", b"u@h> ", "\nV 1\n\n{master:0}\n"),
        (b"show version\r\r\nV 1\r\r\nr1#", b"r1#", "V 1\n"),
        (b"show version\nV 1\n\rr1#", b"r1#", "V 1\n"),
        (b"show version\r\n# a comment\r\n# ", b"# ", "# a comment\n"),
        (b"show version\r\nV\xff\r\nr1#", b"r1#", "V\\xff\n"),
        (b"show version\r\nhash=00r1#", b"r1#", "hash=00"),
        (b"show version \r\nV 1\r\nu@h> ", b"u@h> ", "V 1\n"),
        (b"sho\x08\x08\x08show version\r\nV 1\r\nr1#", b"r1#", "V 1\n"),
        (b"\r\x1b[Kr1#show version\r\nV 1\r\n\r\x1b[Kr1#", b"r1#", "V 1\n"),
    ],
)
def test_a_whole_answer_is_what_stands_between_echo_and_prompt(
    received: bytes, prompt: bytes, text: str
) -> None:
    made = reading(received, prompt=prompt)
    assert made.is_whole
    assert made.text() == text


@pytest.mark.parametrize(
    "received",
    [
        b"",
        b"show version",
        b"show version\r\nV 1\r\n",
        b"show versions\r\nV 1\r\nr1#",
        b"xshow version\r\nV 1\r\nr1#",
        b"V 1\r\nr1#",
        b"\r\nr1#",
        b"r1#",
        b"show version\r\nV 1\r\nr1# ",
        b"show version\r\nV 1\r\nr1#\r\n",
        b"show version\r\nV 1\r\nr1#x",
        b"show version\r\nV 1\r\nr2#",
        b"show version\r\nr1#\r\nV 1\r\nr1#",
        b"show version\r\nr1#show x\r\nV 1\r\nr1#",
    ],
)
def test_anything_else_is_not_whole(received: bytes) -> None:
    assert not reading(received).is_whole


def test_what_is_cut_is_not_whole_even_with_a_prompt_at_its_end() -> None:
    received = b"show version\r\nV 1\r\nr1#"
    assert not reading(received + b"more", most=len(received)).is_whole
    assert reading(received, most=len(received)).is_whole


def test_without_an_echo_all_there_is_stays_in_the_evidence() -> None:
    assert reading(b"other\r\nV 1\r\nr1#").text() == "other\nV 1\n"


@given(st.binary(max_size=300), st.integers(1, 50))
def test_no_bytes_raise_and_pieces_do_not_matter(received: bytes, size: int) -> None:
    at_once = reading(received)
    pieces = Reading(COMMAND, b"r1#", most_bytes=10_000)
    for at in range(0, len(received), size):
        pieces.add(received[at : at + size])
    assert pieces.text() == at_once.text()
    assert pieces.is_whole == at_once.is_whole


@pytest.mark.parametrize("unit", [b"\x1b[", b"\x1b[0", b"\r", b"\x1b", b" "])
def test_long_hostile_lines_are_read_in_linear_time(unit: bytes) -> None:
    received = b"show version\r\n" + unit * (1_000_000 // len(unit))
    began = time.process_time()
    made = reading(received, most=4_000_000)
    made.is_whole  # noqa: B018 - timed
    made.text()
    assert time.process_time() - began < 10.0


def test_a_prompt_is_read_without_its_colours() -> None:
    assert last_line(b"x\r\n\x1b[1mr1#\x1b[0m") == b"r1#"
