"""A plan: done on every part and nothing else is 0; anything else is a finding."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.assess.compare import compare
from netintegrity.assess.plan import Plan, PlannedChange, Window
from netintegrity.errors import ConfigError, ExitStatus
from netintegrity.model.assurance import Assurance, AssuranceLevel
from netintegrity.model.claims import DeviceClaims, ImageRole
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.subject import Subject, SubjectKind
from tests.builders import CHASSIS
from tests.unit.compare.test_compare import SIGNED, SMU
from tests.unit.compare.windows import (
    LATER,
    MEMBERS,
    NEW,
    OLD,
    OTHER,
    WINDOW,
    boots,
    box,
    change,
    compared,
    planned,
    read_release,
    run,
    said,
    unplanned,
)
from tests.unit.report.reports import STARTED

STACKED = said(OLD, subjects=MEMBERS)
PLANNED_STACK = planned(change("r*"))


def test_the_target_reached_on_every_part_is_planned_and_nothing_else_is_told() -> None:
    comparison = compared(STACKED, said(NEW, subjects=MEMBERS), PLANNED_STACK)
    assert unplanned(comparison) == []
    assert comparison.status is ExitStatus.VERIFIED
    told = {c.topic.aspect.value for d in comparison.devices for c in d.changes}
    assert told == {
        "running release", "other release", "running image", "running digest",
        "boot-next release", "boot-next image", "boot-next digest", "boot entries",
    }  # fmt: skip


def test_without_a_plan_the_same_upgrade_is_unplanned() -> None:
    comparison = compared(STACKED, said(NEW, subjects=MEMBERS))
    assert len(unplanned(comparison)) == sum(len(d.changes) for d in comparison.devices) > 0
    assert comparison.status is ExitStatus.FINDING


def test_a_stack_done_by_half_is_a_finding() -> None:
    after = said(NEW, subjects=MEMBERS, behind=MEMBERS[1:])
    comparison = compared(STACKED, after, PLANNED_STACK)
    assert unplanned(comparison) == ["member 2: not done: it runs 17.09.01"]
    assert comparison.status is ExitStatus.FINDING


def test_a_standby_that_will_boot_the_old_release_is_a_finding() -> None:
    after = said(NEW, subjects=MEMBERS, boots_behind=MEMBERS[1:])
    comparison = compared(STACKED, after, PLANNED_STACK)
    assert unplanned(comparison) == ["member 2: not done: it will boot flash:image.17.09.01.bin"]


def test_a_device_that_did_not_change_was_not_done() -> None:
    assert unplanned(compared(said(OLD), said(OLD), planned())) == [
        "chassis 1: not done: it runs 17.09.01"
    ]
    assert unplanned(compared(said(NEW), said(NEW), planned())) == [
        "chassis 1: not done: it ran that release before already"
    ]


def test_another_release_than_the_planned_one_is_neither_done_nor_planned() -> None:
    comparison = compared(said(OLD), said(OTHER), planned())
    assert "chassis 1: not done: it runs 17.12.01" in unplanned(comparison)
    assert not any(c.planned for d in comparison.devices for c in d.changes)


def test_a_start_from_another_release_than_stated_is_unplanned() -> None:
    comparison = compared(said(OTHER), said(NEW), planned())
    assert "chassis 1 running release" in unplanned(comparison)


@pytest.mark.parametrize("conclusion", [c for c in Conclusion if c is not Conclusion.VERIFIED])
def test_nothing_is_planned_while_the_device_is_not_verified_afterwards(
    conclusion: Conclusion,
) -> None:
    comparison = compared(said(OLD), box(said(NEW), conclusion), planned())
    assert not any(c.planned for d in comparison.devices for c in d.changes)
    assert comparison.status is ExitStatus.FINDING


def test_a_device_that_is_verified_only_since_the_change_is_as_planned() -> None:
    before = box(said(OLD), Conclusion.DOWNGRADED)
    assert unplanned(compared(before, said(NEW), planned())) == []


def test_less_assurance_than_before_is_never_part_of_a_plan() -> None:
    attested = Assurance(AssuranceLevel.ATTESTED)
    comparison = compared(box(said(OLD), assurance=attested), said(NEW), planned())
    assert unplanned(comparison) == ["known by"]


NEXT = said(NEW).boots[0]
FROM_A_SERVER = "tftp://192.0.2.66/image.17.09.04a.bin"


@pytest.mark.parametrize(
    ("after", "what"),
    [
        (said(NEW, packages=(SMU,)), "chassis 1 package CSCxx1"),
        (said(NEW, boots=(replace(NEXT, config_register=0x2142),)), "chassis 1 config register"),
        (said(NEW, boots=(replace(NEXT, loader_release="9"),)), "chassis 1 boot loader"),
        (said(NEW, boots=(replace(NEXT, manual_boot=True),)), "chassis 1 manual boot"),
        (
            said(NEW, boots=(replace(NEXT, entries=(*NEXT.entries, "flash:other.bin")),)),
            "chassis 1 boot entries",
        ),
        (
            said(NEW, boots=(replace(NEXT, entries=(*NEXT.entries, FROM_A_SERVER)),)),
            "chassis 1 boot entries",
        ),
        (said(NEW, subjects=(CHASSIS, *MEMBERS[:1])), "member 1 part"),
    ],
)  # fmt: skip
def test_anything_beside_the_upgrade_is_unplanned(after: DeviceClaims, what: str) -> None:
    comparison = compared(said(OLD), after, planned())
    assert unplanned(comparison) == [what]
    assert comparison.status is ExitStatus.FINDING


def test_the_old_image_may_stay_behind_the_new_one_in_the_boot_entries() -> None:
    entries = (*NEXT.entries, *said(OLD).boots[0].entries)
    after = said(NEW, boots=(replace(NEXT, entries=entries),))
    assert unplanned(compared(said(OLD), after, planned())) == []


def test_the_row_of_the_base_image_follows_and_no_other_row_does() -> None:
    before = said(OLD, packages=(replace(SMU, name="IMG", version="17.09.01.0.6"),))
    for changes, follows in (
        ({"version": "17.09.04a.0.158"}, True),
        ({"version": "17.09.04a"}, True),
        ({"version": "17.09.04a.0.158", "state": "U"}, False),
        ({"version": "17.09.04.0.1"}, False),
        ({"name": "SMU", "version": "17.09.04a.0.158"}, False),
    ):
        row = replace(before.packages[0], **changes)  # type: ignore[arg-type]
        told = unplanned(compared(before, said(NEW, packages=(row,)), planned()))
        assert (told == []) is follows, changes


def test_another_signing_certificate_follows_and_another_signing_type_does_not() -> None:
    before = said(OLD, signatures=(SIGNED,))
    for changes, expected in (
        ({"certificate_serial": "CD"}, []),
        ({"signing_type": "special"}, ["chassis 1 signing type running"]),
        ({"accepted": False}, ["chassis 1 own signature running"]),
    ):
        after = said(NEW, signatures=(replace(SIGNED, **changes),))
        assert unplanned(compared(before, after, planned())) == expected


def test_boot_next_of_an_unknown_release_counts_only_as_the_file_that_runs() -> None:
    following = replace(boots(CHASSIS, NEW, ImageRole.BOOT_NEXT), release=None)
    runs = boots(CHASSIS, NEW, ImageRole.RUNNING)
    assert unplanned(compared(said(OLD), said(NEW, images=(runs, following)), planned())) == []
    elsewhere = replace(following, path="flash:image.bin")
    told = unplanned(compared(said(OLD), said(NEW, images=(runs, elsewhere)), planned()))
    assert "chassis 1: not done: it will boot flash:image.bin" in told


def test_only_the_parts_the_plan_names_may_change() -> None:
    after = said(NEW, subjects=MEMBERS)
    plan = planned(change(subjects=MEMBERS[:1]))
    told = unplanned(compared(STACKED, after, plan))
    assert {what.partition(" ")[2][:2] for what in told} == {"2 "}
    absent = planned(change(subjects=(Subject(SubjectKind.MEMBER, "7"),)))
    assert "member 7: the device has no such part" in unplanned(compared(STACKED, STACKED, absent))


def test_a_change_that_cannot_have_happened_in_the_window_is_unplanned() -> None:
    hour = timedelta(hours=1)
    for window, allowed in (
        (WINDOW, True),
        (Window(STARTED - 3 * hour, STARTED), True),
        (Window(STARTED - 3 * hour, STARTED - hour), False),
        (Window(LATER, LATER + hour), True),
        (Window(LATER + hour, LATER + 2 * hour), False),
    ):
        comparison = compared(said(OLD), said(NEW), planned(window=window))
        assert (comparison.status is ExitStatus.VERIFIED) is allowed, window


def test_a_name_of_the_plan_that_no_device_has_is_missing() -> None:
    plan = planned(change("r1"), change("edge-*", "r1"))
    comparison = compared(said(OLD), said(NEW), plan)
    assert [(u.name, u.side) for u in comparison.unseen] == [("edge-*", "both")]
    assert comparison.status is ExitStatus.UNVERIFIED


def test_a_planned_device_that_told_nothing_is_missing_and_no_finding() -> None:
    silent = box(said(OLD), Conclusion.UNREACHABLE, exchanges=())
    comparison = compared(said(OLD), silent, planned())
    assert (comparison.unplanned, comparison.status) == (0, ExitStatus.UNVERIFIED)


def test_two_entries_that_contradict_each_other_are_refused() -> None:
    other = PlannedChange(devices=("r*",), from_release=OLD.text, to_release=OTHER.text)
    with pytest.raises(ConfigError, match="two entries"):
        compared(said(OLD), said(NEW), planned(change(), other))


FLEET = tuple(f"r{n}" for n in range(1, 5))
ENTRIES = (
    change("r1", "r3"),
    change("r[2-3]"),
    PlannedChange(devices=("r4",), from_release=OLD.text, to_release=OTHER.text),
    change("absent"),
)


@given(st.permutations(ENTRIES), st.permutations(FLEET))
def test_the_order_of_a_plan_means_nothing(entries: list[PlannedChange], names: list[str]) -> None:
    def outcome(entries: tuple[PlannedChange, ...]) -> object:
        before = run(*(box(said(OLD), name=n) for n in FLEET))
        after = run(*(box(said(NEW), name=n) for n in names), later=True)
        plan = Plan(window=WINDOW, changes=entries)
        told = compare(before, after, plan, releases=read_release)
        return {d.name: (d.changes, d.undone) for d in told.devices}, told.unseen, told.status

    assert outcome(tuple(entries)) == outcome(ENTRIES)


def test_a_device_no_plan_names_may_not_change() -> None:
    told = compared(said(OLD), said(NEW), planned(change("r2")))
    assert {c.why for d in told.devices for c in d.changes} == {"the plan does not name it"}
