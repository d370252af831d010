"""Times as every file and document of this program writes them: RFC 3339, in UTC."""

import re
from datetime import UTC, datetime
from typing import Final

# 2026-11-23T12:00:00Z
_TIME: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2})", re.ASCII
)


def parse(text: str) -> datetime:
    """Return the moment, aware, in UTC.

    Raises:
        ValueError: no full date, time and offset, or a moment outside the years 1 to 9999.

    Source: RFC 3339 section 5.6.
    """
    if _TIME.fullmatch(text) is None:
        raise ValueError(f"expected a time such as 2026-11-23T12:00:00Z, got {text!r}")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} is outside the years 1 to 9999 in UTC") from error


def show(moment: datetime) -> str:
    """Return the moment in UTC with a ``Z``, as short as it can be."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
