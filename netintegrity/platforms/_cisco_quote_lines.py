"""Lines of a saved quote, each named by one letter, and cut into the blocks they form.

The order of lines in a block is then a regular expression over those letters. Lines between blocks
(prompts, the echo of the command, ``Load for five secs``) are nobody's; inside one, every line
counts, and an unexpected one spoils it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

_MOST_KEPT: Final = 256 * 1024
"""Characters; a quote of a stack of eight has some 60,000."""
_RULER: Final = re.compile(r"-{10,}")
# 6E4D47F83D7AFF804CD4B6D00287E4B8…    the whole line; a terminal may have wrapped it
_HEX: Final = re.compile(r"[0-9A-F]+")
# LOCATION FRU=fru-rp SLOT=0 BAY=0 CHASSIS=-1 NODE=0
_LOCATION: Final = "LOCATION "
_BEGIN: Final = "-----BEGIN CERTIFICATE-----"
_END: Final = "-----END CERTIFICATE-----"
# isr4321#show platform integrity sign nonce 1
_PROMPT: Final = re.compile(r"(?:[A-Za-z][\w.()/@-]{0,79}[#>])? ?(?:show [ -~]{1,200})?", re.ASCII)
# A prompt may run into the first line: `isr4451#Platform: ISR4451-X/K9`
_PROMPT_BEFORE: Final = re.compile(r"[A-Za-z][\w.()/@-]{0,79}[#>](?=Platform: )", re.ASCII)

_LABELS: Final = {
    "Platform": "p",
    "Boot 0 Version": "a",
    "Boot 0 Hash": "A",
    "Boot Loader Version": "b",
    "Boot Loader Hash": "B",
    "OS Version": "o",
    "OS Hash": "O",
    "OS Hashes": "L",
    "Boot Hashes": "H",
    "OS": "T",
    "Hashes": "L",
    "Registers": "R",
    "PCR0": "0",
    "PCR8": "8",
    "Signature version": "s",
    "Signature": "S",
    "Version": "v",
    "Value": "X",
    "Compliance": "Q",
    "Certificate Name": "n",
}
_HEADINGS: Final = frozenset("HLTRQSX")
"""What they announce is on the lines below."""
_MAY_WRAP: Final = frozenset("ABO08SXe?")
_MAY_BEGIN_BELOW: Final = frozenset("SXe?")
"""A signature stands below its heading; a file name may fill the line before its value."""
_MAX_DIGITS: Final = 4096
"""Twice what an RSA key of 8192 bits signs."""
LOCATION: Final = "N"
CERTIFICATE: Final = "C"
REFUSAL: Final = "!"
_ENTRY, _OTHER, _CLOSES, _NOTHING = "e", "?", "q", " "
_NOBODYS: Final = frozenset({_ENTRY, _OTHER, _CLOSES})
"""What is no block where it stands outside of one."""


@dataclass(frozen=True, slots=True)
class Token:
    """One line, or several that belong together."""

    kind: str
    line: int
    label: str = ""
    value: str = ""
    """After the colon; of a certificate its base64, lines joined by a newline."""


@dataclass(frozen=True, slots=True)
class Block:
    """Tokens between two borders."""

    tokens: tuple[Token, ...]

    @property
    def shape(self) -> str:
        """One letter for each token."""
        return "".join(t.kind for t in self.tokens)

    @property
    def line(self) -> int:
        """Where it begins, 1-based."""
        return self.tokens[0].line

    @property
    def place(self) -> str:
        """What its ``LOCATION`` line says; empty: it has none."""
        first = self.tokens[0]
        return first.value if first.kind == LOCATION else ""

    @property
    def refusals(self) -> tuple[str, ...]:
        """What the box refused, in its words."""
        return tuple(t.value for t in self.tokens if t.kind == REFUSAL)

    def values(self, kind: str) -> tuple[str, ...]:
        """Return the values of all tokens of one letter."""
        return tuple(t.value for t in self.tokens if t.kind == kind)

    def value(self, kind: str) -> str:
        """Return the first value of one letter; empty: there is none."""
        return next(iter(self.values(kind)), "")


def blocks(text: str) -> tuple[Block, ...]:
    """Return the blocks of a saved output in their order; linear in its length.

    Certificates, measurements and attributes are each looked for in the same answer, so what was
    just taken apart is kept; of an answer longer than any quote it is not.
    """
    return _kept(text) if len(text) <= _MOST_KEPT else tuple(_blocks(text))


@lru_cache(maxsize=8)
def _kept(text: str) -> tuple[Block, ...]:
    return tuple(_blocks(text))


def _blocks(text: str) -> Iterator[Block]:
    current: list[Token] = []
    for token in _tokens(text):
        if current and _is_border(token, current):
            yield Block(tuple(current))
            current = []
        if current or token.kind not in _NOBODYS:
            current.append(token)
        if current and _is_signed(current[-1]):
            yield Block(tuple(current))
            current = []
    if current:
        yield Block(tuple(current))


def _is_border(token: Token, current: list[Token]) -> bool:
    """Say whether a block ends before this token."""
    if token.kind == "p":
        # In the newer generation `Platform:` is the first line below LOCATION.
        return not (len(current) == 1 and current[0].kind == LOCATION)
    return token.kind in {LOCATION, _CLOSES}


def _is_signed(token: Token) -> bool:
    """Say whether a token ends a block: nothing after a signature is part of it."""
    return token.kind == "X" or (token.kind == "S" and token.value != "")


def _tokens(text: str) -> Iterator[Token]:
    """Yield one token for each line that says something, wrapped lines joined."""
    pending: Token | None = None
    for read in _read(text):
        if pending is not None and read.kind == _OTHER and _continues(pending, read.value):
            kind = _ENTRY if pending.kind == _OTHER else pending.kind
            pending = replace(pending, kind=kind, value=pending.value + read.value)
            continue
        if pending is not None and pending.kind != _NOTHING:
            yield pending
        pending = read if read.kind == CERTIFICATE else _token(read.line, read.value)
    if pending is not None and pending.kind != _NOTHING:
        yield pending


def _read(text: str) -> Iterator[Token]:
    """Yield certificates whole, and every other line by itself.

    A certificate that never ends, because another begins or the text is over, is empty.
    """
    inside: list[str] | None = None
    began = 0
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip(" \t\r")
        if line == _BEGIN:
            if inside is not None:
                yield Token(CERTIFICATE, began)
            inside, began = [], number
        elif inside is None:
            yield Token(_OTHER, number, value=line)
        elif line == _END:
            yield Token(CERTIFICATE, began, value="\n".join(inside))
            inside = None
        else:
            inside.append(line)
    if inside is not None:
        yield Token(CERTIFICATE, began)


def _continues(token: Token, line: str) -> bool:
    """Say whether a line is the rest of this token: hex digits alone below hex digits or none."""
    return (
        token.kind in _MAY_WRAP
        and len(token.value) < _MAX_DIGITS
        and _HEX.fullmatch(line) is not None
        and (
            token.kind in _MAY_BEGIN_BELOW
            if token.value == ""
            else _HEX.fullmatch(token.value) is not None
        )
    )


def _token(number: int, line: str) -> Token:
    if line.startswith("%"):
        return Token(REFUSAL, number, value=line)
    if line.startswith(_LOCATION):
        return Token(LOCATION, number, value=line.removeprefix(_LOCATION))
    if line == "" or _RULER.fullmatch(line):
        return Token(_NOTHING, number)
    if _PROMPT.fullmatch(line):
        return Token(_CLOSES, number, value=line)
    if match := _PROMPT_BEFORE.match(line):
        line = line[match.end() :]
    # A known label is what stands before the first colon, an unknown one before the last.
    label, _, value = line.partition(":")
    if label in _LABELS:
        kind, stripped = _LABELS[label], value.strip(" ")
        if value[:1] not in {"", " "} or (stripped and kind in _HEADINGS):
            return Token(_OTHER, number, value=line)
        return Token(kind, number, label, stripped)
    if line.endswith(":"):
        return Token(_OTHER, number, line[:-1])
    label, colon, value = line.rpartition(": ")
    if colon:
        return Token(_ENTRY, number, label.strip(" "), value.strip(" "))
    return Token(_OTHER, number, value=line)
