"""A device that does everything to be misread."""

import itertools
import resource
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import paramiko
import pytest

from netintegrity.collect.session import Answer
from netintegrity.errors import CommandRejectedError, ReadTimeoutError, UnreachableError
from tests.loopback.box import (
    ENABLE,
    LIMITS,
    PASSWORD,
    PLATFORM,
    SERVER_KEY,
    SLOW,
    VERSION,
    Box,
    Reply,
    ask,
    device,
    factory,
    listening,
    pins,
    session_on,
)


def asked(reply: Reply) -> Answer:
    with listening(Box(answers={"show version": reply})) as box:
        return ask(box, VERSION.request())


def test_an_echo_of_another_command_is_not_whole() -> None:
    def other(char: bytes) -> bytes:
        return b"S" if char == b"s" else char

    with listening(Box(echo=other)) as box:
        # The driver reads its own echoes while it prepares; none of them has this letter.
        platform = replace(
            PLATFORM, netmiko_device_type="arista_eos", session_lines=PLATFORM.session_lines
        )
        answer = ask(box, VERSION.request(), platform=platform)
    assert not answer.complete


def test_no_echo_at_all_is_not_whole() -> None:
    with listening(Box(echo=lambda _: b"")) as box:
        platform = replace(PLATFORM, netmiko_device_type="arista_eos")
        answer = ask(box, VERSION.request(), platform=platform)
    assert not answer.complete


@pytest.mark.parametrize(
    "output",
    [
        b"hash = aa\r\nr1#\r\nhash = bb\r\n",
        b"r1#show version\r\nhash = bb\r\n",
        b"hash = aa\r\nr1#show other\r\nhash = bb\r\n",
        b"\x1b[0mr1#\x1b[0m\r\nhash = bb\r\n",
    ],
)
def test_a_prompt_inside_the_output_is_not_whole(output: bytes) -> None:
    answer = asked(output)
    assert not answer.complete
    # What was said after the false prompt is kept as evidence.
    assert "hash = bb" in answer.output


def test_another_prompt_than_the_one_of_the_login_is_not_whole() -> None:
    platform = replace(PLATFORM, probes=(replace(VERSION, read_timeout_s=0.4),))
    with listening(Box(answers={"show version": lambda c: c.sendall(b"x\r\nr2#")})) as box:
        answer = ask(box, platform.probes[0].request(), platform=platform)
    assert not answer.complete


def test_a_second_answer_that_comes_late_belongs_to_no_command() -> None:
    def twice(channel: paramiko.Channel) -> None:
        channel.sendall(b"A\r\nr1#")
        threading.Timer(0.15, channel.sendall, (b"\r\nB\r\nr1#",)).start()

    box = Box(answers={"show slow": twice})
    with session_on(box) as session:
        session.run(SLOW.request())
        time.sleep(0.3)
        after = session.run(VERSION.request())
        later = session.run(VERSION.request())
    assert "B" not in after.output
    assert not after.complete
    assert later.complete


def test_the_rest_of_an_answer_that_was_cut_off_is_not_the_next_one() -> None:
    def late(channel: paramiko.Channel) -> None:
        channel.sendall(b"begin\r\n")
        threading.Timer(0.8, channel.sendall, (b"rest\r\nr1#",)).start()

    box = Box(answers={"show slow": late})
    with session_on(box) as session:
        cut = session.run(SLOW.request())
        whole = session.run(VERSION.request())
    assert (cut.output, cut.complete) == ("begin\n", False)
    assert (whole.output, whole.complete) == ("Version 17.09.04a\n", True)


def test_a_device_that_never_comes_back_to_its_prompt_is_left() -> None:
    box = Box(answers={"show slow": lambda c: c.sendall(b"begin\r\n")})
    with session_on(box) as session:
        assert not session.run(SLOW.request()).complete
        with pytest.raises(ReadTimeoutError):
            session.run(VERSION.request())


def flood(channel: paramiko.Channel) -> None:
    while True:
        channel.sendall(b"x" * 32768)


def test_output_without_end_is_cut_and_memory_stays_small() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    limits = replace(LIMITS, answer_bytes=1024 * 1024)
    with listening(Box(answers={"show version": flood})) as box:
        opened = factory(pins(box.port, SERVER_KEY), limits=limits)
        with opened(device(box.port), PLATFORM) as session:
            answer = session.run(VERSION.request())
            with pytest.raises(ReadTimeoutError):
                session.run(VERSION.request())
    grown_mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert not answer.complete
    assert len(answer.output) <= 1024 * 1024
    # Server and client share this process; without a cap the same stream grows by 30 MB a second.
    assert grown_mib < 64


def test_a_banner_without_end_is_cut() -> None:
    limits = replace(LIMITS, device_bytes=512 * 1024)
    with listening(Box(answers={"": flood})) as box:
        opened = factory(pins(box.port, SERVER_KEY), limits=limits)
        with pytest.raises(ReadTimeoutError), opened(device(box.port), PLATFORM):
            pass


