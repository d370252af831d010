"""The one way in which Cisco's lists write when a file was published."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

# May 14 2017 19:00:28 PDT-0700    August 03 2016 00:00:00 PDT-0700
_PUBLISHED: Final = re.compile(
    r"([A-Z][a-z]{2,8}) (\d{1,2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) [A-Z]{2,5}([+-])(\d{2})(\d{2})",
    re.ASCII,
)
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def published_at(text: str) -> datetime | None:
    """Return the moment ``text`` names, in UTC; None: it is no such date."""
    match = _PUBLISHED.fullmatch(text)
    if match is None:
        return None
    month, day, year, hour, minute, second, sign, hours, minutes = match.groups()
    named = [number for number, name in enumerate(_MONTHS, start=1) if name.startswith(month)]
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
    try:
        clock = (int(hour), int(minute), int(second))
        local = datetime(int(year), named[0], int(day), *clock, tzinfo=timezone(offset))
        return local.astimezone(UTC)
    except (ValueError, IndexError, OverflowError):
        return None
