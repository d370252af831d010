"""NI-402 to NI-407: what the operator approved by name, and what he said nothing about."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from netintegrity.app import RULES
from netintegrity.assess.appraise import appraise
from netintegrity.assess.approvals import Approval, Approvals
from netintegrity.assess.policy import Policy
from netintegrity.model.claims import (
    AddedClaim,
    DeviceClaims,
    Gap,
    PackageClaim,
    SoftwareKind,
    Source,
)
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.model.finding import Appraisal, Technique
from netintegrity.platforms._spec import Platform, Probe
from tests.builders import CHASSIS, PLATFORM, case, claims, evidence, exchange

RULE_OF = {
    SoftwareKind.PACKAGE: "NI-402",
    SoftwareKind.SCRIPT: "NI-404",
    SoftwareKind.SERVICE: "NI-405",
    SoftwareKind.CONTAINER: "NI-406",
    SoftwareKind.OVERLAY: "NI-407",
}
TECHNIQUES = {
    SoftwareKind.PACKAGE: "T1554",
    SoftwareKind.SCRIPT: "T1059",
    SoftwareKind.SERVICE: "T1543",
    SoftwareKind.CONTAINER: "T1525",
    SoftwareKind.OVERLAY: "T1554",
}
EACH_KIND = pytest.mark.parametrize("kind", SoftwareKind)
SUM = Digest(DigestAlgorithm.SHA256, b"\x05" * 32)
LISTING = Probe(id="beside", command="show beside", demanded=False, lists=frozenset(SoftwareKind))
LISTS_ALL = replace(PLATFORM, probes=(*PLATFORM.probes, LISTING))


def there(kind: SoftwareKind, name: str = "x", **changes: object) -> dict[str, object]:
    """Return the claims of a box beside whose image one thing stands."""
    source = Source("beside", 3)
    if kind is SoftwareKind.PACKAGE:
        package = PackageClaim(subject=CHASSIS, name=name, version="1", state="C", source=source)
        return {"packages": (replace(package, **changes),)}  # type: ignore[arg-type]
    added = AddedClaim(subject=CHASSIS, kind=kind, name=name, form="thing", source=source)
    return {"added": (replace(added, **changes),)}  # type: ignore[arg-type]


def judged(
    found: Mapping[str, object],
    approved: Mapping[SoftwareKind, Approvals] | None = None,
    *,
    platform: Platform = LISTS_ALL,
    heard: tuple[Exchange, ...] = (exchange(), exchange("beside")),
) -> Appraisal:
    rules = frozenset({"NI-101", "NI-403", *RULE_OF.values()})
    policy = Policy(demanded_rules=rules, approved_software=approved or {})
    box: DeviceClaims = claims(**found)
    asked = evidence(exchanges=heard)
    given = case(platform=platform, claims=box, policy=policy, evidence=asked)
    return appraise(given, RULES.values())


def list_of(kind: SoftwareKind, *lines: Approval) -> dict[SoftwareKind, Approvals]:
    return {kind: Approvals(lines)}


@EACH_KIND
def test_what_is_merely_there_is_no_finding_where_the_policy_says_nothing(
    kind: SoftwareKind,
) -> None:
    result = judged(there(kind))
    assert result.conclusions == (Conclusion.VERIFIED,)
    assert RULE_OF[kind] in result.not_demanded


@EACH_KIND
def test_what_the_policy_does_not_name_is_unapproved(kind: SoftwareKind) -> None:
    result = judged(there(kind), list_of(kind, Approval("y")))
    assert result.conclusions == (Conclusion.SOFTWARE_UNAPPROVED,)
    (finding,) = [f for f in result.findings if f.rule_id == RULE_OF[kind]]
    assert finding.technique is not None
    assert finding.technique.value == TECHNIQUES[kind]
    assert finding.observation.image == "x"
    assert finding.observation.sources == (Source("beside", 3),)


@EACH_KIND
@pytest.mark.parametrize("name", ["x", "*", "?"])
def test_what_the_policy_names_is_approved(kind: SoftwareKind, name: str) -> None:
    result = judged(there(kind), list_of(kind, Approval("y"), Approval(name)))
    assert result.conclusions == (Conclusion.VERIFIED,)
    assert RULE_OF[kind] not in result.not_demanded


@EACH_KIND
def test_an_empty_list_approves_nothing(kind: SoftwareKind) -> None:
    assert judged(there(kind), list_of(kind)).conclusions == (Conclusion.SOFTWARE_UNAPPROVED,)
    assert judged({}, list_of(kind)).conclusions == (Conclusion.VERIFIED,)


@EACH_KIND
@pytest.mark.parametrize(
    ("heard", "gaps"),
    [
        ((exchange(),), ()),
        ((exchange(), exchange("beside")), (Gap(probe_id="beside", reason="refused: no"),)),
        ((exchange(), exchange("beside", complete=False)), ()),
    ],
    ids=["never asked", "refused", "cut off"],
)
def test_a_list_that_was_not_read_whole_is_no_pass(
    kind: SoftwareKind, heard: tuple[Exchange, ...], gaps: tuple[Gap, ...]
) -> None:
    asked_for = list_of(kind, Approval("*"))
    assert judged({"gaps": gaps}, asked_for, heard=heard).conclusions == (Conclusion.INCOMPLETE,)


def test_a_refused_optional_list_is_no_gap_where_nobody_asked_for_it() -> None:
    refused = {"gaps": (Gap(probe_id="beside", reason="refused: no"),)}
    assert judged(refused).conclusions == (Conclusion.VERIFIED,)


@EACH_KIND
def test_a_platform_that_cannot_tell_is_unsupported_once_it_is_asked(kind: SoftwareKind) -> None:
    result = judged({}, list_of(kind, Approval("*")), platform=PLATFORM)
    assert result.conclusions == (Conclusion.UNSUPPORTED,)


def test_a_pin_asks_for_that_version_id_or_declared_digest() -> None:
    package, script, container = (
        SoftwareKind.PACKAGE,
        SoftwareKind.SCRIPT,
        SoftwareKind.CONTAINER,
    )
    pinned: list[tuple[SoftwareKind, dict[str, object], str]] = [
        (package, {}, "1"),
        (script, {"digests": frozenset({SUM})}, str(SUM)),
        (container, {"image_id": "434240daff6e"}, "434240daff6e"),
    ]
    for kind, fields, pin in pinned:
        found = there(kind, "x", **fields)
        right = judged(found, list_of(kind, Approval("x", pin)))
        assert right.conclusions == (Conclusion.VERIFIED,)
        wrong = judged(found, list_of(kind, Approval("x", pin[:-1] + "2")))
        assert wrong.conclusions == (Conclusion.SOFTWARE_UNAPPROVED,)


def test_what_an_event_starts_is_filed_under_event_triggered_execution() -> None:
    found = there(SoftwareKind.SCRIPT, trigger="syslog")
    (finding,) = judged(found, list_of(SoftwareKind.SCRIPT)).findings[-1:]
    assert finding.technique is Technique.EVENT_TRIGGERED


def test_the_release_itself_needs_no_approval() -> None:
    found = there(SoftwareKind.PACKAGE, is_of_image=True)
    assert judged(found, list_of(SoftwareKind.PACKAGE)).conclusions == (Conclusion.VERIFIED,)


@pytest.mark.parametrize("of_image", [False, True])
@pytest.mark.parametrize(
    ("survives", "expected"),
    [
        (True, Conclusion.VERIFIED),
        (None, Conclusion.VERIFIED),
        (False, Conclusion.SOFTWARE_UNAPPROVED),
    ],
)
def test_what_the_next_reload_undoes_is_found(
    *, survives: bool | None, expected: Conclusion, of_image: bool
) -> None:
    found = there(SoftwareKind.PACKAGE, survives_reload=survives, is_of_image=of_image)
    approved = list_of(SoftwareKind.PACKAGE, Approval("*"))
    result = judged(found, approved)
    assert result.conclusions == (expected,)
    assert judged(found).conclusions == (Conclusion.VERIFIED,)
