"""Excused is not verified, and only what a waiver names to the byte is excused."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from netintegrity.assess._spec import Case
from netintegrity.assess.appraise import appraise
from netintegrity.assess.rules.image import image_matches_manifest
from netintegrity.assess.status import exit_status
from netintegrity.assess.waiving import WAIVABLE, waivers_for
from netintegrity.model.claims import Gap, ImageRole
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.evidence import CollectionFailure, FailureKind
from netintegrity.model.finding import Appraisal
from netintegrity.model.verdict import Verdict
from netintegrity.model.waiver import Waiver
from tests.builders import AT, BAD, GOOD, MEMBER_2, both, case, claims, evidence, image
from tests.unit.waivers.signing import DAY, waiver

BAD_MD5 = Digest(DigestAlgorithm.MD5, b"\x02" * 16)
PATCHED = claims(images=both(digests=frozenset({BAD})))


def judged(subject: Case, *waivers: Waiver, days: int = 1) -> tuple[Appraisal, tuple[Waiver, ...]]:
    appraisal = appraise(subject, [image_matches_manifest])
    given = waivers_for(subject.evidence, subject.claims, appraisal, waivers, at=AT + days * DAY)
    return appraisal, given


def test_a_waived_device_keeps_its_verdict_and_its_conclusion() -> None:
    appraisal, given = judged(case(claims=PATCHED), waiver())
    assert given == (waiver(),)
    assert appraisal.verdict is Verdict.MISMATCH
    assert appraisal.conclusions == (Conclusion.PATCHED,)


@pytest.mark.parametrize(
    "changes",
    [
        {"device": "r2"},
        {"device": "R1"},
        {"subject": MEMBER_2},
        {"digest": GOOD},
        {"digest": BAD_MD5},
        {"issued_at": AT + 2 * DAY},
        {"expires_at": AT + DAY},
    ],
)
def test_a_waiver_of_something_else_excuses_nothing(changes: dict[str, object]) -> None:
    assert judged(case(claims=PATCHED), waiver(**changes))[1] == ()


def test_a_weak_digest_excuses_no_image_of_which_a_stronger_one_is_known() -> None:
    known = claims(images=both(digests=frozenset({BAD, BAD_MD5})))
    assert judged(case(claims=known), waiver(digest=BAD_MD5))[1] == ()
    assert judged(case(claims=known), waiver(digest=BAD))[1] == (waiver(digest=BAD),)


def test_every_image_that_is_objected_to_needs_a_waiver_of_its_own() -> None:
    other = Digest(DigestAlgorithm.SHA512, b"\x03" * 64)
    images = (
        image(ImageRole.RUNNING, digests=frozenset({BAD})),
        image(ImageRole.BOOT_NEXT, digests=frozenset({other})),
    )
    subject = case(claims=claims(images=images))
    assert judged(subject, waiver())[1] == ()
    both_named = (waiver(), waiver(digest=other))
    assert judged(subject, *both_named)[1] == both_named


def test_what_could_not_be_seen_is_not_excused_by_any_digest() -> None:
    gap = replace(PATCHED, gaps=(Gap(probe_id="hash", reason="cut off"),))
    assert judged(case(claims=gap), waiver())[1] == ()
    failed = evidence(failure=CollectionFailure(kind=FailureKind.TIMEOUT, detail="late"))
    assert judged(case(claims=PATCHED, evidence=failed), waiver())[1] == ()


def test_a_verified_device_needs_no_waiver_and_uses_none() -> None:
    assert judged(case(), waiver(digest=GOOD))[1] == ()


@pytest.mark.parametrize(
    "conclusion",
    [
        Conclusion.CONTRADICTORY,
        Conclusion.ATTESTATION_FAILED,
        Conclusion.HOST_KEY_CHANGED,
        Conclusion.BOOT_CHAIN,
        Conclusion.INCOMPLETE,
        Conclusion.INSUFFICIENT_ASSURANCE,
        Conclusion.UNSUPPORTED,
        Conclusion.UNREACHABLE,
    ],
)
def test_what_is_no_matter_of_the_bytes_of_an_image_cannot_be_waived(
    conclusion: Conclusion,
) -> None:
    assert conclusion not in WAIVABLE
    appraisal, _ = judged(case(claims=PATCHED))
    finding = appraisal.findings[0]
    worse = replace(
        appraisal,
        conclusions=(conclusion,),
        findings=(
            replace(finding, observation=replace(finding.observation, conclusion=conclusion)),
        ),
    )
    assert waivers_for(evidence(), PATCHED, worse, [waiver()], at=AT + DAY) == ()


def test_a_finding_about_a_part_as_a_whole_cannot_be_waived() -> None:
    appraisal, _ = judged(case(claims=PATCHED))
    finding = appraisal.findings[0]
    whole = replace(finding, observation=replace(finding.observation, image=None, role=None))
    seen = replace(appraisal, findings=(whole,))
    assert waivers_for(evidence(), PATCHED, seen, [waiver()], at=AT + DAY) == ()


def statuses(*waived: bool) -> Iterable[Appraisal]:
    """The devices a run's status is made of: those that are not waived."""
    verified, _ = judged(case())
    patched, _ = judged(case(claims=PATCHED))
    return [verified, *(patched for is_waived in waived if not is_waived)]


def test_a_waived_device_does_not_set_the_status_and_another_one_does() -> None:
    assert exit_status(statuses(True)) == 0
    assert exit_status(statuses(True, False)) == 1


def test_where_all_are_waived_nothing_was_verified() -> None:
    assert exit_status([]) == 3


def test_a_rejected_file_of_waivers_says_so_in_the_status() -> None:
    verified, _ = judged(case())
    assert exit_status([verified], rejected=1) == 4
