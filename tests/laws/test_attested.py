"""What a hardware quote may lift, what it must not, and who it may not be of (soundness 5.4)."""

from dataclasses import replace

import pytest

from netintegrity.app import PLATFORMS, RULES
from netintegrity.assess._spec import Case
from netintegrity.assess.appraise import appraise
from netintegrity.assess.policy import Policy
from netintegrity.model.assurance import AssuranceLevel, Caveat
from netintegrity.model.claims import DeviceClaims, ImageRole
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.device import Device
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.evidence import Evidence, Exchange, HostKeyStatus
from netintegrity.model.finding import Appraisal
from netintegrity.model.memory import Memory
from netintegrity.model.reference import ReferenceKind, ReferenceSet
from netintegrity.model.subject import Identity
from netintegrity.trust.anchors import Keyring, Purpose
from tests.adversary import sudi_simulator as sim
from tests.unit.platforms import boxes

IOSXE = PLATFORMS["cisco_iosxe"]
CHASSIS = boxes.CHASSIS
NAME = "isr4300-universalk9.17.06.05.SPA.bin"
PATH = f"bootflash:{NAME}"
RELEASE = "17.06.05"
HARDWARE = frozenset({"ISR43"})
BOOT = sim.Boot(os=((NAME, sim.measured("os")),), version=RELEASE)
CHAIN, MEASURED = 4711_001, 4711_002
RULES_50X = frozenset({"NI-101", "NI-501", "NI-502", "NI-503"})
DIGEST = Digest(DigestAlgorithm.SHA512, bytes.fromhex(boxes.GOOD))


def listed(**changes: object) -> ReferenceSet:
    """What the vendor published: the image with digest and measurement, and the boot stages."""
    image = replace(
        sim.known(ReferenceKind.IMAGE, NAME, BOOT.os[0][1]),
        release=IOSXE.parse_release(RELEASE),
        digests=frozenset({DIGEST}),
        hardware=HARDWARE,
    )
    return sim.references(
        sim.known(ReferenceKind.BOOT0, BOOT.boot0_version, BOOT.boot0),
        sim.known(ReferenceKind.BOOT_LOADER, "16.2(2r)", BOOT.loader),
        replace(image, **changes),  # type: ignore[arg-type]
    )


def asked(probe_id: str, output: str, nonce: int) -> Exchange:
    command = IOSXE.probe(probe_id).request(str(nonce)).command
    return replace(boxes.exchange(IOSXE, command, output), nonce=str(nonce))


def quote(
    box: sim.Box = sim.BOX,
    boot: sim.Boot = BOOT,
    *,
    chain: int = CHAIN,
    measured: int = MEASURED,
) -> tuple[Exchange, ...]:
    """The two answers; ``chain`` and ``measured`` are what the box signed over."""
    return (
        asked("sudi-certificate", sim.v1_certificates(box, chain), CHAIN),
        asked("platform-integrity", sim.v1_measurements(box, measured, boot), MEASURED),
    )


def router() -> dict[str, str]:
    serial = sim.BOX.serial
    return {
        "show version": boxes.show_version(
            RELEASE, PATH, iosd="17.6.5", pid=sim.PID, serial=serial
        ),
        "show boot": boxes.show_boot(PATH),
        "show inventory": boxes.show_inventory(("Chassis", sim.PID, serial)),
        **boxes.hashed(PATH),
    }


def claims_of(exchanges: tuple[Exchange, ...]) -> DeviceClaims:
    claims = IOSXE.interpret(exchanges)
    demanded = {p.id for p in IOSXE.probes if p.demanded}
    assert not [g for g in claims.gaps if g.probe_id in demanded]
    return claims


