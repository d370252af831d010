"""The ways an ssh_config leads, walked over real OpenSSH servers."""

import contextlib
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from netintegrity.cli import main
from netintegrity.collect.control_master import is_alive, ride
from netintegrity.errors import UnreachableError
from tests.loopback.openssh import Keys, Sshd, needs_sshd
from tests.loopback.test_jump_hosts import Chain, chain

pytestmark = needs_sshd


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


class Run:
    """A site with one device, and an operator with a home of their own."""

    def __init__(
        self, folder: Path, made: Chain, monkeypatch: pytest.MonkeyPatch, *, address: str = "box"
    ) -> None:
        self.folder, self.made = folder, made
        self.home, self.site = folder / "home", folder / "site"
        (self.home / ".ssh").mkdir(parents=True, mode=0o700)
        self.site.mkdir()
        (self.site / "hosts.yaml").write_text(
            f"r1: {{hostname: {address}, platform: cisco_iosxe, data: {{credential: ro}}}}\n"
        )
        (self.site / "known_hosts").write_text(
            made.keys.server_key("target").line(made.target.name) + "\n"
        )
        self.jump_keys = self.home / ".ssh" / "known_jump"
        self.jump_keys.write_text(
            "".join(made.keys.server_key("jump").line(j.name) + "\n" for j in made.jumps)
        )
        self.jump_keys.chmod(0o600)
        self.config = self.home / ".ssh" / "config"
        monkeypatch.setenv("HOME", str(self.home))
        monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
        monkeypatch.setenv("NETINTEGRITY_STATE", str(folder / "state"))
        monkeypatch.setenv("NETINTEGRITY_RO_KEY_FILE", str(made.keys.path("login")))
        monkeypatch.setenv("NETINTEGRITY_RO_HOSTS", "127.0.0.0/8")

    def jumps(self, *names: str, control: Path | None = None) -> str:
        held = f"  ControlPath {control}\n" if control else ""
        return "".join(
            f"Host {name}\n  HostName 127.0.0.1\n  Port {jump.port}\n  User root\n"
            f"  IdentityFile {self.made.keys.path('login')}\n"
            f"  UserKnownHostsFile {self.jump_keys}\n{held}"
            for name, jump in zip(names, self.made.jumps, strict=True)
        )

    def box(self, *lines: str) -> str:
        return (
            f"Host box\n  HostName 127.0.0.1\n  Port {self.made.target.port}\n  User root\n"
            + "".join(f"  {line}\n" for line in lines)
        )

    def collect(self, text: str, *options: str, mode: int = 0o600) -> int:
        self.config.write_text(text)
        self.config.chmod(mode)
        return main(
            [
                "collect",
                "-i",
                str(self.site),
                "--ssh-config",
                str(self.config),
                "--output",
                str(self.folder / "run"),
                "--connect-timeout",
                "10",
                *options,
            ]
        )

    def first_answer(self) -> str:
        (stored,) = (self.folder / "run" / "evidence").iterdir()
        document = json.loads(stored.read_bytes())
        if document["failure"] is not None:
            return str(document["failure"]["detail"])
        return str(document["exchanges"][0]["output"])


ANSWER = "Version 17.09.04a\n"


@pytest.mark.parametrize("hops", [0, 1, 2])
def test_a_chain_of_jump_hosts_is_walked(
    tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch, hops: int
) -> None:
    names = [f"jump{n}" for n in range(hops)]
    with chain(tmp_path, keys, hops) as made:
        run = Run(tmp_path, made, monkeypatch)
        way = [f"ProxyJump {','.join(names)}"] if names else []
        run.collect(run.box(*way) + run.jumps(*names))
        assert run.first_answer() == ANSWER
        assert [j.logins() for j in made.jumps] == [1] * hops


