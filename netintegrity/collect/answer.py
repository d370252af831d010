"""Finds in raw bytes where an answer begins and ends, and turns it to text.

Pure. An answer is bound to its command by the echo before it and the prompt after it: it is whole
only if the first line is the command, letter by letter, and the last one is the prompt of the
login, which stands nowhere else at the beginning of a line.
"""

import re
from typing import Final

from netintegrity.collect.terminal import rendered

# ESC [ ? 2 0 0 4 h (a shell's bracketed paste), ESC [ 0 m, ESC = : a terminal's, not the answer's.
_SEQUENCE: Final = re.compile(rb"\x1b(?:\[[0-?]{0,16}[ -/]{0,4}[@-~]|[=>78c]|[()][0-2AB])")
_LEADING: Final = re.compile(rb"(?:" + _SEQUENCE.pattern + rb"|\r)+")
_LINE_END: Final = re.compile(rb"\r{0,8}\n")
_TAIL: Final = 1024
"""A prompt is shorter than this."""
_SHORTEST_GLUED: Final = 3


def last_line(received: bytes | bytearray) -> bytes:
    """Return what stands behind the last line end, as a terminal shows it."""
    tail = bytes(received[-_TAIL:])
    return rendered(tail[tail.rfind(b"\n") + 1 :])


def steady(line: bytes, counter: re.Pattern[bytes] | None) -> bytes:
    """Return a line without what its prompt counts; ``counter`` as a platform declares it."""
    match = None if counter is None else counter.match(line)
    return line if match is None else line[: match.start("count")] + line[match.end("count") :]


class Reading:
    """The bytes that came after one command."""

    def __init__(
        self,
        command: str,
        prompt: bytes,
        *,
        most_bytes: int,
        counter: re.Pattern[bytes] | None = None,
    ) -> None:
        """Begin; ``prompt`` as :func:`last_line` returned it at the login, and :func:`steady`."""
        self._counter = counter
        self._command = command.encode("ascii")
        self._prompt = prompt
        self._most = most_bytes
        self._received = bytearray()
        self.is_cut = False
        """True if more came than is kept."""

    def __len__(self) -> int:
        return len(self._received)

    def add(self, data: bytes) -> None:
        """Take more bytes."""
        room = self._most - len(self._received)
        if len(data) > room:
            self.is_cut = True
        self._received += data[:room]

    @property
    def _last(self) -> bytes:
        return steady(last_line(self._received), self._counter)

    @property
    def is_at_prompt(self) -> bool:
        """True if the last line is the prompt and the command was echoed before it."""
        return b"\n" in self._received and self._last == self._prompt

    @property
    def is_glued(self) -> bool:
        """True if the prompt ends the last line and text stands before it on that line."""
        if b"\n" not in self._received or len(self._prompt.strip()) < _SHORTEST_GLUED:
            return False
        line = self._last
        return line != self._prompt and line.endswith(self._prompt)

    @property
    def is_echoed(self) -> bool:
        """True if the first line is the command, letter by letter."""
        return self._is_echo(bytes(self._received).partition(b"\n")[0])

    @property
    def is_whole(self) -> bool:
        """True if echo and prompt stand where they must, and the prompt nowhere else."""
        if self.is_cut or not (self.is_at_prompt or self.is_glued):
            return False
        first, *others = bytes(self._received).split(b"\n")
        if not self._is_echo(first):
            return False
        return not any(self._is_prompt_line(line) for line in others[:-1])

    def _is_echo(self, line: bytes) -> bool:
        # Junos closes the line it echoes with a blank; a device that redraws shows its prompt too.
        shown = steady(rendered(line), self._counter).rstrip(b" \t")
        return shown in {self._command, self._prompt + self._command}

    def _is_prompt_line(self, line: bytes) -> bool:
        plain = steady(rendered(line[:_TAIL]), self._counter)
        key = self._prompt.strip()
        # A prompt of one or two signs, `$ `, begins many an innocent line.
        return plain == self._prompt if len(key) < _SHORTEST_GLUED else plain.startswith(key)

    def text(self) -> str:
        r"""Return what stands between echo and prompt; the line ends as ``\n``.

        Without an echo or a prompt, all there is. Bytes that are not UTF-8 become ``\xNN``.
        """
        body = bytes(self._received)
        first, end, rest = body.partition(b"\n")
        if end and self._is_echo(first):
            # A shell takes its terminal out of paste mode before the command answers.
            body = _LEADING.sub(b"", rest, count=1) if _LEADING.match(rest) else rest
        if self.is_at_prompt:
            body = body[: body.rfind(b"\n") + 1]
        elif self.is_glued:
            body = body[: body.rfind(self._prompt.strip())]
        return _LINE_END.sub(b"\n", body).decode("utf-8", "backslashreplace")
