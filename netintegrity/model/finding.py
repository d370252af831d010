"""Conclusions, and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from netintegrity.model.assurance import Assurance
from netintegrity.model.claims import ImageRole, Source
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.digest import Digest
from netintegrity.model.subject import Subject
from netintegrity.model.verdict import Verdict


class Technique(StrEnum):
    """MITRE ATT&CK (Enterprise) techniques this tool looks for."""

    PATCH_SYSTEM_IMAGE = "T1601.001"
    DOWNGRADE_SYSTEM_IMAGE = "T1601.002"
    ROMMONKIT = "T1542.004"
    TFTP_BOOT = "T1542.005"
    MATCH_LEGITIMATE_NAME = "T1036.005"
    SUBVERT_TRUST_CONTROLS = "T1553.006"
    COMMAND_INTERPRETER = "T1059"
    HOST_SOFTWARE_BINARY = "T1554"
    SYSTEM_PROCESS = "T1543"
    EVENT_TRIGGERED = "T1546"
    IMPLANT_CONTAINER = "T1525"


class Proposition(StrEnum):
    """The statement a rule tests."""

    AUTHENTIC = "authentic"
    """The bytes are those the vendor signed."""
    CURRENT = "current"
    """The release is not older than the operator demands or has seen before."""
    INTENDED = "intended"
    """The device boots what its configuration and the change plan say."""


class Severity(IntEnum):
    """How urgent a rule's mismatch is; says nothing of how sure we are."""

    @property
    def word(self) -> str:
        """The word a report prints."""
        return self.name.lower()

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What a rule concludes about one subject, or about one image of it."""

    subject: Subject
    image: str | None = None
    """Path as the device prints it; None: the subject as a whole."""
    role: ImageRole | None = None
    conclusion: Conclusion
    assurance: Assurance
    message: str
    next_step: str = ""
    """What would settle it, or what to do about it; empty: nothing is left to do. The same need
    is worded the same on every box, so that a report can gather them."""
    technique: Technique | None = None
    """Where one rule can meet several; None: that of the rule."""
    sources: tuple[Source, ...] = ()
    manifest_ids: frozenset[str] = frozenset()
    """Verified manifests the conclusion rests on."""

    @property
    def verdict(self) -> Verdict:
        """Return the verdict of the conclusion."""
        return self.conclusion.verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An observation stamped with the rule that made it."""

    rule_id: str
    proposition: Proposition
    technique: Technique | None
    severity: Severity
    observation: Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """Something "verified" demands and this device lacks."""

    conclusion: Conclusion
    detail: str
    next_step: str = ""
    subject: Subject | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Our own surprise while judging one device; kept, so that the others are still judged."""

    stage: str
    """``interpret`` or the id of a rule."""
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """The result for one device."""

    device_name: str
    evidence_digest: Digest
    appraised_at: datetime
    conclusions: tuple[Conclusion, ...]
    """At least one, gravest first."""
    assurance: Assurance
    findings: tuple[Finding, ...]
    shortfalls: tuple[Shortfall, ...]
    faults: tuple[Fault, ...]
    not_demanded: tuple[str, ...]
    """Ids of the rules the policy left out; they did not run."""

    @property
    def verdict(self) -> Verdict:
        """Return the verdict of the gravest conclusion."""
        return self.conclusions[0].verdict
