"""What an IOS-XE box is asked for its hardware quote, and what came of it.

Two generations of commands: ``show platform …`` up to 17.8, ``show system integrity …`` from 17.9
on. Which of them a box has is found out: those of its release first, the other ones where it
refuses. No quote at all is nothing that anybody demands here; a policy may.

Source: Cisco's "Boot Integrity Visibility" in the IOS-XE configuration guides, which also has the
answer of a box that is busy, "Please Try After Few Seconds".
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from netintegrity.model.attestation import (
    AttestationClaim,
    Challenge,
    Nonce,
    QuotedCertificates,
    QuotedCompliance,
    QuotedMeasurements,
)
from netintegrity.model.claims import Gap, QuoteClaim, Source
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Order, Release
from netintegrity.model.subject import Subject
from netintegrity.platforms import _cisco_quote as quote
from netintegrity.platforms._refusals import is_no_command
from netintegrity.platforms._releases import parse_iosxe
from netintegrity.platforms._spec import NONCE, Probe, Request
from netintegrity.platforms._text import read

# A chip takes some seconds for a signature, and a stack signs once for each member.
_TIMEOUT_S: Final = 120.0
_MOST_BLOCKS: Final = 32
_MOST_VALUES: Final = 256
"""A chassis has eight parts that boot, and one of them loads some twenty files."""
_MOST: Final = 3
"""Once, and twice again where the box is busy."""
# Please Try After Few Seconds
_BUSY: Final = re.compile(r"\btry (?:again )?(?:after|in) (?:a )?few seconds", re.IGNORECASE)


def _probe(id_: str, command: str) -> Probe:
    return Probe(
        id=id_,
        command=command,
        argument=NONCE,
        why="a hardware quote over a nonce of ours",
        takes_nonce=True,
        demanded=False,
        read_timeout_s=_TIMEOUT_S,
    )


@dataclass(frozen=True, slots=True)
class _Generation:
    """The commands of one kind of release."""

    certificates: tuple[Probe, ...]
    """Spellings of one command, the usual one first."""
    measurements: Probe
    compliance: Probe | None

    @property
    def others(self) -> tuple[Probe, ...]:
        return tuple(p for p in (self.measurements, self.compliance) if p is not None)


_OLDER: Final = _Generation(
    certificates=(_probe("sudi-certificate", "show platform sudi certificate sign nonce {}"),),
    measurements=_probe("platform-integrity", "show platform integrity sign nonce {}"),
    compliance=None,
)
_NEWER: Final = _Generation(
    certificates=(
        _probe("trust-chain", "show system integrity all trust_chain nonce {}"),
        _probe("trust-chain-hyphen", "show system integrity all trust-chain nonce {}"),
    ),
    measurements=_probe("measurement", "show system integrity all measurement nonce {}"),
    compliance=_probe("compliance", "show system integrity all compliance nonce {}"),
)
_GENERATIONS: Final = (_NEWER, _OLDER)
PROBES: Final = tuple(p for g in _GENERATIONS for p in (*g.certificates, *g.others))
_NEWER_FROM: Final = parse_iosxe("17.9.1")

Block = TypeVar("Block", QuotedCertificates, QuotedMeasurements, QuotedCompliance)


def next_requests(exchanges: tuple[Exchange, ...], release: Release | None) -> tuple[Request, ...]:
    """Return what to ask next for a quote; nothing once all is asked."""
    heard = _Quotes(exchanges)
    for generation in _in_order(release):
        for probe in generation.certificates:
            if heard.is_due(probe):
                return (probe.request(),)
            if heard.certificates(probe):
                return tuple(p.request() for p in generation.others if heard.is_due(p))
    return ()


def _in_order(release: Release | None) -> tuple[_Generation, ...]:
    if release is None or _NEWER_FROM is None:
        return (_OLDER, _NEWER)
    newer = release.compared_to(_NEWER_FROM) in {Order.SAME, Order.NEWER}
    return (_NEWER, _OLDER) if newer else (_OLDER, _NEWER)


def quotes_of(
    exchanges: tuple[Exchange, ...], parts: tuple[Subject, ...], active: Subject
) -> Iterator[QuoteClaim]:
    """Yield one claim for each part that was quoted.

    Args:
        exchanges: all of the box; of a probe that was asked again, the last answer counts.
        parts: those the box shows.
        active: the one that answers; the older commands speak of it alone.
    """
    heard = _Quotes(exchanges)
    for generation in _GENERATIONS:
        spellings = [p for p in generation.certificates if heard.certificates(p)]
        shown = spellings[-1] if spellings else generation.certificates[0]
        found = quote.claims_of(
            heard.certificates(shown),
            heard.measurements(generation.measurements),
            () if generation.compliance is None else heard.compliance(generation.compliance),
        )
        challenge = Challenge(
            certificates=heard.nonce(shown),
            measurements=heard.nonce(generation.measurements),
            compliance=None
            if generation.compliance is None
            else heard.nonce(generation.compliance),
        )
        for claim in found:
            subject = _subject(claim, found, parts, active)
            yield QuoteClaim(
                quoted=replace(claim, subject=subject),
                challenge=challenge,
                sources=tuple(_sources(claim, generation, shown)),
            )
        if found:
            # One generation is the whole quote: blocks of the two are never put together.
            return


def gaps_of(exchanges: tuple[Exchange, ...]) -> Iterator[Gap]:
    """Yield why there is no quote; all of these probes are optional."""
    heard = _Quotes(exchanges)
    for probe in PROBES:
        exchange = heard.last(probe)
        if exchange is None or heard.says_something(probe) or is_no_command(exchange):
            # Who knows no such command has no such hardware, or is too old: nothing is amiss.
            continue
        why = read(exchange).why_unread or "nothing in the answer is a quote"
        yield Gap(probe_id=probe.id, reason=why if exchange.complete else "the answer was cut off")


def _subject(
    claim: AttestationClaim,
    all_: tuple[AttestationClaim, ...],
    parts: tuple[Subject, ...],
    active: Subject,
) -> Subject:
    """Return the part a quote says it is of; whose it is, only its serial number proves."""
    if len(all_) == 1 and (len(parts) < 2 or _place(claim) == ""):
        return active
    return claim.subject


def _place(claim: AttestationClaim) -> str:
    shown = claim.certificates or claim.measurements or claim.compliance
    return shown.place if shown is not None else ""


def _sources(claim: AttestationClaim, generation: _Generation, shown: Probe) -> Iterator[Source]:
    for block, probe in (
        (claim.certificates, shown),
        (claim.measurements, generation.measurements),
        (claim.compliance, generation.compliance),
    ):
        if block is not None and probe is not None:
            yield Source(probe.id, block.line)


def _is_measured(block: QuotedMeasurements) -> bool:
    return bool(block.boot or block.os) and len(block.os) <= _MOST_VALUES


class _Quotes:
    """The answers to the quote commands, the last of each."""

    def __init__(self, exchanges: tuple[Exchange, ...]) -> None:
        ids = {p.id for p in PROBES}
        asked = tuple(e for e in exchanges if e.probe_id in ids)
        self._times: Mapping[str, int] = Counter(e.probe_id for e in asked)
        self._last = {e.probe_id: e for e in asked}
        self._nonces = Counter(e.nonce for e in asked)

    def last(self, probe: Probe) -> Exchange | None:
        """Return the last answer; None: it was not asked."""
        return self._last.get(probe.id)

    def is_due(self, probe: Probe) -> bool:
        """Say whether to ask: for the first time, or again because the box was busy."""
        exchange = self.last(probe)
        if exchange is None:
            return True
        busy = not self.says_something(probe) and _BUSY.search(exchange.output) is not None
        return busy and self._times[probe.id] < _MOST

    def says_something(self, probe: Probe) -> bool:
        """Say whether anything of a quote is in its answer."""
        return bool(self.certificates(probe) or self.measurements(probe) or self.compliance(probe))

    def certificates(self, probe: Probe) -> tuple[QuotedCertificates, ...]:
        """Return the chains in its answer, without those that hold nothing."""
        return self._blocks(probe, quote.read_certificates, lambda b: bool(b.certificates))

    def measurements(self, probe: Probe) -> tuple[QuotedMeasurements, ...]:
        """Return the measurements in its answer, likewise."""
        return self._blocks(probe, quote.read_measurements, _is_measured)

    def compliance(self, probe: Probe) -> tuple[QuotedCompliance, ...]:
        """Return the attributes in its answer, likewise."""
        return self._blocks(probe, quote.read_compliance, lambda b: bool(b.attributes))

    def _blocks(
        self,
        probe: Probe,
        reader: Callable[[str], tuple[Block, ...]],
        holds: Callable[[Block], bool],
    ) -> tuple[Block, ...]:
        exchange = self.last(probe)
        if exchange is None or not exchange.complete:
            return ()
        found = tuple(block for block in reader(exchange.output) if holds(block))
        return found if len(found) <= _MOST_BLOCKS else ()

    def nonce(self, probe: Probe) -> Nonce | None:
        """Return the nonce of its answer; None: none of ours, or one that was used twice.

        It is the one in the record of what was sent, and the command has to be that very one.
        """
        exchange = self.last(probe)
        sent = exchange.nonce if exchange is not None else None
        if exchange is None or sent is None or self._nonces[sent] > 1:
            return None
        said = probe.command.replace("{}", sent)
        if said != exchange.command or not probe.admits(said):
            return None
        return Nonce.of_number(int(sent))
