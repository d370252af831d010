"""IOS-XR's JSON, made here after Cisco's scripts: no genuine answer was at hand."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256

from netintegrity.model.attestation import Challenge, Nonce, SignatureOutcome
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.model.verdict import Verdict
from netintegrity.platforms import _cisco_quote as quote
from tests.adversary.judging import judged, only
from tests.adversary.sudi_simulator import BOX, TWIN, Box

NONCE = bytes.fromhex("54659397")
SENT = Nonce(NONCE)
NAMES = ("Cisco SUDI Root", "Cisco SUDI CA", "Cisco SUDI")


def node(box: Box = BOX, place: str = "node0_RP0_CPU0", nonce: bytes = NONCE) -> dict[str, object]:
    signed = nonce + (1).to_bytes(4, "big") + b"".join(box.chain)
    signature = box.key.sign(signed, padding.PKCS1v15(), SHA256())
    return {
        "node-location": place,
        "nonce": base64.b64encode(nonce).decode(),
        "signature_version": 1,
        "signature": base64.b64encode(signature).decode(),
        "certificates": {
            "certificate": [
                {"name": name, "value": base64.encodebytes(der).decode()}
                for name, der in zip(NAMES, box.chain, strict=True)
            ]
        },
    }


def answer(*nodes: dict[str, object]) -> str:
    head = "RP/0/RP0/CPU0:ios#show platform security attest certificate CiscoSUDI json\n"
    return (
        head + json.dumps({"system-certificates": list(nodes)}, indent=1) + "\nRP/0/RP0/CPU0:ios#"
    )


def challenge(nonce: Nonce | None = SENT) -> Challenge:
    return Challenge(certificates=nonce, measurements=None, compliance=None)


def test_a_chain_over_our_bytes_is_verified_and_the_box_is_not() -> None:
    result = only(judged(answer(node()), challenge=challenge(), serials=[BOX.serial]))
    assert result.subject == Subject(SubjectKind.NODE, "0/RP0/CPU0")
    assert result.chain is SignatureOutcome.VERIFIED
    assert result.certificates_signature is SignatureOutcome.VERIFIED
    assert result.serial == BOX.serial
    # Nothing was measured, so nothing is known of what runs.
    assert result.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("other", [b"\x54\x65\x93\x98", NONCE[:3], b"\x00" + NONCE, b"1"])
def test_other_bytes_are_a_mismatch(other: bytes) -> None:
    result = only(judged(answer(node()), challenge=challenge(Nonce(other))))
    assert result.verdict is Verdict.MISMATCH


def test_every_node_is_judged_by_itself() -> None:
    shown = answer(node(), node(TWIN, "node0_RP1_CPU0"))
    together = judged(shown, challenge=challenge())
    assert [r.serial for r in together.results] == [BOX.serial, TWIN.serial]


def test_the_order_is_that_of_the_names() -> None:
    turned = node()
    turned["certificates"]["certificate"].reverse()  # type: ignore[index]
    assert only(judged(answer(turned), challenge=challenge())).chain is SignatureOutcome.VERIFIED


def without(member: str) -> dict[str, object]:
    return {k: v for k, v in node().items() if k != member}


BROKEN = {
    "no JSON": "",
    "no list": '{"system-certificates": 3}',
    "an empty list": '{"system-certificates": []}',
    "no objects": '{"system-certificates": [3]}',
    "a member twice": '{"system-certificates": [], "system-certificates": []}',
    "cut off": answer(node())[:3000],
    "too deep": '{"system-certificates": ' + "[" * 100_000,
    "no place": answer(without("node-location")),
    "no certificates": answer(without("certificates")),
    "a place that is no text": answer({**node(), "node-location": 3}),
    "one name twice": answer(
        {
            **node(),
            "certificates": {"certificate": [{"name": "x", "value": "MQ=="}] * 2},
        }
    ),
    "no base64": answer({**node(), "signature": "§"}),
    "uneven base64": answer({**node(), "signature": "MQ"}),
    "base64 of another spelling": answer({**node(), "signature": "MR=="}),
}


@pytest.mark.parametrize("shown", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_is_a_fault(shown: str) -> None:
    together = judged(f'"system-certificates"\n{shown}', challenge=challenge())
    assert together.verdict is Verdict.UNKNOWN
    assert only(together).reasons


def test_a_chain_without_a_signature_or_of_an_unknown_layout_is_unknown() -> None:
    for changed in (without("signature"), {**node(), "signature_version": "1"}):
        assert only(judged(answer(changed), challenge=challenge())).verdict is Verdict.UNKNOWN


def test_the_echoed_nonce_is_not_read() -> None:
    echoing = {**node(), "nonce": base64.b64encode(b"anything").decode()}
    (got,) = quote.read_certificates(answer(echoing))
    assert got == quote.read_certificates(answer(node()))[0]
