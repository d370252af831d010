"""Run folders: what was collected, what it was judged by, and the digest of every file."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

from netintegrity.errors import EvidenceCorruptError, StoreError
from netintegrity.model.codec import (
    evidence_bytes,
    evidence_from_json,
)
from netintegrity.model.evidence import Evidence
from netintegrity.store._run_files import (
    digest_of,
    in_order,
    inside,
    read_plain,
    read_recorded,
    refuse_unrecorded,
)
from netintegrity.store.atomic import make_folder, write_once
from netintegrity.store.run_record import RunRecord, read_record, record_bytes

PLAN: Final = "inputs/plan.yaml"
_ATTEMPTS: Final = 100


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
    plan: bytes | None = None
    """Of the change window it is about; None: it is about none."""

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
            **({} if self.plan is None else {PLAN: self.plan}),
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
        write_once(self.path / "run.json", record_bytes(record, self._digests))


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
