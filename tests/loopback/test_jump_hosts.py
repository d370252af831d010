"""Devices behind jump hosts, over real OpenSSH servers: direct, through one, through three."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from netintegrity.cli import main
from netintegrity.collect.hostkeys import HostKeys, ServerKey
from netintegrity.collect.ssh import SshSessions, open_session_factory
from netintegrity.collect.ways import Ways
from netintegrity.errors import (
    AuthenticationError,
    CollectionError,
    CredentialError,
    HostKeyChangedError,
    HostKeyUnknownError,
    UnreachableError,
)
from netintegrity.model.codec import evidence_from_json
from netintegrity.model.device import Device, JumpHost
from tests.loopback.box import PLATFORM, VERSION, device
from tests.loopback.openssh import LIMITS, Keys, Sshd, by_key, needs_sshd, sshd

pytestmark = needs_sshd


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@dataclass
class Chain:
    """A device, and the jump hosts before it, outermost first."""

    jumps: list[Sshd]
    target: Sshd
    keys: Keys

    def ways(self, login: Path | None = None) -> Ways:
        hosts = {}
        for number, server in enumerate(self.jumps):
            hosts[f"jump{number}"] = JumpHost(
                name=f"jump{number}",
                address="127.0.0.1",
                port=server.port,
                credential_ref=f"jump{number}",
                jump=f"jump{number - 1}" if number else None,
            )
        return Ways(
            hosts=hosts, credentials=lambda h: by_key(login or self.keys.path("login"), h.name)
        )

    def device(self) -> Device:
        tags = {f"jump=jump{len(self.jumps) - 1}"} if self.jumps else set()
        return device(self.target.port, tags=frozenset(tags))

    def pinned(self, *lines: str, but: Sshd | None = None) -> HostKeys:
        """Return every server's right key, and ``lines`` for the one left out."""
        right = [self.key_of(s).line(s.name) for s in (*self.jumps, self.target) if s is not but]
        return HostKeys.parse("\n".join([*right, *lines]).encode(), name="known_hosts")

    def key_of(self, server: Sshd) -> ServerKey:
        return self.keys.server_key("target" if server is self.target else "jump")


@contextmanager
def chain(folder: Path, keys: Keys, hops: int) -> Iterator[Chain]:
    with ExitStack() as stack:
        login = keys.path("login")
        jumps = [
            stack.enter_context(sshd(folder, host_keys=[keys.path("jump")], login=login))
            for _ in range(hops)
        ]
        target = stack.enter_context(sshd(folder, host_keys=[keys.path("target")], login=login))
        yield Chain(jumps, target, keys)


def sessions(of: Chain, pinned: HostKeys, ways: Ways | None = None) -> SshSessions:
    login = by_key(of.keys.path("login"))
    return open_session_factory(
        host_keys=pinned, credentials=lambda _: login, ways=ways or of.ways(), limits=LIMITS
    )


def refused(of: Chain, pinned: HostKeys, ways: Ways | None = None) -> CollectionError:
    with closing(sessions(of, pinned, ways)) as opened:
        with pytest.raises(CollectionError) as caught, opened(of.device(), PLATFORM):
            pass
        return caught.value


@pytest.mark.parametrize("hops", [0, 1, 3])
def test_a_device_is_asked_through_its_jump_hosts(tmp_path: Path, keys: Keys, hops: int) -> None:
    with chain(tmp_path, keys, hops) as made, closing(sessions(made, made.pinned())) as opened:
        with opened(made.device(), PLATFORM) as session:
            answer = session.run(VERSION.request())
        assert answer.complete
        assert answer.output == "Version 17.09.04a\n"
        assert session.host_key_fingerprint == keys.server_key("target").fingerprint


