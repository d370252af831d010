"""The files of a site, read once each and kept as they were read."""

import os
import stat
from pathlib import Path

from netintegrity.errors import InventoryError


class SiteFiles:
    """Reads the files of one folder; links are followed, and the bytes they lead to are kept."""

    def __init__(self, root: Path) -> None:
        """Begin with nothing read."""
        self._root = root
        self.read: dict[str, bytes] = {}
        """What was read, by path relative to the folder."""

    def bytes_of(self, name: str, *, most_bytes: int) -> bytes | None:
        """Return the content of a file; None: there is none of this name.

        Raises:
            InventoryError: it cannot be read, is no plain file, or is larger than ``most_bytes``.
        """
        content = read_plain(self._root / name, most_bytes=most_bytes)
        if content is not None:
            self.read[name] = content
        return content


def read_plain(path: Path, *, most_bytes: int) -> bytes | None:
    """Return the content of a plain file; None: there is none.

    Raises:
        InventoryError: it cannot be read, is no plain file, or is larger than ``most_bytes``.
    """
    try:
        # Without waiting for the other end of a FIFO; what is judged is the file that is read.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        if path.is_symlink():
            raise InventoryError("a link that leads nowhere", where=str(path)) from None
        return None
    except ValueError as error:
        raise InventoryError(f"not a path: {error}", where=str(path)) from error
    except OSError as error:
        raise InventoryError(f"cannot be read: {error.strerror}", where=str(path)) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise InventoryError("expected a plain file", where=str(path))
    with os.fdopen(descriptor, "rb") as stream:
        try:
            content = stream.read(most_bytes + 1)
        except OSError as error:
            raise InventoryError(f"cannot be read: {error.strerror}", where=str(path)) from error
    if len(content) > most_bytes:
        raise InventoryError(f"larger than {most_bytes} bytes", where=str(path))
    return content
