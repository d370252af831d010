"""What an ssh_config says of a host, held against OpenSSH's own reading of the same file."""

import getpass
import os
import subprocess
from pathlib import Path

import pytest

from netintegrity.collect.ssh_config import HostConfig, SshConfig
from netintegrity.errors import ConfigError
from tests.adversary.peers import needs

CONFIG = """\
# comment
IdentityFile ~/.ssh/first
Host r1 r2
    HostName 192.0.2.1
    Port=2222
    User "audit"
Host *.example.net !r9.example.net
    User = net
    ProxyJump admin@bastion:2022,inner
Host r9.example.net
    HostName %h.invalid
Match originalhost m1,m2
    HostName 192.0.2.7
Match host 192.0.2.7
    User matched
Match !originalhost *
    User never
Host bastion
    UserKnownHostsFile ~/.ssh/known_jump /etc/ssh/known
    ControlPath ~/.ssh/cm-%r@%h:%p
    IdentityAgent none
Host hashed
    ControlPath /run/cm-%C
Host first-jump
    ProxyJump bastion
    ProxyCommand /usr/bin/nc %h %p
Host first-command
    ProxyCommand /usr/bin/nc %h %p
    ProxyJump bastion
Host none
    ProxyJump none
    ProxyCommand none
Host *
    User everybody
    Port 23
    IdentityFile ~/.ssh/id_%r
"""
NAMES = [
    "r1",
    "R2",
    "r3",
    "a.example.net",
    "r9.example.net",
    "m1",
    "bastion",
    "hashed",
    "first-jump",
    "first-command",
    "none",
    "192.0.2.7",
]


def read(tmp_path: Path, text: str, mode: int = 0o600) -> SshConfig:
    file = tmp_path / "config"
    file.write_text(text)
    file.chmod(mode)
    return SshConfig.read(file, home=Path.home())


def of(tmp_path: Path, text: str, name: str) -> HostConfig:
    return read(tmp_path, text).of(name)


def as_openssh_reads_it(file: Path, name: str) -> dict[str, list[str]]:
    """Return what ``ssh -G`` prints: keywords in lower case, each with its values."""
    done = subprocess.run(
        ["ssh", "-G", "-F", str(file), name], check=True, capture_output=True, text=True, timeout=20
    )
    found: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        keyword, _, value = line.partition(" ")
        found.setdefault(keyword, []).append(value)
    return found


@needs("ssh")
@pytest.mark.parametrize("name", NAMES)
def test_every_value_is_the_one_openssh_takes(tmp_path: Path, name: str) -> None:
    ours = of(tmp_path, CONFIG, name)
    theirs = as_openssh_reads_it(tmp_path / "config", name)
    assert ours.address == theirs["hostname"][0]
    assert str(ours.port) == theirs["port"][0]
    assert ours.user == theirs["user"][0]
    # ssh -G leaves the tilde and the tokens of this one as they are written.
    written = [f.replace("~", str(Path.home())) for f in theirs["identityfile"]]
    written = [f.replace("%r", str(ours.user)) for f in written]
    assert [str(f) for f in ours.identity_files] == written
    jump = theirs.get("proxyjump", ["none"])[0]
    assert ",".join(ours.proxy_jump) == ("" if jump == "none" else jump)
    command = theirs.get("proxycommand", ["none"])[0]
    assert (ours.proxy_command[0] if ours.proxy_command else "none") == command
    control = theirs.get("controlpath", ["none"])[0]
    if "%" not in control:
        assert str(ours.control_path or "none") == control
    if ours.known_hosts:
        known = [f.replace("~", str(Path.home())) for f in theirs["userknownhostsfile"][0].split()]
        assert [str(f) for f in ours.known_hosts] == known


def test_an_included_file_counts_under_what_surrounds_it(tmp_path: Path) -> None:
    (tmp_path / "inner").write_text("Host r2\n  Port 2\nHost *\n  Port 3\n")
    text = f"Host r1 r2\n  Include {tmp_path}/inn*\n  User u\nHost *\n  Port 4\n"
    config = read(tmp_path, text)
    assert [config.of(n).port for n in ("r1", "r2", "r3")] == [3, 2, 4]
    assert config.of("r1").user == "u"
    if (tmp_path / "config").exists():
        for name in ("r1", "r2", "r3"):
            theirs = as_openssh_reads_it(tmp_path / "config", name)
            assert str(config.of(name).port) == theirs["port"][0]


def test_includes_without_end_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="files deep"):
        read(tmp_path, f"Include {tmp_path}/config\n")


def test_an_include_of_nothing_is_nothing(tmp_path: Path) -> None:
    assert of(tmp_path, f"Include {tmp_path}/absent*\nPort 2\n", "r1").port == 2


@pytest.mark.parametrize(
    "text",
    [
        'Match exec "touch {sentinel}"\n  User evil\n',
        "Match canonical\n  Port 2\n",
        "Match final all\n  Port 2\n",
        "Match tagged x\n  Port 2\n",
        "Match host\n  Port 2\n",
        "nonsense\n",
        "Port\n",
        "Host\n",
    ],
)
def test_what_would_have_to_be_run_or_asked_is_refused_with_its_line(
    tmp_path: Path, text: str
) -> None:
    sentinel = tmp_path / "ran"
    with pytest.raises(ConfigError, match=r"config:2"):
        read(tmp_path, "# first\n" + text.format(sentinel=sentinel)).of("r1")
    assert not sentinel.exists()


@pytest.mark.parametrize(
    "text",
    [
        "Port x\n",
        "Port 0\n",
        "Port 65536\n",
        "CanonicalizeHostname yes\n",
        "HostKeyAlias other\n",
        "ProxyUseFdpass yes\n",
    ],
)
def test_a_value_that_cannot_be_followed_is_refused_where_it_counts(
    tmp_path: Path, text: str
) -> None:
    config = read(tmp_path, f"Host r1\n  {text}Host r2\n  Port 22\n")
    assert config.of("r2").port == 22
    with pytest.raises(ConfigError, match=r"config:2"):
        config.of("r1")


@pytest.mark.parametrize("text", ["IdentityFile relative\n", "ControlPath ~/x%Z\n"])
def test_a_path_that_is_no_whole_one_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError):
        of(tmp_path, text, "r1")


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_others_can_write_is_not_followed(tmp_path: Path, mode: int) -> None:
    with pytest.raises(ConfigError, match="others can write"):
        read(tmp_path, "Port 2\n", mode)


def test_an_included_file_others_can_write_is_not_followed(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.write_text("Port 2\n")
    inner.chmod(0o666)
    with pytest.raises(ConfigError, match="inner"):
        read(tmp_path, f"Include {inner}\n")


def test_what_is_no_file_is_not_followed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path, tmp_path / "fifo", tmp_path / "absent"):
        with pytest.raises(ConfigError):
            SshConfig.read(path, home=tmp_path)


def test_whether_others_can_read_it_is_known(tmp_path: Path) -> None:
    assert read(tmp_path, "Port 2\n").is_private
    assert not read(tmp_path, "Port 2\n", 0o644).is_private


def test_no_option_makes_a_check_weaker(tmp_path: Path) -> None:
    loose = "StrictHostKeyChecking no\nVerifyHostKeyDNS yes\nKnownHostsCommand /bin/true\n"
    found = of(tmp_path, loose + "UserKnownHostsFile /dev/null\n", "r1")
    assert found.known_hosts == (Path("/dev/null"),)
    assert found.address == "r1"
    assert getpass.getuser()