def case(
    *quoted: Exchange,
    serial: str | None = sim.BOX.serial,
    pid: str | None = sim.PID,
    status: HostKeyStatus = HostKeyStatus.MATCHED,
    demanded: AssuranceLevel = AssuranceLevel.NONE,
    **changes: object,
) -> Case:
    plain = tuple(e for e in boxes.converse(IOSXE, router()) if e.nonce is None)
    exchanges = (*plain, *quoted)
    expected = () if serial is None else (Identity(subject=CHASSIS, serial=serial, pid=pid),)
    evidence = Evidence(
        run_id="t",
        device=Device(
            name="r1",
            address="192.0.2.1",
            platform_id=IOSXE.id,
            credential_ref="ro",
            expected=expected,
        ),
        collected_at=sim.AT,
        host_key_fingerprint="SHA256:x",
        host_key_status=status,
        exchanges=exchanges,
    )
    whole = Case(
        platform=IOSXE,
        evidence=evidence,
        claims=claims_of(exchanges),
        references=listed(),
        policy=Policy(demanded_rules=RULES_50X, minimum_running_assurance=demanded),
        memory=Memory(),
        at=sim.AT,
        keyring=sim.MAKER.keyring(),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def appraised(*quoted: Exchange, **changes: object) -> Appraisal:
    result = appraise(case(*quoted, **changes), RULES.values())  # type: ignore[arg-type]
    assert not result.faults
    return result


def levels(result: Appraisal, rule_id: str) -> dict[ImageRole | None, AssuranceLevel]:
    return {
        f.observation.role: f.observation.assurance.level
        for f in result.findings
        if f.rule_id == rule_id
    }


def rules_against(result: Appraisal, conclusion: Conclusion) -> set[str]:
    return {f.rule_id for f in result.findings if f.observation.conclusion is conclusion}


ATTESTED = AssuranceLevel.ATTESTED
REPORTED = AssuranceLevel.REPORTED


def test_a_quote_in_order_attests_what_runs_and_never_what_boots_next() -> None:
    result = appraised(*quote())
    assert result.conclusions == (Conclusion.VERIFIED,)
    assert levels(result, "NI-501") == {None: ATTESTED, ImageRole.RUNNING: ATTESTED}
    assert levels(result, "NI-101") == {
        ImageRole.RUNNING: REPORTED,
        ImageRole.BOOT_NEXT: REPORTED,
    }
    assert result.assurance.level is REPORTED


def test_attested_may_be_demanded_of_what_runs_and_cannot_be_met_by_the_next_boot() -> None:
    assert appraised(*quote(), demanded=ATTESTED).conclusions == (Conclusion.VERIFIED,)
    everything = Policy(demanded_rules=RULES_50X, minimum_assurance=ATTESTED)
    result = appraised(*quote(), policy=everything)
    assert result.conclusions == (Conclusion.INSUFFICIENT_ASSURANCE,)


def test_a_box_without_a_quote_is_as_it_was_unless_one_is_demanded() -> None:
    plain = appraised()
    assert plain.conclusions == (Conclusion.VERIFIED,)
    assert "NI-501" in plain.not_demanded
    assert "NI-502" not in plain.not_demanded
    demanded = appraised(demanded=ATTESTED)
    assert demanded.conclusions == (Conclusion.INSUFFICIENT_ASSURANCE,)
    assert "NI-501" not in demanded.not_demanded


@pytest.mark.parametrize("kept", [0, 1])
def test_half_a_quote_is_none(kept: int) -> None:
    half = quote()[kept]
    assert appraised(half).conclusions == (Conclusion.VERIFIED,)
    assert levels(appraised(half), "NI-501") == {}
    assert appraised(half, demanded=ATTESTED).conclusions == (Conclusion.INSUFFICIENT_ASSURANCE,)


def test_without_a_list_of_measurements_only_what_is_wrong_counts() -> None:
    bare = listed(measurements=frozenset())
    bare = replace(bare, images=tuple(i for i in bare.images if i.digests))
    fine = appraised(*quote(), references=bare)
    assert fine.conclusions == (Conclusion.VERIFIED,)
    assert "NI-501" in fine.not_demanded
    forged = appraised(*quote(measured=1), references=bare)
    assert forged.conclusions == (Conclusion.ATTESTATION_FAILED,)


def test_without_a_serial_number_in_the_inventory_nothing_is_attested() -> None:
    result = appraised(*quote(), serial=None)
    assert result.conclusions == (Conclusion.VERIFIED,)
    assert levels(result, "NI-501") == {None: REPORTED}
    assert Caveat.IDENTITY_UNBOUND in result.assurance.caveats
    demanded = appraised(*quote(), serial=None, demanded=ATTESTED)
    assert demanded.conclusions == (Conclusion.INSUFFICIENT_ASSURANCE,)


def test_over_a_host_key_that_nobody_confirmed_nothing_is_attested_nor_recomputed() -> None:
    result = appraised(*quote(), status=HostKeyStatus.FIRST_USE)
    assert set(levels(result, "NI-501").values()) == {REPORTED}
    demanded = appraised(*quote(), status=HostKeyStatus.FIRST_USE, demanded=ATTESTED)
    assert demanded.conclusions == (Conclusion.INSUFFICIENT_ASSURANCE,)


@pytest.mark.parametrize(
    "exchanges",
    [quote(chain=1), quote(measured=1), quote(chain=MEASURED, measured=CHAIN)],
    ids=["recorded chain", "recorded measurements", "nonces swapped"],
)
def test_a_recording_is_a_failed_attestation(exchanges: tuple[Exchange, ...]) -> None:
    result = appraised(*exchanges)
    assert result.conclusions == (Conclusion.ATTESTATION_FAILED,)
    assert rules_against(result, Conclusion.ATTESTATION_FAILED) == {"NI-501", "NI-502"}


@pytest.mark.parametrize("demanded", [AssuranceLevel.NONE, ATTESTED])
def test_the_quote_of_a_twin_is_a_failed_attestation(demanded: AssuranceLevel) -> None:
    result = appraised(*quote(sim.TWIN), demanded=demanded)
    assert result.conclusions[0] is Conclusion.ATTESTATION_FAILED
    unstated = appraised(*quote(sim.TWIN), serial=None)
    assert unstated.conclusions == (Conclusion.ATTESTATION_FAILED,)


def test_whoever_lists_the_twin_as_a_part_of_the_box_gains_nothing() -> None:
    plain = case(*quote(sim.TWIN))
    liar = replace(plain.claims, serials=plain.claims.serials | {sim.TWIN.serial})
    result = appraise(replace(plain, claims=liar), RULES.values())
    assert result.conclusions == (Conclusion.VERIFIED,)
    assert levels(result, "NI-501") == {None: REPORTED}
    demanding = replace(plain.policy, minimum_running_assurance=ATTESTED)
    held = appraise(replace(plain, claims=liar, policy=demanding), RULES.values())
    assert held.conclusions == (Conclusion.INSUFFICIENT_ASSURANCE,)


def test_hardware_of_another_product_is_not_the_one_expected() -> None:
    router_of_another_kind = replace(sim.BOX, pid="ISR4331/K9")
    result = appraised(*quote(router_of_another_kind), pid="ISR4321/K9")
    assert result.conclusions[0] is Conclusion.ATTESTATION_FAILED
    assert "NI-502" in rules_against(result, Conclusion.ATTESTATION_FAILED)


def test_a_licence_behind_the_product_id_is_no_other_product() -> None:
    plain = case(*quote(), pid=f"{sim.PID}-A")
    named = tuple(replace(i, pid=f"{sim.PID}-A") for i in plain.claims.identities)
    result = appraise(
        replace(plain, claims=replace(plain.claims, identities=named)), RULES.values()
    )
    assert result.conclusions == (Conclusion.VERIFIED,)


def test_one_chip_shown_as_two_parts_attests_neither() -> None:
    plain = case(*quote())
    (claim,) = plain.claims.attestations
    doubled = replace(plain.claims, attestations=(claim, claim))
    result = appraise(replace(plain, claims=doubled), RULES.values())
    assert result.conclusions == (Conclusion.INCOMPLETE,)


def test_a_patched_image_that_lies_about_its_digest_is_found_by_its_hardware() -> None:
    patched = replace(BOOT, os=((NAME, sim.measured("patched")),))
    result = appraised(*quote(boot=patched))
    assert result.conclusions == (Conclusion.ATTESTATION_FAILED,)
    assert rules_against(result, Conclusion.ATTESTATION_FAILED) == {"NI-501"}


def test_a_system_of_a_release_no_list_has_is_unknown() -> None:
    unlisted = replace(BOOT, os=((NAME, sim.measured("patched")),))
    other = listed(release=IOSXE.parse_release("17.03.04"), digests=frozenset())
    result = appraised(*quote(boot=unlisted), references=other)
    assert Conclusion.UNKNOWN_IMAGE in result.conclusions
    assert Conclusion.ATTESTATION_FAILED not in result.conclusions


def test_a_genuine_system_of_another_release_than_the_box_claims_is_a_failed_attestation() -> None:
    older = replace(BOOT, version="17.03.04")
    genuine = listed(release=IOSXE.parse_release("17.03.04"))
    result = appraised(*quote(boot=older), references=genuine)
    assert result.conclusions[0] is Conclusion.ATTESTATION_FAILED


def test_a_boot_loader_in_no_list_is_unknown() -> None:
    result = appraised(*quote(boot=replace(BOOT, loader=sim.measured("another"))))
    assert result.conclusions == (Conclusion.UNKNOWN_IMAGE,)


@pytest.mark.parametrize("value", [b"\xff" * 32, b"ACanned-SHA256-HMACVal-April2012"])
def test_what_the_maker_filled_in_measures_nothing(value: bytes) -> None:
    result = appraised(*quote(boot=replace(BOOT, boot0=value)))
    assert result.conclusions == (Conclusion.INCOMPLETE,)
    assert Caveat.PLACEHOLDER in result.assurance.caveats


def test_a_list_too_old_for_the_policy_attests_nothing() -> None:
    references = listed()
    old = replace(references.provenance[0], signed_at=sim.AT.replace(year=2020))
    result = appraised(
        *quote(), references=replace(references, provenance=(old,)), demanded=ATTESTED
    )
    assert result.conclusions[0] is Conclusion.STALE_REFERENCE
    assert AssuranceLevel.ATTESTED not in levels(result, "NI-501").values()


def test_what_its_vendor_took_back_attests_only_once_it_is_approved() -> None:
    result = appraised(*quote(), references=listed(withdrawn=True))
    assert result.conclusions == (Conclusion.WITHDRAWN,)
    assert rules_against(result, Conclusion.WITHDRAWN) == {"NI-101", "NI-501"}
    approving = Policy(demanded_rules=RULES_50X, approved_digests=frozenset({DIGEST}))
    approved = appraised(*quote(), references=listed(withdrawn=True), policy=approving)
    assert approved.conclusions == (Conclusion.VERIFIED,)


def newer(attributes: dict[str, str] | None = None, *, signed: int = 13) -> tuple[Exchange, ...]:
    at = {sim.HERE: sim.BOX}
    return (
        asked("trust-chain", sim.trust_chain(at, 11), 11),
        asked("measurement", sim.measurement(at, 12, BOOT), 12),
        asked("compliance", sim.compliance(at, signed, attributes), 13),
    )


def test_an_armed_boot_chain_is_no_matter_and_an_unarmed_one_is_a_finding() -> None:
    assert appraised(*newer()).conclusions == (Conclusion.VERIFIED,)
    unarmed = appraised(*newer({**sim.ARMED, "secure_boot": "false"}))
    assert unarmed.conclusions == (Conclusion.BOOT_CHAIN,)
    assert rules_against(unarmed, Conclusion.BOOT_CHAIN) == {"NI-501", "NI-503"}
    recorded = appraised(*newer(signed=99))
    assert "NI-503" in rules_against(recorded, Conclusion.ATTESTATION_FAILED)


def test_the_nonce_that_counts_is_the_one_on_record_and_is_used_once() -> None:
    chain, measured = quote()
    for spoiled in (
        (replace(chain, nonce=None), measured),
        (replace(chain, nonce="1"), measured),
        (replace(chain, nonce="no number"), measured),
        (chain, measured, replace(measured, probe_id="measurement")),
    ):
        result = appraised(*spoiled, demanded=ATTESTED)
        assert result.verdict.value != "verified"
        assert ATTESTED not in levels(result, "NI-501").values()


def test_what_was_cut_off_is_no_quote() -> None:
    chain, measured = quote()
    result = appraised(chain, replace(measured, complete=False))
    assert result.conclusions == (Conclusion.INCOMPLETE,)
    assert levels(result, "NI-501") == {}


def as_lab(keyring: Keyring) -> Keyring:
    """The same two anchors, made by a lab."""
    return Keyring(tuple(replace(a, purpose=Purpose.LAB) for a in keyring))


def test_identities_that_a_lab_issued_count_in_a_lab_alone() -> None:
    keyring = as_lab(sim.MAKER.keyring())
    inside = appraised(*quote(), keyring=keyring, lab=True, demanded=ATTESTED)
    assert inside.conclusions == (Conclusion.VERIFIED,)
    outside = appraised(*quote(), keyring=keyring, demanded=ATTESTED)
    assert outside.conclusions == (Conclusion.INSUFFICIENT_ASSURANCE,)


def test_a_lab_beside_the_makers_own_anchors_is_no_maker() -> None:
    real, lab = sim.Maker("real").keyring(), as_lab(sim.MAKER.keyring())
    both = Keyring((*real, *(replace(a, id=f"lab/{a.id}") for a in lab)))
    result = appraised(*quote(), keyring=both)
    assert result.conclusions == (Conclusion.ATTESTATION_FAILED,)


def test_where_the_keyring_names_no_issuer_no_quote_is_held_against_a_box() -> None:
    assert appraised(*quote(), keyring=Keyring()).conclusions == (Conclusion.VERIFIED,)
    demanded = appraised(*quote(), keyring=Keyring(), demanded=ATTESTED)
    assert demanded.conclusions == (Conclusion.INSUFFICIENT_ASSURANCE,)
