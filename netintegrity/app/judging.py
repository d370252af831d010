"""From evidence to a run report: a pure function of what it is given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from netintegrity.app.registries import PLATFORMS, RULES
from netintegrity.assess._spec import Case
from netintegrity.assess.appraise import appraise
from netintegrity.assess.plan import Announced
from netintegrity.assess.policy import Policy, SitePolicy
from netintegrity.assess.waiving import waivers_for
from netintegrity.model.evidence import Evidence
from netintegrity.model.finding import Fault
from netintegrity.model.history import HistoryMark
from netintegrity.model.memory import FleetMemory, Memory
from netintegrity.model.reference import ReferenceSet
from netintegrity.model.run import DeviceResult, ManifestOutcome, RunReport, RunWindow
from netintegrity.model.waiver import Waiver, WaiverOutcome, all_of
from netintegrity.platforms._spec import Platform, unread
from netintegrity.trust.anchors import NO_KEYS, Keyring


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
    history: HistoryMark | None = None,
    complete: bool | None = None,
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
        history=history,
        complete=complete,
        accepted_downgrades=grounds.memory.untold,
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
