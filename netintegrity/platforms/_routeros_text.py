"""What the console of RouterOS printed: one record, or a list of them with ``print detail``."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.model.evidence import Exchange
from netintegrity.platforms._text import Answer, Line, read

# [admin@MikroTik] > /system resource print without-paging
_PROMPT: Final = re.compile(r"^\[[^\]]{1,120}\] [^>]{0,60}>\s?(?P<command>.*)$")
# bad command name partitions (line 1 column 2)        expected end of command (line 1 column 8)
_REFUSAL: Final = re.compile(
    r"^(?:bad command name|syntax error|expected |no such |not enough permissions|input does not "
    r"|invalid |failure:|action failed|interrupted|ambiguous ).{0,200}$"
)
#                  version: 7.12.2 (stable)
_FIELD: Final = re.compile(r"^\s{0,60}(?P<key>[a-z][a-z0-9-]{0,40}): (?P<value>\S.{0,200})$")
#  0 AR name="part0" fallback-to=next
_ITEM: Final = re.compile(
    r"^\s{0,6}(?P<number>\d{1,5})\s{1,8}(?:(?P<flags>[A-Z]{1,8})\s{1,8})?(?P<rest>[a-z][a-z0-9-]{0,40}=.*)$"
)
_PAIR: Final = re.compile(
    r'(?:^|\s)(?P<key>[a-z][a-z0-9-]{0,40})=(?:"(?P<quoted>(?:[^"\\]|\\.){0,300})"|(?P<plain>[^\s"]{0,200}))'
)
_MAX_ITEM: Final = 8192


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list."""

    flags: str
    fields: dict[str, str]
    line: Line
    """The first of it."""


def last_answer(exchanges: Iterable[Exchange], probe_id: str) -> Answer | None:
    """Return the last answer to a probe; None: it was never asked."""
    found = [e for e in exchanges if e.probe_id == probe_id]
    return read_console(found[-1]) if found else None


def read_console(exchange: Exchange) -> Answer:
    """Return the answer in an exchange; any text at all is fine."""
    lines = list(read(exchange).lines)
    # The line editor may draw prompt and command once more before the answer.
    while lines and (m := _PROMPT.match(lines[0].text)) is not None and m["command"]:
        del lines[0]
    while lines and (m := _PROMPT.match(lines[-1].text)) is not None and not m["command"]:
        del lines[-1]
    refusal = next((n.text.strip()[:200] for n in lines if _REFUSAL.match(n.text.strip())), None)
    return Answer(exchange, tuple(lines), refusal)


def fields_of(answer: Answer | None) -> dict[str, str]:
    """Return the fields of a record; one that is there twice is left out."""
    if answer is None or answer.why_unread is not None:
        return {}
    found: dict[str, list[str]] = {}
    for _, m in answer.search(_FIELD):
        found.setdefault(m["key"], []).append(m["value"].strip())
    return {key: values[0] for key, values in found.items() if len(values) == 1}


def items_of(answer: Answer | None) -> Iterator[Item]:
    """Yield the entries of a list; what stands between two of them belongs to the first."""
    if answer is None or answer.why_unread is not None:
        return
    first: Line | None = None
    flags, text = "", ""
    for line in answer.lines:
        if (m := _ITEM.match(line.text)) is not None:
            if first is not None:
                yield Item(flags, _pairs(text), first)
            first, flags, text = line, m["flags"] or "", m["rest"]
        elif first is not None and len(text) < _MAX_ITEM:
            text += f" {line.text.strip()}"
    if first is not None:
        yield Item(flags, _pairs(text), first)


def _pairs(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for m in _PAIR.finditer(text[:_MAX_ITEM]):
        value = m["plain"] if m["quoted"] is None else m["quoted"]
        # The name of a thing may hold anything, and be made to look like further fields.
        found.setdefault(m["key"], value)
    return found
