"""What speaks against a quote, gathered while it is gone through."""

from dataclasses import dataclass, field

from netintegrity.model.assurance import Caveat


@dataclass(slots=True)
class Findings:
    """Open lists; whoever finds something appends a sentence."""

    against: list[str] = field(default_factory=list)
    """Something is wrong with it: mismatch."""
    doubts: list[str] = field(default_factory=list)
    """Something is missing, or cannot be told: at most unknown."""
    caveats: set[Caveat] = field(default_factory=set)
