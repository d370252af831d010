"""paramiko's client with our host keys, our channel guard and our limits in it.

netmiko builds its client through ``_get_ssh_client_instance`` and asks it to ``connect`` and for
``invoke_shell``; giving it this one puts every check below netmiko. The password never passes
through netmiko at all.
"""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NoReturn

import paramiko

from netintegrity.collect.credentials import Credential
from netintegrity.collect.guard import Guard
from netintegrity.collect.hostkeys import HostKeys, KeyStanding, ServerKey
from netintegrity.collect.limits import Limits
from netintegrity.errors import (
    CommandRejectedError,
    HostKeyChangedError,
    HostKeyUnknownError,
    UnreachableError,
)

WEAK: Final = {
    "ciphers": ("aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"),
    "macs": ("hmac-md5", "hmac-md5-96", "hmac-sha1-96"),
}
"""What paramiko 5.1 still offers and nothing needs; offered where the inventory says `legacy`."""


def quiet_libraries() -> None:
    """Keep paramiko's and netmiko's own logs from being written at all.

    paramiko prints a traceback for each connection that fails, which we report in a sentence; and
    at DEBUG both log what passes over the wire.
    """
    for name in ("paramiko", "netmiko"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


class _QuietTransport(paramiko.Transport):
    # paramiko's reader wakes ten times a second for each idle session; closing wakes it anyway,
    # as the socket is shut down first.
    _active_check_timeout = 1.0


class HostKeyCheck(paramiko.MissingHostKeyPolicy):
    """Decides on the key a server shows, before anything secret is offered."""

    def __init__(self, host: str, port: int, keys: HostKeys) -> None:
        """Check against ``keys``."""
        self._host = host
        self._port = port
        self._keys = keys
        self.standing: KeyStanding | None = None
        """None: no key was seen, or it was refused."""
        self.key: ServerKey | None = None

    def missing_host_key(
        self,
        client: paramiko.SSHClient,  # noqa: ARG002 - paramiko fixes the signature
        hostname: str,  # noqa: ARG002
        key: paramiko.PKey,
    ) -> None:
        """Refuse any key but a pinned one.

        Raises:
            HostKeyUnknownError: nothing is pinned for this server.
            HostKeyChangedError: another key is pinned, or this one is revoked.
        """
        shown = ServerKey.from_blob(key.asbytes())
        where = f"{self._host} port {self._port}"
        match self._keys.check(self._host, self._port, shown):
            case (KeyStanding.MATCHED | KeyStanding.FIRST_USE) as standing:
                self.key, self.standing = shown, standing
            case KeyStanding.UNKNOWN:
                raise HostKeyUnknownError(f"{where}: {shown.type} {shown.fingerprint} is not known")
            case KeyStanding.REVOKED:
                raise HostKeyChangedError(f"{where}: {shown.type} {shown.fingerprint} is revoked")
            case KeyStanding.CHANGED:
                pinned = ", ".join(
                    f"{e.key.type} {e.key.fingerprint}"
                    for e in self._keys.of(self._host, self._port)
                    if not e.revoked
                )
                raise HostKeyChangedError(
                    f"{where}: it shows {shown.type} {shown.fingerprint}; pinned is {pinned}"
                )


def open_socket(host: str, port: int, timeout_s: float) -> socket.socket:
    """Return a TCP connection, without Nagle's delay.

    Raises:
        UnreachableError: there is none.
    """
    try:
        sock = socket.create_connection((host, port), timeout_s)
    except socket.gaierror as error:
        raise UnreachableError(f"{host}: the name has no address") from error
    except TimeoutError as error:
        raise UnreachableError(f"{host} port {port}: no answer in {timeout_s:g} s") from error
    except OSError as error:
        raise UnreachableError(f"{host} port {port}: {error.strerror or error}") from error
    # Two handshake messages would otherwise each wait 40 ms for the peer's delayed acknowledgement.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def transport_on(
    sock: socket.socket,
    *,
    algorithms: Sequence[str] = (),
    disabled: dict[str, Iterable[str]] | None = None,
) -> paramiko.Transport:
    """Return a transport that asks for these host key algorithms before the others."""
    transport = _QuietTransport(sock, disabled_algorithms=disabled)
    options = transport.get_security_options()
    offered = tuple(options.key_types)
    first = tuple(a for a in algorithms if a in offered)
    options.key_types = (*first, *(a for a in offered if a not in first))
    return transport


class GuardedClient(paramiko.SSHClient):
    """An SSH client that opens one guarded shell on one pinned server, and nothing else."""

    def __init__(
        self,
        *,
        sock: socket.socket,
        check: HostKeyCheck,
        credential: Credential,
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
            algorithms: host key algorithms to ask for first.
            legacy: offer :data:`WEAK` too.
            limits: on each step.
            before_login: called once the key was accepted, right before the credential is offered.
            make_guard: puts the guard before the channel.
        """
        super().__init__()
        self._raw_socket = sock
        self._check = check
        self._credential = credential
        self._algorithms = tuple(algorithms)
        self._legacy = legacy
        self._limits = limits
        self._before_login = before_login
        self._make_guard = make_guard
        self.guard: Guard | None = None
        self._watchdog = threading.Timer(4 * limits.connect_timeout_s, self.hang_up)
        self._watchdog.daemon = True

    def connect(  # type: ignore[override]
        self, hostname: str, port: int = 22, username: str | None = None, **_: object
    ) -> None:
        """Connect as netmiko asks, with our socket, our algorithms and our credential."""
        credential = self._credential
        limit = self._limits.connect_timeout_s
        # paramiko waits for the answer to `pty-req` without any limit; hanging up ends that.
        self._watchdog.start()
        super().connect(
            hostname,
            port,
            username,
            password=credential.password.reveal() if credential.password else None,
            key_filename=str(credential.key_file) if credential.key_file else None,
            look_for_keys=False,
            allow_agent=credential.agent,
            sock=self._raw_socket,
            timeout=limit,
            banner_timeout=limit,
            auth_timeout=limit,
            channel_timeout=limit,
            transport_factory=self._transport_for,
        )

    def _transport_for(self, _sock: object, /, **_: object) -> paramiko.Transport:
        disabled: dict[str, Iterable[str]] | None = None if self._legacy else dict(WEAK)
        return transport_on(self._raw_socket, algorithms=self._algorithms, disabled=disabled)

    def _auth(self, *args: object, **kwargs: object) -> None:
        # The key was judged in `connect`, before this; a paramiko that changes that order must not
        # make us offer a secret.
        if self._check.standing is None:
            raise RuntimeError("a login was about to begin before the host key was accepted")
        self._before_login()
        super()._auth(*args, **kwargs)  # type: ignore[misc]

    def invoke_shell(  # type: ignore[override]
        self, term: str = "vt100", width: int = 511, height: int = 1000, **_: object
    ) -> Guard:
        """Return the guard, which netmiko takes for the channel."""
        self.guard = self._make_guard(super().invoke_shell(term, width, height))
        self._watchdog.cancel()
        return self.guard

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
