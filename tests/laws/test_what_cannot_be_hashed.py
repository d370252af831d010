"""A platform that has nothing to hash is `unsupported`: never verified, and never excused by it."""

from dataclasses import replace

import pytest

from netintegrity.app import PLATFORMS, RULES
from netintegrity.assess._spec import Case, Rule
from netintegrity.assess.appraise import appraise
from netintegrity.assess.policy import Policy
from netintegrity.model.claims import Gap, SignatureClaim, Source
from netintegrity.model.claims import ImageRole as Role
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.evidence import CollectionFailure, FailureKind
from netintegrity.model.verdict import Verdict
from tests.builders import (
    BAD,
    CHASSIS,
    NEWER,
    PLATFORM,
    RELEASE,
    REPORTED,
    both,
    case,
    claims,
    evidence,
    image,
)
from tests.laws.test_what_verified_demands import SPOILED, gullible

MUTE = replace(PLATFORM, cannot_hash="its system is no file")


def mute(c: Case | None = None) -> Case:
    return replace(c or case(claims=claims(images=both(digests=frozenset()))), platform=MUTE)


def concluded(c: Case, *rules: Rule) -> tuple[Conclusion, ...]:
    return appraise(c, rules or RULES.values()).conclusions


def test_a_box_of_such_a_platform_in_order_is_unsupported_and_nothing_graver() -> None:
    assert concluded(mute()) == (Conclusion.UNSUPPORTED,)
    result = appraise(mute(), RULES.values())
    assert result.verdict is Verdict.UNKNOWN
    assert [s.conclusion for s in result.shortfalls] == [Conclusion.UNSUPPORTED]


def test_the_same_box_of_a_platform_that_can_hash_is_incomplete() -> None:
    undigested = case(claims=claims(images=both(digests=frozenset())))
    assert concluded(undigested) == (Conclusion.INCOMPLETE,)


@pytest.mark.parametrize("rules", [(gullible,), tuple(RULES.values())])
@pytest.mark.parametrize("digests", ["none", "good"])
def test_no_rule_and_no_digest_makes_it_verified(rules: tuple[Rule, ...], digests: str) -> None:
    images = both() if digests == "good" else both(digests=frozenset())
    policy = Policy(demanded_rules=frozenset({"NI-101", "NI-999"}))
    conclusions = concluded(mute(case(claims=claims(images=images), policy=policy)), *rules)
    assert Conclusion.UNSUPPORTED in conclusions
    assert Conclusion.VERIFIED not in conclusions


@pytest.mark.parametrize("name", sorted(SPOILED))
def test_it_excuses_nothing_that_is_missing(name: str) -> None:
    """Whatever keeps another platform from being verified is concluded here as well."""
    before, after = concluded(SPOILED[name]), concluded(mute(SPOILED[name]))
    # That no list knows it says nothing where no list could.
    assert set(before) - {Conclusion.VERIFIED, Conclusion.UNKNOWN_IMAGE} <= set(after)
    assert after[0].gravity <= Conclusion.UNSUPPORTED.gravity


def test_a_refused_command_is_a_gap_and_not_unsupported() -> None:
    refused = claims(
        images=both(digests=frozenset()), gaps=(Gap(probe_id="hash", reason="refused"),)
    )
    assert concluded(mute(case(claims=refused))) == (
        Conclusion.INCOMPLETE,
        Conclusion.UNSUPPORTED,
    )


def test_without_a_claim_of_what_runs_it_is_incomplete() -> None:
    nothing = claims(images=(image(Role.BOOT_NEXT, digests=frozenset()),))
    assert concluded(mute(case(claims=nothing)))[0] is Conclusion.INCOMPLETE


def test_an_old_release_is_still_a_finding() -> None:
    policy = Policy(demanded_rules=frozenset({"NI-101", "NI-201"}), minimum_releases=(NEWER,))
    old = case(claims=claims(images=both(digests=frozenset(), release=RELEASE)), policy=policy)
    assert concluded(mute(old))[0] is Conclusion.DOWNGRADED


def test_what_the_box_says_against_itself_is_still_a_finding() -> None:
    bad = SignatureClaim(
        subject=CHASSIS,
        path="file 1",
        role=Role.STORED,
        source=Source("hash", 1),
        assurance=REPORTED,
        accepted=False,
    )
    policy = Policy(demanded_rules=frozenset({"NI-101", "NI-102"}))
    said = claims(images=both(digests=frozenset()), signatures=(bad,))
    assert concluded(mute(case(claims=said, policy=policy)))[0] is Conclusion.PATCHED


def test_bytes_that_were_hashed_all_the_same_are_judged() -> None:
    patched = claims(images=both(digests=frozenset({BAD})))
    assert concluded(mute(case(claims=patched)))[0] is Conclusion.PATCHED


def test_a_box_that_was_never_reached_is_that_and_nothing_else() -> None:
    failure = CollectionFailure(kind=FailureKind.UNREACHABLE, detail="")
    lost = evidence(exchanges=(), failure=failure)
    assert concluded(mute(case(evidence=lost)))[0] is Conclusion.UNREACHABLE


def test_an_image_on_a_server_is_no_matter_of_the_platform() -> None:
    away = both(digests=frozenset(), path="tftp://192.0.2.66/x")
    assert Conclusion.INCOMPLETE in concluded(mute(case(claims=claims(images=away))))


def test_what_the_box_prints_cannot_make_a_platform_unable_to_hash() -> None:
    """It is a word of the platform's file; the claims have no field for it."""
    assert not any("hash" in f for f in type(claims()).__dataclass_fields__)
    for platform in PLATFORMS.values():
        # A platform that hashes what it boots may not excuse itself from it; one that can hash an
        # image that merely lies beside (which no demand rests on) has still nothing of what runs.
        templates = [p for p in platform.probes if p.is_template and p.demanded and "hash" in p.id]
        assert not (platform.cannot_hash and templates), platform.id
