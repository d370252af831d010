"""We sign and securesystemslib verifies, it signs and we verify; what was changed neither takes."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from netintegrity.trust import dsse, payload
from netintegrity.trust.admit import Submission
from netintegrity.trust.keyring import Keyring, load_keyring
from netintegrity.trust.sign import anchor_yaml, sign_manifest
from tests.adversary.dsse_peer import Key, Peer
from tests.adversary.test_in_toto_attacks import STATEMENT
from tests.adversary.vendor_simulator import (
    VendorSimulator,
    flip,
    pem_of,
    public_pem_of,
    reason_with,
    rsa_key,
)

OURS = VendorSimulator().payload()
IN_TOTO = "application/vnd.in-toto+json"
KEYS: list[Key] = [
    ed25519.Ed25519PrivateKey.generate(),
    ec.generate_private_key(ec.SECP256R1()),
    ec.generate_private_key(ec.SECP384R1()),
    rsa_key(3072),
]
FORMS = {
    "netintegrity-manifest": (payload.PAYLOAD_TYPE, OURS, "toy.dsse.json"),
    "in-toto": (IN_TOTO, json.dumps(STATEMENT).encode(), "toy.intoto.json"),
}


def keyring(key: Key, form: str) -> Keyring:
    public = public_pem_of(key)
    text = anchor_yaml(
        public, anchor_id="toy/key", file="toy.pem", source="made for a test", formats=(form,)
    )
    return load_keyring({"keyring.yaml": text.encode(), "toy.pem": public})


def judge(raw: bytes, key: Key, form: str) -> str:
    return reason_with(keyring(key, form), Submission(filename=FORMS[form][2], raw=raw))


@pytest.mark.parametrize("key", KEYS, ids=lambda key: type(key).__name__)
def test_what_we_sign_securesystemslib_verifies(key: Key) -> None:
    raw = sign_manifest(OURS, pem_of(key))
    assert Peer(key=key).accepts(raw)
    assert judge(raw, key, "netintegrity-manifest") == "verified"
    assert not Peer().accepts(raw)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("key", KEYS, ids=lambda key: type(key).__name__)
def test_what_securesystemslib_signs_we_verify(key: Key, form: str) -> None:
    payload_type, content, _ = FORMS[form]
    raw = Peer(key=key).sign(payload_type, content)
    assert Peer(key=key).accepts(raw)
    assert judge(raw, key, form) == "verified"


def test_a_statement_may_name_its_key_as_the_signer_likes_and_our_own_list_may_not() -> None:
    """DSSE leaves key ids to the signer; of our own lists we are the signer."""
    peer = Peer(is_ours=False)
    assert judge(peer.sign(*FORMS["in-toto"][:2]), peer.key, "in-toto") == "verified"
    own = peer.sign(*FORMS["netintegrity-manifest"][:2])
    assert judge(own, peer.key, "netintegrity-manifest") == "bad-signature"


Change = Callable[[dict[str, Any]], object]


def value(change: Callable[[bytes], bytes]) -> Change:
    def changed(document: dict[str, Any]) -> None:
        signature = document["signatures"][0]
        signature["sig"] = base64.b64encode(change(base64.b64decode(signature["sig"]))).decode()

    return changed


def content(change: Callable[[bytes], bytes]) -> Change:
    def changed(document: dict[str, Any]) -> None:
        document["payload"] = base64.b64encode(
            change(base64.b64decode(document["payload"]))
        ).decode()

    return changed


OTHER = VendorSimulator(list_id="other").payload()
SPOILT: dict[str, Change] = {
    "another content": content(lambda _: OTHER),
    "a byte of the content": content(lambda c: flip(c, len(c) // 2)),
    "a byte more": content(lambda c: c + b" "),
    "a byte less": content(lambda c: c[:-1]),
    "no content": content(lambda _: b""),
    "another type": lambda d: d.update(payloadType=IN_TOTO + ";v=2"),
    "type and content shifted": lambda d: d.update(payloadType=d["payloadType"] + " "),
    "R": value(lambda v: flip(v, 0)),
    "S": value(lambda v: flip(v, 63)),
    "all zero": value(lambda _: bytes(64)),
    "short": value(lambda v: v[:-1]),
    "long": value(lambda v: v + b"\0"),
    "empty": value(lambda _: b""),
    "no signatures": lambda d: d.update(signatures=[]),
    "signatures left out": lambda d: d.pop("signatures"),
    "no list of signatures": lambda d: d.update(signatures=5),
    "another key's name": lambda d: d["signatures"][0].update(keyid="sha256:" + "0" * 64),
    "no base64": lambda d: d["signatures"][0].update(sig="%%%"),
    "line ends in base64": lambda d: d.update(payload="\n" + d["payload"]),
    "a stranger's": lambda d: d.update(
        signatures=json.loads(Peer().sign(d["payloadType"], OURS))["signatures"]
    ),
}
KEY = KEYS[0]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("change", SPOILT)
def test_neither_takes_a_spoilt_envelope(change: str, form: str) -> None:
    peer = Peer(key=KEY)
    document = json.loads(peer.sign(*FORMS[form][:2]))
    SPOILT[change](document)
    raw = json.dumps(document).encode()
    assert judge(raw, KEY, form) in {"bad-signature", "unsigned", "unknown-signer", "malformed"}
    assert not peer.accepts(raw)


STRICTER: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "white space": (lambda raw: raw.replace(b": ", b":   "), "it reads any JSON"),
    "a member twice": (
        lambda raw: b'{"payload": "", ' + raw[1:],
        "of two members of one name it reads the last",
    ),
    "a member more": (
        lambda raw: b'{"note": 1, ' + raw[1:],
        "it passes over what it does not know",
    ),
    "an escape": (lambda raw: raw.replace(b'"payload"', b'"p\\u0061yload"'), "it reads any JSON"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("change", STRICTER)
def test_securesystemslib_takes_a_second_spelling_and_we_take_one(change: str, form: str) -> None:
    peer = Peer(key=KEY)
    raw = STRICTER[change][0](peer.sign(*FORMS[form][:2]))
    assert judge(raw, KEY, form) in {"bad-signature", "malformed"}
    assert peer.accepts(raw), STRICTER[change][1]


def test_a_name_left_out_is_no_reason_for_us_and_one_for_it() -> None:
    peer = Peer(key=KEY)
    document = json.loads(peer.sign(*FORMS["in-toto"][:2]))
    document["signatures"][0]["keyid"] = ""
    raw = json.dumps(document).encode()
    assert judge(raw, KEY, "in-toto") == "verified"
    assert not peer.accepts(raw), "it looks for a key by its name alone, which DSSE does not ask"
    assert dsse.looks_like_one(raw)
