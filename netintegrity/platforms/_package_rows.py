"""Packages in a listing of one line each, and the probes of a box that is a shell."""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import Gap, PackageClaim, SoftwareKind
from netintegrity.model.subject import Subject
from netintegrity.platforms._spec import Probe, Subsystem
from netintegrity.platforms._text import Answer

# openssh-server	1:7.9p1-10+deb10u2
DEB: Final = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9.+:-]{0,120})\s{1,80}(?P<version>[0-9A-Za-z][\w.+:~-]{0,120})$"
)
"""A line of ``dpkg-query --show``."""


def shell_probe(
    probe_id: str,
    command: str,
    why: str = "",
    *,
    demanded: bool = True,
    timeout_s: float = 30.0,
    lists: frozenset[SoftwareKind] = frozenset(),
) -> Probe:
    """Return a probe without argument that the operating system's own tools answer."""
    return Probe(
        id=probe_id,
        command=command,
        subsystem=Subsystem.SHELL,
        demanded=demanded,
        read_timeout_s=timeout_s,
        why=why,
        lists=lists,
    )


def installed(
    subject: Subject, answer: Answer | None, pattern: re.Pattern[str]
) -> Iterator[PackageClaim]:
    """Yield each package; ``pattern`` has the groups ``name`` and ``version``."""
    if answer is None or answer.why_unread is not None:
        return
    for line, m in answer.search(pattern):
        yield PackageClaim(
            subject=subject,
            name=m["name"],
            version=m["version"],
            state="installed",
            source=answer.source(line),
        )


def none_installed(
    answer: Answer | None, listed: tuple[PackageClaim, ...], probe_id: str = "packages"
) -> Iterator[Gap]:
    """Yield why no package is known of a box that must have some; nothing if it was not asked."""
    if answer is not None and not listed:
        reason = answer.why_unread or "no package in the answer"
        yield Gap(probe_id=probe_id, reason=reason)
