"""What changed between two runs, and which of it was announced; pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from netintegrity.assess.facts import (
    Aspect,
    Facts,
    Topic,
    Values,
    facts_of,
    subjects_of,
    was_heard,
)
from netintegrity.assess.plan import Plan
from netintegrity.assess.progress import Progress, ReadRelease, SameRelease, Undone, progress_of
from netintegrity.errors import ConfigError, ExitStatus, gravest
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.run import DeviceResult, RunReport
from netintegrity.model.verdict import Verdict

BEFORE: Final = "before"
AFTER: Final = "after"
BOTH: Final = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is not as it was."""

    topic: Topic
    before: Values
    """Empty: it was not there, or not told."""
    after: Values
    planned: bool
    why: str
    """Why it is planned, or why it is not, in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """A device that could not be compared, or not wholly."""

    name: str
    side: str
    """``before``, ``after`` or ``both``."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedDevice:
    """One device, twice."""

    name: str
    conclusion: Conclusion
    """Of the run after; ``incomplete`` where it is not in that run."""
    conclusion_before: Conclusion | None
    """None: it is not in the run before."""
    changes: tuple[Change, ...]
    undone: tuple[Undone, ...]

    @property
    def verdict(self) -> Verdict:
        """Return the verdict of the conclusion."""
        return self.conclusion.verdict

    @property
    def unplanned(self) -> int:
        """Count what was not announced, and what was announced and did not happen."""
        return sum(not c.planned for c in self.changes) + len(self.undone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two runs, compared."""

    before: RunReport
    after: RunReport
    plan: Plan | None
    devices: tuple[ComparedDevice, ...]
    unseen: tuple[Unseen, ...]

    @property
    def unplanned(self) -> int:
        """Count over all devices."""
        return sum(d.unplanned for d in self.devices)

    @property
    def status(self) -> ExitStatus:
        """Return 0 if all was seen on both sides and only what was planned is different."""
        statuses = [ExitStatus.VERIFIED] if self.devices else []
        faults = any(r.appraisal.faults for run in (self.before, self.after) for r in run.results)
        for holds, status in (
            (self.unplanned > 0, ExitStatus.FINDING),
            (faults, ExitStatus.FAULT),
            (bool(self.unseen), ExitStatus.UNVERIFIED),
        ):
            if holds:
                statuses.append(status)
        return gravest(statuses)


def compare(
    before: RunReport, after: RunReport, plan: Plan | None, *, releases: ReadRelease
) -> Comparison:
    """Return what is different in ``after``, and what of it ``plan`` announced.

    Args:
        before: judged anew from its evidence, as is the other.
        after: not collected earlier than ``before``.
        plan: None: nothing was announced.
        releases: the grammars of the platforms.

    Raises:
        ConfigError: the runs are in the wrong order, or two entries of the plan contradict each
            other.
    """
    if after.started_at < before.started_at:
        raise ConfigError(
            f"the run {after.run_id} is older than {before.run_id}",
            hint="name the run before the change first, and the one after it second",
        )
    old, new = _by_name(before), _by_name(after)
    # The order of the inventory; what is only in the older run comes last.
    names = list(dict.fromkeys((*new, *old)))
    unseen = [u for n in names for u in _unseen(n, old.get(n), new.get(n))]
    unseen += [
        Unseen(name=n, side=BOTH, reason="the plan names it, and neither run has such a device")
        for n in (plan.unmatched(names) if plan is not None else ())
    ]
    return Comparison(
        before=before,
        after=after,
        plan=plan,
        devices=tuple(_compared(n, old.get(n), new.get(n), plan, releases) for n in names),
        unseen=tuple(unseen),
    )


def _by_name(run: RunReport) -> dict[str, DeviceResult]:
    return {r.evidence.device.name: r for r in run.results}


def _unseen(name: str, old: DeviceResult | None, new: DeviceResult | None) -> Iterator[Unseen]:
    reasons = {
        side: reason
        for side, result in ((BEFORE, old), (AFTER, new))
        if (reason := _gap_in(result)) is not None
    }
    if len(set(reasons.values())) == 1 and len(reasons) == 2:
        yield Unseen(name=name, side=BOTH, reason=reasons[BEFORE])
        return
    for side, reason in reasons.items():
        yield Unseen(name=name, side=side, reason=reason)


def _gap_in(result: DeviceResult | None) -> str | None:
    """Return why a side does not show all of a device; None: it does."""
    if result is None:
        return "not in the run"
    if not was_heard(result):
        failure = result.evidence.failure
        return "it told nothing" if failure is None else f"it told nothing: {failure.kind.value}"
    if Conclusion.INCOMPLETE in result.appraisal.conclusions:
        return "what it told has gaps"
    return None


def _compared(
    name: str,
    old: DeviceResult | None,
    new: DeviceResult | None,
    plan: Plan | None,
    releases: ReadRelease,
) -> ComparedDevice:
    changes: tuple[Change, ...] = ()
    undone: tuple[Undone, ...] = ()
    if old is not None and new is not None:
        before, after = facts_of(old), facts_of(new)
        if was_heard(old) and was_heard(new):
            progress = _progress((old, new), (before, after), plan, releases)
            changes, undone = tuple(_changes(before, after, progress)), progress.undone
        elif new.appraisal.verdict in {Verdict.MISMATCH, Verdict.CONTRADICTORY}:
            # Not logged in to, and still a finding: its host key is another.
            only = {Aspect.CONCLUSION}
            progress = Progress(why_not="the device was not logged in to")
            changes = tuple(_changes(_only(before, only), _only(after, only), progress))
    return ComparedDevice(
        name=name,
        conclusion=Conclusion.INCOMPLETE if new is None else new.appraisal.conclusions[0],
        conclusion_before=None if old is None else old.appraisal.conclusions[0],
        changes=changes,
        undone=undone,
    )


def _only(facts: Facts, aspects: set[Aspect]) -> Facts:
    return {t: v for t, v in facts.items() if t.aspect in aspects}


def _progress(
    results: tuple[DeviceResult, DeviceResult],
    facts: tuple[Facts, Facts],
    plan: Plan | None,
    releases: ReadRelease,
) -> Progress:
    """Return how far what was announced for a device has come."""
    if plan is None:
        return Progress(why_not="there is no plan")
    old, new = results
    there = dict.fromkeys((*subjects_of(old.claims), *subjects_of(new.claims)))
    steps = plan.steps_of(new.evidence.device.name, there)
    if not steps:
        return Progress(why_not="the plan does not name it")
    same = SameRelease(platform_id=new.platform_id, read=releases)
    found = progress_of(steps, *facts, same=same)
    seen = old.evidence.collected_at, new.evidence.collected_at
    if not plan.window.may_hold(*seen):
        return found.refused("it did not happen within the window")
    if new.appraisal.verdict is not Verdict.VERIFIED:
        return found.refused("the device is not verified after it")
    return found


def _changes(before: Facts, after: Facts, progress: Progress) -> Iterator[Change]:
    for topic in sorted(_differing(before, after), key=lambda t: t.place):
        old, new = before.get(topic, ()), after.get(topic, ())
        why_not = progress.objection(topic, old, new)
        yield Change(
            topic=topic,
            before=old,
            after=new,
            planned=why_not is None,
            why=why_not or "it follows from the planned change",
        )


def _differing(before: Facts, after: Facts) -> Iterable[Topic]:
    """Return the topics that differ; of a part that came or went, only that it did."""
    moved = {
        topic.subject for topic in before.keys() ^ after.keys() if topic.aspect is Aspect.SUBJECT
    }
    for topic in before.keys() | after.keys():
        if before.get(topic) == after.get(topic):
            continue
        if topic.subject in moved and topic.aspect is not Aspect.SUBJECT:
            continue
        yield topic


def counts(comparison: Comparison) -> Mapping[str, int]:
    """Return how many changes were planned, how many not, and what was left undone."""
    changes = [c for d in comparison.devices for c in d.changes]
    return {
        "devices": len(comparison.devices),
        "planned": sum(c.planned for c in changes),
        "unplanned": sum(not c.planned for c in changes),
        "undone": sum(len(d.undone) for d in comparison.devices),
        "unseen": len({u.name for u in comparison.unseen}),
    }
