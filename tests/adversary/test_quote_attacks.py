"""Quotes that must not be believed, though much of them is genuine."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from netintegrity.model.assurance import AssuranceLevel, Caveat
from netintegrity.model.attestation import (
    Challenge,
    Nonce,
    ReferenceOutcome,
    RegisterOutcome,
    SignatureOutcome,
)
from netintegrity.model.reference import ReferenceKind
from netintegrity.model.subject import Identity
from netintegrity.model.verdict import Verdict
from netintegrity.platforms import _cisco_quote as quote
from netintegrity.trust.attestation.cisco_sudi import judge
from tests.adversary import sudi_simulator as sim
from tests.adversary.judging import judged, only
from tests.adversary.sudi_simulator import BOOT, BOX, NONCE, TWIN, Boot, Box, Maker

MEMBERS = {f"FRU=fru-rp SLOT=0 BAY=0 CHASSIS={n} NODE=0": n for n in (1, 2)}
ONE, TWO = MEMBERS
STACK = {ONE: BOX, TWO: TWIN}


def test_a_genuine_quote_of_the_older_commands_is_verified() -> None:
    result = only(judged(sim.v1_certificates(), sim.v1_measurements(), serials=[BOX.serial]))
    assert result.verdict is Verdict.VERIFIED, result.reasons
    assert result.assurance.level is AssuranceLevel.ATTESTED
    assert result.assurance.caveats == frozenset()
    assert (result.pid, result.serial, result.pcr8_covers) == (BOX.pid, BOX.serial, 1)
    assert result.reasons == ()


def test_a_genuine_quote_of_the_newer_commands_is_verified_for_every_member() -> None:
    together = judged(
        sim.trust_chain(STACK),
        sim.measurement(STACK),
        sim.compliance(STACK),
        serials=[BOX.serial, TWIN.serial],
    )
    assert [str(r.subject) for r in together.results] == ["member 1", "member 2"]
    assert together.verdict is Verdict.VERIFIED
    assert all(r.compliance is RegisterOutcome.VERIFIED for r in together.results)


def test_both_encodings_of_the_attributes_verify() -> None:
    for newer in (True, False):
        result = only(
            judged(sim.trust_chain({ONE: BOX}), "", sim.compliance({ONE: BOX}, newer=newer))
        )
        assert result.compliance_signature is SignatureOutcome.VERIFIED


def test_a_recording_is_a_mismatch_under_a_fresh_nonce() -> None:
    recorded = sim.v1_certificates(nonce=11), sim.v1_measurements(nonce=11)
    for fresh in (NONCE, 10, 12, 11 << 32, 2**64 - 1):
        result = only(judged(*recorded, challenge=sim.challenge(fresh)))
        assert result.verdict is Verdict.MISMATCH
        assert result.certificates_signature is SignatureOutcome.REJECTED
        assert result.measurements_signature is SignatureOutcome.REJECTED


def test_the_nonce_echoed_in_the_file_is_never_believed() -> None:
    recorded = sim.v1_measurements(nonce=11).replace("nonce 11", f"nonce {NONCE}")
    assert only(judged(sim.v1_certificates(), recorded)).verdict is Verdict.MISMATCH


def test_a_quote_made_without_a_nonce_is_at_most_unknown_and_says_so() -> None:
    quoted = sim.v1_certificates(nonce=None), sim.v1_measurements(nonce=None)
    result = only(judged(*quoted, challenge=sim.challenge(None), serials=[BOX.serial]))
    assert result.verdict is Verdict.UNKNOWN
    assert result.measurements_signature is SignatureOutcome.VERIFIED
    assert result.assurance.caveats == {Caveat.REPLAYABLE}
    assert result.assurance.level is AssuranceLevel.NONE
    assert only(judged(*quoted)).verdict is Verdict.MISMATCH


@pytest.mark.parametrize("kind", ["certificates", "measurements", "compliance"])
def test_one_answer_without_a_nonce_spoils_all(kind: str) -> None:
    sent = {k: Nonce.of_number(NONCE) for k in ("certificates", "measurements", "compliance")}
    nonce = None if kind == "compliance" else NONCE
    challenge = Challenge(**{**sent, kind: None})
    at = {ONE: BOX}
    quotes = {
        "certificates": sim.v1_certificates(nonce=None if kind == "certificates" else NONCE),
        "measurements": sim.v1_measurements(nonce=None if kind == "measurements" else NONCE),
    }
    if nonce is None:
        quotes = {
            "certificates": sim.trust_chain(at),
            "measurements": sim.measurement(at),
            "compliance": sim.compliance(at),
        }
    result = only(
        judged(
            quotes["certificates"],
            quotes["measurements"],
            quotes.get("compliance", ""),
            challenge=challenge,
        )
    )
    assert result.verdict is not Verdict.VERIFIED
    assert Caveat.REPLAYABLE in result.assurance.caveats


def test_a_quote_relayed_from_a_twin_of_the_same_model_is_a_mismatch() -> None:
    relayed = sim.v1_certificates(TWIN), sim.v1_measurements(TWIN)
    together = judged(*relayed, serials=[BOX.serial])
    assert together.verdict is Verdict.MISMATCH
    assert together.missing == (BOX.serial,)
    unbound = only(judged(*relayed))
    assert unbound.verdict is Verdict.VERIFIED
    assert unbound.assurance.caveats == {Caveat.IDENTITY_UNBOUND}


def test_hardware_of_another_model_than_expected_is_a_mismatch() -> None:
    claims = quote.claims_of(
        quote.read_certificates(sim.v1_certificates()),
        quote.read_measurements(sim.v1_measurements()),
    )
    for pid, verdict in ((BOX.pid, Verdict.VERIFIED), ("ISR4331/K9", Verdict.MISMATCH)):
        stated = Identity(subject=claims[0].subject, serial=BOX.serial, pid=pid)
        result = judge(claims[0], sim.challenge(), sim.grounds(), stated)
        assert result.verdict is verdict


def test_the_certificate_of_one_box_and_the_measurements_of_its_twin_are_a_mismatch() -> None:
    result = only(judged(sim.v1_certificates(BOX), sim.v1_measurements(TWIN)))
    assert result.verdict is Verdict.MISMATCH
    assert result.measurements_signature is SignatureOutcome.REJECTED


@pytest.mark.parametrize("letter", ["Boot 0 Hash: ", "Boot Loader Hash: ", "OS Hash: "])
def test_a_hash_line_altered_under_a_valid_signature_is_a_mismatch(letter: str) -> None:
    genuine = sim.v1_measurements()
    begin = genuine.index(letter) + len(letter)
    other = "0" if genuine[begin] != "0" else "1"
    result = only(judged(sim.v1_certificates(), genuine[:begin] + other + genuine[begin + 1 :]))
    assert result.verdict is Verdict.MISMATCH
    assert result.measurements_signature is SignatureOutcome.VERIFIED
    assert RegisterOutcome.MISMATCH in {result.pcr0, result.pcr8}


def test_a_value_nobody_published_is_unknown() -> None:
    loader = Boot(loader=sim.measured("implant"))
    result = only(judged(sim.v1_certificates(), sim.v1_measurements(boot=loader)))
    assert result.verdict is Verdict.UNKNOWN
    assert [v.reference for v in result.measurements] == [
        ReferenceOutcome.VERIFIED,
        ReferenceOutcome.UNKNOWN,
        ReferenceOutcome.VERIFIED,
    ]
    assert result.assurance.level is AssuranceLevel.ATTESTED


def test_without_a_manifest_nothing_is_genuine() -> None:
    result = only(
        judged(sim.v1_certificates(), sim.v1_measurements(), grounds=sim.grounds(references=None))
    )
    assert result.verdict is Verdict.UNKNOWN
    assert {v.reference for v in result.measurements} == {ReferenceOutcome.ABSENT}


def test_a_value_genuine_in_another_place_of_the_boot_is_unknown() -> None:
    swapped = sim.references(
        sim.known(ReferenceKind.BOOT_LOADER, "x", BOOT.boot0),
        sim.known(ReferenceKind.BOOT0, "y", BOOT.loader),
        sim.known(ReferenceKind.BOOT0, "z", BOOT.os[0][1]),
    )
    result = only(
        judged(
            sim.v1_certificates(), sim.v1_measurements(), grounds=sim.grounds(references=swapped)
        )
    )
    assert result.verdict is Verdict.UNKNOWN
    assert {v.reference for v in result.measurements} == {ReferenceOutcome.UNKNOWN}


@pytest.mark.parametrize(
    "changes",
    [
        {"hardware": frozenset({"C9300"})},
        {"platforms": frozenset({"cisco_nxos"})},
        {"withdrawn": True},
    ],
)
def test_a_value_published_for_something_else_does_not_vouch(changes: dict[str, object]) -> None:
    listed = sim.references()
    spoilt = replace(
        listed,
        images=tuple(replace(i, **changes) for i in listed.images),  # type: ignore[arg-type]
    )
    result = only(
        judged(sim.v1_certificates(), sim.v1_measurements(), grounds=sim.grounds(references=spoilt))
    )
    assert result.verdict is Verdict.UNKNOWN
    assert all(v.reference is ReferenceOutcome.UNKNOWN for v in result.measurements)


def test_an_expired_list_does_not_vouch_and_an_owners_list_says_whose_it_is() -> None:
    quoted = sim.v1_certificates(), sim.v1_measurements()
    stale = sim.references(expires_at=sim.AT)
    assert only(judged(*quoted, grounds=sim.grounds(references=stale))).verdict is Verdict.UNKNOWN
    owners = only(
        judged(*quoted, grounds=sim.grounds(references=sim.references(vendor_signed=False)))
    )
    assert owners.verdict is Verdict.VERIFIED
    assert Caveat.OWNER_SIGNED in owners.assurance.caveats


def test_an_old_genuine_system_under_a_newer_name_is_a_mismatch() -> None:
    older = Boot(version="16.09.09")
    listed = sim.references()  # says these very values are of 16.03.01
    result = only(
        judged(
            sim.v1_certificates(),
            sim.v1_measurements(boot=older),
            grounds=sim.grounds(references=listed),
        )
    )
    assert result.verdict is Verdict.MISMATCH
    assert result.measurements[-1].release == "16.03.01"


def test_a_system_whose_version_cannot_be_read_is_never_verified() -> None:
    for version in ("BLD_POLARIS", ""):
        quoted = sim.v1_measurements(boot=Boot(version=version))
        result = only(judged(sim.v1_certificates(), quoted))
        assert result.verdict is Verdict.UNKNOWN


PLACEHOLDERS = {
    "all F": Boot(boot0=b"\xff" * 32),
    "canned": Boot(boot0=b"ACanned-SHA256-HMACVal-April2012"),
    "canned version": Boot(boot0_version="ACannedSecureBootVersionNov2011"),
    "half F": Boot(loader=sim.measured("half", 32) + b"\xff" * 32),
}


@pytest.mark.parametrize("boot", PLACEHOLDERS.values(), ids=PLACEHOLDERS)
def test_a_placeholder_is_never_genuine_even_where_a_list_has_it(boot: Boot) -> None:
    result = only(
        judged(
            sim.v1_certificates(),
            sim.v1_measurements(boot=boot),
            grounds=sim.grounds(references=sim.references(boot=boot)),
        )
    )
    assert result.verdict is Verdict.UNKNOWN
    assert result.pcr0 is RegisterOutcome.VERIFIED
    assert Caveat.PLACEHOLDER in result.assurance.caveats
    assert [v.reference for v in result.measurements if v.placeholder] == [ReferenceOutcome.UNKNOWN]


PACKAGES = tuple((f"cat9k-{n}.16.03.01.SPA.pkg", sim.measured(n)) for n in ("rpbase", "webui"))


def test_what_is_listed_behind_the_measured_values_does_not_count() -> None:
    smu = ("cat9k.smu.bin", sim.measured("smu"))
    boot = Boot(os=PACKAGES, listed_only=(smu,))
    grounds = sim.grounds(references=sim.references(boot=boot))
    result = only(judged(sim.v1_certificates(), sim.v1_measurements(boot=boot), grounds=grounds))
    assert result.verdict is Verdict.VERIFIED, result.reasons
    assert result.pcr8_covers == 2
    assert [v.measured for v in result.measurements] == [True, True, True, True, False]
    assert Caveat.NOT_MEASURED in result.assurance.caveats


def test_a_genuine_value_that_is_only_listed_verifies_nothing() -> None:
    implant = (("isr4300-universalk9.16.03.01.SPA.bin", sim.measured("implant")),)
    boot = Boot(os=implant, listed_only=PACKAGES)
    result = only(
        judged(
            sim.v1_certificates(),
            sim.v1_measurements(boot=boot),
            grounds=sim.grounds(references=sim.references(boot=Boot(os=PACKAGES))),
        )
    )
    assert result.pcr8_covers == 1
    assert result.verdict is Verdict.UNKNOWN


def test_measured_values_in_another_order_are_a_mismatch() -> None:
    boot = Boot(os=PACKAGES)
    first, second = (f"{n}: {v.hex().upper()}" for n, v in PACKAGES)
    shown = sim.v1_measurements(boot=boot)
    swapped = shown.replace(first, "#").replace(second, first).replace("#", second)
    result = only(judged(sim.v1_certificates(), swapped))
    assert result.pcr8 is RegisterOutcome.MISMATCH
    assert result.verdict is Verdict.MISMATCH


def test_registers_into_which_nothing_went_prove_nothing() -> None:
    class Nothing(Boot):
        @property
        def registers(self) -> tuple[bytes, bytes]:
            return bytes(32), bytes(32)

    result = only(judged(sim.v1_certificates(), sim.v1_measurements(boot=Nothing())))
    assert result.measurements_signature is SignatureOutcome.VERIFIED
    assert (result.pcr0, result.pcr8) == (RegisterOutcome.ABSENT, RegisterOutcome.ABSENT)
    assert result.verdict is Verdict.UNKNOWN


def test_a_chain_of_a_foreign_maker_with_the_same_names_is_a_mismatch() -> None:
    foreign = Box(maker=Maker("foreign"))
    result = only(judged(sim.v1_certificates(foreign), sim.v1_measurements(foreign)))
    assert result.verdict is Verdict.MISMATCH
    assert result.chain is SignatureOutcome.REJECTED
    # Nobody vouches for the key, so what it signed is not called verified.
    assert result.certificates_signature is SignatureOutcome.UNVERIFIABLE
    assert (result.pid, result.serial) == (None, None)


def test_a_foreign_leaf_below_the_pinned_pair_is_a_mismatch() -> None:
    class Grafted(Box):
        @property
        def chain(self) -> tuple[bytes, ...]:
            return (BOX.maker.root, BOX.maker.sub_ca, self.leaf)

    grafted = Grafted(maker=Maker("foreign"))
    result = only(judged(sim.v1_certificates(grafted), sim.v1_measurements(grafted)))
    assert result.chain is SignatureOutcome.REJECTED
    assert result.verdict is Verdict.MISMATCH


CHAINS = {
    "two": (0, 2),
    "four": (0, 1, 2, 2),
    "in another order": (1, 0, 2),
    "the root for the sub-CA": (0, 0, 2),
    "the sub-CA for the device": (0, 1, 1),
}


@pytest.mark.parametrize("order", CHAINS.values(), ids=CHAINS)
def test_a_chain_that_is_not_root_sub_ca_and_device_is_a_mismatch(order: tuple[int, ...]) -> None:
    class Odd(Box):
        @property
        def chain(self) -> tuple[bytes, ...]:
            return tuple(super(Odd, self).chain[i] for i in order)

    result = only(judged(sim.v1_certificates(Odd()), sim.v1_measurements(Odd())))
    assert result.verdict is Verdict.MISMATCH
    assert result.chain is SignatureOutcome.REJECTED


LEAVES = {
    "a certificate authority": {"ca": True},
    "a key that may not sign": {"may_sign": False},
}


@pytest.mark.parametrize("changes", LEAVES.values(), ids=LEAVES)
def test_a_leaf_that_is_no_device_certificate_is_a_mismatch(changes: dict[str, object]) -> None:
    odd = Box(changes=tuple(changes.items()))
    result = only(judged(sim.v1_certificates(odd), sim.v1_measurements(odd)))
    assert result.chain is SignatureOutcome.REJECTED


def test_a_leaf_without_extensions_is_a_devices() -> None:
    plain = Box(changes=(("ca", None), ("may_sign", None)))
    assert only(judged(sim.v1_certificates(plain), sim.v1_measurements(plain))).verdict is (
        Verdict.VERIFIED
    )


SUBJECTS = {
    "no serial number": {"o": "Cisco", "cn": sim.PID},
    "no product id in it": {"sn": "FDO00000001", "cn": sim.PID},
    "another common name": {"sn": f"PID:{sim.PID} SN:FDO00000001", "cn": "ISR4331/K9"},
    "no common name": {"sn": f"PID:{sim.PID} SN:FDO00000001", "o": "Cisco"},
}


@pytest.mark.parametrize("parts", SUBJECTS.values(), ids=SUBJECTS)
def test_a_subject_that_does_not_name_a_box_is_a_mismatch(parts: dict[str, str]) -> None:
    class Unnamed(Box):
        @property
        def subject(self) -> x509.Name:
            return sim._name(**parts)

    result = only(judged(sim.v1_certificates(Unnamed()), sim.v1_measurements(Unnamed())))
    assert result.chain is SignatureOutcome.REJECTED


def test_a_cloud_id_may_stand_for_the_product_id() -> None:
    class Newest(Box):
        @property
        def subject(self) -> x509.Name:
            return sim._name(sn=f"PID:{sim.PID} SN:FDO00000001", cn="Q5CG-6PWR-DK2T")

    result = only(judged(sim.v1_certificates(Newest()), sim.v1_measurements(Newest())))
    assert result.verdict is Verdict.VERIFIED
    assert result.pid == sim.PID


def test_an_expired_identity_is_a_caveat_and_one_of_the_future_a_doubt() -> None:
    quoted = sim.v1_certificates(), sim.v1_measurements()
    later = only(judged(*quoted, grounds=sim.grounds(at=sim.AT + timedelta(days=3001))))
    assert later.verdict is Verdict.VERIFIED
    assert {Caveat.IDENTITY_EXPIRED, Caveat.ANCHOR_EXPIRED} <= later.assurance.caveats
    before = only(judged(*quoted, grounds=sim.grounds(at=sim.AT - timedelta(days=3001))))
    assert before.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("version", [0, 2, 65536])
def test_a_layout_that_is_not_known_is_unverifiable(version: int) -> None:
    for index, quoted in enumerate((sim.v1_certificates(), sim.v1_measurements())):
        texts = [sim.v1_certificates(), sim.v1_measurements()]
        texts[index] = quoted.replace("Signature version: 1", f"Signature version: {version}")
        result = only(judged(*texts))
        assert result.verdict is Verdict.UNKNOWN
        outcomes = (result.certificates_signature, result.measurements_signature)
        assert outcomes[index] is SignatureOutcome.UNVERIFIABLE


def test_a_box_that_signs_it_is_not_armed_is_a_mismatch() -> None:
    for name, value in (
        ("secure_boot", "false"),
        ("tam_service", "software"),
        ("register.pcr8.disabled", "true"),
    ):
        told = sim.compliance({ONE: BOX}, attributes={**sim.ARMED, name: value})
        result = only(judged(sim.trust_chain({ONE: BOX}), sim.measurement({ONE: BOX}), told))
        assert result.compliance_signature is SignatureOutcome.VERIFIED
        assert result.verdict is Verdict.MISMATCH


def test_attributes_altered_under_a_signature_are_a_mismatch() -> None:
    told = sim.compliance({ONE: BOX}, attributes={**sim.ARMED, "secure_boot": "false"})
    lied = told.replace("secure_boot: false", "secure_boot: true")
    result = only(judged(sim.trust_chain({ONE: BOX}), sim.measurement({ONE: BOX}), lied))
    assert result.compliance_signature is SignatureOutcome.REJECTED
    assert result.verdict is Verdict.MISMATCH


def test_the_border_between_attribute_and_value_cannot_be_moved_to_hide_a_value() -> None:
    told = sim.compliance({ONE: BOX}, newer=False)
    moved = told.replace("secure_boot: true", "secure_boott: rue")
    result = only(judged(sim.trust_chain({ONE: BOX}), sim.measurement({ONE: BOX}), moved))
    assert result.compliance_signature is SignatureOutcome.VERIFIED
    assert result.verdict is Verdict.MISMATCH


def test_members_that_change_places_in_one_answer_are_a_mismatch() -> None:
    swapped = sim.measurement({ONE: TWIN, TWO: BOX})
    together = judged(sim.trust_chain(STACK), swapped)
    assert {r.verdict for r in together.results} == {Verdict.MISMATCH}


def test_one_member_shown_as_two_is_never_verified() -> None:
    twice = {ONE: BOX, TWO: BOX}
    for serials in ((), (BOX.serial,), (BOX.serial, TWIN.serial)):
        together = judged(sim.trust_chain(twice), sim.measurement(twice), serials=serials)
        assert together.verdict is not Verdict.VERIFIED
        assert all(r.verdict is not Verdict.VERIFIED for r in together.results)


def test_a_part_nobody_named_is_never_verified_and_a_missing_one_is_never_forgotten() -> None:
    quoted = sim.trust_chain(STACK), sim.measurement(STACK)
    named = judged(*quoted, serials=[BOX.serial])
    assert [r.verdict for r in named.results] == [Verdict.VERIFIED, Verdict.UNKNOWN]
    alone = judged(
        sim.trust_chain({ONE: BOX}),
        sim.measurement({ONE: BOX}),
        serials=[BOX.serial, TWIN.serial],
    )
    assert alone.missing == (TWIN.serial,)
    assert alone.results[0].verdict is Verdict.VERIFIED
    assert alone.verdict is Verdict.UNKNOWN


def test_a_part_whose_certificate_is_not_shown_borrows_no_other() -> None:
    together = judged(sim.trust_chain({ONE: BOX}), sim.measurement({ONE: BOX, TWO: BOX}))
    assert [r.verdict for r in together.results] == [Verdict.VERIFIED, Verdict.UNKNOWN]
    assert together.results[1].measurements_signature is SignatureOutcome.UNVERIFIABLE
    assert together.verdict is Verdict.UNKNOWN


def test_a_subject_quoted_twice_is_judged_twice_and_never_verified() -> None:
    good, bad = sim.v1_measurements(), sim.v1_measurements(TWIN)
    for texts in ((good + "\n" + good), (good + "\n" + bad), (bad + "\n" + good)):
        together = judged(sim.v1_certificates(), texts)
        assert len(together.results) == 2
        assert together.verdict is not Verdict.VERIFIED
    assert judged(sim.v1_certificates(), good + "\n" + bad).results[1].verdict is Verdict.UNKNOWN


def test_every_missing_block_leaves_it_unknown() -> None:
    certificates, measurements = sim.v1_certificates(), sim.v1_measurements()
    assert judged(certificates, "").verdict is Verdict.UNKNOWN
    assert judged("", measurements).verdict is Verdict.UNKNOWN
    assert judged("", "").verdict is Verdict.UNKNOWN
    assert judged("", "").results == ()
    unsigned = measurements[: measurements.index("Signature version")] + "r1#"
    assert judged(certificates, unsigned).verdict is Verdict.UNKNOWN
    bare = certificates[: certificates.index("Signature version")] + "r1#"
    assert judged(bare, measurements).verdict is Verdict.UNKNOWN


def test_a_signed_answer_of_one_command_does_not_pass_for_another() -> None:
    certificates = sim.v1_certificates()
    borrowed = certificates[certificates.index("Signature version") :]
    shown = sim.v1_measurements()
    mixed = shown[: shown.index("Signature version")] + borrowed
    assert only(judged(certificates, mixed)).verdict is Verdict.MISMATCH
