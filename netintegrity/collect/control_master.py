"""Connections through a session that OpenSSH holds open: its ControlMaster, by its own protocol.

The person at the terminal logged in to the jump host once, with whatever token it takes; here its
socket is asked for one forwarded connection, and the two ends of a socket pair are handed over for
it. No program is started and nothing is offered to the jump host, whose key OpenSSH judged when the
session was opened. The device behind it is judged here, as ever.

Source: OpenSSH, PROTOCOL.mux, sections 1 (connection setup) and 4 (requesting passenger-mode stdio
forwarding); mux.c, where the port is a number.
"""

import os
import socket
import stat
import struct
from pathlib import Path
from typing import Final

from netintegrity.collect.transport import HeldStream
from netintegrity.errors import UnreachableError
from netintegrity.plain_text import clean

_HELLO: Final = 0x00000001
_NEW_STDIO_FORWARD: Final = 0x10000008
_OPENED: Final = 0x80000006
_REFUSALS: Final = {0x80000002: "it is not permitted", 0x80000003: "it failed"}
_VERSION: Final = 4
_REQUEST: Final = 1
_MOST_BYTES: Final = 64 * 1024


def is_alive(path: Path) -> bool:
    """Say whether a master of our own listens there; a socket others can reach is none."""
    try:
        found = path.lstat()
    except OSError:
        return False
    ours = found.st_uid == os.geteuid() and not found.st_mode & 0o077
    if not (stat.S_ISSOCK(found.st_mode) and ours):
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2.0)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


class RiddenStream(HeldStream):
    """A connection through a master; it ends when this end is closed."""

    def __init__(self, here: socket.socket, control: socket.socket) -> None:
        """Keep both: without its control connection the master ends the other."""
        super().__init__(here)
        self._control = control

    def close(self) -> None:
        """Let the master end its side."""
        super().close()
        self._control.close()


def ride(path: Path, host: str, port: int, *, timeout_s: float) -> RiddenStream:
    """Return a connection to a server, through the master at ``path``.

    Args:
        path: its socket.
        host: as the jump host resolves it.
        port: of the server.
        timeout_s: for all of it.

    Raises:
        UnreachableError: there is none.
    """
    where = f"{host} port {port} through the ControlMaster at {path}"
    control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        control.settimeout(timeout_s)
        control.connect(str(path))
        _greet(control)
        here, there = socket.socketpair()
        with there:
            try:
                _request(control, there, host, port)
            except BaseException:
                here.close()
                raise
        return RiddenStream(here, control)
    except (OSError, ValueError) as error:
        control.close()
        told = "no answer in time" if isinstance(error, TimeoutError) else clean(str(error))[:200]
        raise UnreachableError(f"{where}: {told}") from error


def _greet(control: socket.socket) -> None:
    _send(control, struct.pack(">II", _HELLO, _VERSION))
    kind, rest = _receive(control)
    if kind != _HELLO or len(rest) < 4:
        raise ValueError("it does not speak the protocol of a master")
    (version,) = struct.unpack_from(">I", rest)
    if version != _VERSION:
        raise ValueError(f"it speaks version {version} of the protocol, this side {_VERSION}")


def _request(control: socket.socket, there: socket.socket, host: str, port: int) -> None:
    name = host.encode("ascii")
    reserved = b""
    _send(
        control,
        struct.pack(">III", _NEW_STDIO_FORWARD, _REQUEST, len(reserved))
        + struct.pack(">I", len(name))
        + name
        + struct.pack(">I", port),
    )
    # Its input, then its output: the same socket, each with a byte of its own.
    for _ in range(2):
        socket.send_fds(control, [b"\0"], [there.fileno()])
    kind, rest = _receive(control)
    if kind == _OPENED:
        return
    reason = _string(rest[4:]) if len(rest) >= 8 else ""
    raise ValueError(f"{_REFUSALS.get(kind, 'an answer that is none')}{reason and f': {reason}'}")


def _send(control: socket.socket, body: bytes) -> None:
    control.sendall(struct.pack(">I", len(body)) + body)


def _receive(control: socket.socket) -> tuple[int, bytes]:
    (length,) = struct.unpack(">I", _exactly(control, 4))
    if not 4 <= length <= _MOST_BYTES:
        raise ValueError(f"a message of {length} bytes")
    body = _exactly(control, length)
    return struct.unpack_from(">I", body)[0], body[4:]


def _exactly(control: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = control.recv(count - len(data))
        if not more:
            raise ValueError("it hung up")
        data += more
    return data


def _string(data: bytes) -> str:
    (length,) = struct.unpack_from(">I", data)
    return data[4 : 4 + length].decode("utf-8", "replace")
