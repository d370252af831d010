"""A signed CoSWID tag is a list of files; what somebody did to it is none."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cbor2 import CBORTag
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from netintegrity.trust import cose
from netintegrity.trust.signature import verify
from tests.adversary.cose_peer import FILE, SWID, TAG, CoseSigner, sealed, with_headers
from tests.adversary.dgst_peer import Key
from tests.adversary.peers import needs
from tests.adversary.vendor_simulator import flip, judge_with, reason_with, rsa_key

pytestmark = needs("openssl")


@pytest.fixture
def signer(tmp_path: Path) -> CoseSigner:
    return CoseSigner(folder=tmp_path)


def test_the_files_of_a_tag_are_the_list(signer: CoseSigner) -> None:
    raw = signer.sign()
    assert signer.peer_accepts(raw)
    references, (outcome,) = judge_with(signer.keyring(), signer.submit(raw))
    assert (outcome.reason, outcome.format_id, outcome.sequence) == (None, "coswid", 7)
    listed = {i.filename: (i.size_bytes, *map(str, i.digests)) for i in references.images}
    assert listed == {
        "EOS-4.30.1F.swi": (1234, f"sha512:{'ab' * 64}"),
        "firmware.bin": (None, f"sha256:{'cd' * 32}"),
        "loader.efi": (None, f"sha384:{'ef' * 48}"),
    }
    assert "age-unknown" in outcome.caveats


@pytest.mark.parametrize(
    ("key", "alg", "algorithm"),
    [
        (ec.generate_private_key(ec.SECP256R1()), -9, "ecdsa-p256-sha256"),
        (ec.generate_private_key(ec.SECP384R1()), -35, "ecdsa-p384-sha384"),
        (ec.generate_private_key(ec.SECP384R1()), -51, "ecdsa-p384-sha384"),
        (ed25519.Ed25519PrivateKey.generate(), -8, "ed25519"),
        (ed25519.Ed25519PrivateKey.generate(), -19, "ed25519"),
        (rsa_key(3072), -37, "rsa-pss-sha256"),
    ],
)
def test_each_algorithm_counts_under_its_own_name_alone(
    tmp_path: Path, key: Key, alg: int, algorithm: str
) -> None:
    signer = CoseSigner(folder=tmp_path, key=key, alg=alg, algorithm=algorithm)
    parts = signer.parts()
    assert signer.judge(sealed(parts)) == "verified"
    other = -7 if alg != -9 else -35
    assert signer.judge(with_headers(parts, {1: other, 3: SWID})) == "bad-signature"


def test_a_tag_may_be_tagged_as_one(signer: CoseSigner) -> None:
    assert signer.judge(signer.sign(CBORTag(1398229316, TAG))) == "verified"
    assert signer.judge(signer.sign(TAG | {0: b"\x01" * 16})) == "verified"


def test_a_signed_key_id_or_certificate_means_nothing(signer: CoseSigner) -> None:
    assert signer.judge(signer.sign(_4=b"anybody", _33=b"\x30\x00")) == "verified"
    parts = signer.parts()
    assert signer.judge(sealed(parts, _1={4: b"anybody", 33: [b"", b""], 34: [-16, b""]})) == (
        "verified"
    )


Spoil = Callable[[list[Any]], bytes]
OTHER = cbor2.dumps(TAG | {6: {17: FILE | {7: [8, b"\x00" * 64]}}})
SPOILT: dict[str, Spoil] = {
    "another content": lambda p: sealed(p, _2=OTHER),
    "a byte of the content": lambda p: sealed(p, _2=flip(p[2], 5)),
    "no content": lambda p: sealed(p, _2=b""),
    "a byte of the headers": lambda p: sealed(p, _0=flip(p[0], len(p[0]) - 1)),
    "no headers": lambda p: sealed(p, _0=b""),
    "empty headers": lambda p: sealed(p, _0=b"\xa0"),
    "another algorithm": lambda p: with_headers(p, {1: -35, 3: SWID}),
    "another content type": lambda p: with_headers(p, {1: -7, 3: "application/rim+cbor"}),
    "a header more": lambda p: with_headers(p, {1: -7, 3: SWID, 99: 1}),
    "r": lambda p: sealed(p, _3=flip(p[3], 0)),
    "s": lambda p: sealed(p, _3=flip(p[3], 63)),
    "all zero": lambda p: sealed(p, _3=bytes(64)),
    "r and s swapped": lambda p: sealed(p, _3=p[3][32:] + p[3][:32]),
    "short": lambda p: sealed(p, _3=p[3][:-1]),
    "no signature": lambda p: sealed(p, _3=b""),
    "content elsewhere": lambda p: sealed(p, _2=None),
    "a part less": lambda p: sealed(p[:3]),
    "no tag": lambda p: sealed(p, None),
    "cut short": lambda p: sealed(p)[:-1],
}


@pytest.mark.parametrize("change", SPOILT)
def test_neither_takes_a_spoilt_envelope(signer: CoseSigner, change: str) -> None:
    raw = SPOILT[change](signer.parts())
    # What says that it is of another form is taken for one of that form.
    assert signer.judge(raw) in {"bad-signature", "unsigned", "malformed", "unknown-signer"}
    assert not signer.peer_accepts(raw)


UNSIGNED = "what is not signed, it does not look at"
SPELLING = "it reads every spelling of CBOR"
STRICTER: dict[str, tuple[Spoil, str]] = {
    "algorithm again, unsigned": (lambda p: sealed(p, _1={1: -7}), UNSIGNED),
    "content type again, unsigned": (lambda p: sealed(p, _1={3: SWID}), UNSIGNED),
    "any header, unsigned": (lambda p: sealed(p, _1={"note": 1}), UNSIGNED),
    "another tag": (lambda p: sealed(p, 98), "it takes the parts, under whichever tag"),
    "more behind it": (lambda p: sealed(p) + b"\0", "it stops behind the first value"),
    "lengths not stated": (lambda p: b"\xd2\x9f" + sealed(p, None)[1:] + b"\xff", SPELLING),
    "a longer length": (
        lambda p: b"\xd2\x84" + b"\x59" + len(p[0]).to_bytes(2, "big") + p[0]
        + sealed(p, None)[1 + len(cbor2.dumps(p[0])) :],
        SPELLING,
    ),
    "a key twice, unsigned": (
        lambda p: b"\xd2\x84" + cbor2.dumps(p[0]) + b"\xa2\x04\x41\x00\x04\x41\x01"
        + b"".join(cbor2.dumps(x) for x in p[2:]),
        SPELLING,
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", STRICTER)
def test_a_lax_reader_takes_another_spelling_and_we_take_one(
    signer: CoseSigner, change: str
) -> None:
    raw = STRICTER[change][0](signer.parts())
    assert signer.judge(raw) in {"bad-signature", "malformed"}
    assert signer.peer_accepts(raw), STRICTER[change][1]


def test_no_changed_byte_leaves_a_tag_verified(signer: CoseSigner) -> None:
    raw, keyring = signer.sign(), signer.keyring()
    for position in range(len(raw)):
        for mask in (0x01, 0x80):
            changed = signer.submit(flip(raw, position, mask))
            assert reason_with(keyring, changed) != "verified", (position, mask)


def test_a_strangers_tag_and_a_key_for_another_thing_do_not_count(
    signer: CoseSigner, tmp_path: Path
) -> None:
    assert signer.judge(CoseSigner(folder=tmp_path).sign()) == "bad-signature"
    assert signer.judge(signer.sign(), formats="[corim]") == "unknown-signer"
    assert signer.judge(signer.sign(), purpose="image") == "wrong-purpose"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"_1": -65535}, "weak-algorithm"),
        ({"_1": ...}, "bad-signature"),
        ({"_1": "ES256"}, "bad-signature"),
        ({"_1": [1]}, "bad-signature"),
        ({"_1": True}, "bad-signature"),
        ({"_1": -257}, "bad-signature"),
        ({"_2": [99], "_99": 1}, "bad-signature"),
        ({"_3": ...}, "unknown-signer"),
        ({"_3": 60}, "unknown-signer"),
    ],
)
def test_headers_that_do_not_say_enough_are_refused(
    signer: CoseSigner, headers: dict[str, object], expected: str
) -> None:
    judged = signer.judge(signer.sign(**headers))
    assert judged == expected or (expected == "unknown-signer" and judged == "malformed")


def tag(**changes: object) -> dict[int, object]:
    made = TAG | {int(n.removeprefix("_")): v for n, v in changes.items()}
    return {k: v for k, v in made.items() if v is not ...}


def files(*entries: object) -> dict[int, object]:
    return tag(_6={17: list(entries)})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xa0",
        b"\xff",
        b"\x81" * 100_000,
        b"\xbb" + b"\xff" * 8,
        [],
        tag(_3={35: 1}),
        tag(_12=...),
        tag(_12=-1),
        tag(_12="7"),
        tag(_12=True),
        tag(_0=...),
        tag(_0=5),
        tag(_0=b"\x01" * 15),
        tag(_0="a|b"),
        tag(_6=...),
        tag(_6={}),
        tag(_6={17: 5}),
        tag(_6=[]),
        files({24: "x"}),
        files({24: "x", 7: [0, b"\x01" * 32]}),
        files({24: "x", 7: [2, b"\x01" * 16]}),
        files({24: "x", 7: [1, b"\x01" * 31]}),
        files({24: "x", 7: [1, "ab" * 32]}),
        files({24: "x", 7: [1]}),
        files({24: "x", 7: 1}),
        files({24: "", 7: [1, b"\x01" * 32]}),
        files({24: "a/b", 7: [1, b"\x01" * 32]}),
        files({24: "a\nb", 7: [1, b"\x01" * 32]}),
        files({24: 5, 7: [1, b"\x01" * 32]}),
        files({24: "x", 23: 5, 7: [1, b"\x01" * 32]}),
        files({24: "x", 20: -1, 7: [1, b"\x01" * 32]}),
        files({24: "x", 7: [1, b"\x01" * 32]}, {24: "x", 7: [1, b"\x02" * 32]}),
        tag(_6={16: {24: "d", 26: 5}}),
        tag(_13=1.5),
        CBORTag(1398229316, 5),
        CBORTag(258, [1]),
    ],
)
def test_what_is_signed_and_no_list_is_malformed(signer: CoseSigner, content: object) -> None:
    assert signer.judge(signer.sign(content)) == "malformed"


def test_directories_nested_without_end_are_refused(signer: CoseSigner) -> None:
    nested: dict[int, object] = {17: FILE}
    for _ in range(10):
        nested = {16: {24: "d", 26: nested}}
    assert signer.judge(signer.sign(tag(_6=nested))) == "verified"
    for _ in range(100):
        nested = {16: {24: "d", 26: nested}}
    assert signer.judge(signer.sign(tag(_6=nested))) == "malformed"


def test_the_example_of_the_standard_is_read_as_it_says() -> None:
    """RFC 9052 appendix C.2.1: one ECDSA signature over ``This is the content.``."""
    raw = bytes.fromhex(
        "d28443a10126a10442313154546869732069732074686520636f6e74656e742e5840"
        "8eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e"
        "2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36"
    )
    key = ec.EllipticCurvePublicNumbers(
        0xBAC5B11CAD8F99F9C72B05CF4B9E26D244DC189F745228255A219A86D6A09EFF,
        0x20138BF82DC1B6D562BE0FA54AB7804A3A64B6D72CCFED6B6FB6ED28BBFC117E,
        ec.SECP256R1(),
    ).public_key()
    signed = cose.read(raw, name="example")
    assert cose.unpack(signed.payload) == ({1: -7}, b"This is the content.")
    verify(
        key,
        signed.algorithm,
        signature=signed.value,
        signed=signed.signed,
        manifest_id="example",
        key_fingerprint="",
    )


def test_without_the_extra_a_tag_says_what_to_install(
    signer: CoseSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = signer.sign()
    monkeypatch.setitem(sys.modules, "cbor2", None)
    _, (outcome,) = judge_with(signer.keyring(), signer.submit(raw))
    assert outcome.reason == "malformed"
    assert "netintegrity[cose]" in outcome.detail
