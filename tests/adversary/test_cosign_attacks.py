"""What a pinned key signed as cosign does counts, in each of the three forms; nothing else does.

cosign itself is no package of Debian's; openssl makes and checks the same signatures.
"""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from netintegrity.trust.admit import Submission
from tests.adversary.dgst_peer import Signer, bundle, hint_of, older_bundle
from tests.adversary.peers import needs
from tests.adversary.signed_checksums import LIST
from tests.adversary.tampering import MESSAGES
from tests.adversary.vendor_simulator import flip, judge_with, rsa_key

pytestmark = needs("openssl")


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer(folder=tmp_path, form="cosign")


def forms(signer: Signer, content: bytes, value: bytes) -> dict[str, bytes]:
    return {
        ".sig": base64.b64encode(value),
        ".bundle": older_bundle(value),
        ".sigstore.json": bundle(content, value, signer.public),
    }


def test_what_openssl_signs_we_accept_in_each_form(signer: Signer) -> None:
    value = signer.sign(LIST)
    assert signer.openssl_accepts(LIST, value)
    for suffix, beside in forms(signer, LIST, value).items():
        assert signer.judge(LIST, beside, suffix) == "verified"
        assert signer.judge(LIST, beside, "") == "verified"
        assert signer.judge(LIST, beside + b"\n", suffix) == "verified"


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (rsa_key(3072), "rsa-pkcs1v15-sha256"),
        (ec.generate_private_key(ec.SECP384R1()), "ecdsa-p384-sha384"),
    ],
)
def test_other_kinds_of_keys_sign_too(tmp_path: Path, key: object, algorithm: str) -> None:
    signer = Signer(folder=tmp_path, key=key, algorithm=algorithm, form="cosign")  # type: ignore[arg-type]
    value = signer.sign(LIST, algorithm.rpartition("-")[2])
    for suffix, beside in forms(signer, LIST, value).items():
        assert signer.judge(LIST, beside, suffix) == "verified"


def test_an_ed25519_key_signs_the_list_itself(tmp_path: Path) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    signer = Signer(folder=tmp_path, key=key, algorithm="ed25519", form="cosign")
    assert signer.judge(LIST, base64.b64encode(key.sign(LIST))) == "verified"


def test_a_list_signed_so_is_of_unknown_age_whatever_a_log_says(signer: Signer) -> None:
    beside = {".bundle": older_bundle(signer.sign(LIST))}
    submission = Submission(filename="sha256sums", raw=LIST, detached=beside)
    _, (outcome,) = judge_with(signer.keyring(), submission)
    assert (outcome.reason, outcome.format_id, outcome.newest_entry) == (None, "cosign", None)
    assert "age-unknown" in outcome.caveats


@pytest.mark.parametrize("change", MESSAGES)
def test_neither_takes_another_list(signer: Signer, change: str) -> None:
    value = signer.sign(LIST)
    message = MESSAGES[change]
    for suffix, beside in forms(signer, message, value).items():
        assert signer.judge(message, beside, suffix) == "bad-signature"
    # The digest that the bundle states is asked as well, although nobody signed it.
    assert signer.judge(message, bundle(LIST, value, signer.public), "") == "bad-signature"
    assert not signer.openssl_accepts(message, value)


VALUES: dict[str, Callable[[bytes], bytes]] = {
    "r": lambda v: flip(v, 8),
    "s": lambda v: flip(v, len(v) - 3),
    "tag": lambda v: flip(v, 0),
    "length": lambda v: flip(v, 1),
    "short": lambda v: v[:-1],
    "long": lambda v: v + b"\0",
    "r and s zero": lambda _: bytes.fromhex("3006020100020100"),
    "r and s one": lambda _: bytes.fromhex("3006020101020101"),
    "all zero": lambda v: bytes(len(v)),
    "raw r and s": lambda _: bytes(range(64)),
    "a zero before r": lambda v: (
        v[:1] + bytes([v[1] + 1]) + v[2:3] + bytes([v[3] + 1]) + b"\0" + v[4:]
    ),
    "empty": lambda _: b"",
}


@pytest.mark.parametrize("change", VALUES)
def test_neither_takes_a_spoilt_value(signer: Signer, change: str) -> None:
    value = VALUES[change](signer.sign(LIST))
    for suffix, beside in forms(signer, LIST, value).items():
        # What is too short for any signature is not told for one of cosign's.
        assert signer.judge(LIST, beside, suffix) in {"bad-signature", "unknown-signer"}
    # It reads as many bytes as a signature of this key has at most, and sees none behind those.
    assert change == "long" or not signer.openssl_accepts(LIST, value)


