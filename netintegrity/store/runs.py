"""Run folders: what was collected, what it was judged by, and the digest of every file."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

from netintegrity import rfc3339, strict_json
from netintegrity.errors import EvidenceCorruptError, EvidenceSchemaError, StoreError
from netintegrity.model.codec import (
    canonical,
    evidence_bytes,
    evidence_from_json,
    moment_from_json,
)
from netintegrity.model.evidence import Evidence
from netintegrity.store._run_files import (
    digest_of,
    inside,
    read_plain,
    read_recorded,
    refuse_unrecorded,
)
from netintegrity.store.atomic import make_folder, write_once
from netintegrity.strict_json import ROOT

SCHEMA: Final = "netintegrity/run/1"
MAX_FILES: Final = 2_000_000
_FIELDS: Final = frozenset(
    {"schema", "run_id", "site", "started_at", "finished_at", "at", "tool_version"}
)
_LISTS: Final = frozenset({"files", "devices", "changed_files"})
_INPUTS: Final = frozenset({"inputs/policy.yaml", "inputs/memory.json", "inputs/known_hosts"})
_ATTEMPTS: Final = 100


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInputs:
    """Everything a run was judged by, byte for byte."""

    manifests: Mapping[str, bytes]
    """By file name; a detached signature under its own name."""
    keys: Mapping[str, bytes]
    policy: bytes
    """Empty: there was no policy file."""
    inventory: Mapping[str, bytes]
    known_hosts: bytes
    memory: bytes
    waivers: Mapping[str, bytes] = field(default_factory=dict)
    """By file name."""

    def files(self) -> Mapping[str, bytes]:
        """Return the contents by path in the run folder."""
        return {
            **{f"inputs/manifests/{n}": c for n, c in self.manifests.items()},
            **{f"inputs/keys/{n}": c for n, c in self.keys.items()},
            **{f"inputs/inventory/{n}": c for n, c in self.inventory.items()},
            **{f"inputs/waivers/{n}": c for n, c in self.waivers.items()},
            "inputs/policy.yaml": self.policy,
            "inputs/known_hosts": self.known_hosts,
            "inputs/memory.json": self.memory,
        }


def new_run_id(site: str, started_at: datetime) -> str:
    """Return the id of a run: when it began, and of which site."""
    return f"{started_at:%Y%m%dT%H%M%SZ}-{site}"


def evidence_name(device_name: str) -> str:
    """Return the file name of a device's evidence.

    The digest keeps apart what a file system that folds case would not.
    """
    return f"{device_name}-{hashlib.sha256(device_name.encode()).hexdigest()[:8]}.json"


class RunFolder:
    """A run folder being written; every file once, ``run.json`` last."""

    def __init__(self, path: Path, holds: Mapping[str, bytes] = MappingProxyType({})) -> None:
        """Begin in a folder that is there and, but for what it ``holds`` of this run, empty."""
        self.path = path
        self._digests = {name: digest_of(content) for name, content in holds.items()}

    @classmethod
    def at(cls, path: Path) -> Self:
        """Take ``path`` itself as the run folder.

        Raises:
            StoreError: it is no folder, or something lies in it.
        """
        make_folder(path)
        if any(path.iterdir()):
            raise StoreError(f"{path}: is not empty; a run needs a folder of its own")
        return cls(path)

    @classmethod
    def below(cls, base: Path, run_id: str) -> Self:
        """Make a new folder named after the run.

        Raises:
            StoreError: it cannot be made.
        """
        make_folder(base, mode=0o755)
        for number in range(1, _ATTEMPTS):
            path = base / (run_id if number == 1 else f"{run_id}-{number}")
            try:
                path.mkdir(mode=0o700)
            except FileExistsError:
                continue
            except OSError as error:
                raise StoreError(f"{path}: {error.strerror}") from error
            return cls(path)
        raise StoreError(f"{base}: holds {_ATTEMPTS} runs named {run_id}")

    def write_evidence(self, evidence: Evidence) -> None:
        """Write what one device said, unless it is written already."""
        name = f"evidence/{evidence_name(evidence.device.name)}"
        content = evidence_bytes(evidence)
        file = self.path / name
        # An interrupt may fall between the writing of a file and the note of it.
        if name not in self._digests and file.is_file() and read_plain(file) == content:
            self._digests[name] = digest_of(content)
        if self._digests.get(name) != digest_of(content):
            self.write(name, content)

    def write_inputs(self, inputs: RunInputs) -> None:
        """Write what the run is judged by."""
        for name, content in inputs.files().items():
            self.write(name, content)

    def write(self, name: str, content: bytes) -> None:
        """Write one file, by its POSIX path in the folder.

        Raises:
            StoreError: it could not be written.
            ValueError: the path leads out of the folder.
        """
        target = self.path / inside(name)
        make_folder(target.parent)
        write_once(target, content)
        self._digests[name] = digest_of(content)

    def finish(self, record: RunRecord) -> None:
        """Write ``run.json``, which names every file; without it the run was not finished."""
        document = {
            "schema": SCHEMA,
            "run_id": record.run_id,
            "site": record.site,
            "started_at": rfc3339.show(record.started_at),
            "finished_at": rfc3339.show(record.finished_at),
            "at": rfc3339.show(record.at),
            "tool_version": record.tool_version,
            "devices": record.devices,
            "changed_files": record.changed_files,
            "files": self._digests,
        }
        write_once(self.path / "run.json", canonical(document))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A run read back; every byte is the one whose digest the run recorded."""

    path: Path
    record: RunRecord
    evidence: tuple[Evidence, ...]
    """In the order of the inventory."""
    files: Mapping[str, bytes]
    """All files but the evidence, by path."""

    def below(self, prefix: str) -> dict[str, bytes]:
        """Return the files of a folder, by their path in it."""
        return {n[len(prefix) :]: c for n, c in self.files.items() if n.startswith(prefix)}


