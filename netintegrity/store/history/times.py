"""Moments as the history writes them: of one width, so that they sort as they follow."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from netintegrity import rfc3339
from netintegrity.errors import ConfigError

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def stored(moment: datetime) -> str:
    """Return ``2026-06-03T04:05:06.000000Z``."""
    # The year is padded by hand: strftime of the C library leaves one before 1000 short.
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read(text: str) -> datetime:
    """Return the moment of a stored time.

    Raises:
        ValueError: it is none.
    """
    return rfc3339.parse(text)


def day_of(text: str, *, where: str) -> date:
    """Return the day ``YYYY-MM-DD`` names.

    Raises:
        ConfigError: it names none.
    """
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ConfigError(f"expected a day such as 2026-06-03, got {text!r}", where=where)


def begin_of(day: date) -> datetime:
    """Return the first moment of a day, in UTC."""
    return datetime.combine(day, time.min, UTC)


def last_moment(text: str, *, where: str) -> datetime:
    """Return the moment a day or a time speaks of; of a day, its last one. In UTC.

    Raises:
        ConfigError: it is neither.
    """
    if _DAY.fullmatch(text):
        day = day_of(text, where=where)
        if day == date.max:
            return datetime.max.replace(tzinfo=UTC)
        return begin_of(day + timedelta(days=1)) - timedelta(microseconds=1)
    try:
        return rfc3339.parse(text)
    except ValueError as error:
        raise ConfigError(
            f"expected a day (2026-06-03) or a time (2026-06-03T14:00:00Z), got {text!r}",
            where=where,
        ) from error
