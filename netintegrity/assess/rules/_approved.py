"""What a box lists beside its image, held against what the operator approved by name."""

from collections.abc import Iterator
from typing import Final

from netintegrity.assess._spec import Applies, Case
from netintegrity.model.assurance import Assurance, AssuranceLevel
from netintegrity.model.claims import AddedClaim, PackageClaim, SoftwareKind, Source
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.finding import Observation, Technique
from netintegrity.model.subject import Subject, SubjectKind

POLICY_KEYS: Final = {
    SoftwareKind.PACKAGE: "ApprovedPackages",
    SoftwareKind.SCRIPT: "ApprovedScripts",
    SoftwareKind.SERVICE: "ApprovedServices",
    SoftwareKind.CONTAINER: "ApprovedContainers",
    SoftwareKind.OVERLAY: "ApprovedOverlays",
}
"""Where the policy states what is approved of a kind."""

_REPORTED: Final = Assurance(AssuranceLevel.REPORTED)
_NONE: Final = Assurance(AssuranceLevel.NONE)
_WHOLE: Final = Subject(SubjectKind.CHASSIS, "1")


def where_stated(kind: SoftwareKind) -> Applies:
    """Return the question whether the operator stated what is approved of ``kind``.

    It rests on the policy alone: nothing a box says can switch such a rule off.
    """

    def applies(case: Case) -> bool:
        return kind in case.policy.approved_software

    return applies


def unheard(case: Case, kind: SoftwareKind) -> Iterator[Observation]:
    """Yield what keeps the list of ``kind`` from being whole; nothing: the box listed all."""
    probes = [p for p in case.platform.probes if kind in p.lists]
    if not probes:
        message = f"{case.platform.title} has no command that lists every {kind}"
        step = f"leave {case.platform.id} out of {POLICY_KEYS[kind]}: it cannot tell"
        yield _of_box(Conclusion.UNSUPPORTED, message, step)
    for probe in probes:
        heard = [e for e in case.evidence.exchanges if e.probe_id == probe.id]
        why = next((g.reason for g in case.claims.gaps if g.probe_id == probe.id), None)
        if why is None and not heard:
            why = "never asked"
        if why is None and not all(e.complete for e in heard):
            why = "the answer was cut off"
        if why is not None:
            command = probe.command.replace("{}", "…")
            message = f"which {kind}s there are is not known: `{command}`: {why}"
            step = f"let the account send `{command}`: `netintegrity list platforms --commands` "
            step += "lists what it needs"
            yield _of_box(Conclusion.INCOMPLETE, message, step, Source(probe.id, 1))


def unapproved(case: Case, kind: SoftwareKind) -> Iterator[Observation]:
    """Yield everything of ``kind`` that no line of the policy covers."""
    approved = case.policy.approved_software[kind]
    for claim in _of_kind(case, kind):
        pins = _pins(claim)
        if not approved.cover(claim.name, pins):
            yield _objection(claim, kind, pins, named=approved.named(claim.name))


def _of_kind(case: Case, kind: SoftwareKind) -> Iterator[AddedClaim | PackageClaim]:
    if kind is SoftwareKind.PACKAGE:
        yield from (p for p in case.claims.packages if not p.is_of_image)
    else:
        yield from (a for a in case.claims.added if a.kind is kind)


def _pins(claim: AddedClaim | PackageClaim) -> tuple[str, ...]:
    """Return what a line of the policy may pin, as it would be written there."""
    if isinstance(claim, PackageClaim):
        return (claim.version,) if claim.version else ()
    return (*((claim.image_id,) if claim.image_id else ()), *sorted(map(str, claim.digests)))


def _objection(
    claim: AddedClaim | PackageClaim, kind: SoftwareKind, pins: tuple[str, ...], *, named: bool
) -> Observation:
    key, trigger = POLICY_KEYS[kind], ""
    words = f"{kind} {claim.name}"
    if isinstance(claim, AddedClaim):
        words, trigger = f"{claim.form} {claim.name}", claim.trigger
    words += f" ({', '.join(w for w in (*pins, claim.state) if w)})" if pins or claim.state else ""
    words += f", which {trigger} starts," if trigger else ""
    otherwise = "stands otherwise in" if named else "is not in"
    return Observation(
        subject=claim.subject,
        image=claim.name,
        conclusion=Conclusion.SOFTWARE_UNAPPROVED,
        assurance=_REPORTED,
        message=f"{words} {otherwise} {key}",
        next_step=f"find out who installed it and why; then remove it, or name it in {key}",
        technique=Technique.EVENT_TRIGGERED if trigger else None,
        sources=(claim.source,),
    )


def _of_box(conclusion: Conclusion, message: str, step: str, *sources: Source) -> Observation:
    return Observation(
        subject=_WHOLE,
        conclusion=conclusion,
        assurance=_NONE,
        message=message,
        next_step=step,
        sources=sources,
    )
