"""What a report module declares."""

from collections.abc import Callable
from dataclasses import dataclass

from netintegrity.model.run import RunReport

Render = Callable[[RunReport], str]
"""Pure: the whole text, ending in a newline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFormat:
    """One way to show a run."""

    id: str
    """The word after ``--format``."""
    media_type: str
    suffix: str
    """Of a file it is written to, ``.html``."""
    render: Render
