"""How far a planned change of release came on one device, and what follows from it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from netintegrity.assess.facts import Aspect, Facts, Topic, Values, release_of_stored
from netintegrity.assess.plan import PlannedChange
from netintegrity.model.assurance import AssuranceLevel
from netintegrity.model.release import Order, Release
from netintegrity.model.subject import Subject

ReadRelease = Callable[[str, str], Release | None]
"""``(platform id, text)`` to a release; None: that platform has no such release."""

_OF_RUNNING: Final = frozenset(
    {Aspect.RUNNING_RELEASE, Aspect.RUNNING_IMAGE, Aspect.RUNNING_DIGEST}
)
_OF_NEXT: Final = frozenset({Aspect.NEXT_RELEASE, Aspect.NEXT_IMAGE, Aspect.NEXT_DIGEST})
_OF_DEVICE: Final = frozenset({Aspect.OTHER_RELEASE, Aspect.CONCLUSION})
_LEVELS: Final = {level.word: level for level in AssuranceLevel}


@dataclass(frozen=True, slots=True, kw_only=True)
class SameRelease:
    """Tells whether two texts name one release of a platform."""

    platform_id: str
    read: ReadRelease

    def __call__(self, told: Values, other: str) -> bool:
        """Say whether all that was told is ``other``; texts nobody can read must be the same."""
        return bool(told) and all(self._is_same(one, other) for one in told)

    def _is_same(self, one: str, other: str) -> bool:
        first, second = self.read(self.platform_id, one), self.read(self.platform_id, other)
        if first is None or second is None:
            return one == other
        return first.compared_to(second) is Order.SAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """Something that was announced and did not happen."""

    subject: Subject
    expected: str
    """The release it should have."""
    found: Values
    """Empty: it does not tell."""
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What of a device is as planned."""

    running: frozenset[Subject] = frozenset()
    """Parts that left the planned release and run the planned one."""
    following: frozenset[Subject] = frozenset()
    """Parts that ran to plan and will boot the same again."""
    targets: frozenset[str] = frozenset()
    """Releases, as the device prints them, that were reached."""
    files: Mapping[Subject, frozenset[str]] = field(default_factory=dict)
    """Names of the files each part may boot now; each was judged."""
    releases: Mapping[Subject, tuple[Values, Values]] = field(default_factory=dict)
    """What each part that ran to plan printed of its release, before and after."""
    carried: frozenset[Topic] = frozenset()
    """Images on flash that came with a release that was reached, or went with one that was left."""
    undone: tuple[Undone, ...] = ()
    why_not: str = ""
    """Why nothing of the device counts as planned; empty: some may."""

    def refused(self, why: str) -> "Progress":
        """Return that nothing counts as planned; what is undone stays undone."""
        return replace(self, why_not=why)

    def objection(self, topic: Topic, before: Values, after: Values) -> str | None:
        """Return why a change is not part of the plan; None: it is."""
        if self.why_not:
            return self.why_not
        if topic.aspect is Aspect.STORED_IMAGE:
            left = "it is no file of a planned release that was reached, or left"
            return None if topic in self.carried else left
        if topic.subject is None:
            return self._of_device(topic, before, after)
        if topic.aspect in _OF_RUNNING and topic.subject in self.running:
            return None
        if topic.aspect in _OF_NEXT and topic.subject in self.following:
            return None
        if topic.aspect is Aspect.SIGNING_CERTIFICATE and topic.subject in self.running:
            return None
        if topic.aspect is Aspect.PACKAGE and topic.subject in self.running:
            return self._of_package(topic.subject, before, after)
        if topic.aspect is Aspect.BOOT_ENTRIES and topic.subject in self.following:
            return self._of_entries(topic.subject, before, after)
        if topic.aspect in _OF_RUNNING | _OF_NEXT:
            return "the part is not at the planned release, or did not come from it"
        return "a change of release does not explain it"

    def _of_device(self, topic: Topic, before: Values, after: Values) -> str | None:
        if not self.running:
            return "no part came to the planned release"
        if topic.aspect is Aspect.RUNNING_RELEASE and after and self.targets.issuperset(after):
            return None
        if topic.aspect in _OF_DEVICE and after:
            return None
        if topic.aspect is Aspect.KNOWN_BY and before and after:
            # What stood on more than its own word must not stand on less because of an upgrade.
            less = _LEVELS[after[0]] < _LEVELS[before[0]]
            return "less is known of it than before" if less else None
        return "a change of release does not explain it"

    def _of_package(self, subject: Subject, before: Values, after: Values) -> str | None:
        """Let the row follow by which a box lists its own base image, in the state it was in."""
        old, new = (
            _state_of(values, releases)
            for values, releases in zip(
                (before, after), self.releases.get(subject, ((), ())), strict=True
            )
        )
        return None if old is not None and old == new else "a change of release does not explain it"

    def _of_entries(self, subject: Subject, before: Values, after: Values) -> str | None:
        known = self.files.get(subject, frozenset())
        added = [e for e in after if e not in before]
        strange = [e for e in added if "//" in e or _filename(e) not in known]
        return f"{strange[0]} is no file of the planned release" if strange else None


