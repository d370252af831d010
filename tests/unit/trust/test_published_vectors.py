"""Vectors of standards through our own verify function: a few here, all of NIST's in the proof.

Source: RFC 8032 section 7.1 (Ed25519); RFC 6979 appendices A.2.5 and A.2.6 (ECDSA).
"""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from netintegrity.errors import BadSignatureError
from netintegrity.trust.algorithms import Algorithm, PublicKey, takes
from netintegrity.trust.signature import verify, verify_digest
from tests.adversary.vendor_simulator import flip

ED25519 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
]
P256 = ec.EllipticCurvePublicNumbers(
    0x60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6,
    0x7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299,
    ec.SECP256R1(),
).public_key()
P384 = ec.EllipticCurvePublicNumbers(
    0xEC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A254515480BC13,
    0x8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720,
    ec.SECP384R1(),
).public_key()
ECDSA = [
    (
        P256,
        Algorithm.ECDSA_P256_SHA256,
        0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716,
        0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8,
    ),
    (
        P384,
        Algorithm.ECDSA_P384_SHA384,
        0x94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46,
        0x99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8,
    ),
]


def accepted_by(key: PublicKey, signature: bytes, message: bytes) -> set[Algorithm]:
    """Return the algorithms under which it counts."""
    found = set()
    for algorithm in Algorithm:
        try:
            verify(
                key,
                algorithm,
                signature=signature,
                signed=message,
                manifest_id="",
                key_fingerprint="",
            )
        except BadSignatureError:
            continue
        found.add(algorithm)
        assert takes(algorithm, key)
    return found


@pytest.mark.parametrize(("public", "message", "signature"), ED25519)
def test_ed25519(public: str, message: str, signature: str) -> None:
    key = ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    value, signed = bytes.fromhex(signature), bytes.fromhex(message)
    assert accepted_by(key, value, signed) == {Algorithm.ED25519}
    for position in range(64):
        assert accepted_by(key, flip(value, position), signed) == set()
    assert accepted_by(key, value, signed + b"\0") == set()
    # Nothing is known of a message but its digest: Ed25519 cannot be asked so.
    assert not verify_digest(key, Algorithm.ED25519, signature=value, digest=signed)


@pytest.mark.parametrize(("key", "algorithm", "r", "s"), ECDSA)
def test_ecdsa(key: PublicKey, algorithm: Algorithm, r: int, s: int) -> None:
    assert accepted_by(key, encode_dss_signature(r, s), b"sample") == {algorithm}
    for other in ((s, r), (r + 1, s), (r, s + 1), (0, 0), (1, 1), (0, s), (r, 0)):
        assert accepted_by(key, encode_dss_signature(*other), b"sample") == set()
    assert accepted_by(key, encode_dss_signature(r, s), b"samples") == set()
