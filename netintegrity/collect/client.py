"""paramiko's client with our host keys, our channel guard and our limits in it.

netmiko builds its client through ``_get_ssh_client_instance`` and asks it to ``connect`` and for
``invoke_shell``; giving it this one puts every check below netmiko. The password never passes
through netmiko at all.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Sequence
from typing import NoReturn, cast

import paramiko

from netintegrity.collect.credentials import Credential
from netintegrity.collect.guard import Guard
from netintegrity.collect.keycheck import HostKeyCheck
from netintegrity.collect.limits import Limits
from netintegrity.collect.login import KeyFiles, Login
from netintegrity.collect.transport import Stream, transport_on, weak_algorithms
from netintegrity.errors import CommandRejectedError


class GuardedClient(paramiko.SSHClient):
    """An SSH client that opens one guarded shell on one pinned server, and nothing else."""

    def __init__(
        self,
        *,
        sock: Stream,
        check: HostKeyCheck,
        credential: Credential,
        key_files: KeyFiles,
        algorithms: Sequence[str],
        legacy: bool,
        limits: Limits,
        before_login: Callable[[], None],
        make_guard: Callable[[paramiko.Channel], Guard],
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            sock: connected; it is this object's from now on.
            check: its decision comes before the login.
            credential: offered once the key was accepted.
            key_files: read so far.
            algorithms: host key algorithms to ask for first.
            legacy: offer weak ones too (:data:`~netintegrity.collect.transport.WEAK`).
            limits: on each step.
            before_login: called once the key was accepted, right before the credential is offered.
            make_guard: puts the guard before the channel.
        """
        super().__init__()
        self._raw_socket = sock
        self._check = check
        self._credential = credential
        self._key_files = key_files
        self._algorithms = tuple(algorithms)
        self._legacy = legacy
        self._limits = limits
        self._before_login = before_login
        self._make_guard = make_guard
        self.guard: Guard | None = None
        self._username: str | None = None
        self._watchdog = threading.Timer(4 * limits.connect_timeout_s, self.hang_up)
        self._watchdog.daemon = True

    def connect(  # type: ignore[override]
        self, hostname: str, port: int = 22, username: str | None = None, **_: object
    ) -> None:
        """Connect as netmiko asks, with our socket, our algorithms and our own login."""
        limit = self._limits.connect_timeout_s
        self._username = username
        # paramiko waits for the answer to `pty-req` without any limit; hanging up ends that.
        self._watchdog.start()
        super().connect(
            hostname,
            port,
            username,
            look_for_keys=False,
            allow_agent=False,
            sock=cast(socket.socket, self._raw_socket),
            timeout=limit,
            banner_timeout=limit,
            auth_timeout=limit,
            channel_timeout=limit,
            transport_factory=self._transport_for,
        )

    def _transport_for(self, _sock: object, /, **_: object) -> paramiko.Transport:
        return transport_on(self._raw_socket, algorithms=self._algorithms, legacy=self._legacy)

    def _auth(self, *_: object, **__: object) -> None:
        # The key was judged in `connect`, before this; a paramiko that changes that order must not
        # make us offer a secret.
        transport = self.get_transport()
        if self._check.standing is None or transport is None:
            raise RuntimeError("a login was about to begin before the host key was accepted")
        self._before_login()
        # A driver may have added to the name; what it is the name of is the credential's to say.
        username = self._username
        if username is not None and not username.startswith(self._credential.username):
            raise RuntimeError("a driver put another account in the place of the credential's")
        Login(transport, self._credential, self._key_files, username=username).run()

    def invoke_shell(  # type: ignore[override]
        self, term: str = "vt100", width: int = 511, height: int = 1000, **_: object
    ) -> Guard:
        """Return the guard, which netmiko takes for the channel."""
        self.guard = self._make_guard(super().invoke_shell(term, width, height))
        self._watchdog.cancel()
        return self.guard

    def weak_algorithms(self) -> tuple[str, ...]:
        """Return what was agreed on and nobody should rely on."""
        transport = self.get_transport()
        return weak_algorithms(transport) if transport is not None else ()

    def exec_command(self, *_args: object, **_kwargs: object) -> NoReturn:
        """Refuse: only the guarded shell may carry commands."""
        raise CommandRejectedError("a command outside the guarded shell")

    def open_sftp(self) -> NoReturn:
        """Refuse: nothing is fetched through this client."""
        raise CommandRejectedError("a file transfer outside the guarded shell")

    def hang_up(self) -> None:
        """End the connection now, whoever waits on it."""
        with contextlib.suppress(OSError):
            self._raw_socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close everything; harmless when closed already."""
        self._watchdog.cancel()
        if self.guard is not None:
            self.guard.close()
        self.hang_up()
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            super().close()
        self._raw_socket.close()