def test_a_jump_host_has_a_way_of_its_own(
    tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    with chain(tmp_path, keys, 2) as made:
        run = Run(tmp_path, made, monkeypatch)
        text = run.box("ProxyJump inner") + run.jumps("outer", "inner")
        run.collect(text.replace("Host inner\n", "Host inner\n  ProxyJump outer\n"))
        assert run.first_answer() == ANSWER
        assert [j.logins() for j in made.jumps] == [1, 1]


def test_a_jump_host_of_the_config_is_held_to_its_pinned_key(
    tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    with chain(tmp_path, keys, 1) as made:
        run = Run(tmp_path, made, monkeypatch)
        loose = "Host *\n  StrictHostKeyChecking no\n"
        run.jump_keys.write_text(keys.server_key("other").line(made.jumps[0].name) + "\n")
        run.collect(run.box("ProxyJump jump0") + run.jumps("jump0") + loose)
        assert "jump host jump0" in run.first_answer()
        assert "pinned is" in run.first_answer()
        assert made.jumps[0].attempts() == 0


@pytest.mark.parametrize(
    "text", ["ProxyJump box", "ProxyJump a", "ProxyJump a b", "ProxyJump -x/y"]
)
def test_a_way_that_cannot_be_followed_is_usage(
    tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    with chain(tmp_path, keys, 0) as made:
        run = Run(tmp_path, made, monkeypatch)
        circle = "Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n"
        assert run.collect(run.box(text) + circle) == 2
        assert not (tmp_path / "run").exists()


def test_a_program_is_run_only_where_it_was_allowed_by_name(
    tmp_path: Path,
    keys: Keys,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with chain(tmp_path, keys, 0) as made:
        run = Run(tmp_path, made, monkeypatch)
        sentinel = tmp_path / "ran"
        carrier = tmp_path / "carrier"
        carrier.write_text(
            "#!/usr/bin/python3\n"
            "import os, pathlib, socket, sys, threading\n"
            f"pathlib.Path({str(sentinel)!r}).write_text(' '.join(sorted(os.environ)))\n"
            "s = socket.create_connection((sys.argv[1], int(sys.argv[2])))\n"
            "def up():\n"
            "    while d := os.read(0, 65536): s.sendall(d)\n"
            "threading.Thread(target=up, daemon=True).start()\n"
            "while d := s.recv(65536): os.write(1, d)\n"
        )
        carrier.chmod(0o700)
        text = run.box(f"ProxyCommand {carrier} %h %p")
        assert run.collect(text) == 2
        assert "--allow-proxy-command" in capsys.readouterr().err
        assert run.collect(text, "--allow-proxy-command", mode=0o644) == 2
        assert not sentinel.exists()
        monkeypatch.setenv("NETINTEGRITY_OTHER_PASSWORD", "canary-in-the-environment")
        run.collect(text, "--allow-proxy-command")
        assert run.first_answer() == ANSWER
        assert "NETINTEGRITY" not in sentinel.read_text()


@pytest.mark.parametrize(
    "command",
    [
        "nc %h %p",
        "./nc %h %p",
        "/usr/bin/nc %h %p; touch {s}",
        "/usr/bin/nc %h %p | tee {s}",
        "/bin/sh -c $(touch {s})",
        "/bin/echo `touch {s}`",
        "/absent/program %h",
        "/bin/echo 'unclosed",
    ],
)
def test_a_program_that_needs_a_shell_is_refused(
    tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    with chain(tmp_path, keys, 0) as made:
        run = Run(tmp_path, made, monkeypatch)
        sentinel = tmp_path / "ran"
        text = run.box(f"ProxyCommand {command.format(s=sentinel)}")
        assert run.collect(text, "--allow-proxy-command") == 2
        assert not sentinel.exists()


@contextmanager
def master(folder: Path, keys: Keys, jump: Sshd) -> Iterator[Path]:
    """A session on a jump host that OpenSSH holds open."""
    path = folder / "cm"
    known = folder / "known"
    known.write_text(keys.server_key("jump").line(jump.name) + "\n")
    process = subprocess.Popen(
        [
            "ssh",
            "-F",
            "none",
            "-N",
            "-M",
            "-S",
            str(path),
            "-i",
            str(keys.path("login")),
            "-o",
            f"UserKnownHostsFile={known}",
            "-p",
            str(jump.port),
            "root@127.0.0.1",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(500):
            if path.exists():
                break
            time.sleep(0.02)
        yield path
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.parametrize("stated_by", ["ssh_config", "site"])
def test_a_session_that_openssh_holds_open_is_ridden(
    tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch, stated_by: str
) -> None:
    with chain(tmp_path, keys, 1) as made, master(tmp_path, keys, made.jumps[0]) as path:
        run = Run(tmp_path, made, monkeypatch)
        jumps = run.jumps("bastion").replace(
            "Host bastion\n", f"Host bastion\n  ControlPath {path}\n"
        )
        # Nothing of ours could log in there: whoever rides needs no login.
        jumps = jumps.replace(str(keys.path("login")), str(tmp_path / "absent"))
        if stated_by == "site":
            (run.site / "jump_hosts.yaml").write_text(
                f"bastion: {{hostname: 127.0.0.1, port: {made.jumps[0].port}, "
                "data: {credential: ro}}\n"
            )
            hosts = run.site / "hosts.yaml"
            hosts.write_text(
                hosts.read_text().replace("credential: ro", "credential: ro, jump: bastion")
            )
            run.collect(run.box() + jumps)
        else:
            run.collect(run.box("ProxyJump bastion") + jumps)
        assert run.first_answer() == ANSWER
        assert made.jumps[0].logins() == 1
        assert made.target.logins() == 1


def test_a_device_behind_a_ridden_session_is_judged_by_its_own_key(
    tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    with chain(tmp_path, keys, 1) as made, master(tmp_path, keys, made.jumps[0]) as path:
        run = Run(tmp_path, made, monkeypatch)
        (run.site / "known_hosts").write_text(
            keys.server_key("other").line(made.target.name) + "\n"
        )
        jumps = run.jumps("bastion").replace(
            "Host bastion\n", f"Host bastion\n  ControlPath {path}\n"
        )
        run.collect(run.box("ProxyJump bastion") + jumps)
        assert "pinned is" in run.first_answer()
        assert made.target.attempts() == 0


def test_where_nobody_holds_a_session_open_we_log_in_ourselves(
    tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    with chain(tmp_path, keys, 1) as made:
        run = Run(tmp_path, made, monkeypatch)
        jumps = run.jumps("bastion", control=tmp_path / "none-%C")
        run.collect(run.box("ProxyJump bastion") + jumps)
        assert run.first_answer() == ANSWER
        assert made.jumps[0].logins() == 1


def test_a_master_says_why_there_is_no_connection(tmp_path: Path, keys: Keys) -> None:
    with chain(tmp_path, keys, 1) as made, master(tmp_path, keys, made.jumps[0]) as path:
        assert is_alive(path)
        with pytest.raises(UnreachableError, match="Session open refused by peer"):
            ride(path, "127.0.0.1", 1, timeout_s=10)
        stream = ride(path, "127.0.0.1", made.target.port, timeout_s=10)
        stream.settimeout(10)
        assert stream.recv(8) == b"SSH-2.0-"
        stream.close()
    assert not is_alive(path)


ODD: Sequence[bytes] = (
    b"",
    b"\0\0\0\x08" + b"\0\0\0\x01" + b"\0\0\0\x03",
    b"\0\0\0\x08" + b"\0\0\0\x02" + b"\0\0\0\x04",
    b"\xff\xff\xff\xff",
    b"\0\0\0\0",
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"\0\0\0\x08\0\0\0\x01\0\0\0\x04" + b"\0\0\0\x04\x80\0\0\x03",
    b"\0\0\0\x08\0\0\0\x01\0\0\0\x04" + b"\0\0\0\x0c\x80\0\0\x03\0\0\0\x01\xff\xff\xff\xff",
)


@pytest.mark.parametrize("said", ODD)
def test_a_socket_that_is_no_master_is_unreachable_and_no_fault(
    tmp_path: Path, said: bytes
) -> None:
    path = tmp_path / "sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def serve() -> None:
            client, _ = listener.accept()
            with client, contextlib.suppress(OSError):
                client.sendall(said)
                client.recv(4096)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with pytest.raises(UnreachableError):
            ride(path, "192.0.2.1", 22, timeout_s=2)
        thread.join(5)


def test_a_socket_others_can_reach_is_not_ridden(tmp_path: Path, keys: Keys) -> None:
    with chain(tmp_path, keys, 1) as made, master(tmp_path, keys, made.jumps[0]) as path:
        path.chmod(0o666)
        assert not is_alive(path)
        path.chmod(0o600)
        link = tmp_path / "link"
        link.symlink_to(path)
        assert not is_alive(link)
        os.chown(path, 12345, 12345)
        assert not is_alive(path)
