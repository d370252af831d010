"""What SSH runs over, and what it may be negotiated to.

Source: RFC 4253 (transport), RFC 8332 (RSA with SHA-2), RFC 9142 (which key exchanges are weak).
"""

import contextlib
import logging
import socket
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol, cast

import paramiko

from netintegrity.errors import UnreachableError

WEAK: Final[Mapping[str, tuple[str, ...]]] = {
    "ciphers": ("aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"),
    "macs": ("hmac-md5", "hmac-md5-96", "hmac-sha1-96"),
    "kex": (
        "diffie-hellman-group1-sha1",
        "diffie-hellman-group14-sha1",
        "diffie-hellman-group-exchange-sha1",
    ),
    "keys": ("ssh-rsa", "ssh-dss"),
    "pubkeys": ("ssh-rsa", "ssh-dss"),
}
"""What paramiko still offers and nothing that is maintained needs: with paramiko 5 the ciphers and
MACs, with paramiko 4 the SHA-1 ones too. Offered only where the inventory says `ssh: legacy`."""
_KEEPALIVE_S: Final = 30


class Stream(Protocol):
    """What SSH needs of whatever carries it; ``socket.socket`` has it."""

    def send(self, data: bytes, /) -> int:
        """Send some of ``data`` and return how much."""
        ...

    def recv(self, most: int, /) -> bytes:
        """Return what there is; nothing: the stream ended."""
        ...

    def settimeout(self, timeout: float | None, /) -> None:
        """Set the limit of one call."""
        ...

    def shutdown(self, how: int, /) -> None:
        """End the stream, whoever waits on it."""
        ...

    def close(self) -> None:
        """Free what it holds."""
        ...


class HeldStream:
    """A socket that is closed together with what holds its other end."""

    def __init__(self, here: socket.socket) -> None:
        """Carry what ``here`` carries."""
        self._here = here
        self.send = here.send
        self.recv = here.recv
        self.settimeout = here.settimeout

    @property
    def _closed(self) -> bool:
        # paramiko looks at this name of its socket while it waits for its reader to end.
        return self._here.fileno() < 0

    def shutdown(self, how: int) -> None:
        """End it, whoever waits on it."""
        self._here.shutdown(how)

    def close(self) -> None:
        """Free this end."""
        self._here.close()


class ForwardedStream:
    """A channel through a jump host, where a socket is expected."""

    def __init__(self, channel: paramiko.Channel) -> None:
        """Carry what ``channel`` carries."""
        self._channel = channel
        self.send = channel.send
        self.recv = channel.recv
        self.settimeout = channel.settimeout

    @property
    def _closed(self) -> bool:
        # As of a socket pair.
        return self._channel.closed

    def shutdown(self, how: int) -> None:
        """End it; paramiko's own shutdown wakes nobody who reads, closing does."""
        del how
        self.close()

    def close(self) -> None:
        """Close the channel."""
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            self._channel.close()


def quiet_libraries() -> None:
    """Keep paramiko's and netmiko's own logs from being written at all.

    paramiko prints a traceback for each connection that fails, which we report in a sentence; and
    at DEBUG both log what passes over the wire.
    """
    for name in ("paramiko", "netmiko"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


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


def keep_alive(sock: Stream, transport: paramiko.Transport) -> None:
    """Let a connection that idles for hours live, and one whose peer is gone end."""
    transport.set_keepalive(_KEEPALIVE_S)
    if isinstance(sock, socket.socket) and hasattr(socket, "TCP_USER_TIMEOUT"):
        limit_ms = 3 * _KEEPALIVE_S * 1000
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, limit_ms)


class _QuietTransport(paramiko.Transport):
    # paramiko's reader wakes ten times a second for each idle session; closing wakes it anyway,
    # as the socket is shut down first.
    _active_check_timeout = 1.0

    def __init__(
        self, sock: Stream, *, algorithms: Sequence[str], disabled: Mapping[str, Iterable[str]]
    ) -> None:
        super().__init__(cast(socket.socket, sock), disabled_algorithms=disabled)
        offered = self._filter_algorithm("keys")  # type: ignore[attr-defined]
        self.agreed_kex = ""
        first = tuple(a for a in dict.fromkeys(algorithms) if self._may_ask(a, offered))
        self._asked = (*first, *(a for a in offered if a not in first))

    def _parse_kex_init(self, m: paramiko.Message) -> None:
        super()._parse_kex_init(m)  # type: ignore[misc]
        # Remembered here: paramiko forgets the key exchange once it is done.
        kinds = self._kex_info  # type: ignore[attr-defined]
        self.agreed_kex = next((n for n, k in kinds.items() if type(self.kex_engine) is k), "")

    def _may_ask(self, algorithm: str, offered: Sequence[str]) -> bool:
        # A certificate is asked for only where an authority is pinned; what signs it is as weak as
        # a bare key of its kind.
        plain = algorithm.removesuffix("-cert-v01@openssh.com")
        return plain in offered and algorithm in self._key_info  # type: ignore[attr-defined]

    @property
    def preferred_keys(self) -> tuple[str, ...]:
        # paramiko's own would ask for certificates of hosts that nobody can judge.
        return self._asked


def transport_on(
    sock: Stream, *, algorithms: Sequence[str] = (), legacy: bool = False
) -> paramiko.Transport:
    """Return a transport, not yet begun.

    Args:
        sock: connected.
        algorithms: for host keys, asked for before the others.
        legacy: True: :data:`WEAK` ones are offered too.
    """
    return _QuietTransport(sock, algorithms=algorithms, disabled={} if legacy else WEAK)


def weak_algorithms(transport: paramiko.Transport) -> tuple[str, ...]:
    """Return what a transport of :func:`transport_on` agreed on of :data:`WEAK`, sorted."""
    agreed = {
        getattr(transport, "agreed_kex", ""),
        transport.host_key_type,
        transport.local_cipher,
        transport.remote_cipher,  # type: ignore[attr-defined]
        transport.local_mac,
        transport.remote_mac,  # type: ignore[attr-defined]
    }
    weak = {name for names in WEAK.values() for name in names}
    return tuple(sorted(name for name in agreed if name in weak))
