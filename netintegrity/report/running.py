"""How well it is known what runs, apart from what the next boot loads."""

from collections.abc import Iterable

from netintegrity.model.assurance import AssuranceLevel
from netintegrity.model.claims import ImageClaim, ImageKind, ImageRole
from netintegrity.model.finding import Observation, Proposition
from netintegrity.model.run import DeviceResult
from netintegrity.model.verdict import Verdict


def running_level(result: DeviceResult) -> AssuranceLevel | None:
    """Return the level of the running file that is known least well; None: one is not verified.

    A device as a whole is never known better than the file its next boot loads, and of that no
    hardware says anything; so what hardware attests of the running ones would not show.
    """
    running = [
        i
        for i in result.claims.images
        if i.role is ImageRole.RUNNING and i.kind is not ImageKind.PACKAGE_LIST
    ]
    levels = [_level(result, image) for image in running]
    known = [level for level in levels if level is not None]
    return min(known) if known and len(known) == len(levels) else None


def count_attested(results: Iterable[DeviceResult]) -> int:
    """Count the verified devices on which hardware attests everything that runs."""
    return sum(
        r.appraisal.verdict is Verdict.VERIFIED and running_level(r) is AssuranceLevel.ATTESTED
        for r in results
    )


def _level(result: DeviceResult, image: ImageClaim) -> AssuranceLevel | None:
    """Return the strongest level at which this file was verified; None: it was not."""
    about = [
        f.observation
        for f in result.appraisal.findings
        if f.proposition is Proposition.AUTHENTIC and _is_of(f.observation, image)
    ]
    if any(o.verdict is not Verdict.VERIFIED for o in about):
        return None
    return max((o.assurance.level for o in about), default=None)


def _is_of(observation: Observation, image: ImageClaim) -> bool:
    of = (observation.subject, observation.image, observation.role)
    return of == (image.subject, image.path, image.role)
