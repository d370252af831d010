"""What a key for statements signed is a list; the same bytes under another type or key are none."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from netintegrity.trust import dsse
from netintegrity.trust._spec import Signature
from netintegrity.trust.admit import Submission
from netintegrity.trust.keyring import Keyring, load_keyring
from netintegrity.trust.sign import anchor_yaml
from tests.adversary.vendor_simulator import flip, judge_with, public_pem_of, reason_with

KEY, STRANGER = ed25519.Ed25519PrivateKey.generate(), ed25519.Ed25519PrivateKey.generate()
TYPE = "application/vnd.in-toto+json"
STATEMENT: dict[str, Any] = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [
        {"name": "build/EOS-4.30.1F.swi", "digest": {"sha256": "ab" * 32, "gitCommit": "cd" * 20}},
        {"name": "firmware.bin", "digest": {"sha512": "ef" * 64}},
    ],
    "predicateType": "https://slsa.dev/provenance/v1",
    "predicate": {"buildDefinition": {}},
}


def keyring(key: ed25519.Ed25519PrivateKey = KEY, **changes: object) -> Keyring:
    public = public_pem_of(key)
    fields: dict[str, object] = {
        "anchor_id": "toy/builds",
        "file": "toy.pem",
        "source": "made for a test",
        "signer": "owner",
        "vendor": None,
        "formats": ("in-toto",),
    }
    text = anchor_yaml(public, **(fields | changes))  # type: ignore[arg-type]
    return load_keyring({"keyring.yaml": text.encode(), "toy.pem": public})


def envelope(
    statement: object = STATEMENT, *, key: ed25519.Ed25519PrivateKey = KEY, kind: str = TYPE
) -> bytes:
    payload = statement if isinstance(statement, bytes) else json.dumps(statement).encode()
    value = key.sign(dsse.pae(kind, payload))
    return dsse.seal(kind, payload, (Signature(value=value),))


def judge(raw: bytes, name: str = "build.intoto.json", **changes: object) -> str:
    return reason_with(keyring(**changes), Submission(filename=name, raw=raw))  # type: ignore[arg-type]


def test_subjects_are_the_list() -> None:
    submission = Submission(filename="build.intoto.json", raw=envelope())
    references, (outcome,) = judge_with(keyring(), submission)
    assert (outcome.reason, outcome.format_id) == (None, "in-toto")
    assert [i.filename for i in references.images] == ["EOS-4.30.1F.swi", "firmware.bin"]
    assert [len(i.digests) for i in references.images] == [1, 1]


def test_a_p256_key_signs_statements_too() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    payload = json.dumps(STATEMENT).encode()
    value = key.sign(dsse.pae(TYPE, payload), ec.ECDSA(hashes.SHA256()))
    public = public_pem_of(key)
    text = anchor_yaml(
        public,
        anchor_id="toy/builds",
        file="toy.pem",
        source="made for a test",
        signer="owner",
        vendor=None,
        formats=("in-toto",),
    )
    known = load_keyring({"keyring.yaml": text.encode(), "toy.pem": public})
    raw = dsse.seal(TYPE, payload, (Signature(value=value),))
    assert reason_with(known, Submission(filename="x.intoto.json", raw=raw)) == "verified"


def with_member(name: str, value: object) -> Callable[[bytes], bytes]:
    def changed(raw: bytes) -> bytes:
        return json.dumps(json.loads(raw) | {name: value}, indent=1).encode() + b"\n"

    return changed


OTHER = json.dumps(STATEMENT | {"predicate": {}}).encode()
ATTACKS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "another payload": (
        with_member("payload", base64.b64encode(OTHER).decode()),
        "bad-signature",
    ),
    "no signature": (with_member("signatures", []), "unsigned"),
    "an empty signature": (with_member("signatures", [{"sig": ""}]), "bad-signature"),
    "a signature of zeros": (
        with_member("signatures", [{"sig": base64.b64encode(bytes(64)).decode()}]),
        "bad-signature",
    ),
    "a member more": (with_member("note", "x"), "bad-signature"),
    "cut short": (lambda raw: raw[:-40], "bad-signature"),
    "a blank more": (lambda raw: raw.replace(b": ", b":  ", 1), "bad-signature"),
    "another type": (
        lambda raw: raw.replace(b"vnd.in-toto+json", b"vnd.in-toto+jsom"),
        "unknown-signer",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_changed_envelope_counts(attack: str) -> None:
    change, expected = ATTACKS[attack]
    raw = change(envelope())
    assert raw != envelope()
    assert judge(raw) == expected


def test_no_changed_byte_leaves_a_statement_verified() -> None:
    raw = envelope()
    for position in range(len(raw) - 1):
        assert judge(flip(raw, position)) != "verified", position


def test_a_strangers_statement_and_a_key_for_another_thing_do_not_count() -> None:
    assert judge(envelope(key=STRANGER)) == "bad-signature"
    assert judge(envelope(), formats=("netintegrity-manifest",)) == "unknown-signer"
    assert judge(envelope(), purpose="image") == "wrong-purpose"
    assert judge(envelope(), channel="rolling") == "wrong-purpose"


def test_a_statement_is_none_of_our_own_lists_nor_the_reverse() -> None:
    own = "application/vnd.netintegrity.manifest+json"
    both = {"formats": ("in-toto", "netintegrity-manifest")}
    assert judge(envelope(kind=own), "x.dsse.json", **both) == "malformed"
    assert judge(envelope(kind=own), "x.intoto.json", **both) == "malformed"
    assert judge(envelope(), "x.dsse.json", **both) == "malformed"


def subjects(*listed: object) -> dict[str, object]:
    return STATEMENT | {"subject": list(listed)}


@pytest.mark.parametrize(
    "statement",
    [
        b"",
        b"[]",
        b'{"_type": 1}',
        b"[" * 100_000,
        STATEMENT | {"_type": "https://in-toto.io/Statement/v9"},
        STATEMENT | {"more": 1},
        STATEMENT | {"predicateType": None},
        STATEMENT | {"subject": {}},
        subjects(),
        subjects({"name": "x"}),
        subjects({"name": "x", "digest": {}}),
        subjects({"name": "x", "digest": {"gitCommit": "cd" * 20}}),
        subjects({"name": "x", "digest": {"sha256": "AB" * 32}}),
        subjects({"name": "x", "digest": {"sha256": "ab" * 31}}),
        subjects({"name": "x", "digest": {"sha256": 5}}),
        subjects({"name": "", "digest": {"sha256": "ab" * 32}}),
        subjects({"name": "a/", "digest": {"sha256": "ab" * 32}}),
        subjects({"name": "a\nb", "digest": {"sha256": "ab" * 32}}),
        subjects({"name": "a", "other": 1, "digest": {"sha256": "ab" * 32}}),
        subjects(
            {"name": "a", "digest": {"sha256": "ab" * 32}},
            {"name": "a", "digest": {"sha256": "cd" * 32}},
        ),
        json.dumps(STATEMENT).replace('"predicate":', '"subject": [], "predicate":').encode(),
    ],
)
def test_what_is_signed_and_no_statement_is_malformed(statement: object) -> None:
    assert judge(envelope(statement)) == "malformed"


def test_a_statement_may_bear_the_signature_of_somebody_unknown_as_well() -> None:
    document = json.loads(envelope())
    foreign = {"keyid": "ab" * 32, "sig": base64.b64encode(bytes(64)).decode()}
    document["signatures"].append(foreign)
    assert judge(json.dumps(document).encode()) == "verified"
    document["signatures"].reverse()
    assert judge(json.dumps(document).encode()) == "verified"
