"""What a box says of its own files: each compared with checksums that lie on the same box.

Whoever may change a file may change its checksum as well, so "all is well" says nothing, and is
not read. That a file *was* changed is believed.

Sources: dpkg(1), "--verify" and its format ``rpm``; pkg-check(8) of FreeBSD; mtree(8) of FreeBSD
and the health audit of OPNsense (`src/opnsense/scripts/firmware/health.sh` of opnsense/core),
which names the files an installation changes by itself.
"""

import re
from collections.abc import Iterator
from typing import Final

from netintegrity.model.claims import ImageRole, SignatureClaim
from netintegrity.model.subject import Subject
from netintegrity.platforms._text import Answer, Line

# ??5??????   /usr/sbin/sshd        ??5?????? c /etc/ssh/sshd_config        missing   c /etc/x
_DPKG: Final = re.compile(
    r"^(?P<flags>[SM5DLUGTPC?.]{9}|missing) {1,5}(?:(?P<kind>[a-z]) )?(?P<path>/.{1,300})$"
)
_PROGRAM: Final = re.compile(
    r"/(?:usr/)?(?:s?bin|lib(?:32|64|x32)?/(?:[a-z0-9_]{2,12}-linux-gnu\w{0,12}|frr|modules"
    r"|openssh|security|systemd|sudo))/|/boot/|/(?:usr/)?lib(?:32|64|x32)?/[^/]{1,120}$",
    re.ASCII,
)
# opnsense-19.7.4_1: checksum mismatch for /usr/local/etc/inc/auth.inc
_PKG: Final = re.compile(
    r"^(?P<package>[\w.+,~-]{1,160}): checksum mismatch for (?P<path>/.{1,300})$", re.ASCII
)
# etc/rc.suspend: \n\tsha256digest (0xe47d…, 0xb7c1…)        boot/kernel/kernel:\tsize (1, 2)
_MTREE_FILE: Final = re.compile(r"^(?:\./)?(?P<path>[^\s:/][^\s:]{0,300}):(?:\s.{0,400})?$")
_MTREE_DIGEST: Final = re.compile(r"\bsha256digest \(0x[0-9a-f]{64}, 0x[0-9a-f]{64}\)")
_MTREE_USUAL: Final = re.compile(
    r"/(?:etc/(?:group|hosts|master\.passwd|motd|newsyslog\.conf|pam\.d/(?:sshd|system)|passwd"
    r"|pwd\.db|rc|rc\.shutdown|shells|spwd\.db|ttys)|var/.*)"
)
MOST: Final = 10
"""Claims made of one answer; one is enough to accuse."""


def altered_of_dpkg(answer: Answer) -> Iterator[tuple[Line, str]]:
    """Yield each program or library that is not what its package installed.

    Configuration is the operator's; and what a language's own package manager keeps below
    ``/usr/lib`` (npm, pip) is changed by it behind dpkg's back on many an honest machine.
    """
    for line, m in answer.search(_DPKG):
        changed = m["flags"] != "missing" and m["flags"][2] == "5" and m["kind"] != "c"
        if changed and _PROGRAM.match(m["path"]) is not None:
            yield line, m["path"]


def altered_of_pkg(answer: Answer) -> Iterator[tuple[Line, str]]:
    """Yield each file whose content is not what its package installed."""
    for line, m in answer.search(_PKG):
        yield line, m["path"]


def altered_of_mtree(answer: Answer) -> Iterator[tuple[Line, str]]:
    """Yield each file whose SHA-256 is not that of the list, but for those that always change."""
    path = ""
    for line in answer.lines:
        if (m := _MTREE_FILE.match(line.text)) is not None:
            path = f"/{m['path']}"
        if _MTREE_DIGEST.search(line.text) and path and not _MTREE_USUAL.fullmatch(path):
            yield line, path


def accusations(
    subject: Subject, answer: Answer, altered: Iterator[tuple[Line, str]], *, by: str
) -> Iterator[SignatureClaim]:
    """Yield a claim against each altered file, the first :data:`MOST` of them."""
    for (line, path), _ in zip(altered, range(MOST), strict=False):
        yield SignatureClaim(
            subject=subject,
            path=path,
            role=ImageRole.STORED,
            source=answer.source(line),
            assurance=answer.assurance,
            accepted=False,
            checked_by=by,
        )
