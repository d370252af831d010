"""Containers, guest shells and hosted applications, as Cisco's systems list them.

Source: the command references, ``show app-hosting list``, ``show virtual-service list`` and ``show
appmgr application-table``; the shapes are those of published outputs.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.model.claims import AddedClaim, SoftwareKind
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms._beside import Exchanges, Listing
from netintegrity.platforms._spec import Probe, Request
from netintegrity.platforms._text import Answer

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_LISTS: Final = frozenset({SoftwareKind.CONTAINER})
# guestshell                               RUNNING
_APP: Final = re.compile(
    r"^(?P<name>[\w.-]{1,64})\s{2,80}(?P<state>[A-Z]{3,20}(?: [A-Z]{3,20})?)$", re.ASCII
)
_APP_HEADER: Final = re.compile(r"^App id\s{1,80}State$")
_NO_APP: Final = re.compile(r"^No App found\.?$", re.IGNORECASE)
_ROW: Final = re.compile(r"^[\w.+]")
# guestshell+             Activated          guestshell.ova
_SERVICE: Final = re.compile(
    r"^(?P<name>[\w.+-]{1,64})\s{2,40}(?P<state>[A-Z][a-z]{3,20}(?: [A-Za-z]{1,20})?)\s{2,40}"
    r"(?P<package>[\w.+/:-]{1,160})$",
    re.ASCII,
)
_SERVICE_HEADER: Final = re.compile(r"^(?:Virtual Service List:|Name\s{1,40}Status\s{1,40}Package)")
_NO_SERVICE: Final = re.compile(r"^No virtual[- ]services? ", re.IGNORECASE)
# hello-world Docker  Activated    Running
_TABLE: Final = re.compile(
    r"^(?P<name>[\w.-]{1,64})\s{1,40}(?P<type>Docker|Native|Lxc)\s{1,12}(?P<config>[A-Z][a-z]{2,20})"
    r"\s{1,20}(?P<status>\S.{0,80})$",
    re.ASCII | re.IGNORECASE,
)
# Thu Jan 19 16:00:29.878 PST
_TIME: Final = re.compile(r"^[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d")
_TABLE_HEADER: Final = re.compile(r"^Name\s{1,40}Type\s{1,12}Config State\b")


def _claims(
    pattern: re.Pattern[str], form: str, state: Callable[[re.Match[str]], str]
) -> Callable[[Answer], Iterator[AddedClaim]]:
    def rows(answer: Answer) -> Iterator[AddedClaim]:
        for line, m in answer.search(pattern):
            yield AddedClaim(
                subject=_CHASSIS,
                kind=SoftwareKind.CONTAINER,
                # A plus marks a service that comes with the system, on every listing of it.
                name=m["name"].rstrip("+"),
                form=form,
                state=state(m),
                image_id=m.groupdict().get("package") or "",
                source=answer.source(line),
            )

    return rows


def _says(*patterns: re.Pattern[str], empty: bool = False) -> Callable[[Answer], bool]:
    def is_whole(answer: Answer) -> bool:
        return (empty and not answer.lines) or any(
            p.match(line.text) for line in answer.lines for p in patterns
        )

    return is_whole


def iosxe(applies: Callable[[Exchanges], bool]) -> Listing:
    """Return what lists the applications an IOS-XE box hosts; asked where ``applies`` says so."""
    probe = Probe(
        id="containers",
        command="show app-hosting list",
        demanded=False,
        lists=_LISTS,
        read_timeout_s=60.0,
    )

    def requests(exchanges: Exchanges) -> tuple[Request, ...]:
        return (probe.request(),) if applies(exchanges) else ()

    return Listing(
        probe=probe,
        rows=_claims(_APP, "hosted application", lambda m: m["state"]),
        is_whole=_says(_APP_HEADER, _NO_APP, empty=True),
        looks=_ROW,
        known=(_APP, _APP_HEADER, _NO_APP),
        requests=requests,
    )


NXOS: Final = Listing(
    probe=Probe(id="containers", command="show virtual-service list", demanded=False, lists=_LISTS),
    rows=_claims(_SERVICE, "virtual service", lambda m: m["state"]),
    is_whole=_says(_SERVICE_HEADER, _NO_SERVICE),
    looks=_ROW,
    known=(_SERVICE, _SERVICE_HEADER, _NO_SERVICE),
)
IOSXR: Final = Listing(
    probe=Probe(
        id="containers",
        command="show appmgr application-table",
        demanded=False,
        lists=_LISTS,
        read_timeout_s=60.0,
    ),
    rows=_claims(_TABLE, "hosted application", lambda m: f"{m['config']}, {m['status'].strip()}"),
    is_whole=_says(_TABLE_HEADER, empty=True),
    looks=_ROW,
    known=(_TABLE, _TABLE_HEADER, _TIME),
)
