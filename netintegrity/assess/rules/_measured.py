"""The values in a quote: which published files they are, and what it means if they are none."""

from collections.abc import Iterator
from dataclasses import dataclass

from netintegrity.assess._spec import Case
from netintegrity.assess.rules._quotes import JudgedQuote
from netintegrity.model.attestation import BootStage, JudgedValue, ReferenceOutcome
from netintegrity.model.claims import ImageClaim
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.digest import Measurement, MeasurementKind
from netintegrity.model.reference import ReferenceImage, ReferenceKind

FORENSICS = (
    "do not reboot: isolate the box, save its volatile state, and compare boot loader and image "
    "with the vendor's"
)
_LISTS = "import the newest Known Good Values; a boot loader that none lists stays unknown"
_AGAIN = "collect again; where a quote can never be whole, the policy may omit NI-501"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is concluded of a quote as a whole."""

    conclusion: Conclusion
    message: str
    next_step: str = ""


def short_of(case: Case, quote: JudgedQuote) -> Outcome:
    """Say why a quote in which nothing is wrong is not verified."""
    counting = quote.references
    unlisted = {
        value: _known_anywhere(case, value)
        for value in quote.result.measurements
        if value.measured
        and not value.placeholder
        and value.reference is not ReferenceOutcome.VERIFIED
    }
    for value, known in unlisted.items():
        if not known and _should_be_listed(case, quote, value):
            message = (
                f"{value.quoted.name} was measured at boot, and nothing published as "
                f"{value.quoted.version} for this hardware has that value"
            )
            return Outcome(Conclusion.ATTESTATION_FAILED, message, FORENSICS)
    for value, known in unlisted.items():
        if any(r.withdrawn for r in known):
            message = f"{value.quoted.name} is genuine, and its vendor took it back"
            return Outcome(Conclusion.WITHDRAWN, message, "move to a release its vendor stands by")
    reason = next(iter(quote.result.reasons), "the quote proves too little")
    if not unlisted:
        return Outcome(Conclusion.INCOMPLETE, reason, _AGAIN)
    current = counting.manifest_ids
    stale = any(r.manifest_id not in current for known in unlisted.values() for r in known)
    word = Conclusion.STALE_REFERENCE if stale else Conclusion.UNKNOWN_IMAGE
    return Outcome(word, reason, _LISTS)


def _known_anywhere(case: Case, value: JudgedValue) -> tuple[ReferenceImage, ...]:
    """Return what has this value in any verified list, however old, for this platform."""
    return tuple(
        r
        for r in case.references.with_measurement(_measurement(value))
        if r.kind in value.quoted.stage.published_as and r.is_for(case.platform.id)
    )


def _measurement(value: JudgedValue) -> Measurement:
    return Measurement(MeasurementKind.BIV_HASH, value.quoted.value)


def _should_be_listed(case: Case, quote: JudgedQuote, value: JudgedValue) -> bool:
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
    return bool(quote.references.listed(case.platform.id, release, kind, wanted))


def measured_as(case: Case, quote: JudgedQuote, image: ImageClaim) -> Iterator[ReferenceImage]:
    """Yield the published files that are this running one, and that the hardware measured.

    A file is the same one by its published name, or by a digest that stands beside the measurement.
    """
    kind, release = image.kind.published_as, case.release_of(image)
    counting = quote.references
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
