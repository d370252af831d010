"""Is what is signed signed for customers?"""

from collections.abc import Iterator

from netintegrity.assess._spec import Case, rule
from netintegrity.model.claims import SignatureClaim
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.finding import Observation, Proposition, Severity, Technique


@rule(
    "NI-401",
    proposition=Proposition.INTENDED,
    severity=Severity.HIGH,
    technique=Technique.SUBVERT_TRUST_CONTROLS,
    may_verify=False,
)
def signing_type_is_approved(case: Case) -> Iterator[Observation]:
    """What runs is signed for customers, unless the operator approved another kind of signing."""
    for claim in case.claims.signatures:
        kind = claim.signing_type
        if kind is None or kind in case.policy.approved_signing_types:
            continue
        if _is_approved_by_digest(case, claim):
            continue
        yield Observation(
            subject=claim.subject,
            image=claim.path,
            role=claim.role,
            conclusion=Conclusion.SOFTWARE_UNAPPROVED,
            assurance=claim.assurance,
            message=f"signed as {kind!r}, not as a release for customers",
            next_step="install the released image, or approve this one: its signing type "
            "(AuthorizedFirmwareSources) or its digest (ChecksumBaseline)",
            sources=(claim.source,),
        )


def _is_approved_by_digest(case: Case, claim: SignatureClaim) -> bool:
    """Say whether the operator approved the very bytes this signature is of."""
    name = claim.path.rpartition(":")[2].rpartition("/")[2]
    of_subject = [
        i for i in case.claims.images if (i.subject, i.role) == (claim.subject, claim.role)
    ]
    hashed = [i for i in of_subject if i.digests]
    named = [i for i in hashed if i.filename == name] or hashed
    return bool(named) and all(case.approves(i) for i in named)
