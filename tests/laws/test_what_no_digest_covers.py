"""A platform most of which no digest covers is never verified, and excused of nothing by it."""

from dataclasses import replace

import pytest

from netintegrity.app import PLATFORMS, RULES
from netintegrity.assess._spec import Case, Rule
from netintegrity.assess.appraise import appraise
from netintegrity.assess.policy import Policy
from netintegrity.model.claims import ImageClaim, ImageKind, SignatureClaim, Source
from netintegrity.model.claims import ImageRole as Role
from netintegrity.model.conclusion import Conclusion
from tests.builders import BAD, CHASSIS, PLATFORM, REPORTED, both, case, claims, image
from tests.laws.test_what_verified_demands import SPOILED, gullible

PARTLY = replace(PLATFORM, no_digest_covers="its packages")


def partly(c: Case | None = None) -> Case:
    return replace(c or case(), platform=PARTLY)


def concluded(c: Case, *rules: Rule) -> tuple[Conclusion, ...]:
    return appraise(c, rules or RULES.values()).conclusions


def systems() -> tuple[ImageClaim, ...]:
    return tuple(
        image(r, digests=frozenset(), path="Toy 1", kind=ImageKind.SYSTEM)
        for r in (Role.RUNNING, Role.BOOT_NEXT)
    )


def test_a_box_in_order_is_unsupported_and_nothing_graver() -> None:
    whole = case(claims=claims(images=(*both(), *systems())))
    assert concluded(partly(whole)) == (Conclusion.UNSUPPORTED,)


def test_no_rule_makes_it_verified() -> None:
    policy = Policy(demanded_rules=frozenset({"NI-999"}))
    for images in (both(), (*both(), *systems())):
        conclusions = concluded(partly(case(claims=claims(images=images), policy=policy)), gullible)
        assert Conclusion.UNSUPPORTED in conclusions
        assert Conclusion.VERIFIED not in conclusions


@pytest.mark.parametrize("name", sorted(SPOILED))
def test_it_excuses_nothing_that_is_missing(name: str) -> None:
    before, after = concluded(SPOILED[name]), concluded(partly(SPOILED[name]))
    assert set(before) - {Conclusion.VERIFIED} <= set(after)
    assert Conclusion.VERIFIED not in after


def test_a_file_it_can_hash_and_did_not_is_incomplete() -> None:
    undigested = case(claims=claims(images=(*both(digests=frozenset()), *systems())))
    assert concluded(partly(undigested))[0] is Conclusion.INCOMPLETE


def test_bytes_that_were_hashed_are_judged() -> None:
    patched = case(claims=claims(images=(*both(digests=frozenset({BAD})), *systems())))
    assert concluded(partly(patched))[0] is Conclusion.PATCHED


def test_a_system_that_is_no_file_is_unsupported_only_where_the_platform_says_so() -> None:
    whole = case(claims=claims(images=(*both(), *systems())))
    assert concluded(whole)[0] is Conclusion.INCOMPLETE


def test_a_system_alone_is_never_enough() -> None:
    alone = concluded(partly(case(claims=claims(images=systems()))))
    assert Conclusion.VERIFIED not in alone


def test_what_a_box_says_of_a_changed_file_is_believed_and_named() -> None:
    bad = SignatureClaim(
        subject=CHASSIS,
        path="/usr/sbin/sshd",
        role=Role.STORED,
        source=Source("hash", 1),
        assurance=REPORTED,
        accepted=False,
        checked_by="dpkg",
    )
    policy = Policy(demanded_rules=frozenset({"NI-101", "NI-102"}))
    said = case(claims=claims(images=(*both(), *systems()), signatures=(bad,)), policy=policy)
    result = appraise(partly(said), RULES.values())
    assert result.conclusions[0] is Conclusion.PATCHED
    messages = [f.observation.message for f in result.findings if f.rule_id == "NI-102"]
    assert messages == ["the box itself says that this file is not the one dpkg installed"]


def test_no_platform_that_hashes_only_a_part_claims_to_hash_all() -> None:
    """Whoever claims a system that is no file says what no digest covers."""
    for platform in PLATFORMS.values():
        assert not (platform.no_digest_covers and platform.cannot_hash), platform.id
