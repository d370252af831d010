"""Evidence as a file holds it: canonical JSON out, strict JSON in.

Canonical: UTF-8, ASCII-escaped, keys sorted, no white space, no final newline; so a digest over the
bytes stands for the evidence, and reading and writing it again gives the same bytes.
"""

import hashlib
import json
import math
import re
from datetime import datetime
from typing import Final, TypeVar

from netintegrity import rfc3339, strict_json
from netintegrity.errors import EvidenceSchemaError
from netintegrity.model.device import Device
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.evidence import (
    CollectionFailure,
    Evidence,
    Exchange,
    FailureKind,
    HostKeyStatus,
)
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.strict_json import ROOT, Path

SCHEMA: Final = "netintegrity/evidence/1"
MAX_BYTES: Final = 128 * 1024 * 1024
_MAX_PORT: Final = 65535
# r1.example.net: what an inventory takes as a name; files and lines of reports are named by it.
_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,63}")

E = TypeVar("E", FailureKind, HostKeyStatus, SubjectKind)


def canonical(document: object) -> bytes:
    """Return the one byte string of a document."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def evidence_to_json(evidence: Evidence) -> dict[str, object]:
    """Return the document of one device's evidence (schema ``netintegrity/evidence/1``)."""
    device, failure = evidence.device, evidence.failure
    # Absent where there is none, which is nearly everywhere.
    weak = {"weak_ssh": list(evidence.weak_ssh)} if evidence.weak_ssh else {}
    return weak | {
        "schema": SCHEMA,
        "run_id": evidence.run_id,
        "collected_at": rfc3339.show(evidence.collected_at),
        "device": {
            "name": device.name,
            "address": device.address,
            "port": device.port,
            "platform_id": device.platform_id,
            "credential_ref": device.credential_ref,
            "tags": sorted(device.tags),
            "expected": [
                {"subject": subject_to_json(i.subject), "serial": i.serial, "pid": i.pid}
                for i in device.expected
            ],
        },
        "host_key_fingerprint": evidence.host_key_fingerprint,
        "host_key_status": evidence.host_key_status.value,
        "exchanges": [
            {
                "probe_id": e.probe_id,
                "command": e.command,
                "output": e.output,
                "started_at": rfc3339.show(e.started_at),
                "elapsed_s": e.elapsed_s,
                "complete": e.complete,
                "nonce": e.nonce,
            }
            for e in evidence.exchanges
        ],
        "failure": None
        if failure is None
        else {"kind": failure.kind.value, "detail": failure.detail},
    }


def evidence_bytes(evidence: Evidence) -> bytes:
    """Return the one byte string that stands for this evidence: what its file holds."""
    return canonical(evidence_to_json(evidence))


def evidence_digest(evidence: Evidence) -> Digest:
    """Return the SHA-256 that reports and history cite."""
    return Digest(DigestAlgorithm.SHA256, hashlib.sha256(evidence_bytes(evidence)).digest())


def subject_to_json(subject: Subject) -> dict[str, str]:
    """Return a subject as every document has it."""
    return {"kind": subject.kind.value, "id": subject.id}


def evidence_from_json(raw: bytes, *, name: str) -> Evidence:
    """Return the evidence a file holds.

    Args:
        raw: the file.
        name: of it, for messages.

    Raises:
        EvidenceSchemaError: it has another shape, and says at which path of the document; or it
            is not written in the canonical form.
    """
    if len(raw) > MAX_BYTES:
        raise EvidenceSchemaError(f"{name}: {len(raw)} bytes, at most {MAX_BYTES}")
    try:
        evidence = _evidence(strict_json.load(raw, fractions=True))
    except ValueError as error:
        raise EvidenceSchemaError(f"{name}: {error}") from error
    if evidence_bytes(evidence) != raw:
        # A report would cite the digest of bytes that no file has.
        raise EvidenceSchemaError(f"{name}: says what evidence says, and is not in canonical form")
    return evidence


def moment_from_json(value: object, at: Path) -> datetime:
    """Return the UTC moment a document states.

    Raises:
        ValueError: it states none; says where.
    """
    try:
        return rfc3339.parse(strict_json.text(value, at))
    except ValueError as error:
        told = str(error)
        raise ValueError(told if told.startswith(at) else f"{at}: {told}") from error


_EVIDENCE: Final = frozenset(
    {
        "schema",
        "run_id",
        "collected_at",
        "device",
        "host_key_fingerprint",
        "host_key_status",
        "exchanges",
        "failure",
    }
)
_DEVICE: Final = frozenset(
    {"name", "address", "port", "platform_id", "credential_ref", "tags", "expected"}
)
_EXCHANGE: Final = frozenset(
    {"probe_id", "command", "output", "started_at", "elapsed_s", "complete", "nonce"}
)


def _object(value: object, at: Path, known: frozenset[str]) -> dict[str, object]:
    """Return an object that has exactly the known members."""
    members = strict_json.members(value, at)
    strict_json.only(members, known, at)
    for name in sorted(known - members.keys()):
        raise ValueError(f"{at.member(name)}: missing")
    return members


