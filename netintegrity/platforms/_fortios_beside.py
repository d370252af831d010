"""Automation of a FortiGate: what an event starts there, scripts among it.

Source: Fortinet's CLI reference, ``system automation-stitch``; ``show`` displays the configuration
and enters nothing.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from netintegrity.model.claims import AddedClaim, SoftwareKind
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms._beside import Listing
from netintegrity.platforms._spec import Probe
from netintegrity.platforms._text import Answer

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_HEADER: Final = re.compile(r"^config system automation-stitch$")
#     edit "Network Down"             (deeper ones are its actions)
_EDIT: Final = re.compile(r"^ {4}edit \"(?P<name>[^\"]{1,160})\"$")
#         set status disable          set trigger "Network Down"
_SET: Final = re.compile(r"^ {8}set (?P<what>status|trigger) \"?(?P<value>[^\"]{1,160})\"?$")


def _stitches(answer: Answer) -> Iterator[AddedClaim]:
    lines = answer.lines
    starts = [i for i, n in enumerate(lines) if _EDIT.match(n.text) is not None]
    for start, end in pairwise([*starts, len(lines)]):
        if (named := _EDIT.match(lines[start].text)) is None:
            continue
        found = (_SET.match(n.text) for n in lines[start + 1 : end])
        said = {m["what"]: m["value"] for m in found if m is not None}
        yield AddedClaim(
            subject=_CHASSIS,
            kind=SoftwareKind.SCRIPT,
            name=named["name"],
            form="automation stitch",
            # Nothing is printed of what is as it was made: enabled.
            state=said.get("status", ""),
            trigger=said.get("trigger", ""),
            source=answer.source(lines[start]),
        )


STITCHES: Final = Listing(
    probe=Probe(
        id="event-policies",
        command="show system automation-stitch",
        demanded=False,
        lists=frozenset({SoftwareKind.SCRIPT}),
    ),
    rows=_stitches,
    is_whole=lambda a: any(_HEADER.match(n.text) for n in a.lines),
    looks=re.compile(r"^ {4}edit\b"),
    known=(_EDIT,),
)
