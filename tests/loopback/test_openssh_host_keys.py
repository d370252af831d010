"""Every row of what known_hosts may say, against real OpenSSH servers, directly and behind hops.

The whole table behind three jump hosts is part of the long proof.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from netintegrity.collect.hostkeys import HostKeys
from netintegrity.collect.ssh import open_session_factory
from netintegrity.errors import CollectionError, HostKeyChangedError, HostKeyUnknownError
from netintegrity.model.evidence import HostKeyStatus
from tests.loopback.box import PLATFORM, VERSION
from tests.loopback.openssh import LIMITS, Keys, Sshd, by_key, keygen, needs_sshd, sshd
from tests.loopback.test_jump_hosts import Chain

pytestmark = needs_sshd


@dataclass
class Bench:
    """Servers that are kept for all rows: three jump hosts, and devices of several kinds."""

    keys: Keys
    jumps: list[Sshd]
    devices: dict[str, Sshd]


def certify(
    keys: Keys,
    name: str,
    *,
    kind: str = "ed25519",
    by: str = "ca",
    principals: str = "127.0.0.1",
    valid: str = "-1h:+1h",
) -> Path:
    """Make a host key with a certificate beside it."""
    path = keys.path(name, kind)
    named = ["-n", principals] if principals else []
    words = ["-q", "-s", str(keys.path(by)), "-I", name, "-h", *named, "-V", valid]
    keygen(*words, f"{path}.pub")
    return path


CERTIFIED = {
    "certified": {},
    "certified-rsa": {"kind": "rsa"},
    "certified-ecdsa": {"kind": "ecdsa"},
    "by-rsa-authority": {"by": "rsa-ca"},
    "by-a-stranger": {"by": "other-ca"},
    "wildcard": {"principals": "127.0.*"},
    "of-another": {"principals": "192.0.2.1,r9.example.net"},
    "of-nobody": {"principals": ""},
    "expired": {"valid": "20200101:20210101"},
    "not-yet": {"valid": "20990101:20990201"},
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("bench")
    keys = Keys(tmp_path_factory.mktemp("keys"))
    keys.path("rsa-ca", "rsa")
    login = keys.path("login")
    with ExitStack() as stack:

        def serve(*host_keys: Path, options: tuple[str, ...] = ()) -> Sshd:
            return stack.enter_context(
                sshd(folder, host_keys=host_keys, login=login, options=options)
            )

        jumps = [serve(keys.path("jump")) for _ in range(3)]
        devices = {
            "plain": serve(keys.path("target")),
            "two-keys": serve(keys.path("target"), keys.path("target-rsa", "rsa")),
        }
        for name, said in CERTIFIED.items():
            path = certify(keys, name, **said)
            devices[name] = serve(path, options=(f"HostCertificate {path}-cert.pub",))
        yield Bench(keys, jumps, devices)


Lines = Callable[[Keys, Sshd], list[str]]


def hashed(names: str, folder: Path, line: str) -> str:
    file = folder / "hashed"
    file.write_text(line + "\n")
    keygen("-H", "-f", str(file))
    assert names not in file.read_text()
    return file.read_text().strip()


def of(keys: Keys, name: str, names: str, marker: str = "") -> str:
    return marker + keys.server_key(name).line(names)


def by_authority(keys: Keys, _: Sshd) -> list[str]:
    return [of(keys, "ca", "*", "@cert-authority ")]


OK = None
ROWS: dict[str, tuple[str, Lines, type[CollectionError] | None]] = {
    "plain": ("plain", lambda k, s: [of(k, "target", s.name)], OK),
    "hashed": ("plain", lambda k, s: [hashed(s.name, k.folder, of(k, "target", s.name))], OK),
    "several names": ("plain", lambda k, s: [of(k, "target", f"r1,{s.name},192.0.2.1")], OK),
    "wildcard": ("plain", lambda k, s: [of(k, "target", f"[127.0.0.*]:{s.port}")], OK),
    "any host": ("plain", lambda k, _: [of(k, "target", "*")], OK),
    "negated": (
        "plain",
        lambda k, s: [of(k, "target", f"*,!{s.name}")],
        HostKeyUnknownError,
    ),
    "the rsa key of two": ("two-keys", lambda k, s: [of(k, "target-rsa", s.name)], OK),
    "both keys of two": (
        "two-keys",
        lambda k, s: [of(k, "target-rsa", s.name), of(k, "target", s.name)],
        OK,
    ),
    "the keys of two route processors": (
        "plain",
        lambda k, s: [of(k, "other", s.name), of(k, "target", s.name)],
        OK,
    ),
    "garbage beside it": (
        "plain",
        lambda k, s: [
            "garbage",
            "\x00\xff",
            f"{s.name} ssh-ed25519 AAAA",
            "@odd marker here",
            of(k, "target", s.name),
        ],
        OK,
    ),
    "another revoked": (
        "plain",
        lambda k, s: [of(k, "other", "*", "@revoked "), of(k, "target", s.name)],
        OK,
    ),
    "wrong key": ("plain", lambda k, s: [of(k, "other", s.name)], HostKeyChangedError),
    "another kind of key": (
        "plain",
        lambda k, s: [of(k, "target-rsa", s.name)],
        HostKeyChangedError,
    ),
    "revoked and pinned": (
        "plain",
        lambda k, s: [of(k, "target", s.name), of(k, "target", "*", "@revoked ")],
        HostKeyChangedError,
    ),
    "bare name, other port": (
        "plain",
        lambda k, _: [of(k, "target", "127.0.0.1")],
        HostKeyUnknownError,
    ),
    "other port": ("plain", lambda k, _: [of(k, "target", "[127.0.0.1]:9")], HostKeyUnknownError),
    "other host": (
        "plain",
        lambda k, s: [of(k, "target", f"[127.0.0.2]:{s.port}")],
        HostKeyUnknownError,
    ),
    "nothing": ("plain", lambda *_: [], HostKeyUnknownError),
    "garbage alone": ("plain", lambda *_: ["garbage"], HostKeyUnknownError),
    "authority": ("certified", lambda k, s: [of(k, "ca", s.name, "@cert-authority ")], OK),
    "authority of any host": ("certified", by_authority, OK),
    "authority, rsa key": (
        "certified-rsa",
        by_authority,
        OK,
    ),
    "authority, ecdsa key": (
        "certified-ecdsa",
        by_authority,
        OK,
    ),
    "authority with an rsa key": (
        "by-rsa-authority",
        lambda k, _: [of(k, "rsa-ca", "*", "@cert-authority ")],
        OK,
    ),
    "certificate for a pattern": (
        "wildcard",
        by_authority,
        OK,
    ),
    "certified and pinned itself": (
        "expired",
        lambda k, s: [of(k, "expired", s.name), of(k, "ca", "*", "@cert-authority ")],
        OK,
    ),
    "authority for another host": (
        "certified",
        lambda k, _: [of(k, "ca", "192.0.2.*", "@cert-authority ")],
        HostKeyUnknownError,
    ),
    "authority whose host shows a bare key": (
        "plain",
        by_authority,
        HostKeyUnknownError,
    ),
    "the key of an authority as a host key": (
        "plain",
        lambda k, s: [of(k, "target", s.name, "@cert-authority ")],
        HostKeyUnknownError,
    ),
    "authority revoked": (
        "certified",
        lambda k, _: [of(k, "ca", "*", "@cert-authority "), of(k, "ca", "*", "@revoked ")],
        HostKeyChangedError,
    ),
    "certified key revoked": (
        "certified",
        lambda k, _: [of(k, "ca", "*", "@cert-authority "), of(k, "certified", "*", "@revoked ")],
        HostKeyChangedError,
    ),
    "authority of a stranger": (
        "by-a-stranger",
        by_authority,
        HostKeyChangedError,
    ),
    "certificate of another host": (
        "of-another",
        by_authority,
        HostKeyChangedError,
    ),
    "certificate of no host by name": (
        "of-nobody",
        by_authority,
        HostKeyChangedError,
    ),
    "certificate that expired": (
        "expired",
        by_authority,
        HostKeyUnknownError,
    ),
    "certificate of the future": (
        "not-yet",
        by_authority,
        HostKeyUnknownError,
    ),
}


def asked(bench: Bench, row: str, hops: int) -> None:
    kind, lines, expected = ROWS[row]
    target = bench.devices[kind]
    made = Chain(bench.jumps[:hops], target, bench.keys)
    pinned = [bench.keys.server_key("jump").line(j.name) for j in made.jumps]
    text = "\n".join([*pinned, *lines(bench.keys, target)])
    login = by_key(bench.keys.path("login"))
    opened = open_session_factory(
        host_keys=HostKeys.parse(text.encode(), name="known_hosts"),
        credentials=lambda _: login,
        ways=made.ways(),
        limits=LIMITS,
    )
    before = target.attempts()
    with closing(opened):
        if expected is None:
            with opened(made.device(), PLATFORM) as session:
                assert session.host_key_status is HostKeyStatus.MATCHED
                assert session.run(VERSION.request()).complete
            assert target.attempts() > before
            return
        with pytest.raises(CollectionError) as caught, opened(made.device(), PLATFORM):
            pass
    assert type(caught.value) is expected, str(caught.value)
    assert target.attempts() == before, "something was offered to it"


@pytest.mark.parametrize("row", list(ROWS)[::2])
def test_some_rows_directly(bench: Bench, row: str) -> None:
    asked(bench, row, 0)


@pytest.mark.proof
@pytest.mark.parametrize("row", ROWS)
def test_each_row_directly(bench: Bench, row: str) -> None:
    asked(bench, row, 0)


@pytest.mark.parametrize("row", list(ROWS)[1::8])
def test_some_rows_behind_a_jump_host(bench: Bench, row: str) -> None:
    asked(bench, row, 1)


@pytest.mark.proof
@pytest.mark.parametrize("hops", [1, 3])
@pytest.mark.parametrize("row", ROWS)
def test_each_row_behind_jump_hosts(bench: Bench, row: str, hops: int) -> None:
    asked(bench, row, hops)
