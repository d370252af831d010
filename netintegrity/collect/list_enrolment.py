"""Many keys at once: pinned from a list somebody compared at the consoles, and signed."""

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from netintegrity.collect.hostkeys import Entry, HostKeys, ServerKey, host_name
from netintegrity.collect.key_list import KeyRow
from netintegrity.collect.key_marks import approved_for
from netintegrity.collect.known_hosts_file import Server, pending_file, rewrite, serials_of


class Outcome(StrEnum):
    """What became of one row of a list of keys."""

    PINNED = "pinned"
    KNOWN = "known"
    """Pinned already, and compared."""
    NO_DEVICE = "no-device"
    NOT_SEEN = "not-seen"
    """Only its fingerprint is listed, and no scan has seen the key."""
    CONFLICT = "conflict"
    """Another key is pinned, which the list does not name."""
    OTHER_SERIAL = "other-serial"
    """It is the key of another box than the inventory expects."""
    REVOKED = "revoked"

    @property
    def is_done(self) -> bool:
        """True if the device is known by this key now."""
        return self in {Outcome.PINNED, Outcome.KNOWN}


def enrol(
    known_hosts: Path, servers: Iterable[Server], rows: Sequence[KeyRow], *, replace: bool = False
) -> tuple[Outcome, ...]:
    """Pin the keys of a list that was compared and signed; return what became of each row.

    What can be pinned is written in one go; what cannot leaves no trace.

    Args:
        known_hosts: the site's; made if absent.
        servers: of the site.
        rows: whoever calls this has made sure whose word they are.
        replace: drop keys that are pinned for such a server alone and not in the list.
    """
    named = {s.name: s for s in servers}
    pinned, waiting = HostKeys.read(known_hosts), HostKeys.read(pending_file(known_hosts))
    keys = [_listed(row, named.get(row.name), pinned, waiting) for row in rows]
    listed: dict[str, set[bytes]] = {}
    for row, key in zip(rows, keys, strict=True):
        listed.setdefault(row.name, set()).update({key.blob} if key else ())
    outcomes: list[Outcome] = []
    add: list[str] = []
    dropped: set[int] = set()
    for row, key in zip(rows, keys, strict=True):
        server = named.get(row.name)
        outcome = _outcome(row, key, server, pinned, None if replace else listed[row.name])
        outcomes.append(outcome)
        if outcome is Outcome.PINNED and server is not None and key is not None:
            serials = {row.serial} if row.serial else serials_of(server)
            add.append(key.line(host_name(server.address, server.port), approved_for(serials)))
            unlisted = _unlisted(pinned, server, listed[row.name]) if replace else ()
            dropped |= {e.line for e in (*_alone(pinned, server, {key.blob}), *unlisted)}
    if add:
        rewrite(known_hosts, lambda e: e is None or e.line not in dropped, add=add)
    return tuple(outcomes)


def _alone(pinned: HostKeys, server: Server, keys: Collection[bytes]) -> list[Entry]:
    """Return the lines that pin one of ``keys`` for this server and no other."""
    name = host_name(server.address, server.port)
    found = pinned.of(server.address, server.port)
    return [e for e in found if not e.revoked and e.names.lower() == name and e.key.blob in keys]


def _unlisted(pinned: HostKeys, server: Server, listed: Collection[bytes]) -> list[Entry]:
    others = {e.key.blob for e in pinned.of(server.address, server.port)} - set(listed)
    return _alone(pinned, server, others)


def _listed(
    row: KeyRow, server: Server | None, pinned: HostKeys, waiting: HostKeys
) -> ServerKey | None:
    """Return the key a row is about; None: nobody has it."""
    if row.key is not None or server is None:
        return row.key
    seen = (*pinned.of(server.address, server.port), *waiting.of(server.address, server.port))
    return next((e.key for e in seen if e.key.fingerprint == row.fingerprint), None)


def _outcome(
    row: KeyRow,
    key: ServerKey | None,
    server: Server | None,
    pinned: HostKeys,
    listed: Collection[bytes] | None,
) -> Outcome:
    if server is None:
        return Outcome.NO_DEVICE
    if key is None:
        return Outcome.NOT_SEEN
    if pinned.is_revoked(server.address, server.port, key):
        return Outcome.REVOKED
    expected = serials_of(server)
    if row.serial is not None and expected and row.serial not in expected:
        return Outcome.OTHER_SERIAL
    here = [e for e in pinned.of(server.address, server.port) if not e.revoked]
    if listed is not None and any(e.key.blob not in listed for e in here):
        return Outcome.CONFLICT
    same = [e for e in here if e.key.blob == key.blob]
    stated = frozenset({row.serial}) if row.serial else expected
    if any(not e.is_first_use and (not stated or e.serials == stated) for e in same):
        return Outcome.KNOWN
    return Outcome.PINNED
