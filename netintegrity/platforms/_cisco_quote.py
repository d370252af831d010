"""Signed boot measurements of IOS-XE: two generations of commands, text to claims.

``show platform sudi certificate``, ``show platform integrity``; from 17.9 on ``show system
integrity all trust_chain|compliance|measurement``, whose one answer speaks for several subjects.
Reading is strict and total: what does not stand exactly as the box prints it becomes a fault of its
block, and a block with a fault is never verified.

Source: Cisco's description of the commands in "Cisco IOS XE Boot Integrity Visibility"; the layouts
were read from captures of ISR 4000, cBR-8, Catalyst 3650, 3850, 9300 and 9400.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Final, TypeVar

from netintegrity.model.attestation import (
    AttestationClaim,
    BootStage,
    QuotedCertificates,
    QuotedCompliance,
    QuotedMeasurements,
    QuotedValue,
)
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms import _cisco_quote_xr as xr
from netintegrity.platforms._cisco_quote_fields import (
    der_of,
    register_of,
    signature_below,
    value_of,
)
from netintegrity.platforms._cisco_quote_lines import CERTIFICATE, Block, Token, blocks

# The order of lines, one letter each (see _cisco_quote_lines).
_V1_CERTIFICATES: Final = re.compile(r"C+(?:sS)?")
_V2_CERTIFICATES: Final = re.compile(r"N(?:nC)+(?:SvX)?")
# Catalyst 3650 prints the boot loader first.
_V1_MEASUREMENTS: Final = re.compile(r"p(?:aAbB|bBaA)o(?:O|Le+)08(?:sS)?")
_V2_MEASUREMENTS: Final = re.compile(r"NpHe+TvLe+R08(?:SvX)?")
_V2_COMPLIANCE: Final = re.compile(r"NQe+(?:SvX)?")

# In the block of attributes: `register.pcr0.disabled: false`
_ATTRIBUTE: Final = re.compile(r"[a-z][a-z0-9_.]{0,79}")
_ATTRIBUTE_VALUE: Final = re.compile(r"[A-Za-z0-9_.-]{1,80}")
# LOCATION FRU=fru-rp SLOT=0 BAY=0 CHASSIS=-1 NODE=0
_PLACE: Final = re.compile(
    r"FRU=([a-z-]{1,20}) SLOT=(-?[0-9]{1,4}) BAY=(-?[0-9]{1,4}) CHASSIS=(-?[0-9]{1,4}) "
    r"NODE=(-?[0-9]{1,4})"
)
_CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
_SORTS: Final = {
    # What only such a block holds, and the words of a refusal that only its command gives.
    "certificates": (frozenset("Cn"), "SUDI certificate"),
    "measurements": (frozenset("paAbBoOLHTR08"), "integrity data"),
    "compliance": (frozenset("Q"), "compliance"),
}
Quoted = TypeVar("Quoted", QuotedCertificates, QuotedMeasurements, QuotedCompliance)
_OUT_OF_ORDER: Final = "lines are missing, repeated, unknown or out of their order"
_BOOT_NAMES: Final = {BootStage.BOOT0: "Boot 0", BootStage.BOOT_LOADER: "Boot Loader"}


def read_certificates(text: str) -> tuple[QuotedCertificates, ...]:
    """Return every chain in the saved output of a certificate command; none: nothing is there."""
    if xr.looks_like_one(text):
        return xr.read_certificates(text)
    return tuple(_certificates(b) for b in blocks(text) if _is_of(b, "certificates"))


def read_measurements(text: str) -> tuple[QuotedMeasurements, ...]:
    """Return every list of measurements in the saved output of such a command."""
    return tuple(_measurements(b) for b in blocks(text) if _is_of(b, "measurements"))


def read_compliance(text: str) -> tuple[QuotedCompliance, ...]:
    """Return every list of attributes in the saved output of the compliance command."""
    return tuple(_compliance(b) for b in blocks(text) if _is_of(b, "compliance"))


def claims_of(
    certificates: Iterable[QuotedCertificates] = (),
    measurements: Iterable[QuotedMeasurements] = (),
    compliance: Iterable[QuotedCompliance] = (),
) -> tuple[AttestationClaim, ...]:
    """Return one claim for each subject, in the order in which the subjects appear.

    A subject that is quoted twice in one kind has a claim for each quote, and a fault in each:
    which of them it meant cannot be told.
    """
    chains, lists, setups = _by_place(certificates), _by_place(measurements), _by_place(compliance)
    places = tuple(dict.fromkeys((*chains, *lists, *setups)))
    subjects = _subjects(places)
    found: list[AttestationClaim] = []
    for place in places:
        rows = tuple(
            zip_longest(chains.get(place, ()), lists.get(place, ()), setups.get(place, ()))
        )
        found.extend(
            AttestationClaim(
                subject=subjects[place],
                certificates=chain,
                measurements=listed,
                compliance=setup,
                faults=("it is quoted more than once",) if len(rows) > 1 else (),
            )
            for chain, listed, setup in rows
        )
    return tuple(found)


def _by_place(quoted: Iterable[Quoted]) -> dict[str, list[Quoted]]:
    found: dict[str, list[Quoted]] = {}
    for block in quoted:
        found.setdefault(block.place, []).append(block)
    return found


def _subjects(places: Sequence[str]) -> dict[str, Subject]:
    """Name the part of the box that each place is.

    A stack numbers its members in CHASSIS; a box that is none says -1 there, and where it has two
    route processors they differ in SLOT.
    """
    read = {p: m.groups() for p in places if (m := _PLACE.fullmatch(p))}
    alike = Counter(chassis for _, _, _, chassis, _ in read.values())
    named: dict[str, Subject] = {}
    for place in places:
        if place == "":
            named[place] = _CHASSIS
        elif place not in read:
            named[place] = Subject(SubjectKind.NODE, xr.node_of(place))
        else:
            _, slot, _, chassis, _ = read[place]
            alone = alike[chassis] == 1
            if int(chassis) >= 0:
                number = chassis if alone else f"{chassis}/{slot}"
                named[place] = Subject(SubjectKind.MEMBER, number)
            elif alone:
                named[place] = _CHASSIS
            else:
                named[place] = Subject(SubjectKind.SUPERVISOR, slot)
    if len(set(named.values())) < len(named):
        return {p: Subject(SubjectKind.NODE, p) for p in places}
    return named


def _is_of(block: Block, sort: str) -> bool:
    """Say whether a block is of a sort: by what it holds, else by what it refuses.

    What cannot be told (a ``LOCATION`` with nothing below it) is of every sort, and spoils
    whichever is asked for: a part of the box must not drop out of sight.
    """
    letters, _ = _SORTS[sort]
    if any(kind in letters for kind in block.shape):
        return True
    if any(kind in others for others, _ in _SORTS.values() for kind in block.shape):
        return False
    refused_elsewhere = [r for s, (_, r) in _SORTS.items() if s != sort]
    return not any(other in r for other in refused_elsewhere for r in block.refusals)


def _certificates(block: Block) -> QuotedCertificates:
    faults = _refused(block)
    if not faults and not (_fits(_V1_CERTIFICATES, block) or _fits(_V2_CERTIFICATES, block)):
        faults = (_OUT_OF_ORDER,)
    signature, wrong = signature_below(block)
    ders = tuple(der_of(value) for value in block.values(CERTIFICATE))
    if b"" in ders:
        wrong = (*wrong, "a certificate is not whole")
    return QuotedCertificates(
        place=block.place,
        certificates=ders,
        signature=signature,
        faults=(*faults, *wrong),
        line=block.line,
    )


def _measurements(block: Block) -> QuotedMeasurements:
    faults = _refused(block)
    newer = block.place != ""
    if not faults and not _fits(_V2_MEASUREMENTS if newer else _V1_MEASUREMENTS, block):
        faults = (_OUT_OF_ORDER,)
    boot = _boot_entries(block) if newer else _boot_lines(block)
    os_version = block.value("v" if newer else "o")
    entries = _entries_below(block, "L")
    if entries:
        os = tuple(value_of(BootStage.OS, t.label, os_version, t.value) for t in entries)
    else:
        os = tuple(value_of(BootStage.OS, "OS", os_version, v) for v in block.values("O"))
    signature, wrong = signature_below(block)
    pcr0, pcr8 = (register_of(block, kind) for kind in "08")
    unread = [v for v in (*boot, *os) if not v.value]
    wrong = (
        *wrong,
        *(f"the value of {v.name!r} is empty or not whole" for v in unread),
        *(
            f"{name} is empty or not whole"
            for name, register, kind in (("PCR0", pcr0, "0"), ("PCR8", pcr8, "8"))
            if register is None and kind in block.shape
        ),
        *("the version of the system is empty" for _ in range(not os_version)),
    )
    return QuotedMeasurements(
        place=block.place,
        platform=block.value("p"),
        boot=boot,
        os_version=os_version,
        os=os,
        pcr0=pcr0,
        pcr8=pcr8,
        signature=signature,
        faults=(*faults, *wrong),
        line=block.line,
    )


def _boot_lines(block: Block) -> tuple[QuotedValue, ...]:
    """Return boot 0 and boot loader by their labels, whichever was printed first."""
    return tuple(
        value_of(stage, _BOOT_NAMES[stage], block.value(version), value)
        for stage, version, letter in (
            (BootStage.BOOT0, "a", "A"),
            (BootStage.BOOT_LOADER, "b", "B"),
        )
        for value in block.values(letter)
    )


def _boot_entries(block: Block) -> tuple[QuotedValue, ...]:
    """Return the lines below ``Boot Hashes``; the first stage is boot 0."""
    #   MA0081R06.1307262016: 80F5629CB70F2B4ABD89F118BF402A105E82E0A8A0AE5E7CD9E4D21F898CEFF5
    return tuple(
        value_of(stage, _BOOT_NAMES[stage], token.label, token.value)
        for index, token in enumerate(_entries_below(block, "H"))
        for stage in (BootStage.BOOT_LOADER if index else BootStage.BOOT0,)
    )


def _entries_below(block: Block, heading: str) -> tuple[Token, ...]:
    found: list[Token] = []
    below = False
    for token in block.tokens:
        if token.kind == heading:
            below = True
        elif token.kind == "e" and below:
            found.append(token)
        else:
            below = False
    return tuple(found)


def _compliance(block: Block) -> QuotedCompliance:
    faults = _refused(block)
    if not faults and not _fits(_V2_COMPLIANCE, block):
        faults = (_OUT_OF_ORDER,)
    signature, wrong = signature_below(block)
    attributes = tuple((t.label, t.value) for t in _entries_below(block, "Q"))
    if any(
        not (_ATTRIBUTE.fullmatch(name) and _ATTRIBUTE_VALUE.fullmatch(value))
        for name, value in attributes
    ):
        wrong = (*wrong, "an attribute is not of the form `name: value`")
    return QuotedCompliance(
        place=block.place,
        attributes=attributes,
        signature=signature,
        faults=(*faults, *wrong),
        line=block.line,
    )


def _fits(order: re.Pattern[str], block: Block) -> bool:
    return order.fullmatch(block.shape) is not None


def _refused(block: Block) -> tuple[str, ...]:
    """Return what the box would not say: `% Error retrieving integrity data`."""
    return tuple(f"the box answered {refusal!r}" for refusal in block.refusals)
