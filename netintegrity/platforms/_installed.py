"""Systems installed side by side: banks, partitions, volumes, of which one runs and one is next."""

from collections.abc import Iterator
from dataclasses import dataclass

from netintegrity.model.claims import BootClaim, Gap, ImageClaim, ImageRole
from netintegrity.model.release import Order, Release
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms._text import Answer, Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one system is installed."""

    name: str
    """As the box prints it, ``HD1.2`` or ``primary``."""
    printed: str
    """The release it holds, as printed; empty: the box does not say."""
    release: Release | None
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """The places of one part of a box."""

    subject: Subject
    answer: Answer
    places: tuple[Place, ...]
    running: str | None
    """Name of the place that was booted; None: it is not known."""
    following: str | None
    """Name of the place that the next boot takes; None: it is not known."""
    boot_answer: Answer | None
    """The one that says so; None: it was not asked, or nothing may be read from it."""
    boot_line: Line | None
    runs: Release | None
    """What runs, by another command than the one that lists the places; None: it is not known."""
    loader: str | None = None

    def place(self, name: str | None) -> Place | None:
        """Return the place of this name; None: there is none, or more than one."""
        found = [p for p in self.places if p.name == name]
        return found[0] if len(found) == 1 else None

    @property
    def _of(self) -> str:
        return "" if self.subject.kind is SubjectKind.CHASSIS else f"{self.subject}: "

    def images(self) -> Iterator[ImageClaim]:
        """Yield a claim for each place in each of its roles."""
        for place in self.places:
            roles = []
            if place is self.place(self.running):
                roles.append((ImageRole.RUNNING, self.answer.assurance))
            if self.boot_answer is not None and place is self.place(self.following):
                weight = self.answer.assurance & self.boot_answer.assurance
                roles.append((ImageRole.BOOT_NEXT, weight))
            for role, assurance in roles or [(ImageRole.STORED, self.answer.assurance)]:
                yield ImageClaim(
                    subject=self.subject,
                    path=place.name,
                    role=role,
                    source=self.answer.source(place.line),
                    assurance=assurance,
                    # A place may have been written anew after it was booted.
                    release=(self.runs or place.release)
                    if role is ImageRole.RUNNING
                    else place.release,
                )

    def boots(self) -> Iterator[BootClaim]:
        """Yield what the next boot takes, where that is known."""
        place = self.place(self.following)
        if self.boot_answer is not None and place is not None:
            yield BootClaim(
                subject=self.subject,
                source=self.boot_answer.source(self.boot_line),
                entries=(place.name,),
                loader_release=self.loader,
            )

    def gaps(self, word: str) -> Iterator[Gap]:
        """Yield what is not known of it; ``word`` is what people call such a place."""
        probe_id = self.answer.exchange.probe_id
        running = self.place(self.running)
        if running is None:
            yield Gap(probe_id=probe_id, reason=f"{self._of}it is not clear which {word} runs")
        if self.boot_answer is not None and self.place(self.following) is None:
            boot_id = self.boot_answer.exchange.probe_id
            reason = f"{self._of}it is not clear which {word} the next boot takes"
            yield Gap(probe_id=boot_id, reason=reason)
        if running is None or self.runs is None:
            return
        held = running.release
        if held is None or held.compared_to(self.runs) is not Order.SAME:
            reason = (
                f"{self._of}{running.name} holds {running.printed or 'no release we read'}, and "
                f"{self.runs.text} runs"
            )
            yield Gap(probe_id=probe_id, reason=reason)
