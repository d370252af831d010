"""What stands beside the packages of RouterOS: scripts, what starts them, and containers.

Only names are asked for, and when a thing starts: the text of a script may hold passwords.

Source: manual.mikrotik.com, "Scripting", "Scheduler", "Container"; the console page for
``print`` and its ``proplist``.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

from netintegrity.model.claims import AddedClaim, SoftwareKind
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms._beside import Listing
from netintegrity.platforms._routeros_text import Item, items_of, read_console
from netintegrity.platforms._spec import Probe
from netintegrity.platforms._text import Answer

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
# Whatever has a number before it is an entry; all that lies between belongs to the one before.
_ENTRY: Final = re.compile(r"^\s{0,6}\d{1,5}\s")
_WHOLE: Final = re.compile(r"^\s{0,6}\d{1,5}\s{1,8}(?:[A-Z]{1,8}\s{1,8})?[a-z][a-z0-9-]{0,40}=")


def _listing(
    probe_id: str, command: str, kind: SoftwareKind, claim: Callable[[Item, Answer], AddedClaim]
) -> Listing:
    def rows(answer: Answer) -> Iterable[AddedClaim]:
        return (claim(item, answer) for item in items_of(answer) if "name" in item.fields)

    return Listing(
        probe=Probe(
            id=probe_id,
            command=command,
            demanded=False,
            lists=frozenset({kind}),
            why=_WHY[probe_id],
        ),
        rows=rows,
        reads=read_console,
        # A list without an entry is empty, or a line that says what its flags mean.
        is_whole=lambda a: all(n.text.startswith("Flags:") for n in a.lines),
        looks=_ENTRY,
        known=(_WHOLE,),
    )


_WHY: Final = {
    "scripts": "the names of scripts, and whose they are; not their text",
    "schedules": "what is started by the clock, and when; not what it runs",
    "containers": "containers, and the images they were made of",
}


def _script(item: Item, answer: Answer) -> AddedClaim:
    return AddedClaim(
        subject=_CHASSIS,
        kind=SoftwareKind.SCRIPT,
        name=item.fields["name"],
        form="script",
        source=answer.source(item.line),
    )


def _schedule(item: Item, answer: Answer) -> AddedClaim:
    when = " ".join(item.fields[k] for k in ("start-time", "interval") if k in item.fields)
    return AddedClaim(
        subject=_CHASSIS,
        kind=SoftwareKind.SCRIPT,
        name=item.fields["name"],
        form="schedule",
        trigger=when,
        state="disabled" if "X" in item.flags else "",
        source=answer.source(item.line),
    )


def _container(item: Item, answer: Answer) -> AddedClaim:
    return AddedClaim(
        subject=_CHASSIS,
        kind=SoftwareKind.CONTAINER,
        name=item.fields["name"],
        form="container",
        image_id=item.fields.get("tag", ""),
        source=answer.source(item.line),
    )


_PRINT: Final = "print detail without-paging proplist"
SCRIPTS: Final = _listing(
    "scripts", f"/system script {_PRINT}=name,owner", SoftwareKind.SCRIPT, _script
)
SCHEDULES: Final = _listing(
    "schedules",
    f"/system scheduler {_PRINT}=name,start-time,interval",
    SoftwareKind.SCRIPT,
    _schedule,
)
CONTAINERS: Final = _listing(
    "containers", f"/container {_PRINT}=name,tag", SoftwareKind.CONTAINER, _container
)
"""Where the package of that name is installed; elsewhere there is no such menu."""
