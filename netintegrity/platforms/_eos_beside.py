"""What stands beside the image of an EOS box: event handlers, daemons, a start-up script.

Source: Arista's user manual, ``show event-handler``, ``show daemon`` and ``/mnt/flash/rc.eos``; the
shapes are those of published outputs.
"""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import AddedClaim, SoftwareKind
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms._beside import Listing
from netintegrity.platforms._spec import Probe, Redaction
from netintegrity.platforms._text import Answer

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_SCRIPTS: Final = frozenset({SoftwareKind.SCRIPT})
# Event-handler onPortUp
_HANDLER: Final = re.compile(r"^Event-handler (?P<name>\S{1,160})(?P<built_in> \(BUILT-IN\))?$")
# Trigger: on-boot delay 300 seconds
_TRIGGER: Final = re.compile(r"^Trigger: (?P<trigger>\S.{0,160})$")
# Process: TerminAttr (running with PID 2430)        Agent: ocprometheus (shutdown)
_DAEMON: Final = re.compile(
    r"^(?:Process|Agent): (?P<name>[\w.+-]{1,120})(?: \((?P<state>.{1,80})\))?$", re.ASCII
)
#       -rwx         120            Jan 5 12:00  rc.eos
_START_UP: Final = re.compile(r"^\s{1,12}-[rwx-]{3}\s{1,20}\d{1,15}\s.{5,30}\s(?P<name>rc\.eos)$")
_DIRECTORY: Final = re.compile(r"^Directory of flash:")

ACTION_SECRETS: Final = Redaction(
    # Action: bash curl --header "token: …"
    re.compile(
        r"(?mi)^Action: (?P<secret>[^\r\n]{0,400}?"
        r"\b(?:password|passwd|secret|token|community|api-?key)\b[^\r\n]{0,400})"
    )
)
"""Commands of event handlers that name a secret; all of the command is cut out."""


def _handlers(answer: Answer) -> Iterator[AddedClaim]:
    lines = answer.lines
    for at, line in enumerate(lines):
        if (m := _HANDLER.match(line.text)) is None or m["built_in"]:
            continue
        trigger = _TRIGGER.match(lines[at + 1].text) if at + 1 < len(lines) else None
        yield AddedClaim(
            subject=_CHASSIS,
            kind=SoftwareKind.SCRIPT,
            name=m["name"],
            form="event handler",
            trigger=trigger["trigger"] if trigger is not None else "",
            source=answer.source(line),
        )


def _daemons(answer: Answer) -> Iterator[AddedClaim]:
    for line, m in answer.search(_DAEMON):
        # With a number of its own it would differ at every start.
        state = re.sub(r" with PID \d{1,10}", "", m["state"] or "")
        yield AddedClaim(
            subject=_CHASSIS,
            kind=SoftwareKind.SERVICE,
            name=m["name"],
            form="daemon",
            state=state,
            source=answer.source(line),
        )


def _start_up(answer: Answer) -> Iterator[AddedClaim]:
    for line, m in answer.search(_START_UP):
        yield AddedClaim(
            subject=_CHASSIS,
            kind=SoftwareKind.SCRIPT,
            name=m["name"],
            form="start-up script",
            trigger="the next boot",
            source=answer.source(line),
        )


LISTINGS: Final = (
    Listing(
        probe=Probe(
            id="event-policies", command="show event-handler", demanded=False, lists=_SCRIPTS
        ),
        rows=_handlers,
        is_whole=lambda a: not a.lines or any(_HANDLER.match(n.text) for n in a.lines),
        looks=re.compile(r"^Event-handler\b"),
        known=(_HANDLER,),
    ),
    Listing(
        probe=Probe(
            id="services",
            command="show daemon",
            demanded=False,
            lists=frozenset({SoftwareKind.SERVICE}),
        ),
        rows=_daemons,
        is_whole=lambda a: not a.lines,
        looks=re.compile(r"^(?:Process|Agent):"),
        known=(_DAEMON,),
    ),
    Listing(
        probe=Probe(
            id="flash",
            command="dir flash:",
            demanded=False,
            lists=_SCRIPTS,
            why="whether a script lies there that the next boot runs (rc.eos)",
        ),
        rows=_start_up,
        is_whole=lambda a: any(_DIRECTORY.match(n.text) for n in a.lines),
        looks=re.compile(r"^.{1,200}\brc\.eos$"),
        known=(_START_UP,),
    ),
)
