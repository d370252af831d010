"""Is the boot loader old? ATT&CK T1601.002: an old one accepts images that a new one refuses."""

from collections.abc import Iterator

from netintegrity.assess._spec import Case, rule
from netintegrity.model.assurance import Assurance, AssuranceLevel
from netintegrity.model.claims import BootClaim
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.finding import Observation, Proposition, Severity, Technique
from netintegrity.model.release import Order, Release
from netintegrity.model.subject import Subject
from netintegrity.platforms._loaders import parse_loader


@rule(
    "NI-204",
    proposition=Proposition.CURRENT,
    severity=Severity.HIGH,
    technique=Technique.DOWNGRADE_SYSTEM_IMAGE,
    may_verify=False,
)
def boot_loader_was_never_higher(case: Case) -> Iterator[Observation]:
    """No boot loader is older than the highest ever seen on this part of the box."""
    claims: dict[Subject, list[BootClaim]] = {}
    for claim in case.claims.boots:
        claims.setdefault(claim.subject, []).append(claim)
    parts = dict.fromkeys((*claims, *(f.subject for f in case.memory.loaders)))
    shown = {s for s, told in claims.items() if any(c.loader_release for c in told)}
    for subject in parts:
        # A box counts its own parts: one that renumbers them must not shed what is remembered.
        known = case.memory.loaders_of(subject) or tuple(f.release for f in case.memory.loaders)
        if not known:
            continue
        if subject not in shown and subject in {f.subject for f in case.memory.loaders}:
            yield _unknown(
                subject,
                claims.get(subject, []),
                f"the box does not say which boot loader it has; it was {known[0].text}",
                "read the version of its boot loader, and why the box keeps it to itself",
            )
        for claim in claims.get(subject, ()):
            if claim.loader_release is not None:
                yield from _compared(case, claim, claim.loader_release, known)


def _compared(
    case: Case, claim: BootClaim, text: str, known: tuple[Release, ...]
) -> Iterator[Observation]:
    if text in (case.policy.approved_loaders or ()):
        # Approved by name, as NI-303 reads it: the operator knows this one.
        return
    release = parse_loader(text)
    orders = {} if release is None else {k: release.compared_to(k) for k in known}
    if release is None or all(o is Order.INCOMPARABLE for o in orders.values()):
        yield _unknown(
            claim.subject,
            [claim],
            f"the boot loader {text} cannot be ordered against {known[0].text}, seen before",
            f"approve {text} by name in the policy (ApprovedROMMONVersions)",
        )
    for floor, order in orders.items():
        if order is Order.OLDER:
            yield Observation(
                subject=claim.subject,
                conclusion=Conclusion.DOWNGRADED,
                assurance=Assurance(AssuranceLevel.REPORTED),
                message=f"the boot loader {text} is older than {floor.text}, seen here before",
                next_step="find out who installed it and why; a return that is meant is recorded "
                "with `netintegrity memory lower … --loader --accept-downgrade REASON`",
                sources=(claim.source,),
            )


def _unknown(
    subject: Subject, claims: list[BootClaim], message: str, next_step: str
) -> Observation:
    return Observation(
        subject=subject,
        conclusion=Conclusion.INCOMPLETE,
        assurance=Assurance(AssuranceLevel.REPORTED),
        message=message,
        next_step=next_step,
        sources=tuple(c.source for c in claims),
    )
