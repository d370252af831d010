"""By whose word the images of a fleet were judged."""

from dataclasses import replace

from netintegrity.assess.appraise import appraise
from netintegrity.assess.rules.image import image_matches_manifest
from netintegrity.model.claims import DeviceClaims, ImageRole
from netintegrity.model.run import DeviceResult, ManifestOutcome, RunReport
from netintegrity.report._coverage import coverage_line, coverage_of
from tests.builders import BAD, GOOD, case, claims, image, reference, references
from tests.unit.report.reports import report

VENDOR = ManifestOutcome(id="m1", filename="m1", format_id="toy", vendor_signed=True)
OWNER = replace(VENDOR, vendor_signed=False)


def device(told: DeviceClaims) -> DeviceResult:
    subject = case(claims=told, references=references(reference(digests=frozenset({GOOD}))))
    return DeviceResult(
        evidence=subject.evidence,
        claims=told,
        appraisal=appraise(subject, [image_matches_manifest]),
        platform_id="toy",
    )


def counted(manifest: ManifestOutcome, *results: DeviceResult) -> tuple[int, int, int]:
    run: RunReport = replace(report(), manifests=(manifest,), results=results)
    (found,) = coverage_of(run)
    assert found.devices == len(results)
    return found.vendor_signed, found.owner_signed, found.no_reference


def test_a_device_stands_on_the_word_of_whoever_signed_the_list() -> None:
    assert counted(VENDOR, device(claims())) == (1, 0, 0)
    assert counted(OWNER, device(claims())) == (0, 1, 0)


def test_one_image_nobody_lists_leaves_the_device_without_a_reference() -> None:
    other = image(
        ImageRole.BOOT_NEXT, path="flash:other.bin", digests=frozenset({BAD}), release=None
    )
    unlisted = claims(images=(image(), other), running_release=None)
    assert counted(VENDOR, device(unlisted), device(claims())) == (1, 0, 1)


def test_a_device_of_which_nothing_could_be_read_stands_on_nobodys_word() -> None:
    assert counted(VENDOR, device(claims(images=()))) == (0, 0, 1)


def test_the_sum_is_told_in_one_line_and_of_nothing_nothing() -> None:
    run = replace(report(), manifests=(OWNER,), results=(device(claims()),))
    assert coverage_line(run) == (
        "judged by whose lists: the vendor's 0 of 1, the owner's 1, nobody's 0"
    )
    assert coverage_line(replace(run, results=())) == ""
