"""What Junos printed, parted by the members, routing engines or nodes it speaks of."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from netintegrity.model.evidence import Exchange
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms._text import Answer, Line, read

CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")

# {master:0}        {primary:node0}        {linecard:1}[edit]
_BANNER: Final = re.compile(r"^\{[a-z-]{3,20}(?::[a-z0-9-]{1,16})?\}$")
# ---(more)---        ---(more 45%)---
_PAGER: Final = re.compile(r"^---\(more(?: \d{1,3}%)?\)---\s*")
# lab@r1> show version
_ECHO: Final = re.compile(r"^[\w.@-]{1,80}> ?(?:show|file)\b")
# syntax error, expecting <command>.        unknown command.        error: permission denied
_REFUSAL: Final = re.compile(
    r"^\s{0,300}(?:syntax error\b.*|unknown command\b.*|ambiguous command\b.*|missing argument\b.*"
    r"|invalid (?:command|argument|value)\b.*|error: .*|permission denied\b.*)$",
    re.IGNORECASE,
)
#                     ^            (under the word that is not known)
_MARK: Final = re.compile(r"^\s{0,300}\^$")
# fpc0:        re1:        node0:        member0-re1:        localre:        node: re0
_HEADING: Final = re.compile(
    r"^(?:node: )?(?P<name>(?:fpc|re|node|member)\d{1,2}(?:-re\d)?|localre):?$",
    # A digit of another script would make a name that is none of ours.
    re.ASCII,
)
# --------------------------------------------------------------------------
_RULE: Final = re.compile(r"^-{5,200}$")
_MOST_PARTS: Final = 64
"""A virtual chassis has ten members; what names more is not read, so that nobody waits for it."""
_KINDS: Final = {
    "fpc": SubjectKind.MEMBER,
    "member": SubjectKind.MEMBER,
    "re": SubjectKind.ROUTING_ENGINE,
    "node": SubjectKind.NODE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What one answer says of one part of the box."""

    subject: Subject
    answer: Answer
    """Holds the lines of this part alone."""


def read_junos(exchange: Exchange) -> Answer:
    """Return the answer in an exchange; any text at all is fine."""
    lines = [Line(n.number, text) for n in read(exchange).lines if (text := _plain(n.text))]
    if lines and _ECHO.match(lines[0].text) is not None:
        del lines[0]
    return Answer(exchange, tuple(lines), _refusal(lines))


def sections(answer: Answer) -> tuple[Section, ...]:
    """Return the parts of an answer, in order; one that has no headings is of the chassis.

    A switch that stands alone prints ``fpc0:`` too, and a router ``re0:``: one such heading is the
    chassis. What stands before the first heading is in no section.
    """
    heads = [i for i, line in enumerate(answer.lines) if _is_heading(answer.lines, i)]
    if not heads:
        return (Section(subject=CHASSIS, answer=answer),)
    if len(heads) > _MOST_PARTS:
        silent = Answer(answer.exchange, (), f"more than {_MOST_PARTS} parts are named")
        return (Section(subject=CHASSIS, answer=silent),)
    names = [_name(answer.lines[i]) for i in heads]
    ends = [*heads[1:], len(answer.lines)]
    found = []
    for name, start, end in zip(names, heads, ends, strict=True):
        lines = tuple(n for n in answer.lines[start + 1 : end] if _RULE.match(n.text) is None)
        part = Answer(answer.exchange, lines, _refusal(lines))
        found.append(Section(subject=_subject(name, alone=len(heads) == 1), answer=part))
    return tuple(found)


def is_parted(answer: Answer) -> bool:
    """Say whether an answer speaks of several parts, each under a heading."""
    return len(sections(answer)) > 1


def of_members(answer: Answer) -> bool:
    """Say whether an answer is parted by the members of a virtual chassis, be it of one."""
    return any(
        _is_heading(answer.lines, i) and _name(n).startswith("fpc")
        for i, n in enumerate(answer.lines)
    )


def error_before_sections(answer: Answer) -> str | None:
    """Return the line that says that a part could not be asked; None: there is none."""
    if not answer.lines or not any(_is_heading(answer.lines, i) for i in range(len(answer.lines))):
        return None
    return answer.refusal


def _plain(text: str) -> str:
    text = _PAGER.sub("", text).rstrip()
    return "" if _BANNER.match(text) is not None else text


def _refusal(lines: Iterable[Line]) -> str | None:
    for line in lines:
        if _REFUSAL.match(line.text) is not None and _MARK.match(line.text) is None:
            return line.text.strip()[:200]
    return None


def _is_heading(lines: tuple[Line, ...], index: int) -> bool:
    """Say whether a line is a heading: a rule is below it, as a part's own words never have."""
    if _HEADING.match(lines[index].text) is None:
        return False
    return index + 1 < len(lines) and _RULE.match(lines[index + 1].text) is not None


def _name(line: Line) -> str:
    match = _HEADING.match(line.text)
    return "" if match is None else match["name"]


def _subject(name: str, *, alone: bool) -> Subject:
    kind = name.rstrip("0123456789")
    if name == "localre" or (alone and kind in {"fpc", "re"}):
        return CHASSIS
    if "-" in name:
        # A router of a virtual chassis of routers, each with engines of its own.
        return Subject(SubjectKind.ROUTING_ENGINE, name)
    return Subject(_KINDS[kind], name[len(kind) :])
