"""What the run before found, so that a report can tell what changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from netintegrity.model.run import DeviceResult, RunReport
from netintegrity.model.since import ChangedDevice, SinceLast
from netintegrity.plain_text import clean
from netintegrity.store.history.chain import named_state
from netintegrity.store.history.database import HistoryDatabase
from netintegrity.store.history.rows import open_findings, seen
from netintegrity.store.history.tables import APPRAISALS, FINDINGS, RUNS, SEEN

_WORDS = {"images": "images", "releases": "releases", "host_keys": "host key", "serials": "serials"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the run before found of one device, as far as a change of it is worth a word."""

    conclusions: str
    level: str
    state: str | None
    findings: frozenset[tuple[str, ...]] = field(default=frozenset())
    shown: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Digests of the rows of what it showed, by table; of the last time it showed anything."""


def changes_since(history: HistoryDatabase, report: RunReport) -> SinceLast | None:
    """Compare a run with what is recorded of each of its devices; None: nothing is, of this site.

    Raises:
        StoreError: the history cannot be read.
    """
    with history.reading() as connection:
        last = connection.execute(
            select(RUNS.c.run_id, RUNS.c.finished_at)
            .where(RUNS.c.site == clean(report.site))
            .order_by(RUNS.c.seq.desc())
            .limit(1)
        ).one_or_none()
        if last is None:
            return None
        known = before(connection, report.site)
    changed = []
    for result in report.results:
        name = clean(result.evidence.device.name)
        changes = tuple(_changes(known.get(name), result))
        if changes:
            changed.append(ChangedDevice(name=name, changes=changes))
    return SinceLast(
        last_run_id=last.run_id, last_finished_at=last.finished_at, changed=tuple(changed)
    )


def before(connection: Connection, site: str) -> dict[str, Before]:
    """Return what the last run of each device found; a device never judged is not among them."""
    columns = APPRAISALS.c
    mine = (
        select(columns.device, func.max(columns.seq).label("seq"))
        .where(columns.site == clean(site))
        .group_by(columns.device)
    )
    rows = list(_by_number(connection, APPRAISALS, "seq", _numbers(connection, mine)))
    findings: dict[int, set[tuple[str, ...]]] = {}
    for f in _by_number(connection, FINDINGS, "appraisal_seq", [r["seq"] for r in rows]):
        findings.setdefault(f["appraisal_seq"], set()).add(_key(f))
    states = {r["device"]: r["state"] for r in rows if r["state"] is not None}
    if silent := [r["device"] for r in rows if r["state"] is None]:
        last_seen = mine.where(columns.state.is_not(None)).where(columns.device.in_(silent))
        for r in _by_number(connection, APPRAISALS, "seq", _numbers(connection, last_seen)):
            states[r["device"]] = r["state"]
    shown = _shown(connection, set(states.values()))
    return {
        r["device"]: Before(
            conclusions=r["conclusions"],
            level=r["level"],
            state=r["state"],
            findings=frozenset(findings.get(r["seq"], ())),
            shown=shown.get(states.get(r["device"], ""), {}),
        )
        for r in rows
    }


def _numbers(connection: Connection, newest: Select[tuple[str, int]]) -> list[int]:
    return [seq for _, seq in connection.execute(newest)]


def _by_number(
    connection: Connection, table: Table, column: str, numbers: list[int]
) -> Iterator[dict[str, Any]]:
    """Yield the rows whose ``column`` is one of ``numbers``."""
    for start in range(0, len(numbers), 400):
        wanted = table.c[column].in_(numbers[start : start + 400])
        for row in connection.execute(select(table).where(wanted)).mappings():
            yield dict(row)


def _shown(connection: Connection, states: set[str]) -> dict[str, dict[str, frozenset[str]]]:
    found: dict[str, dict[str, set[str]]] = {}
    names = sorted(states)
    for table in SEEN:
        for start in range(0, len(names), 400):
            part = names[start : start + 400]
            for row in connection.execute(
                select(table.c.state, table.c.digest).where(table.c.state.in_(part))
            ):
                found.setdefault(row.state, {}).setdefault(table.name, set()).add(row.digest)
    return {s: {t: frozenset(d) for t, d in kinds.items()} for s, kinds in found.items()}


def _changes(known: Before | None, result: DeviceResult) -> Iterator[str]:
    appraisal = result.appraisal
    conclusions = " ".join(c.value for c in appraisal.conclusions)
    if known is None:
        yield "judged for the first time"
        return
    if known.conclusions != conclusions:
        yield f"was {known.conclusions}, is {conclusions}"
    elif known.level != appraisal.assurance.level.word:
        yield f"was known by {known.level}, is by {appraisal.assurance.level.word}"
    state, rows = named_state(seen(result))
    if state is not None:
        for table in SEEN:
            now = frozenset(str(r["digest"]) for r in rows.get(table, ()))
            if known.shown and now != known.shown.get(table.name, frozenset()):
                yield f"other {_WORDS[table.name]}"
    findings = {_key(f) for f in open_findings(appraisal)}
    for word, some in (("new", findings - known.findings), ("gone", known.findings - findings)):
        for rule, subject, image, conclusion in sorted(some):
            about = " ".join(t for t in (rule, subject, image) if t)
            yield f"{word}: {conclusion}{f' ({about})' if about else ''}"


def _key(finding: Mapping[str, object]) -> tuple[str, ...]:
    names = ("rule", "subject", "image", "conclusion")
    return tuple(str(finding[n] or "") for n in names)
