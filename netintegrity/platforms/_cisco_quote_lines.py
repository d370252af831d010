"""Lines of a saved quote, each named by one letter, and cut into the blocks they form.

The order of lines in a block is then a regular expression over those letters. Lines between blocks
(prompts, the echo of the command, ``Load for five secs``) are nobody's; inside one, every line
counts, and an unexpected one spoils it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

_RULER: Final = re.compile(r"-{10,}")
# 6E4D47F83D7AFF804CD4B6D00287E4B8…    the whole line; a terminal may have wrapped it
_HEX: Final = re.compile(r"[0-9A-F]+")
# LOCATION FRU=fru-rp SLOT=0 BAY=0 CHASSIS=-1 NODE=0
_LOCATION: Final = "LOCATION "
_BEGIN: Final = "-----BEGIN CERTIFICATE-----"
_END: Final = "-----END CERTIFICATE-----"
# isr4321#show platform integrity sign nonce 1
_PROMPT: Final = re.compile(r"(?:[A-Za-z][\w.()/@-]{0,79}[#>])? ?(?:show [ -~]{1,200})?", re.ASCII)
# isr4451#Platform: ISR4451-X/K9
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
LOCATION: Final = "N"
CERTIFICATE: Final = "C"
REFUSAL: Final = "!"
_ENTRY, _OTHER, _CLOSES = "e", "?", "q"
_NOBODYS: Final = frozenset({_ENTRY, _OTHER, _CLOSES})
"""What is no block where it stands outside of one."""
_OPENS_ONE: Final = frozenset({LOCATION, "p"})


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


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a saved output in their order; linear in its length."""
    current: list[Token] = []
    for token in _tokens(text):
        if token.kind in _OPENS_ONE or (token.kind == _CLOSES and current):
            # In the newer generation `Platform:` is inside the block that LOCATION began.
            if token.kind != "p" or not _is_open_location(current):
                if current:
                    yield Block(tuple(current))
                current = []
                if token.kind == _CLOSES:
                    continue
        elif not current and token.kind in _NOBODYS:
            continue
        current.append(token)
        if _is_signed(current):
            yield Block(tuple(current))
            current = []
    if current:
        yield Block(tuple(current))


def _is_open_location(current: list[Token]) -> bool:
    return len(current) == 1 and current[0].kind == LOCATION


def _is_signed(current: list[Token]) -> bool:
    """Say whether the last token ends a block: nothing after a signature is part of it."""
    last = current[-1]
    return last.kind == "X" or (last.kind == "S" and last.value != "")


def _tokens(text: str) -> Iterator[Token]:
    """Yield one token for each line that says something, wrapped lines joined."""
    pending: Token | None = None
    pem: list[str] | None = None
    began = 0
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip(" \t\r")
        if pem is not None and line != _BEGIN:
            if line == _END:
                yield Token(CERTIFICATE, began, value="\n".join(pem))
                pem = None
            else:
                pem.append(line)
            continue
        if pending is not None and _HEX.fullmatch(line) and _takes_more(pending):
            kind = _ENTRY if pending.kind == _OTHER else pending.kind
            pending = replace(pending, kind=kind, value=pending.value + line)
            continue
        if pending is not None:
            yield pending
            pending = None
        if line == _BEGIN:
            if pem is not None:  # the one before never ended
                yield Token(CERTIFICATE, began)
            pem, began = [], number
        elif line and not _RULER.fullmatch(line):
            pending = _token(number, line)
    if pending is not None:
        yield pending
    if pem is not None:
        yield Token(CERTIFICATE, began)


def _takes_more(token: Token) -> bool:
    """Say whether hex digits alone on a line may be the rest of this token."""
    if token.kind not in _MAY_WRAP:
        return False
    return token.value == "" or _HEX.fullmatch(token.value) is not None


def _token(number: int, line: str) -> Token:
    if line.startswith("%"):
        return Token(REFUSAL, number, value=line)
    if line.startswith(_LOCATION):
        return Token(LOCATION, number, value=line.removeprefix(_LOCATION))
    if _PROMPT.fullmatch(line):
        return Token(_CLOSES, number, value=line)
    if match := _PROMPT_BEFORE.match(line):
        line = line[match.end() :]
    # `Boot Loader Version: CAT3K_CAA Boot Loader (…) Version 4.316, RELEASE SOFTWARE (P)`: a known
    # label is what stands before the first colon, an unknown one what stands before the last.
    label, colon, value = line.partition(":")
    if label in _LABELS and (value == "" or value.startswith(" ")):
        kind, value = _LABELS[label], value.strip(" ")
        return Token(kind, number, label, value) if _fits(kind, value) else _other(number, line)
    if line.endswith(":"):
        return Token(_OTHER, number, line[:-1])
    label, colon, value = line.rpartition(": ")
    return Token(_ENTRY, number, label.strip(" "), value) if colon else _other(number, line)


def _fits(kind: str, value: str) -> bool:
    return not (value and kind in _HEADINGS)


def _other(number: int, line: str) -> Token:
    return Token(_OTHER, number, value=line)
