"""An honest device is asked, quickly and with nothing but what its platform declares."""

import logging
import re
import time
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest
from netmiko import ConnectHandler

from netintegrity.collect.client import GuardedClient
from netintegrity.collect.guard import Guard
from netintegrity.collect.keycheck import HostKeyCheck
from netintegrity.collect.limits import Limits
from netintegrity.collect.login import KeyFiles
from netintegrity.collect.pacing import Pace
from netintegrity.collect.secret import Secret
from netintegrity.collect.ssh import open_session_factory
from netintegrity.collect.transport import open_socket
from netintegrity.errors import AuthenticationError, CommandRejectedError, ReadTimeoutError
from netintegrity.platforms._spec import Platform, Redaction, Request
from tests.loopback.box import (
    ENABLE,
    EOS,
    HASH,
    LIMITS,
    OTHER_KEY,
    PASSWORD,
    PLATFORM,
    SERVER_KEY,
    SLOW,
    VERSION,
    Box,
    ask,
    credential,
    device,
    factory,
    listening,
    pins,
    session_on,
)

DIGEST = b"0123456789abcdef" * 8


@pytest.mark.parametrize("platform", [PLATFORM, EOS], ids=["cisco_xe", "arista_eos"])
def test_opening_sends_the_session_lines_and_nothing_else(platform: Platform) -> None:
    with listening(Box()) as box:
        answer = ask(box, VERSION.request(), platform=platform)
    assert answer.output == "Version 17.09.04a\n"
    assert answer.complete
    assert {line for line in box.lines if line} == {*platform.session_lines, "show version"}
    assert box.lines[-1] == "show version"


def test_an_answer_that_comes_one_byte_at_a_time_is_whole() -> None:
    with listening(Box(one_byte_at_a_time=True)) as box:
        answer = ask(box, VERSION.request())
    assert answer.output == "Version 17.09.04a\n"
    assert answer.complete


def test_each_answer_is_bound_to_its_own_command() -> None:
    first, second = "verify /sha512 flash:a.bin", "verify /sha512 flash:b.bin"
    box = Box(answers={first: b"A\r\n", second: b"B\r\n"})
    with session_on(box) as session:
        answers = [session.run(HASH.request(p)) for p in ("flash:a.bin", "flash:b.bin")]
    assert [a.output for a in answers] == ["A\n", "B\n"]
    assert all(a.complete for a in answers)


def test_bytes_that_are_no_text_are_kept_as_they_were() -> None:
    with listening(Box(answers={"show version": b"\xff\xfe ok \xc3\x28\r\n"})) as box:
        answer = ask(box, VERSION.request())
    assert answer.output == "\\xff\\xfe ok \\xc3(\n"
    assert answer.complete


def test_a_digest_without_a_line_end_before_the_prompt_is_whole() -> None:
    with listening(Box(answers={"show version": DIGEST})) as box:
        answer = ask(box, VERSION.request())
    assert answer.output == DIGEST.decode()
    assert answer.complete


def test_a_shells_paste_mode_is_no_part_of_an_answer() -> None:
    def shell(channel: paramiko.Channel) -> None:
        channel.sendall(b"\x1b[?2004l\rhash  file\r\n\x1b[?2004hr1#")

    with listening(Box(answers={"show version": shell})) as box:
        answer = ask(box, VERSION.request())
    assert answer.output == "hash  file\n"
    assert answer.complete


def test_privilege_is_raised_where_the_prompt_asks_for_it() -> None:
    with listening(Box(enable=ENABLE)) as box:
        answer = ask(box, VERSION.request(), enable=ENABLE)
    assert answer.complete
    assert [line for line in box.lines if line][2:] == ["enable", "<enable>", "show version"]


def test_privilege_is_left_alone_without_a_secret_for_it() -> None:
    with listening(Box(enable=ENABLE)) as box:
        answer = ask(box, VERSION.request())
    assert answer.complete
    assert "enable" not in box.lines


def test_a_wrong_enable_secret_is_a_refusal() -> None:
    with listening(Box(enable=ENABLE)) as box, pytest.raises(AuthenticationError) as caught:
        ask(box, VERSION.request(), enable="another-long-secret")
    assert "another-long-secret" not in str(caught.value)


def test_a_wrong_password_is_a_refusal_that_does_not_tell_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with listening(Box()) as box, pytest.raises(AuthenticationError) as caught:
        ask(box, VERSION.request(), password="canary-wrong-password")
    seen: BaseException | None = caught.value
    while seen is not None:
        assert "canary-wrong-password" not in repr(seen)
        seen = seen.__cause__ or seen.__context__
    assert "canary-wrong-password" not in caplog.text
    assert box.passwords == ["canary-wrong-password"]


def test_a_key_file_logs_in_without_any_password(tmp_path: Path) -> None:
    OTHER_KEY.write_private_key_file(str(tmp_path / "id"))
    by_key = replace(credential(), password=None, key_files=(tmp_path / "id",))
    with listening(Box(authorized=OTHER_KEY)) as box:
        opened = open_session_factory(
            host_keys=pins(box.port, SERVER_KEY), credentials=lambda _: by_key, limits=LIMITS
        )
        with opened(device(box.port), PLATFORM) as session:
            assert session.run(VERSION.request()).complete
    assert box.passwords == []


