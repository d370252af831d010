"""Which hardware a Junos box says it is, and how many routing engines it has."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.platforms._junos_text import sections
from netintegrity.platforms._text import Answer

# Item             Version  Part number  Serial number     Description
_HEADER: Final = re.compile(
    r"^Item\s{2,40}(?P<version>Version)\s{2,10}(?P<part>Part number)\s{2,10}"
    r"(?P<serial>Serial number)\s{2,20}(?P<description>Description)$"
)
# Chassis                                JN11A34B5AFC      MX240
# Routing Engine 0 REV 12   740-013063   9009023456        RE-S-2000
# FPC 1            REV 11   650-044938   TA3713480229      QFX5100-48T-6Q
_ITEM: Final = re.compile(r"^(?P<what>Chassis|Routing Engine|FPC)(?: (?P<number>\d{1,2}))?\s")
_KINDS: Final = {"Routing Engine": SubjectKind.ROUTING_ENGINE, "FPC": SubjectKind.MEMBER}
#   Slot 1:
_SLOT: Final = re.compile(r"^\s{0,8}Slot (?P<number>\d{1,2}):$")
#     Current state                  Backup
_STATE: Final = re.compile(r"^\s{0,8}Current state\s{1,40}(?P<state>\S.{0,40})$")


def hardware_of(answer: Answer) -> Mapping[Subject, Identity]:
    """Return every chassis, routing engine and line-card slot the answer names.

    The slots are members only of a virtual chassis; in a modular box they are line cards.
    """
    found: dict[Subject, Identity] = {}
    for section in sections(answer):
        for identity in _rows(section.answer, section.subject):
            found.setdefault(identity.subject, identity)
    return found


def engines_of(answer: Answer) -> tuple[str, ...]:
    """Return the slots that hold a routing engine; none where the box does not number them."""
    found: list[str] = []
    slot: str | None = None
    for line in answer.lines:
        if (m := _SLOT.match(line.text)) is not None:
            slot = m["number"]
        elif slot is not None and (m := _STATE.match(line.text)) is not None:
            # `Current state Empty` is a slot without an engine in it.
            if m["state"].strip() != "Empty" and slot not in found:
                found.append(slot)
            slot = None
    return tuple(found)


def identities(subjects: Iterable[Subject], answer: Answer | None) -> tuple[Identity, ...]:
    """Return who each subject is; one the answer does not name has neither serial nor PID."""
    known = {} if answer is None or answer.why_unread is not None else hardware_of(answer)
    return tuple(known.get(s, Identity(subject=s)) for s in subjects)


def _rows(answer: Answer, subject: Subject) -> Iterator[Identity]:
    columns: tuple[int, int] | None = None
    for line in answer.lines:
        if (m := _HEADER.match(line.text)) is not None:
            columns = m.start("serial"), m.start("description")
        elif columns is not None and (m := _ITEM.match(line.text)) is not None:
            kind = _KINDS.get(m["what"])
            whole = kind is None and m["number"] is None
            if whole or (kind is not None and m["number"] is not None):
                who = subject if kind is None else Subject(kind, m["number"])
                yield Identity(
                    subject=who,
                    serial=_cell(line.text[columns[0] : columns[1]]),
                    pid=_cell(line.text[columns[1] :]),
                )


def _cell(text: str) -> str | None:
    """Return what stands in a column; ``BUILTIN`` is no serial number."""
    text = text.strip()
    return text if text and text != "BUILTIN" else None
