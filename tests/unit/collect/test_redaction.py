"""A cut never says what it cut, and never changes what is to be judged."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.collect.redaction import Redactor
from netintegrity.collect.secret import Secret
from netintegrity.platforms._spec import Redaction
from tests.examples import PLATFORMS

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


EEM = """\
1    applet    user    syslog              Off   Mon Jan 5 12:00:00 2026   backup-config
 maxrun 20.000
 action 1.0 cli command "enable"
 action 2.0 cli command "{}"
 action 3.0 syslog msg "done"
"""


@pytest.mark.parametrize(
    "typed",
    [
        "username x password cisco",
        "username x privilege 15 secret 9 $9$Zj0FyuQxqJ3z4k$Ks",
        "snmp-server community x RO",
        "secret x",
        "key-string 7 0822455D0A16",
        "username somebody-with-a-long-name privilege 15 password and-\nthe-rest-of-it",
    ],
)
@pytest.mark.parametrize("platform_id", ["cisco_ios", "cisco_iosxe", "cisco_iosxr", "cisco_asa"])
def test_what_an_applet_types_of_a_secret_is_cut_and_the_list_is_kept(
    platform_id: str, typed: str
) -> None:
    found = Redactor((), PLATFORMS[platform_id].redactions).redact(EEM.format(typed))
    assert found.whole
    assert found.text == EEM.format("<redacted-1>")


def test_an_odd_quote_in_an_applet_cuts_no_row_out_of_the_list() -> None:
    for row in (
        "2    applet    user    cli                 Off   Mon Jan 5 12:00:00 2026   hidden",
        " action 2.0 cli command hidden",
        "event manager applet hidden",
    ):
        text = f' action 1.0 cli command "password x\n{row}\n action 1.0 syslog msg "x"\n'
        for platform_id in ("cisco_iosxe", "cisco_nxos"):
            found = Redactor((), PLATFORMS[platform_id].redactions).redact(text)
            assert row in found.text
            assert "password x" not in found.text


def test_so_it_is_where_no_quotes_are_printed() -> None:
    text = "event manager applet x\n  event none\n  action 1 cli username x password 5 $5$ab\n"
    found = Redactor((), PLATFORMS["cisco_nxos"].redactions).redact(text)
    assert found.text == text.replace("username x password 5 $5$ab", "<redacted-1>")


def test_an_applet_that_types_no_secret_is_kept_as_it_is() -> None:
    text = EEM.format("show version")
    assert Redactor((), PLATFORMS["cisco_iosxe"].redactions).redact(text).text == text


def test_the_password_of_an_archive_site_is_cut_out_of_a_junos_configuration() -> None:
    line = 'set event-options destinations d archive-sites "scp://h/x" password "{}"\n'
    own = Redactor((), PLATFORMS["juniper_junos"].redactions)
    found = own.redact(line.format("$9$abcDEFghi123"))
    assert found.text == line.format("<redacted-1>")


def test_the_token_an_event_handler_of_eos_uses_is_cut_and_its_name_is_kept() -> None:
    text = "Event-handler x\nTrigger: on-boot\nAction: bash curl -H 'token: abc' h\nTotal: 1\n"
    found = Redactor((), PLATFORMS["arista_eos"].redactions).redact(text)
    assert found.text == text.replace("bash curl -H 'token: abc' h", "<redacted-1>")
