"""What stands beside the image of a router that is a Linux: units and files in a writable layer."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.model.claims import AddedClaim, SoftwareKind
from netintegrity.model.evidence import Exchange
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms._beside import Exchanges, Listing
from netintegrity.platforms._shell_text import read_shell
from netintegrity.platforms._spec import Probe, Request, Subsystem
from netintegrity.platforms._text import Answer

_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
# /etc/systemd/system/agent.service
_PATH: Final = re.compile(r"^(?P<path>/[!-~](?:[ -~]{0,250}[!-~])?)$")
_ANY: Final = re.compile(r"")
ABSENT: Final = re.compile(r"^find: .{1,300}: No such file or directory$")
"""What there is none of, nothing was put into."""


def found_files(
    answer: Answer, kind: SoftwareKind, form: str, below: str = "/"
) -> Iterator[AddedClaim]:
    """Yield each path that ``find`` printed, of those below the folder it was asked for."""
    for line, m in answer.search(_PATH):
        if m["path"].startswith(below):
            yield AddedClaim(
                subject=_CHASSIS,
                kind=kind,
                name=m["path"],
                form=form,
                source=answer.source(line),
            )


def is_whole(answer: Answer) -> bool:
    """Say whether nothing was printed, or that there is no such folder."""
    return all(ABSENT.match(line.text) for line in answer.lines)


def read_find(exchange: Exchange) -> Answer:
    """Return the answer of ``find``; that there is no such folder is no refusal."""
    answer = read_shell(exchange)
    if answer.refusal is not None and ABSENT.match(answer.refusal):
        return Answer(exchange, answer.lines, None)
    return answer


UNITS: Final = Listing(
    probe=Probe(
        id="services",
        command="find /etc/systemd/system -type f",
        subsystem=Subsystem.SHELL,
        demanded=False,
        lists=frozenset({SoftwareKind.SERVICE}),
        why="units that no package brought: those of packages are links there, or lie elsewhere",
    ),
    rows=lambda a: found_files(a, SoftwareKind.SERVICE, "unit file", "/etc/systemd/system/"),
    reads=read_find,
    is_whole=is_whole,
    looks=_ANY,
    known=(_PATH, ABSENT),
)


# CONTAINER ID  IMAGE                         COMMAND     CREATED      STATUS      PORTS       NAMES
_COLUMNS: Final = re.compile(r"^CONTAINER ID\s{2,20}IMAGE\s{2,120}COMMAND\b.{0,200}\bNAMES$")
# 0c1d2e3f4a5b  docker.io/library/nginx:1.25  nginx -g…   3 days ago   Up 3 days               web
_CONTAINER: Final = re.compile(
    r"^(?P<id>[0-9a-f]{12,64})\s{2,20}(?P<image>\S{1,200})\s{2,120}.{0,400}\s(?P<name>[\w.-]{1,120})$",
    re.ASCII,
)


def _containers(answer: Answer) -> Iterator[AddedClaim]:
    for line, m in answer.search(_CONTAINER):
        yield AddedClaim(
            subject=_CHASSIS,
            kind=SoftwareKind.CONTAINER,
            name=m["name"],
            form="container",
            # The number before it is of this container, and another one after every restart.
            image_id=m["image"],
            source=answer.source(line),
        )


VYOS_CONTAINERS: Final = Listing(
    probe=Probe(
        id="containers",
        command="show container",
        demanded=False,
        lists=frozenset({SoftwareKind.CONTAINER}),
        read_timeout_s=60.0,
    ),
    rows=_containers,
    reads=read_shell,
    is_whole=lambda a: not a.lines or any(_COLUMNS.match(n.text) for n in a.lines),
    looks=re.compile(r"^[0-9a-f]{12}"),
    known=(_CONTAINER,),
)
"""From 1.4 on; what it prints is what podman lists."""


def overlay(probe: Probe, requests: Callable[[Exchanges], tuple[Request, ...]]) -> Listing:
    """Return what lists the files of a writable layer that lie over programs."""

    def rows(answer: Answer) -> Iterator[AddedClaim]:
        folder = answer.exchange.command.split(" ")[1]
        yield from found_files(answer, SoftwareKind.OVERLAY, "file", f"{folder}/")

    return Listing(
        probe=probe,
        rows=rows,
        reads=read_find,
        is_whole=is_whole,
        looks=_ANY,
        known=(_PATH, ABSENT),
        requests=requests,
    )
