"""The quotes of a device, judged, and bound to the part of the box they are of."""

from collections import Counter
from dataclasses import dataclass, replace
from enum import Enum, auto

from netintegrity.assess._spec import Case
from netintegrity.model.attestation import AttestationResult, QuotedValue
from netintegrity.model.claims import QuoteClaim
from netintegrity.model.digest import Measurement, MeasurementKind
from netintegrity.model.evidence import HostKeyStatus
from netintegrity.model.reference import ReferenceSet
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject
from netintegrity.trust.attestation._spec import (
    IDENTITY_PURPOSES,
    LAB_IDENTITY_PURPOSES,
    Grounds,
)
from netintegrity.trust.attestation.cisco_sudi import ROOT


class Binding(Enum):
    """Whose hardware a quote proved to be."""

    NOBODYS = auto()
    """No certificate in it verified."""
    EXPECTED = auto()
    """The inventory states this very serial number."""
    UNSTATED = auto()
    """The box alone says that this is a part of it."""
    FOREIGN = auto()
    """Neither the inventory nor the box names such hardware."""
    OTHER_PRODUCT = auto()
    """The serial number is known, as one of another product."""
    TWICE = auto()
    """One piece of hardware, shown as two parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedQuote:
    """One quote, and all that is known of it without a rule."""

    claim: QuoteClaim
    result: AttestationResult
    subject: Subject
    """By its serial number; by the place it was printed at where that is unknown."""
    binding: Binding
    references: ReferenceSet
    """What it was judged by: see :func:`vouching`."""

    @property
    def is_attesting(self) -> bool:
        """True if it is a quote of exactly the hardware the inventory expects."""
        return self.binding is Binding.EXPECTED


def judged_quotes(case: Case) -> tuple[JudgedQuote, ...]:
    """Return every quote of the box, judged; in the order in which they were printed.

    None where nobody's identities count: then there is nothing to hold a quote against.
    """
    claims = case.claims.attestations
    if not claims or not knows_issuers(case):
        return ()
    references = vouching(case)
    grounds = _grounds(case, references)
    results = [_judged(case, claim, grounds) for claim in claims]
    shown = Counter(r.serial for r in results)
    return tuple(
        JudgedQuote(
            claim=claim,
            result=result,
            subject=_subject(case, result, claim.quoted.subject),
            binding=Binding.TWICE
            if result.serial is not None and shown[result.serial] > 1
            else _binding(case, result),
            references=references,
        )
        for claim, result in zip(claims, results, strict=True)
    )


def knows_issuers(case: Case) -> bool:
    """Say whether the keyring names anybody who issues identities to such hardware."""
    return bool(case.keyring.for_format(ROOT.format_id, _purposes(case)))


def _purposes(case: Case) -> frozenset[str]:
    return LAB_IDENTITY_PURPOSES if case.lab else IDENTITY_PURPOSES


def channel_is_authenticated(case: Case) -> bool:
    """Say whether the far end of the session was confirmed; nothing else ties a quote to it."""
    return case.evidence.host_key_status is HostKeyStatus.MATCHED


def vouching(case: Case) -> ReferenceSet:
    """Return what may vouch for a quoted value now: of lists neither expired nor too old.

    What its vendor withdrew is left out by whoever judges, unless the operator approved it. A list
    may have tens of thousands of files, so it is gone through once, and not for every value.
    """
    references, policy = case.references, case.policy
    current = references.current_ids(at=case.at, max_age=policy.max_manifest_age)
    approved = policy.approved_digests
    quoted = frozenset(
        measurement_of(value)
        for claim in case.claims.attestations
        if claim.quoted.measurements is not None
        for value in (*claim.quoted.measurements.boot, *claim.quoted.measurements.os)
    )
    return ReferenceSet(
        images=tuple(
            replace(i, withdrawn=False) if i.withdrawn and i.digests & approved else i
            for i in references.images
            if i.manifest_id in current and not i.measurements.isdisjoint(quoted)
        ),
        provenance=tuple(p for p in references.provenance if p.manifest_id in current),
    )


def measurement_of(value: QuotedValue) -> Measurement:
    """Return a quoted value in the form in which lists have it."""
    return Measurement(MeasurementKind.BIV_HASH, value.value)


def has_values(case: Case) -> bool:
    """Say whether any list that may vouch has measurements at all."""
    current = case.references.current_ids(at=case.at, max_age=case.policy.max_manifest_age)
    return any(i.measurements and i.manifest_id in current for i in case.references.images)


def _grounds(case: Case, references: ReferenceSet) -> Grounds:
    def parse(platform_id: str, text: str) -> Release | None:
        return case.platform.parse_release(text) if platform_id == case.platform.id else None

    return Grounds(
        keyring=case.keyring,
        purposes=_purposes(case),
        references=references,
        releases=parse,
        at=case.at,
    )


def _judged(case: Case, claim: QuoteClaim, grounds: Grounds) -> AttestationResult:
    """Judge a quote: whose hardware it is, and so what is expected of it, shows only meanwhile."""
    result = ROOT.judge(claim.quoted, claim.challenge, grounds, None)
    if _binding(case, result) is not Binding.EXPECTED:
        return result
    stated = Identity(subject=claim.quoted.subject, serial=result.serial)
    return ROOT.judge(claim.quoted, claim.challenge, grounds, stated)


def _named(case: Case, serial: str | None) -> Identity | None:
    """Return what the inventory, or else the box itself, says has this serial number."""
    known = (*case.evidence.device.expected, *case.claims.identities)
    return next((i for i in known if serial is not None and i.serial == serial), None)


def _subject(case: Case, result: AttestationResult, printed: Subject) -> Subject:
    named = _named(case, result.serial)
    return printed if named is None else named.subject


def _binding(case: Case, result: AttestationResult) -> Binding:
    if result.serial is None or result.pid is None:
        return Binding.NOBODYS
    named = _named(case, result.serial)
    if named is not None and not _is_product(named.pid, result.pid):
        return Binding.OTHER_PRODUCT
    if named in case.evidence.device.expected:
        return Binding.EXPECTED
    # A chassis and the processor in it have numbers of their own, and inventories state the
    # chassis. Whoever relays a quote can list that number too, and gains nothing by it.
    silent = not case.claims.serials and not any(i.serial for i in case.evidence.device.expected)
    return Binding.UNSTATED if silent or result.serial in case.claims.serials else Binding.FOREIGN


def _is_product(stated: str | None, quoted: str) -> bool:
    """Say whether these are one product; a box may print a licence behind it (``-A``, ``-E``)."""
    return stated is None or stated.startswith(quoted) or quoted.startswith(stated)
