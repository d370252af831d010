"""A cut never says what it cut, and never changes what is to be judged."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.collect.redaction import Redactor
from netintegrity.collect.secret import Secret
from netintegrity.platforms._spec import Redaction

LONG = "s3cret-and-long"
COMMUNITY = Redaction(re.compile(r"community (?P<secret>\S+)"))


def redactor(*values: str, patterns: tuple[Redaction, ...] = ()) -> Redactor:
    return Redactor([Secret(v) for v in values], patterns)


def test_equal_secrets_get_different_markers() -> None:
    assert redactor(LONG).redact(f"{LONG} {LONG}").text == "<redacted-1> <redacted-2>"


def test_the_counter_runs_on_through_the_session() -> None:
    one = redactor(LONG)
    one.redact(LONG)
    assert one.redact(LONG).text == "<redacted-2>"


def test_what_the_platform_declares_is_cut() -> None:
    found = redactor(patterns=(COMMUNITY,)).redact("snmp community private-string RO")
    assert (found.text, found.whole) == ("snmp community <redacted-1> RO", True)


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("cisco", "Cisco by cisco"),
        ("deadbeef00", "hash deadbeef00112233445566778899aabb"),
        ("deadbeefdeadbeefdeadbeefdeadbeef", "= deadbeefdeadbeefdeadbeefdeadbeef ="),
        ("17.09.04a", "Version 17.09.04a,"),
        ("15.2(7)E3", "Version 15.2(7)E3,"),
        ("password", "passwords"),
    ],
)
def test_a_cut_that_could_spoil_the_answer_makes_a_gap(secret: str, text: str) -> None:
    found = redactor(secret).redact(text)
    assert not found.whole
    assert found.text == "<redacted-1>"


def test_a_short_value_the_platform_declares_makes_a_gap() -> None:
    assert not redactor(patterns=(COMMUNITY,)).redact("snmp community public RO").whole


def test_one_secret_inside_another_is_cut_once() -> None:
    found = redactor("long-secret", "long-secret-and-more").redact("= long-secret-and-more =")
    assert found.text == "= <redacted-1> ="


def test_overlapping_finds_leave_nothing_behind() -> None:
    found = redactor("abc-def-ghi", "def-ghi-jkl").redact("= abc-def-ghi-jkl =")
    assert found.text == "= <redacted-1> ="


@given(
    secret=st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), min_size=1),
    parts=st.lists(st.text(max_size=30), max_size=4),
)
def test_no_secret_survives_whatever_stands_around_it(secret: str, parts: list[str]) -> None:
    text = secret.join(["x", *parts, "y"])
    found = redactor(secret).redact(text)
    # A short secret may be part of the marker's own letters; only then it can still be found.
    assert (
        secret not in re.sub(r"<redacted-\d+>", "", found.text) or secret in "<redacted-0123456789>"
    )


def test_an_answer_without_secrets_is_untouched() -> None:
    found = redactor(LONG, patterns=(COMMUNITY,)).redact("nothing here\n")
    assert (found.text, found.whole) == ("nothing here\n", True)


def test_a_secret_in_a_message_is_found() -> None:
    assert redactor(LONG).is_in(f"x{LONG}x")
    assert not redactor(LONG).is_in("x")
