"""Runs to be recorded: each a day after the one before."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from netintegrity.model.assurance import Assurance, AssuranceLevel
from netintegrity.model.claims import BootClaim, Source
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.digest import Digest
from netintegrity.model.evidence import CollectionFailure, FailureKind
from netintegrity.model.finding import Shortfall
from netintegrity.model.history import HistoryMark
from netintegrity.model.run import DeviceResult, RunReport
from netintegrity.store.history.database import HistoryDatabase
from netintegrity.store.history.place import HistoryPlace
from netintegrity.store.history.recording import RunNote, record_run
from tests.builders import CHASSIS, GOOD, both, claims
from tests.unit.report import reports

REPORT_DIGEST = "sha256:" + "4" * 64


def database(folder: Path) -> HistoryDatabase:
    return HistoryDatabase(HistoryPlace(file=folder / "history.sqlite3"))


def box(name: str, *conclusions: Conclusion, digest: Digest = GOOD) -> DeviceResult:
    """A device that shows everything the history keeps."""
    boot = BootClaim(subject=CHASSIS, source=Source("boot", 1), loader_release="17.3(1r)")
    said = claims(
        images=both(digests=frozenset({digest}), size_bytes=1234),
        other_releases=(("iosd", "17.9.4a"),),
        boots=(boot,),
    )
    findings = [reports.finding(c) for c in conclusions]
    return reports.result(name, *conclusions, findings=findings, said=said)


def silent(name: str) -> DeviceResult:
    """A device that never answered."""
    failure = CollectionFailure(kind=FailureKind.UNREACHABLE, detail="no route to host")
    return reports.result(
        name,
        Conclusion.UNREACHABLE,
        findings=[],
        said=claims(running_release=None, identities=(), images=()),
        shortfalls=(Shortfall(conclusion=Conclusion.UNREACHABLE, detail=failure.detail),),
        assurance=Assurance(AssuranceLevel.NONE),
        failure=failure,
        exchanges=(),
        host_key_fingerprint=None,
    )


def run_of_day(day: int, *results: DeviceResult) -> RunReport:
    later = timedelta(days=day)
    plain = reports.report(*results)
    return replace(
        plain,
        run_id=f"run-{day}",
        started_at=plain.started_at + later,
        finished_at=plain.finished_at + later,
        at=plain.at + later,
    )


def note(report: RunReport, **changes: object) -> RunNote:
    plain = RunNote(
        report_digest=REPORT_DIGEST,
        status=0,
        site_devices=len(report.results),
        interrupted=False,
        recorded_at=report.finished_at,
        recorded_by="alice@jump1",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def recorded(history: HistoryDatabase, *runs: RunReport) -> HistoryMark:
    for run in runs:
        mark = record_run(history, run, note(run))
    return mark


def values(folder: Path) -> Iterator[tuple[str, int, str, object]]:
    """Yield table, rowid, column and value of every field there is."""
    with closing(sqlite3.connect(folder / "history.sqlite3")) as connection:
        tables = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for table in sorted(tables):
            cursor = connection.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid")  # noqa: S608
            columns = [c[0] for c in cursor.description][1:]
            for rowid, *fields in cursor.fetchall():
                for column, value in zip(columns, fields, strict=True):
                    yield table, rowid, column, value


def alter(folder: Path, table: str, rowid: int, column: str, value: object) -> None:
    """Change one field, past every check of ours."""
    with closing(sqlite3.connect(folder / "history.sqlite3")) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (value, rowid))  # noqa: S608
        connection.commit()
