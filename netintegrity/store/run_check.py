"""Everything that is wrong with a run folder, named; where reading it stops at the first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from netintegrity.errors import EvidenceCorruptError, EvidenceError, StoreError
from netintegrity.store._run_files import (
    JUDGED,
    digest_of,
    names_below,
    read_plain,
    read_recorded,
)
from netintegrity.store.atomic import write_once
from netintegrity.store.run_record import RunRecord, read_record
from netintegrity.store.runs import read_run

RECORD: Final = "run.json"
STATEMENT: Final = "statement.dsse.json"
"""Who vouches for the run; it lies beside ``run.json``, which cannot name it."""


class Problem(StrEnum):
    """What is wrong with a file."""

    ALTERED = "altered"
    MISSING = "missing"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblem:
    """One file that is not as it was recorded."""

    name: str
    """POSIX path in the run folder."""
    problem: Problem
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCheck:
    """A run folder, looked through to the end."""

    path: Path
    record: RunRecord | None
    """None: ``run.json`` cannot be read, and nothing says what the others should be."""
    problems: tuple[FileProblem, ...]
    files: int
    """How many the run recorded."""
    beside: tuple[str, ...]
    """Files the run does not name, where it need not: pages for people, mostly. None where
    ``run.json`` cannot be read: then nothing is known of any file."""

    def digest_of(self, name: str) -> str | None:
        """Return the digest of a file as it lies there; None: it is no plain file."""
        try:
            return digest_of(read_plain(self.path / name))
        except EvidenceCorruptError:
            return None


def check_run(path: Path) -> RunCheck:
    """Return all that is altered, missing or extra in a run folder.

    Raises:
        StoreError: there is no such folder, or a run was never finished in it, nor signed.
    """
    if not path.is_dir():
        raise StoreError(f"{path}: is no run folder")
    there = set(names_below(path))
    problems: list[FileProblem] = []
    record, digests = None, dict[str, str]()
    try:
        record, digests = read_record(path)
    except (EvidenceError, StoreError) as error:
        if not {RECORD, STATEMENT} & there:
            raise
        kind = Problem.ALTERED if RECORD in there else Problem.MISSING
        problems.append(FileProblem(name=RECORD, problem=kind, detail=str(error)))
    problems += _differing(path, digests, there)
    unnamed = sorted(there - digests.keys() - {RECORD, STATEMENT})
    counted = [n for n in unnamed if n.partition("/")[0] in JUDGED and "/" in n]
    if record is not None:
        problems += [
            FileProblem(name=n, problem=Problem.EXTRA, detail="the run did not record it")
            for n in counted
        ]
        if not problems:
            problems += _inconsistent(path)
    return RunCheck(
        path=path,
        record=record,
        problems=tuple(problems),
        files=len(digests),
        beside=() if record is None else tuple(n for n in unnamed if n not in counted),
    )


def _differing(path: Path, digests: Mapping[str, str], there: set[str]) -> Iterator[FileProblem]:
    for name, digest in sorted(digests.items()):
        try:
            read_recorded(path, name, digest)
        except EvidenceCorruptError as error:
            kind = Problem.ALTERED if name in there else Problem.MISSING
            yield FileProblem(name=name, problem=kind, detail=str(error))


def _inconsistent(path: Path) -> Iterator[FileProblem]:
    """Yield what is wrong where every digest is right: the record itself fits no run."""
    try:
        read_run(path)
    except (EvidenceError, StoreError) as error:
        yield FileProblem(name=RECORD, problem=Problem.ALTERED, detail=str(error))


def read_statement(path: Path) -> bytes | None:
    """Return the signed statement of a run; None: there is none.

    Raises:
        EvidenceCorruptError: there is something in its place that is no plain file.
    """
    file = path / STATEMENT
    if not file.exists() and not file.is_symlink():
        return None
    return read_plain(file)


def write_statement(path: Path, envelope: bytes) -> Path:
    """Write the signed statement of a run; one that is there is never replaced.

    Raises:
        StoreError: there is one already, or it cannot be written.
    """
    file = path / STATEMENT
    write_once(file, envelope)
    return file
