"""What a hardware root declares, and what it judges by."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from netintegrity.model.attestation import AttestationClaim, AttestationResult, Challenge
from netintegrity.model.reference import ReferenceSet
from netintegrity.model.subject import Identity
from netintegrity.trust._spec import ParseReleases
from netintegrity.trust.anchors import Keyring, Purpose

IDENTITY_PURPOSES: Final = frozenset({str(Purpose.DEVICE_IDENTITY)})
LAB_IDENTITY_PURPOSES: Final = IDENTITY_PURPOSES | {str(Purpose.LAB)}
"""For a run over simulated devices alone: they bear identities that the lab issued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Everything a quote is judged by, beside the quote and the challenge."""

    keyring: Keyring
    """Those of its anchors that have one of ``purposes`` are whose identities count."""
    purposes: frozenset[str] = IDENTITY_PURPOSES
    references: ReferenceSet | None
    """Known good values; None: no manifest was given."""
    releases: ParseReleases
    at: datetime
    """UTC; the moment of judgement."""


Judge = Callable[[AttestationClaim, Challenge, Grounds, Identity | None], AttestationResult]
"""Total and pure. The last is the hardware that is expected; None: nobody said which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HardwareRoot:
    """One kind of chip that signs what was booted."""

    id: str
    title: str
    format_id: str
    """The ``formats`` word of the anchors that issue its identities."""
    judge: Judge
