"""Is a measured value one that the vendor published, for this part of this box?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from netintegrity.model.assurance import Caveat
from netintegrity.model.attestation import (
    BootStage,
    JudgedValue,
    QuotedMeasurements,
    QuotedValue,
    ReferenceOutcome,
)
from netintegrity.model.digest import Measurement, MeasurementKind
from netintegrity.model.reference import ReferenceImage
from netintegrity.model.release import Release
from netintegrity.trust.attestation._spec import Grounds
from netintegrity.trust.attestation.pcr import is_placeholder

_PLATFORM: Final = "cisco_iosxe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """All values of a quote, looked up."""

    values: tuple[JudgedValue, ...]
    caveats: frozenset[Caveat]
    contradicted: tuple[str, ...] = ()
    """Genuine values of another release than the box says it runs."""
    doubts: tuple[str, ...] = ()
    """Why not every measured value counts as genuine."""


def look_up(
    quoted: QuotedMeasurements,
    grounds: Grounds,
    *,
    pids: Iterable[str],
    boot_measured: bool,
    os_measured: int,
) -> Looked:
    """Return what the references say of every value.

    Args:
        quoted: the values, and what the box says it runs.
        grounds: references; those that expired vouch for nothing.
        pids: what is known of the hardware: of the certificate, and as printed.
        boot_measured: whether the boot stages are in PCR0.
        os_measured: how many of the system's values are in PCR8.
    """
    wanted = tuple(p for p in pids if p)
    said = grounds.releases(_PLATFORM, quoted.os_version)
    judged: list[JudgedValue] = []
    contradicted: list[str] = []
    doubts: list[str] = []
    caveats: set[Caveat] = set()
    rows = [(value, boot_measured) for value in quoted.boot]
    rows += [(value, index < os_measured) for index, value in enumerate(quoted.os)]
    for value, measured in rows:
        placeholder = is_placeholder(value)
        matches = () if placeholder else _matches(value, grounds, wanted)
        fitting = _of_release(matches, said) if value.stage is BootStage.OS else matches
        best = next(iter(fitting or matches), None)
        judged.append(_judged(value, best, grounds, measured=measured, placeholder=placeholder))
        if placeholder:
            caveats.add(Caveat.PLACEHOLDER)
        if not measured:
            caveats.add(Caveat.NOT_MEASURED)
            continue
        if best is not None and grounds.references is not None:
            caveats |= grounds.references.provenance_of(best).caveats(at=grounds.at)
        if best is None:
            doubts.append(_doubt(value, grounds, placeholder=placeholder))
        elif not fitting and said is None:
            doubts.append(f"the box names no release to compare {_called(best)} with")
        elif not fitting:
            contradicted.append(
                f"{value.name} is of {_called(best)}, and the box says {quoted.os_version}"
            )
    return Looked(
        values=tuple(judged),
        caveats=frozenset(caveats),
        contradicted=tuple(contradicted),
        doubts=tuple(doubts),
    )


def _matches(
    value: QuotedValue, grounds: Grounds, pids: tuple[str, ...]
) -> tuple[ReferenceImage, ...]:
    """Return the published values that are equal, of this stage, and for this hardware."""
    references = grounds.references
    if references is None or not value.value:
        return ()
    current = references.current_ids(at=grounds.at, max_age=None)
    return tuple(
        image
        for image in references.with_measurement(Measurement(MeasurementKind.BIV_HASH, value.value))
        if image.kind in value.stage.published_as
        and image.manifest_id in current
        and not image.withdrawn
        and image.is_for(_PLATFORM)
        and (image.hardware is None or image.names_hardware(pids))
    )


def _of_release(
    matches: tuple[ReferenceImage, ...], said: Release | None
) -> tuple[ReferenceImage, ...]:
    """Return those of the release the box says; a list that states none speaks against none."""
    return tuple(m for m in matches if m.release is None or (said is not None and m.is_of(said)))


def _judged(
    value: QuotedValue,
    best: ReferenceImage | None,
    grounds: Grounds,
    *,
    measured: bool,
    placeholder: bool,
) -> JudgedValue:
    if grounds.references is None:
        outcome = ReferenceOutcome.ABSENT
    else:
        outcome = ReferenceOutcome.UNKNOWN if best is None else ReferenceOutcome.VERIFIED
    return JudgedValue(
        quoted=value,
        measured=measured,
        placeholder=placeholder,
        reference=outcome,
        manifest=None if best is None else best.manifest_id,
        release=None if best is None else _called(best),
    )


def _called(image: ReferenceImage) -> str:
    """Return what the list calls it; boot loaders are listed under their version."""
    return image.filename if image.release is None else image.release.text


def _doubt(value: QuotedValue, grounds: Grounds, *, placeholder: bool) -> str:
    if placeholder:
        return f"{value.name} is a placeholder, not a measurement"
    if grounds.references is None:
        return f"{value.name} was compared with nothing: no manifest was given"
    return f"{value.name} is in no verified manifest, for this part of this hardware"
