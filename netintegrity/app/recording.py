"""A run and the history: where it stood when the run began, and the run added to it.

Loads what speaks SQL; import it where a run is recorded, and nowhere else.
"""

from dataclasses import dataclass
from datetime import datetime

from netintegrity.errors import ExitStatus, StoreError
from netintegrity.model.history import HistoryMark
from netintegrity.model.past import Past
from netintegrity.model.run import RunReport
from netintegrity.model.since import SinceLast
from netintegrity.store.history.database import HistoryDatabase
from netintegrity.store.history.past import past_of
from netintegrity.store.history.place import HistoryPlace
from netintegrity.store.history.recording import RunNote, begin_history, mark_of, record_run
from netintegrity.store.history.since import changes_since
from netintegrity.store.operator import operator_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of a run in the history."""

    mark: HistoryMark | None
    """Where the history stands now; None: the run is not in it."""
    problem: str = ""
    """Why it could not be added; empty: it was, or it was not to be."""
    past: Past | None = None
    """What earlier runs found; None: not asked."""
    since: SinceLast | None = None
    """What changed since the run before; None: not asked, or there was none."""


def begin_record(place: HistoryPlace | None, site: str, *, writes: bool) -> HistoryMark | None:
    """Return where the history stands before a run; one that will write makes sure that it can.

    Raises:
        StoreError: it can be neither made nor read: better known before a network is asked.
    """
    if place is None:
        return None
    history = HistoryDatabase(place)
    return begin_history(history, site) if writes else mark_of(history, site)


def record(
    place: HistoryPlace | None,
    report: RunReport,
    *,
    report_digest: str,
    status: ExitStatus,
    site_devices: int,
    interrupted: bool,
    compare: bool,
    look_back: bool,
    now: datetime,
) -> Recorded:
    """Add a run, whose report is stored by now; a history that refuses does not undo the run.

    Args:
        place: None: there is no history to be written.
        report: all of it.
        report_digest: ``sha256:hex`` of the stored document.
        status: of the run.
        site_devices: how many there are, asked or not.
        interrupted: the run was stopped by a person.
        compare: also say what changed since the run before.
        look_back: also say what earlier runs found.
        now: UTC.
    """
    if place is None:
        return Recorded(mark=None)
    note = RunNote(
        report_digest=report_digest,
        status=status,
        site_devices=site_devices,
        interrupted=interrupted,
        recorded_at=now,
        recorded_by=operator_name(),
    )
    since, past = None, None
    try:
        history = HistoryDatabase(place)
        if compare:
            since = changes_since(history, report)
        if look_back:
            past = past_of(history, report)
        return Recorded(mark=record_run(history, report, note), since=since, past=past)
    except StoreError as error:
        return Recorded(mark=None, problem=str(error), since=since, past=past)
