"""Where the history of earlier runs stands."""

from dataclasses import dataclass
from datetime import datetime

from netintegrity import rfc3339, strict_json


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryMark:
    """The end of the chain over the rows of the history.

    Whoever keeps a report keeps this with it: rows that were taken from the end of a history are
    missed by nothing but a head that was written down elsewhere.
    """

    head: str
    """``sha256:hex`` of the last row."""
    rows: int
    """How many rows the chain has had, those that retention took included."""
    last_complete_at: datetime | None
    """UTC; when the last run ended that asked every device of the site. None: none is recorded."""


def history_json(mark: HistoryMark) -> dict[str, object]:
    """Return the member ``history`` of ``run.json`` and of the report document."""
    last = mark.last_complete_at
    return {
        "head": mark.head,
        "rows": mark.rows,
        "last_complete_at": None if last is None else rfc3339.show(last),
    }


def history_from_json(value: object, at: strict_json.Path) -> HistoryMark | None:
    """Return what :func:`history_json` made; None: a run without a history.

    Raises:
        ValueError: it has another shape.
    """
    if value is None:
        return None
    fields = strict_json.members(value, at)
    strict_json.only(fields, frozenset({"head", "rows", "last_complete_at"}), at)
    last = fields.get("last_complete_at")
    return HistoryMark(
        head=strict_json.text(fields.get("head"), at.member("head")),
        rows=strict_json.integer(fields.get("rows"), at.member("rows")),
        last_complete_at=None
        if last is None
        else rfc3339.parse(strict_json.text(last, at.member("last_complete_at"))),
    )
