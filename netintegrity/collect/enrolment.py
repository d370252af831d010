"""How a server key comes to be trusted: seen, compared, pinned.

``scan`` only writes down what a server showed, in a file of its own beside known_hosts that nothing
reads for trust; a person compares the fingerprint out of band and approves it. Every write is whole
or not at all, and keeps the lines it has nothing to do with.
"""

import contextlib
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from netintegrity.collect.failures import CONNECT_ERRORS, of_connecting
from netintegrity.collect.hostkeys import (
    Entry,
    HostKeys,
    KeyStanding,
    ServerKey,
    host_name,
)
from netintegrity.collect.key_marks import approved_for, approved_unseen
from netintegrity.collect.known_hosts_file import Server, pending_file, rewrite, serials_of
from netintegrity.collect.transport import Stream, open_socket, quiet_libraries, transport_on
from netintegrity.errors import ConfigError
from netintegrity.plain_text import clean


def shown_key(
    host: str,
    port: int,
    *,
    timeout_s: float = 15.0,
    algorithms: Sequence[str] = (),
    connect: Callable[[], Stream] | None = None,
) -> ServerKey:
    """Return the key a server shows; nothing is offered to it.

    Args:
        host: address or name.
        port: of SSH.
        timeout_s: for each step.
        algorithms: host key algorithms to ask for first.
        connect: makes the connection, through jump hosts perhaps; None: directly.

    Raises:
        CollectionError: it showed none.
    """
    quiet_libraries()
    sock = connect() if connect else open_socket(host, port, timeout_s)
    transport = transport_on(sock, algorithms=algorithms)
    transport.banner_timeout = transport.handshake_timeout = timeout_s
    try:
        transport.start_client(timeout=timeout_s)
        return ServerKey.from_blob(transport.get_remote_server_key().asbytes())
    except CONNECT_ERRORS as error:
        raise of_connecting(f"{host} port {port}", error) from error
    finally:
        # First, so that paramiko's reader wakes and `close` need not wait for it.
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
        transport.close()
        sock.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one server showed, and what known_hosts says of it."""

    device: Server
    key: ServerKey
    standing: KeyStanding


def put_aside(known_hosts: Path, seen: Iterable[Seen]) -> None:
    """Write keys that are not pinned into the pending file, in place of earlier ones there.

    A revoked key is not written: it can never be approved.
    """
    file = pending_file(known_hosts)
    wanted = [s for s in seen if s.standing in {KeyStanding.UNKNOWN, KeyStanding.CHANGED}]
    if not wanted:
        return
    names = {host_name(s.device.address, s.device.port) for s in wanted}
    new = [s.key.line(host_name(s.device.address, s.device.port)) for s in wanted]
    rewrite(file, lambda entry: entry is None or entry.names not in names, add=new)


def pending_of(known_hosts: Path, device: Server) -> tuple[ServerKey, ...]:
    """Return the keys of ``device`` that wait."""
    waiting = HostKeys.read(pending_file(known_hosts))
    return tuple(e.key for e in waiting.of(device.address, device.port))


def approve(
    known_hosts: Path, device: Server, fingerprint: str, *, replace: bool = False
) -> ServerKey:
    """Pin the key of ``device`` that was compared out of band, and return it.

    One that was approved unseen before loses that mark.

    Args:
        known_hosts: the site's; made if absent.
        device: whose key it is.
        fingerprint: ``SHA256:…``, as compared.
        replace: drop other keys that are pinned for this server alone.

    Raises:
        ConfigError: no such key waits or is pinned, or it is revoked.
    """
    key = _chosen(known_hosts, device, fingerprint)
    _pin(known_hosts, device, key, comment=approved_for(serials_of(device)), replace=replace)
    return key


def approve_unseen(known_hosts: Path, device: Server, *, reason: str, at: datetime) -> ServerKey:
    """Pin the one key of ``device`` that waits, without having compared it, and return it.

    Args:
        known_hosts: the site's; made if absent.
        device: whose key it is.
        reason: one line that says why; it stays in the file.
        at: UTC.

    Raises:
        ConfigError: not exactly one key waits, another is pinned, or there is no reason.
    """
    why = " ".join(clean(reason).split())
    if not why:
        raise ConfigError("a first use needs a reason", hint="say why with --reason TEXT")
    waiting = pending_of(known_hosts, device)
    if len(waiting) != 1:
        raise ConfigError(
            f"{device.name}: {len(waiting)} keys wait, expected one",
            where=str(pending_file(known_hosts)),
            hint="`netintegrity hostkeys scan` reads the key the device shows",
        )
    if any(not e.revoked for e in HostKeys.read(known_hosts).of(device.address, device.port)):
        raise ConfigError(
            f"{device.name}: another key is pinned, so this is no first use",
            where=str(known_hosts),
            hint="compare the new key out of band, then `hostkeys approve NAME FINGERPRINT`",
        )
    mark = approved_unseen(serials_of(device), at=at, reason=why)
    _chosen(known_hosts, device, waiting[0].fingerprint)
    _pin(known_hosts, device, waiting[0], comment=mark, replace=False)
    return waiting[0]


def take_over(known_hosts: Path, devices: Iterable[Server], source: HostKeys) -> tuple[str, ...]:
    """Copy what ``source`` says of these devices, under their address; return a line for each.

    A key counts as a device's where the other file knows it by the address and port or by the
    device's name. Revoked keys are copied as revoked.
    """
    here = HostKeys.read(known_hosts)
    new: dict[str, str] = {}
    for device in devices:
        name = host_name(device.address, device.port)
        known = {(e.key.blob, e.revoked) for e in here.of(device.address, device.port)}
        found = [*source.of(device.address, device.port), *source.of(device.name, 22)]
        for entry in found:
            if (entry.key.blob, entry.revoked) not in known:
                marker = "@revoked " if entry.revoked else ""
                line = marker + entry.key.line(name, clean(entry.comment))
                new[line] = ("revoked: " if entry.revoked else "") + entry.key.described(
                    device.name
                )
    if new:
        rewrite(known_hosts, lambda _: True, add=list(new))
    return tuple(new.values())


def _chosen(known_hosts: Path, device: Server, fingerprint: str) -> ServerKey:
    pinned = HostKeys.read(known_hosts)
    waiting = pending_of(known_hosts, device)
    known = tuple(e.key for e in pinned.of(device.address, device.port) if not e.revoked)
    for key in (*waiting, *known):
        if key.fingerprint == fingerprint:
            if pinned.check(device.address, device.port, key) is KeyStanding.REVOKED:
                raise ConfigError(
                    f"{device.name}: {fingerprint} is revoked", where=str(known_hosts)
                )
            return key
    seen = ", ".join(k.fingerprint for k in waiting) or "none"
    raise ConfigError(
        f"{device.name}: no key {clean(fingerprint)} waits; waiting: {seen}",
        where=str(pending_file(known_hosts)),
        hint="if the fingerprint you were told differs from the one scanned, somebody may be in "
        "between: do not approve it",
    )


def _pin(known_hosts: Path, device: Server, key: ServerKey, *, comment: str, replace: bool) -> None:
    name = host_name(device.address, device.port)

    def stays(entry: Entry | None) -> bool:
        if entry is None or entry.revoked or entry.names.lower() != name:
            return True
        return entry.key.blob != key.blob and not replace

    rewrite(known_hosts, stays, add=[key.line(name, comment)])
    pending = pending_file(known_hosts)
    if pending.exists():
        rewrite(
            pending,
            lambda e: e is None or e.names.lower() != name or e.key.blob != key.blob,
            add=(),
        )
