"""Two runs around a change window; a test spoils one thing of them."""

from dataclasses import replace
from datetime import timedelta

from netintegrity.assess.compare import ComparedDevice, Comparison, compare
from netintegrity.assess.plan import Plan, PlannedChange, Window
from netintegrity.model.assurance import Assurance
from netintegrity.model.claims import BootClaim, DeviceClaims, ImageClaim, ImageRole, Source
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.release import Release
from netintegrity.model.run import DeviceResult, RunReport
from netintegrity.model.subject import Identity, Subject, SubjectKind
from tests.builders import CHASSIS, image
from tests.unit.report.reports import OWN_WORD, STARTED, report, result

OLD = Release("17.09.01", "iosxe", (17, 9, 1, 0))
NEW = Release("17.09.04a", "iosxe", (17, 9, 4, 1))
OTHER = Release("17.12.01", "iosxe", (17, 12, 1, 0))
MEMBERS = tuple(Subject(SubjectKind.MEMBER, n) for n in "12")
LATER = STARTED + timedelta(hours=6)
WINDOW = Window(STARTED + timedelta(hours=1), STARTED + timedelta(hours=5))


def read_release(_: str, text: str) -> Release | None:
    # 17.9.4a, as the IOS process writes it, is the release 17.09.04a of the boxes.
    known = {r.text: r for r in (OLD, NEW, OTHER)} | {"17.9.4a": NEW}
    return known.get(text)


def file_of(release: Release) -> str:
    return f"image.{release.text}.bin"


def digest_of(release: Release) -> Digest:
    return Digest(DigestAlgorithm.SHA512, bytes([release.key[-1], *release.key[:3]]) * 16)


def boots(subject: Subject, release: Release, role: ImageRole) -> ImageClaim:
    return image(
        role,
        subject=subject,
        path=f"flash:{file_of(release)}",
        release=release,
        digests=frozenset({digest_of(release)}),
    )


def said(
    release: Release,
    *,
    subjects: tuple[Subject, ...] = (CHASSIS,),
    behind: tuple[Subject, ...] = (),
    boots_behind: tuple[Subject, ...] = (),
    **changes: object,
) -> DeviceClaims:
    """What a box of ``subjects`` tells; those ``behind`` still run the old release."""
    images: list[ImageClaim] = []
    boot: list[BootClaim] = []
    for subject in subjects:
        runs = OLD if subject in behind else release
        follows = OLD if subject in (*behind, *boots_behind) else release
        images += [
            boots(subject, runs, ImageRole.RUNNING),
            boots(subject, follows, ImageRole.BOOT_NEXT),
        ]
        boot.append(
            BootClaim(
                subject=subject,
                source=Source("boot", 1),
                entries=(f"flash:{file_of(follows)}",),
                config_register=0x102,
                loader_release="17.1r",
            )
        )
    plain = DeviceClaims(
        running_release=release,
        other_releases=(("iosd", release.text),),
        identities=tuple(Identity(subject=s, serial=f"S{s.id}", pid="P") for s in subjects),
        images=tuple(images),
        boots=tuple(boot),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def box(
    claims: DeviceClaims,
    *conclusions: Conclusion,
    name: str = "r1",
    assurance: Assurance = OWN_WORD,
    later: bool = False,
    **of_evidence: object,
) -> DeviceResult:
    judged = result(name, *conclusions, said=claims, assurance=assurance, **of_evidence)  # type: ignore[arg-type]
    if not later:
        return judged
    return replace(judged, evidence=replace(judged.evidence, collected_at=LATER))


def run(*results: DeviceResult, later: bool = False) -> RunReport:
    if not later:
        return report(*results)
    moved = [replace(r, evidence=replace(r.evidence, collected_at=LATER)) for r in results]
    return report(*moved, run_id="later", started_at=LATER, finished_at=LATER, at=LATER)


def change(*devices: str, subjects: tuple[Subject, ...] | None = None) -> PlannedChange:
    return PlannedChange(
        devices=devices or ("r1",),
        from_release=OLD.text,
        to_release="17.9.4a",
        subjects=subjects,
    )


def planned(*changes: PlannedChange, window: Window = WINDOW) -> Plan:
    return Plan(window=window, ticket="CHG1", changes=changes or (change(),))


def compared(
    before: DeviceClaims | DeviceResult,
    after: DeviceClaims | DeviceResult,
    plan: Plan | None = None,
) -> Comparison:
    old, new = (box(side) if isinstance(side, DeviceClaims) else side for side in (before, after))
    return compare(run(old), run(new, later=True), plan, releases=read_release)


def only(comparison: Comparison) -> ComparedDevice:
    (device,) = comparison.devices
    return device


def unplanned(comparison: Comparison) -> list[str]:
    """Say what was not planned, of all devices."""
    return [
        *(str(c.topic) for d in comparison.devices for c in d.changes if not c.planned),
        *(f"{u.subject}: {u.message}" for d in comparison.devices for u in d.undone),
    ]
