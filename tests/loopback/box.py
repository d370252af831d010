"""A small SSH device on 127.0.0.1 that does exactly what a test says, and records every byte."""

import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import paramiko

from netintegrity.collect.credentials import Credential
from netintegrity.collect.hostkeys import HostKeys, ServerKey
from netintegrity.collect.limits import Limits
from netintegrity.collect.pacing import Pace
from netintegrity.collect.secret import Secret
from netintegrity.collect.session import Answer, Session, SessionFactory
from netintegrity.collect.ssh import open_session_factory
from netintegrity.model.claims import DeviceClaims
from netintegrity.model.device import Device
from netintegrity.model.digest import DigestAlgorithm
from netintegrity.platforms._spec import Platform, Probe, Request, RunningBinding

SERVER_KEY = paramiko.ECDSAKey.generate()
OTHER_KEY = paramiko.ECDSAKey.generate()
RSA_KEY = paramiko.RSAKey.generate(2048)
PASSWORD = "right-and-long-password"
ENABLE = "enable-and-long-secret"
LIMITS = Limits(
    connect_timeout_s=2.0,
    setup_timeout_s=15.0,
    prompt_timeout_s=4.0,
    resync_timeout_s=0.6,
    retry_s=0.05,
    knock_after_s=0.3,
    glued_settle_s=0.2,
)

VERSION = Probe(id="version", command="show version", read_timeout_s=5.0)
HASH = Probe(
    id="hash",
    command="verify /sha512 {}",
    argument=re.compile(r"flash:[A-Za-z0-9._/-]{1,80}"),
    read_timeout_s=5.0,
)
SLOW = Probe(id="slow", command="show slow", read_timeout_s=0.5)
PLATFORM = Platform(
    id="toy",
    title="Toy OS",
    aliases=frozenset(),
    netmiko_device_type="cisco_xe",
    session_lines=frozenset({"terminal width 511", "terminal length 0"}),
    enable_line="enable",
    probes=(VERSION, HASH, SLOW),
    plan=lambda done: () if done else (VERSION.request(),),
    interpret=lambda _: DeviceClaims(),
    parse_release=lambda _: None,
    strongest_digest=DigestAlgorithm.SHA512,
    running_binding=RunningBinding.PATH_ONLY,
)
EOS = replace(PLATFORM, id="toy_eos", netmiko_device_type="arista_eos")

Reply = bytes | Callable[[paramiko.Channel], None]


@dataclass
class Box:
    """What the device is and does."""

    keys: Sequence[paramiko.PKey] = (SERVER_KEY,)
    password: str = PASSWORD
    authorized: paramiko.PKey | None = None
    prompt: bytes = b"r1#"
    greeting: bytes | None = None
    """Before the first prompt; set: instead of it."""
    answers: Mapping[str, Reply] = field(default_factory=dict)
    """By line; bytes stand between echo and prompt, a function does everything after the echo."""
    echo: Callable[[bytes], bytes] = lambda char: char
    one_byte_at_a_time: bool = False
    enable: str | None = None
    """Set: it starts below full privilege and asks for this."""
    before_shell: Callable[[], None] = lambda: None
    ciphers: Sequence[str] | None = None
    port: int = 0
    lines: list[str] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    usernames: list[str] = field(default_factory=list)
    logins: int = 0
    algorithms: list[str] = field(default_factory=list)


class _Server(paramiko.ServerInterface):
    def __init__(self, box: Box) -> None:
        self.box = box

    def check_auth_password(self, username: str, password: str) -> int:
        self.box.passwords.append(password)
        self.box.usernames.append(username)
        if password != self.box.password or self.box.authorized is not None:
            return paramiko.common.AUTH_FAILED
        self.box.logins += 1
        return paramiko.common.AUTH_SUCCESSFUL

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        good = self.box.authorized is not None and key == self.box.authorized
        return paramiko.common.AUTH_SUCCESSFUL if good else paramiko.common.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "password" if self.box.authorized is None else "publickey"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.common.OPEN_SUCCEEDED

    def check_channel_pty_request(  # noqa: PLR0917 - paramiko fixes the signature
        self,
        channel: paramiko.Channel,
        term: bytes,
        width: int,
        height: int,
        pixelwidth: int,
        pixelheight: int,
        modes: bytes,
    ) -> bool:
        self.box.before_shell()
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        return True


