"""The values in a quote: which published files they are, and what it means if they are none."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netintegrity.assess._spec import Case
from netintegrity.assess.rules._quotes import JudgedQuote, measurement_of
from netintegrity.model.attestation import BootStage, JudgedValue, ReferenceOutcome
from netintegrity.model.claims import ImageClaim
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.reference import ReferenceImage, ReferenceKind

if TYPE_CHECKING:
    from netintegrity.model.digest import Measurement

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
    unlisted = [
        value
        for value in quote.result.measurements
        if value.measured
        and not value.placeholder
        and value.reference is not ReferenceOutcome.VERIFIED
    ]
    known = _known_anywhere(case, unlisted)
    kinds = _listed_kinds(case, quote)
    for value in unlisted:
        if not known[value] and _kind_of(value, quote) in kinds:
            message = (
                f"{value.quoted.name} was measured at boot, and nothing published as "
                f"{value.quoted.version} for this hardware has that value"
            )
            return Outcome(Conclusion.ATTESTATION_FAILED, message, FORENSICS)
    for value in unlisted:
        if any(r.withdrawn for r in known[value]):
            message = f"{value.quoted.name} is genuine, and its vendor took it back"
            return Outcome(Conclusion.WITHDRAWN, message, "move to a release its vendor stands by")
    reason = next(iter(quote.result.reasons), "the quote proves too little")
    if not unlisted:
        return Outcome(Conclusion.INCOMPLETE, reason, _AGAIN)
    current = quote.references.manifest_ids
    stale = any(r.manifest_id not in current for found in known.values() for r in found)
    word = Conclusion.STALE_REFERENCE if stale else Conclusion.UNKNOWN_IMAGE
    return Outcome(word, reason, _LISTS)


def _known_anywhere(
    case: Case, values: Iterable[JudgedValue]
) -> dict[JudgedValue, tuple[ReferenceImage, ...]]:
    """Return, for each value, what has it in any verified list for this platform, however old."""
    by_value: dict[Measurement, list[ReferenceImage]] = {}
    wanted = {value: measurement_of(value.quoted) for value in values}
    measured = frozenset(wanted.values())
    for reference in case.references.images:
        for measurement in reference.measurements & measured:
            if reference.is_for(case.platform.id):
                by_value.setdefault(measurement, []).append(reference)
    return {
        value: tuple(
            r for r in by_value.get(measurement, ()) if r.kind in value.quoted.stage.published_as
        )
        for value, measurement in wanted.items()
    }


def _listed_kinds(case: Case, quote: JudgedQuote) -> frozenset[ReferenceKind]:
    """Return the kinds of files of which a list has values of this release, for this very hardware.

    A value of such a kind that is not among them is not genuine, whatever it is called: nothing
    signs the names. Boot loaders are left out, for of them no list is ever whole.
    """
    quoted = quote.claim.quoted.measurements
    release = case.platform.parse_release(quoted.os_version) if quoted else None
    pids = tuple(p for p in (quote.result.pid, *case.claims.pids_of(quote.subject)) if p)
    if release is None:
        return frozenset()
    current = quote.references.manifest_ids
    return frozenset(
        kind
        for kind in (ReferenceKind.IMAGE, ReferenceKind.PACKAGE)
        if any(
            r.measurements and r.manifest_id in current
            for r in case.references.listed(case.platform.id, release, kind, pids)
        )
    )


def _kind_of(value: JudgedValue, quote: JudgedQuote) -> ReferenceKind | None:
    """Return what kind of file of the system was measured; None: it is of an earlier stage."""
    quoted = quote.claim.quoted.measurements
    if value.quoted.stage is not BootStage.OS or quoted is None:
        return None
    alone = len(quoted.os) == 1 or value.quoted.name.endswith(".bin")
    return ReferenceKind.IMAGE if alone else ReferenceKind.PACKAGE


def measured_as(case: Case, quote: JudgedQuote, image: ImageClaim) -> Iterator[ReferenceImage]:
    """Yield the published files that are this running one, and that the hardware measured.

    A file is the same one by its published name, or by a digest that stands beside the measurement.
    """
    kind, release = image.kind.published_as, case.release_of(image)
    for value in quote.result.measurements:
        if not value.measured or value.quoted.stage is not BootStage.OS:
            continue
        for reference in quote.references.with_measurement(measurement_of(value.quoted)):
            same = reference.filename == image.filename or bool(image.digests & reference.digests)
            if (
                same
                and reference.kind is kind
                and reference.is_for(case.platform.id)
                and reference.is_of(release)
                and not reference.withdrawn
            ):
                yield reference
