"""Where the history lies: by the operator's environment, never by the site. Nothing is opened."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from netintegrity.errors import ConfigError
from netintegrity.store.memory import state_base

VARIABLE: Final = "NETINTEGRITY_HISTORY"
FILE: Final = "history.sqlite3"
_POSTGRESQL: Final = re.compile(r"postgres(?:ql)?(?:\+psycopg)?://", re.ASCII)
_MOUNTS: Final = Path("/proc/self/mountinfo")
_REMOTE: Final = re.compile(
    r"nfs4?|cifs|smb3?|smbfs|9p|afs|ceph|glusterfs|lustre|beegfs|gpfs|ocfs2|gfs2|virtiofs|"
    r"fuse\.(?:sshfs|glusterfs|ceph.*|s3fs|rclone|juicefs)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPlace:
    """A database that is there, or will be made."""

    url: str = ""
    """Of a server, as SQLAlchemy reads it; it may hold a password, and is never shown."""
    file: Path | None
    """Of SQLite; None: a server's."""

    @property
    def shown(self) -> str:
        """What a message may call it."""
        return "the PostgreSQL history" if self.file is None else str(self.file)


def history_place(environ: Mapping[str, str]) -> HistoryPlace:
    """Return where the history lies: what ``NETINTEGRITY_HISTORY`` says, else the state folder.

    One database holds all sites of an operator. PostgreSQL is for several jump hosts that write one
    history; its password belongs in ``~/.pgpass`` or a service file, which libpq reads by itself.

    Raises:
        ConfigError: the variable holds neither a PostgreSQL URL nor an absolute path.
        StoreError: no place is named at all.
    """
    stated = environ.get(VARIABLE, "")
    if not stated:
        return HistoryPlace(file=state_base(environ) / FILE)
    if (scheme := _POSTGRESQL.match(stated)) is not None:
        return HistoryPlace(url=f"postgresql+psycopg://{stated[scheme.end() :]}", file=None)
    if Path(stated).is_absolute():
        return HistoryPlace(file=Path(stated))
    raise ConfigError(
        "expected postgresql://user@host/database, or the absolute path of an SQLite file",
        where=VARIABLE,
    )


def remote_filesystem(file: Path, mounts: Path = _MOUNTS) -> str | None:
    """Return the type of the network file system a file lies on; None: a local one, or not known.

    Source: proc(5), ``/proc/pid/mountinfo``: fields 5 (mount point, octal escapes) and, after the
    hyphen, the type.
    """
    try:
        lines = mounts.read_text("utf-8", errors="surrogateescape").splitlines()
        wanted = file.resolve()
    except OSError:
        return None
    deepest, found = -1, ""
    for line in lines:
        before, _, after = line.partition(" - ")
        fields = before.split()
        if len(fields) < 5 or not after:
            continue
        point = Path(re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), fields[4]))
        # Of two mounts on one point the later one is on top.
        if wanted.is_relative_to(point) and len(point.parts) >= deepest:
            deepest, found = len(point.parts), after.split()[0]
    return found if _REMOTE.fullmatch(found) else None
