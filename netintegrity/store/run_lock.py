"""One run of a site at a time: two would ask every device twice, and overlap without end."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from netintegrity import rfc3339
from netintegrity.errors import RunningError, StoreError
from netintegrity.plain_text import clean
from netintegrity.store.atomic import make_folder
from netintegrity.store.operator import operator_name

FILE: Final = "run.lock"
_MOST_BYTES: Final = 4096


@contextmanager
def running_alone(folder: Path, *, since: datetime) -> Iterator[None]:
    """Hold the run lock of a site. The kernel lets go of it when the process ends, however it does.

    Args:
        folder: the state folder of the site.
        since: UTC; when the run began.

    Raises:
        RunningError: another process holds it; says which.
        StoreError: the lock file cannot be opened.
    """
    make_folder(folder)
    file = folder / FILE
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RunningError(
                f"{folder.name}: another run is under way: {_holder(handle)}"
            ) from error
        except OSError as error:
            raise StoreError(f"{file}: {error.strerror}") from error
        note = {"pid": os.getpid(), "by": operator_name(), "since": rfc3339.show(since)}
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(note).encode(), 0)
        yield
    finally:
        os.close(handle)


def _holder(handle: int) -> str:
    """Return who wrote the lock file last: words for a person, believed by nothing."""
    try:
        note = json.loads(os.pread(handle, _MOST_BYTES, 0))
        return clean(f"process {note['pid']} of {note['by']}, since {note['since']}")
    except (OSError, ValueError, KeyError, TypeError):
        return "it does not say which"
