"""What did the hardware measure when it booted? Signed by a chip, over our nonce."""

from collections.abc import Iterator
from dataclasses import dataclass

from netintegrity.assess._spec import Case, rule
from netintegrity.assess.rules._quotes import (
    Binding,
    JudgedQuote,
    channel_is_authenticated,
    judged_quotes,
    vouching,
)
from netintegrity.model.assurance import Assurance, AssuranceLevel
from netintegrity.model.attestation import (
    BootStage,
    JudgedValue,
    ReferenceOutcome,
    RegisterOutcome,
    SignatureOutcome,
)
from netintegrity.model.claims import ImageClaim, ImageRole
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.digest import Measurement, MeasurementKind
from netintegrity.model.finding import Observation, Proposition, Severity, Technique
from netintegrity.model.reference import ReferenceImage, ReferenceKind, ReferenceSet
from netintegrity.model.release import Order
from netintegrity.model.subject import Subject
from netintegrity.model.verdict import Verdict

_FORENSICS = (
    "do not reboot: isolate the box, save its volatile state, and compare boot loader and image "
    "with the vendor's"
)
_RELAYED = "find out which box answers at this address, and who stands between"
_LISTS = "import the newest Known Good Values; a boot loader that none lists stays unknown"
_AGAIN = "collect again; where a quote can never be whole, the policy may omit NI-501"
_NO_QUOTE = (
    "let the account run the quote commands (docs/attestation.md), or demand less in the policy "
    "(minimum_running_assurance)"
)


def _demands_attested(case: Case) -> bool:
    return case.policy.floor_of(ImageRole.RUNNING) >= AssuranceLevel.ATTESTED


def _has_something_to_judge(case: Case) -> bool:
    """Say whether hardware has to attest what runs, or did and there is a list to judge it by."""
    given = any(claim.is_given for claim in case.claims.attestations)
    return _demands_attested(case) or (given and bool(vouching(case).images))


@rule(
    "NI-501",
    proposition=Proposition.AUTHENTIC,
    severity=Severity.CRITICAL,
    technique=Technique.PATCH_SYSTEM_IMAGE,
    may_verify=True,
    applies=_has_something_to_judge,
)
def booted_what_is_published(case: Case) -> Iterator[Observation]:
    """What the hardware measured at boot is published, and it signed that over our nonce."""
    quotes = tuple(q for q in judged_quotes(case) if q.claim.is_given)
    for quote in quotes:
        yield from _judged(case, quote)
    if _demands_attested(case):
        answered = {q.subject for q in quotes}
        for subject in _subjects(case):
            if subject not in answered:
                yield Observation(
                    subject=subject,
                    conclusion=Conclusion.INSUFFICIENT_ASSURANCE,
                    assurance=Assurance(AssuranceLevel.REPORTED),
                    message="its hardware attested nothing: it gave no quote",
                    next_step=_NO_QUOTE,
                )


@rule(
    "NI-502",
    proposition=Proposition.AUTHENTIC,
    severity=Severity.CRITICAL,
    technique=Technique.PATCH_SYSTEM_IMAGE,
    may_verify=False,
)
def quote_is_of_this_box(case: Case) -> Iterator[Observation]:
    """No quote is forged, altered, recorded, or that of other hardware."""
    for quote in judged_quotes(case):
        if (wrong := tuple(_wrong(quote))) or quote.binding is Binding.TWICE:
            twice = f"{quote.result.serial} is quoted for two parts of one box"
            yield _about(
                quote,
                Conclusion.ATTESTATION_FAILED if wrong else Conclusion.INCOMPLETE,
                "; ".join(wrong) or twice,
                _RELAYED,
            )


@rule(
    "NI-503",
    proposition=Proposition.INTENDED,
    severity=Severity.HIGH,
    technique=Technique.ROMMONKIT,
    may_verify=False,
)
def boot_chain_is_armed(case: Case) -> Iterator[Observation]:
    """The hardware does not sign that secure boot or its registers are switched off."""
    for quote in judged_quotes(case):
        if quote.result.compliance_signature is SignatureOutcome.REJECTED:
            message = "how its boot chain is set up is not signed by this hardware over our nonce"
            yield _about(quote, Conclusion.ATTESTATION_FAILED, message, _RELAYED)
        elif quote.result.compliance is RegisterOutcome.MISMATCH:
            message = "its hardware signed that secure boot, or what measures it, is switched off"
            yield _about(quote, Conclusion.BOOT_CHAIN, message, _FORENSICS)


