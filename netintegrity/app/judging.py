"""From evidence to a run report: a pure function of what it is given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from netintegrity.app.registries import PLATFORMS, RULES
from netintegrity.assess._spec import Case
from netintegrity.assess.appraise import appraise
from netintegrity.assess.plan import Announced
from netintegrity.assess.policy import Policy, SitePolicy
from netintegrity.assess.waiving import waivers_for
from netintegrity.errors import ExitStatus, gravest
from netintegrity.model.claims import DeviceClaims, ImageKind, ImageRole
from netintegrity.model.evidence import Evidence
from netintegrity.model.finding import Appraisal, Fault
from netintegrity.model.memory import FleetMemory, Floor, Memory
from netintegrity.model.reference import ReferenceSet
from netintegrity.model.release import Order
from netintegrity.model.run import DeviceResult, ManifestOutcome, RunReport, RunWindow
from netintegrity.model.verdict import Verdict
from netintegrity.model.waiver import Waiver, WaiverOutcome, all_of
from netintegrity.platforms._spec import Platform, unread
from netintegrity.trust.anchors import NO_KEYS, Keyring

_STATUSES: Final = {
    Verdict.VERIFIED: ExitStatus.VERIFIED,
    Verdict.UNKNOWN: ExitStatus.UNVERIFIED,
    Verdict.UNREACHABLE: ExitStatus.UNVERIFIED,
    Verdict.MISMATCH: ExitStatus.FINDING,
    Verdict.CONTRADICTORY: ExitStatus.FINDING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """One device, asked: what it said, and what went wrong on our side meanwhile."""

    evidence: Evidence
    fault: Fault | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Everything a run is judged by, beside the evidence."""

    references: ReferenceSet
    manifests: tuple[ManifestOutcome, ...]
    keyring: str
    keyring_digest: str
    anchors: Keyring = NO_KEYS
    """What was read of it; manifests are verified by now, quotes of hardware are not."""
    lab: bool = False
    """True: identities count that a lab issued to simulated hardware."""
    policy: SitePolicy
    policy_digest: str
    memory: FleetMemory
    memory_digest: str
    waivers: tuple[WaiverOutcome, ...] = ()
    announced: Announced | None = None
    changed_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTimes:
    """When a run began and ended, and for which moment it is judged; all UTC."""

    started_at: datetime
    finished_at: datetime
    at: datetime

    @property
    def judged_as_of(self) -> bool:
        """True if the moment of judgement is not the run's own."""
        return self.at != self.finished_at


def judge_run(
    collected: Iterable[Collected],
    grounds: Grounds,
    *,
    run_id: str,
    site: str,
    tool_version: str,
    times: RunTimes,
) -> RunReport:
    """Judge every device of a run; the same arguments always make the same report."""
    results = tuple(_judge_device(c, grounds, times) for c in collected)
    return RunReport(
        run_id=run_id,
        site=site,
        started_at=times.started_at,
        finished_at=times.finished_at,
        at=times.at,
        tool_version=tool_version,
        keyring=grounds.keyring,
        keyring_digest=grounds.keyring_digest,
        policy_digest=grounds.policy_digest,
        memory_digest=grounds.memory_digest,
        manifests=grounds.manifests,
        results=results,
        changed_files=grounds.changed_files,
        waivers=grounds.waivers,
        window=None if grounds.announced is None else window_of(grounds.announced, times.at),
        judged_as_of=times.judged_as_of,
    )


def _judge_device(collected: Collected, grounds: Grounds, times: RunTimes) -> DeviceResult:
    device = collected.evidence.device
    platform = shown_platform(collected.evidence, PLATFORMS[device.platform_id])
    return assess(
        collected.evidence,
        platform,
        references=grounds.references,
        policy=grounds.policy.of(platform.id, RULES, device.tags),
        memory=grounds.memory.of(device.name),
        at=times.at,
        keyring=grounds.anchors,
        lab=grounds.lab,
        judged_as_of=times.judged_as_of,
        faults=() if collected.fault is None else (collected.fault,),
        waivers=all_of(grounds.waivers),
        announced=grounds.announced,
    )


def window_of(announced: Announced, at: datetime) -> RunWindow:
    """Return what a report says of the change window a run is about."""
    phase = announced.phase_at(at)
    return RunWindow(
        ticket=announced.plan.ticket,
        begins=announced.plan.window.begins,
        ends=announced.plan.window.ends,
        phase="within" if phase is None else phase.value,
        approvers=announced.approvers,
    )


