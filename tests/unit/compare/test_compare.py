"""Two runs: what is different is told, and nothing counts as planned that was not announced."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.assess.compare import compare
from netintegrity.errors import ConfigError, ExitStatus
from netintegrity.model.assurance import Assurance, AssuranceLevel
from netintegrity.model.claims import (
    AddedClaim,
    DeviceClaims,
    ImageRole,
    PackageClaim,
    SignatureClaim,
    SoftwareKind,
    Source,
)
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.evidence import FailureKind
from netintegrity.model.finding import Fault
from netintegrity.model.run import DeviceResult
from netintegrity.model.subject import Identity
from netintegrity.model.verdict import Verdict
from tests.builders import CHASSIS, REPORTED
from tests.unit.compare.windows import (
    LATER,
    MEMBERS,
    NEW,
    OLD,
    OTHER,
    boots,
    box,
    compared,
    only,
    planned,
    read_release,
    run,
    said,
    unplanned,
)
from tests.unit.report.reports import never_asked

SMU = PackageClaim(
    subject=CHASSIS, name="CSCxx1", version="1", state="C", source=Source("install", 1)
)
APPLET = AddedClaim(
    subject=CHASSIS,
    kind=SoftwareKind.SCRIPT,
    name="filter-show",
    form="applet",
    state="user",
    trigger="cli",
    source=Source("event-policies", 2),
)
SIGNED = SignatureClaim(
    subject=CHASSIS,
    path="flash:x",
    role=ImageRole.RUNNING,
    source=Source("authenticity", 1),
    assurance=REPORTED,
    accepted=True,
    signing_type="production",
    certificate_serial="AB",
)
OLD_BOOT = said(OLD).boots[0]


def booting(**changes: object) -> DeviceClaims:
    return said(OLD, boots=(replace(OLD_BOOT, **changes),))  # type: ignore[arg-type]


def test_a_run_compared_with_itself_is_empty() -> None:
    same = run(box(said(NEW)), box(said(OLD, subjects=MEMBERS), name="r2"))
    comparison = compare(same, same, None, releases=read_release)
    assert [d.changes for d in comparison.devices] == [(), ()]
    assert (comparison.unplanned, comparison.status) == (0, ExitStatus.VERIFIED)


@pytest.mark.parametrize(
    ("after", "what", "values"),
    [
        (booting(config_register=0x2142), "config register", ("0x102", "0x2142")),
        (booting(config_register_next=0x2142), "config register after reload", (None, "0x2142")),
        (booting(loader_release="16.1r"), "boot loader", ("17.1r", "16.1r")),
        (booting(manual_boot=True), "manual boot", (None, "yes")),
        (booting(allows_development_keys=True), "development keys allowed", (None, "yes")),
        (
            booting(entries=("flash:x", "tftp://h/y")),
            "boot entries",
            ("flash:image.17.09.01.bin", "flash:x, tftp://h/y"),
        ),
        (said(OLD, packages=(SMU,)), "package CSCxx1", (None, "1 (C)")),
        (
            said(OLD, added=(APPLET,)),
            "script filter-show",
            (None, "applet, user, cli"),
        ),
        (said(OLD, signatures=(SIGNED,)), "signing type running", (None, "production")),
        (
            said(OLD, identities=(Identity(subject=CHASSIS, serial="S9", pid="P"),)),
            "serial",
            ("S1", "S9"),
        ),
        (
            said(OLD, identities=(Identity(subject=CHASSIS, serial="S1", pid="Q"),)),
            "pid",
            ("P", "Q"),
        ),
    ],
)
def test_one_thing_that_differs_is_told_alone_and_is_unplanned(
    after: DeviceClaims, what: str, values: tuple[str | None, str | None]
) -> None:
    comparison = compared(said(OLD), after)
    told = {str(c.topic): c for c in only(comparison).changes}
    found = told[f"chassis 1 {what}"]
    assert tuple(", ".join(v) or None for v in (found.before, found.after)) == values
    assert not any(c.planned for c in told.values())
    assert comparison.status is ExitStatus.FINDING


def test_another_digest_under_the_same_path_is_told() -> None:
    other = Digest(DigestAlgorithm.SHA512, b"\x07" * 64)
    images = tuple(replace(i, digests=frozenset({other})) for i in said(OLD).images)
    comparison = compared(said(OLD), said(OLD, images=images))
    assert unplanned(comparison) == [
        "chassis 1 running digest flash:image.17.09.01.bin",
        "chassis 1 boot-next digest flash:image.17.09.01.bin",
    ]


def test_a_digest_that_is_told_no_more_is_a_change() -> None:
    images = tuple(replace(i, digests=frozenset()) for i in said(OLD).images)
    assert len(unplanned(compared(said(OLD), said(OLD, images=images)))) == 2


def test_two_values_are_not_one_that_only_looks_like_them() -> None:
    comparison = compared(booting(entries=("a, b",)), booting(entries=("a", "b")))
    assert unplanned(comparison) == ["chassis 1 boot entries"]


def test_the_order_of_boot_entries_counts_and_that_of_packages_does_not() -> None:
    assert unplanned(compared(booting(entries=("a", "b")), booting(entries=("b", "a"))))
    more = replace(SMU, name="CSCxx2")
    before, after = (said(OLD, packages=p) for p in ((SMU, more), (more, SMU)))
    assert not unplanned(compared(before, after))


def test_another_host_key_and_a_weaker_assurance_are_told() -> None:
    attested = Assurance(AssuranceLevel.ATTESTED)
    comparison = compared(
        box(said(OLD), assurance=attested), box(said(OLD), host_key_fingerprint="SHA256:y")
    )
    assert unplanned(comparison) == ["known by", "host key"]


def test_of_a_member_that_came_or_went_only_that_is_told() -> None:
    one, two = said(OLD, subjects=MEMBERS[:1]), said(OLD, subjects=MEMBERS)
    for before, after, values in ((one, two, ((), ("there",))), (two, one, (("there",), ()))):
        (change,) = only(compared(before, after)).changes
        assert str(change.topic) == "member 2 part"
        assert (change.before, change.after) == values


def test_a_device_of_one_run_alone_is_missing_and_that_is_3() -> None:
    r1, r2 = box(said(OLD)), box(said(OLD), name="r2")
    for before, after, side in (((r1, r2), (r1,), "after"), ((r1,), (r1, r2), "before")):
        comparison = compare(run(*before), run(*after, later=True), None, releases=read_release)
        assert [(u.name, u.side) for u in comparison.unseen] == [("r2", side)]
        assert comparison.status is ExitStatus.UNVERIFIED
    gone = compare(run(r1, r2), run(r1, later=True), None, releases=read_release).devices[-1]
    assert (gone.name, gone.verdict, gone.conclusion) == ("r2", Verdict.UNKNOWN, "incomplete")


def test_a_device_that_told_nothing_is_missing_and_not_changed() -> None:
    silent = never_asked("r1", Conclusion.UNREACHABLE, FailureKind.UNREACHABLE, "no route")
    comparison = compared(said(OLD), silent)
    assert only(comparison).changes == ()
    assert comparison.status is ExitStatus.UNVERIFIED
    twice = compare(run(silent), run(silent, later=True), None, releases=read_release)
    assert [u.side for u in twice.unseen] == ["both"]
    assert twice.status is ExitStatus.UNVERIFIED


def test_a_host_key_that_changed_is_a_finding_though_nobody_logged_in() -> None:
    changed = never_asked(
        "r1", Conclusion.HOST_KEY_CHANGED, FailureKind.HOST_KEY_CHANGED, "another key"
    )
    comparison = compared(said(OLD), changed, planned())
    assert unplanned(comparison) == ["conclusion"]
    assert comparison.status is ExitStatus.FINDING


def test_what_has_gaps_is_never_a_pass() -> None:
    torn = box(said(OLD), Conclusion.INCOMPLETE)
    comparison = compare(run(torn), run(torn, later=True), None, releases=read_release)
    assert only(comparison).changes == ()
    assert comparison.status is ExitStatus.UNVERIFIED


def test_nothing_compared_is_never_a_pass() -> None:
    assert compare(run(), run(later=True), None, releases=read_release).status == 3


def test_our_own_fault_is_not_silenced() -> None:
    faulty = box(said(OLD))
    appraisal = replace(faulty.appraisal, faults=(Fault(stage="NI-101", error="x"),))
    comparison = compared(said(OLD), replace(faulty, appraisal=appraisal))
    assert comparison.status is ExitStatus.FAULT


def test_the_older_run_is_named_first() -> None:
    with pytest.raises(ConfigError, match="older"):
        compare(run(later=True), run(), None, releases=read_release)


def test_what_boots_next_is_told_apart_from_what_runs() -> None:
    images = (boots(CHASSIS, OLD, ImageRole.RUNNING), boots(CHASSIS, OTHER, ImageRole.BOOT_NEXT))
    comparison = compared(said(OLD), said(OLD, images=images))
    assert {what.split()[2] for what in unplanned(comparison)} == {"boot-next"}
    assert only(comparison).changes[0].topic.subject == CHASSIS
    assert comparison.after.started_at == LATER
    assert NEW.text not in str(only(comparison))


VALUES = st.sampled_from(["", "a", "b", "a, b"])
BOXES = st.builds(
    lambda release, entries, loader, packages, conclusion: box(
        said(
            release,
            boots=(replace(OLD_BOOT, entries=tuple(entries), loader_release=loader),),
            packages=tuple(replace(SMU, name=n or "n", version=v) for n, v in packages),
        ),
        conclusion,
    ),
    st.sampled_from([OLD, NEW, OTHER]),
    st.lists(VALUES, max_size=3),
    st.none() | VALUES,
    st.lists(st.tuples(VALUES, VALUES), max_size=3),
    st.sampled_from(Conclusion),
)


@given(BOXES, BOXES)
def test_what_differs_one_way_differs_the_other_way_and_a_plan_hides_none_of_it(
    one: DeviceResult, other: DeviceResult
) -> None:
    assert only(compared(one, one)).changes == ()
    there, back = (only(compared(*pair)).changes for pair in ((one, other), (other, one)))
    assert {(c.topic, c.before, c.after) for c in there} == {
        (c.topic, c.after, c.before) for c in back
    }
    with_plan = compared(one, other, planned())
    assert [c.topic for c in only(with_plan).changes] == [c.topic for c in there]
    assert all(not c.planned for c in there)
    if with_plan.status is ExitStatus.VERIFIED:
        assert only(with_plan).verdict is Verdict.VERIFIED
