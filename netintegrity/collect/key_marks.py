"""What is noted beside a pinned key, in the comment of its line. Pure.

``# netintegrity: serial=FOC1,FOC2`` or
``# netintegrity: first-use 2026-01-01T00:00:00Z serial=FOC1 reason=no console``.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

_MARK: Final = "# netintegrity:"
_UNSEEN: Final = f"{_MARK} first-use"
_SERIALS: Final = re.compile(_MARK + r"(?: first-use \S{1,40})? serial=([!-~]{1,1024})")


def is_unseen(comment: str) -> bool:
    """Say whether somebody approved the key without having compared it."""
    return _UNSEEN in comment


def serials_in(comment: str) -> frozenset[str]:
    """Return the serial numbers of the box the key was approved for; none: unsaid."""
    found = _SERIALS.search(comment)
    return frozenset(found[1].split(",")) if found else frozenset()


def approved_for(serials: Iterable[str]) -> str:
    """Return the comment of a key that was compared, for this box; empty: nothing to say."""
    named = ",".join(sorted(s for s in serials if "," not in s))
    return f"{_MARK} serial={named}" if named else ""


def approved_unseen(serials: Iterable[str], *, at: datetime, reason: str) -> str:
    """Return the comment of a key that nobody compared; ``at`` is UTC, ``reason`` one line."""
    named = approved_for(serials).removeprefix(_MARK)
    return f"{_UNSEEN} {at:%Y-%m-%dT%H:%M:%SZ}{named} reason={reason}"
