"""Stored runs to spoil."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from netintegrity.model.evidence import Evidence
from netintegrity.model.memory import FleetMemory
from netintegrity.store.memory_file import memory_bytes
from netintegrity.store.run_record import RunRecord
from netintegrity.store.runs import RunFolder, RunInputs
from tests.builders import AT, evidence

RECORD = RunRecord(
    run_id="t",
    site="berlin",
    started_at=AT,
    finished_at=AT + timedelta(minutes=5),
    at=AT + timedelta(minutes=5),
    tool_version="1.2.3",
    devices=("r2", "r1"),
    changed_files=("hosts.yaml",),
)
INPUTS = RunInputs(
    manifests={"kgv.tar": b"\x00\xff", "kgv.tar.sig": b"s"},
    keys={"cisco/key.pem": b"k"},
    policy=b"schema: netintegrity/policy/1\n",
    inventory={"hosts.yaml": b"r1: {}\r\n"},
    known_hosts=b"",
    memory=memory_bytes(FleetMemory()),
)


def box(name: str) -> Evidence:
    plain = evidence()
    return replace(plain, device=replace(plain.device, name=name))


def stored(path: Path, record: RunRecord = RECORD, inputs: RunInputs = INPUTS) -> Path:
    """A finished run of the devices ``r1`` and ``r2``."""
    run = RunFolder.at(path)
    for name in ("r1", "r2"):
        run.write_evidence(box(name))
    run.write_inputs(inputs)
    run.write("report.json", b"{}\n")
    run.finish(record)
    return run.path


def spoil_record(path: Path, **changes: object) -> None:
    """Write ``run.json`` anew with other members; None takes one away."""
    document = load_record(path) | changes
    (path / "run.json").write_text(
        json.dumps({name: value for name, value in document.items() if value is not None})
    )


def load_record(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((path / "run.json").read_bytes())
    return loaded


def recorded(path: Path, name: str, content: bytes) -> None:
    """Write a file and its digest, as one would who may change all of a run."""
    (path / name).parent.mkdir(parents=True, exist_ok=True)
    (path / name).write_bytes(content)
    files = load_record(path)["files"]
    files[name] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    spoil_record(path, files=files)
