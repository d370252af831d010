"""Taking a verified manifest into a site: the vendor's bytes, and who brought them when."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from netintegrity.errors import ConfigError, StoreError
from netintegrity.store.atomic import write_over
from netintegrity.store.manifests import (
    IMPORTS_NAME,
    SUPERSEDED,
    is_manifest_name,
    read_limited,
    signatures_of,
)
from netintegrity.trust.admit import Submission

SCHEMA: Final = "netintegrity/imports/1"
_MAX_RECORD_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecord:
    """Who imported what, when."""

    filename: str
    digest: str
    """``sha256:`` and hex, of the manifest's bytes."""
    manifest_id: str
    signer: str
    key_fingerprint: str
    imported_at: datetime
    """UTC."""
    imported_by: str
    """The user's name on the host; a note, not a proof."""


def keep_manifest(
    submission: Submission, folder: Path, record: ImportRecord, *, superseded: tuple[str, ...] = ()
) -> bool:
    """Write a manifest and its signatures into ``folder``; return False if it lies there already.

    Args:
        submission: as verified; its very bytes are written.
        folder: made where it is absent.
        record: added to the record of imports.
        superseded: names of files in ``folder`` that this list makes old; they are moved aside.

    Raises:
        ConfigError: another list lies there under this name, or none could.
        StoreError: it could not be written.
    """
    target = folder / submission.filename
    if not is_manifest_name(submission.filename):
        raise ConfigError(
            "a file of this name would not be read as a manifest",
            where=str(target),
            hint="import it under another file name",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if target.exists() and submission.filename not in superseded:
            if target.read_bytes() == submission.raw:
                return False
            raise ConfigError(
                "another list lies there under this name",
                where=str(target),
                hint="import it under another file name; both are then used",
            )
        for name in superseded:
            _move_aside(folder / name)
        # The signature first: a manifest without its signature would be a rejected one.
        for suffix, signature in submission.detached.items():
            write_over(folder / f"{submission.filename}{suffix}", signature, mode=0o644)
        write_over(target, submission.raw, mode=0o644)
        _note(folder / IMPORTS_NAME, record)
    except OSError as error:
        raise StoreError(f"{error.filename or target}: {error.strerror}") from error
    return True


def _move_aside(path: Path) -> None:
    """Move a list and its signatures to the folder that no run reads."""
    aside = path.parent / SUPERSEDED
    aside.mkdir(exist_ok=True)
    number = 0
    while (aside / f"{number:04d}-{path.name}").exists():
        number += 1
    for part in (path, *signatures_of(path)):
        part.rename(aside / f"{number:04d}-{part.name}")


def read_imports(folder: Path) -> tuple[dict[str, object], ...]:
    """Return the records of imports of a folder, as they were written; none, if there are none.

    Raises:
        ConfigError: the record cannot be read.
    """
    path = folder / IMPORTS_NAME
    if not path.exists():
        return ()
    try:
        document = json.loads(read_limited(path, _MAX_RECORD_BYTES))
    except (ValueError, RecursionError) as error:
        raise ConfigError("not JSON", where=str(path)) from error
    known = isinstance(document, dict) and document.get("schema") == SCHEMA
    records = document.get("imports") if known else None
    if not isinstance(records, list) or not all(isinstance(r, dict) for r in records):
        raise ConfigError(
            f"expected a record of the schema {SCHEMA}",
            where=str(path),
            hint="move it aside; the manifests themselves are judged without it",
        )
    return tuple(records)


def _note(path: Path, record: ImportRecord) -> None:
    fields = asdict(record) | {"imported_at": record.imported_at.isoformat()}
    records = [*read_imports(path.parent), fields]
    text = json.dumps({"schema": SCHEMA, "imports": records}, indent=1)
    write_over(path, text.encode() + b"\n", mode=0o644)
