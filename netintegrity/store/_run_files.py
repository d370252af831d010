"""The files of a run folder: read as they were recorded, or not at all."""

import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from netintegrity.errors import EvidenceCorruptError
from netintegrity.model.evidence import Evidence

MAX_FILE_BYTES: Final = 1024 * 1024 * 1024
JUDGED: Final = ("evidence", "inputs")
"""Folders of which every file counts; beside them a run folder may hold pages for people."""


def digest_of(content: bytes) -> str:
    """Return the digest ``run.json`` records."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def inside(name: str) -> PurePosixPath:
    """Return a path that stays in the folder and is written in the one way there is.

    Raises:
        ValueError: it leads out, or is another way to write the path of a file.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts or "\\" in name or "\0" in name:
        raise ValueError(f"{name!r} leads out of the run folder")
    if str(path) != name:
        raise ValueError(f"{name!r} is not how a run writes the path {str(path)!r}")
    return path


def read_recorded(folder: Path, name: str, digest: str) -> bytes:
    """Return a file of a run.

    Raises:
        EvidenceCorruptError: it is not there, is reached by a link, or was changed.
    """
    path = inside(name)
    for parent in path.parents:
        if (folder / parent).is_symlink() and parent.parts:
            raise EvidenceCorruptError(f"{folder / parent}: a link, where a run has a folder")
    file = folder / path
    content = read_plain(file)
    if digest_of(content) != digest:
        raise EvidenceCorruptError(f"{file}: was changed after the run (expected {digest})")
    return content


def read_plain(file: Path) -> bytes:
    """Return a plain file; what is none (a link, a pipe) is never waited for, nor followed.

    Raises:
        EvidenceCorruptError: there is none, or a larger one than any run writes.
    """
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with os.fdopen(os.open(file, flags), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise EvidenceCorruptError(f"{file}: expected a plain file")
            content = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise EvidenceCorruptError(
            f"{file}: missing or no plain file ({error.strerror})"
        ) from error
    if len(content) > MAX_FILE_BYTES:
        raise EvidenceCorruptError(f"{file}: larger than {MAX_FILE_BYTES} bytes")
    return content


def refuse_unrecorded(folder: Path, recorded: Collection[str]) -> None:
    """Refuse a run to which somebody added: a manifest nobody recorded would judge with the others.

    Raises:
        EvidenceCorruptError: a file or a link lies in a folder that counts, and is not recorded.
    """
    for part in JUDGED:
        for name in names_below(folder / part):
            if f"{part}/{name}" not in recorded:
                raise EvidenceCorruptError(
                    f"{folder / part / name}: is not part of the run as it was recorded"
                )


def names_below(folder: Path) -> Iterator[str]:
    """Yield the path of everything in a folder that is no folder; a link to one is none."""
    for base, folders, files in os.walk(folder):
        links = [n for n in folders if (Path(base) / n).is_symlink()]
        for name in (*files, *links):
            yield (Path(base) / name).relative_to(folder).as_posix()


def in_order(evidence: Iterable[Evidence], names: Iterable[str]) -> tuple[Evidence, ...]:
    """Return ``evidence`` in the order of ``names``; what is not among them comes last, by name."""
    place = {name: number for number, name in enumerate(names)}
    return tuple(
        sorted(evidence, key=lambda e: (place.get(e.device.name, len(place)), e.device.name))
    )