class _Shell:
    """One session on a box."""

    def __init__(self, box: Box, channel: paramiko.Channel) -> None:
        self.box = box
        self.channel = channel
        self.prompt = box.prompt if box.enable is None else box.prompt[:-1] + b">"
        self.asks_password = False
        self.last = b""

    def send(self, data: bytes) -> None:
        if not self.box.one_byte_at_a_time:
            self.channel.sendall(data)
            return
        for at in range(len(data)):
            self.channel.sendall(data[at : at + 1])

    def serve(self) -> None:
        greeting = self.box.greeting
        self.send(b"\r\nWelcome\r\n" + self.prompt if greeting is None else greeting)
        line = b""
        while data := self.channel.recv(1024):
            for at in range(len(data)):
                char = data[at : at + 1]
                last, self.last = self.last, char
                if char == b"\n" and last == b"\r":
                    # The second half of a CR LF.
                    continue
                if char in b"\r\n":
                    self.answer(line.decode())
                    line = b""
                else:
                    line += char
                    if not self.asks_password:
                        self.send(self.box.echo(char))

    def answer(self, line: str) -> None:
        self.send(b"\r\n")
        if self.asks_password:
            self.asks_password = False
            if line == self.box.enable:
                self.prompt = self.box.prompt
            self.box.lines.append("<enable>")
            self.send(self.prompt)
            return
        self.box.lines.append(line)
        if line == "enable" and self.box.enable is not None:
            self.asks_password = True
            self.send(b"Password: ")
            return
        reply = self.box.answers.get(line, _HABITS.get(line, b""))
        if callable(reply):
            reply(self.channel)
        else:
            self.send(reply + self.prompt)


# What netmiko's EOS driver waits for.
_HABITS = {
    "terminal width 511": b"Width set to 511 columns.\r\n",
    "terminal length 0": b"Pagination disabled.\r\n",
    "show version": b"Version 17.09.04a\r\n",
}


def _session(box: Box, client: socket.socket) -> None:
    """Serve one connection; a client that hangs up at any point is expected."""
    transport = paramiko.Transport(client)
    for key in box.keys:
        transport.add_server_key(key)
    if box.ciphers is not None:
        transport.get_security_options().ciphers = tuple(box.ciphers)
    try:
        transport.start_server(server=_Server(box))
        channel = transport.accept(10)
        if channel is not None:
            box.algorithms.append(str(transport.host_key_type))
            _Shell(box, channel).serve()
    except (OSError, EOFError, paramiko.SSHException):
        return
    finally:
        transport.close()


def _serve(box: Box, listener: socket.socket) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        # Like every sshd; Nagle would join what a device says in two pieces.
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_session, args=(box, client), daemon=True).start()


@contextmanager
def listening(box: Box) -> Iterator[Box]:
    """Serve ``box`` on a port of its own."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        box.port = listener.getsockname()[1]
        thread = threading.Thread(target=_serve, args=(box, listener), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def device(port: int, **changes: object) -> Device:
    plain = Device(
        name="r1", address="127.0.0.1", port=port, platform_id="toy", credential_ref="ro"
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def server_key(key: paramiko.PKey) -> ServerKey:
    return ServerKey.from_blob(key.asbytes())


def pins(port: int, *keys: paramiko.PKey, prefix: str = "", comment: str = "") -> HostKeys:
    lines = [prefix + server_key(k).line(f"[127.0.0.1]:{port}", comment) for k in keys]
    return HostKeys.parse("\n".join(lines).encode(), name="known_hosts")


def credential(password: str = PASSWORD, enable: str | None = None) -> Credential:
    return Credential(
        ref="ro",
        username="audit",
        password=Secret(password),
        enable=Secret(enable) if enable else None,
        hosts=("127.0.0.0/8",),
    )


def factory(
    keys: HostKeys,
    *,
    password: str = PASSWORD,
    enable: str | None = None,
    limits: Limits = LIMITS,
    pace: Pace | None = None,
) -> SessionFactory:
    offered = credential(password, enable)
    return open_session_factory(
        host_keys=keys, credentials=lambda _: offered, limits=limits, pace=pace
    )


@contextmanager
def session_on(
    box: Box,
    *,
    pinned: Sequence[paramiko.PKey] = (),
    platform: Platform = PLATFORM,
    **kwargs: object,
) -> Iterator[Session]:
    """Serve ``box``, and yield an open session on it; its own keys are pinned by default."""
    with listening(box):
        keys = pins(box.port, *(pinned or box.keys))
        opened = factory(keys, **kwargs)  # type: ignore[arg-type]
        with opened(device(box.port), platform) as session:
            yield session


def ask(box: Box, request: Request, *, platform: Platform = PLATFORM, **kwargs: object) -> Answer:
    """Open a session on a listening box, with its key pinned, and send one request."""
    opened = factory(pins(box.port, *box.keys), **kwargs)  # type: ignore[arg-type]
    with opened(device(box.port), platform) as session:
        return session.run(request)


def secret_file(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path
