"""Runs that were begun and not finished: what they hold already, and what is missing.

The evidence of a device is written when the device is done, so a run that is killed loses only what
was being asked at that moment. ``begun.json`` says whose run it is and whom it was to ask;
``run.json`` comes last, and what has one was finished.
"""

import fcntl
import os
import shutil
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from netintegrity import rfc3339, strict_json
from netintegrity.errors import EvidenceCorruptError, EvidenceSchemaError, StoreError
from netintegrity.model.codec import canonical, evidence_from_json, moment_from_json
from netintegrity.model.evidence import Evidence
from netintegrity.store._run_files import in_order, read_plain
from netintegrity.store.run_check import RECORD, STATEMENT
from netintegrity.store.runs import RunFolder, evidence_name, read_run
from netintegrity.strict_json import ROOT

SCHEMA: Final = "netintegrity/begun/1"
BEGUN: Final = "begun.json"
_TEXTS: Final = frozenset({"schema", "run_id", "site", "started_at"})
_AT_THE_END: Final = ("inputs", "report.json", "report.txt", "report.html")
"""Written after the last device was done, and again when the run is finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What is known of a run when it begins."""

    run_id: str
    site: str
    started_at: datetime
    devices: tuple[str, ...]
    """Names of all it is to ask, in the order of the inventory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A run opened again."""

    folder: RunFolder
    begun: Begun
    evidence: tuple[Evidence, ...]
    """What was collected, in the order of the inventory."""


def begin(folder: RunFolder, begun: Begun) -> None:
    """Note in a new run folder what it is to become, and keep others out while we live.

    Raises:
        StoreError: it could not be written.
    """
    document = {
        "schema": SCHEMA,
        "run_id": begun.run_id,
        "site": begun.site,
        "started_at": rfc3339.show(begun.started_at),
        "devices": begun.devices,
    }
    folder.write(BEGUN, canonical(document))
    weakref.finalize(folder, os.close, _held(folder.path))


def reopen(path: Path) -> Unfinished:
    """Return an unfinished run, or one that was interrupted, to be finished.

    Raises:
        StoreError: there is none, it is complete, or somebody writes it at this moment.
        EvidenceCorruptError: it holds what it did not write.
        EvidenceSchemaError: a document has another shape than its schema says.
    """
    if not path.is_dir():
        raise StoreError(f"{path}: is no run folder")
    begun = _begun(path)
    handle = _held(path)
    try:
        _refuse_complete(path, begun)
        _remove_rests(path)
        holds, evidence = _collected(path, begun)
    except BaseException:
        os.close(handle)
        raise
    folder = RunFolder(path, holds)
    weakref.finalize(folder, os.close, handle)
    return Unfinished(folder=folder, begun=begun, evidence=in_order(evidence, begun.devices))


def _collected(path: Path, begun: Begun) -> tuple[dict[str, bytes], list[Evidence]]:
    holds = {BEGUN: read_plain(path / BEGUN)}
    evidence = []
    for file in sorted((path / "evidence").glob("*")):
        raw = read_plain(file)
        found = evidence_from_json(raw, name=str(file))
        name = found.device.name
        if file.name != evidence_name(name) or name not in begun.devices:
            raise EvidenceCorruptError(f"{file}: is of no device this run was to ask")
        if found.run_id != begun.run_id:
            raise EvidenceCorruptError(f"{file}: is of the run {found.run_id!r}")
        holds[f"evidence/{file.name}"] = raw
        evidence.append(found)
    return holds, evidence


def _begun(path: Path) -> Begun:
    file = path / BEGUN
    if not file.exists():
        raise StoreError(f"{path}: has no {BEGUN}, so nothing says whom this run was to ask")
    raw = read_plain(file)
    try:
        top = strict_json.members(strict_json.load(raw), ROOT)
        strict_json.only(top, _TEXTS | {"devices"}, ROOT)
        texts = {n: strict_json.text(top.get(n), ROOT.member(n)) for n in _TEXTS}
        if texts["schema"] != SCHEMA:
            raise ValueError(f"$.schema: expected {SCHEMA!r}, got {texts['schema']!r}")
        at = ROOT.member("devices")
        listed = strict_json.items(top.get("devices"), at)
        return Begun(
            run_id=texts["run_id"],
            site=texts["site"],
            started_at=moment_from_json(texts["started_at"], ROOT.member("started_at")),
            devices=tuple(strict_json.text(t, at.item(n)) for n, t in enumerate(listed)),
        )
    except ValueError as error:
        raise EvidenceSchemaError(f"{file}: {error}") from error


def _held(path: Path) -> int:
    # The lock lasts as long as the folder is in use here, and not beyond this process, however it
    # ends: the kernel lets go for the dead.
    try:
        handle = os.open(path / BEGUN, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise StoreError(f"{path / BEGUN}: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise StoreError(f"{path}: is being written by another process") from error
    return handle


def _refuse_complete(path: Path, begun: Begun) -> None:
    """Refuse a run that asked everybody; take back the record of one that was interrupted."""
    if not (path / RECORD).exists():
        return
    if not set(begun.devices) - set(read_run(path).record.devices):
        raise StoreError(f"{path}: was finished, and nobody is missing; begin a new run")
    if (path / STATEMENT).exists():
        raise StoreError(f"{path}: is signed as it is; begin a new run")
    (path / RECORD).unlink()


def _remove_rests(path: Path) -> None:
    for name in _AT_THE_END:
        rest = path / name
        if rest.is_dir() and not rest.is_symlink():
            shutil.rmtree(rest)
        else:
            rest.unlink(missing_ok=True)
    # Half-written files have not got their names yet.
    for folder in (path, path / "evidence"):
        for half in _halves(folder):
            half.unlink(missing_ok=True)


def _halves(folder: Path) -> Sequence[Path]:
    return [p for p in folder.glob(".*.json.*") if p.is_file() and not p.is_symlink()]
