"""Where a report goes beside stdout: a file, or a log host the operator named.

This is other network than to devices: it is used only where a command line names it.
"""

import os
import re
import socket
from pathlib import Path
from typing import Final

from netintegrity.errors import ConfigError, StoreError
from netintegrity.store.atomic import write_over

_LOG_HOST: Final = re.compile(
    r"(?P<scheme>udp|tcp)://(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9._-]+))"
    r"(?::(?P<port>\d{1,5}))?/?",
    re.ASCII,
)
_TIMEOUT_S: Final = 10.0
_SYSLOG: Final = 514


def check_target(target: str, *, is_lines: bool) -> None:
    """Return if a report can be delivered there.

    Raises:
        ConfigError: it is no place, or not one for this kind of report.
    """
    if "://" not in target:
        if not target or not Path(target).parent.is_dir():
            raise ConfigError("no such folder to write a report into", where=target or "--format")
        return
    match = _LOG_HOST.fullmatch(target)
    if match is None or not 0 < int(match["port"] or _SYSLOG) < 2**16:
        raise ConfigError("expected udp://HOST:PORT or tcp://HOST:PORT", where=target)
    if not is_lines:
        raise ConfigError("a log host takes messages: `syslog`", where=target)


def deliver(target: str, text: str) -> None:
    """Write a file, whole or not at all; or send each line to a log host.

    A new file has the mode the operator's umask leaves; one that is there keeps its own.

    Source: RFC 5426 section 3.1 (UDP: one message a datagram), RFC 6587 section 3.4.1 (TCP: octet
    counting).

    Raises:
        StoreError: it could not be written or sent.
    """
    match = _LOG_HOST.fullmatch(target)
    if match is None:
        path = Path(target)
        write_over(path, text.encode(), mode=_mode_of(path))
        return
    where = (match["six"] or match["host"], int(match["port"] or _SYSLOG))
    messages = [line.encode() for line in text.splitlines()]
    try:
        if match["scheme"] == "tcp":
            with socket.create_connection(where, timeout=_TIMEOUT_S) as stream:
                stream.sendall(b"".join(b"%d %s" % (len(m), m) for m in messages))
        else:
            family, kind, protocol, _, address = socket.getaddrinfo(*where, type=socket.SOCK_DGRAM)[
                0
            ]
            with socket.socket(family, kind, protocol) as datagrams:
                for message in messages:
                    datagrams.sendto(message, address)
    except OSError as error:
        raise StoreError(f"{target}: {error.strerror or error}") from error


def _mode_of(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o7777
    except OSError:
        mask = os.umask(0o077)
        os.umask(mask)
        return 0o666 & ~mask
