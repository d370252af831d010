"""Serves simulated devices over real SSH on 127.0.0.1, each at a port of its own."""

import hmac
import logging
import selectors
import socket
import threading
import time
from collections.abc import Iterable
from typing import Final, Self

import paramiko

from netintegrity.lab.answering import PERSONALITIES, Ending, prompt_of, reply
from netintegrity.lab.device import LabDevice
from netintegrity.model.assurance import AssuranceLevel
from netintegrity.model.conclusion import Conclusion

ADDRESS: Final = "127.0.0.1"
_BACKLOG: Final = 16
_ACCEPT_TIMEOUT_S: Final = 30.0
_IDLE_TIMEOUT_S: Final = 600.0
_FLOOD: Final = b"x" * 76 + b"\r\n"
_LONGEST_LINE: Final = 4096
_LOG: Final = "netintegrity.lab.ssh"
# paramiko tells every hang-up of a client as an error; here they are ordinary.
logging.getLogger(_LOG).addHandler(logging.NullHandler())
logging.getLogger(_LOG).propagate = False


class Login:
    """The one account of a lab."""

    def __init__(self, *, username: str, password: str, enable: str) -> None:
        """Keep the three."""
        self.username = username
        self._password = password
        self._enable = enable

    def __repr__(self) -> str:
        return "<login of a lab>"

    def admits(self, username: str, password: str) -> bool:
        """Say whether these are the account's."""
        known = hmac.compare_digest(self._password.encode(), password.encode())
        return known and username == self.username

    def raises(self, secret: str) -> bool:
        """Say whether this is the enable secret."""
        return hmac.compare_digest(self._enable.encode(), secret.encode())


class ServedDevice:
    """A device that listens."""

    def __init__(self, device: LabDevice, key: paramiko.PKey, login: Login) -> None:
        """Bind a port of 127.0.0.1, and listen unless the scenario says otherwise."""
        self.device = device
        self.key = key
        self.login = login
        self.received: list[str] = []
        """Every line that arrived and was not empty; the enable secret as ``<secret>``."""
        self.listener = socket.socket()
        self.listener.bind((ADDRESS, 0))
        self.port: int = self.listener.getsockname()[1]
        if not device.behaviour.closed:
            self.listener.listen(_BACKLOG)
            self.listener.setblocking(False)

    @property
    def name(self) -> str:
        """The device's name."""
        return self.device.name

    @property
    def expected(self) -> Conclusion:
        """What an audit must conclude."""
        return self.device.expected

    @property
    def expected_level(self) -> AssuranceLevel | None:
        """How much that must weigh; None: the scenario does not say."""
        return self.device.expected_level


