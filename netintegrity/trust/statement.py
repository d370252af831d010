"""The statement by which somebody vouches for a stored run: made, signed, and verified.

An in-toto Statement in a DSSE envelope. Its subjects are files of the run folder, ``run.json``
first, which names all the others by their digests.

Source: in-toto Attestation Framework, Statement v1,
https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md; DSSE v1.0. The predicate is
described in docs/evidence.md and docs/schemas/run-statement-1.schema.json.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from netintegrity import rfc3339, strict_json
from netintegrity.errors import MalformedError
from netintegrity.model.codec import canonical, moment_from_json
from netintegrity.strict_json import ROOT, Path
from netintegrity.trust.anchors import Keyring, Purpose, TrustAnchor
from netintegrity.trust.sign import sign_payload
from netintegrity.trust.vouched import open_vouched

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "urn:netintegrity:run-statement:1"
PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
MAX_BYTES: Final = 4 * 1024 * 1024
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_FIELDS: Final = frozenset({"_type", "subject", "predicateType", "predicate"})
_TIMES: Final = ("started_at", "finished_at", "at", "signed_at")
_TEXTS: Final = (
    "run_id",
    "site",
    "tool_version",
    "keyring_digest",
    "policy_digest",
    "memory_digest",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStatement:
    """What is signed of a run."""

    files: Mapping[str, str]
    """SHA-256 in hex by path in the run folder; ``run.json`` is among them."""
    run_id: str
    site: str
    tool_version: str
    """Which version collected and judged."""
    started_at: datetime
    finished_at: datetime
    at: datetime
    """The moment the run was judged for."""
    keyring_digest: str
    policy_digest: str
    memory_digest: str
    signed_at: datetime
    """By the signer's own clock."""


def sign_statement(
    statement: RunStatement, private_key_pem: bytes, password: bytes | None = None
) -> bytes:
    """Return the signed envelope.

    Raises:
        ConfigError: the key cannot be read, or is of a kind or size that nobody would accept.
    """
    return sign_payload(PAYLOAD_TYPE, payload_of(statement), private_key_pem, password)


def payload_of(statement: RunStatement) -> bytes:
    """Return what is signed: canonical JSON."""
    return canonical(
        {
            "_type": STATEMENT_TYPE,
            "subject": [
                {"name": name, "digest": {"sha256": digest}}
                for name, digest in sorted(statement.files.items())
            ],
            "predicateType": PREDICATE_TYPE,
            "predicate": {
                **{name: getattr(statement, name) for name in _TEXTS},
                **{name: rfc3339.show(getattr(statement, name)) for name in _TIMES},
            },
        }
    )


def verify_statement(
    raw: bytes, keyring: Keyring, *, name: str
) -> tuple[RunStatement, TrustAnchor]:
    """Return what was signed and by whom; the signature is verified before the rest is read.

    Args:
        raw: the envelope.
        keyring: whose anchors of purpose ``run-statement`` count.
        name: of the file, for messages.

    Raises:
        UnsignedError: there is no signature in it.
        BadSignatureError: it was changed, or no key that counts made it.
        UnknownSignerError: no key counts, or a stranger's is named.
        WrongPurposeError: a known key made it, and is for something else.
        RevokedKeyError: a key made it that was revoked.
        WeakAlgorithmError: the right key made it, and is too short.
        MalformedError: what was signed is no run statement.
    """
    payload, anchor = open_vouched(
        raw, keyring, purposes=(Purpose.RUN_STATEMENT,), payload_type=PAYLOAD_TYPE, name=name
    )
    try:
        return _read(payload), anchor
    except ValueError as error:
        raise MalformedError(
            manifest_id=name, key_fingerprint=anchor.fingerprint, detail=str(error)
        ) from error


def _read(payload: bytes) -> RunStatement:
    top = strict_json.members(strict_json.load(payload), ROOT)
    strict_json.only(top, _FIELDS, ROOT)
    for name, expected in (("_type", STATEMENT_TYPE), ("predicateType", PREDICATE_TYPE)):
        if top.get(name) != expected:
            raise ValueError(f"{ROOT.member(name)}: expected {expected!r}")
    at = ROOT.member("predicate")
    predicate = strict_json.members(top.get("predicate"), at)
    strict_json.only(predicate, frozenset({*_TEXTS, *_TIMES}), at)
    texts = {n: strict_json.text(predicate.get(n), at.member(n)) for n in _TEXTS}
    times = {n: moment_from_json(predicate.get(n), at.member(n)) for n in _TIMES}
    return RunStatement(
        files=_files(strict_json.items(top.get("subject"), ROOT.member("subject"))),
        run_id=texts["run_id"],
        site=texts["site"],
        tool_version=texts["tool_version"],
        started_at=times["started_at"],
        finished_at=times["finished_at"],
        at=times["at"],
        keyring_digest=texts["keyring_digest"],
        policy_digest=texts["policy_digest"],
        memory_digest=texts["memory_digest"],
        signed_at=times["signed_at"],
    )


def _files(listed: list[object]) -> dict[str, str]:
    files: dict[str, str] = {}
    for number, item in enumerate(listed):
        at: Path = ROOT.member("subject").item(number)
        subject = strict_json.members(item, at)
        strict_json.only(subject, frozenset({"name", "digest"}), at)
        name = strict_json.text(subject.get("name"), at.member("name"))
        digest = strict_json.members(subject.get("digest"), at.member("digest"))
        strict_json.only(digest, frozenset({"sha256"}), at.member("digest"))
        value = strict_json.text(digest.get("sha256"), at.member("digest").member("sha256"))
        if _SHA256.fullmatch(value) is None:
            raise ValueError(f"{at.member('digest')}: expected 64 lower-case hex digits")
        if name in files:
            raise ValueError(f"{at.member('name')}: {name[:80]!r} stands here twice")
        files[name] = value
    if "run.json" not in files:
        raise ValueError("$.subject: does not name run.json")
    return files
