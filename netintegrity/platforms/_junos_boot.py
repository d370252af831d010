"""What Junos will boot, where it says so: its two slices, and a set that waits for a reboot."""

import re
from dataclasses import dataclass
from typing import Final

from netintegrity.model.release import Release
from netintegrity.model.subject import Subject
from netintegrity.platforms._junos_text import sections
from netintegrity.platforms._releases_juniper import parse_junos
from netintegrity.platforms._text import Answer, Line

PENDING_FOLDER: Final = "/packages/sets/pending"

# Information for snapshot on       internal (/dev/da0s1a) (backup)
_SLICE: Final = re.compile(
    r"^Information for snapshot on\s{1,20}\S{1,40}\s\((?P<device>/dev/[\w/]{1,40})\)"
    r" \((?P<role>primary|backup)\)$"
)
#   junos  : 21.4R3-S5.4-domestic
_CONTENT: Final = re.compile(r"^\s{0,8}junos\s{0,8}:\s(?P<release>\S{1,120})$")
# /packages/sets/pending: No such file or directory
_ABSENT: Final = re.compile(r"^/packages/sets/pending(?:/|)?: No such file or directory$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One of the two places a part can boot from."""

    subject: Subject
    device: str
    is_primary: bool
    release: Release | None
    """None: what it holds is not in the grammar, or is not printed."""
    answer: Answer
    line: Line


def slices_of(answer: Answer) -> tuple[Slice, ...]:
    """Return the slices a snapshot listing names; a part with two primary ones has none."""
    found: list[Slice] = []
    for section in sections(answer):
        own = _slices(section.subject, section.answer)
        if sum(s.is_primary for s in own) <= 1 and len({s.device for s in own}) == len(own):
            found += own
    return tuple(found)


def pending_of(answer: Answer | None) -> Line | None:
    """Return the first line that names something waiting for the next boot; None: nothing does."""
    if answer is None or answer.refusal is not None:
        return None
    for line in answer.lines:
        text = line.text.strip()
        if text.rstrip(":/") != PENDING_FOLDER and _ABSENT.match(text) is None:
            return line
    return None


def _slices(subject: Subject, answer: Answer) -> list[Slice]:
    found: list[Slice] = []
    for line in answer.lines:
        if (m := _SLICE.match(line.text)) is not None:
            found.append(
                Slice(
                    subject=subject,
                    device=m["device"],
                    is_primary=m["role"] == "primary",
                    release=None,
                    answer=answer,
                    line=line,
                )
            )
        elif found and found[-1].release is None and (m := _CONTENT.match(line.text)) is not None:
            last = found.pop()
            found.append(
                Slice(
                    subject=last.subject,
                    device=last.device,
                    is_primary=last.is_primary,
                    release=parse_junos(m["release"]),
                    answer=answer,
                    line=last.line,
                )
            )
    return found
