"""What a change plan demands, part by part, and what it can never permit."""

from dataclasses import replace
from datetime import timedelta

import pytest

from netintegrity.assess.appraise import appraise
from netintegrity.assess.plan import Announced, Phase, Plan, PlannedChange, Window
from netintegrity.assess.policy import Policy
from netintegrity.assess.rules.image import image_matches_manifest
from netintegrity.assess.rules.release import release_was_never_higher
from netintegrity.assess.rules.window import release_is_as_announced
from netintegrity.model.claims import ImageClaim, ImageRole
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.finding import Appraisal
from netintegrity.model.memory import Floor, Memory
from netintegrity.model.release import Release
from netintegrity.model.subject import Identity, Subject, SubjectKind
from tests.builders import AT, CHASSIS, NEWER, PLATFORM, RELEASE, case, claims, evidence, image

HOUR = timedelta(hours=1)
WINDOW = Window(AT - HOUR, AT + HOUR)
OLDER = Release("17.06.01", "iosxe", (17, 6, 1, 0))
FOREIGN = Release("9.9", "other", (9, 9))
READ = {r.text: r for r in (OLDER, RELEASE, NEWER, FOREIGN)}
READER = replace(PLATFORM, parse_release=READ.get)
MEMBER_1, MEMBER_2 = (Subject(SubjectKind.MEMBER, n) for n in "12")
RULES = (image_matches_manifest, release_is_as_announced)


def runs(release: Release | None, *, subject: Subject = CHASSIS) -> ImageClaim:
    return image(ImageRole.RUNNING, release=release, subject=subject)


def boots(release: Release | None, *, subject: Subject = CHASSIS) -> ImageClaim:
    return image(ImageRole.BOOT_NEXT, release=release, subject=subject)


def plan(
    *, subjects: tuple[Subject, ...] | None = None, to: str = NEWER.text, name: str = "r1"
) -> Plan:
    change = PlannedChange(
        devices=(name,), from_release=RELEASE.text, to_release=to, subjects=subjects
    )
    return Plan(window=WINDOW, changes=(change,))


def judged(
    *images: ImageClaim,
    phase: Phase | None = None,
    announced: Plan | None = None,
    **changes: object,
) -> Appraisal:
    subject = case(
        platform=READER,
        claims=claims(
            images=images,
            running_release=None,
            identities=tuple(
                Identity(subject=s, serial="S", pid="P") for s in {i.subject for i in images}
            ),
        ),
        policy=Policy(demanded_rules=frozenset({"NI-101", "NI-202", "NI-304"})),
        announced=Announced(plan=announced or plan(), phase=phase),
        **changes,
    )
    return appraise(subject, RULES)


def said(appraisal: Appraisal) -> list[tuple[str, str]]:
    """What NI-304 concludes of each image."""
    return [
        (str(f.observation.role), f.observation.conclusion.value)
        for f in appraisal.findings
        if f.rule_id == "NI-304"
    ]


RIGHT = "verified"
WRONG = "software-unapproved"
OLD = "downgraded"


@pytest.mark.parametrize(
    ("phase", "at", "running", "booting", "expected"),
    [
        (Phase.PRE, AT, RELEASE, RELEASE, (RIGHT, RIGHT)),
        (Phase.PRE, AT, RELEASE, NEWER, (RIGHT, RIGHT)),
        (Phase.PRE, AT, NEWER, NEWER, (WRONG, RIGHT)),
        (Phase.PRE, AT, OLDER, OLDER, (OLD, OLD)),
        (Phase.POST, AT, NEWER, NEWER, (RIGHT, RIGHT)),
        (Phase.POST, AT, RELEASE, RELEASE, (OLD, OLD)),
        (Phase.POST, AT, NEWER, RELEASE, (RIGHT, OLD)),
        (Phase.POST, AT, FOREIGN, FOREIGN, (WRONG, WRONG)),
        (None, AT, RELEASE, RELEASE, (RIGHT, RIGHT)),
        (None, AT, NEWER, RELEASE, (RIGHT, RIGHT)),
        (None, AT, OLDER, NEWER, (OLD, RIGHT)),
        (None, AT - 2 * HOUR, NEWER, NEWER, (WRONG, RIGHT)),
        (None, AT + 2 * HOUR, RELEASE, NEWER, (OLD, RIGHT)),
    ],
)
def test_before_within_and_after_the_window(
    phase: Phase | None,
    at: object,
    running: Release,
    booting: Release,
    expected: tuple[str, str],
) -> None:
    appraisal = judged(runs(running), boots(booting), phase=phase, at=at)
    assert said(appraisal) == list(zip(("running", "boot-next"), expected, strict=True))


