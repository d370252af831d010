"""The one door to a device: what may be written, and how much is read.

It stands in the place of the SSH channel, below netmiko, from the first byte after the shell was
asked for: whatever a driver does while it prepares a session, a line that is on no allow-list
raises before a byte of it leaves this host.
"""

import contextlib
import re
import time
from collections.abc import Callable
from enum import Enum
from typing import Final, Protocol

import paramiko

from netintegrity.collect.limits import Limits
from netintegrity.collect.prompts import standing_prompt
from netintegrity.collect.secret import Secret
from netintegrity.errors import CommandRejectedError, ReadTimeoutError
from netintegrity.plain_text import clean
from netintegrity.platforms._spec import Platform, Request

_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
# Password:
_PASSWORD_PROMPT: Final = re.compile(rb"(?i)\bpassword:[ \t]{0,8}\Z")
_ESCAPE: Final = b"\x1b"
_NEXT_LINE: Final = b"\x1bE"
_TAIL: Final = 256
_CHUNK: Final = 64 * 1024
_MOST_HEARD: Final = 64 * 1024
"""Of a preparation; beyond it prompts are no longer counted."""
_MOST_BARE_LINES: Final = 200
"""While a session is prepared; a driver that keeps knocking is stopped."""


class RawChannel(Protocol):
    """What is used of ``paramiko.Channel``."""

    @property
    def closed(self) -> bool:
        """True once either side closed it."""
        ...

    @property
    def eof_received(self) -> bool | int:
        """True once the other side has said all."""
        ...

    def send(self, data: bytes) -> int:
        """Send some of ``data`` and return how much."""
        ...

    def recv(self, most: int) -> bytes:
        """Return what there is; nothing: the stream ended."""
        ...

    def recv_ready(self) -> bool:
        """Say whether bytes wait."""
        ...

    def settimeout(self, timeout: float | None) -> None:
        """Set the limit of one call."""
        ...

    def close(self) -> None:
        """Close the channel."""
        ...


class _Phase(Enum):
    PREPARING = "preparing"
    ASKING = "asking"
    SHUT = "shut"


