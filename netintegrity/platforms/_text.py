"""What a device printed, as lines a reader can trust to be lines."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.model.assurance import Assurance, AssuranceLevel
from netintegrity.model.claims import Source
from netintegrity.model.evidence import Exchange

# \x1b[K
_ESCAPE: Final = re.compile(r"\x1b\[[0-9;?]{0,16}[A-Za-z]")
# --More--  (and what is left of it where the terminal did not wipe it)
_PAGER: Final = re.compile(r"^ ?-{1,2} ?more ?-{1,2} ?", re.IGNORECASE)
# Load for five secs: 1%/0%; one minute: 28%; five minutes: 44%
# Time source is NTP, 18:31:35.860 EST Mon Oct 24 2016
_PROMPT_TIMESTAMP: Final = re.compile(r"^(?:Load for five secs: |Time source is |No time source, )")
# COL-B-ASR1001-X-1#
_PROMPT: Final = re.compile(r"^[A-Za-z0-9][\w.()/@~-]{0,62}[#>]\s*$")
# the echo, with the prompt before it: `WLC-9800# verify bootflash:packages.conf`
_PROMPT_AND_COMMAND: Final = re.compile(
    r"^[A-Za-z0-9][\w.()/@~-]{0,62}[#>]:?\s*(?P<command>(?:sho?w?|more|verify|dir)\b.*)$"
)
# *Nov 24 10:00:00.123: %SYS-5-CONFIG_I: Configured from console      (may fall into any answer)
_SYSLOG: Final = re.compile(r"%[A-Z0-9_]{1,40}-\d-[A-Z0-9_]{1,60}:")
# The same as a whole line, with its number or the mark of an unsynchronised clock before it.
_LOG_LINE: Final = re.compile(
    r"^(?:\d{1,9}: )?[*.]?[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?"
    r"\d\d:\d\d:\d\d\S{0,8}(?: \w{2,5})?: "
    r"%[A-Z0-9_]{1,40}-\d-[A-Z0-9_]{1,60}: "
)
# % Invalid input detected at '^' marker.      %Error opening flash:x (No such file or directory)
_REFUSAL: Final = re.compile(
    r"^\s{0,80}(?:%.*|Command authorization failed.*|Permission denied.*"
    r"|Error: .*|ERROR: .*|Filesystem does not support .*)$"
)

_MAX_COLUMNS: Final = 65536


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an answer."""

    number: int
    """1-based, in the exchange's output as stored."""
    text: str
    """Without the traces of paging and of the terminal, and without trailing blanks."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is left of an exchange once echo, prompt and paging are taken away."""

    exchange: Exchange
    lines: tuple[Line, ...]
    """Those that are not blank."""
    refusal: str | None
    """The line in which the box says that it will not, or cannot; None: it does not say so."""

    @property
    def why_unread(self) -> str | None:
        """Why nothing may be read from it; None: it may."""
        if self.refusal is not None:
            return f"refused: {self.refusal}"
        if not self.lines:
            return "the answer is empty"
        return None

    @property
    def assurance(self) -> Assurance:
        """How much anything read from it weighs: nothing if it was cut off."""
        complete = self.exchange.complete
        return Assurance(AssuranceLevel.REPORTED if complete else AssuranceLevel.NONE)

    def source(self, line: Line | None = None) -> Source:
        """Return where ``line`` is; without one, the first line."""
        first = self.lines[0].number if self.lines else 1
        return Source(self.exchange.probe_id, line.number if line else first)

    def search(self, pattern: re.Pattern[str]) -> Iterator[tuple[Line, re.Match[str]]]:
        """Yield each line that ``pattern`` matches from its start, with the match."""
        for line in self.lines:
            if (match := pattern.match(line.text)) is not None:
                yield line, match


def is_log(line: Line) -> bool:
    """Say whether a log message fell into the answer there, and fills the line."""
    return _LOG_LINE.match(line.text) is not None


def read(exchange: Exchange) -> Answer:
    """Return the answer in an exchange; any text at all is fine."""
    lines = tuple(_without_frame(exchange.command, _lines(exchange.output)))
    return Answer(exchange, lines, _refusal(lines))


def rendered(text: str) -> str:
    """Return one line as a terminal would show it: backspaces and carriage returns move left."""
    text = _ESCAPE.sub("", text[:_MAX_COLUMNS]).replace("\x00", "").replace("\x07", "")
    if "\b" in text or "\r" in text:
        shown: list[str] = []
        column = 0
        for char in text:
            if char == "\b":
                column = max(column - 1, 0)
            elif char == "\r":
                column = 0
            else:
                shown[column : column + 1] = [char]
                column += 1
        text = "".join(shown)
    return _PAGER.sub("", text).rstrip()


def is_drawn_over(output: str) -> bool:
    """Say whether part of a line is hidden by what came behind a carriage return.

    A pager wipes its mark so, and many a box ends its lines in two of them; neither hides anything.
    """
    for raw in output.split("\n"):
        shown = (_PAGER.sub("", part).strip() for part in _ESCAPE.sub("", raw).split("\r"))
        if sum(bool(part) for part in shown) > 1:
            return True
    return False


def _lines(output: str) -> Iterator[Line]:
    # str.splitlines would also break at form feeds and at U+2028, which no terminal does.
    for number, raw in enumerate(output.split("\n"), start=1):
        text = rendered(raw)
        if text.strip() and _PROMPT_TIMESTAMP.match(text) is None:
            yield Line(number, text)


def _without_frame(command: str, lines: Iterable[Line]) -> Iterator[Line]:
    """Leave out the echo of the command before an answer, and the prompt after it."""
    kept = list(lines)
    if kept and _is_echo(kept[0].text, command):
        del kept[0]
    while kept and _PROMPT.match(kept[-1].text) is not None:
        del kept[-1]
    yield from kept


def _is_echo(text: str, command: str) -> bool:
    return text.strip() == command or _PROMPT_AND_COMMAND.match(text) is not None


def _refusal(lines: Iterable[Line]) -> str | None:
    for line in lines:
        if _REFUSAL.match(line.text) is not None and _SYSLOG.search(line.text) is None:
            return line.text.strip()[:200]
    return None
