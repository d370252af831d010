"""Manifest files and the signatures beside them; read with limits, trusted by nobody here."""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from netintegrity.errors import ConfigError
from netintegrity.store.metadata_folder import archive_of
from netintegrity.trust.admit import FORMATS, MAX_BYTES, Submission

SIGNATURE_SUFFIXES: Final = tuple(
    sorted({suffix for form in FORMATS.values() for suffix in form.signature_suffixes})
)
"""What the formats say of themselves; behind the whole name of the manifest."""
MAX_SIGNATURE_BYTES: Final = 256 * 1024
IMPORTS_NAME: Final = "imports.json"
SUPERSEDED: Final = "superseded"
"""Folder beside the manifests for lists that a newer one replaced; not read by a run."""


def read_manifest(path: Path, *, signature: Path | None = None) -> Submission:
    """Return a manifest file and its detached signature, if there is one.

    Args:
        path: the file; one that is too large is not read, and says so in ``size_bytes``. A folder
            of TUF metadata is taken as an archive of it.
        signature: the file the operator named; None: found by name, ``path`` with a suffix added.

    Raises:
        ConfigError: no such file, no plain file, or two signatures beside it.
    """
    if path.is_dir() and signature is None:
        name = f"{path.resolve().name}.tuf.tar"
        return Submission(filename=name, raw=archive_of(path, max_bytes=MAX_BYTES))
    detached: dict[str, bytes] = {}
    if signature is not None:
        detached[""] = _signature(signature)
    else:
        found = signatures_of(path)
        if len(found) > 1:
            raise ConfigError(
                f"two signatures are beside it: {', '.join(p.name for p in found)}",
                where=str(path),
                hint="remove one, or name the one that counts with --signature",
            )
        detached = {p.name.removeprefix(path.name): _signature(p) for p in found}
    raw, size = _read(path, MAX_BYTES)
    return Submission(filename=path.name, raw=raw, detached=detached, size_bytes=size)


def read_manifests(folder: Path) -> tuple[Submission, ...]:
    """Return every manifest of a folder, by name; a folder that is absent is an empty one.

    Left out: sub-folders, hidden files, ``README*``, the record of imports, and signatures of a
    file that is there.

    Raises:
        ConfigError: as :func:`read_manifest`, or the folder cannot be read.
    """
    if not folder.exists():
        return ()
    return tuple(read_manifest(path) for path in manifest_paths(folder))


def manifests_in(files: Mapping[str, bytes]) -> tuple[Submission, ...]:
    """Return the manifests among contents that were read already, as :func:`read_manifests` would.

    Args:
        files: contents by name; a detached signature under its own name.
    """
    signatures = {
        name: suffix
        for name in files
        for suffix in SIGNATURE_SUFFIXES
        if name.endswith(suffix) and name.removesuffix(suffix) in files
    }
    return tuple(
        Submission(
            filename=name,
            raw=content,
            detached={
                suffix: files[signature]
                for signature, suffix in signatures.items()
                if signature == name + suffix
            },
        )
        for name, content in sorted(files.items())
        if name not in signatures
    )


def manifest_paths(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that are manifests by their place.

    Raises:
        ConfigError: the folder cannot be read.
    """
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(folder)) from error
    for path in entries:
        if is_manifest_name(path.name) and not _signs(path, entries) and not path.is_dir():
            yield path


def _signs(path: Path, entries: Sequence[Path]) -> bool:
    """Say whether a file is by its name the signature of another one that is there."""
    return any(
        path.with_name(path.name.removesuffix(suffix)) in entries
        for suffix in SIGNATURE_SUFFIXES
        if path.name.endswith(suffix) and path.name != suffix
    )


def is_manifest_name(name: str) -> bool:
    """Say whether a file of this name, in a folder of manifests, is read as one."""
    return not name.startswith((".", "README")) and name != IMPORTS_NAME


def signatures_of(path: Path) -> tuple[Path, ...]:
    """Return the detached signatures beside a file."""
    beside = (path.with_name(path.name + suffix) for suffix in SIGNATURE_SUFFIXES)
    return tuple(p for p in beside if p.exists())


def read_limited(path: Path, limit: int) -> bytes:
    """Return a plain file of at most ``limit`` bytes.

    Raises:
        ConfigError: there is none, or it is larger.
    """
    content, size = _read(path, limit)
    if size is not None:
        raise ConfigError(f"{size} bytes; at most {limit} were expected", where=str(path))
    return content


def _signature(path: Path) -> bytes:
    return read_limited(path, MAX_SIGNATURE_BYTES)


def _read(path: Path, limit: int) -> tuple[bytes, int | None]:
    """Return the content and None, or nothing and the size of a file over the limit.

    What is no plain file (a pipe, a device) is never read: that might not end.
    """
    try:
        # Without O_NONBLOCK, opening a pipe waits for somebody to write to it.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as stream:
            state = os.fstat(handle)
            if not stat.S_ISREG(state.st_mode):
                raise ConfigError("expected a plain file", where=str(path))
            if state.st_size > limit:
                return b"", state.st_size
            content = stream.read(limit + 1)
    except FileNotFoundError as error:
        raise ConfigError("no such file", where=str(path)) from error
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or error
        raise ConfigError(f"cannot be read: {what}", where=str(path)) from error
    return (b"", len(content)) if len(content) > limit else (content, None)
