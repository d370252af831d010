"""What a run teaches the memory, and how a person lowers it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from netintegrity import rfc3339
from netintegrity.errors import ConfigError
from netintegrity.model.claims import DeviceClaims, ImageKind, ImageRole
from netintegrity.model.memory import Acceptance, FleetMemory, Floor, Memory
from netintegrity.model.release import Order, Release
from netintegrity.model.run import RunReport
from netintegrity.model.subject import Subject
from netintegrity.model.verdict import Verdict
from netintegrity.platforms._loaders import parse_loader

MAX_REASON = 500


def remembered(report: RunReport, memory: FleetMemory) -> FleetMemory:
    """Return ``memory`` with what this run adds: first sightings, and floors of the verified.

    Floors only rise. What was lowered by a person counts as told of once a report did.
    """
    devices = dict(memory.devices)
    for result in report.results:
        if not result.evidence.exchanges:
            continue
        name = result.evidence.device.name
        known = devices.get(name, Memory())
        floors, loaders = known.floors, known.loaders
        if result.appraisal.verdict is Verdict.VERIFIED:
            for floor in _floors_of(result.claims):
                floors = _raised(floors, floor)
            for floor in _loaders_of(result.claims):
                loaders = _raised(loaders, floor)
        devices[name] = Memory(
            first_seen=known.first_seen or report.at, floors=floors, loaders=loaders
        )
    told = frozenset(report.accepted_downgrades)
    return replace(
        memory,
        devices=tuple(sorted(devices.items())),
        acceptances=tuple(
            replace(a, reported_in=report.run_id) if a in told else a for a in memory.acceptances
        ),
    )


def _floors_of(claims: DeviceClaims) -> Iterable[Floor]:
    for image in claims.images:
        release = image.release or claims.running_release
        if (
            image.role is ImageRole.RUNNING
            and image.kind is not ImageKind.PACKAGE
            and release is not None
        ):
            yield Floor(subject=image.subject, release=release)


def _loaders_of(claims: DeviceClaims) -> Iterable[Floor]:
    for boot in claims.boots:
        if boot.loader_release is not None:
            release = parse_loader(boot.loader_release)
            if release is not None:
                yield Floor(subject=boot.subject, release=release)


def _raised(floors: tuple[Floor, ...], new: Floor) -> tuple[Floor, ...]:
    """Return ``floors`` with ``new`` in the place of a lower one of its subject and train."""
    kept: list[Floor] = []
    for floor in floors:
        order = new.release.compared_to(floor.release)
        if floor.subject != new.subject or order is Order.INCOMPARABLE:
            kept.append(floor)
        elif order is not Order.NEWER:
            return floors
    return (*kept, new)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowering:
    """Who lowers what is remembered, and why."""

    reason: str
    by: str
    """``user@host``."""
    at: datetime
    """UTC."""

    def __post_init__(self) -> None:
        """Refuse one that gives no reason.

        Raises:
            ConfigError: there is none, or it is too long to be read.
        """
        if not self.reason.strip() or len(self.reason) > MAX_REASON:
            raise ConfigError(
                f"expected a reason of 1 to {MAX_REASON} characters", where="--accept-downgrade"
            )


def lower_device(
    memory: FleetMemory,
    name: str,
    to: Release,
    lowering: Lowering,
    *,
    subject: Subject | None = None,
    loader: bool = False,
) -> FleetMemory:
    """Return ``memory`` with what is remembered of a device above ``to`` lowered to it.

    Other trains stay as they are: a return to another train is approved by name in the policy.

    Args:
        memory: of the site.
        name: of the device.
        to: the release that shall be the highest remembered of its train.
        lowering: by whom and why.
        subject: the part; None: every part.
        loader: True: the boot loader; False: the image.

    Raises:
        ConfigError: nothing above ``to`` is remembered there.
    """
    known = memory.of(name)
    floors = known.loaders if loader else known.floors
    above = [
        f
        for f in floors
        if subject in {None, f.subject} and to.compared_to(f.release) is Order.OLDER
    ]
    if not above:
        told = ", ".join(f"{f.subject}: {f.release.text}" for f in floors) or "nothing"
        raise ConfigError(
            f"nothing above {to.text} is remembered of {name}; remembered is {told}",
            hint="`netintegrity memory show` shows what is remembered; a release of another train "
            "is approved by name in the policy",
        )
    lowered = tuple(Floor(subject=f.subject, release=to) if f in above else f for f in floors)
    changed = replace(known, loaders=lowered) if loader else replace(known, floors=lowered)
    return replace(
        memory,
        devices=tuple((n, changed if n == name else m) for n, m in memory.devices),
        acceptances=(
            *memory.acceptances,
            *(
                Acceptance(
                    what="boot-loader" if loader else "image",
                    name=name,
                    subject=f.subject,
                    lowered_from=f.release.text,
                    lowered_to=to.text,
                    reason=lowering.reason,
                    by=lowering.by,
                    at=lowering.at,
                )
                for f in above
            ),
        ),
    )


def lower_manifest(
    memory: FleetMemory, identity: str, to: int | datetime, lowering: Lowering
) -> FleetMemory:
    """Return ``memory`` with the newest list of an identity lowered.

    Args:
        memory: of the site.
        identity: as `netintegrity memory show` prints it.
        to: the highest sequence that shall count; of lists without numbers, the date of issue, UTC.
        lowering: by whom and why.

    Raises:
        ConfigError: nothing newer is remembered of such a list.
    """
    known = {m.identity: m for m in memory.manifests}
    floor = known.get(identity)
    if floor is None:
        told = ", ".join(known) or "no list at all"
        raise ConfigError(f"no list {identity!r}; remembered is {told}", where="--manifest")
    before: int | datetime | None = floor.sequence or floor.issued_at
    if isinstance(to, int) and isinstance(before, int) and to < before:
        # The date beside the number is that of the list that is not wanted any more.
        lowered = replace(floor, sequence=to, issued_at=None)
    elif isinstance(to, datetime) and isinstance(before, datetime) and to < before:
        lowered = replace(floor, issued_at=to)
    else:
        raise ConfigError(
            f"expected what is older than {_shown(before)}, which is remembered of {identity!r}",
            where="--to",
        )
    return replace(
        memory,
        manifests=tuple(lowered if m is floor else m for m in memory.manifests),
        acceptances=(
            *memory.acceptances,
            Acceptance(
                what="manifest",
                name=identity,
                lowered_from=_shown(before),
                lowered_to=_shown(to),
                reason=lowering.reason,
                by=lowering.by,
                at=lowering.at,
            ),
        ),
    )


def _shown(value: int | datetime | None) -> str:
    return rfc3339.show(value) if isinstance(value, datetime) else str(value)
