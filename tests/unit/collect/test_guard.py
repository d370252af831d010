"""Nothing but what the platform declares is ever written."""

import re
from collections.abc import Iterator
from itertools import count

import paramiko
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.collect.guard import Guard
from netintegrity.collect.limits import Limits
from netintegrity.collect.secret import Secret
from netintegrity.errors import CommandRejectedError, ReadTimeoutError
from netintegrity.platforms._spec import Request
from tests.loopback.box import HASH, PLATFORM, VERSION

SECRET = "enable-and-long-secret"


class Wire:
    """The far end: takes what is written, says what a test wants said."""

    closed = False
    eof_received = False

    def __init__(self, *said: bytes) -> None:
        self.said = list(said)
        self.written = b""

    def send(self, data: bytes) -> int:
        self.written += data[:7]
        return min(len(data), 7)

    def recv(self, most: int) -> bytes:
        if not self.said:
            raise TimeoutError
        return self.said.pop(0)

    def recv_ready(self) -> bool:
        return bool(self.said)

    def settimeout(self, timeout: float | None) -> None:
        return

    def close(self) -> None:
        self.closed = True


def guard(
    wire: Wire, *, enable: str | None = None, asking: bool = False, **limits: object
) -> Guard:
    made = Guard(
        wire,
        PLATFORM,
        limits=Limits(**limits),  # type: ignore[arg-type]
        enable=Secret(enable) if enable else None,
    )
    if asking:
        made.prepared()
    return made


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_session_lines_and_empty_lines_may_prepare_a_session(end: bytes) -> None:
    wire = Wire()
    open_ = guard(wire)
    open_.sendall(b"terminal length 0" + end)
    open_.sendall(end)
    assert wire.written == b"terminal length 0" + end + end


@pytest.mark.parametrize(
    "data",
    [
        b"configure terminal\n",
        b"terminal length 0",
        b"terminal length 0 \n",
        b" terminal length 0\n",
        b"terminal length 00\n",
        b"TERMINAL LENGTH 0\n",
        b"terminal length 0\nreload\n",
        b"terminal length 0\rreload\n",
        b"terminal length 0;reload\n",
        b"terminal length 0|x\n",
        b"show version\n",
        b"enable\n",
        b"\x00\n",
        b"\xc3\xa9\n",
        b"a\r",
        b"y\n",
        b"exit\n",
        SECRET.encode() + b"\n",
    ],
)
def test_no_other_line_may(data: bytes) -> None:
    wire = Wire()
    with pytest.raises(CommandRejectedError):
        guard(wire).sendall(data)
    assert wire.written == b""


@given(st.binary(max_size=40))
def test_whatever_is_written_one_of_the_lines_declared_is_all_that_leaves(data: bytes) -> None:
    wire = Wire()
    try:
        guard(wire).sendall(data)
    except CommandRejectedError:
        assert wire.written == b""
    else:
        lines = re.split(rb"\r\n|\n|\r", wire.written)
        assert {line.decode() for line in lines} <= PLATFORM.session_lines | {""}


def test_of_several_lines_none_leaves_unless_each_may() -> None:
    wire = Wire()
    with pytest.raises(CommandRejectedError):
        guard(wire).sendall(b"terminal length 0\n\nreload\n")
    assert wire.written == b""
    guard(wire).sendall(b"\nterminal length 0\n")
    assert wire.written == b"\nterminal length 0\n"


def test_the_request_at_hand_goes_through_once() -> None:
    wire = Wire()
    open_ = guard(wire, asking=True)
    open_.arm(VERSION.request())
    open_.sendall(b"show version\n")
    with pytest.raises(CommandRejectedError):
        open_.sendall(b"show version\n")
    assert wire.written == b"show version\n"


def mutations() -> Iterator[str]:
    good = "verify /sha512 flash:image.bin"
    for bad in ";|&?<>\n\r\t`$ \"'\\\x00\x1b\x7f\u00e9\u202e!":
        yield good + bad
        yield good + bad + "reload"
        yield bad + good
        yield good.replace(":", f":{bad}")
    yield from (good.upper(), good + " | redirect tftp:", "verify /sha512 ", "verify", "")


@pytest.mark.parametrize("command", tuple(mutations()))
def test_no_mutation_of_a_command_is_armed(command: str) -> None:
    wire = Wire()
    open_ = guard(wire, asking=True)
    with pytest.raises(CommandRejectedError):
        open_.arm(Request(probe_id="hash", command=command, read_timeout_s=1.0))
    with pytest.raises(CommandRejectedError):
        open_.sendall(command.encode() + b"\n")
    assert wire.written == b""


@pytest.mark.parametrize("data", [b"\n", b"terminal length 0\n", b"enable\n", b"show  version\n"])
def test_once_prepared_not_even_an_empty_line_is_free(data: bytes) -> None:
    wire = Wire()
    open_ = guard(wire, asking=True, enable=SECRET)
    open_.arm(VERSION.request())
    with pytest.raises(CommandRejectedError):
        open_.sendall(data)
    assert wire.written == b""