def test_ten_devices_share_one_login_to_the_jump_host(tmp_path: Path, keys: Keys) -> None:
    whole: list[bool] = []
    with chain(tmp_path, keys, 2) as made, closing(sessions(made, made.pinned())) as opened:

        def ask() -> None:
            with opened(made.device(), PLATFORM) as session:
                whole.append(session.run(VERSION.request()).complete)

        threads = [threading.Thread(target=ask) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert whole == [True] * 10
        assert [jump.logins() for jump in made.jumps] == [1, 1]
        assert made.target.logins() == 10


@pytest.mark.parametrize("at", [0, 1])
def test_a_jump_host_nobody_pinned_is_offered_nothing(tmp_path: Path, keys: Keys, at: int) -> None:
    with chain(tmp_path, keys, 2) as made:
        error = refused(made, made.pinned(but=made.jumps[at]))
        assert type(error) is HostKeyUnknownError
        assert f"jump host jump{at}" in str(error)
        assert made.jumps[at].attempts() == 0
        assert made.target.attempts() == 0


@pytest.mark.parametrize("at", [0, 1])
def test_a_jump_host_with_another_key_is_offered_nothing(
    tmp_path: Path, keys: Keys, at: int
) -> None:
    with chain(tmp_path, keys, 2) as made:
        jump = made.jumps[at]
        error = refused(made, made.pinned(keys.server_key("other").line(jump.name), but=jump))
        assert type(error) is HostKeyChangedError
        assert f"jump host jump{at}" in str(error)
        assert jump.attempts() == 0


def test_a_device_with_another_key_behind_a_jump_host_is_offered_nothing(
    tmp_path: Path, keys: Keys
) -> None:
    with chain(tmp_path, keys, 1) as made:
        wrong = keys.server_key("other").line(made.target.name)
        assert type(refused(made, made.pinned(wrong, but=made.target))) is HostKeyChangedError
        assert made.target.attempts() == 0


def test_a_refused_login_to_a_jump_host_is_not_tried_again(tmp_path: Path, keys: Keys) -> None:
    with chain(tmp_path, keys, 1) as made:
        ways = made.ways(login=keys.path("stranger"))
        with closing(sessions(made, made.pinned(), ways)) as opened:
            for _ in range(5):
                with (
                    pytest.raises(AuthenticationError, match="jump host jump0"),
                    opened(made.device(), PLATFORM),
                ):
                    pass
        assert made.jumps[0].log.read_text().count("Failed publickey") <= 1


def test_a_device_that_does_not_listen_is_named_with_its_jump_host(
    tmp_path: Path, keys: Keys
) -> None:
    with chain(tmp_path, keys, 1) as made:
        made.target.port = 1
        error = refused(made, made.pinned())
        assert type(error) is UnreachableError
        assert "127.0.0.1 port 1 through jump host jump0" in str(error)
        assert "gets no connection" in str(error)


def test_a_jump_host_that_forwards_nothing_says_so(tmp_path: Path, keys: Keys) -> None:
    with (
        sshd(
            tmp_path,
            host_keys=[keys.path("jump")],
            login=keys.path("login"),
            options=["AllowTcpForwarding no"],
        ) as closed,
        chain(tmp_path, keys, 0) as made,
    ):
        made.jumps.append(closed)
        error = refused(made, made.pinned())
        assert type(error) is UnreachableError
        assert "does not allow that" in str(error)


def test_a_session_on_a_jump_host_that_ends_is_opened_again_and_not_for_ever(
    tmp_path: Path, keys: Keys
) -> None:
    with chain(tmp_path, keys, 1) as made, closing(sessions(made, made.pinned())) as opened:
        for login in (1, 2, 3):
            with opened(made.device(), PLATFORM) as session:
                assert session.run(VERSION.request()).complete
            assert made.jumps[0].logins() == login
            end_the_session(opened)
        with (
            pytest.raises(UnreachableError, match="its session ended 3 times"),
            opened(made.device(), PLATFORM),
        ):
            pass


def end_the_session(opened: SshSessions) -> None:
    """Do to the connection what a restarted jump host does."""
    session = opened._run.jumps._session("jump0")
    assert session._transport is not None
    session._transport.close()


def test_a_credential_that_is_not_for_the_jump_host_is_not_offered_to_it(
    tmp_path: Path, keys: Keys
) -> None:
    def nothing(host: JumpHost) -> object:
        raise CredentialError("not for here", where=host.name)

    with chain(tmp_path, keys, 1) as made:
        ways = Ways(hosts=made.ways().hosts, credentials=nothing)  # type: ignore[arg-type]
        with (
            closing(sessions(made, made.pinned(), ways)) as opened,
            pytest.raises(CredentialError, match="jump0"),
            opened(made.device(), PLATFORM),
        ):
            pass
        assert made.jumps[0].attempts() == 0


def test_the_commands_walk_the_way_a_site_states(
    tmp_path: Path,
    keys: Keys,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for ref in ("RO", "BASTION"):
        monkeypatch.setenv(f"NETINTEGRITY_{ref}_USERNAME", "root")
        monkeypatch.setenv(f"NETINTEGRITY_{ref}_KEY_FILE", str(keys.path("login")))
        monkeypatch.setenv(f"NETINTEGRITY_{ref}_HOSTS", "127.0.0.0/8")
    monkeypatch.setenv("NETINTEGRITY_STATE", str(tmp_path / "state"))
    with chain(tmp_path, keys, 1) as made:
        (jump,), target = made.jumps, made.target
        site = tmp_path / "site"
        site.mkdir()
        (site / "jump_hosts.yaml").write_text(
            f"bastion: {{hostname: 127.0.0.1, port: {jump.port}, data: {{credential: bastion}}}}\n"
        )
        (site / "hosts.yaml").write_text(
            f"r1: {{hostname: 127.0.0.1, port: {target.port}, platform: cisco_iosxe, "
            "data: {credential: ro, jump: bastion}}\n"
        )
        here = ("-i", str(site))
        # Nothing is pinned: the jump host shows its key, and what is behind it stays out of reach.
        assert main(["hostkeys", "scan", *here]) == 3
        assert "r1: jump host bastion" in capsys.readouterr().err
        for name, key in (("bastion", "jump"), ("r1", "target")):
            assert main(["hostkeys", "scan", name, *here]) == 0
            fingerprint = keys.server_key(key).fingerprint
            assert main(["hostkeys", "approve", name, fingerprint, *here]) == 0
        run = tmp_path / "run"
        capsys.readouterr()
        main(["collect", *here, "--output", str(run)])
        assert jump.logins() == 2
        assert target.logins() == 1
    (stored,) = (run / "evidence").iterdir()
    evidence = evidence_from_json(stored.read_bytes(), name="r1")
    assert evidence.failure is None
    assert evidence.exchanges[0].output == "Version 17.09.04a\n"
