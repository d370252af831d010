"""What stands beside an image: listings that a platform adds to what it asks anyway.

They are asked once the box has said what it is, before it hashes anything, and each is optional: a
gap in one counts only where the policy states what is approved of its kind.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from netintegrity.model.claims import AddedClaim, DeviceClaims, Gap, SoftwareKind
from netintegrity.model.evidence import Exchange
from netintegrity.platforms._spec import Interpret, Plan, Probe, Request
from netintegrity.platforms._text import Answer, is_drawn_over, is_log, read

PACKAGES: Final = frozenset({SoftwareKind.PACKAGE})
"""Of a probe that lists all of them."""
Exchanges = tuple[Exchange, ...]
MOST: Final = 4096
"""Rows taken from one answer; a longer one is a gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One command that lists things, and how its answer reads."""

    probe: Probe
    rows: Callable[[Answer], Iterable[AddedClaim]]
    """Pure and total."""
    is_whole: Callable[[Answer], bool]
    """Whether an answer without a row means that there is nothing; else it is a gap."""
    looks: re.Pattern[str]
    """What begins like a row. One that ``known`` does not read is a gap: what is left out of a list
    would otherwise pass for approved."""
    known: tuple[re.Pattern[str], ...]
    """Whole rows, and lines that are none for all their looks."""
    requests: Callable[[Exchanges], tuple[Request, ...]] | None = None
    """What to send, given the first answers; None: the command, which takes no argument."""
    reads: Callable[[Exchange], Answer] = read

    def wanted(self, exchanges: Exchanges) -> tuple[Request, ...]:
        """Return what to send."""
        return (self.probe.request(),) if self.requests is None else self.requests(exchanges)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A list of packages that a platform reads by itself: which rows it must have read."""

    probe_id: str
    looks: re.Pattern[str]
    known: tuple[re.Pattern[str], ...]
    """As in a :class:`Listing`."""


def probes_of(listings: tuple[Listing, ...]) -> tuple[Probe, ...]:
    """Return the probes that ``listings`` add to those of a platform."""
    return tuple(one.probe for one in listings)


def planned(plan: Plan, listings: tuple[Listing, ...]) -> Plan:
    """Return ``plan`` with ``listings`` asked once there is an answer to go by."""

    def with_listings(exchanges: Exchanges) -> tuple[Request, ...]:
        asked = {e.command for e in exchanges}
        if exchanges:
            wanted = (r for one in listings for r in one.wanted(exchanges))
            if left := tuple(dict.fromkeys(r for r in wanted if r.command not in asked)):
                return left
        return plan(exchanges)

    return with_listings


def interpreted(interpret: Interpret, listings: tuple[Listing, ...], *tables: Table) -> Interpret:
    """Return ``interpret`` with what ``listings`` list, and with the rows ``tables`` left out."""

    def with_listings(exchanges: Exchanges) -> DeviceClaims:
        claims = interpret(exchanges)
        found = [_heard(one, exchanges) for one in listings]
        added = tuple(a for rows, _ in found for a in rows)
        gaps = tuple(g for _, gaps in found for g in gaps)
        gaps += tuple(g for table in tables for g in _left_out(table, exchanges))
        if not added and not gaps:
            return claims
        together = tuple(dict.fromkeys((*claims.added, *added)))
        return replace(claims, added=together, gaps=(*claims.gaps, *gaps))

    return with_listings


def _heard(listing: Listing, exchanges: Exchanges) -> tuple[list[AddedClaim], list[Gap]]:
    rows: list[AddedClaim] = []
    gaps: list[Gap] = []
    for exchange in exchanges:
        if exchange.probe_id == listing.probe.id:
            answer = listing.reads(exchange)
            found, why = _rows(listing, answer)
            rows += found
            gaps += [] if why is None else [Gap(probe_id=listing.probe.id, reason=why)]
    return rows, gaps


def _rows(listing: Listing, answer: Answer) -> tuple[list[AddedClaim], str | None]:
    if answer.refusal is not None:
        return [], f"refused: {answer.refusal}"
    if is_drawn_over(answer.exchange.output):
        return [], "a line of the answer hides another one"
    answer = Answer(answer.exchange, tuple(n for n in answer.lines if not is_log(n)), None)
    found = list(_first(listing.rows(answer)))
    if len(found) > MOST:
        return found[:MOST], f"more than {MOST} rows"
    if (why := _unread_row(answer, listing)) is not None:
        return found, why
    if not found and not listing.is_whole(answer):
        return [], "nothing in the answer is anything we read"
    return found, None


def _left_out(table: Table, exchanges: Exchanges) -> Iterator[Gap]:
    for exchange in exchanges:
        if exchange.probe_id == table.probe_id:
            answer = read(exchange)
            why = _unread_row(answer, table) if answer.why_unread is None else None
            if why is not None:
                yield Gap(probe_id=table.probe_id, reason=why)


def _unread_row(answer: Answer, rows: Listing | Table) -> str | None:
    """Return which line begins like a row and is none we read; None: there is no such line."""
    for line in answer.lines:
        if rows.looks.match(line.text) and not any(p.match(line.text) for p in rows.known):
            return f"line {line.number} is no row we read: {line.text.strip()[:80]!r}"
    return None


def _first(rows: Iterable[AddedClaim]) -> Iterator[AddedClaim]:
    for number, row in enumerate(rows):
        if number > MOST:
            return
        yield row
