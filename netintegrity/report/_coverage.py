"""By whose word the images of a fleet were judged, platform by platform."""

from collections.abc import Iterator
from dataclasses import dataclass

from netintegrity.model.claims import ImageRole
from netintegrity.model.finding import Proposition
from netintegrity.model.run import DeviceResult, RunReport

_JUDGED = frozenset({ImageRole.RUNNING, ImageRole.BOOT_NEXT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many devices of one platform stand on whose word; each is counted once."""

    platform: str
    devices: int
    vendor_signed: int
    """Every image that runs or boots next was compared with a list its vendor signed."""
    owner_signed: int
    """With a signed list too, and for at least one image it is the owner's."""
    no_reference: int
    """For at least one image no signed list said anything, or nothing could be read."""


def coverage_of(report: RunReport) -> tuple[Coverage, ...]:
    """Return the coverage of each platform in the report, by id."""
    vendors = {m.id for m in report.manifests if m.vendor_signed and m.reason is None}
    by_platform: dict[str, list[str]] = {}
    for result in report.results:
        by_platform.setdefault(result.platform_id, []).append(_whose(result, vendors))
    return tuple(
        Coverage(
            platform=platform,
            devices=len(whose),
            vendor_signed=whose.count("vendor"),
            owner_signed=whose.count("owner"),
            no_reference=whose.count("nobody"),
        )
        for platform, whose in sorted(by_platform.items())
    )


def _whose(result: DeviceResult, vendors: set[str]) -> str:
    cited = list(_cited(result))
    if not cited or not all(cited):
        return "nobody"
    # Where a vendor's list and an owner's say the same, the vendor's is the one that counts.
    return "vendor" if all(ids & vendors for ids in cited) else "owner"


def _cited(result: DeviceResult) -> Iterator[frozenset[str]]:
    """Yield, image by image, the lists on which its judgement rests; none: an empty set."""
    said: dict[tuple[object, ...], set[str]] = {}
    for finding in result.appraisal.findings:
        about = finding.observation
        if finding.proposition is Proposition.AUTHENTIC and about.role in _JUDGED:
            said.setdefault((about.subject, about.image, about.role), set()).update(
                about.manifest_ids
            )
    yield from (frozenset(ids) for ids in said.values())


def coverage_document(report: RunReport) -> list[dict[str, object]]:
    """Return it as every document has it."""
    return [
        {
            "platform": c.platform,
            "devices": c.devices,
            "vendor_signed": c.vendor_signed,
            "owner_signed": c.owner_signed,
            "no_reference": c.no_reference,
        }
        for c in coverage_of(report)
    ]


def coverage_line(report: RunReport) -> str:
    """Return the sum over all platforms in a sentence; empty without a device."""
    rows = coverage_of(report)
    total = sum(c.devices for c in rows)
    if not total:
        return ""
    vendor, owner = sum(c.vendor_signed for c in rows), sum(c.owner_signed for c in rows)
    return (
        f"judged by whose lists: the vendor's {vendor} of {total}, the owner's {owner}, nobody's "
        f"{total - vendor - owner}"
    )
