"""One prepared session: asks, reads, redacts."""

import time

from netintegrity.collect.answer import Reading, last_line
from netintegrity.collect.guard import Guard
from netintegrity.collect.limits import Limits
from netintegrity.collect.redaction import Redactor
from netintegrity.collect.session import Answer
from netintegrity.errors import ReadTimeoutError
from netintegrity.model.evidence import HostKeyStatus
from netintegrity.platforms._spec import Request


class SshSession:
    """A :class:`~netintegrity.collect.session.Session` on a prepared, guarded shell."""

    def __init__(
        self,
        guard: Guard,
        *,
        prompt: bytes,
        redactor: Redactor,
        limits: Limits,
        fingerprint: str,
        status: HostKeyStatus,
    ) -> None:
        """Begin at ``prompt``; use :func:`open_session_factory` instead."""
        self._guard = guard
        self._prompt = prompt
        self._redactor = redactor
        self._limits = limits
        self._fingerprint = fingerprint
        self._status = status
        self._in_step = True

    @property
    def host_key_fingerprint(self) -> str:
        """OpenSSH form."""
        return self._fingerprint

    @property
    def host_key_status(self) -> HostKeyStatus:
        """What known_hosts said of the key."""
        return self._status

    def run(self, request: Request) -> Answer:
        """Send one command and return what came back.

        Raises:
            CommandRejectedError: no probe admits it; nothing was sent.
            ReadTimeoutError: the session ended, or its prompt did not come back.
        """
        self._guard.arm(request)
        stray = self._drain()
        reading = Reading(request.command, self._prompt, most_bytes=self._limits.answer_bytes)
        self._guard.sendall(request.command.encode("ascii") + b"\n")
        self._read(reading, request.read_timeout_s)
        redacted = self._redactor.redact(reading.text())
        self._in_step = (reading.is_at_prompt or reading.is_glued) and not reading.is_cut
        return Answer(
            output=redacted.text,
            # Bytes nobody asked for came before it: which question they answer cannot be told.
            complete=reading.is_whole and redacted.whole and not stray,
        )

    def _read(self, reading: Reading, timeout_s: float) -> None:
        until = time.monotonic() + timeout_s
        while not reading.is_cut:
            wait = until - time.monotonic()
            if wait <= 0:
                return
            ends = reading.is_at_prompt
            if ends:
                wait = min(wait, self._limits.settle_s)
            elif reading.is_glued:
                ends = True
                wait = min(wait, self._limits.glued_settle_s)
            data = self._guard.wait(wait)
            if data:
                reading.add(data)
            elif ends:
                return

    def _drain(self) -> bool:
        """Read what nobody asked for; say whether there was any that nothing explains.

        What follows an answer that was cut off is its rest; a prompt on its own is none's.
        """
        explained = not self._in_step
        tail = bytearray()
        until = time.monotonic() + self._limits.resync_timeout_s
        while True:
            late = self._guard.wait(0.001 if self._in_step else self._limits.settle_s)
            if not late and (self._in_step or last_line(tail) == self._prompt):
                break
            # It is talking: from here on it has to come to its prompt again.
            self._in_step = False
            tail = bytearray((bytes(tail) + late)[-4096:])
            if time.monotonic() >= until:
                raise ReadTimeoutError("the prompt did not come back after an unfinished answer")
        self._in_step = True
        return not explained and bool(tail.replace(self._prompt, b"").strip())
