"""What a Linux kernel was told at boot: where its root is, and what was fetched over the network.

Source: Linux kernel documentation, "The kernel's command-line parameters" (root=, nfsroot=, ip=)
and "Mounting the root filesystem via NFS"; live-boot(7) and casper(7) for fetch=, netboot=, url=.
"""

import re
from typing import Final

from netintegrity.platforms._text import Answer

_MAX_WORDS: Final = 200
# nfsroot=192.0.2.66:/srv/root,vers=3
_NFS: Final = re.compile(
    r"(?:(?P<host>[\w.-]{1,253}|\[[0-9a-fA-F:]{2,45}\]):)?(?P<path>/[^\s,]{0,200})"
)
# fetch=http://192.0.2.66/filesystem.squashfs
_FETCHED: Final = re.compile(
    r"(?:fetch|url|httpfs|ftpfs|netroot|root)=(?P<url>(?:https?|t?ftp|nfs)://\S{1,250})"
)


def words_of(answer: Answer | None) -> tuple[str, ...]:
    """Return the words of the kernel's command line; none, where it cannot be read."""
    if answer is None or answer.why_unread is not None:
        return ()
    # The one line of the file; a terminal may have wrapped it, and blanks stand only between words.
    return tuple(" ".join(n.text for n in answer.lines).split()[:_MAX_WORDS])


def value_of(answer: Answer | None, key: str) -> str | None:
    """Return the last value of ``key``, which is the one in force; None: it is not there."""
    found = [w.partition("=")[2] for w in words_of(answer) if w.startswith(f"{key}=")]
    return found[-1] if found else None


def entries_of(answer: Answer | None) -> tuple[str, ...]:
    """Return where the system that runs came from: each source once, a server as a URL."""
    found: list[str] = []
    nfs = value_of(answer, "nfsroot")
    root = value_of(answer, "root")
    if nfs is not None or root == "/dev/nfs":
        m = _NFS.match(nfs or "")
        found.append(f"nfs://{(m['host'] or '') if m else ''}{m['path'] if m else ''}")
    fetched = (_FETCHED.fullmatch(word) for word in words_of(answer))
    found += [m["url"] for m in fetched if m is not None]
    if root is not None and not found:
        found.append(root)
    return tuple(dict.fromkeys(found))
