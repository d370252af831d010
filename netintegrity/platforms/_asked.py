"""A platform that asks each of its commands once, and reads the last answer to each."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.model.claims import Gap
from netintegrity.model.evidence import Exchange
from netintegrity.platforms._spec import Plan, Probe, Request
from netintegrity.platforms._text import Answer, Line, read

_FIELD_CHARS: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a platform asks, how its boxes say no, and what an account needs to be answered."""

    probes: tuple[Probe, ...]
    refusal: re.Pattern[str]
    """A line that says no; beside those any box uses."""
    unknown: re.Pattern[str]
    """A refusal that says only that there is no such command."""
    level: str
    """For people, e.g. ``the role sysadmin``."""

    @property
    def plan(self) -> Plan:
        """Return a plan that asks every command without an argument, once."""

        def plan(exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
            return self.left(exchanges)

        return plan

    def left(self, exchanges: tuple[Exchange, ...]) -> tuple[Request, ...]:
        """Return what was not asked yet of the commands without an argument."""
        asked = {e.command for e in exchanges}
        plain = (p.request() for p in self.probes if not p.is_template)
        return tuple(r for r in plain if r.command not in asked)

    def last(self, exchanges: Iterable[Exchange], probe_id: str) -> Answer | None:
        """Return the last answer to a probe; None: it was never asked."""
        found = [e for e in exchanges if e.probe_id == probe_id]
        if not found:
            return None
        answer = read(found[-1])
        own = (n.text.strip()[:200] for n in answer.lines if self.refusal.match(n.text))
        return Answer(found[-1], answer.lines, answer.refusal or next(own, None))

    def is_no_command(self, answer: Answer) -> bool:
        """Say whether the box does not know the command, as opposed to not letting us ask."""
        return answer.refusal is not None and self.unknown.match(answer.refusal) is not None

    def why_unread(self, answer: Answer) -> str | None:
        """Return why nothing may be read from an answer, and what it would take; None: it may."""
        if answer.refusal is not None and not self.is_no_command(answer):
            return f"{answer.why_unread} (it needs {self.level})"
        return answer.why_unread

    def gaps(self, exchanges: Iterable[Exchange], *probe_ids: str) -> Iterator[Gap]:
        """Yield a gap for each of the probes that was asked and whose answer cannot be read."""
        told = tuple(exchanges)
        for probe_id in probe_ids:
            answer = self.last(told, probe_id)
            if answer is not None and (why := self.why_unread(answer)) is not None:
                yield Gap(probe_id=probe_id, reason=why)


def readable(answer: Answer | None) -> Answer | None:
    """Return an answer from which something may be read, else None."""
    return None if answer is None or answer.why_unread is not None else answer


def fields_of(answer: Answer | None, pattern: re.Pattern[str]) -> dict[str, tuple[str, Line]]:
    """Return the groups ``key`` and ``value`` of each line; of a key that stands twice, the first.

    A key with no value, or with one of more than 160 characters, is left out.
    """
    found: dict[str, tuple[str, Line]] = {}
    if (answer := readable(answer)) is not None:
        for line, m in answer.search(pattern):
            value = m["value"].strip()
            if value and len(value) <= _FIELD_CHARS:
                found.setdefault(m["key"].strip(), (value, line))
    return found
