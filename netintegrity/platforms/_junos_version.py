"""What runs on each part, as ``show version`` of Junos says: a release, and the components."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.model.claims import PackageClaim
from netintegrity.model.release import Order, Release
from netintegrity.model.subject import Subject
from netintegrity.platforms._junos_text import Section
from netintegrity.platforms._releases_juniper import parse_junos
from netintegrity.platforms._text import Answer, Line

# Junos: 21.4R3-S5.4
_HEADLINE: Final = re.compile(r"^Junos: (?P<release>\S{1,120})$")
# JUNOS Software Release [12.3X48-D40.5]        JUNOS EX  Software Suite [13.2X51-D35.3]
# JUNOS Base OS Software Suite [13.3R1.4]       JUNOS Base OS boot [13.3R1.4]
_SUITE: Final = re.compile(
    r"^JUNOS (?:Software Release|EX {1,2}Software Suite|Base OS Software Suite|Base OS boot"
    r"|OS Kernel \S{1,20}) {1,2}\[(?P<release>[^\[\]]{1,120})\]$"
)
# JUNOS-EVO OS 64-bit [junos-evo-install-ptx-fixed-x86-64-22.3R1-S1.4-EVO]
EVOLVED_SYSTEM: Final = re.compile(r"^JUNOS-EVO OS \S{1,20} \[(?P<name>[^\[\]]{1,200})\]$")
# JUNOS py-base-i386 [13.3R1.4]        labpkg [7.0]        CHEF client bundle [11.10.4_2.0_i386]
_COMPONENT: Final = re.compile(
    r"^(?P<name>[A-Za-z][^\[\]]{0,120}) \[(?P<version>[^\[\]]{1,200})\]$"
)
_MODEL: Final = re.compile(r"^Model: (?P<model>\S{1,60})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """What one part says that it runs."""

    subject: Subject
    answer: Answer
    release: Release | None
    line: Line | None
    """Where the release stands."""
    printed: str | None
    """The release as printed, be it in the grammar or not."""
    components: tuple[PackageClaim, ...]
    reason: str
    """Why nothing can be said of what runs here; empty: it can."""


def runs_of(section: Section) -> Runs:
    """Return what a part of ``show version`` says; whatever is missing has its reason."""
    answer = section.answer
    named = [(line, m["release"]) for line, m in answer.search(_HEADLINE)]
    suites = [
        (line, m["release"])
        for line, m in answer.search(_SUITE)
        if parse_junos(m["release"]) is not None
    ]
    line, printed = next(iter([*named, *suites]), (None, None))
    release = None if printed is None else parse_junos(printed)
    return Runs(
        subject=section.subject,
        answer=answer,
        release=release,
        line=line,
        printed=printed,
        components=tuple(_components(section)),
        reason=_reason(answer, printed, release, [text for _, text in (*named, *suites)]),
    )


def is_junos(answer: Answer) -> bool:
    """Say whether a box shows itself to be of this family: a model, and a release beside it."""
    model = next(answer.search(_MODEL), None)
    return model is not None and any(
        next(answer.search(p), None) is not None for p in (_HEADLINE, _SUITE, EVOLVED_SYSTEM)
    )


def _reason(
    answer: Answer, printed: str | None, release: Release | None, all_printed: list[str]
) -> str:
    if printed is None:
        return answer.why_unread or "no Junos release in the answer"
    if release is None:
        return f"{printed!r} is no release of the grammar"
    for text in all_printed:
        other = parse_junos(text)
        if other is not None and other.compared_to(release) is not Order.SAME:
            return f"{printed} runs, and its base system is {text}: the two do not belong together"
    return ""


def _components(section: Section) -> Iterator[PackageClaim]:
    for line, m in section.answer.search(_COMPONENT):
        yield PackageClaim(
            subject=section.subject,
            name=m["name"].strip(),
            version=m["version"],
            state="installed",
            is_of_image=True,
            source=section.answer.source(line),
        )
