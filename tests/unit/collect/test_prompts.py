"""From the count of prompts it is known whether a device still owes an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.collect.prompts import standing_prompt

GREETING = b"\r\nWelcome\r\nr1#"


@pytest.mark.parametrize(
    ("heard", "lines", "prompt"),
    [
        (GREETING + b"\r\nr1#terminal length 0\r\nr1#", 2, b"r1#"),
        (GREETING + b"\r\nr1#\r\nr1#\r\nr1#", 3, b"r1#"),
        # A shell, its prompt closed by a blank that an echo may lack.
        (b"a@b:~$ \r\na@b:~$ \r\na@b:~$ ", 2, b"a@b:~$ "),
        # The line is drawn anew.
        (GREETING + b"\r\n\r\x1b[Kr1#\r\n\r\x1b[Kr1#", 2, b"r1#"),
    ],
)
def test_a_device_that_answered_every_line_owes_nothing(
    heard: bytes, lines: int, prompt: bytes
) -> None:
    assert standing_prompt(heard, lines) == prompt


@pytest.mark.parametrize(
    ("heard", "lines"),
    [
        # One answer is still due.
        (GREETING + b"\r\nr1#terminal length 0\r\nr1#", 3),
        # The last line was not answered to its end.
        (GREETING + b"\r\nr1#terminal length 0\r\n", 2),
        (GREETING + b"\r\nr1#terminal length 0\r\nr1", 2),
        # Something stands behind the prompt.
        (GREETING + b"\r\nr1#\r\nr1#%LINK-3-UPDOWN", 2),
        # The prompt was printed once too often, or is quoted by the banner.
        (GREETING + b"\r\nr1#\r\nr1#\r\nr1#", 2),
        (b"\r\nr1# is private\r\nr1#\r\nr1#\r\nr1#", 2),
        # It changed on the way.
        (b"r1>\r\nr1>\r\nr1#", 2),
        # Two signs begin many a line; and what was shown unasked was no answer.
        (b"$ \r\n$ \r\n$ ", 2),
        (GREETING, 0),
        # What stands there is no prompt.
        (b"Press any key\r\nPress any key\r\nPress any key", 2),
        (b"", 2),
    ],
)
def test_where_the_count_does_not_come_out_nothing_is_claimed(heard: bytes, lines: int) -> None:
    assert standing_prompt(heard, lines) is None


@given(st.lists(st.sampled_from([b"", b"terminal length 0", b"show\x08\x08"])), st.integers(0, 9))
def test_as_long_as_an_answer_is_due_no_prompt_stands(lines: list[bytes], due: int) -> None:
    heard = GREETING + b"".join(line + b"\r\nr1#" for line in lines)
    found = standing_prompt(heard, len(lines) + due)
    assert found == (b"r1#" if due == 0 and lines else None)


@pytest.mark.parametrize("unit", [b"\x1b[", b"r1#", b"\r", b"\x08", b"\r\n", b"r1#\r\n"])
def test_hostile_bytes_are_counted_in_linear_time(unit: bytes) -> None:
    standing_prompt(unit * (65536 // len(unit)), 3)
