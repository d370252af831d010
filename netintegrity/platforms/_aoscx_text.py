"""What AOS-CX prints: its two banks, with the digest of the image in each, and its parts."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.platforms._text import Answer, Line, read

# Active Image       : secondary        Chassis Serial Nbr : SG00000001
_FIELD: Final = re.compile(
    r"^(?P<key>[A-Z][A-Za-z0-9()% -]{2,30}?)\s{0,20}: {0,2}(?P<value>\S.{0,120})$"
)
_RULE: Final = re.compile(r"^-{20,}$")
# ArubaOS-CX Primary Image        AOS-CX Secondary Image
_BANK: Final = re.compile(r"^(?:Aruba)?[A-Z]{2,3}-CX (?P<bank>Primary|Secondary) Image$")
# Management Module 1/1 (Active)
_MODULE: Final = re.compile(
    r"^(?P<kind>[A-Z][A-Za-z ]{2,30}?) (?P<id>\d{1,2}(?:/\d{1,2})?)"
    r"(?: \((?P<state>[A-Z][a-z]{2,12})\))?$"
)
# 2   38:21:c7:5d:07:c0   JL668A         Standby
_MEMBER: Final = re.compile(
    r"^\s{0,4}(?P<id>\d{1,2})\s{1,8}(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\s{1,12}\S{1,20}\s{1,20}\S"
)
_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
# Invalid input: vsf        Cannot execute command. Command not allowed.
_REFUSAL: Final = re.compile(
    r"^\s{0,8}(?:Invalid input.*|Cannot execute command.*|Unknown command.*|Ambiguous command.*)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """One of the two places an image is installed to."""

    name: str
    """``primary`` or ``secondary``."""
    line: Line
    version: str | None
    digest: Digest | None
    digest_line: Line | None
    fault: str | None
    """Why its digest does not count; None: it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A part that boots one of the banks."""

    id: str
    is_active: bool
    """It is the one that answers."""
    bank: str | None
    loader: str | None
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """What ``show images`` says."""

    answer: Answer
    banks: dict[str, Bank]
    default: str | None
    """The bank that the next boot takes; None: it does not say, or says two."""
    default_line: Line | None
    modules: tuple[Module, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    title: Line
    fields: tuple[tuple[str, str, Line], ...]

    def values(self, key: str) -> list[tuple[str, Line]]:
        return [(value, line) for k, value, line in self.fields if k == key]

    def one(self, key: str) -> str | None:
        found = self.values(key)
        return found[0][0] if len(found) == 1 else None


def last_answer(exchanges: Iterable[Exchange], probe_id: str) -> Answer | None:
    """Return the last answer to a probe; None: it was never asked."""
    found = [e for e in exchanges if e.probe_id == probe_id]
    if not found:
        return None
    answer = read(found[-1])
    refusal = next((n.text.strip()[:200] for n in answer.lines if _REFUSAL.match(n.text)), None)
    return Answer(found[-1], answer.lines, answer.refusal or refusal)


def is_no_command(answer: Answer) -> bool:
    """Say whether the box does not know the command, as opposed to not letting us ask."""
    return (answer.refusal or "").lower().startswith("invalid input")


def fields_of(answer: Answer | None) -> dict[str, tuple[str, Line]]:
    """Return the fields of an answer; of one that stands twice, the first."""
    found: dict[str, tuple[str, Line]] = {}
    if answer is not None and answer.why_unread is None:
        for line, m in answer.search(_FIELD):
            found.setdefault(m["key"], (m["value"].strip(), line))
    return found


def members_of(answer: Answer | None) -> tuple[str, ...]:
    """Return the numbers of the switches of a stack; none where there is no stack."""
    if answer is None or answer.why_unread is not None:
        return ()
    return tuple(m["id"] for _, m in answer.search(_MEMBER))


def images_of(answer: Answer | None) -> Images | None:
    """Return what ``show images`` says; None: nothing may be read."""
    if answer is None or answer.why_unread is not None:
        return None
    blocks = tuple(_blocks(answer))
    banks: dict[str, Bank] = {}
    for block in blocks:
        if (m := _BANK.match(block.title.text)) is not None:
            name = m["bank"].lower()
            found = _bank(answer, name, block)
            banks[name] = _twice(found) if name in banks else found
    defaults = [v for b in blocks for v in b.values("Default Image")]
    return Images(
        answer=answer,
        banks=banks,
        default=defaults[0][0] if len(defaults) == 1 else None,
        default_line=defaults[0][1] if defaults else None,
        modules=tuple(_modules(blocks)),
    )


def _blocks(answer: Answer) -> Iterator[_Block]:
    """Take the answer apart at each line that stands between two rules."""
    lines = answer.lines
    title: Line | None = None
    fields: list[tuple[str, str, Line]] = []
    for at, line in enumerate(lines):
        between = 0 < at < len(lines) - 1
        if between and _RULE.match(lines[at - 1].text) and _RULE.match(lines[at + 1].text):
            if title is not None:
                yield _Block(title, tuple(fields))
            title, fields = line, []
        elif (m := _FIELD.match(line.text)) is not None:
            fields.append((m["key"], m["value"].strip(), line))
    if title is not None:
        yield _Block(title, tuple(fields))


def _bank(answer: Answer, name: str, block: _Block) -> Bank:
    sums = block.values("SHA-256")
    text, line = sums[0] if len(sums) == 1 else ("", None)
    fault = None
    if not answer.exchange.complete:
        fault = "the answer was cut off"
    elif len(sums) != 1:
        fault = "no digest in the answer" if not sums else "more than one digest in the answer"
    elif _SHA256.fullmatch(text) is None:
        fault = "no SHA-256 of the right length in the answer"
    return Bank(
        name=name,
        line=block.title,
        version=block.one("Version"),
        digest=None if fault else Digest(DigestAlgorithm.SHA256, bytes.fromhex(text)),
        digest_line=line,
        fault=fault,
    )


def _twice(bank: Bank) -> Bank:
    reason = "it stands twice in the answer"
    return replace(bank, version=None, digest=None, digest_line=None, fault=reason)


def _modules(blocks: tuple[_Block, ...]) -> Iterator[Module]:
    for block in blocks:
        if _BANK.match(block.title.text) is not None:
            continue
        if (m := _MODULE.match(block.title.text)) is not None:
            yield Module(
                id=m["id"],
                is_active=m["state"] in {None, "Active", "Conductor", "Master"},
                bank=block.one("Active Image"),
                loader=block.one("Service OS Version"),
                line=block.title,
            )
