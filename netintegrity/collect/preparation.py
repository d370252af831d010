"""From the login to the first command: prompt, paging, privilege."""

import re
import time
from typing import Final

from netmiko.base_connection import BaseConnection

from netintegrity.collect.answer import last_line, steady
from netintegrity.collect.guard import Guard
from netintegrity.collect.limits import Limits
from netintegrity.collect.prompts import PROMPT_LIKE
from netintegrity.collect.secret import Secret
from netintegrity.collect.waiting import QUIET_S
from netintegrity.errors import AuthenticationError, ReadTimeoutError
from netintegrity.platforms._spec import Platform

_PASSWORD: Final = re.compile(rb"(?i)\bpassword:[ \t]{0,8}\Z")
_MOST_KEPT: Final = 4096


class Preparation:
    """One shell, just opened."""

    def __init__(
        self,
        guard: Guard,
        *,
        platform: Platform,
        enable: Secret | None,
        limits: Limits,
        where: str,
        patient: bool,
    ) -> None:
        """Begin; nothing is sent yet.

        Args:
            guard: before the channel.
            platform: says how privilege is raised, if it is.
            enable: what it takes.
            limits: on each step.
            where: host and port, for messages.
            patient: True: find the prompt by silence only.
        """
        self._guard = guard
        self._platform = platform
        self._secret = enable
        self._limits = limits
        self._where = where
        self._patient = patient
        self.is_orderly = False
        """True if the device answered each line with one prompt, so that the count came out."""

    def prompt(self, connection: BaseConnection) -> bytes:
        """Prepare the session, or let netmiko's driver do it, and return the prompt that stands.

        Raises:
            CollectionError: by kind.
        """
        self._first_prompt()
        if (lines := self._platform.opens_with) is not None:
            prompt = self._by_ourselves(lines)
            self._guard.prepared()
            return prompt
        # Drivers begin by reading a prompt, and the first one is read by now.
        self._guard.sendall(b"\n")
        connection._try_session_preparation(force_data=False)  # noqa: SLF001 - see the guard
        standing = self._standing()
        self.is_orderly = standing is not None
        prompt = self._raised(standing or self._found())
        self._guard.prepared()
        return prompt

    def _by_ourselves(self, lines: tuple[str, ...]) -> bytes:
        """Raise the privilege, send ``lines``, each once the one before it was answered."""
        self._guard.sendall(b"\n")
        first = self._standing() or self._found()
        prompt = self._raised(first)
        for line in lines:
            self._guard.sendall(line.encode("ascii") + b"\n")
            self._until_quiet(until=PROMPT_LIKE, enough=prompt)
        # Once it was raised the prompt is another one, and the count cannot come out.
        self.is_orderly = prompt == first and self._standing() == prompt
        return prompt

    def _raised(self, prompt: bytes) -> bytes:
        """Return the prompt once the privilege was raised, if it can be and has to be."""
        line = self._platform.enable_line
        if line and self._secret and prompt.rstrip().endswith(b">"):
            return self._enabled(line, self._secret)
        return prompt

    def _first_prompt(self) -> None:
        """Wait until the device says something that may be a prompt; knock once if it does not."""
        until = time.monotonic() + self._limits.prompt_timeout_s
        received = bytearray()
        knocked = False
        while not PROMPT_LIKE.search(last_line(received)):
            left = until - time.monotonic()
            if left <= 0:
                raise ReadTimeoutError(f"{self._where}: no prompt after the login")
            data = self._guard.wait(min(left, self._limits.knock_after_s))
            if not data and not knocked:
                self._guard.sendall(b"\n")
                knocked = True
            received = bytearray((bytes(received) + data)[-_MOST_KEPT:])

    def _standing(self) -> bytes | None:
        """Return the prompt every line was answered with; None: only silence can tell."""
        while not self._patient:
            while self._guard.recv_ready():
                self._guard.wait(QUIET_S)
            prompt = self._guard.standing_prompt()
            if prompt is not None:
                return prompt
            if not self._guard.ready_within(QUIET_S):
                break
        return None

    def _found(self) -> bytes:
        """Return the prompt: the line that comes twice in answer to an empty line."""
        self._until_quiet()
        for _ in range(3):
            self._guard.sendall(b"\n")
            prompt = self._until_quiet(until=PROMPT_LIKE)
            self._guard.sendall(b"\n")
            if self._until_quiet(until=PROMPT_LIKE, enough=prompt) == prompt:
                return prompt
        raise ReadTimeoutError(f"{self._where}: its prompt is never twice the same")

    def _enabled(self, line: str, secret: Secret) -> bytes:
        self._guard.sendall(line.encode("ascii") + b"\n")
        asked = re.compile(_PASSWORD.pattern + b"|" + PROMPT_LIKE.pattern)
        if _PASSWORD.search(self._until_quiet(until=asked)):
            self._guard.sendall(secret.reveal().encode() + b"\n")
            self._until_quiet(until=asked)
        prompt = self._found()
        if prompt.rstrip().endswith(b">"):
            raise AuthenticationError(f"{self._where}: the enable secret was refused")
        return prompt

    def _until_quiet(
        self, until: re.Pattern[bytes] | None = None, enough: bytes | None = None
    ) -> bytes:
        """Return the last line once it matches ``until`` and nothing follows, or is ``enough``."""
        limit = time.monotonic() + self._limits.prompt_timeout_s
        received = bytearray()
        while True:
            data = self._guard.wait(QUIET_S)
            received = bytearray((bytes(received) + data)[-_MOST_KEPT:])
            line = steady(last_line(received), self._platform.prompt_counter)
            answered = b"\n" in received
            if answered and line == enough:
                return line
            if not data and (until is None or (answered and until.search(line))):
                return line
            if time.monotonic() >= limit:
                raise ReadTimeoutError(f"{self._where}: no prompt where one was due")