def test_a_half_done_stack_is_named_member_by_member() -> None:
    images = [
        claim
        for subject, release in ((MEMBER_1, NEWER), (MEMBER_2, RELEASE))
        for claim in (runs(release, subject=subject), boots(release, subject=subject))
    ]
    appraisal = judged(*images, phase=Phase.POST)
    wrong = {
        str(f.observation.subject)
        for f in appraisal.findings
        if f.rule_id == "NI-304" and f.observation.conclusion is not Conclusion.VERIFIED
    }
    assert wrong == {"member 2"}


def test_a_part_of_the_plan_that_the_box_does_not_show_leaves_it_incomplete() -> None:
    standby = Subject(SubjectKind.SUPERVISOR, "2")
    appraisal = judged(
        runs(NEWER), boots(NEWER), phase=Phase.POST, announced=plan(subjects=(CHASSIS, standby))
    )
    assert said(appraisal)[-1] == ("None", "incomplete")
    assert Conclusion.INCOMPLETE in appraisal.conclusions


def test_a_release_nobody_can_read_is_no_success() -> None:
    nameless = replace(runs(None), digests=frozenset())
    untold = judged(nameless, boots(NEWER), phase=Phase.POST)
    assert said(untold) == [("running", "incomplete"), ("boot-next", RIGHT)]
    unread = judged(runs(NEWER), boots(NEWER), phase=Phase.POST, announced=plan(to="17.x"))
    assert said(unread) == [("running", "incomplete"), ("boot-next", "incomplete")]


def test_a_device_outside_the_plan_is_judged_as_ever_and_the_rule_is_listed_as_left_out() -> None:
    appraisal = judged(runs(RELEASE), boots(RELEASE), announced=plan(name="r2"))
    assert said(appraisal) == []
    assert "NI-304" in appraisal.not_demanded


def test_without_a_plan_the_rule_is_left_out() -> None:
    appraisal = appraise(case(policy=Policy(demanded_rules=frozenset({"NI-101", "NI-304"}))), RULES)
    assert appraisal.not_demanded == ("NI-304",)
    assert appraisal.conclusions == (Conclusion.VERIFIED,)


def test_a_plan_does_not_permit_what_memory_forbids() -> None:
    subject = case(
        platform=READER,
        claims=claims(images=(runs(OLDER), boots(OLDER)), running_release=None),
        policy=Policy(demanded_rules=frozenset({"NI-202", "NI-304"})),
        memory=Memory(first_seen=AT, floors=(Floor(subject=CHASSIS, release=RELEASE),)),
        announced=Announced(plan=plan(to=OLDER.text), phase=Phase.POST),
    )
    appraisal = appraise(subject, [release_was_never_higher, release_is_as_announced])
    assert said(appraisal) == [("running", RIGHT), ("boot-next", RIGHT)]
    assert appraisal.conclusions[0] is Conclusion.DOWNGRADED


def test_the_plan_never_clears_bytes_that_no_list_has() -> None:
    appraisal = judged(runs(NEWER), boots(NEWER), phase=Phase.POST)
    assert Conclusion.VERIFIED not in appraisal.conclusions


def test_what_the_inventory_expects_is_asked_as_ever() -> None:
    expected = (Identity(subject=MEMBER_2, serial="X", pid="P"),)
    device = replace(evidence().device, expected=expected)
    appraisal = judged(
        runs(NEWER), boots(NEWER), phase=Phase.POST, evidence=evidence(device=device)
    )
    assert Conclusion.INCOMPLETE in appraisal.conclusions
