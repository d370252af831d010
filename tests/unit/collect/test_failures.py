"""What netmiko calls a timeout, told apart."""

import socket

import paramiko
import pytest
from netmiko.exceptions import (
    NetmikoAuthenticationException,
    NetmikoTimeoutException,
    ReadTimeout,
)
from paramiko.ssh_exception import IncompatiblePeer, NoValidConnectionsError

from netintegrity.collect.failures import of_connecting, of_preparing
from netintegrity.errors import (
    AuthenticationError,
    CollectionError,
    CommandRejectedError,
    HostKeyChangedError,
    HostKeyUnknownError,
    LegacySshOnlyError,
    ReadTimeoutError,
    UnreachableError,
)

KEY = paramiko.ECDSAKey.generate()


def wrapped(inner: BaseException, outer: BaseException) -> BaseException:
    outer.__context__ = inner
    return outer


@pytest.mark.parametrize(
    ("inner", "kind"),
    [
        (paramiko.BadHostKeyException("h", KEY, KEY), HostKeyChangedError),
        (HostKeyUnknownError("x"), HostKeyUnknownError),
        (CommandRejectedError("x"), CommandRejectedError),
        (IncompatiblePeer("no acceptable kex algorithm"), LegacySshOnlyError),
        (paramiko.AuthenticationException("Authentication timeout."), UnreachableError),
        (paramiko.BadAuthenticationType("x", ["publickey"]), AuthenticationError),
        (NoValidConnectionsError({("127.0.0.1", 1): OSError()}), UnreachableError),
        (socket.gaierror(-2, "Name or service not known"), UnreachableError),
        (TimeoutError(), UnreachableError),
        (EOFError(), UnreachableError),
    ],
)
def test_the_cause_decides_and_not_what_was_made_of_it(
    inner: BaseException, kind: type[CollectionError]
) -> None:
    assert type(of_connecting("h", wrapped(inner, NetmikoTimeoutException("x")))) is kind


def test_a_changed_key_outranks_what_stands_nearer() -> None:
    inner = wrapped(paramiko.BadHostKeyException("h", KEY, KEY), IncompatiblePeer("x"))
    assert type(of_connecting("h", inner)) is HostKeyChangedError


def test_a_login_without_an_answer_is_no_refusal_whatever_netmiko_calls_it() -> None:
    inner = paramiko.AuthenticationException("Authentication timeout.")
    error = wrapped(inner, NetmikoAuthenticationException("x"))
    assert type(of_connecting("h", error)) is UnreachableError


def test_a_refused_login_is_one_by_either_library() -> None:
    for error in (paramiko.AuthenticationException("x"), NetmikoAuthenticationException("x")):
        assert type(of_connecting("h", error)) is AuthenticationError


def test_after_the_login_it_is_the_prompt_that_is_missing() -> None:
    assert type(of_preparing("h", ReadTimeout("x"))) is ReadTimeoutError
    inside = wrapped(CommandRejectedError("x"), ReadTimeout("x"))
    assert type(of_preparing("h", inside)) is CommandRejectedError


def test_a_device_cannot_write_on_our_terminal() -> None:
    error = of_connecting("h", paramiko.SSHException("\x1b[2J\u202e" * 500))
    assert "\x1b" not in str(error)
    assert len(str(error)) < 300


def test_a_chain_that_bites_its_tail_ends() -> None:
    error = NetmikoTimeoutException("x")
    other = wrapped(error, EOFError())
    error.__context__ = other
    assert type(of_connecting("h", error)) is UnreachableError