def test_a_request_before_the_session_is_prepared_is_refused() -> None:
    with pytest.raises(CommandRejectedError):
        guard(Wire()).arm(VERSION.request())


def test_the_enable_secret_follows_its_line_and_its_prompt_once() -> None:
    wire = Wire(b"enable\r\nPassword: ")
    open_ = guard(wire, enable=SECRET)
    open_.sendall(b"enable\n")
    open_.wait(1.0)
    open_.sendall(SECRET.encode() + b"\n")
    assert wire.written == b"enable\n" + SECRET.encode() + b"\n"
    with pytest.raises(CommandRejectedError):
        open_.sendall(SECRET.encode() + b"\n")


@pytest.mark.parametrize("said", [b"", b"r1>", b"Password: \r\nr1>", b"Type the passwords"])
def test_without_that_prompt_the_secret_stays_here_and_is_not_shown(said: bytes) -> None:
    wire = Wire(said)
    open_ = guard(wire, enable=SECRET)
    open_.sendall(b"enable\n")
    wire.written = b""
    if said:
        open_.wait(1.0)
    with pytest.raises(CommandRejectedError) as caught:
        open_.sendall(SECRET.encode() + b"\n")
    assert SECRET not in str(caught.value)
    assert wire.written == b""


def test_a_password_prompt_nobody_asked_for_gets_nothing() -> None:
    wire = Wire(b"Password: ")
    open_ = guard(wire, enable=SECRET)
    open_.wait(1.0)
    with pytest.raises(CommandRejectedError):
        open_.sendall(SECRET.encode() + b"\n")
    assert wire.written == b""


def test_a_driver_that_keeps_knocking_is_stopped() -> None:
    open_ = guard(Wire())
    for _ in range(200):
        open_.sendall(b"\n")
    with pytest.raises(CommandRejectedError):
        open_.sendall(b"\n")


def test_a_session_that_took_its_bytes_is_over() -> None:
    open_ = guard(Wire(b"x" * 100, b"y"), device_bytes=100)
    open_.wait(1.0)
    assert open_.is_spent
    assert open_.read_bytes == 100
    with pytest.raises(ReadTimeoutError):
        open_.wait(1.0)


def test_a_session_that_ended_is_noticed_by_every_question() -> None:
    wire = Wire(b"")
    with pytest.raises(ReadTimeoutError):
        guard(wire).wait(1.0)
    wire.closed = True
    with pytest.raises(ReadTimeoutError):
        guard(wire).recv_ready()


def test_a_silent_wait_returns_nothing_and_a_silent_driver_read_is_an_error() -> None:
    assert guard(Wire()).wait(0.01) == b""
    with pytest.raises(ReadTimeoutError):
        guard(Wire()).recv(100)


def test_after_closing_nothing_is_written_or_read() -> None:
    wire = Wire(b"x")
    open_ = guard(wire)
    open_.close()
    for use in (lambda: open_.sendall(b"\n"), open_.recv_ready, lambda: open_.wait(1.0)):
        with pytest.raises(ReadTimeoutError):
            use()
    assert wire.closed


def test_time_runs_out_even_while_a_device_keeps_talking() -> None:
    clock = count()
    wire = Wire(*[b"x"] * 1000)
    open_ = Guard(
        wire, PLATFORM, limits=Limits(setup_timeout_s=50.0), monotonic=lambda: next(clock)
    )
    assert open_.wait(1.0) == b"x"
    for _ in range(50):
        next(clock)
    with pytest.raises(ReadTimeoutError):
        open_.wait(1.0)


def test_the_template_takes_what_its_grammar_admits() -> None:
    wire = Wire()
    open_ = guard(wire, asking=True)
    open_.arm(HASH.request("flash:image.bin"))
    open_.sendall(b"verify /sha512 flash:image.bin\n")
    assert re.fullmatch(rb"verify /sha512 flash:image\.bin\n", wire.written)


@pytest.mark.parametrize("error", [EOFError(), OSError(), paramiko.SSHException()])
def test_a_device_that_hung_up_first_does_not_spoil_what_it_said(error: Exception) -> None:
    class Gone(Wire):
        def close(self) -> None:
            raise error

    open_ = guard(Gone())
    open_.close()
    with pytest.raises(ReadTimeoutError):
        open_.recv_ready()


def test_a_line_that_ends_in_next_line_ends_there() -> None:
    open_ = guard(Wire(b"one\x1bEtwo\x1b"))
    assert open_.recv(99) == b"one\r\ntwo"


def test_a_next_line_in_two_pieces_is_one() -> None:
    wire = Wire(b"one\x1b")
    open_ = guard(wire)
    assert open_.recv(99) == b"one"
    wire.said.append(b"Etwo")
    assert open_.recv(99) == b"\r\ntwo"


def test_a_driver_that_would_raise_the_privilege_without_a_secret_is_told_what_is_missing() -> None:
    wire = Wire()
    with pytest.raises(CommandRejectedError, match="no enable secret"):
        guard(wire).sendall(b"enable\n")
    assert wire.written == b""