def test_a_drip_ends_at_the_limit_of_the_command() -> None:
    def drip(channel: paramiko.Channel) -> None:
        for _ in range(100):
            channel.sendall(b".")
            time.sleep(0.05)

    box = Box(answers={"show slow": drip})
    with session_on(box) as session:
        began = time.monotonic()
        answer = session.run(SLOW.request())
        took = time.monotonic() - began
    assert not answer.complete
    assert took < SLOW.read_timeout_s + 2.5


@pytest.mark.parametrize("said", [b"", b"half", b"half\r\n", b"half\r\nr1"])
def test_a_session_dropped_inside_an_answer_is_noticed_at_once(said: bytes) -> None:
    def drop(channel: paramiko.Channel) -> None:
        channel.sendall(said)
        channel.get_transport().close()

    box = Box(answers={"show version": drop})
    with session_on(box) as session:
        began = time.monotonic()
        with pytest.raises(ReadTimeoutError):
            session.run(VERSION.request())
        assert time.monotonic() - began < 5.0


def test_a_session_dropped_before_its_first_prompt_is_noticed_at_once() -> None:
    with listening(Box(answers={"": lambda c: c.get_transport().close()})) as box:
        began = time.monotonic()
        opened = factory(pins(box.port, SERVER_KEY))
        with pytest.raises(ReadTimeoutError), opened(device(box.port), PLATFORM):
            pass
        assert time.monotonic() - began < 8.0


def test_a_device_that_never_answers_for_a_terminal_is_left() -> None:
    limits = replace(LIMITS, connect_timeout_s=0.4)
    with listening(Box(before_shell=lambda: time.sleep(4))) as box:
        opened = factory(pins(box.port, SERVER_KEY), limits=limits)
        began = time.monotonic()
        with pytest.raises(UnreachableError), opened(device(box.port), PLATFORM):
            pass
        assert time.monotonic() - began < 3.9


@pytest.fixture
def nonsense() -> Iterator[tuple[int, list[bytes]]]:
    """A port that says whatever the list holds to whoever connects."""
    said: list[bytes] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def serve() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    client.sendall(b"".join(said))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1], said
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"SSH-2.0-x\r\n",
        b"SSH-2.0-x\r\n" + b"\x00\x00\x00\x0c\x0a" + b"\x14" * 11,
        b"SSH-2.0-x\r\n" + b"\xff" * 64,
        b"SSH-2.0-" + b"x" * 100_000,
        b"line\r\n" * 200,
    ],
)
def test_what_is_no_ssh_is_unreachable_and_no_fault(
    nonsense: tuple[int, list[bytes]], words: bytes
) -> None:
    port, said = nonsense
    said.append(words)
    opened = factory(pins(port, SERVER_KEY))
    with pytest.raises(UnreachableError), opened(device(port), PLATFORM):
        pass


def test_a_device_whose_prompt_is_never_twice_the_same_is_left() -> None:
    count = itertools.count()

    def restless(channel: paramiko.Channel) -> None:
        channel.sendall(b"r%d#" % next(count))

    with listening(Box(answers={"": restless})) as box:
        opened = factory(pins(box.port, SERVER_KEY))
        with pytest.raises(ReadTimeoutError), opened(device(box.port), PLATFORM):
            pass


def test_a_device_that_falls_silent_after_the_login_is_left() -> None:
    limits = replace(LIMITS, prompt_timeout_s=0.5)
    with listening(Box(prompt=b"", answers={"": lambda _: None})) as box:
        opened = factory(pins(box.port, SERVER_KEY), limits=limits)
        with pytest.raises(ReadTimeoutError), opened(device(box.port), PLATFORM):
            pass


def test_a_device_that_waits_for_a_key_to_be_pressed_is_knocked_at() -> None:
    knocks = itertools.count()

    def awake(channel: paramiko.Channel) -> None:
        next(knocks)
        channel.sendall(b"r1#")

    box = Box(greeting=b"\r\nPress RETURN to get started\r\n", answers={"": awake})
    with session_on(box) as session:
        assert session.run(VERSION.request()).complete


def test_a_password_prompt_that_nobody_asked_for_gets_no_secret() -> None:
    def fishing(channel: paramiko.Channel) -> None:
        channel.sendall(b"Password: ")

    limits = replace(LIMITS, prompt_timeout_s=0.5, setup_timeout_s=1.5)
    with listening(Box(answers={"": fishing, "terminal width 511": fishing})) as box:
        opened = factory(pins(box.port, SERVER_KEY), enable=ENABLE, limits=limits)
        with pytest.raises((ReadTimeoutError, CommandRejectedError)):
            opened(device(box.port), PLATFORM).__enter__()
    assert not [line for line in box.lines if ENABLE in line or PASSWORD in line]
