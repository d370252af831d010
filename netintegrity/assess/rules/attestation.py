"""What did the hardware measure when it booted? Signed by a chip, over our nonce."""

from collections.abc import Iterator

from netintegrity.assess._spec import Case, rule
from netintegrity.assess.rules._measured import FORENSICS, Outcome, measured_as, short_of
from netintegrity.assess.rules._quotes import (
    Binding,
    JudgedQuote,
    channel_is_authenticated,
    has_values,
    judged_quotes,
    knows_issuers,
)
from netintegrity.model.assurance import Assurance, AssuranceLevel
from netintegrity.model.attestation import (
    RegisterOutcome,
    SignatureOutcome,
)
from netintegrity.model.claims import ImageRole
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.finding import Observation, Proposition, Severity, Technique
from netintegrity.model.release import Order
from netintegrity.model.subject import Subject
from netintegrity.model.verdict import Verdict

_RELAYED = "find out which box answers at this address, and who stands between"
_NO_QUOTE = (
    "let the account run the quote commands (docs/attestation.md), or demand less in the policy "
    "(minimum_running_assurance)"
)
_NO_KEYS = "copy the folder cisco_sudi of the built-in keys into the one that --keys names"


def _demands_attested(case: Case) -> bool:
    return case.policy.floor_of(ImageRole.RUNNING) >= AssuranceLevel.ATTESTED


def _has_something_to_judge(case: Case) -> bool:
    """Say whether hardware has to attest what runs, or did and there is a list to judge it by."""
    if _demands_attested(case):
        return True
    given = any(claim.is_given for claim in case.claims.attestations)
    return given and knows_issuers(case) and has_values(case)


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
                    message="its hardware attested nothing: it gave no quote"
                    if knows_issuers(case)
                    else "the keyring names nobody who issues identities to hardware",
                    next_step=_NO_QUOTE if knows_issuers(case) else _NO_KEYS,
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
            yield _about(quote, Conclusion.BOOT_CHAIN, message, FORENSICS)


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


def _judged(case: Case, quote: JudgedQuote) -> Iterator[Observation]:
    outcome = _outcome(case, quote)
    yield _about(quote, outcome.conclusion, outcome.message, outcome.next_step, _level(case, quote))
    if outcome.conclusion is not Conclusion.VERIFIED or not quote.is_attesting:
        return
    for image in case.images:
        if (image.subject, image.role) != (quote.subject, ImageRole.RUNNING):
            continue
        measured = tuple(measured_as(case, quote, image))
        if measured:
            yield Observation(
                subject=image.subject,
                image=image.path,
                role=image.role,
                conclusion=Conclusion.VERIFIED,
                assurance=_level(case, quote),
                message=f"{image.filename}: its hardware measured it at boot, and the value is "
                "published; it says nothing of what was loaded since, nor of the next boot",
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


def _outcome(case: Case, quote: JudgedQuote) -> Outcome:
    result = quote.result
    if wrong := tuple(_wrong(quote)):
        return Outcome(Conclusion.ATTESTATION_FAILED, "; ".join(wrong), FORENSICS)
    if result.verdict is Verdict.MISMATCH:
        unarmed = result.compliance is RegisterOutcome.MISMATCH and len(result.reasons) == 1
        failed = Conclusion.BOOT_CHAIN if unarmed else Conclusion.ATTESTATION_FAILED
        return Outcome(failed, "; ".join(result.reasons), FORENSICS)
    if result.verdict is not Verdict.VERIFIED:
        return short_of(case, quote)
    if quote.binding is Binding.TWICE:
        return Outcome(Conclusion.INCOMPLETE, "it is quoted for two parts of one box", _RELAYED)
    genuine = f"{result.pid} {result.serial} booted only what is published"
    if not quote.is_attesting:
        genuine += "; the inventory does not say that this is the box, so nothing is attested"
    return _contradicted(case, quote) or Outcome(Conclusion.VERIFIED, genuine)


def _contradicted(case: Case, quote: JudgedQuote) -> Outcome | None:
    """Say whether the box claims to run another release than its hardware measured."""
    quoted = quote.claim.quoted.measurements
    measured = case.platform.parse_release(quoted.os_version) if quoted else None
    for image in case.images:
        if (image.subject, image.role) != (quote.subject, ImageRole.RUNNING):
            continue
        said = case.release_of(image)
        order = Order.SAME if said is None or measured is None else measured.compared_to(said)
        if said is not None and measured is not None and order is not Order.SAME:
            return Outcome(
                Conclusion.INCOMPLETE
                if order is Order.INCOMPARABLE
                else Conclusion.ATTESTATION_FAILED,
                f"the box says it runs {said.text}, and its hardware measured {measured.text}",
                FORENSICS,
            )
    return None


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
