"""What will the box boot, and from where? ATT&CK T1542.004 and T1542.005."""

from collections.abc import Iterator

from netintegrity.assess._spec import Case, rule
from netintegrity.assess.rules._boot_source import network_host
from netintegrity.model.assurance import Assurance, AssuranceLevel
from netintegrity.model.claims import BootClaim, ImageRole, Source
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.finding import Observation, Proposition, Severity, Technique
from netintegrity.model.subject import Subject

_REPORTED = Assurance(AssuranceLevel.REPORTED)


@rule(
    "NI-301",
    proposition=Proposition.INTENDED,
    severity=Severity.HIGH,
    technique=Technique.TFTP_BOOT,
    may_verify=False,
)
def nothing_boots_from_the_network(case: Case) -> Iterator[Observation]:
    """No part of the box booted, or may boot, from a server the operator did not approve."""
    told: set[tuple[Subject, str]] = set()
    for subject, path, role, source in _sources(case):
        host = network_host(path)
        if host is None or host in case.policy.approved_boot_servers or (subject, path) in told:
            continue
        told.add((subject, path))
        tense = "booted" if role is ImageRole.RUNNING else "may boot"
        yield Observation(
            subject=subject,
            image=path,
            role=role,
            conclusion=Conclusion.BOOT_CHAIN,
            assurance=_REPORTED,
            message=f"{tense} from the network server {host or 'of no stated name'}",
            next_step="boot from local flash, or name the server in the policy "
            "(ApprovedTFTPServers)",
            sources=(source,),
        )


@rule(
    "NI-302",
    proposition=Proposition.INTENDED,
    severity=Severity.HIGH,
    technique=Technique.ROMMONKIT,
    may_verify=False,
)
def configuration_register_is_normal(case: Case) -> Iterator[Observation]:
    """The configuration register, now and after the next reload, is one of the normal ones."""
    normal = case.policy.config_registers
    if normal is None:
        normal = case.platform.config_registers
    for claim in case.claims.boots:
        for when, value in (
            ("is", claim.config_register),
            ("will after the next reload be", claim.config_register_next),
        ):
            if value is None or value in normal:
                continue
            yield _objection(
                claim,
                f"the configuration register {when} {value:#x}; normal here: "
                f"{', '.join(f'{v:#x}' for v in sorted(normal)) or 'none'}",
                "find out who set it; a value that is meant belongs in the policy "
                "(config_registers)",
            )


@rule(
    "NI-303",
    proposition=Proposition.INTENDED,
    severity=Severity.HIGH,
    technique=Technique.ROMMONKIT,
    may_verify=False,
)
def boot_loader_is_approved(case: Case) -> Iterator[Observation]:
    """The boot loader is one the operator approved, where the operator named any."""
    approved = case.policy.approved_loaders
    if approved is None:
        return
    for claim in case.claims.boots:
        if claim.loader_release is None:
            yield Observation(
                subject=claim.subject,
                conclusion=Conclusion.INCOMPLETE,
                assurance=_REPORTED,
                message="the box does not say which boot loader it has",
                sources=(claim.source,),
            )
        elif claim.loader_release not in approved:
            yield _objection(
                claim,
                f"the boot loader is {claim.loader_release}, which is not approved",
                "find out how it got there; one that is meant belongs in the policy "
                "(ApprovedROMMONVersions)",
            )


def _sources(case: Case) -> Iterator[tuple[Subject, str, ImageRole, Source]]:
    """Yield everything the box booted or may boot from, fallbacks included."""
    for image in case.claims.images:
        if image.role is ImageRole.RUNNING:
            yield image.subject, image.path, image.role, image.source
    for claim in case.claims.boots:
        for entry in claim.entries:
            yield claim.subject, entry, ImageRole.BOOT_NEXT, claim.source
    for image in case.claims.images:
        if image.role is ImageRole.BOOT_NEXT:
            yield image.subject, image.path, image.role, image.source


def _objection(claim: BootClaim, message: str, next_step: str) -> Observation:
    return Observation(
        subject=claim.subject,
        conclusion=Conclusion.BOOT_CHAIN,
        assurance=_REPORTED,
        message=message,
        next_step=next_step,
        sources=(claim.source,),
    )
