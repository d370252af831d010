"""Nothing genuine and old passes: four ways down, each its own rule, and one way to accept one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.app import RULES
from netintegrity.app.remembering import Lowering, lower_device, lower_manifest, remembered
from netintegrity.assess._spec import Case
from netintegrity.assess.appraise import appraise
from netintegrity.assess.policy import Policy
from netintegrity.errors import ConfigError
from netintegrity.model.claims import BootClaim, ImageRole, Source
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.finding import Appraisal, Finding
from netintegrity.model.memory import FleetMemory, Floor, ManifestFloor, Memory
from netintegrity.model.release import Order, Release
from netintegrity.model.run import DeviceResult
from netintegrity.model.subject import Subject
from netintegrity.model.verdict import Verdict
from netintegrity.platforms._loaders import parse_loader
from tests.builders import (
    AT,
    BAD,
    CHASSIS,
    GOOD,
    MEMBER_2,
    NEWER,
    RELEASE,
    both,
    case,
    claims,
    evidence,
    image,
    reference,
    references,
)
from tests.unit.report.reports import report

OTHER_TRAIN = Release("3.16.5S", "iosxe-3-S", (3, 16, 5))
WHY = Lowering(reason="CHG-4711", by="alice@jump1", at=AT)


def found(rule_id: str, judged: Case) -> list[Finding]:
    return list(RULES[rule_id].findings(judged))


def conclusions(rule_id: str, judged: Case) -> list[Conclusion]:
    return [f.observation.conclusion for f in found(rule_id, judged)]


def staged(release: Release | None, *, of: Subject = CHASSIS) -> Case:
    """A stack of two that runs RELEASE; one part has another release staged."""
    images = [
        image(
            subject=s, role=r, release=release if (s, r) == (of, ImageRole.BOOT_NEXT) else RELEASE
        )
        for s in (CHASSIS, MEMBER_2)
        for r in (ImageRole.RUNNING, ImageRole.BOOT_NEXT)
    ]
    return case(claims=claims(images=tuple(images)))


@pytest.mark.parametrize("part", [CHASSIS, MEMBER_2])
def test_an_older_release_staged_on_any_part_is_a_downgrade(part: Subject) -> None:
    older = Release("17.03.01", "iosxe", (17, 3, 1, 0))
    (finding,) = found("NI-203", staged(older, of=part))
    assert finding.observation.conclusion is Conclusion.DOWNGRADED
    assert finding.observation.subject == part
    assert conclusions("NI-203", staged(NEWER, of=part)) == []
    assert conclusions("NI-203", staged(RELEASE, of=part)) == []


def test_a_staged_release_of_another_train_is_said_to_have_no_order() -> None:
    (finding,) = found("NI-203", staged(OTHER_TRAIN))
    assert finding.observation.conclusion is Conclusion.INCOMPLETE
    assert "cannot be ordered" in finding.observation.message
    policy = Policy(demanded_rules=frozenset({"NI-203"}), approved_releases=(OTHER_TRAIN,))
    assert conclusions("NI-203", replace(staged(OTHER_TRAIN), policy=policy)) == []


def loaders(*said: tuple[Subject, str | None], seen: dict[Subject, str], **policy: object) -> Case:
    boots = tuple(BootClaim(subject=s, source=Source("v", 1), loader_release=r) for s, r in said)
    floors = []
    for subject, text in seen.items():
        release = parse_loader(text)
        assert release is not None
        floors.append(Floor(subject=subject, release=release))
    return case(
        claims=claims(boots=boots),
        memory=Memory(first_seen=AT, loaders=tuple(floors)),
        policy=Policy(demanded_rules=frozenset({"NI-204"}), **policy),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        ("16.12(2r)", "17.12(1r)", [Conclusion.DOWNGRADED]),
        ("17.12.1r", "17.12(1r)", []),
        ("17.12(2r)", "17.12(1r)", []),
        ("15.0(1r)M9", "15.0(1r)M15", [Conclusion.DOWNGRADED]),
        ("15.0(1r)M15", "17.12(1r)", [Conclusion.INCOMPLETE]),
        ("FL.01.13.0001", "FL.01.14.0002", [Conclusion.DOWNGRADED]),
        ("ML.01.13.0001", "FL.01.14.0002", [Conclusion.INCOMPLETE]),
        ("1.5", "1.5.0", []),
        ("07.64", "v07.69", [Conclusion.DOWNGRADED]),
        ("Aboot-norcal7", "7.2.1", [Conclusion.INCOMPLETE]),
        (None, "17.12(1r)", [Conclusion.INCOMPLETE]),
    ],
)
def test_a_boot_loader_is_held_to_what_was_seen_before(
    now: str | None, before: str, expected: list[Conclusion]
) -> None:
    assert conclusions("NI-204", loaders((CHASSIS, now), seen={CHASSIS: before})) == expected


def test_a_boot_loader_nobody_remembers_is_not_objected_to() -> None:
    assert conclusions("NI-204", loaders((CHASSIS, "Aboot-1"), (MEMBER_2, None), seen={})) == []


def test_a_part_that_is_renumbered_does_not_shed_its_boot_loader() -> None:
    judged = loaders((MEMBER_2, "16.12(2r)"), seen={CHASSIS: "17.12(1r)"})
    assert sorted(conclusions("NI-204", judged)) == [Conclusion.DOWNGRADED, Conclusion.INCOMPLETE]


def test_a_boot_loader_approved_by_name_is_left_to_the_rule_about_approval() -> None:
    approved = frozenset({"16.12(2r)"})
    judged = loaders((CHASSIS, "16.12(2r)"), seen={CHASSIS: "17.12(1r)"}, approved_loaders=approved)
    assert conclusions("NI-204", judged) == []


def advised(listed: Release, *, release: Release | None = RELEASE, **policy: object) -> Case:
    plain = Policy(
        demanded_rules=frozenset({"NI-205"}),
        advisories=((listed, "cisco-sa-x"),),
        **policy,  # type: ignore[arg-type]
    )
    said = claims(images=both(release=release), running_release=release)
    return case(
        policy=plain, claims=said, references=references(reference(digests=frozenset({BAD})))
    )


def test_a_release_with_an_advisory_is_not_approved() -> None:
    found_now = found("NI-205", advised(RELEASE))
    assert {f.observation.conclusion for f in found_now} == {Conclusion.SOFTWARE_UNAPPROVED}
    assert all("cisco-sa-x" in f.observation.message for f in found_now)
    assert conclusions("NI-205", advised(NEWER)) == []
    assert conclusions("NI-205", advised(RELEASE, approved_releases=(RELEASE,))) != []
    assert conclusions("NI-205", advised(RELEASE, approved_digests=frozenset({GOOD}))) == []
    assert set(conclusions("NI-205", advised(RELEASE, release=None))) == {Conclusion.INCOMPLETE}


# ------------------------------------------------------------------------------------- the law

TRAINS = {
    "a": [Release(f"a.{n}", "a", (n,)) for n in range(4)],
    "b": [Release(f"b.{n}", "b", (n,)) for n in range(4)],
}
RELEASES = [r for train in TRAINS.values() for r in train]
RULES_OF_LAW = ("NI-101", "NI-202", "NI-203", "NI-204")


def night(
    memory: FleetMemory, runs: Release, boots: Release, loader: int
) -> tuple[Appraisal, FleetMemory]:
    """Judge one box by real rules, genuine whatever it runs, and remember it as a run does."""
    said = claims(
        running_release=runs,
        images=(
            image(release=runs),
            image(role=ImageRole.BOOT_NEXT, release=boots, path="flash:next.bin"),
        ),
        boots=(
            BootClaim(subject=CHASSIS, source=Source("v", 1), loader_release=f"17.{loader}(1r)"),
        ),
    )
    listed = references(
        *(reference(release=None, filename=n) for n in ("image.bin", "next.bin")),
    )
    judged = case(
        claims=said,
        references=listed,
        memory=memory.of("r1"),
        policy=Policy(demanded_rules=frozenset(RULES_OF_LAW)),
    )
    appraisal = appraise(judged, RULES.values())
    result = DeviceResult(evidence=evidence(), claims=said, appraisal=appraisal, platform_id="toy")
    told = report(result)
    return appraisal, remembered(told, memory)


NIGHTS = st.lists(
    st.tuples(st.sampled_from(RELEASES), st.sampled_from(RELEASES), st.integers(1, 4)), max_size=12
)


@given(nights=NIGHTS)
def test_no_sequence_of_runs_lets_a_release_below_the_memory_be_verified(
    nights: list[tuple[Release, Release, int]],
) -> None:
    memory = FleetMemory()
    highest: dict[str, Release] = {}
    highest_loader = 0
    verified = 0
    for runs, boots, loader in nights:
        before = {f.release.train: f.release for f in memory.of("r1").floors}
        appraisal, memory = night(memory, runs, boots, loader)
        if appraisal.verdict is Verdict.VERIFIED:
            verified += 1
            for release in (runs, boots):
                if release.train in highest:
                    assert release.compared_to(highest[release.train]) is not Order.OLDER
            assert boots.compared_to(runs) not in {Order.OLDER, Order.INCOMPARABLE}
            assert loader >= highest_loader
            highest[runs.train] = max(runs, highest.get(runs.train, runs), key=lambda r: r.key)
            highest_loader = max(highest_loader, loader)
        after = {f.release.train: f.release for f in memory.of("r1").floors}
        assert before.keys() <= after.keys(), "a floor is never forgotten"
        assert all(after[t].compared_to(before[t]) is not Order.OLDER for t in before)
        assert after == highest, "and it is what was verified, no more and no less"
    if nights and nights[0][0] == nights[0][1]:
        assert verified, "the law is not kept by verifying nothing"


@given(nights=NIGHTS, to=st.sampled_from(RELEASES))
def test_only_a_lowered_memory_lets_one_go_back_and_no_further(
    nights: list[tuple[Release, Release, int]], to: Release
) -> None:
    memory = FleetMemory()
    for runs, boots, loader in nights:
        _, memory = night(memory, runs, boots, loader)
    floors = {f.release.train: f.release for f in memory.of("r1").floors}
    if to.train not in floors or to.compared_to(floors[to.train]) is not Order.OLDER:
        with pytest.raises(ConfigError, match="nothing above"):
            lower_device(memory, "r1", to, WHY)
        return
    assert night(memory, to, to, 9)[0].verdict is not Verdict.VERIFIED
    lowered = lower_device(memory, "r1", to, WHY)
    appraisal, after = night(lowered, to, to, 9)
    assert appraisal.verdict is Verdict.VERIFIED
    assert {f.release.train: f.release for f in after.of("r1").floors} == {**floors, to.train: to}
    for lower in TRAINS[to.train]:
        if lower.compared_to(to) is Order.OLDER:
            assert night(lowered, lower, lower, 9)[0].verdict is not Verdict.VERIFIED


def test_what_was_lowered_is_kept_with_who_when_and_why_and_told_of_once() -> None:
    _, memory = night(FleetMemory(), TRAINS["a"][3], TRAINS["a"][3], 3)
    lowered = lower_device(memory, "r1", TRAINS["a"][1], WHY)
    (accepted,) = lowered.untold
    assert (accepted.lowered_from, accepted.lowered_to) == ("a.3", "a.1")
    assert (accepted.by, accepted.at, accepted.reason) == ("alice@jump1", AT, "CHG-4711")
    told = report(accepted_downgrades=lowered.untold)
    after = remembered(told, lowered)
    assert after.untold == ()
    assert after.acceptances == (replace(accepted, reported_in=told.run_id),)
    untold = remembered(report(), lowered)
    assert untold.untold == lowered.untold, "a report that did not tell of it does not count"


def test_a_lowering_without_a_reason_is_refused() -> None:
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(ConfigError, match="accept-downgrade"):
            Lowering(reason=reason, by="a", at=AT)


def test_one_part_alone_can_be_lowered() -> None:
    newest = TRAINS["a"][3]
    floors = tuple(Floor(subject=s, release=newest) for s in (CHASSIS, MEMBER_2))
    memory = FleetMemory(devices=(("r1", Memory(floors=floors)),))
    after = lower_device(memory, "r1", TRAINS["a"][0], WHY, subject=MEMBER_2)
    assert after.of("r1").floors_of(CHASSIS) == (newest,)
    assert after.of("r1").floors_of(MEMBER_2) == (TRAINS["a"][0],)
    assert len(after.untold) == 1


def test_a_list_is_lowered_by_its_number_or_else_by_its_date() -> None:
    numbered = ManifestFloor(identity="owner|n|x", sequence=9, issued_at=AT, first_imported_at=AT)
    dated = ManifestFloor(identity="cisco|kgv|kgv", issued_at=AT)
    memory = FleetMemory(manifests=(dated, numbered))
    after = lower_manifest(memory, "owner|n|x", 4, WHY)
    assert after.manifests == (dated, replace(numbered, sequence=4, issued_at=None))
    earlier = AT - timedelta(days=3)
    after = lower_manifest(memory, "cisco|kgv|kgv", earlier, WHY)
    assert after.manifests == (replace(dated, issued_at=earlier), numbered)
    assert [a.lowered_to for a in after.untold] == ["2025-12-29T00:00:00Z"]
    wrong: list[tuple[str, object]] = [
        ("owner|n|x", 9),
        ("owner|n|x", earlier),
        ("cisco|kgv|kgv", 4),
        ("cisco|kgv|kgv", AT),
        ("absent", 1),
    ]
    for identity, to in wrong:
        with pytest.raises(ConfigError):
            lower_manifest(memory, identity, to, WHY)  # type: ignore[arg-type]
