"""The files of host keys, written: whole or not at all, with the lines nobody meant left alone."""

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from netintegrity.collect.hostkeys import Entry, HostKeys
from netintegrity.errors import ConfigError
from netintegrity.model.device import Device, JumpHost

Server = Device | JumpHost
"""Whatever has a host key."""


def serials_of(server: Server) -> frozenset[str]:
    """Return the serial numbers the inventory expects there; none: it states none."""
    expected = server.expected if isinstance(server, Device) else ()
    return frozenset(i.serial for i in expected if i.serial)


def pending_file(known_hosts: Path) -> Path:
    """Return where scanned keys wait for somebody to compare them."""
    return known_hosts.with_name(known_hosts.name + ".pending")


def rewrite(file: Path, stays: Callable[[Entry | None], bool], *, add: Sequence[str]) -> None:
    """Write ``file`` anew: the lines that stay, as they are, and those to add."""
    target = file.resolve()
    try:
        old = target.read_bytes()
        mode = target.stat().st_mode & 0o777
    except FileNotFoundError:
        old, mode = b"", 0o644
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(file)) from error
    entries = {e.line: e for e in HostKeys.parse(old, name=str(file)).entries}
    lines = old.split(b"\n")
    if lines and lines[-1] == b"":
        lines.pop()
    kept = [line for number, line in enumerate(lines, 1) if stays(entries.get(number))]
    content = b"".join(line + b"\n" for line in (*kept, *(a.encode() for a in add)))
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        Path(name).replace(target)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", where=str(file)) from error