def _wrong(quote: JudgedQuote) -> Iterator[str]:
    result = quote.result
    rejected = SignatureOutcome.REJECTED
    mismatch = RegisterOutcome.MISMATCH
    for holds, sentence in (
        (result.chain is rejected, "its certificates are not of the maker of such boxes"),
        (
            rejected in {result.certificates_signature, result.measurements_signature},
            "the quote is not signed by this hardware over our nonce: it is recorded or altered",
        ),
        (
            mismatch in {result.pcr0, result.pcr8},
            "the printed values are not those that were signed",
        ),
        (
            quote.binding is Binding.FOREIGN,
            f"it is the quote of {result.pid} {result.serial}, which is no part of this box",
        ),
        (
            quote.binding is Binding.OTHER_PRODUCT,
            f"the hardware numbered {result.serial} is a {result.pid}, not the product stated",
        ),
    ):
        if holds:
            yield sentence


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is concluded of a quote as a whole."""

    conclusion: Conclusion
    message: str
    next_step: str = ""


def _judged(case: Case, quote: JudgedQuote) -> Iterator[Observation]:
    outcome = _outcome(case, quote)
    yield _about(quote, outcome.conclusion, outcome.message, outcome.next_step, _level(case, quote))
    if outcome.conclusion is not Conclusion.VERIFIED or not quote.is_attesting:
        return
    for image in case.images:
        if (image.subject, image.role) != (quote.subject, ImageRole.RUNNING):
            continue
        measured = tuple(_measured_as(case, quote, image))
        if measured:
            yield Observation(
                subject=image.subject,
                image=image.path,
                role=image.role,
                conclusion=Conclusion.VERIFIED,
                assurance=_level(case, quote),
                message=f"{image.filename}: its hardware measured it at boot, and the value is "
                "published",
                sources=quote.claim.sources,
                manifest_ids=frozenset(r.manifest_id for r in measured[:1]),
            )


def _level(case: Case, quote: JudgedQuote) -> Assurance:
    """Return what a quote weighs: it attests only expected hardware, over a confirmed channel."""
    attests = (
        quote.result.verdict is Verdict.VERIFIED
        and quote.is_attesting
        and channel_is_authenticated(case)
    )
    level = AssuranceLevel.ATTESTED if attests else AssuranceLevel.REPORTED
    return Assurance(level, quote.result.assurance.caveats)


def _outcome(case: Case, quote: JudgedQuote) -> _Outcome:
    result = quote.result
    if wrong := tuple(_wrong(quote)):
        return _Outcome(Conclusion.ATTESTATION_FAILED, "; ".join(wrong), _FORENSICS)
    if result.verdict is Verdict.MISMATCH:
        unarmed = result.compliance is RegisterOutcome.MISMATCH
        failed = Conclusion.BOOT_CHAIN if unarmed else Conclusion.ATTESTATION_FAILED
        return _Outcome(failed, "; ".join(result.reasons), _FORENSICS)
    if result.verdict is not Verdict.VERIFIED:
        return _short_of(case, quote)
    if quote.binding is Binding.TWICE:
        return _Outcome(Conclusion.INCOMPLETE, "it is quoted for two parts of one box", _RELAYED)
    genuine = f"{result.pid} {result.serial} booted only what is published"
    if not quote.is_attesting:
        genuine += "; the inventory does not say that this is the box, so nothing is attested"
    return _contradicted(case, quote) or _Outcome(Conclusion.VERIFIED, genuine)


def _contradicted(case: Case, quote: JudgedQuote) -> _Outcome | None:
    """Say whether the box claims to run another release than its hardware measured."""
    quoted = quote.claim.quoted.measurements
    measured = case.platform.parse_release(quoted.os_version) if quoted else None
    for image in case.images:
        if (image.subject, image.role) != (quote.subject, ImageRole.RUNNING):
            continue
        said = case.release_of(image)
        order = Order.SAME if said is None or measured is None else measured.compared_to(said)
        if said is not None and measured is not None and order is not Order.SAME:
            return _Outcome(
                Conclusion.INCOMPLETE
                if order is Order.INCOMPARABLE
                else Conclusion.ATTESTATION_FAILED,
                f"the box says it runs {said.text}, and its hardware measured {measured.text}",
                _FORENSICS,
            )
    return None


def _short_of(case: Case, quote: JudgedQuote) -> _Outcome:
    """Say why a quote in which nothing is wrong is not verified."""
    counting = vouching(case)
    unlisted = {
        value: _known_anywhere(case, value)
        for value in quote.result.measurements
        if value.measured
        and not value.placeholder
        and value.reference is not ReferenceOutcome.VERIFIED
    }
    for value, known in unlisted.items():
        if not known and _should_be_listed(case, quote, value, counting):
            message = (
                f"{value.quoted.name} was measured at boot, and nothing published as "
                f"{value.quoted.version} for this hardware has that value"
            )
            return _Outcome(Conclusion.ATTESTATION_FAILED, message, _FORENSICS)
    for value, known in unlisted.items():
        if any(r.withdrawn for r in known):
            message = f"{value.quoted.name} is genuine, and its vendor took it back"
            return _Outcome(Conclusion.WITHDRAWN, message, "move to a release its vendor stands by")
    reason = next(iter(quote.result.reasons), "the quote proves too little")
    if not unlisted:
        return _Outcome(Conclusion.INCOMPLETE, reason, _AGAIN)
    current = counting.manifest_ids
    stale = any(r.manifest_id not in current for known in unlisted.values() for r in known)
    word = Conclusion.STALE_REFERENCE if stale else Conclusion.UNKNOWN_IMAGE
    return _Outcome(word, reason, _LISTS)


def _known_anywhere(case: Case, value: JudgedValue) -> tuple[ReferenceImage, ...]:
    """Return what has this value in any verified list, however old, for this platform."""
    return tuple(
        r
        for r in case.references.with_measurement(_measurement(value))
        if r.kind in value.quoted.stage.published_as and r.is_for(case.platform.id)
    )


def _measurement(value: JudgedValue) -> Measurement:
    return Measurement(MeasurementKind.BIV_HASH, value.quoted.value)


def _should_be_listed(
    case: Case, quote: JudgedQuote, value: JudgedValue, counting: ReferenceSet
) -> bool:
    """Say whether a list has values of such files of this release, for this very hardware.

    Then one that is not among them is not genuine, whatever it is called: nothing signs the names.
    Of boot loaders no list is ever whole.
    """
    quoted = quote.claim.quoted.measurements
    release = case.platform.parse_release(value.quoted.version)
    if value.quoted.stage is not BootStage.OS or quoted is None or release is None:
        return False
    whole = len(quoted.os) == 1 or value.quoted.name.endswith(".bin")
    kind = ReferenceKind.IMAGE if whole else ReferenceKind.PACKAGE
    pids = (quote.result.pid or "", *case.claims.pids_of(quote.subject))
    wanted = tuple(p for p in pids if p)
    return bool(counting.listed(case.platform.id, release, kind, wanted))


def _measured_as(case: Case, quote: JudgedQuote, image: ImageClaim) -> Iterator[ReferenceImage]:
    """Yield the published files that are this running one, and that the hardware measured.

    A file is the same one by its published name, or by a digest that stands beside the measurement.
    """
    kind, release = image.kind.published_as, case.release_of(image)
    counting = vouching(case)
    for value in quote.result.measurements:
        if not value.measured or value.quoted.stage is not BootStage.OS:
            continue
        for reference in counting.with_measurement(_measurement(value)):
            same = reference.filename == image.filename or bool(image.digests & reference.digests)
            if (
                same
                and reference.kind is kind
                and reference.is_for(case.platform.id)
                and reference.is_of(release)
                and not reference.withdrawn
            ):
                yield reference


def _subjects(case: Case) -> tuple[Subject, ...]:
    named = [i.subject for i in (*case.evidence.device.expected, *case.claims.identities)]
    return tuple(dict.fromkeys((*named, *(i.subject for i in case.claims.images))))


def _about(
    quote: JudgedQuote,
    conclusion: Conclusion,
    message: str,
    next_step: str = "",
    assurance: Assurance | None = None,
) -> Observation:
    return Observation(
        subject=quote.subject,
        conclusion=conclusion,
        assurance=assurance or Assurance(AssuranceLevel.REPORTED, quote.result.assurance.caveats),
        message=message,
        next_step=next_step,
        sources=quote.claim.sources,
        manifest_ids=frozenset(
            v.manifest for v in quote.result.measurements if v.measured and v.manifest
        ),
    )
