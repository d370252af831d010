"""No secret is ever offered to a key that is not pinned."""

import socket
import threading
import time
from dataclasses import replace

import pytest

from netintegrity.collect.enrolment import shown_key
from netintegrity.collect.hostkeys import HostKeys
from netintegrity.errors import (
    CollectionError,
    HostKeyChangedError,
    HostKeyUnknownError,
    LegacySshOnlyError,
    UnreachableError,
)
from netintegrity.model.evidence import HostKeyStatus
from tests.loopback.box import (
    LIMITS,
    OTHER_KEY,
    PLATFORM,
    RSA_KEY,
    SERVER_KEY,
    Box,
    device,
    factory,
    listening,
    pins,
    server_key,
    session_on,
)


def refused(box: Box, keys: HostKeys) -> CollectionError:
    with pytest.raises(CollectionError) as caught, factory(keys)(device(box.port), PLATFORM):
        pass
    return caught.value


def test_a_pinned_key_is_matched() -> None:
    box = Box()
    with session_on(box) as session:
        assert session.host_key_status is HostKeyStatus.MATCHED
        assert session.host_key_fingerprint == server_key(SERVER_KEY).fingerprint
    assert box.logins == 1


def test_a_key_approved_unseen_says_so() -> None:
    mark = "# netintegrity: first-use 2026-01-01T00:00:00Z reason=no console"
    with listening(Box()) as box:
        keys = pins(box.port, SERVER_KEY, comment=mark)
        with factory(keys)(device(box.port), PLATFORM) as session:
            assert session.host_key_status is HostKeyStatus.FIRST_USE


def test_an_unknown_key_is_offered_nothing() -> None:
    with listening(Box()) as box:
        assert type(refused(box, pins(box.port))) is HostKeyUnknownError
    assert box.passwords == []


def test_a_changed_key_is_offered_nothing() -> None:
    with listening(Box()) as box:
        assert type(refused(box, pins(box.port, OTHER_KEY))) is HostKeyChangedError
    assert box.passwords == []


def test_a_revoked_key_is_offered_nothing_even_where_it_is_pinned_too() -> None:
    with listening(Box()) as box:
        pinned = pins(box.port, SERVER_KEY).entries
        revoked = pins(box.port, SERVER_KEY, prefix="@revoked ").entries
        assert type(refused(box, HostKeys((*pinned, *revoked)))) is HostKeyChangedError
    assert box.passwords == []


def test_a_key_of_another_port_is_not_this_ones() -> None:
    with listening(Box()) as box:
        line = server_key(SERVER_KEY).line("127.0.0.1").encode()
        keys = HostKeys.parse(line, name="known_hosts")
        assert type(refused(box, keys)) is HostKeyUnknownError


def test_a_server_of_two_keys_connects_with_the_one_that_is_pinned() -> None:
    box = Box(keys=(SERVER_KEY, RSA_KEY))
    with session_on(box, pinned=(RSA_KEY,)) as session:
        assert session.host_key_fingerprint == server_key(RSA_KEY).fingerprint


def test_a_scan_reads_the_key_and_logs_in_nowhere() -> None:
    with listening(Box()) as box:
        assert shown_key("127.0.0.1", box.port, timeout_s=2.0) == server_key(SERVER_KEY)
    assert box.passwords == []


def test_a_server_that_speaks_only_what_we_do_not_is_named_legacy() -> None:
    with listening(Box(ciphers=("aes128-cbc",))) as box:
        assert type(refused(box, pins(box.port, SERVER_KEY))) is LegacySshOnlyError
        assert box.passwords == []
        marked = device(box.port, tags=frozenset({"ssh=legacy"}))
        with factory(pins(box.port, SERVER_KEY))(marked, PLATFORM) as session:
            assert session.host_key_status is HostKeyStatus.MATCHED


def test_a_closed_port_is_unreachable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert type(refused(Box(port=port), pins(port, SERVER_KEY))) is UnreachableError


def silent(listener: socket.socket, held: list[socket.socket]) -> None:
    while True:
        try:
            held.append(listener.accept()[0])
        except OSError:
            return


def test_a_device_that_never_speaks_fails_within_the_limit() -> None:
    held: list[socket.socket] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        threading.Thread(target=silent, args=(listener, held), daemon=True).start()
        port = listener.getsockname()[1]
        began = time.monotonic()
        quick = replace(LIMITS, connect_timeout_s=1.0)
        opened = factory(pins(port, SERVER_KEY), limits=quick)
        with pytest.raises(UnreachableError), opened(device(port), PLATFORM):
            pass
        took = time.monotonic() - began
        listener.shutdown(socket.SHUT_RDWR)
    for sock in held:
        sock.close()
    assert took < 2.0
    # It took the whole limit, so it was not tried a second time.
    assert len(held) == 1