def shown_platform(evidence: Evidence, filed_as: Platform) -> Platform:
    """Return the platform the box shows itself to be, where ``filed_as`` says it may turn out so.

    People file IOS and IOS-XE under one name. A box is judged by the references, the policy and
    the reader of what it is; the evidence stays as it was collected. Whatever is not declared is
    judged as filed, and then is unsupported.
    """
    if not filed_as.may_turn_out:
        return filed_as
    try:
        shown = filed_as.interpret(evidence.exchanges).platform_id
    except Exception:  # noqa: BLE001 - the reader fails again in `assess`, which keeps the fault
        return filed_as
    if shown is None or shown not in filed_as.may_turn_out:
        return filed_as
    return PLATFORMS.get(shown, filed_as)


def assess(
    evidence: Evidence,
    platform: Platform,
    *,
    references: ReferenceSet,
    policy: Policy,
    memory: Memory,
    at: datetime,
    keyring: Keyring = NO_KEYS,
    lab: bool = False,
    judged_as_of: bool = False,
    faults: tuple[Fault, ...] = (),
    waivers: tuple[Waiver, ...] = (),
    announced: Announced | None = None,
) -> DeviceResult:
    """Judge one device; a reader that fails leaves it incomplete, and the others judged."""
    try:
        claims = platform.interpret(evidence.exchanges)
    except Exception as error:  # noqa: BLE001 - one device's surprise; kept, and ends in status 70
        claims = unread(platform.probes, "the reader failed")
        faults = (*faults, Fault(stage="interpret", error=f"{type(error).__name__}: {error}"))
    case = Case(
        platform=platform,
        evidence=evidence,
        claims=claims,
        references=references,
        policy=policy,
        memory=memory,
        at=at,
        keyring=keyring,
        lab=lab,
        announced=announced,
        judged_as_of=judged_as_of,
        faults=faults,
    )
    appraisal = appraise(case, RULES.values())
    return DeviceResult(
        evidence=evidence,
        claims=claims,
        appraisal=appraisal,
        platform_id=platform.id,
        waivers=waivers_for(evidence, claims, appraisal, waivers, at=at),
    )


def exit_status(
    appraisals: Iterable[Appraisal],
    *,
    rejected: int = 0,
    judged_as_of: bool = False,
    interrupted: bool = False,
) -> ExitStatus:
    """Return the status of a run; no device at all could not be verified.

    A run ``judged_as_of`` another moment than its own never ends in 0.

    Args:
        appraisals: of the devices that are not waived; where all are, nothing was verified.
        rejected: how many files of manifests or waivers were.
        judged_as_of: see above.
        interrupted: not every device was asked.
    """
    judged = tuple(appraisals)
    statuses = [_STATUSES[a.verdict] for a in judged]
    for holds, status in (
        (interrupted, ExitStatus.INTERRUPTED),
        (any(a.faults for a in judged), ExitStatus.FAULT),
        (rejected > 0, ExitStatus.REJECTED),
        (judged_as_of or not judged, ExitStatus.UNVERIFIED),
    ):
        if holds:
            statuses.append(status)
    return gravest(statuses)


def status_of(report: RunReport, *, interrupted: bool = False) -> ExitStatus:
    """Return the status of a judged run."""
    reasons = (*(m.reason for m in report.manifests), *(w.reason for w in report.waivers))
    return exit_status(
        (r.appraisal for r in report.results if not r.waivers),
        rejected=sum(reason is not None for reason in reasons),
        judged_as_of=report.judged_as_of,
        interrupted=interrupted,
    )


def remembered(report: RunReport, memory: FleetMemory) -> FleetMemory:
    """Return ``memory`` with what this run adds: first sightings, and floors of the verified."""
    devices = dict(memory.devices)
    for result in report.results:
        if not result.evidence.exchanges:
            continue
        name = result.evidence.device.name
        known = devices.get(name, Memory())
        floors = known.floors
        if result.appraisal.verdict is Verdict.VERIFIED:
            for floor in _floors_of(result.claims):
                floors = _raised(floors, floor)
        devices[name] = Memory(first_seen=known.first_seen or report.at, floors=floors)
    return FleetMemory(
        devices=tuple(sorted(devices.items())), manifests=memory.manifests, imports=memory.imports
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
