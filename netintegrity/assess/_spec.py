"""What a rule module declares."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from netintegrity.assess.policy import Policy
from netintegrity.model.claims import DeviceClaims, ImageClaim, ImageRole
from netintegrity.model.evidence import Evidence
from netintegrity.model.finding import (
    Fault,
    Finding,
    Observation,
    Proposition,
    Severity,
    Technique,
)
from netintegrity.model.memory import Memory
from netintegrity.model.reference import ReferenceSet
from netintegrity.model.release import Release
from netintegrity.model.verdict import Verdict
from netintegrity.platforms._spec import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything a rule may look at; there is nothing else."""

    platform: Platform
    evidence: Evidence
    claims: DeviceClaims
    references: ReferenceSet
    policy: Policy
    memory: Memory
    at: datetime
    """UTC; the moment the appraisal speaks for."""
    faults: tuple[Fault, ...] = ()
    """What went wrong on our side before the rules."""

    @property
    def images(self) -> tuple[ImageClaim, ...]:
        """Return the images the policy asks about."""
        return tuple(i for i in self.claims.images if i.role in self.policy.roles)

    def release_of(self, image: ImageClaim) -> Release | None:
        """Return the release the box claims for ``image``; None: it claims none."""
        if image.release is None and image.role is ImageRole.RUNNING:
            return self.claims.running_release
        return image.release


Check = Callable[[Case], Iterator[Observation]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A check with its identity."""

    id: str
    proposition: Proposition
    technique: Technique | None
    severity: Severity
    may_verify: bool
    """False: it rests on what the suspect says of itself; it may object, never clear."""
    check: Check

    def findings(self, case: Case) -> Iterator[Finding]:
        """Run the check and stamp what it yields.

        Raises:
            TypeError: the check verified, and the rule may not.
        """
        for observation in self.check(case):
            if observation.verdict is Verdict.VERIFIED and not self.may_verify:
                raise TypeError(f"{self.id} verified on the suspect's own word")
            yield Finding(
                rule_id=self.id,
                proposition=self.proposition,
                technique=self.technique,
                severity=self.severity,
                observation=observation,
            )


def rule(
    id_: str,
    *,
    proposition: Proposition,
    severity: Severity,
    may_verify: bool,
    technique: Technique | None = None,
) -> Callable[[Check], Rule]:
    """Turn a check function into a :class:`Rule`."""

    def wrap(check: Check) -> Rule:
        return Rule(
            id=id_,
            proposition=proposition,
            technique=technique,
            severity=severity,
            may_verify=may_verify,
            check=check,
        )

    return wrap
