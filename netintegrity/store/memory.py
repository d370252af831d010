"""What runs remember: floors of devices and of manifests, in the operator's state folder.

Never in the site, and never found by current directory: a run from another folder must not forget a
downgrade.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from netintegrity.errors import StoreError
from netintegrity.model.codec import canonical
from netintegrity.model.memory import FleetMemory
from netintegrity.store.atomic import make_folder, write_over
from netintegrity.store.memory_file import memory_bytes

FILE: Final = "memory.json"
MAX_BYTES: Final = 512 * 1024 * 1024


def state_folder(site: str, environ: Mapping[str, str]) -> Path:
    """Return where the memory of a site lies, by the operator's environment.

    Raises:
        StoreError: as of :func:`state_base`.
    """
    return state_base(environ) / site


def state_base(environ: Mapping[str, str]) -> Path:
    """Return the operator's state folder, which holds a folder for each site.

    Raises:
        StoreError: neither a state folder nor a home is named, or only from the current directory.

    Source: XDG Base Directory Specification 0.8: a relative path is invalid, and ignored.
    """
    if own := environ.get("NETINTEGRITY_STATE"):
        if not Path(own).is_absolute():
            # From another directory it would be another memory, and a downgrade would be forgotten.
            raise _no_place(f"NETINTEGRITY_STATE: expected an absolute path, got {own!r}")
        return Path(own)
    for variable, below in (("XDG_STATE_HOME", ""), ("HOME", ".local/state")):
        base = Path(environ.get(variable, ""))
        if base.is_absolute():
            return base / below / "netintegrity"
    raise _no_place("there is no place for the memory of earlier runs")


def _no_place(message: str) -> StoreError:
    told = StoreError(message)
    told.hint = "set NETINTEGRITY_STATE to a folder of the operator's own"
    return told


def read_memory_bytes(folder: Path) -> bytes:
    """Return the stored memory; that of a site never seen is an empty one.

    Raises:
        StoreError: it is there and cannot be read.
    """
    try:
        with (folder / FILE).open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        if (folder / FILE).is_symlink():
            # What it names may lie on a disk that is not mounted: that is not "no memory".
            raise StoreError(f"{folder / FILE}: a link to a file that is not there") from error
        return memory_bytes(FleetMemory())
    except OSError as error:
        raise StoreError(f"{folder / FILE}: {error.strerror}") from error
    if len(raw) > MAX_BYTES:
        raise StoreError(f"{folder / FILE}: larger than {MAX_BYTES} bytes")
    return raw


def memory_digest(raw: bytes, waivers: Mapping[str, bytes] | None = None) -> str:
    """Return the digest every report prints: of the memory, and of the waivers beside it."""
    alone = f"sha256:{hashlib.sha256(raw).hexdigest()}"
    if not waivers:
        return alone
    beside = {name: hashlib.sha256(content).hexdigest() for name, content in waivers.items()}
    together = canonical({"memory": alone, "waivers": beside})
    return f"sha256:{hashlib.sha256(together).hexdigest()}"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the memory of a site, so that two runs cannot lose each other's floors.

    Raises:
        StoreError: the folder cannot be made or locked.
    """
    make_folder(folder)
    try:
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_memory(folder: Path, memory: FleetMemory) -> None:
    """Write the memory of a site; call it while holding :func:`locked`.

    Raises:
        StoreError: it could not be written; the old one stands.
    """
    make_folder(folder)
    write_over(folder / FILE, memory_bytes(memory))
