"""Files that are whole or not there: written beside, synced, and only then named."""

import os
import tempfile
from pathlib import Path

from netintegrity.errors import StoreError


def write_once(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write a file that is not there yet.

    Raises:
        StoreError: something is there, a dangling link included, or it could not be written.
    """
    _write(path, content, mode=mode, replace=False)


def write_over(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write a file so that a reader meets the old content or the new one, whole.

    Raises:
        StoreError: it could not be written; nothing changed.
    """
    _write(path, content, mode=mode, replace=True)


def make_folder(path: Path, *, mode: int = 0o700) -> None:
    """Make a folder, and those above it, for its owner alone; one that is there is left as it is.

    Raises:
        StoreError: it cannot be made.
    """
    try:
        for missing in reversed([p for p in (path, *path.parents) if not p.exists()]):
            missing.mkdir(mode=mode, exist_ok=True)
        if not path.is_dir():
            raise StoreError(f"{path}: is no folder")
    except OSError as error:
        raise _told(path, error) from error


def _write(path: Path, content: bytes, *, mode: int, replace: bool) -> None:
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fchmod(handle, mode)
                os.fsync(handle)
            if replace:
                temporary.replace(path)
            else:
                # A link fails where a name exists, whatever it names; a rename would not.
                path.hardlink_to(temporary)
        finally:
            temporary.unlink(missing_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError as error:
        raise StoreError(f"{path}: is there already, and is never overwritten") from error
    except OSError as error:
        raise _told(path, error) from error


def _told(path: Path, error: OSError) -> StoreError:
    return StoreError(f"{error.filename or path}: {error.strerror or error}")