def read_run(path: Path) -> StoredRun:
    """Return a stored run, whole.

    Raises:
        StoreError: it is no run folder, or was never finished.
        EvidenceCorruptError: a file is missing, added, or not the one that was recorded.
        EvidenceSchemaError: a document has another shape than its schema says.
    """
    record, digests = read_record(path)
    refuse_unrecorded(path, digests)
    contents = {name: read_recorded(path, name, digest) for name, digest in digests.items()}
    evidence = {
        name: evidence_from_json(content, name=str(path / name))
        for name, content in contents.items()
        if name.startswith("evidence/")
    }
    _refuse_mixture(path, record, evidence)
    return StoredRun(
        path=path,
        record=record,
        evidence=in_order(evidence.values(), record.devices),
        files={n: c for n, c in contents.items() if n not in evidence},
    )


def _refuse_mixture(path: Path, record: RunRecord, evidence: Mapping[str, Evidence]) -> None:
    """Refuse evidence of another run, of another device than its name says, or too little.

    Raises:
        EvidenceCorruptError: there is such.
    """
    for name, found in evidence.items():
        if name != f"evidence/{evidence_name(found.device.name)}":
            raise EvidenceCorruptError(
                f"{path / name}: holds the evidence of {found.device.name!r}, whose file is "
                f"{evidence_name(found.device.name)}"
            )
        if found.run_id != record.run_id:
            raise EvidenceCorruptError(
                f"{path / name}: is of the run {found.run_id!r}, not of {record.run_id!r}"
            )
    names = {e.device.name for e in evidence.values()}
    if record.devices and (differing := names.symmetric_difference(record.devices)):
        raise EvidenceCorruptError(
            f"{path}: evidence and the list of devices in run.json differ in "
            f"{', '.join(sorted(differing)[:5])}"
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
        strict_json.only(top, _FIELDS | _LISTS, ROOT)
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
            devices=_texts(top, "devices"),
            changed_files=_texts(top, "changed_files"),
        )
    except ValueError as error:
        raise EvidenceSchemaError(f"{file}: {error}") from error
    return record, digests


def _texts(top: dict[str, object], name: str) -> tuple[str, ...]:
    at = ROOT.member(name)
    listed = strict_json.items(top.get(name, []), at)
    return tuple(strict_json.text(t, at.item(n)) for n, t in enumerate(listed))


def in_order(evidence: Iterable[Evidence], names: Iterable[str]) -> tuple[Evidence, ...]:
    """Return ``evidence`` in the order of ``names``; what is not among them comes last, by name."""
    place = {name: number for number, name in enumerate(names)}
    return tuple(
        sorted(evidence, key=lambda e: (place.get(e.device.name, len(place)), e.device.name))
    )
