"""What a rule module declares."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from netintegrity.assess.plan import Announced
from netintegrity.assess.policy import Policy
from netintegrity.model.claims import DeviceClaims, ImageClaim, ImageKind, ImageRole
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
from netintegrity.trust.anchors import NO_KEYS, Keyring


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
    keyring: Keyring = NO_KEYS
    """Whose word counts for the identity of hardware; manifests were verified before."""
    lab: bool = False
    """True: every device is a simulated one, and identities that the lab issued count."""
    announced: Announced | None = None
    """None: the run is not about a change window."""
    judged_as_of: bool = False
    """True: ``at`` is another moment than the run's own."""
    faults: tuple[Fault, ...] = ()
    """What went wrong on our side before the rules."""

    @property
    def images(self) -> tuple[ImageClaim, ...]:
        """Return the files the policy asks about and a manifest could list.

        A package list is not among them: nothing signs it, and it stands when all its packages do.
        """
        return tuple(
            i
            for i in self.claims.images
            if i.role in self.policy.roles and i.kind is not ImageKind.PACKAGE_LIST
        )

    def release_of(self, image: ImageClaim) -> Release | None:
        """Return the release the box claims for ``image``; None: it claims none.

        Where the box is silent, as it is of a file under a name of the operator's, the signed list
        that has this very digest says what it is: a genuine old image staged as ``new.bin`` is old.
        """
        if image.release is not None:
            return image.release
        if image.role is ImageRole.RUNNING and self.claims.running_release is not None:
            return self.claims.running_release
        signed = {
            r.release
            for r in self.references.with_digest(image.digests)
            if r.kind is image.kind.published_as and r.is_for(self.platform.id)
        }
        return signed.pop() if len(signed) == 1 else None

    def approves(self, image: ImageClaim) -> bool:
        """Say whether the operator approved these very bytes; that verifies nothing."""
        return bool(image.digests & self.policy.approved_digests)


Check = Callable[[Case], Iterator[Observation]]
Applies = Callable[[Case], bool]


def always(_: Case) -> bool:
    """Say that a rule applies to every case."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A check with its identity."""

    id: str
    title: str
    """What holds where the rule has nothing to object to: the first line of its docstring."""
    proposition: Proposition
    technique: Technique | None
    severity: Severity
    may_verify: bool
    """False: it rests on what the suspect says of itself; it may object, never clear."""
    check: Check
    applies: Applies = always
    """Pure and total. Where it says no, the rule is left out as if the policy did not demand it,
    and listed so: it is about a thing that this box need not have. What a box could gain by not
    having it must then be nothing (see docs/adr/0014)."""

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
                technique=observation.technique or self.technique,
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
    applies: Applies = always,
) -> Callable[[Check], Rule]:
    """Turn a check function into a :class:`Rule`."""

    def wrap(check: Check) -> Rule:
        return Rule(
            id=id_,
            title=(check.__doc__ or id_).strip().splitlines()[0],
            proposition=proposition,
            technique=technique,
            severity=severity,
            may_verify=may_verify,
            check=check,
            applies=applies,
        )

    return wrap
