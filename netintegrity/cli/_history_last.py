"""When each site was last checked whole, and whether that is too long ago."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from netintegrity.cli._output import emit, emit_json
from netintegrity.errors import ConfigError, ExitStatus, NetIntegrityError
from netintegrity.plain_text import one_line

if TYPE_CHECKING:
    from netintegrity.store.history.database import HistoryDatabase

_CRITICAL = 2
_UNKNOWN = 3
_CLOCKS_DIFFER = timedelta(hours=1)


def run(
    history: "HistoryDatabase",
    *,
    site: str | None,
    within_hours: float | None,
    format_: str,
    now: datetime,
) -> int:
    """Tell, and return the status: 3 (for Nagios 2) where a run was missed.

    Raises:
        ConfigError: the site was never audited; or ``within_hours`` means nothing.
    """
    try:
        return _told(history, site, within_hours, format_, now)
    except NetIntegrityError as error:
        if format_ != "nagios":
            raise
        emit(f"NETINTEGRITY UNKNOWN - {_line(str(error))}")
        return _UNKNOWN


def _told(
    history: "HistoryDatabase", site: str | None, within: float | None, format_: str, now: datetime
) -> int:
    from netintegrity import rfc3339
    from netintegrity.store.history.queries import site_names
    from netintegrity.store.history.recording import last_complete

    if within is not None and not 0 < within <= 24 * 3660:
        raise ConfigError("expected more than 0 hours, and at most ten years", where="--within")
    with history.reading() as connection:
        known = site_names(connection)
        if site is not None and site not in known:
            raise ConfigError(
                f"no run in the history is of a site {site!r}",
                where="--site",
                hint=f"there are {', '.join(known)}" if known else "",
            )
        found = {name: last_complete(connection, name) for name in ([site] if site else known)}
    late = [
        name
        for name, moment in found.items()
        if within is not None and _is_missed(moment, timedelta(hours=within), now)
    ]
    lines = {name: _told_of(moment, now) for name, moment in found.items()}
    if format_ == "json":
        emit_json(
            {
                "schema": "netintegrity/history-last/1",
                "at": rfc3339.show(now),
                "within_hours": within,
                "sites": [
                    {
                        "site": name,
                        "last_complete_at": None if moment is None else rfc3339.show(moment),
                        "missed": None if within is None else name in late,
                    }
                    for name, moment in found.items()
                ],
            }
        )
    elif format_ == "nagios":
        word = "CRITICAL - run missed" if late else "OK - last complete run"
        emit(f"NETINTEGRITY {word}: {_line('; '.join(f'{n}: {t}' for n, t in lines.items()))}")
        return _CRITICAL if late else 0
    else:
        for name, told in lines.items():
            emit(_line(f"{'MISSED ' if name in late else ''}{name}: {told}"))
    return ExitStatus.UNVERIFIED if late or not found else ExitStatus.VERIFIED


def _is_missed(moment: datetime | None, within: timedelta, now: datetime) -> bool:
    # One that is still to come was noted by a clock that was wrong: it must not hide a missed run.
    return moment is None or now - moment > within or moment - now > _CLOCKS_DIFFER


def _told_of(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "never completely"
    hours = (now - moment).total_seconds() / 3600
    ago = f"{hours:.1f} hours ago" if hours >= 0 else f"{-hours:.1f} hours ahead of this clock"
    return f"{moment:%Y-%m-%d %H:%M} UTC, {ago}"


def _line(text: str) -> str:
    # A bar begins the performance data of a Nagios line.
    return one_line(text).replace("|", "/")