def changed(beside: bytes, *path: str, value: object = ...) -> bytes:
    document = json.loads(beside)
    here = document
    for name in path[:-1]:
        here = here[name]
    if value is ...:
        del here[path[-1]]
    else:
        here[path[-1]] = value
    return json.dumps(document).encode()


MATERIAL, MESSAGE = "verificationMaterial", "messageSignature"
BUNDLES: dict[str, tuple[tuple[str, ...], object, str]] = {
    "another media type": (("mediaType",), "application/json", "bad-signature"),
    "a version to come": (
        ("mediaType",),
        "application/vnd.dev.sigstore.bundle.v0.9+json",
        "bad-signature",
    ),
    "a member more": (("note",), "x", "bad-signature"),
    "a statement": (("dsseEnvelope",), {}, "bad-signature"),
    "no signature": ((MESSAGE, "signature"), ..., "bad-signature"),
    "an empty signature": ((MESSAGE, "signature"), "", "bad-signature"),
    "no base64": ((MESSAGE, "signature"), "%%%%", "bad-signature"),
    "another digest": (
        (MESSAGE, "messageDigest", "digest"),
        base64.b64encode(bytes(32)).decode(),
        "bad-signature",
    ),
    "a weak digest": ((MESSAGE, "messageDigest", "algorithm"), "SHA1", "bad-signature"),
    "no key": ((MATERIAL, "publicKey"), ..., "bad-signature"),
    "another key": (
        (MATERIAL, "publicKey", "hint"),
        base64.b64encode(bytes(32)).decode(),
        "bad-signature",
    ),
    "a name for a key": ((MATERIAL, "publicKey", "hint"), "our key", "bad-signature"),
    "a certificate": ((MATERIAL, "certificate"), {"rawBytes": "MIIB"}, "unknown-signer"),
    "a chain": ((MATERIAL, "x509CertificateChain"), {"certificates": []}, "unknown-signer"),
}


@pytest.mark.parametrize("change", BUNDLES)
def test_no_changed_bundle_counts(signer: Signer, change: str) -> None:
    path, value, expected = BUNDLES[change]
    honest = bundle(LIST, signer.sign(LIST), signer.public)
    assert signer.judge(LIST, changed(honest, *path, value=value), ".sigstore.json") == expected


def test_a_hint_in_hex_and_a_bundle_without_a_digest_say_enough(signer: Signer) -> None:
    value = signer.sign(LIST)
    hexed = base64.b64decode(hint_of(signer.public)).hex()
    named = bundle(LIST, value, signer.public, material={"publicKey": {"hint": hexed}})
    assert signer.judge(LIST, named, ".sigstore.json") == "verified"
    silent = changed(bundle(LIST, value, signer.public), MESSAGE, "messageDigest")
    assert signer.judge(LIST, silent, ".sigstore.json") == "verified"


def test_an_older_bundle_of_a_passing_certificate_is_refused(signer: Signer) -> None:
    keyless = base64.b64encode(b"-----BEGIN CERTIFICATE-----\n").decode()
    assert (
        signer.judge(LIST, older_bundle(signer.sign(LIST), cert=keyless), ".bundle")
        == "unknown-signer"
    )
    more = older_bundle(signer.sign(LIST), more=1)
    assert signer.judge(LIST, more, ".bundle") == "bad-signature"


@pytest.mark.parametrize(
    "beside",
    [
        b"{",
        b'{"base64Signature": ' + b"[" * 100_000,
        b'{"base64Signature":"","base64Signature":""}',
    ],
)
def test_hostile_bundles_are_refused(signer: Signer, beside: bytes) -> None:
    assert signer.judge(LIST, beside, ".bundle") == "bad-signature"


def test_a_strangers_key_does_not_count_whatever_it_is_called(
    signer: Signer, tmp_path: Path
) -> None:
    stranger = Signer(folder=tmp_path, form="cosign")
    value = stranger.sign(LIST)
    assert signer.judge(LIST, bundle(LIST, value, stranger.public), "") == "unknown-signer"
    assert signer.judge(LIST, bundle(LIST, value, signer.public), "") == "bad-signature"
    assert signer.judge(LIST, base64.b64encode(value)) == "bad-signature"


def test_no_changed_byte_of_a_bare_signature_leaves_a_list_verified(signer: Signer) -> None:
    beside = base64.b64encode(signer.sign(LIST))
    for position in range(len(beside)):
        for mask in (0x01, 0x20, 0x80):
            assert signer.judge(LIST, flip(beside, position, mask)) != "verified"
