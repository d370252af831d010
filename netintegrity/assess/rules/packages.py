"""Are the packages beside the image those the operator approved, and will they stay?"""

from collections.abc import Iterator

from netintegrity.assess._spec import Case, rule
from netintegrity.assess.rules._approved import unapproved, unheard, where_stated
from netintegrity.model.assurance import Assurance, AssuranceLevel
from netintegrity.model.claims import SoftwareKind
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.finding import Observation, Proposition, Severity, Technique


@rule(
    "NI-402",
    proposition=Proposition.INTENDED,
    severity=Severity.HIGH,
    technique=Technique.HOST_SOFTWARE_BINARY,
    may_verify=False,
    applies=where_stated(SoftwareKind.PACKAGE),
)
def packages_are_approved(case: Case) -> Iterator[Observation]:
    """Every package, patch and extension beside the image is one the operator approved."""
    yield from unheard(case, SoftwareKind.PACKAGE)
    yield from unapproved(case, SoftwareKind.PACKAGE)


@rule(
    "NI-403",
    proposition=Proposition.INTENDED,
    severity=Severity.MEDIUM,
    may_verify=False,
    applies=where_stated(SoftwareKind.PACKAGE),
)
def packages_are_committed(case: Case) -> Iterator[Observation]:
    """Every package that is active now is active after the next reload, and no other."""
    for claim in case.claims.packages:
        if claim.survives_reload is not False:
            continue
        yield Observation(
            subject=claim.subject,
            image=claim.name,
            conclusion=Conclusion.SOFTWARE_UNAPPROVED,
            assurance=Assurance(AssuranceLevel.REPORTED),
            message=f"package {claim.name} {claim.version}".rstrip()
            + f" is in state {claim.state!r}: the next reload runs other software than now",
            next_step="commit the change or take it back, as the change plan says",
            sources=(claim.source,),
        )
