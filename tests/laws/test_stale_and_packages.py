"""Soundness 1, 2.3 and 3: packages of a set, stale lists, withdrawn images, boot sources."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from netintegrity.app import RULES
from netintegrity.assess.appraise import appraise
from netintegrity.assess.policy import BOTH_ROLES, Policy, SitePolicy
from netintegrity.model.assurance import Caveat
from netintegrity.model.claims import BootClaim, ImageClaim, ImageKind, SignatureClaim, Source
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.finding import Appraisal
from netintegrity.model.reference import ReferenceKind
from netintegrity.model.verdict import Verdict
from tests.builders import (
    AT,
    BAD,
    CHASSIS,
    GOOD,
    PLATFORM,
    RELEASE,
    REPORTED,
    both,
    case,
    claims,
    image,
    reference,
    references,
)

OTHER = Digest(DigestAlgorithm.SHA512, b"\x03" * 64)
MEMBERS = ("flash:a.pkg", "flash:b.pkg")
PACKAGES = references(
    reference(kind=ReferenceKind.PACKAGE, filename="a.pkg", digests=frozenset({GOOD})),
    reference(kind=ReferenceKind.PACKAGE, filename="b.pkg", digests=frozenset({OTHER})),
)


def appraised(
    *demanded: str, policy: Mapping[str, object] | None = None, **changes: object
) -> Appraisal:
    wanted = Policy(demanded_rules=frozenset(demanded or {"NI-101"}))
    wanted = replace(wanted, **(policy or {}))  # type: ignore[arg-type]
    return appraise(case(policy=wanted, **changes), RULES.values())


def installed(a: Digest = GOOD, b: Digest | None = OTHER) -> tuple[ImageClaim, ...]:
    found: list[ImageClaim] = []
    for role in BOTH_ROLES:
        found.append(
            image(
                role,
                path="flash:packages.conf",
                kind=ImageKind.PACKAGE_LIST,
                members=MEMBERS,
                digests=frozenset(),
            )
        )
        for path, digest in zip(MEMBERS, (a, b), strict=True):
            if digest is not None:
                found.append(
                    image(role, path=path, kind=ImageKind.PACKAGE, digests=frozenset({digest}))
                )
    return tuple(found)


def of_set(images: tuple[ImageClaim, ...]) -> tuple[Conclusion, ...]:
    return appraised(claims=claims(images=images), references=PACKAGES).conclusions


def test_a_package_list_stands_when_all_its_packages_are_verified() -> None:
    assert of_set(installed()) == (Conclusion.VERIFIED,)


def test_one_patched_package_condemns_the_set() -> None:
    assert of_set(installed(b=BAD)) == (Conclusion.PATCHED,)


def test_a_package_that_could_not_be_read_leaves_the_set_incomplete() -> None:
    assert of_set(installed(b=None)) == (Conclusion.INCOMPLETE,)


def test_a_list_that_names_no_package_stands_for_nothing() -> None:
    empty = tuple(replace(i, members=()) for i in installed() if i.kind is ImageKind.PACKAGE_LIST)
    assert Conclusion.VERIFIED not in of_set(empty)


def test_packages_without_their_list_are_not_a_system() -> None:
    bare = tuple(i for i in installed() if i.kind is ImageKind.PACKAGE)
    assert of_set(bare) == (Conclusion.INCOMPLETE,)


def test_an_image_listed_as_a_package_is_masqueraded() -> None:
    listed = references(reference(kind=ReferenceKind.PACKAGE))
    assert appraised(references=listed).conclusions == (Conclusion.MASQUERADED,)


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_at": AT},
        {"signed_at": AT - timedelta(days=181)},
        {"signed_at": None, "newest_entry": AT - timedelta(days=181)},
        {"signed_at": None, "first_imported_at": AT - timedelta(days=181)},
    ],
)
def test_only_a_stale_list_knows_it(changes: dict[str, object]) -> None:
    result = appraised(references=references(**changes))
    assert result.conclusions == (Conclusion.STALE_REFERENCE,)


def test_an_undated_list_nobody_imported_is_not_too_old_and_says_so() -> None:
    result = appraised(references=references(signed_at=None))
    assert result.conclusions == (Conclusion.VERIFIED,)
    assert Caveat.AGE_UNKNOWN in result.assurance.caveats


def test_an_expired_anchor_is_a_caveat() -> None:
    result = appraised(references=references(anchor_not_after=AT - timedelta(days=1)))
    assert result.conclusions == (Conclusion.VERIFIED,)
    assert Caveat.ANCHOR_EXPIRED in result.assurance.caveats


def test_a_withdrawn_image_may_be_approved_by_its_digest_and_one_list_is_enough_to_withdraw() -> (
    None
):
    both_lists = references(reference(), reference(withdrawn=True))
    assert appraised(references=both_lists).conclusions == (Conclusion.WITHDRAWN,)
    approved = appraised(references=both_lists, policy={"approved_digests": frozenset({GOOD})})
    assert approved.conclusions == (Conclusion.VERIFIED,)


def test_an_approved_digest_verifies_nothing() -> None:
    unlisted = claims(images=both(digests=frozenset({OTHER}), path="flash:x.bin", release=None))
    result = appraised(
        claims=replace(unlisted, running_release=None),
        policy={"approved_digests": frozenset({OTHER})},
    )
    assert result.conclusions == (Conclusion.UNKNOWN_IMAGE,)


def test_the_floor_is_demanded_only_where_a_minimum_is_stated() -> None:
    site = SitePolicy(omitted_rules=frozenset({"NI-301"}))
    assert site.of("toy", RULES).demanded_rules == set(RULES) - {"NI-201", "NI-301"}


def boot(**changes: object) -> BootClaim:
    plain = BootClaim(subject=CHASSIS, source=Source("hash", 1))
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("entry", "objects"),
    [
        ("flash:x.bin", False),
        ("tftp://192.0.2.7//x.bin", True),
        ("TFTP:x.bin", True),
        ("http://user@evil.example/x", True),
        ("tftp://192.0.2.8/x.bin", False),
    ],
)
def test_a_boot_source_in_the_network_must_be_approved_even_as_a_fallback(
    entry: str, objects: bool
) -> None:
    result = appraised(
        "NI-101",
        "NI-301",
        claims=claims(boots=(boot(entries=("flash:image.bin", entry)),)),
        policy={"approved_boot_servers": frozenset({"192.0.2.8"})},
    )
    assert result.conclusions == (Conclusion.BOOT_CHAIN if objects else Conclusion.VERIFIED,)


@pytest.mark.parametrize("field", ["config_register", "config_register_next"])
def test_an_odd_register_now_or_after_the_next_reload_is_a_finding(field: str) -> None:
    platform = replace(PLATFORM, config_registers=frozenset({0x2102}))
    for value, conclusion in ((0x2102, Conclusion.VERIFIED), (0x2142, Conclusion.BOOT_CHAIN)):
        odd = claims(boots=(boot(**{field: value}),))
        result = appraised("NI-101", "NI-302", claims=odd, platform=platform)
        assert result.conclusions == (conclusion,)


@pytest.mark.parametrize(
    ("loader", "conclusion"),
    [
        ("17.12(1r)", Conclusion.VERIFIED),
        ("16.2(1r)", Conclusion.BOOT_CHAIN),
        (None, Conclusion.INCOMPLETE),
    ],
)
def test_a_boot_loader_is_judged_only_where_the_operator_names_any(
    loader: str | None, conclusion: Conclusion
) -> None:
    seen = claims(boots=(boot(loader_release=loader),))
    named = {"approved_loaders": frozenset({"17.12(1r)"})}
    assert appraised("NI-101", "NI-303", claims=seen, policy=named).conclusions == (conclusion,)
    assert appraised("NI-101", "NI-303", claims=seen).conclusions == (Conclusion.VERIFIED,)


@pytest.mark.parametrize("approval", [{}, {"approved_digests": frozenset({GOOD})}, "type"])
def test_a_special_signature_is_approved_by_type_or_by_digest_or_not_at_all(
    approval: dict[str, object] | str,
) -> None:
    special = SignatureClaim(
        subject=CHASSIS,
        path="flash:image.bin",
        role=image().role,
        source=Source("hash", 1),
        assurance=REPORTED,
        accepted=True,
        signing_type="special",
    )
    policy = (
        {"approved_signing_types": frozenset({"production", "special"})}
        if isinstance(approval, str)
        else approval
    )
    result = appraised("NI-101", "NI-401", claims=claims(signatures=(special,)), policy=policy)
    expected = Conclusion.VERIFIED if approval else Conclusion.SOFTWARE_UNAPPROVED
    assert result.conclusions == (expected,)


def test_an_older_image_staged_for_the_next_boot_is_a_downgrade() -> None:
    older = replace(RELEASE, text="17.06.05", key=(17, 6, 5, 0))
    staged = tuple(replace(i, release=older) if i.role.value == "boot-next" else i for i in both())
    result = appraised("NI-203", claims=claims(images=staged))
    assert Conclusion.DOWNGRADED in result.conclusions
    assert Conclusion.DOWNGRADED not in appraised("NI-203").conclusions


def test_an_old_image_staged_under_a_name_of_its_own_is_still_old() -> None:
    older = replace(RELEASE, text="17.06.05", key=(17, 6, 5, 0))
    lists = references(
        reference(),
        reference(filename="x.17.06.05.bin", release=older, digests=frozenset({OTHER})),
    )
    staged = tuple(
        replace(i, release=None, path="flash:new.bin", digests=frozenset({OTHER}))
        if i.role.value == "boot-next"
        else i
        for i in both()
    )
    result = appraised("NI-101", "NI-203", claims=claims(images=staged), references=lists)
    assert result.conclusions == (Conclusion.DOWNGRADED,)


def test_evidence_older_than_the_policy_allows_is_incomplete() -> None:
    late = appraised("NI-101", "NI-902", at=AT + timedelta(hours=25))
    assert late.conclusions == (Conclusion.INCOMPLETE,)


def test_a_box_that_shows_itself_to_be_another_platform_is_unsupported() -> None:
    result = appraised(claims=claims(platform_id="cisco_ios"))
    assert result.conclusions == (Conclusion.UNSUPPORTED,)


def test_a_name_approval_lifts_the_operators_own_minimum_and_nothing_else() -> None:
    minimum = replace(RELEASE, text="17.12.01", key=(17, 12, 1, 0))
    below = {"minimum_releases": (minimum,)}
    assert appraised("NI-101", "NI-201", policy=below).conclusions == (Conclusion.DOWNGRADED,)
    approved = {**below, "approved_releases": (RELEASE,)}
    assert appraised("NI-101", "NI-201", policy=approved).verdict is Verdict.VERIFIED
