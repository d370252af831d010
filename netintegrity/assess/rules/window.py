"""Is the box where the change window says it should be?"""

from collections.abc import Iterator

from netintegrity.assess._spec import Case, rule
from netintegrity.assess.facts import subjects_of
from netintegrity.assess.plan import Phase, PlannedChange
from netintegrity.model.assurance import Assurance, AssuranceLevel
from netintegrity.model.claims import ImageClaim, ImageKind, ImageRole
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.finding import Observation, Proposition, Severity, Technique
from netintegrity.model.release import Order, Release
from netintegrity.model.subject import Subject

_TOLD = {
    Phase.PRE: "before the change",
    Phase.POST: "after the change",
    None: "within the window",
}


def _is_announced(case: Case) -> bool:
    return bool(_steps(case))


@rule(
    "NI-304",
    proposition=Proposition.INTENDED,
    severity=Severity.HIGH,
    may_verify=True,
    applies=_is_announced,
)
def release_is_as_announced(case: Case) -> Iterator[Observation]:
    """Every part in a change plan runs, and will boot, a release the plan has for this moment."""
    for subject, step in sorted(_steps(case).items(), key=lambda item: str(item[0])):
        images = [
            i
            for i in case.claims.images
            if i.subject == subject
            and i.role in {ImageRole.RUNNING, ImageRole.BOOT_NEXT}
            and i.kind is not ImageKind.PACKAGE
        ]
        if not images:
            yield Observation(
                subject=subject,
                conclusion=Conclusion.INCOMPLETE,
                assurance=Assurance(AssuranceLevel.NONE),
                message="the plan names it, and the box shows no such part",
                next_step="look for the part; correct the plan if it was never there",
            )
        for image in images:
            yield _judged(case, image, step)


def _steps(case: Case) -> dict[Subject, PlannedChange]:
    if case.announced is None:
        return {}
    return case.announced.plan.steps_of(case.evidence.device.name, subjects_of(case.claims))


def _judged(case: Case, image: ImageClaim, step: PlannedChange) -> Observation:
    assert case.announced is not None  # noqa: S101 - the rule applies to announced changes alone
    phase = case.announced.phase_at(case.at)
    words = _allowed(phase, image.role, step)
    allowed = {w: case.platform.parse_release(w) for w in words}
    unread = [w for w, release in allowed.items() if release is None]
    release = case.release_of(image)
    told = f"{_TOLD[phase]}: {' or '.join(words)}"
    if unread:
        return _observed(
            image,
            Conclusion.INCOMPLETE,
            f"the plan says {unread[0]!r}, which is no release of {case.platform.title}",
            f"correct the plan; `netintegrity release compare {case.platform.id}` reads releases",
        )
    if release is None:
        message = f"{image.filename}: no release is known, so the plan cannot be held against it"
        return _observed(
            image,
            Conclusion.INCOMPLETE,
            message,
            f"read what {image.filename} is; a name of the vendor's pattern says it",
        )
    orders = [release.compared_to(r) for r in allowed.values() if isinstance(r, Release)]
    if Order.SAME in orders:
        return _observed(image, Conclusion.VERIFIED, f"{release.text}, as planned {told}")
    does = "runs" if image.role is ImageRole.RUNNING else "will boot"
    return _observed(
        image,
        Conclusion.DOWNGRADED
        if all(o is Order.OLDER for o in orders)
        else Conclusion.SOFTWARE_UNAPPROVED,
        f"{does} {release.text}; planned {told}",
        "finish the change or take it back, on every part; then audit again",
    )


def _allowed(phase: Phase | None, role: ImageRole, step: PlannedChange) -> tuple[str, ...]:
    """Return the releases that are right: what is staged before its window disturbs nobody."""
    if phase is Phase.POST:
        return (step.to_release,)
    if phase is Phase.PRE and role is ImageRole.RUNNING:
        return (step.from_release,)
    return (step.from_release, step.to_release)


def _observed(
    image: ImageClaim, conclusion: Conclusion, message: str, next_step: str = ""
) -> Observation:
    old = conclusion is Conclusion.DOWNGRADED
    return Observation(
        subject=image.subject,
        image=image.path,
        role=image.role,
        conclusion=conclusion,
        assurance=image.assurance,
        message=message,
        next_step=next_step,
        technique=Technique.DOWNGRADE_SYSTEM_IMAGE if old else None,
        sources=(image.source,),
    )
