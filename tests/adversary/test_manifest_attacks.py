"""Nothing that somebody did to a list may leave it verified, and each rejection has its word."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from netintegrity.model.assurance import Caveat
from netintegrity.model.digest import Digest, DigestAlgorithm, Measurement, MeasurementKind
from netintegrity.model.reference import ReferenceSet
from netintegrity.model.run import ManifestOutcome
from netintegrity.trust._spec import Signature
from netintegrity.trust.admit import LAB_PURPOSES, MAX_BYTES, Submission
from netintegrity.trust.dsse import pae, seal
from netintegrity.trust.keyring import Keyring
from netintegrity.trust.payload import PAYLOAD_TYPE
from tests.adversary.vendor_simulator import (
    AT,
    ChainedVendor,
    VendorSimulator,
    entry,
    flip,
    judge_with,
    reason_with,
    rsa_key,
)

VENDOR = VendorSimulator()
MASKS = (0x01, 0x20, 0x80)


@cache
def chained() -> ChainedVendor:
    return ChainedVendor()


def judge(
    *submissions: Submission, keyring: Keyring = VENDOR.keyring, **options: object
) -> tuple[ReferenceSet, tuple[ManifestOutcome, ...]]:
    return judge_with(keyring, *submissions, **options)


def reason(submission: Submission, keyring: Keyring = VENDOR.keyring, **options: object) -> str:
    return reason_with(keyring, submission, **options)


def test_an_honest_list_verifies() -> None:
    references, (outcome,) = judge(VENDOR.issue())
    assert (outcome.status, outcome.vendor_signed, outcome.sequence) == ("verified", True, 7)
    assert {i.manifest_id for i in references.images} == {outcome.id}
    assert outcome.id.startswith("toy-list@")


def test_no_changed_byte_of_an_envelope_leaves_it_verified() -> None:
    raw, keyring = VENDOR.envelope(), VENDOR.keyring
    reasons = {
        reason(VENDOR.submit(flip(raw, position, mask), "list.json"), keyring)
        for position in range(len(raw))
        for mask in MASKS
    }
    assert reasons == {"bad-signature"}


def test_no_changed_byte_of_a_list_or_its_detached_signature_leaves_it_verified() -> None:
    honest, keyring = chained().issue(), chained().keyring
    assert reason(honest, keyring) == "verified"
    signature = honest.detached[".signature"]
    spoilt = [
        replace(honest, raw=flip(honest.raw, position, mask))
        for position in range(len(honest.raw))
        for mask in MASKS
    ] + [
        replace(honest, detached={".signature": flip(signature, position, mask)})
        for position in range(len(signature))
        for mask in MASKS
    ]
    assert {reason(s, keyring) for s in spoilt} == {"bad-signature"}


@pytest.mark.parametrize(
    ("attack", "expected"),
    [
        (VendorSimulator.swap_payload, "bad-signature"),
        (VendorSimulator.rename_payload_type, "bad-signature"),
        (VendorSimulator.swap_keyid, "bad-signature"),
        (VendorSimulator.truncate, "bad-signature"),
        (VendorSimulator.claim_foreign_signature_is_ours, "bad-signature"),
        (VendorSimulator.sign_with_foreign_key, "unknown-signer"),
        (VendorSimulator.strip_signatures, "unsigned"),
    ],
)
def test_a_tampered_envelope_is_rejected_with_the_right_word(
    attack: Callable[[VendorSimulator], Submission], expected: str
) -> None:
    assert reason(attack(VENDOR)) == expected


def test_a_key_id_is_a_hint_and_may_be_absent() -> None:
    assert reason(VENDOR.drop_keyid()) == "verified"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"purpose": "waiver"}, "wrong-purpose"),
        ({"purpose": "image"}, "wrong-purpose"),
        ({"purpose": "lab"}, "wrong-purpose"),
        ({"channel": "snapshot"}, "wrong-purpose"),
        ({"channel": "rolling"}, "wrong-purpose"),
        ({"formats": ("cisco-kgv",)}, "unknown-signer"),
        ({"trains": ("toy-16",)}, "malformed"),
    ],
)
def test_a_key_counts_only_for_what_the_keyring_says(
    changes: dict[str, object], expected: str
) -> None:
    assert reason(VENDOR.issue(), VENDOR.with_anchor(**changes).keyring) == expected


def test_a_lab_key_counts_where_the_lab_is_allowed() -> None:
    keyring = VENDOR.with_anchor(purpose="lab").keyring
    assert reason(VENDOR.issue(), keyring, purposes=LAB_PURPOSES) == "verified"


def test_entries_outside_the_trains_of_a_key_are_left_out() -> None:
    entries = (entry(), entry(filename="old.bin", release="16.1"), entry(release=None))
    references, _ = judge(
        VENDOR.issue(entries=entries), keyring=VENDOR.with_anchor(trains=("toy-17*",)).keyring
    )
    assert [i.filename for i in references.images] == ["toy.bin"]


def test_whether_a_vendor_signed_stands_in_the_keyring_alone() -> None:
    _, (outcome,) = judge(VENDOR.issue(), keyring=VENDOR.with_anchor(signer="owner").keyring)
    assert outcome.vendor_signed is False
    assert Caveat.OWNER_SIGNED in outcome.caveats
    assert reason(VENDOR.sign(VENDOR.payload(vendor_signed=True))) == "malformed"


def test_an_anchor_past_its_date_is_a_caveat_and_no_rejection() -> None:
    past = VENDOR.with_anchor(not_after=AT - timedelta(days=1)).keyring
    _, (outcome,) = judge(VENDOR.issue(), keyring=past)
    assert outcome.status == "verified"
    assert outcome.caveats == {Caveat.ANCHOR_EXPIRED}


def test_nobody_counts_with_an_empty_keyring() -> None:
    assert reason(VENDOR.issue(), Keyring()) == "unknown-signer"
    assert reason(chained().issue(), Keyring()) == "unknown-signer"


def test_another_certificate_of_the_same_authority_speaks_for_nobody() -> None:
    vendor = chained()
    assert reason(vendor.issue(key=vendor.other_key), vendor.keyring) == "bad-signature"
    assert reason(vendor.issue(key=vendor.sub_key), vendor.keyring) == "bad-signature"


@pytest.mark.parametrize("signature", [b"", b"\x00" * 256, b"x" * 512, b"\x30\x06\x02\x01"])
def test_a_foreign_signature_file_is_a_bad_one(signature: bytes) -> None:
    submission = replace(chained().issue(), detached={".signature": signature})
    assert reason(submission, chained().keyring) == "bad-signature"


def test_no_signature_file_is_unsigned() -> None:
    assert reason(replace(chained().issue(), detached={}), chained().keyring) == "unsigned"


@pytest.mark.parametrize("bits", [1024, 2048])
def test_a_short_rsa_key_is_too_weak_for_our_own_lists(bits: int) -> None:
    key = rsa_key(bits)
    vendor = VendorSimulator(key=key)
    envelope = _sealed_by_short_key(vendor)
    assert reason(vendor.submit(envelope), vendor.keyring) == "weak-algorithm"


def _sealed_by_short_key(vendor: VendorSimulator) -> bytes:
    """Sign as our own code refuses to."""
    assert isinstance(vendor.key, rsa.RSAPrivateKey)
    payload = vendor.payload()
    salted = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH)
    value = vendor.key.sign(pae(PAYLOAD_TYPE, payload), salted, hashes.SHA256())
    return seal(PAYLOAD_TYPE, payload, (Signature(value=value),))


def test_the_envelope_does_not_choose_the_algorithm() -> None:
    curve = VendorSimulator(key=ec.generate_private_key(ec.SECP384R1()))
    assert reason(curve.issue(), curve.keyring) == "verified"
    # The same key id, and a signature of another scheme.
    assert reason(replace(curve.issue(), raw=VENDOR.envelope()), curve.keyring) == "unknown-signer"


def test_one_rejected_list_stops_no_other() -> None:
    references, outcomes = judge(VENDOR.truncate(), VENDOR.issue(), VENDOR.submit(b"", "x"))
    assert [o.reason for o in outcomes] == ["bad-signature", None, "malformed"]
    assert len(references.images) == 1


def test_the_same_bytes_twice_are_admitted_once() -> None:
    issued = VENDOR.issue()
    references, outcomes = judge(issued, replace(issued, filename="copy.dsse.json"))
    assert [o.status for o in outcomes] == ["verified", "verified"]
    assert len(references.provenance) == len(references.images) == 1


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"{}",
        b'{"a": 1, "a": 2}',
        b"\xff\xfe",
        b'{"x": NaN}',
        b"[" * 100_000,
        b"[" * 50 + b"]" * 50,
        b'{"schema": "netintegrity/manifest/1"}',
        VENDOR.payload(images=[]),
        VENDOR.payload(schema="netintegrity/manifest/2"),
        VENDOR.payload(issued_at=...),
        VENDOR.payload(expires_at=...),
        VENDOR.payload(expires_at="2020-01-01T00:00:00Z"),
        VENDOR.payload(sequence=-1),
        VENDOR.payload(sequence=1.5),
        VENDOR.payload(sequence=True),
        VENDOR.payload(surprise=1),
    ],
)
def test_signed_or_not_what_is_no_list_is_malformed(payload: bytes) -> None:
    assert reason(VENDOR.sign(payload)) == "malformed"


def test_what_no_format_claims_is_malformed() -> None:
    for raw in (b"", b"\x00" * 100, b'{"hello": 1}', os.fsencode("plain text")):
        assert reason(Submission(filename="x.json", raw=raw)) == "malformed"
        signed = Submission(filename="x.json", raw=raw, detached={".signature": b"s"})
        assert reason(signed) == "malformed"


def test_a_huge_file_is_too_large_before_anything_looks_inside() -> None:
    assert reason(Submission(filename="x", raw=b"", size_bytes=MAX_BYTES + 1)) == "too-large"
    assert reason(Submission(filename="x", raw=bytes(MAX_BYTES + 1))) == "too-large"


def test_a_large_envelope_is_recognised_whatever_its_order_and_name() -> None:
    entries = tuple(entry(filename=f"{n}.bin") for n in range(2000))
    document = json.loads(replace(VENDOR, entries=entries).envelope())
    raw = json.dumps(document, sort_keys=True).encode()
    assert len(raw) > 300_000
    assert reason(VENDOR.submit(raw, "anything")) == "verified"
    for position in (0, 1, 5, len(raw) // 2, len(raw) - 1):
        assert reason(VENDOR.submit(flip(raw, position), "anything")) == "bad-signature"


def test_a_measurement_never_answers_for_a_digest() -> None:
    references, _ = judge(chained().issue(), keyring=chained().keyring)
    value = bytes.fromhex("CD" * 64)
    assert references.with_measurement(Measurement(MeasurementKind.BIV_HASH, value))
    assert not references.with_digest([Digest(DigestAlgorithm.SHA512, value)])
    file = Digest(DigestAlgorithm.SHA512, bytes.fromhex("AB" * 64))
    assert references.with_digest([file])
    assert not references.with_measurement(Measurement(MeasurementKind.BIV_HASH, file.value))


def test_judging_asks_nothing_of_the_current_directory(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = VENDOR.issue()
    here = judge(issued)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "keyring.yaml").write_text("anchors: nonsense")
    monkeypatch.chdir(elsewhere)
    assert judge(issued) == here