def progress_of(
    steps: Mapping[Subject, PlannedChange], before: Facts, after: Facts, *, same: SameRelease
) -> Progress:
    """Return how far each announced step came; whether it may count is for the caller to say."""
    running: set[Subject] = set()
    following: set[Subject] = set()
    undone: list[Undone] = []
    for subject, step in sorted(steps.items(), key=lambda item: str(item[0])):
        was = _running(subject, before)
        now = _running(subject, after)
        missing = [*_missing(subject, step, before, after, same)]
        undone += missing
        if not same(now, step.to_release) or not same(was, step.from_release):
            continue
        running.add(subject)
        if not missing:
            following.add(subject)
    return Progress(
        running=frozenset(running),
        following=frozenset(following),
        targets=frozenset(r for s in running for r in _running(s, after)),
        releases={s: (_running(s, before), _running(s, after)) for s in running},
        files={s: frozenset(_files(s, after)) for s in following},
        carried=frozenset(_carried([steps[s] for s in running], before, after, same)),
        undone=tuple(undone),
    )


def _missing(
    subject: Subject, step: PlannedChange, before: Facts, after: Facts, same: SameRelease
) -> Iterator[Undone]:
    """Yield what a part lacks of its step; one that came or went is told of as that."""
    sides = [Topic(subject, Aspect.SUBJECT) in facts for facts in (before, after)]
    if any(sides) and not all(sides):
        return
    was = _running(subject, before)
    now = _running(subject, after)
    wanted = step.to_release
    if not any(sides):
        yield _undone(subject, wanted, (), "the device has no such part")
    elif not same(now, wanted):
        yield _undone(subject, wanted, now, f"not done: it runs {_told(now)}")
    elif same(was, wanted):
        yield _undone(subject, wanted, now, "not done: it ran that release before already")
    elif not _boots_what_runs(subject, after, wanted, same):
        following = after.get(Topic(subject, Aspect.NEXT_RELEASE), ())
        image = after.get(Topic(subject, Aspect.NEXT_IMAGE), ())
        yield _undone(subject, wanted, following, f"not done: it will boot {_told(image)}")


def _carried(
    done: Sequence[PlannedChange], before: Facts, after: Facts, same: SameRelease
) -> Iterator[Topic]:
    """Yield the images on flash of which a change of release explains that they came or went."""
    for topic in before.keys() | after.keys():
        if topic.aspect is not Aspect.STORED_IMAGE:
            continue
        old, new = (tuple(map(release_of_stored, f.get(topic, ()))) for f in (before, after))
        came = not old and any(same(new, step.to_release) for step in done)
        went = not new and any(same(old, step.from_release) for step in done)
        if came or went:
            yield topic


def _running(subject: Subject, facts: Facts) -> Values:
    return facts.get(Topic(subject, Aspect.RUNNING_RELEASE), ())


def _undone(subject: Subject, expected: str, found: Values, message: str) -> Undone:
    return Undone(subject=subject, expected=expected, found=found, message=message)


def _told(values: Values) -> str:
    return ", ".join(values) or "what it does not tell"


def _boots_what_runs(subject: Subject, facts: Facts, wanted: str, same: SameRelease) -> bool:
    """Say whether the next boot loads the wanted release: by its name, or as the very same file."""
    image = facts.get(Topic(subject, Aspect.NEXT_IMAGE), ())
    following = facts.get(Topic(subject, Aspect.NEXT_RELEASE), ())
    if image and following:
        return same(following, wanted)
    return bool(image) and image == facts.get(Topic(subject, Aspect.RUNNING_IMAGE), ())


def _files(subject: Subject, facts: Facts) -> Iterator[str]:
    for path in facts.get(Topic(subject, Aspect.NEXT_IMAGE), ()):
        yield _filename(path)


def _state_of(rows: Values, releases: Values) -> str | None:
    """Return the state of the one row that is of a release; None: there is no such row.

    IOS-XE lists the base image as ``IMG   C    17.09.04a.0.6``, release and build.
    """
    if len(rows) != 1:
        return None
    version, _, state = rows[0].partition(" ")
    named = any(version == r or version.startswith(f"{r}.") for r in releases)
    return state if named else None


def _filename(path: str) -> str:
    return path.rpartition(":")[2].rpartition("/")[2]
