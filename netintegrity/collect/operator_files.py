"""Files of the operator's own: read only where nobody else could have written or read them."""

import os
import stat
from pathlib import Path

from netintegrity.errors import CredentialError


def own_bytes(file: Path, *, most_bytes: int, group_may_read: bool = False) -> bytes:
    """Return what a file of the operator's holds, at most one byte more than ``most_bytes``.

    Args:
        file: no link; what is judged is the very file that is read.
        most_bytes: a caller refuses what is longer.
        group_may_read: True: for a file systemd hands over, whose access list shows as a group.

    Raises:
        CredentialError: it cannot be read, or is not the operator's alone.
    """
    hint = f"chmod 600 {file}; it must be yours, and a file rather than a link"
    try:
        # Without following a link, and without waiting for the other end of a FIFO.
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise CredentialError(
            f"cannot be opened: {error.strerror}", where=str(file), hint=hint
        ) from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise CredentialError("not a plain file", where=str(file), hint=hint)
        if found.st_uid not in {0, os.geteuid()}:
            raise CredentialError("belongs to somebody else", where=str(file), hint=hint)
        if found.st_mode & (0o037 if group_may_read else 0o077):
            mode = stat.S_IMODE(found.st_mode)
            raise CredentialError(
                f"others can read it (mode {mode:04o})", where=str(file), hint=hint
            )
        with os.fdopen(os.dup(descriptor), "rb") as stream:
            return stream.read(most_bytes + 1)
    finally:
        os.close(descriptor)