class Guard:
    """A channel that writes only what a platform declares, and counts what it reads."""

    def __init__(
        self,
        channel: RawChannel,
        platform: Platform,
        *,
        limits: Limits,
        enable: Secret | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Stand before ``channel``; ``enable`` is sent only after the platform's enable line."""
        self._channel = channel
        self._platform = platform
        self._limits = limits
        self._enable = enable
        self._hidden = enable
        self._monotonic = monotonic
        self._phase = _Phase.PREPARING
        self._armed: bytes | None = None
        self._enable_due = False
        self._bare_lines = 0
        self._tail = b""
        self._ahead = b""
        self._half = b""
        self._heard = bytearray()
        self._lines_sent = 0
        self._read = 0
        self._device_deadline = monotonic() + limits.device_timeout_s
        self._deadline = monotonic() + min(limits.setup_timeout_s, limits.device_timeout_s)
        channel.settimeout(limits.connect_timeout_s)

    # What netmiko calls: the names are those of paramiko.Channel.

    def sendall(self, data: bytes) -> None:
        """Write whole lines: one, or while a session is prepared several, each admitted first.

        Raises:
            CommandRejectedError: it is on no allow-list; nothing was sent.
            ReadTimeoutError: the device closed the session, or took the line too slowly.
        """
        self._check_open()
        lines = self._lines(data)
        for line in lines:
            self._admit(line)
        if any(lines):
            self._tail = b""
        self._lines_sent += len(lines)
        self._channel.settimeout(self._limits.connect_timeout_s)
        try:
            while data:
                sent = self._channel.send(data)
                if sent == 0:
                    raise ReadTimeoutError("the device closed the session")
                data = data[sent:]
        except OSError as error:
            raise ReadTimeoutError(f"the device takes no more lines: {error}") from error

    def recv_ready(self) -> bool:
        """Say whether bytes wait; a session that ended is an error, not an endless wait."""
        self._check_open()
        if self._ahead or self._channel.recv_ready():
            return True
        if self._channel.closed or self._channel.eof_received:
            # What arrived between the two questions is still read.
            if self._channel.recv_ready():
                return True
            raise ReadTimeoutError("the device closed the session")
        return False

    def recv(self, most: int) -> bytes:
        """Return what there is, waiting for it; never nothing."""
        data = self.wait(self._limits.connect_timeout_s, most)
        if not data:
            raise ReadTimeoutError("the device stopped answering")
        return data

    def settimeout(self, timeout: float | None) -> None:
        """Do nothing: the limits are ours."""

    def close(self) -> None:
        """Close the channel; nothing can be written or read any more."""
        self._phase = _Phase.SHUT
        self._armed = None
        self._enable = None
        # A device may hang up between the end of its output and our close; closed it is either way.
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            self._channel.close()

    # What our own session calls.

    @property
    def read_bytes(self) -> int:
        """Bytes read since the session began."""
        return self._read

    @property
    def is_spent(self) -> bool:
        """True if the session took all the bytes it may."""
        return self._read >= self._limits.device_bytes

    def wait(self, timeout_s: float, most: int = _CHUNK) -> bytes:
        """Return what there is within ``timeout_s``; nothing: the time passed in silence.

        Raises:
            ReadTimeoutError: the session ended, its time is over, or it took all its bytes.
        """
        if self.ready_within(timeout_s):
            data, self._ahead = self._ahead[:most], self._ahead[most:]
            return data
        return b""

    def ready_within(self, timeout_s: float) -> bool:
        """Say whether bytes wait or come within ``timeout_s``; they are still to be read.

        Raises:
            ReadTimeoutError: as in :meth:`wait`.
        """
        self._check_open()
        if not self._ahead:
            self._ahead = self._received(timeout_s)
        return bool(self._ahead)

    def standing_prompt(self) -> bytes | None:
        """Return the prompt, if the device has answered every line of the preparation with it."""
        if len(self._heard) > _MOST_HEARD:
            return None
        return standing_prompt(bytes(self._heard), self._lines_sent, self._platform.prompt_counter)

    def _received(self, timeout_s: float) -> bytes:
        if self.is_spent:
            raise ReadTimeoutError(f"more than {self._limits.device_bytes} bytes in one session")
        left = min(timeout_s, self._deadline - self._monotonic())
        self._channel.settimeout(max(left, 0.0001))
        try:
            data = self._channel.recv(_CHUNK)
        except TimeoutError:
            return b""
        except OSError as error:
            raise ReadTimeoutError(f"the session broke: {error}") from error
        if not data:
            raise ReadTimeoutError("the device closed the session")
        self._read += len(data)
        data = self._with_line_ends(data)
        self._tail = (self._tail + data)[-_TAIL:]
        if self._phase is _Phase.PREPARING and len(self._heard) <= _MOST_HEARD:
            self._heard += data
        return data

    def _with_line_ends(self, data: bytes) -> bytes:
        """Return ``data`` with each NEL, "next line", as the line end it is.

        Source: ECMA-48, 5th edition, 8.3.86; HPE's older switches end their lines so.
        """
        data, self._half = self._half + data, b""
        if data.endswith(_ESCAPE) and len(data) > 1:
            data, self._half = data[:-1], _ESCAPE
        return data.replace(_NEXT_LINE, b"\r\n")

    def prepared(self) -> None:
        """End the preparation: from now on only the request at hand may be written."""
        self._phase = _Phase.ASKING
        self._heard.clear()
        self._enable = None
        self._enable_due = False
        self._deadline = self._device_deadline

    def arm(self, request: Request) -> None:
        """Let ``request`` through, once.

        Raises:
            CommandRejectedError: no probe of the platform admits it.
        """
        command = request.command
        if not (command.isascii() and command.isprintable() and command == command.strip()):
            raise CommandRejectedError(f"not one plain line: {clean(command)!r}")
        if not self._platform.admits(command):
            raise CommandRejectedError(f"no probe of {self._platform.id} is {command!r}")
        if self._phase is not _Phase.ASKING:
            raise CommandRejectedError(f"{command!r} before the session was prepared")
        self._armed = command.encode("ascii")

    def _check_open(self) -> None:
        if self._phase is _Phase.SHUT:
            raise ReadTimeoutError("the session was closed")
        if self._monotonic() >= self._deadline:
            raise ReadTimeoutError("the time for this device is over")

    def _lines(self, data: bytes) -> list[bytes]:
        if not data.endswith((b"\n", b"\r")):
            raise CommandRejectedError(f"a line without an end: {self._shown(data)}")
        lines = _LINE_END.split(data)[:-1]
        if len(lines) > 1 and self._phase is _Phase.ASKING:
            raise CommandRejectedError(f"more than one line at once: {self._shown(data)}")
        return lines

    def _admit(self, line: bytes) -> None:
        if self._phase is _Phase.ASKING:
            armed, self._armed = self._armed, None
            if armed is None or line != armed:
                raise CommandRejectedError(f"not the request at hand: {self._shown(line)}")
            return
        if self._is_enable_secret(line):
            self._enable_due = False
            return
        if not line:
            self._bare_lines += 1
            if self._bare_lines > _MOST_BARE_LINES:
                raise CommandRejectedError(f"more than {_MOST_BARE_LINES} empty lines")
            return
        text = line.decode("ascii", "replace")
        if text == self._platform.enable_line:
            if self._enable is None:
                raise CommandRejectedError(
                    f"the account has not the privilege that {self._platform.title} is read with, "
                    f"and there is no enable secret for it; {text!r} was not sent"
                )
            self._enable_due = True
            return
        if text not in self._platform.session_lines:
            raise CommandRejectedError(
                f"{self._shown(line)} is no session line of {self._platform.id}; it was not sent"
            )

    def _is_enable_secret(self, line: bytes) -> bool:
        return (
            self._enable is not None
            and self._enable_due
            and line == self._enable.reveal().encode()
            and _PASSWORD_PROMPT.search(self._tail) is not None
        )

    def _shown(self, line: bytes) -> str:
        text = line.decode("utf-8", "backslashreplace")
        if self._hidden is not None and self._hidden.reveal() in text:
            return "<secret>"
        return repr(clean(text)[:120])
