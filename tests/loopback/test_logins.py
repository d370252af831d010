"""How a login is made: keys, certificates, agents, and servers that ask questions."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import paramiko
import pytest

from netintegrity.collect.credentials import Credential
from netintegrity.collect.hostkeys import HostKeys
from netintegrity.collect.secret import Secret
from netintegrity.collect.ssh import open_session_factory
from netintegrity.collect.ways import Ways
from netintegrity.errors import AuthenticationError, CollectionError, UnreachableError
from netintegrity.model.device import JumpHost
from tests.loopback.box import (
    PASSWORD,
    PLATFORM,
    SERVER_KEY,
    VERSION,
    Box,
    credential,
    device,
    listening,
    pins,
    server_key,
)
from tests.loopback.openssh import LIMITS, Keys, by_key, keygen, needs_sshd, sshd

TOKEN = "123 456"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


def logged_in(
    folder: Path, keys: Keys, offered: Credential, options: Sequence[str] = (), name: str = "login"
) -> bool:
    """Ask a device that runs OpenSSH, logging in with what is ``offered``."""
    with sshd(
        folder, host_keys=[keys.path("target")], login=keys.path(name), options=options
    ) as server:
        line = keys.server_key("target").line(server.name)
        opened = open_session_factory(
            host_keys=HostKeys.parse(line.encode(), name="known_hosts"),
            credentials=lambda _: offered,
            limits=LIMITS,
        )
        with closing(opened), opened(device(server.port), PLATFORM) as session:
            return session.run(VERSION.request()).complete


@needs_sshd
@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_a_key_of_each_kind_logs_in(tmp_path: Path, keys: Keys, kind: str) -> None:
    path = keys.path(kind, kind)
    assert logged_in(tmp_path, keys, by_key(path), name=kind)


@needs_sshd
@pytest.mark.parametrize("stored", ["passphrase", "password"])
def test_a_passphrase_unlocks_a_key(tmp_path: Path, keys: Keys, stored: str) -> None:
    path = keys.path("locked", passphrase="a long passphrase")
    unlocks = {stored: Secret("a long passphrase")}
    assert logged_in(tmp_path, keys, replace(by_key(path), **unlocks), name="locked")  # type: ignore[arg-type]


@needs_sshd
@pytest.mark.parametrize("beside", [True, False])
def test_a_certificate_logs_in_where_the_key_alone_is_not_known(
    tmp_path: Path, keys: Keys, beside: bool
) -> None:
    authority, user = keys.path("user-ca"), keys.path(f"certified-{beside}")
    keygen("-q", "-s", str(authority), "-I", "audit", "-n", "root", "-V", "+1h", f"{user}.pub")
    certificate = Path(f"{user}-cert.pub")
    if not beside:
        certificate = certificate.rename(tmp_path / "elsewhere-cert.pub")
    options = [f"TrustedUserCAKeys {authority}.pub"]
    offered = by_key(user)
    if not beside:
        offered = replace(offered, certificate_file=certificate)
    assert logged_in(tmp_path, keys, offered, options)


@needs_sshd
def test_a_certificate_of_another_key_is_not_tried(tmp_path: Path, keys: Keys) -> None:
    path = keys.path("other-rsa", "rsa")
    keygen("-q", "-s", str(keys.path("user-ca")), "-I", "x", "-n", "root", f"{path}.pub")
    offered = replace(by_key(keys.path("login")), certificate_file=Path(f"{path}-cert.pub"))
    with pytest.raises(AuthenticationError, match="not tried: certificate"):
        logged_in(tmp_path, keys, offered)


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "cannot be read"), ("garbage", "not a private key"), ("locked", "needs a passphrase")],
)
def test_a_key_file_that_cannot_be_used_is_named_and_nothing_is_offered(
    tmp_path: Path, keys: Keys, content: str | None, told: str
) -> None:
    path = tmp_path / "id"
    if content == "locked":
        path = keys.path("locked", passphrase="a long passphrase")
    elif content is not None:
        path.write_text(content)
    with listening(Box(authorized=SERVER_KEY)) as box:
        opened = open_session_factory(
            host_keys=pins(box.port, SERVER_KEY), credentials=lambda _: by_key(path), limits=LIMITS
        )
        with (
            pytest.raises(AuthenticationError, match=told) as caught,
            opened(device(box.port), PLATFORM),
        ):
            pass
    assert str(path) in str(caught.value)


def test_a_wrong_passphrase_is_told_as_one(keys: Keys) -> None:
    path = keys.path("locked", passphrase="a long passphrase")
    offered = replace(by_key(path), passphrase=Secret("another passphrase"))
    with listening(Box(authorized=SERVER_KEY)) as box:
        opened = open_session_factory(
            host_keys=pins(box.port, SERVER_KEY), credentials=lambda _: offered, limits=LIMITS
        )
        with pytest.raises(AuthenticationError) as caught, opened(device(box.port), PLATFORM):
            pass
    assert "its passphrase is another one" in str(caught.value)
    assert "another passphrase" not in str(caught.value)


@contextmanager
def agent(folder: Path, *held: Path) -> Iterator[str]:
    """An ssh-agent that holds these keys; its socket."""
    sock = folder / "agent"
    process = subprocess.Popen(
        ["ssh-agent", "-D", "-a", str(sock)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            if sock.exists():
                break
            threading.Event().wait(0.02)
        for key in held:
            subprocess.run(
                ["ssh-add", "-q", str(key)],
                env={**os.environ, "SSH_AUTH_SOCK": str(sock)},
                check=True,
                timeout=20,
                stderr=subprocess.DEVNULL,
            )
        yield str(sock)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


@needs_sshd
@pytest.mark.skipif(shutil.which("ssh-agent") is None, reason="no ssh-agent")
def test_an_agent_logs_in(tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = replace(by_key(keys.path("login")), key_files=(), agent=True)
    with agent(tmp_path, keys.path("stranger"), keys.path("login")) as sock:
        monkeypatch.setenv("SSH_AUTH_SOCK", sock)
        assert logged_in(tmp_path, keys, offered)


@needs_sshd
@pytest.mark.skipif(shutil.which("ssh-agent") is None, reason="no ssh-agent")
def test_of_a_full_agent_only_the_named_key_is_tried(
    tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [keys.path(f"stranger{n}") for n in range(6)]
    named = replace(by_key(keys.path("login")), agent=True)
    unnamed = replace(named, key_files=())
    with agent(tmp_path, *many, keys.path("login")) as sock:
        monkeypatch.setenv("SSH_AUTH_SOCK", sock)
        assert logged_in(tmp_path, keys, named, ["MaxAuthTries 2"])
        with pytest.raises(AuthenticationError):
            logged_in(tmp_path, keys, unnamed)


@dataclass
class Asking:
    """A server whose login asks questions, and that forwards like a jump host."""

    rounds: Sequence[Sequence[tuple[str, bool]]]
    right: Sequence[Sequence[str]]
    first: str = ""
    """A method that has to succeed before the questions."""
    port: int = 0
    answers: list[list[str]] = field(default_factory=list)
    logins: int = 0


class _Asks(paramiko.ServerInterface):
    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self.round = 0
        self.targets: dict[int, tuple[str, int]] = {}

    def get_allowed_auths(self, username: str) -> str:
        return self.asking.first or "keyboard-interactive"

    def check_auth_password(self, username: str, password: str) -> int:
        self.asking.answers.append([password])
        if self.asking.first != "password" or password != PASSWORD:
            return paramiko.common.AUTH_FAILED
        self.asking.first = ""
        if not self.asking.rounds:
            self.asking.logins += 1
            return paramiko.common.AUTH_SUCCESSFUL
        return paramiko.common.AUTH_PARTIALLY_SUCCESSFUL

    def check_auth_interactive(
        self, username: str, submethods: str
    ) -> int | paramiko.server.InteractiveQuery:
        return self.ask()

    def ask(self) -> int | paramiko.server.InteractiveQuery:
        if self.round == len(self.asking.rounds):
            self.asking.logins += 1
            return paramiko.common.AUTH_SUCCESSFUL
        query = paramiko.server.InteractiveQuery("Login", "to the jump host")
        for text, echo in self.asking.rounds[self.round]:
            query.add_prompt(text, echo)
        return query

    def check_auth_interactive_response(
        self, responses: list[str]
    ) -> int | paramiko.server.InteractiveQuery:
        self.asking.answers.append(list(responses))
        if list(responses) != list(self.asking.right[self.round]):
            return paramiko.common.AUTH_FAILED
        self.round += 1
        return self.ask()

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.common.OPEN_SUCCEEDED

    def check_channel_direct_tcpip_request(
        self, chanid: int, origin: tuple[str, int], destination: tuple[str, int]
    ) -> int:
        self.targets[chanid] = destination
        return paramiko.common.OPEN_SUCCEEDED


def _pump(channel: paramiko.Channel, target: socket.socket) -> None:
    """Carry both ways until one side ends."""

    def back() -> None:
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            while data := target.recv(65536):
                channel.sendall(data)
            channel.close()

    thread = threading.Thread(target=back, daemon=True)
    thread.start()
    with target:
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            while data := channel.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _forward(server: _Asks, transport: paramiko.Transport) -> None:
    while (channel := transport.accept(30)) is not None:
        target = socket.create_connection(server.targets[channel.get_id()], 5)
        threading.Thread(target=_pump, args=(channel, target), daemon=True).start()


def _serve(asking: Asking, listener: socket.socket, open_: list[paramiko.Transport]) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        transport = paramiko.Transport(client)
        transport.add_server_key(SERVER_KEY)
        open_.append(transport)
        server = _Asks(asking)
        try:
            transport.start_server(server=server)
        except (OSError, EOFError, paramiko.SSHException):
            continue
        threading.Thread(target=_forward, args=(server, transport), daemon=True).start()


@contextmanager
def jump_host(asking: Asking) -> Iterator[Asking]:
    open_: list[paramiko.Transport] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        asking.port = listener.getsockname()[1]
        thread = threading.Thread(target=_serve, args=(asking, listener, open_), daemon=True)
        thread.start()
        try:
            yield asking
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)
            for transport in open_:
                transport.close()


PASSWORD_QUESTION = [("Password: ", False)]
TOKEN_QUESTION = [("Verification code: ", False)]


def through(
    asking: Asking,
    person: Callable[[str, bool], str] | None = None,
    *,
    password: str | None = PASSWORD,
    times: int = 3,
) -> None:
    """Ask a device behind the jump host, several times in one run."""
    offered = replace(credential(), password=Secret(password) if password else None, ref="jump")
    ways = Ways(
        hosts={
            "jump": JumpHost(
                name="jump", address="127.0.0.1", port=asking.port, credential_ref="jump"
            )
        },
        credentials=lambda _: offered,
        person=person,
    )
    with listening(Box()) as box:
        lines = [server_key(SERVER_KEY).line(f"[127.0.0.1]:{p}") for p in (asking.port, box.port)]
        opened = open_session_factory(
            host_keys=HostKeys.parse("\n".join(lines).encode(), name="known_hosts"),
            credentials=lambda _: credential(),
            ways=ways,
            limits=LIMITS,
        )
        behind = device(box.port, tags=frozenset({"jump=jump"}))
        with closing(opened):
            for _ in range(times):
                with opened(behind, PLATFORM) as session:
                    assert session.run(VERSION.request()).complete


def test_a_person_is_asked_for_a_token_once_for_all_devices() -> None:
    asked: list[tuple[str, bool]] = []

    def person(question: str, secret: bool) -> str:
        asked.append((question, secret))
        return TOKEN

    asking = Asking([PASSWORD_QUESTION, TOKEN_QUESTION], [[PASSWORD], [TOKEN]])
    with jump_host(asking):
        through(asking, person)
    assert asking.logins == 1
    assert asked == [("Login to the jump host Verification code: ", True)]


def test_a_password_first_and_a_token_then_is_one_login() -> None:
    asking = Asking([TOKEN_QUESTION], [[TOKEN]], first="password")
    with jump_host(asking):
        through(asking, lambda *_: TOKEN)
    assert asking.answers == [[PASSWORD], [TOKEN]]


def test_a_password_that_is_stored_nowhere_is_asked_for_once() -> None:
    asked: list[tuple[str, bool]] = []

    def person(question: str, secret: bool) -> str:
        asked.append((question, secret))
        return PASSWORD

    asking = Asking([], [], first="password")
    with jump_host(asking):
        through(asking, person, password=None)
    assert (asking.logins, asking.answers) == (1, [[PASSWORD]])
    assert asked == [("Password of audit: ", True)]


def test_a_person_is_asked_before_the_first_device_is() -> None:
    asking = Asking([TOKEN_QUESTION], [[TOKEN]])
    with jump_host(asking), listening(Box()) as box:
        host = JumpHost(name="jump", address="127.0.0.1", port=asking.port, credential_ref="jump")
        line = server_key(SERVER_KEY).line(f"[127.0.0.1]:{asking.port}")
        opened = open_session_factory(
            host_keys=HostKeys.parse(line.encode(), name="known_hosts"),
            credentials=lambda _: credential(),
            ways=Ways(
                hosts={"jump": host},
                credentials=lambda _: replace(credential(), password=None),
                person=lambda *_: TOKEN,
            ),
            limits=LIMITS,
        )
        with closing(opened):
            opened.open_ways([device(box.port, tags=frozenset({"jump=jump"}))] * 3)
            assert asking.logins == 1
    assert box.logins == 0


def test_a_token_nobody_can_give_is_refused_in_words_and_no_secret_is_given() -> None:
    asking = Asking([TOKEN_QUESTION], [[TOKEN]])
    with jump_host(asking), pytest.raises(AuthenticationError) as caught:
        through(asking)
    assert "'Verification code:', and nobody is there" in str(caught.value)
    assert "jump host jump" in str(caught.value)
    # The password went out once, as a password, to a server that takes none.
    assert asking.answers in ([], [[PASSWORD]])


def test_a_password_is_given_once_however_often_it_is_asked_for() -> None:
    asking = Asking([[("Password: ", False), ("Password: ", False)]], [["x", "y"]])
    with jump_host(asking), pytest.raises(AuthenticationError):
        through(asking)
    assert [PASSWORD, PASSWORD] not in asking.answers


@pytest.mark.parametrize(
    "question",
    ["One-time password (OATH) for audit: ", "Enter PASSCODE: ", "New password: ", "Token: "],
)
def test_a_question_that_is_not_for_the_password_does_not_get_it(question: str) -> None:
    asking = Asking([[(question, False)]], [["x"]])
    with jump_host(asking), pytest.raises(AuthenticationError):
        through(asking)
    assert asking.answers in ([], [[PASSWORD]])


def test_a_password_is_not_given_where_it_would_be_shown() -> None:
    asking = Asking([[("Password: ", True)]], [[PASSWORD]])
    with jump_host(asking), pytest.raises(AuthenticationError):
        through(asking)


def test_questions_without_end_are_not_answered() -> None:
    asking = Asking([[("More? ", True)]] * 100, [["y"]] * 100)
    with jump_host(asking), pytest.raises(CollectionError):
        through(asking, lambda *_: "y")
    assert len(asking.answers) <= 9


def test_a_session_a_person_opened_is_not_opened_again_without_one() -> None:
    asking = Asking([PASSWORD_QUESTION, TOKEN_QUESTION], [[PASSWORD], [TOKEN]])
    asked: list[str] = []

    def person(question: str, _: bool) -> str:
        asked.append(question)
        return TOKEN

    offered = replace(credential(), ref="jump")
    with jump_host(asking), listening(Box()) as box:
        host = JumpHost(name="jump", address="127.0.0.1", port=asking.port, credential_ref="jump")
        lines = [server_key(SERVER_KEY).line(f"[127.0.0.1]:{p}") for p in (asking.port, box.port)]
        opened = open_session_factory(
            host_keys=HostKeys.parse("\n".join(lines).encode(), name="known_hosts"),
            credentials=lambda _: credential(),
            ways=Ways(hosts={"jump": host}, credentials=lambda _: offered, person=person),
            limits=LIMITS,
        )
        behind = device(box.port, tags=frozenset({"jump=jump"}))
        with closing(opened):
            with opened(behind, PLATFORM):
                pass
            transport = opened._run.jumps._session("jump")._transport
            assert transport is not None
            transport.close()
            with (
                pytest.raises(UnreachableError, match="takes an answer from a person"),
                opened(behind, PLATFORM),
            ):
                pass
    assert len(asked) == 1
