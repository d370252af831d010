"""Sign a stored run, and let somebody else find out whether it is still the one that was signed."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from netintegrity.app.rejudging import Difference, differences_of
from netintegrity.errors import (
    EvidenceError,
    ExitStatus,
    MalformedError,
    StoreError,
    TrustError,
    gravest,
)
from netintegrity.model.assurance import Caveat
from netintegrity.store.keys import KeyFiles, read_keys
from netintegrity.store.memory import memory_digest
from netintegrity.store.run_check import (
    RECORD,
    STATEMENT,
    FileProblem,
    Problem,
    RunCheck,
    check_run,
    read_statement,
    write_statement,
)
from netintegrity.store.runs import StoredRun, read_run
from netintegrity.trust.anchors import TrustAnchor
from netintegrity.trust.keyring import load_keyring
from netintegrity.trust.statement import RunStatement, sign_statement, verify_statement

_TOLD: Final = (
    "run_id",
    "site",
    "tool_version",
    "started_at",
    "finished_at",
    "at",
    "keyring_digest",
    "policy_digest",
    "memory_digest",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceVerification:
    """What became of a run folder since it was signed."""

    check: RunCheck
    problems: tuple[FileProblem, ...]
    """Every file that is altered, missing or extra, by name."""
    statement: RunStatement | None
    """None: there is none, or its signature does not count."""
    anchor: TrustAnchor | None
    rejection: TrustError | None
    """Why the statement does not count; None: it does, or there is none."""
    uncovered: tuple[str, ...]
    """Files beside the run for which nobody vouches."""
    caveats: frozenset[Caveat]
    differences: tuple[Difference, ...] | None
    """What is judged otherwise now; None: it was not judged again."""
    unjudged: str
    """Why it was not judged again though that was asked for; empty: it was, or nobody asked."""

    @property
    def word(self) -> str:
        """The state in a word."""
        if self.problems:
            return "altered"
        if self.rejection is not None:
            return "rejected"
        return "unsigned" if self.statement is None else "intact"

    @property
    def status(self) -> ExitStatus:
        """Return 0 if all is as it was signed, and judged as it was."""
        statuses = [ExitStatus.VERIFIED]
        for holds, status in (
            (bool(self.problems) or bool(self.differences), ExitStatus.FINDING),
            (self.rejection is not None, ExitStatus.REJECTED),
            (self.statement is None or bool(self.unjudged), ExitStatus.UNVERIFIED),
        ):
            if holds:
                statuses.append(status)
        return gravest(statuses)


def verify_evidence(
    path: Path, *, keys_folder: Path | None, rejudge: bool, at: datetime
) -> EvidenceVerification:
    """Return whether a run folder is the one that was signed, and what is not.

    Args:
        path: the run folder.
        keys_folder: whom the reader trusts; None: the built-in keys. Never the run's own.
        rejudge: True: judge the evidence again too, and compare.
        at: UTC, now; an anchor past its date is a caveat.

    Raises:
        StoreError: there is no such folder.
        KeyringError: a key or a keyring is not in order.
    """
    check = check_run(path)
    keyring = load_keyring(read_keys(keys_folder).files)
    problems = list(check.problems)
    statement: RunStatement | None = None
    anchor: TrustAnchor | None = None
    rejection: TrustError | None = None
    try:
        raw = read_statement(path)
        if raw is not None:
            statement, anchor = verify_statement(raw, keyring, name=STATEMENT)
            problems += _against(statement, check)
            if not problems:
                _refuse_other(statement, read_run(path))
    except TrustError as error:
        statement, anchor, rejection = None, None, error
    except EvidenceError as error:
        problems.append(FileProblem(name=STATEMENT, problem=Problem.ALTERED, detail=str(error)))
    covered = frozenset() if statement is None else statement.files.keys()
    differences, unjudged = None, ""
    if rejudge and problems:
        unjudged = "what was altered is not judged"
    elif rejudge:
        differences, unjudged = differences_of(read_run(path), keys_folder)
    expired = anchor is not None and anchor.not_after is not None and at > anchor.not_after
    return EvidenceVerification(
        check=check,
        problems=tuple(_once(problems)),
        statement=statement,
        anchor=anchor,
        rejection=rejection,
        uncovered=tuple(n for n in check.beside if n not in covered),
        caveats=frozenset({Caveat.ANCHOR_EXPIRED} if expired else ()),
        differences=differences,
        unjudged=unjudged,
    )


def sign_evidence(
    path: Path, private_key_pem: bytes, password: bytes | None, *, at: datetime
) -> tuple[Path, RunStatement]:
    """Sign a stored run, and the pages that lie beside it; return the file written.

    Raises:
        EvidenceError: the run is not as it was recorded; nothing is signed.
        StoreError: it is signed already, or something lies in it that belongs to no run.
        ConfigError: the key cannot be used.
    """
    run, check = read_run(path), check_run(path)
    if check.problems:
        raise StoreError(f"{path}: {check.problems[0].name}: {check.problems[0].detail}")
    files = {}
    for name in (RECORD, *check.beside):
        digest = check.digest_of(name)
        if digest is None or "/" in name:
            told = StoreError(f"{path / name}: belongs to no run, and nobody could vouch for it")
            told.hint = "move it out of the run folder, then sign"
            raise told
        files[name] = digest.removeprefix("sha256:")
    statement = _statement(run, files, at)
    envelope = sign_statement(statement, private_key_pem, password)
    return write_statement(path, envelope), statement


def _statement(run: StoredRun, files: dict[str, str], at: datetime) -> RunStatement:
    record = run.record
    policy = run.files.get("inputs/policy.yaml", b"")
    keys = KeyFiles(origin="", files=run.below("inputs/keys/"))
    return RunStatement(
        files=files,
        run_id=record.run_id,
        site=record.site,
        tool_version=record.tool_version,
        started_at=record.started_at,
        finished_at=record.finished_at,
        at=record.at,
        keyring_digest=str(keys.digest()),
        policy_digest=f"sha256:{hashlib.sha256(policy).hexdigest()}",
        memory_digest=memory_digest(run.files["inputs/memory.json"]),
        signed_at=at,
    )


def _against(statement: RunStatement, check: RunCheck) -> Iterator[FileProblem]:
    """Yield what lies in the folder otherwise than it was signed."""
    for name, digest in sorted(statement.files.items()):
        found = check.digest_of(name) if _is_inside(name) else None
        if found is None:
            detail = "it was signed, and is not there as a plain file"
            yield FileProblem(name=name, problem=Problem.MISSING, detail=detail)
        elif found != f"sha256:{digest}":
            detail = f"is not the file that was signed (expected sha256:{digest})"
            yield FileProblem(name=name, problem=Problem.ALTERED, detail=detail)
    for name in check.beside:
        if name not in statement.files:
            yield FileProblem(name=name, problem=Problem.EXTRA, detail="nobody signed it")


def _is_inside(name: str) -> bool:
    return "/" not in name and name not in {"", ".", ".."} and "\0" not in name


def _refuse_other(statement: RunStatement, run: StoredRun) -> None:
    """Refuse a statement that says something else of the run than the run's own files.

    Raises:
        MalformedError: it does.
    """
    actual = _statement(run, dict(statement.files), statement.signed_at)
    for name in _TOLD:
        if getattr(statement, name) != getattr(actual, name):
            raise MalformedError(
                manifest_id=STATEMENT, detail=f"$.predicate.{name}: is not that of this run"
            )


def _once(problems: Iterable[FileProblem]) -> Iterator[FileProblem]:
    """Yield one problem for each file: what the signature says of it counts less than the run."""
    told: set[str] = set()
    for problem in problems:
        if problem.name not in told:
            told.add(problem.name)
            yield problem
