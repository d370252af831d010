"""Sessions on jump hosts: each logged in to once, and shared by every device behind it.

A device behind one is reached by ``direct-tcpip``: the jump host carries bytes it cannot read, and
the device's own host key and login are judged here as if it were next door. The jump host itself
is held to the same rule before anything is offered to it.

Source: RFC 4254 section 7.2 (direct-tcpip).
"""

import contextlib
import socket
import threading
import time
from dataclasses import dataclass
from typing import Final

import paramiko

from netintegrity.collect.challenge import jitter_s
from netintegrity.collect.control_master import ride
from netintegrity.collect.credentials import Credential
from netintegrity.collect.failures import CONNECT_ERRORS, of_connecting
from netintegrity.collect.hostkeys import HostKeys
from netintegrity.collect.keycheck import HostKeyCheck
from netintegrity.collect.limits import Limits
from netintegrity.collect.login import KeyFiles, Login
from netintegrity.collect.pacing import LoginOutcome, Pace
from netintegrity.collect.proxy_command import carried_by
from netintegrity.collect.transport import (
    ForwardedStream,
    Stream,
    keep_alive,
    open_socket,
    transport_on,
)
from netintegrity.collect.ways import Way, Ways
from netintegrity.errors import AuthenticationError, CollectionError, UnreachableError
from netintegrity.model.device import JumpHost

