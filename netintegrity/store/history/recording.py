"""A judged run, made into rows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from netintegrity.model.history import HistoryMark
from netintegrity.model.run import DeviceResult, RunReport
from netintegrity.model.verdict import Verdict
from netintegrity.plain_text import clean
from netintegrity.store.history.chain import Chain, Row, named_state, store_states
from netintegrity.store.history.database import HistoryDatabase, NoHistoryError
from netintegrity.store.history.rows import open_findings, seen
from netintegrity.store.history.tables import (
    APPRAISALS,
    FINDINGS,
    HEAD,
    RUNS,
)
from netintegrity.store.history.times import read, stored


@dataclass(frozen=True, slots=True, kw_only=True)
class RunNote:
    """What a run's row says beside the report."""

    report_digest: str
    """``sha256:hex`` of the stored ``report.json``."""
    status: int
    """The exit status."""
    site_devices: int
    """How many devices the site has; a run of fewer is not a complete one."""
    interrupted: bool
    recorded_at: datetime
    """UTC."""
    recorded_by: str
    """``user@host``."""


def begin_history(history: HistoryDatabase, site: str) -> HistoryMark:
    """Make the history if there is none, and return where it stands.

    Raises:
        StoreError: it cannot be made or written: better known before a network is asked.
    """
    with history.writing() as connection:
        return _mark(connection, site)


def mark_of(history: HistoryDatabase, site: str) -> HistoryMark | None:
    """Return where the history stands; None: there is none. Writes nothing.

    Raises:
        StoreError: there is one, and it cannot be read.
    """
    try:
        with history.reading() as connection:
            return _mark(connection, site)
    except NoHistoryError:
        return None


def _mark(connection: Connection, site: str) -> HistoryMark:
    head = connection.execute(select(HEAD.c.seq, HEAD.c.digest).where(HEAD.c.id == 1)).one()
    last = last_complete(connection, site)
    return HistoryMark(head=f"sha256:{head.digest}", rows=head.seq, last_complete_at=last)


def last_complete(connection: Connection, site: str) -> datetime | None:
    """Return when the last run ended that asked every device of the site; UTC."""
    newest = connection.scalar(
        select(RUNS.c.finished_at)
        .where(RUNS.c.site == clean(site))
        .where(RUNS.c.interrupted == 0)
        .where(RUNS.c.devices == RUNS.c.site_devices)
        .order_by(RUNS.c.finished_at.desc())
        .limit(1)
    )
    return None if newest is None else read(newest)


def record_run(history: HistoryDatabase, report: RunReport, note: RunNote) -> HistoryMark:
    """Append a run: all of it, or nothing. Return the new head.

    Raises:
        StoreError: it could not be written; what was committed before stands.
    """
    with history.writing() as connection:
        chain = Chain(connection)
        run_seq = chain.add(RUNS, **_run(report, note))
        states = {}
        for result in report.results:
            state, rows = named_state(seen(result))
            if state is not None:
                states[state] = rows
            findings = list(open_findings(result.appraisal))
            seq = chain.add(APPRAISALS, **_appraisal(result, report, run_seq, state, len(findings)))
            for finding in findings:
                chain.add(FINDINGS, **finding, appraisal_seq=seq)
        store_states(connection, states)
        chain.close()
        return _mark(connection, report.site)


def _run(report: RunReport, note: RunNote) -> Row:
    verdicts = [r.appraisal.verdict for r in report.results]
    return {
        "run_id": clean(report.run_id),
        "site": clean(report.site),
        "started_at": stored(report.started_at),
        "finished_at": stored(report.finished_at),
        "at": stored(report.at),
        "recorded_at": stored(note.recorded_at),
        "recorded_by": clean(note.recorded_by),
        "tool_version": report.tool_version,
        "keyring_digest": report.keyring_digest,
        "policy_digest": report.policy_digest,
        "memory_digest": report.memory_digest,
        "report_digest": note.report_digest,
        "status": int(note.status),
        "devices": len(verdicts),
        "site_devices": note.site_devices,
        "verified": verdicts.count(Verdict.VERIFIED),
        "rejected_manifests": sum(m.reason is not None for m in report.manifests),
        "interrupted": int(note.interrupted),
    }


def _appraisal(
    result: DeviceResult, report: RunReport, run_seq: int, state: str | None, findings: int
) -> Row:
    appraisal, release = result.appraisal, result.claims.running_release
    return {
        "site": clean(report.site),
        "device": clean(result.evidence.device.name),
        "platform": result.platform_id,
        "at": stored(report.at),
        "verdict": appraisal.verdict.value,
        "conclusion": appraisal.conclusions[0].value,
        "conclusions": " ".join(c.value for c in appraisal.conclusions),
        "level": appraisal.assurance.level.word,
        "caveats": " ".join(sorted(c.value for c in appraisal.assurance.caveats)),
        "running_release": None if release is None else clean(release.text),
        "evidence_digest": str(appraisal.evidence_digest),
        "state": state,
        "run_seq": run_seq,
        "open_findings": findings,
    }
