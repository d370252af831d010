"""Embedded Event Manager of Cisco: what an event starts, as each of its systems lists it.

Source: the command references of each, ``show event manager policy registered`` and ``event
manager applet``; the shapes are those of published outputs.
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
_DAY: Final = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
# 1    applet    user    timer watchdog      Off   Mon Jan 5 12:00:00 2026   backup
# 2    script    system  syslog              Off   Fri Sep11 12:07:24 2026   sl_intf_down.tcl
# 1    system   syslog           Tue Jan 16 23:44:56 2026  test1.tcl          (IOS-XR)
_REGISTERED: Final = re.compile(
    r"^\s{0,4}\d{1,5}\s{1,8}(?:(?P<form>applet|script|call-home)\s{1,12})?"
    r"(?P<type>user|system)\s{1,12}(?P<trigger>\S.{0,60}?)\s{1,40}(?:(?:Off|On)\s{1,12})?"
    rf"(?:{_DAY}\s{{1,2}}[A-Z][a-z]{{2}}\s{{0,2}}\d{{1,2}} [\d:.]{{8,15}} \d{{4}}|\.\.\.)\s{{1,16}}"
    r"(?P<name>\S{1,160})$",
    re.ASCII,
)
_HEADER: Final = re.compile(r"^\s{0,4}No\.\s{1,8}(?:Class\s{1,12})?Type\s{1,12}Event Type\b")
# event manager applet track_3_10
_APPLET: Final = re.compile(r"^event manager applet (?P<name>\S{1,160})(?: .{0,200})?$")
# event manager policy x.tcl type user
_POLICY: Final = re.compile(r"^event manager policy (?P<name>\S{1,160})(?: .{0,200})?$")
#   event syslog pattern "x"
_EVENT: Final = re.compile(r"^\s{1,4}event (?P<trigger>(?!manager )\S.{0,120})$")
# !Command: show running-config eem
#  cpu-check.py       | exec    | Config Checksum    | NEW         | Tue Aug 24 09:18:23 2021
_STATUS: Final = re.compile(
    r"^\s{0,4}(?P<name>[\w.+-]{1,160})\s{0,80}\|\s{0,8}(?P<type>exec|config|process|eem)"
    r"\s{0,20}\|\s{0,8}(?P<status>[^|]{1,60})\|[^|]{0,60}\|[^|]{0,60}$",
    re.ASCII | re.IGNORECASE,
)
_STATUS_HEADER: Final = re.compile(r"^\s{0,4}Name\s{1,80}\|\s{0,8}Type\b")
_ROW: Final = re.compile(r"^\s{0,4}\d{1,5}\s{1,8}(?:applet|script|call-home|user|system)\b")
_LINE: Final = re.compile(r"^event manager (?:applet|policy)\b")
_RUNNING: Final = re.compile(r"^!Command: show running-config eem\b")

# Words after which a command states what nobody else should read.
_SPEAKS_OF_ONE: Final = r"\b(?:password|secret|community|key-string)\b"
# A terminal may wrap a line. What is a row of a list is none of it, or an applet with an odd quote
# in an action could have the row below it cut out.
_WRAPPED: Final = (
    r"(?:\r?\n(?!\s|\d{1,5}\s{1,8}(?:applet|script|call-home|user|system)\b|event\b|!)"
    r"[^\"\r\n]{1,400})?"
)
ACTION_SECRETS: Final = (
    # action 1.0 cli command "username x password 7 0822455D0A16"
    # action 1 cli username x password 5 $5$…        (NX-OS prints no quotes)
    Redaction(
        re.compile(
            r"(?m)^[ \t]{1,8}action [^\"\r\n]{1,60}?(?:\"| cli (?:command )?)"
            rf"(?P<secret>[^\"\r\n]{{0,400}}?{_SPEAKS_OF_ONE}[^\"\r\n]{{0,400}}{_WRAPPED})"
        )
    ),
)
"""Commands an applet types that name a secret; the lists print them whole. All of the command is
cut out: the secret alone may be too short to be cut, and the whole list would be withheld."""


def _registered(answer: Answer) -> Iterator[AddedClaim]:
    for line, m in answer.search(_REGISTERED):
        yield AddedClaim(
            subject=_CHASSIS,
            kind=SoftwareKind.SCRIPT,
            name=m["name"],
            form="applet" if m["form"] == "applet" else "policy",
            state=m["type"],
            trigger=" ".join(m["trigger"].split()),
            source=answer.source(line),
        )


def _repository(answer: Answer) -> Iterator[AddedClaim]:
    for line, m in answer.search(_STATUS):
        yield AddedClaim(
            subject=_CHASSIS,
            kind=SoftwareKind.SCRIPT,
            name=m["name"],
            form=f"{m['type'].lower()} script",
            state=m["status"].strip(),
            source=answer.source(line),
        )


def _is_whole(answer: Answer) -> bool:
    """Say whether there is a head, every row below it is read, or nothing was printed at all."""
    return not answer.lines or any(_HEADER.match(n.text) for n in answer.lines)


def _configured(answer: Answer) -> Iterator[AddedClaim]:
    lines = answer.lines
    for at, line in enumerate(lines):
        applet, policy = _APPLET.match(line.text), _POLICY.match(line.text)
        if (match := applet or policy) is None:
            continue
        event = _EVENT.match(lines[at + 1].text) if applet and at + 1 < len(lines) else None
        yield AddedClaim(
            subject=_CHASSIS,
            kind=SoftwareKind.SCRIPT,
            name=match["name"],
            form="applet" if applet else "policy",
            trigger=event["trigger"].strip() if event is not None else "",
            source=answer.source(line),
        )


REGISTERED: Final = Listing(
    probe=Probe(
        id="event-policies",
        command="show event manager policy registered",
        demanded=False,
        lists=_SCRIPTS,
    ),
    rows=_registered,
    is_whole=_is_whole,
    looks=_ROW,
    known=(_REGISTERED,),
)
"""Of IOS, IOS-XE and IOS-XR."""
XR_SCRIPTS: Final = Listing(
    probe=Probe(id="scripts", command="show script status", demanded=False, lists=_SCRIPTS),
    rows=_repository,
    is_whole=lambda a: not a.lines or any(_STATUS_HEADER.match(n.text) for n in a.lines),
    looks=re.compile(r"^[^|]{1,200}\|"),
    known=(_STATUS, _STATUS_HEADER),
)
"""Of IOS-XR from 7.3.2 on: what was added to its repository of scripts."""
NXOS: Final = Listing(
    probe=Probe(
        id="event-policies", command="show running-config eem", demanded=False, lists=_SCRIPTS
    ),
    rows=_configured,
    is_whole=lambda a: any(_RUNNING.match(n.text) for n in a.lines),
    looks=_LINE,
    known=(_APPLET, _POLICY),
)
ASA: Final = Listing(
    probe=Probe(
        id="event-policies",
        command="show running-config event manager",
        demanded=False,
        lists=_SCRIPTS,
    ),
    rows=_configured,
    # Where nothing is configured, nothing is printed.
    is_whole=lambda a: not a.lines,
    looks=_LINE,
    known=(_APPLET, _POLICY),
)
