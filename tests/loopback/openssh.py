"""Real OpenSSH servers on 127.0.0.1, started by a test with keys and a configuration of its own."""

import base64
import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from netintegrity.collect.credentials import Credential
from netintegrity.collect.hostkeys import ServerKey
from tests.loopback import box

LIMITS = replace(box.LIMITS, connect_timeout_s=10.0, prompt_timeout_s=20.0, setup_timeout_s=60.0)
"""A server process has to be started for each login, on a machine that may be busy."""
SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
needs_sshd = pytest.mark.skipif(
    SSHD is None or os.geteuid() != 0,
    reason="needs root and sshd (apt install openssh-server)",
)
DEVICE = """#!/bin/sh
# A device as a login shell: the terminal echoes, this answers.
printf '\\nWelcome\\nr1#'
while IFS= read -r line; do
  case "$line" in
    'show version') printf 'Version 17.09.04a\\n' ;;
    'who is there') printf '%s\\n' "$SSH_CONNECTION" ;;
  esac
  printf 'r1#'
done
"""


@dataclass
class Keys:
    """Key pairs of one test run, made once each by ssh-keygen."""

    folder: Path
    made: dict[str, Path] = field(default_factory=dict)

    def path(self, name: str, kind: str = "ed25519", passphrase: str = "") -> Path:
        if name not in self.made:
            path = self.folder / name
            size = ["-b", "2048"] if kind == "rsa" else []
            keygen("-q", "-t", kind, *size, "-N", passphrase, "-C", name, "-f", str(path))
            self.made[name] = path
        return self.made[name]

    def server_key(self, name: str, kind: str = "ed25519") -> ServerKey:
        return public(self.path(name, kind))


def keygen(*arguments: str) -> str:
    done = subprocess.run(
        ["ssh-keygen", *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout


def public(path: Path) -> ServerKey:
    return ServerKey.from_blob(base64.b64decode(Path(f"{path}.pub").read_text().split()[1]))


@dataclass
class Sshd:
    """One server, listening."""

    port: int
    log: Path

    @property
    def name(self) -> str:
        """As known_hosts names it."""
        return f"[127.0.0.1]:{self.port}"

    def logins(self) -> int:
        """How often somebody got in."""
        return self.log.read_text(errors="replace").count("Accepted publickey for ")

    def attempts(self) -> int:
        """How often somebody offered something."""
        text = self.log.read_text(errors="replace")
        return text.count("userauth-request for user") or self.logins()


@contextmanager
def sshd(
    folder: Path, *, host_keys: Sequence[Path], login: Path, options: Sequence[str] = ()
) -> Iterator[Sshd]:
    """Serve with these host keys, for whoever has the key ``login``; a port of its own."""
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    for may_retry in (True, True, False):
        server, process = _started(folder, host_keys, login, options)
        try:
            listens = _is_listening(server.port, process)
            if listens:
                yield server
                return
            if not may_retry:
                raise RuntimeError(f"sshd does not listen: {server.log.read_text()[-400:]}")
        finally:
            process.terminate()
            process.wait(10)


def _started(
    folder: Path, host_keys: Sequence[Path], login: Path, options: Sequence[str]
) -> "tuple[Sshd, subprocess.Popen[bytes]]":
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = folder / f"sshd-{port}"
    home.mkdir()
    (home / "authorized_keys").write_text(Path(f"{login}.pub").read_text())
    (home / "device").write_text(DEVICE)
    (home / "device").chmod(0o755)
    lines = [
        *options,
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        *(f"HostKey {key}" for key in host_keys),
        f"AuthorizedKeysFile {home}/authorized_keys",
        "StrictModes no",
        "UsePAM no",
        "PermitRootLogin yes",
        "PasswordAuthentication no",
        "PidFile none",
        "PrintMotd no",
        "PrintLastLog no",
        "MaxStartups 100",
        f"ForceCommand {home}/device",
        "LogLevel DEBUG1",
    ]
    (home / "config").write_text("\n".join(lines) + "\n")
    command = [str(SSHD), "-D", "-f", str(home / "config"), "-E", str(home / "log")]
    return Sshd(port=port, log=home / "log"), subprocess.Popen(command)


def _is_listening(port: int, process: "subprocess.Popen[bytes]") -> bool:
    """Wait until it does; False: somebody else took the port before it could."""
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0 and process.poll() is None:
                return True
        time.sleep(0.02)
    return False


def by_key(path: Path, ref: str = "ro") -> Credential:
    return Credential(
        ref=ref,
        username=getpass.getuser(),
        password=None,
        key_files=(path,),
        hosts=("127.0.0.0/8",),
    )
