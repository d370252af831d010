"""What ``openssl dgst`` signs we accept; what was changed in any way, neither does."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.adversary.dgst_peer import Signer
from tests.adversary.peers import needs
from tests.adversary.signed_checksums import LIST, Holder
from tests.adversary.tampering import MESSAGES
from tests.adversary.vendor_simulator import flip, rsa_key

pytestmark = needs("openssl")

RSA = rsa_key(3072)
LARGE = rsa_key(4096)
PSS = ("-sigopt", "rsa_padding_mode:pss")


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer(folder=tmp_path, key=RSA, algorithm="rsa-pkcs1v15-sha256")


@pytest.mark.parametrize("suffix", [".sig", ".384.sig", ".sha256.base64", ""])
def test_what_openssl_signs_we_accept_as_it_is_and_in_base64(signer: Signer, suffix: str) -> None:
    value = signer.sign(LIST)
    assert signer.openssl_accepts(LIST, value)
    for written in (value, signer.base64(value), signer.base64(value).replace(b"\n", b"\r\n")):
        assert signer.judge(LIST, written, suffix) == "verified"


@pytest.mark.parametrize("key", [rsa_key(2048), RSA, LARGE])
def test_base64_in_one_line_is_told_from_a_value_of_as_many_bytes(
    tmp_path: Path, key: object
) -> None:
    """RSA-3072 in one line of base64 has 512 digits, and RSA-4096 as many bytes."""
    signer = Signer(folder=tmp_path, key=key, algorithm="rsa-pkcs1v15-sha256")  # type: ignore[arg-type]
    value = signer.sign(LIST)
    one_line = base64.b64encode(value)
    assert signer.judge(LIST, value) == "verified"
    # Under `.sig` alone a single line is as cosign writes it, and a key for that is another pin.
    assert signer.judge(LIST, one_line, ".sha256.base64") == "verified"
    assert signer.judge(LIST, one_line) == "unknown-signer"


@pytest.mark.parametrize(
    ("algorithm", "digest", "options"),
    [
        ("rsa-pkcs1v15-sha256", "sha256", ()),
        ("rsa-pkcs1v15-sha384", "sha384", ()),
        ("rsa-pkcs1v15-sha512", "sha512", ()),
        ("rsa-pss-sha256", "sha256", PSS),
    ],
)
def test_a_value_counts_only_as_the_keyring_says_it_is_made(
    tmp_path: Path, algorithm: str, digest: str, options: tuple[str, ...]
) -> None:
    signer = Signer(folder=tmp_path, key=RSA, algorithm=algorithm)
    value = signer.sign(LIST, digest, *options)
    assert signer.judge(LIST, value) == "verified"
    for other in ("rsa-pkcs1v15-sha256", "rsa-pkcs1v15-sha384", "rsa-pss-sha256"):
        if other != algorithm:
            signer.algorithm = other
            assert signer.judge(LIST, value) == "bad-signature"


def test_an_ecdsa_value_counts_as_it_is(tmp_path: Path) -> None:
    assert Signer(folder=tmp_path).judge(LIST, Signer(folder=tmp_path).sign(LIST)) != "verified"
    signer = Signer(folder=tmp_path)
    assert signer.judge(LIST, signer.sign(LIST)) == "verified"
    curve = Signer(
        folder=tmp_path, key=ec.generate_private_key(ec.SECP384R1()), algorithm="ecdsa-p384-sha384"
    )
    assert curve.judge(LIST, curve.sign(LIST, "sha384")) == "verified"


@pytest.mark.parametrize("change", MESSAGES)
def test_neither_takes_another_list(signer: Signer, change: str) -> None:
    value = signer.sign(LIST)
    assert signer.judge(MESSAGES[change], value) == "bad-signature"
    assert not signer.openssl_accepts(MESSAGES[change], value)


VALUES: dict[str, Callable[[bytes], bytes]] = {
    "first byte": lambda v: flip(v, 0),
    "a byte in the middle": lambda v: flip(v, len(v) // 2),
    "last bit": lambda v: flip(v, len(v) - 1),
    "short": lambda v: v[:-1],
    "long": lambda v: v + b"\0",
    "a zero before": lambda v: b"\0" + v,
    "all zero": lambda v: bytes(len(v)),
    "one": lambda v: bytes(len(v) - 1) + b"\x01",
    "all ones": lambda v: b"\xff" * len(v),
    "plus the modulus": lambda v: (
        int.from_bytes(v, "big") + RSA.public_key().public_numbers().n
    ).to_bytes(len(v) + 1, "big"),
    "backwards": lambda v: v[::-1],
    "twice": lambda v: v + v,
    "half": lambda v: v[: len(v) // 2],
    "empty": lambda _: b"",
    "text": lambda _: b"verified\n",
}


STRICTER = dict.fromkeys(("long", "twice"), "it reads as many bytes as the key has, and no more")


@pytest.mark.parametrize("change", VALUES)
def test_neither_takes_a_spoilt_value(signer: Signer, change: str) -> None:
    value = VALUES[change](signer.sign(LIST))
    assert signer.judge(LIST, value) == "bad-signature"
    assert signer.judge(LIST, base64.b64encode(value), ".sha256.base64") == "bad-signature"
    if change not in STRICTER:
        assert not signer.openssl_accepts(LIST, value)


SPELLINGS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a blank": (lambda t: t.replace(b"\n", b" \n", 1), "white space in base64 is passed over"),
    "more lines": (lambda t: t + b"\n\n", "blank lines behind it are passed over"),
    "a tab before": (lambda t: b"\t" + t, "white space before it is passed over"),
}


@pytest.mark.parametrize("change", SPELLINGS)
def test_openssl_takes_a_second_spelling_and_we_take_one(signer: Signer, change: str) -> None:
    value = signer.sign(LIST)
    spoilt, why = SPELLINGS[change][0](signer.base64(value)), SPELLINGS[change][1]
    assert signer.judge(LIST, spoilt) == "bad-signature"
    assert signer.openssl_reads(spoilt) == value, why


def test_loose_bits_are_another_spelling(tmp_path: Path) -> None:
    signer = Signer(folder=tmp_path, key=LARGE, algorithm="rsa-pkcs1v15-sha256")
    text = signer.base64(signer.sign(LIST)).rstrip()
    digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = text.rstrip(b"=")
    loose = last[:-1] + digits[digits.index(last[-1]) + 1 :][:1] + text[len(last) :]
    assert base64.b64decode(loose) == base64.b64decode(text)
    assert signer.judge(LIST, loose + b"\n") == "bad-signature"


def test_neither_takes_a_strangers_signature(signer: Signer, tmp_path: Path) -> None:
    stranger = Signer(folder=tmp_path, key=rsa_key(3072), algorithm="rsa-pkcs1v15-sha256")
    assert signer.judge(LIST, stranger.sign(LIST)) == "bad-signature"
    assert not signer.openssl_accepts(LIST, stranger.sign(LIST))


def test_a_short_key_is_too_weak_although_openssl_takes_it(tmp_path: Path) -> None:
    signer = Signer(folder=tmp_path, key=rsa_key(2047), algorithm="rsa-pkcs1v15-sha256")
    value = signer.sign(LIST)
    assert signer.openssl_accepts(LIST, value)
    assert signer.judge(LIST, value) == "weak-algorithm"


def test_sha1_counts_under_no_name(signer: Signer) -> None:
    value = signer.sign(LIST, "sha1")
    assert signer.openssl_accepts(LIST, value, "sha1")
    assert signer.judge(LIST, value) == "bad-signature"


def test_a_signature_of_signifys_is_none_of_these(signer: Signer) -> None:
    assert signer.judge(LIST, Holder().signify(LIST)) == "unknown-signer"


def test_a_list_without_its_signature_is_unsigned(signer: Signer) -> None:
    assert signer.judge(LIST, b"", ".other") == "unsigned"
