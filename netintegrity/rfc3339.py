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
        ValueError: no full date, time and offset.

    Source: RFC 3339 section 5.6.
    """
    if _TIME.fullmatch(text) is None:
        raise ValueError(f"expected a time such as 2026-11-23T12:00:00Z, got {text!r}")
    return datetime.fromisoformat(text).astimezone(UTC)


def show(moment: datetime) -> str:
    """Return the moment in UTC with a ``Z``, as short as it can be."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
