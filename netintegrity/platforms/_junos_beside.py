"""What stands beside the system of a Junos box: scripts, event policies, extension services.

It is read from the configuration, which is displayed and never entered. A script's checksum there
is what the box demands of the file before it runs it.

Source: Juniper's automation scripting guide, ``system scripts``, ``event-options`` and ``system
extensions``; the lines are those that ``display set`` prints.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.model.claims import AddedClaim, SoftwareKind
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.platforms._beside import Listing
from netintegrity.platforms._junos_text import CHASSIS, read_junos
from netintegrity.platforms._spec import Probe, Redaction
from netintegrity.platforms._text import Answer, Line

_WORD: Final = r"\"?(?P<name>[\w.+/@ -]{1,160}?)\"?"
# set system scripts op file check.slax checksum sha-256 8f3c…
# set event-options event-script file x.py
_FILE: Final = re.compile(
    r"^set (?:system scripts (?P<kind>op|commit|snmp|translation)|event-options event-script) "
    rf"file {_WORD}(?: (?P<rest>[a-z].{{0,300}}))?$",
    re.ASCII,
)
_CHECKSUM: Final = re.compile(
    r"^checksum (?P<what>md5|sha1|sha-256) \"?(?P<hex>[0-9a-fA-F]{32,64})\"?$"
)
# set event-options policy p events ui_login_event
# set event-options generate-event e time-interval 600
_POLICY: Final = re.compile(
    rf"^set event-options (?P<what>policy|generate-event) {_WORD}(?: (?P<rest>[a-z].{{0,300}}))?$",
    re.ASCII,
)
# set system extensions extension-service application file agent.py daemonize
_EXTENSION: Final = re.compile(
    rf"^set system extensions extension-service application file {_WORD}"
    r"(?: (?P<rest>[a-z].{0,300}))?$",
    re.ASCII,
)
_LOOKS: Final = re.compile(
    r"^set (?:system scripts (?:op|commit|snmp|translation) file"
    r"|event-options (?:policy|event-script file|generate-event)"
    r"|system extensions extension-service application)\b"
)
_ALGORITHMS: Final = {
    "md5": DigestAlgorithm.MD5,
    "sha1": DigestAlgorithm.SHA1,
    "sha-256": DigestAlgorithm.SHA256,
}
ARCHIVE_SECRETS: Final = Redaction(
    # set event-options destinations d archive-sites "scp://…" password "$9$…"
    re.compile(r"\bpassword[ \t]{1,4}\"(?P<secret>[^\"\r\n]{1,400})\"")
)
"""Of the places event scripts upload to."""


def _gathered(
    answer: Answer, pattern: re.Pattern[str], form: Callable[[re.Match[str]], str]
) -> dict[tuple[str, str], list[tuple[Line, str]]]:
    """Return what is said of each thing: one line may say one word of it."""
    said: dict[tuple[str, str], list[tuple[Line, str]]] = {}
    for line, m in answer.search(pattern):
        said.setdefault((form(m), m["name"]), []).append((line, m["rest"] or ""))
    return said


def _scripts(answer: Answer) -> Iterator[AddedClaim]:
    found = _gathered(answer, _FILE, lambda m: f"{m['kind'] or 'event'} script")
    for (form, name), lines in found.items():
        digests = frozenset(d for _, rest in lines if (d := _declared(rest)) is not None)
        yield AddedClaim(
            subject=CHASSIS,
            kind=SoftwareKind.SCRIPT,
            name=name,
            form=form,
            trigger={"event script": "an event", "commit script": "every commit"}.get(form, ""),
            digests=digests,
            source=answer.source(lines[0][0]),
        )
    policies = _gathered(answer, _POLICY, lambda m: m["what"])
    for (form, name), lines in policies.items():
        events = [rest.removeprefix("events ") for _, rest in lines if rest.startswith("events ")]
        yield AddedClaim(
            subject=CHASSIS,
            kind=SoftwareKind.SCRIPT,
            name=name,
            form="event policy" if form == "policy" else "generated event",
            trigger=", ".join(events[:8]) or ("a timer" if form == "generate-event" else ""),
            source=answer.source(lines[0][0]),
        )


def _declared(rest: str) -> Digest | None:
    if (m := _CHECKSUM.match(rest)) is None:
        return None
    algorithm = _ALGORITHMS[m["what"]]
    value = bytes.fromhex(m["hex"]) if len(m["hex"]) % 2 == 0 else b""
    return Digest(algorithm, value) if len(value) == algorithm.size_bytes else None


def _extensions(answer: Answer) -> Iterator[AddedClaim]:
    for (form, name), lines in _gathered(answer, _EXTENSION, lambda _: "extension service").items():
        yield AddedClaim(
            subject=CHASSIS,
            kind=SoftwareKind.SERVICE,
            name=name,
            form=form,
            source=answer.source(lines[0][0]),
        )


def _listing(
    id_: str,
    hierarchy: str,
    kind: SoftwareKind,
    rows: Callable[[Answer], Iterator[AddedClaim]],
) -> Listing:
    return Listing(
        probe=Probe(
            id=id_,
            command=f"show configuration {hierarchy} | display inheritance | display set",
            demanded=False,
            lists=frozenset({kind}),
            read_timeout_s=60.0,
            privilege="the permission `view-configuration`",
        ),
        rows=rows,
        reads=read_junos,
        # Nothing is printed where nothing is configured; other lines of the hierarchy say so too.
        is_whole=lambda a: all(n.text.startswith(("set ", "deactivate ")) for n in a.lines),
        looks=_LOOKS,
        known=(_FILE, _POLICY, _EXTENSION),
    )


LISTINGS: Final = (
    _listing("scripts", "system scripts", SoftwareKind.SCRIPT, _scripts),
    _listing("event-policies", "event-options", SoftwareKind.SCRIPT, _scripts),
    _listing("services", "system extensions", SoftwareKind.SERVICE, _extensions),
)