def _evidence(value: object) -> Evidence:
    members = strict_json.members(value, ROOT)
    weak = strict_json.items(members.get("weak_ssh", []), ROOT.member("weak_ssh"))
    top = _object({k: v for k, v in members.items() if k != "weak_ssh"}, ROOT, _EVIDENCE)
    if top["schema"] != SCHEMA:
        raise ValueError(f"$.schema: expected {SCHEMA!r}, got {top['schema']!r}")
    exchanges = strict_json.items(top["exchanges"], ROOT.member("exchanges"))
    return Evidence(
        run_id=_text(top, "run_id", ROOT),
        device=_device(top["device"], ROOT.member("device")),
        collected_at=moment_from_json(top["collected_at"], ROOT.member("collected_at")),
        host_key_fingerprint=_maybe(top, "host_key_fingerprint", ROOT),
        host_key_status=_word(top, "host_key_status", ROOT, HostKeyStatus),
        exchanges=tuple(
            _exchange(e, ROOT.member("exchanges").item(n)) for n, e in enumerate(exchanges)
        ),
        failure=_failure(top["failure"], ROOT.member("failure")),
        weak_ssh=tuple(
            strict_json.text(w, ROOT.member("weak_ssh").item(n)) for n, w in enumerate(weak)
        ),
    )


def _device(value: object, at: Path) -> Device:
    device = _object(value, at, _DEVICE)
    name = _text(device, "name", at)
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"{at.member('name')}: expected letters, digits, . _ -, got {name[:80]!r}")
    tags = strict_json.items(device["tags"], at.member("tags"))
    port = strict_json.integer(device["port"], at.member("port"), minimum=1)
    if port > _MAX_PORT:
        raise ValueError(f"{at.member('port')}: expected 1 to {_MAX_PORT}, got {port}")
    expected = strict_json.items(device["expected"], at.member("expected"))
    return Device(
        name=name,
        address=_text(device, "address", at),
        port=port,
        platform_id=_text(device, "platform_id", at),
        credential_ref=_text(device, "credential_ref", at),
        tags=frozenset(strict_json.text(t, at.member("tags").item(n)) for n, t in enumerate(tags)),
        expected=tuple(_identity(i, at.member("expected").item(n)) for n, i in enumerate(expected)),
    )


def _identity(value: object, at: Path) -> Identity:
    identity = _object(value, at, frozenset({"subject", "serial", "pid"}))
    subject = _object(identity["subject"], at.member("subject"), frozenset({"kind", "id"}))
    return Identity(
        subject=Subject(
            _word(subject, "kind", at.member("subject"), SubjectKind),
            _text(subject, "id", at.member("subject")),
        ),
        serial=_maybe(identity, "serial", at),
        pid=_maybe(identity, "pid", at),
    )


def _exchange(value: object, at: Path) -> Exchange:
    exchange = _object(value, at, _EXCHANGE)
    output, elapsed = exchange["output"], exchange["elapsed_s"]
    if not isinstance(output, str):
        raise ValueError(f"{at.member('output')}: expected a string")  # noqa: TRY004
    if isinstance(elapsed, bool) or not isinstance(elapsed, int | float):
        raise ValueError(f"{at.member('elapsed_s')}: expected seconds")  # noqa: TRY004
    # 1e999 is a number of JSON, and infinite here; it could never be written again.
    if not 0 <= elapsed < math.inf:
        raise ValueError(f"{at.member('elapsed_s')}: expected seconds from 0 on")
    return Exchange(
        probe_id=_text(exchange, "probe_id", at),
        command=_text(exchange, "command", at),
        output=output,
        started_at=moment_from_json(exchange["started_at"], at.member("started_at")),
        elapsed_s=elapsed,
        complete=strict_json.boolean(exchange["complete"], at.member("complete")),
        nonce=_maybe(exchange, "nonce", at),
    )


def _failure(value: object, at: Path) -> CollectionFailure | None:
    if value is None:
        return None
    failure = _object(value, at, frozenset({"kind", "detail"}))
    detail = failure["detail"]
    if not isinstance(detail, str):
        raise ValueError(f"{at.member('detail')}: expected a string")  # noqa: TRY004
    return CollectionFailure(kind=_word(failure, "kind", at, FailureKind), detail=detail)


def _text(members: dict[str, object], name: str, at: Path) -> str:
    return strict_json.text(members[name], at.member(name))


def _maybe(members: dict[str, object], name: str, at: Path) -> str | None:
    return None if members[name] is None else _text(members, name, at)


def _word(members: dict[str, object], name: str, at: Path, words: type[E]) -> E:
    text = _text(members, name, at)
    try:
        return words(text)
    except ValueError as error:
        known = ", ".join(w.value for w in words)
        raise ValueError(f"{at.member(name)}: expected one of {known}, got {text!r}") from error
