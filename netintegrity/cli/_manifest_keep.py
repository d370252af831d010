"""``manifest import``: verify, then keep the vendor's bytes and who brought them when."""

import argparse
import getpass
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from netintegrity.app.grounds import release_of_train
from netintegrity.app.registries import parse_release
from netintegrity.cli import _trust
from netintegrity.cli._manifest_read import judge
from netintegrity.cli._output import emit, emit_json, say
from netintegrity.errors import ExitStatus, ManifestRollbackError, TrustError, gravest
from netintegrity.model.memory import FleetMemory
from netintegrity.plain_text import clean
from netintegrity.store.imports import ImportRecord, keep_manifest
from netintegrity.store.manifests import read_manifest, read_manifests
from netintegrity.store.memory import (
    FILE,
    locked,
    read_memory_bytes,
    write_memory,
)
from netintegrity.store.memory_file import parse_memory
from netintegrity.trust.admit import Admitted, Submission, admit_all, floors_after, outcome
from netintegrity.trust.keyring import Keyring
from netintegrity.trust.rollback import floor_of, refuse_rollback


def import_all(arguments: argparse.Namespace) -> ExitStatus:
    """Import each file that verifies; one that does not is named, and not copied."""
    at = _trust.moment(None)
    folder = _trust.manifests_of(arguments.inventory)
    _, keyring = _trust.keyring(arguments.keys)
    statuses, documents = [], []
    for path in arguments.files:
        submission = read_manifest(path)
        with remembered(_trust.state_of(arguments.inventory)) as memory:
            result = _import(submission, folder, keyring, memory, at=at)
        became = outcome(submission, result, keyring, at=at)
        documents.append({"id": became.id, "path": str(path), **_trust.verification(became)})
        if isinstance(result, TrustError):
            statuses.append(result.exit_code)
            say(f"netintegrity: not imported: {result}")
            if result.hint:
                say(f"  {result.hint}")
        else:
            statuses.append(ExitStatus.VERIFIED)
            if arguments.format != "json":
                where = clean(str(folder))
                emit(f"imported {clean(became.id)} ({became.images} images) into {where}")
    if arguments.format == "json":
        emit_json({"schema": "netintegrity/manifest-import/1", "manifests": documents})
    return gravest(statuses)


class Remembering:
    """The memory of a site, open for what an import adds to it."""

    def __init__(self, memory: FleetMemory) -> None:
        """Begin with what earlier runs and imports left."""
        self.memory = memory

    def record_import(self, admitted: Admitted, keyring: Keyring, *, at: datetime) -> None:
        """Remember that this list was accepted, and since when this very file is here."""
        digest = str(admitted.provenance.manifest_digest)
        self.memory = replace(
            self.memory,
            manifests=floors_after(admitted.references, keyring, self.memory.manifests),
            imports=tuple(sorted(({digest: at} | dict(self.memory.imports)).items())),
        )


@contextmanager
def remembered(folder: Path) -> Iterator[Remembering]:
    """Hold the memory of a site, and write it back if anything was added.

    Raises:
        StoreError: it cannot be read or written.
    """
    with locked(folder):
        before = parse_memory(read_memory_bytes(folder), release_of_train, name=str(folder / FILE))
        open_memory = Remembering(before)
        yield open_memory
        if open_memory.memory != before:
            write_memory(folder, open_memory.memory)


def _import(
    submission: Submission,
    folder: Path,
    keyring: Keyring,
    memory: Remembering,
    *,
    at: datetime,
) -> Admitted | TrustError:
    result = judge(submission, keyring, at=at)
    if isinstance(result, TrustError):
        return result
    present = read_manifests(folder)
    references, _ = admit_all(present, keyring=keyring, at=at, releases=parse_release)
    try:
        floors = floors_after(references, keyring, memory.memory.manifests)
        refuse_rollback(result.identity, result.provenance, floors, submission.filename)
    except ManifestRollbackError as error:
        return error
    record = ImportRecord(
        filename=submission.filename,
        digest=str(submission.digest),
        manifest_id=result.provenance.manifest_id,
        signer=result.provenance.signer,
        key_fingerprint=result.provenance.key_fingerprint,
        imported_at=at.replace(microsecond=0),
        imported_by=_user(),
    )
    older = tuple(_made_old(present, result, keyring, at=at))
    kept = keep_manifest(submission, folder, record, superseded=older)
    memory.record_import(result, keyring, at=at.replace(microsecond=0))
    for name in older:
        say(f"netintegrity: {name} is older than {submission.filename}; moved aside")
    if not kept:
        say(f"netintegrity: {submission.filename} lies there already")
    return result


def _made_old(
    present: Iterable[Submission], newer: Admitted, keyring: Keyring, *, at: datetime
) -> Iterable[str]:
    """Yield the names of lists of the same identity that ``newer`` would make rolled back."""
    floor = floor_of(newer.identity, [newer.provenance])
    for submission in present:
        _, (became,) = admit_all(
            (submission,), keyring=keyring, at=at, releases=parse_release, floors=(floor,)
        )
        if became.reason == ManifestRollbackError.reason:
            yield submission.filename


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no name for this user id
        return f"uid {os.getuid()}"
