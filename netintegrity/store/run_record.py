"""``run.json``: of which run a folder is, and the digest of every file in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from netintegrity import rfc3339, strict_json
from netintegrity.errors import EvidenceSchemaError, StoreError
from netintegrity.model.codec import canonical, moment_from_json
from netintegrity.model.history import HistoryMark, history_from_json, history_json
from netintegrity.store._run_files import inside, read_plain
from netintegrity.strict_json import ROOT

SCHEMA: Final = "netintegrity/run/1"
MAX_FILES: Final = 2_000_000
_FIELDS: Final = frozenset(
    {"schema", "run_id", "site", "started_at", "finished_at", "at", "tool_version"}
)
_LISTS: Final = frozenset({"files", "devices", "changed_files"})
_INPUTS: Final = frozenset({"inputs/policy.yaml", "inputs/memory.json", "inputs/known_hosts"})
_PHASES: Final = frozenset({"pre", "post"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """What ``run.json`` says of a run, beside its files."""

    run_id: str
    site: str
    started_at: datetime
    finished_at: datetime
    at: datetime
    """UTC; the moment it was judged for."""
    tool_version: str
    devices: tuple[str, ...] = ()
    """Names, in the order of the inventory."""
    changed_files: tuple[str, ...] = ()
    """Files of the site that had changed since the run before."""
    history: HistoryMark | None = None
    """Where the history stood before the run; None: none was kept."""
    complete: bool | None = None
    """Whether every device of the site was asked; None: not noted."""
    phase: str | None = None
    """Of the change window it was to show, ``pre`` or ``post``; None: none, or its time says."""


def record_bytes(record: RunRecord, digests: Mapping[str, str]) -> bytes:
    """Return ``run.json``: canonical JSON.

    Args:
        record: what it says of the run.
        digests: of every file, by path.
    """
    return canonical(
        {
            "schema": SCHEMA,
            "run_id": record.run_id,
            "site": record.site,
            "started_at": rfc3339.show(record.started_at),
            "finished_at": rfc3339.show(record.finished_at),
            "at": rfc3339.show(record.at),
            "tool_version": record.tool_version,
            "devices": record.devices,
            "changed_files": record.changed_files,
            "complete": record.complete,
            "history": None if record.history is None else history_json(record.history),
            "files": digests,
            **({} if record.phase is None else {"phase": record.phase}),
        }
    )


def read_record(path: Path) -> tuple[RunRecord, dict[str, str]]:
    """Return what ``run.json`` says of a run, and the digest of every file by its path.

    Raises:
        StoreError: it is no run folder, or was never finished.
        EvidenceCorruptError: ``run.json`` is no plain file.
        EvidenceSchemaError: it has another shape than its schema says.
    """
    file = path / "run.json"
    if not path.is_dir():
        raise StoreError(f"{path}: is no run folder")
    if not file.exists() and not file.is_symlink():
        raise StoreError(f"{path}: has no run.json: the collection was never finished")
    raw = read_plain(file)
    try:
        top = strict_json.members(strict_json.load(raw), ROOT)
        strict_json.only(top, _FIELDS | _LISTS | {"phase", "history", "complete"}, ROOT)
        texts = {n: strict_json.text(top.get(n), ROOT.member(n)) for n in _FIELDS}
        if texts["schema"] != SCHEMA:
            raise ValueError(f"$.schema: expected {SCHEMA!r}, got {texts['schema']!r}")
        listed = strict_json.members(top.get("files"), ROOT.member("files"))
        if len(listed) > MAX_FILES:
            raise ValueError(f"$.files: more than {MAX_FILES}")
        at = ROOT.member("files")
        digests = {n: strict_json.text(d, at.member(n)) for n, d in listed.items()}
        for name in digests:
            inside(name)
        if missing := sorted(_INPUTS - digests.keys()):
            raise ValueError(f"$.files: nothing named {missing[0]!r}, by which it was judged")
        record = RunRecord(
            run_id=texts["run_id"],
            site=texts["site"],
            started_at=moment_from_json(texts["started_at"], ROOT.member("started_at")),
            finished_at=moment_from_json(texts["finished_at"], ROOT.member("finished_at")),
            at=moment_from_json(texts["at"], ROOT.member("at")),
            tool_version=texts["tool_version"],
            devices=strict_json.texts(top.get("devices", []), ROOT.member("devices")),
            changed_files=strict_json.texts(
                top.get("changed_files", []), ROOT.member("changed_files")
            ),
            history=history_from_json(top.get("history"), ROOT.member("history")),
            complete=None if top.get("complete") is None else top["complete"] is True,
            phase=_phase(top),
        )
    except ValueError as error:
        raise EvidenceSchemaError(f"{file}: {error}") from error
    return record, digests


def _phase(top: dict[str, object]) -> str | None:
    if "phase" not in top:
        return None
    phase = strict_json.text(top["phase"], ROOT.member("phase"))
    if phase not in _PHASES:
        raise ValueError(f"{ROOT.member('phase')}: expected {' or '.join(sorted(_PHASES))}")
    return phase
