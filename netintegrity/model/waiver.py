"""A finding that its owner excused for a while."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from netintegrity.model.digest import Digest
from netintegrity.model.subject import Subject

LONGEST: Final = timedelta(days=90)
"""No waiver counts for longer; whoever needs more has to sign again."""
LONGEST_TEXT: Final = 500
"""Characters of a reason, and of a ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One image on one part of one device, by its very bytes."""

    device: str
    subject: Subject
    digest: Digest
    reason: str
    ticket: str = ""
    issued_at: datetime
    """UTC; it does not count before."""
    expires_at: datetime
    """UTC; at most :data:`LONGEST` after it was issued. It does not count from then on."""
    file: str
    """Name of the file it came in."""
    key_id: str
    """Whose key signed it."""

    def counts_at(self, at: datetime) -> bool:
        """Say whether it excuses anything at this moment."""
        return self.issued_at <= at < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverOutcome:
    """What became of one file of waivers."""

    file: str
    reason: str | None = None
    """Why it was rejected, in a word of the contract; None: its signature verified."""
    detail: str = ""
    """The rejection in a sentence."""
    key_id: str | None = None
    waivers: tuple[Waiver, ...] = ()

    @property
    def status(self) -> str:
        """``verified`` or ``rejected``."""
        return "verified" if self.reason is None else "rejected"


def all_of(outcomes: Iterable[WaiverOutcome]) -> tuple[Waiver, ...]:
    """Return every waiver that somebody's word stands behind."""
    return tuple(w for o in outcomes for w in o.waivers)
