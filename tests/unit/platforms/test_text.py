"""Lines, whatever the terminal did to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.model.assurance import AssuranceLevel
from netintegrity.platforms._text import read, rendered
from netintegrity.platforms.cisco_iosxe import PLATFORM
from tests.unit.platforms.boxes import exchange


def texts(output: str, command: str = "show version") -> list[str]:
    return [line.text for line in read(exchange(PLATFORM, command, output)).lines]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("abc\r", "abc"),
        (" --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\bNext line", "Next line"),
        (" --More-- \r          \rNext line", "Next line"),
        (" --More-- Next line", "Next line"),
        ("a\x00b", "ab"),
        ("\x1b[Kab\x1b[0m", "ab"),
        ("abX\bc", "abc"),
        ("\b\b\bx", "x"),
        ("trailing   ", "trailing"),
        ("  indented", "  indented"),
    ],
)
def test_a_line_reads_as_a_terminal_would_show_it(raw: str, shown: str) -> None:
    assert rendered(raw) == shown


@pytest.mark.parametrize(
    "echo", ["show version", "sw1#show version", "Router1#:show ver", "sw1> sh ver"]
)
def test_echo_and_prompt_are_no_part_of_an_answer(echo: str) -> None:
    assert texts(f"\n{echo}\nhere it is\n\nsw1#\n") == ["here it is"]


def test_the_lines_of_terminal_exec_prompt_timestamp_are_skipped() -> None:
    head = (
        "Load for five secs: 1%/0%; one minute: 28%; five minutes: 44%\nTime source is NTP, 18:31\n"
    )
    assert texts(head + "here it is\n") == ["here it is"]


def test_line_numbers_are_those_of_the_stored_output() -> None:
    answer = read(exchange(PLATFORM, "show version", "show version\n\nfirst\n\nsecond\n"))
    assert [line.number for line in answer.lines] == [3, 5]
    assert answer.source(answer.lines[1]).line == 5
    assert answer.source().line == 3


@pytest.mark.parametrize(
    "line",
    [
        "% Invalid input detected at '^' marker.",
        "% Incomplete command.",
        "%Unrecognized command",
        '% Ambiguous command:  "show bo"',
        "% Authorization failed.",
        "Command authorization failed.",
        "%Error opening flash:x.bin (No such file or directory)",
        "% Bad IP address or host name",
        "% Error retrieving integrity data",
        "%Filesystem does not support verify operations",
    ],
)
def test_a_refusal_is_seen_wherever_it_stands(line: str) -> None:
    answer = read(exchange(PLATFORM, "show boot", f"            ^\n{line}\n\nsw1#\n"))
    assert answer.refusal == line
    assert answer.why_unread == f"refused: {line}"


def test_a_log_message_that_fell_into_an_answer_is_no_refusal() -> None:
    output = "%SYS-5-CONFIG_I: Configured from console by vty0\nBOOT variable =\n"
    assert read(exchange(PLATFORM, "show boot", output)).refusal is None


def test_an_empty_answer_is_unread() -> None:
    answer = read(exchange(PLATFORM, "show boot", "\nshow boot\n\nsw1#\n"))
    assert answer.why_unread == "the answer is empty"
    assert answer.source().line == 1


def test_what_was_cut_off_weighs_nothing() -> None:
    cut = exchange(PLATFORM, "show boot", "BOOT variable = flash:x;", complete=False)
    assert read(cut).assurance.level is AssuranceLevel.NONE


@given(st.text())
def test_any_text_at_all_can_be_read(output: str) -> None:
    answer = read(exchange(PLATFORM, "show version", output))
    assert all(line.text.strip() and "\n" not in line.text for line in answer.lines)
