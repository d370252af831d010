"""One prepared session: asks, reads, redacts."""

import re
import time
from typing import Final

from netintegrity.collect.answer import Reading, last_line, steady
from netintegrity.collect.gate import Place
from netintegrity.collect.guard import Guard
from netintegrity.collect.limits import Limits
from netintegrity.collect.redaction import Redactor
from netintegrity.collect.session import Answer
from netintegrity.errors import ReadTimeoutError
from netintegrity.model.evidence import HostKeyStatus
from netintegrity.platforms._spec import Request

_BUSY_S: Final = 0.03
"""Without a byte: the device works, and this side has nothing to do."""
_MOST_KEPT: Final = 4096
_BRIEFLY_S: Final = 0.00025
"""Silence after an answer that is whole; what comes later is met before the next one."""


class SshSession:
    """A :class:`~netintegrity.collect.session.Session` on a prepared, guarded shell."""

    def __init__(
        self,
        guard: Guard,
        *,
        place: Place,
        prompt: bytes,
        redactor: Redactor,
        limits: Limits,
        fingerprint: str,
        status: HostKeyStatus,
        weak: tuple[str, ...] = (),
        brief: bool,
        counter: re.Pattern[bytes] | None = None,
    ) -> None:
        """Begin at ``prompt``; use :func:`open_session_factory` instead.

        Args:
            guard: prepared.
            place: held while there is something to do, and given while the device works.
            prompt: as the preparation found it.
            redactor: cuts secrets out of answers.
            limits: on time and bytes.
            fingerprint: of the host key, OpenSSH form.
            status: what known_hosts said of it.
            weak: algorithms of the session that nobody should rely on.
            brief: an answer that is all it should be needs no silence to be believed over; only
                for a device that answered each line of the preparation with one prompt.
            counter: what its prompts count, as its platform declares it.
        """
        self._guard = guard
        self._place = place
        self._prompt = prompt
        self._counter = counter
        self._redactor = redactor
        self._limits = limits
        self._fingerprint = fingerprint
        self._status = status
        self._weak = weak
        self._in_step = True
        self._brief = brief
        self._briefly = False
        """True: the last answer was given less than the full time to prove unfinished."""
        self._last_byte_at = 0.0

    @property
    def host_key_fingerprint(self) -> str:
        """OpenSSH form."""
        return self._fingerprint

    @property
    def host_key_status(self) -> HostKeyStatus:
        """What known_hosts said of the key."""
        return self._status

    @property
    def weak_algorithms(self) -> tuple[str, ...]:
        """By name."""
        return self._weak

    def run(self, request: Request) -> Answer:
        """Send one command and return what came back.

        Raises:
            CommandRejectedError: no probe admits it; nothing was sent.
            ReadTimeoutError: the session ended, or its prompt did not come back.
        """
        self._guard.arm(request)
        self._place.take()
        stray = self._drain()
        reading = Reading(
            request.command,
            self._prompt,
            most_bytes=self._limits.answer_bytes,
            counter=self._counter,
        )
        self._guard.sendall(request.command.encode("ascii") + b"\n")
        was_brief, self._briefly = self._briefly, False
        self._read(reading, request.read_timeout_s)
        redacted = self._redactor.redact(reading.text())
        self._in_step = (reading.is_at_prompt or reading.is_glued) and not reading.is_cut
        # What does not begin with the echo may begin with the rest of the answer before.
        stray_before = stray or not reading.is_echoed
        if stray_before:
            self._brief = False
        return Answer(
            output=redacted.text,
            # Bytes nobody asked for came before it: which question they answer cannot be told.
            complete=reading.is_whole and redacted.whole and not stray,
            doubts_the_one_before=was_brief and stray_before,
        )

    def is_at_rest(self) -> bool:
        """Wait a moment for more; False: there was more, so the last answer was not whole."""
        if not self._briefly:
            return True
        self._briefly = False
        self._place.give()
        until = time.monotonic() + self._limits.resync_timeout_s
        left = self._last_byte_at + self._limits.settle_s - time.monotonic()
        tail = bytearray()
        try:
            while more := self._guard.wait(max(left, 0.0)):
                tail = bytearray((bytes(tail) + more)[-_MOST_KEPT:])
                left = self._limits.settle_s
                if time.monotonic() >= until:
                    return False
        except ReadTimeoutError:
            # It hung up, which leaves what came before as it is.
            pass
        return self._is_prompt_alone(tail)

    def _read(self, reading: Reading, timeout_s: float) -> None:
        until = time.monotonic() + timeout_s
        while not reading.is_cut:
            wait = until - time.monotonic()
            if wait <= 0:
                return
            ends = reading.is_at_prompt
            if ends:
                # An answer that is all it should be needs no silence to prove its end: whatever
                # came behind it would stand before the next echo, or be met by `is_at_rest`.
                self._briefly = self._brief and reading.is_whole
                wait = min(wait, self._settle_s(reading))
            elif reading.is_glued:
                ends = True
                wait = min(wait, self._limits.glued_settle_s)
            data = self._guard.wait(wait) if ends else self._heard(wait)
            if data:
                self._briefly = False
                self._last_byte_at = time.monotonic()
                reading.add(data)
            elif ends:
                return

    def _heard(self, timeout_s: float) -> bytes:
        """Wait for more of an answer; outside the gate once the device takes its time."""
        data = self._guard.wait(min(timeout_s, _BUSY_S))
        if not data and timeout_s > _BUSY_S:
            with self._place.given():
                data = self._guard.wait(timeout_s - _BUSY_S)
        return data

    def _settle_s(self, reading: Reading) -> float:
        if self._briefly:
            return _BRIEFLY_S
        # Without its echo this may be the prompt of another answer, and the one asked for on its
        # way; a settle time is shorter than many a round trip.
        return self._limits.settle_s if reading.is_echoed else self._limits.glued_settle_s

    def _drain(self) -> bool:
        """Read what nobody asked for; say whether there was any that nothing explains.

        What follows an answer that was cut off is its rest; a prompt on its own is none's.
        """
        explained = not self._in_step
        tail = bytearray()
        until = time.monotonic() + self._limits.resync_timeout_s
        while True:
            if self._in_step and not self._guard.recv_ready():
                break
            late = self._guard.wait(self._limits.settle_s)
            if not late and self._steady(tail) == self._prompt:
                break
            # It is talking: from here on it has to come to its prompt again.
            self._in_step = self._brief = False
            tail = bytearray((bytes(tail) + late)[-_MOST_KEPT:])
            if time.monotonic() >= until:
                raise ReadTimeoutError("the prompt did not come back after an unfinished answer")
        self._in_step = True
        return not explained and not self._is_prompt_alone(tail)

    def _steady(self, tail: bytes | bytearray) -> bytes:
        return steady(last_line(tail), self._counter)

    def _is_prompt_alone(self, tail: bytearray) -> bool:
        lines = (steady(line.strip(b"\r"), self._counter) for line in bytes(tail).split(b"\n"))
        return not b"\n".join(lines).replace(self._prompt, b"").strip()