class LabServer:
    """All devices of a lab, in one process; its threads end with the program."""

    def __init__(self, devices: Iterable[ServedDevice]) -> None:
        """Take devices; nothing is served yet."""
        self._devices = tuple(devices)
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._accept_all, name="lab", daemon=True)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._closing = False

    def __enter__(self) -> Self:
        """Serve."""
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        for device in self._devices:
            if not device.device.behaviour.closed:
                self._selector.register(device.listener, selectors.EVENT_READ, device)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening and hang up on everybody."""
        self._closing = True
        self._wake.send(b"x")
        self._thread.join(timeout=5)
        self._selector.close()
        for listener in (*(d.listener for d in self._devices), self._wake, self._woken):
            listener.close()
        with self._lock:
            left = tuple(self._open)
        for client in left:
            _hang_up(client)

    def _accept_all(self) -> None:
        while not self._closing:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                try:
                    client, _ = key.data.listener.accept()
                except OSError:
                    continue
                with self._lock:
                    self._open.add(client)
                threading.Thread(
                    target=self._serve, args=(key.data, client), name=key.data.name, daemon=True
                ).start()

    def _serve(self, device: ServedDevice, client: socket.socket) -> None:
        try:
            client.setblocking(True)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if device.device.behaviour.silent:
                while client.recv(4096):
                    pass
            else:
                _Connection(device, client).serve()
        except (OSError, EOFError, paramiko.SSHException):
            # The client hung up, whenever it liked.
            return
        finally:
            _hang_up(client)
            with self._lock:
                self._open.discard(client)


class _Account(paramiko.ServerInterface):
    """Lets one account in, to a shell and to nothing else."""

    def __init__(self, device: ServedDevice) -> None:
        self._device = device
        self.shell = threading.Event()

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002 - paramiko's signature
        return "password"

    def check_auth_password(self, username: str, password: str) -> int:
        refused = self._device.device.behaviour.login == "refused"
        if PERSONALITIES[self._device.device.personality].takes_login_options:
            username = username.partition("+")[0]
        if not refused and self._device.login.admits(username, password):
            return paramiko.common.AUTH_SUCCESSFUL
        return paramiko.common.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002
        if kind == "session":
            return paramiko.common.OPEN_SUCCEEDED
        return paramiko.common.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_pty_request(  # noqa: PLR0917 - paramiko's signature
        self,
        channel: paramiko.Channel,  # noqa: ARG002
        term: bytes,  # noqa: ARG002
        width: int,  # noqa: ARG002
        height: int,  # noqa: ARG002
        pixelwidth: int,  # noqa: ARG002
        pixelheight: int,  # noqa: ARG002
        modes: bytes,  # noqa: ARG002
    ) -> bool:
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:  # noqa: ARG002
        self.shell.set()
        return True


class _Connection:
    """One client."""

    def __init__(self, device: ServedDevice, client: socket.socket) -> None:
        self._device = device
        self._transport = paramiko.Transport(client)
        self._privileged = device.device.behaviour.login != "user"
        self._asking_secret = False

    def serve(self) -> None:
        """Speak until somebody hangs up."""
        transport = self._transport
        transport.set_log_channel(_LOG)
        transport.daemon = True
        transport.add_server_key(self._device.key)
        try:
            account = _Account(self._device)
            transport.start_server(server=account)
            channel = transport.accept(_ACCEPT_TIMEOUT_S)
            if channel is not None and account.shell.wait(_ACCEPT_TIMEOUT_S):
                channel.settimeout(_IDLE_TIMEOUT_S)
                self._shell(channel)
        finally:
            transport.close()

    def _shell(self, channel: paramiko.Channel) -> None:
        channel.sendall(b"\r\n" + self._prompt)
        line = bytearray()
        while data := channel.recv(4096):
            for byte in data:
                if byte not in b"\r\n":
                    line.append(byte)
                    if len(line) > _LONGEST_LINE:
                        return
                    continue
                if byte == ord("\n") and not line and self._after_return:
                    # The second half of a CR LF.
                    self._after_return = False
                    continue
                self._after_return = byte == ord("\r")
                text, line = line.decode("utf-8", "replace"), bytearray()
                if not self._line(channel, text):
                    return

    _after_return = False

    @property
    def _prompt(self) -> bytes:
        return prompt_of(self._device.device, privileged=self._privileged).encode()

    def _line(self, channel: paramiko.Channel, text: str) -> bool:
        """Answer a line; False: the session ends."""
        if self._asking_secret:
            return self._secret(channel, text)
        echo = f"{text}\r\n".encode()
        if text.strip():
            self._device.received.append(text)
        if text.strip() in {"exit", "logout", "quit"}:
            channel.sendall(echo)
            return False
        if text.strip() == "enable":
            channel.sendall(echo)
            self._asking_secret = not self._privileged
            channel.sendall(b"Password: " if self._asking_secret else self._prompt)
            return True
        said = reply(self._device.device, text, privileged=self._privileged)
        if self._device.device.behaviour.delay_ms:
            time.sleep(self._device.device.behaviour.delay_ms / 1000)
        channel.sendall(echo + said.text.replace("\n", "\r\n").encode())
        return self._end(channel, said.ending)

    def _end(self, channel: paramiko.Channel, ending: Ending) -> bool:
        if ending is Ending.PROMPT:
            channel.sendall(self._prompt)
        elif ending is Ending.FLOOD:
            while True:
                channel.sendall(_FLOOD * 64)
        return ending is not Ending.CUT

    def _secret(self, channel: paramiko.Channel, text: str) -> bool:
        self._asking_secret = False
        self._device.received.append("<secret>")
        self._privileged = self._device.login.raises(text)
        refusal = b"" if self._privileged else b"% Access denied\r\n"
        channel.sendall(b"\r\n" + refusal + self._prompt)
        return True


def _hang_up(client: socket.socket) -> None:
    try:
        client.shutdown(socket.SHUT_RDWR)
    except OSError:
        # It was gone already.
        pass
    finally:
        client.close()