def test_a_device_that_takes_no_password_says_what_it_takes() -> None:
    box = Box(authorized=OTHER_KEY)
    with listening(box), pytest.raises(AuthenticationError, match="publickey"):
        ask(box, VERSION.request())


def test_a_refused_login_is_not_tried_again() -> None:
    with listening(Box()) as box, pytest.raises(AuthenticationError):
        ask(box, VERSION.request(), password="canary-wrong-password")
    assert len(box.passwords) == 1


def test_a_secret_a_device_prints_is_cut_out() -> None:
    says = f"username audit password {PASSWORD}\r\nend\r\n".encode()
    with listening(Box(answers={"show version": says})) as box:
        answer = ask(box, VERSION.request())
    assert answer.output == "username audit password <redacted-1>\nend\n"
    assert answer.complete


def test_a_short_secret_makes_a_gap_instead_of_an_edit() -> None:
    with listening(Box(password="cisco", answers={"show version": b"by cisco\r\n"})) as box:
        answer = ask(box, VERSION.request(), password="cisco")
    assert "cisco" not in answer.output
    assert not answer.complete


def test_what_the_platform_declares_secret_is_cut_out() -> None:
    aboot = Redaction(re.compile(r"Aboot password \(encrypted\): (?P<secret>\S+)"))
    platform = replace(PLATFORM, redactions=(aboot,))
    says = b"Aboot password (encrypted): $1$abcd$efghijkl\r\n"
    with listening(Box(answers={"show version": says})) as box:
        answer = ask(box, VERSION.request(), platform=platform)
    assert answer.output == "Aboot password (encrypted): <redacted-1>\n"
    assert answer.complete


def test_a_command_no_probe_admits_never_leaves() -> None:
    box = Box()
    with session_on(box) as session:
        with pytest.raises(CommandRejectedError):
            session.run(Request(probe_id="x", command="reload", read_timeout_s=1.0))
        assert session.run(VERSION.request()).complete
    assert "reload" not in box.lines


def test_a_session_ends_without_a_word() -> None:
    with listening(Box()) as box:
        ask(box, VERSION.request())
        time.sleep(0.05)
    assert box.lines[-1] == "show version"


def test_a_driver_that_configures_is_stopped_before_a_byte_leaves() -> None:
    """netmiko's ASA driver, allowed to do as it likes, enters configuration mode on connect."""
    lines = frozenset({"show curpriv", "terminal pager 0"})
    asa = replace(PLATFORM, netmiko_device_type="cisco_asa", session_lines=lines)
    with listening(Box()) as box:
        client = GuardedClient(
            sock=open_socket("127.0.0.1", box.port, 2.0),
            check=HostKeyCheck("127.0.0.1", box.port, pins(box.port, SERVER_KEY)),
            credential=credential(),
            key_files=KeyFiles(),
            algorithms=(),
            legacy=False,
            limits=LIMITS,
            before_login=lambda: None,
            make_guard=lambda channel: Guard(
                channel, asa, limits=LIMITS, enable=Secret("enable-and-long-secret")
            ),
        )
        connection = ConnectHandler(
            device_type="cisco_asa",
            host="127.0.0.1",
            username="audit",
            secret="enable-and-long-secret",
            ssh_strict=True,
            auto_connect=False,
            allow_auto_change=True,
        )
        connection.key_policy = client._check
        connection._get_ssh_client_instance = lambda: client  # type: ignore[method-assign]
        connection.establish_connection()
        with pytest.raises(CommandRejectedError, match="configure terminal"):
            connection._try_session_preparation()
        client.close()
    assert {line for line in box.lines if line} == lines


def test_the_same_driver_opens_where_it_is_held_to_its_lines() -> None:
    lines = frozenset({"show curpriv", "terminal pager 0"})
    asa = replace(PLATFORM, netmiko_device_type="cisco_asa", session_lines=lines)
    with listening(Box()) as box:
        answer = ask(box, VERSION.request(), platform=asa, enable="enable-and-long-secret")
    assert answer.complete
    assert {line for line in box.lines if line} == {*lines, "show version"}


def test_a_driver_line_the_platform_does_not_list_ends_the_session() -> None:
    silent = replace(PLATFORM, session_lines=frozenset({"terminal length 0"}))
    with listening(Box()) as box, pytest.raises(CommandRejectedError):
        ask(box, VERSION.request(), platform=silent)
    assert not [line for line in box.lines if line]


def test_a_wrong_credential_is_given_up_after_three_refusals() -> None:
    pace = Pace(starts_per_s=1000)
    with listening(Box()) as box:
        opened = factory(pins(box.port, SERVER_KEY), password="canary-wrong-password", pace=pace)
        for _ in range(6):
            with pytest.raises(AuthenticationError), opened(device(box.port), PLATFORM):
                pass
    assert len(box.passwords) == 3


def test_the_time_for_one_device_is_limited() -> None:
    limits = Limits(
        connect_timeout_s=2.0, setup_timeout_s=10.0, device_timeout_s=1.5, prompt_timeout_s=2.0
    )
    with listening(Box(answers={"show slow": lambda _: time.sleep(3)})) as box:
        opened = factory(pins(box.port, SERVER_KEY), limits=limits)
        with opened(device(box.port), PLATFORM) as session:
            assert not session.run(SLOW.request()).complete
            time.sleep(1.0)
            with pytest.raises(ReadTimeoutError):
                session.run(SLOW.request())
