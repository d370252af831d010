"""Is what runs beside the image what the operator approved? What ATT&CK M1045 names on a box."""

from collections.abc import Iterator

from netintegrity.assess._spec import Case, rule
from netintegrity.assess.rules._approved import unapproved, unheard, where_stated
from netintegrity.model.claims import SoftwareKind
from netintegrity.model.finding import Observation, Proposition, Severity, Technique


@rule(
    "NI-404",
    proposition=Proposition.INTENDED,
    severity=Severity.HIGH,
    technique=Technique.COMMAND_INTERPRETER,
    may_verify=False,
    applies=where_stated(SoftwareKind.SCRIPT),
)
def scripts_are_approved(case: Case) -> Iterator[Observation]:
    """Every applet and script the box runs is one the operator approved."""
    yield from unheard(case, SoftwareKind.SCRIPT)
    yield from unapproved(case, SoftwareKind.SCRIPT)


@rule(
    "NI-405",
    proposition=Proposition.INTENDED,
    severity=Severity.HIGH,
    technique=Technique.SYSTEM_PROCESS,
    may_verify=False,
    applies=where_stated(SoftwareKind.SERVICE),
)
def services_are_approved(case: Case) -> Iterator[Observation]:
    """Every service somebody added is one the operator approved."""
    yield from unheard(case, SoftwareKind.SERVICE)
    yield from unapproved(case, SoftwareKind.SERVICE)


@rule(
    "NI-406",
    proposition=Proposition.INTENDED,
    severity=Severity.HIGH,
    technique=Technique.IMPLANT_CONTAINER,
    may_verify=False,
    applies=where_stated(SoftwareKind.CONTAINER),
)
def containers_are_approved(case: Case) -> Iterator[Observation]:
    """Every container, guest shell and hosted application is one the operator approved."""
    yield from unheard(case, SoftwareKind.CONTAINER)
    yield from unapproved(case, SoftwareKind.CONTAINER)


@rule(
    "NI-407",
    proposition=Proposition.INTENDED,
    severity=Severity.HIGH,
    technique=Technique.HOST_SOFTWARE_BINARY,
    may_verify=False,
    applies=where_stated(SoftwareKind.OVERLAY),
)
def overlays_are_approved(case: Case) -> Iterator[Observation]:
    """Nothing lies over the read-only system but what the operator approved."""
    yield from unheard(case, SoftwareKind.OVERLAY)
    yield from unapproved(case, SoftwareKind.OVERLAY)
