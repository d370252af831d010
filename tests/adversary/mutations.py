"""What a line, a terminal or a box may do to an answer on its way; drawn from a seed."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from netintegrity.model.evidence import Exchange

PAGERS = (
    " --More-- ",
    "--More--\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b",
    "---(more 45%)---",
    "-- MORE --, next page: Space, next line: Enter, quit: Control-C",
    "lines 1-23 ",
    "<--- More --->\r              \r",
)
PROMPTS = ("r1#", "r1>", "admin@r1:~$ ", "RP/0/RP0/CPU0:r1#", "{master:0}\nlab@r1> ", "r1(config)#")
ANSI = ("\x1b[K", "\x1b[0m", "\x1b[1;31m", "\x1b[2J\x1b[H", "\x1b[?25l", "\x1b]0;x\x07")
LOGS = (
    "*Jan  5 12:00:00.123: %SYS-5-CONFIG_I: Configured from console by ops on vty0",
    "Jan  5 12:00:00 r1 kernel: eth0: link up",
)


class Draw:
    """Numbers that a seed fixes."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._drawn = 0

    def below(self, most: int) -> int:
        """Return a number from 0 to ``most`` - 1."""
        self._drawn += 1
        raw = hashlib.sha256(f"{self._seed}:{self._drawn}".encode()).digest()
        return int.from_bytes(raw[:8]) % max(most, 1)

    def of(self, words: tuple[str, ...]) -> str:
        return words[self.below(len(words))]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One thing done to one answer."""

    name: str
    change: Callable[[str, Draw], str]


def _lines(text: str) -> list[str]:
    return text.split("\n")


def _inserted(text: str, line: str, draw: Draw) -> str:
    lines = _lines(text)
    lines.insert(draw.below(len(lines) + 1), line)
    return "\n".join(lines)


def _cut(text: str, draw: Draw) -> str:
    lines = _lines(text)
    return "\n".join(lines[: draw.below(len(lines))])


def _wrapped(text: str, draw: Draw) -> str:
    columns = (20, 40, 64, 72, 80, 132)[draw.below(6)]
    return "\n".join(_broken(text, columns))


def _broken(text: str, columns: int) -> Iterator[str]:
    for line in _lines(text):
        yield from (line[i : i + columns] for i in range(0, max(len(line), 1), columns))


def _coloured(text: str, draw: Draw) -> str:
    for _ in range(1 + draw.below(4)):
        at = draw.below(len(text) + 1)
        text = text[:at] + draw.of(ANSI) + text[at:]
    return text


def _carriage(text: str, draw: Draw) -> str:
    kind = draw.below(4)
    if kind == 0:
        return text.replace("\n", "\r\n")
    if kind == 1:
        return text.replace("\n", "\r")
    if kind == 2:
        return text.replace("\n", "\r\r\n")
    at = draw.below(len(text) + 1)
    return f"{text[:at]}\r{text[at:]}"


def _encoded(text: str, draw: Draw) -> str:
    kind = draw.below(5)
    if kind == 0:
        return text.encode("utf-16-le").decode("utf-8", "backslashreplace")
    if kind == 1:
        return "\ufeff" + text
    if kind == 2:
        # Digits of another script: Python calls them digits too.
        return text.translate({ord("0") + n: chr(0x0660 + n) for n in range(10)})
    if kind == 3:
        return text.encode("utf-8").decode("latin-1") + "\\xfc"
    at = draw.below(len(text) + 1)
    return f"{text[:at]}\x00\u2028\u00a0{text[at:]}"


CUT = Mutation("cut at a line", _cut)
MUTATIONS = (
    CUT,
    Mutation("carriage returns", _carriage),
    Mutation("wrapped", _wrapped),
    Mutation("a pager's mark", lambda t, d: _inserted(t, d.of(PAGERS), d)),
    Mutation("a second prompt", lambda t, d: _inserted(t, d.of(PROMPTS), d)),
    Mutation("escape sequences", _coloured),
    Mutation("another encoding", _encoded),
    Mutation("a log message", lambda t, d: _inserted(t, d.of(LOGS), d)),
)


def _changed(exchange: Exchange, mutation: Mutation, draw: Draw) -> Exchange:
    # What ends early lacks the prompt after it, and collection marks it so.
    whole = exchange.complete and mutation is not CUT
    return replace(exchange, output=mutation.change(exchange.output, draw), complete=whole)


def mutated(exchanges: tuple[Exchange, ...], draw: Draw) -> tuple[str, tuple[Exchange, ...]]:
    """Return what was done, and the answers with one of them, or each, changed so."""
    mutation = MUTATIONS[draw.below(len(MUTATIONS))]
    every = draw.below(4) == 0
    chosen = draw.below(len(exchanges))
    changed = tuple(
        _changed(e, mutation, draw) if every or n == chosen else e for n, e in enumerate(exchanges)
    )
    return mutation.name, changed
