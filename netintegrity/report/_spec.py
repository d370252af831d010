"""What a report module declares."""

from collections.abc import Callable
from dataclasses import dataclass

from netintegrity.model.run import RunReport

Render = Callable[[RunReport], str]
"""Pure: the whole text, ending in a newline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForAnotherProgram:
    """What a program that starts us expects, where that is not our own contract."""

    code: Callable[[int], int]
    """From our exit status to the number it reads."""
    failed: Callable[[str], str]
    """What to print where there is no report, from a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFormat:
    """One way to show a run."""

    id: str
    """The word after ``--format``."""
    media_type: str
    suffix: str
    """Of a file it is written to, ``.html``."""
    render: Render
    for_another_program: ForAnotherProgram | None = None
    """None: our own exit status holds."""
    is_lines: bool = False
    """True: each line is a message of its own, which may be sent to a log host."""