_MOST_SESSIONS: Final = 3
"""On one jump host in one run: the first, and two more where one ended by itself."""
_HERE: Final = ("127.0.0.1", 0)
_REFUSALS: Final = {
    1: "it does not allow that",
    2: "it gets no connection to there",
    4: "it has no room for another connection",
}
"""Reason codes of RFC 4254 section 5.1."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """What holds on every hop."""

    ways: Ways
    keys: HostKeys
    limits: Limits
    pace: Pace
    key_files: KeyFiles


class Jumps:
    """The jump hosts of one run, shared by all its sessions."""

    def __init__(
        self,
        ways: Ways,
        *,
        keys: HostKeys,
        limits: Limits,
        pace: Pace | None = None,
        key_files: KeyFiles | None = None,
    ) -> None:
        """Begin with no session.

        Args:
            ways: which jump hosts there are.
            keys: the only servers that are logged in to.
            limits: on each step of each login.
            pace: of the run; None: the usual one.
            key_files: of the run; None: none were read yet.
        """
        self._rules = _Rules(ways, keys, limits, pace or Pace(), key_files or KeyFiles())
        self._lock = threading.Lock()
        self._sessions: dict[str, _JumpSession] = {}

    def stream(self, way: Way) -> Stream:
        """Return a connection to a server, by the way that leads to it.

        Raises:
            CollectionError: there is none; the message names the hop that failed.
        """
        limit = self._rules.limits.connect_timeout_s
        if way.command is not None:
            return carried_by(way.command, where=f"{way.address} port {way.port}")
        if way.jump is None:
            return open_socket(way.address, way.port, limit)
        return self._session(way.jump).stream(way.address, way.port)

    def open(self, key: str) -> None:
        """Log in to a jump host, unless somebody holds a session on it open.

        Raises:
            CollectionError: as in :meth:`stream`.
            CredentialError: nothing may be offered to it.
        """
        if not self._rules.ways.is_ridden(key):
            self._session(key).open()

    def close(self) -> None:
        """End every session, the farthest first."""
        with self._lock:
            sessions, self._sessions = tuple(self._sessions.values()), {}
        for session in reversed(sessions):
            session.close()

    def _session(self, name: str) -> "_JumpSession":
        with self._lock:
            found = self._sessions.get(name)
            if found is None:
                host = self._rules.ways.hosts.get(name)
                if host is None:
                    raise UnreachableError(f"there is no jump host {name!r}")
                found = self._sessions[name] = _JumpSession(name, host, self, self._rules)
            return found


class _JumpSession:
    """One jump host: at most one session at a time, opened by whoever needs it first."""

    def __init__(self, key: str, host: JumpHost, jumps: Jumps, rules: _Rules) -> None:
        self._key = key
        self._host = host
        self._jumps = jumps
        self._rules = rules
        self._where = f"jump host {host.name} ({host.address} port {host.port})"
        self._lock = threading.Lock()
        self._transport: paramiko.Transport | None = None
        self._sock: Stream | None = None
        self._opened = 0
        self._took_a_person = False
        self._failure: CollectionError | None = None
        self._offered = False

    def open(self) -> None:
        """Log in, if nobody did yet.

        Raises:
            CollectionError: see :meth:`Jumps.stream`.
        """
        self._ready()

    def stream(self, host: str, port: int) -> Stream:
        """Return a connection from the jump host to there.

        Raises:
            CollectionError: see :meth:`Jumps.stream`.
        """
        self._rules.pace.wait_to_jump(self._where)
        if self._rules.ways.is_ridden(self._key):
            # Whoever holds it open has logged in already, through whatever lies before it.
            limit = self._rules.limits.connect_timeout_s
            return ride(self._rules.ways.masters[self._key], host, port, timeout_s=limit)
        transport = self._ready()
        try:
            channel = self._channel(transport, host, port)
        except CONNECT_ERRORS as error:
            if transport.is_active():
                raise self._refused(host, port, error) from error
            # The session had ended, and nobody knew.
            channel = self._once_more(host, port)
        return ForwardedStream(channel)

    def _once_more(self, host: str, port: int) -> paramiko.Channel:
        transport = self._ready()
        try:
            return self._channel(transport, host, port)
        except CONNECT_ERRORS as error:
            raise self._refused(host, port, error) from error

    def _channel(self, transport: paramiko.Transport, host: str, port: int) -> paramiko.Channel:
        limit = self._rules.limits.connect_timeout_s
        return transport.open_channel("direct-tcpip", (host, port), _HERE, timeout=limit)

    def _refused(self, host: str, port: int, error: BaseException) -> CollectionError:
        where = f"{host} port {port} through {self._where}"
        if isinstance(error, paramiko.ChannelException):
            return UnreachableError(f"{where}: {_REFUSALS.get(error.code, 'it was refused')}")
        if "Timeout opening channel" in str(error):
            limit = self._rules.limits.connect_timeout_s
            return UnreachableError(f"{where}: no answer in {limit:g} s")
        return of_connecting(where, error)

    def _ready(self) -> paramiko.Transport:
        """Return the session; whoever comes while it is opened waits for it."""
        with self._lock:
            if self._failure is not None:
                raise _again(self._failure)
            if self._transport is not None and self._transport.is_active():
                return self._transport
            try:
                if self._opened:
                    self._may_reopen()
                return self._open()
            except CollectionError as error:
                # Kept for the run: a thousand devices behind it would each wait, and each offer
                # the same refused secret.
                self._failure = error
                raise

    def _may_reopen(self) -> None:
        self._hang_up()
        if self._took_a_person:
            raise UnreachableError(
                f"{self._where}: its session ended, and its login takes an answer from a person"
            )
        if self._opened >= _MOST_SESSIONS:
            raise UnreachableError(f"{self._where}: its session ended {self._opened} times")

    def _open(self) -> paramiko.Transport:
        for may_retry in (True, False):
            self._offered = False
            try:
                self._transport = self._attempt()
            except CollectionError as error:
                self._hang_up()
                missed = isinstance(error, UnreachableError) and not self._offered
                if not (may_retry and missed):
                    raise
                time.sleep(jitter_s(self._rules.limits.retry_s))
            else:
                self._opened += 1
                return self._transport
        raise AssertionError("the second attempt returns or raises")

    def _attempt(self) -> paramiko.Transport:
        host, rules = self._host, self._rules
        credential = rules.ways.credentials(host)
        rules.pace.wait_to_start(self._where)
        limit = rules.limits.connect_timeout_s
        check = HostKeyCheck(host.address, host.port, rules.keys)
        try:
            sock = self._sock = self._jumps.stream(rules.ways.to_jump_host(self._key))
            algorithms = rules.keys.algorithms(host.address, host.port)
            transport = self._transport = transport_on(sock, algorithms=algorithms)
            transport.banner_timeout = transport.handshake_timeout = transport.auth_timeout = limit
            transport.start_client(timeout=limit)
            check.judge(transport.get_remote_server_key())
            self._log_in(transport, credential)
        except CONNECT_ERRORS as error:
            raise of_connecting(self._where, error) from error
        except CollectionError as error:
            raise type(error)(f"{self._where}: {error}") from error
        keep_alive(sock, transport)
        return transport

    def _log_in(self, transport: paramiko.Transport, credential: Credential) -> None:
        pace, limit = self._rules.pace, self._rules.limits.connect_timeout_s
        login = Login(transport, credential, self._rules.key_files, person=self._rules.ways.person)
        pace.begin_login(credential.ref, timeout_s=2 * limit)
        self._offered = True
        outcome = LoginOutcome.NO_ANSWER
        try:
            login.run()
            outcome = LoginOutcome.ACCEPTED
        except (CollectionError, *CONNECT_ERRORS) as error:
            if isinstance(of_connecting(self._where, error), AuthenticationError):
                outcome = LoginOutcome.REFUSED
            raise
        finally:
            self._took_a_person = self._took_a_person or login.asked_person
            pace.end_login(credential.ref, outcome)

    def close(self) -> None:
        """End it, even while somebody waits for it to open."""
        self._failure = UnreachableError(f"{self._where}: the run is over")
        self._hang_up()

    def _hang_up(self) -> None:
        sock, self._sock = self._sock, None
        transport, self._transport = self._transport, None
        if sock is not None:
            # First, so that paramiko's reader wakes and `close` need not wait for it.
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        if transport is not None:
            with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
                transport.close()
        if sock is not None:
            sock.close()


def _again(error: CollectionError) -> CollectionError:
    """Return an error of the same kind and words, with a traceback of its own."""
    return type(error)(str(error))
