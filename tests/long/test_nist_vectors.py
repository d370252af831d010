"""Published vectors of RSA, ECDSA and Ed25519 through our own verify function, every one of them.

Each vector must come out as its file says under the algorithm it is for, and under no other one.

Source: NIST CAVP, FIPS 186-3 SigVer15, SigVerPSS and SigVer of ECDSA, SigVer15EMTest (padding that
lenient verifiers take); ed25519.cr.yp.to, sign.input; all as cryptography-vectors has them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from netintegrity.errors import BadSignatureError
from netintegrity.trust.algorithms import Algorithm, PublicKey, is_weak, takes
from netintegrity.trust.signature import verify
from tests.adversary.vendor_simulator import flip

vectors = pytest.importorskip(
    "cryptography_vectors", reason="pip install the cryptography-vectors of this cryptography"
)
pytestmark = [pytest.mark.proof, pytest.mark.timeout(600)]

DATA = Path(vectors.__file__).parent / "asymmetric"
DIGESTS = ("SHA256", "SHA384", "SHA512")
CURVES: Mapping[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}


@dataclass(frozen=True, kw_only=True)
class Vector:
    key: PublicKey
    algorithm: Algorithm | None
    """None: none of ours is for it, so all of ours must refuse it."""
    message: bytes
    signature: bytes
    is_good: bool


def accepts(vector: Vector, algorithm: Algorithm) -> bool:
    try:
        verify(
            vector.key,
            algorithm,
            signature=vector.signature,
            signed=vector.message,
            manifest_id="",
            key_fingerprint="",
        )
    except BadSignatureError:
        return False
    return True


def judge(found: Iterator[Vector]) -> tuple[int, int]:
    """Return how many good and bad ones were judged, each as it should be."""
    good = bad = 0
    for vector in found:
        expected = {vector.algorithm} if vector.is_good and vector.algorithm else set()
        accepted = {a for a in Algorithm if takes(a, vector.key) and accepts(vector, a)}
        assert accepted == expected, vector
        good += bool(expected)
        bad += not expected
    return good, bad


def fields_of(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the section each vector stands in, and its fields with those of its section."""
    section, shared, fields = "", dict[str, str](), dict[str, str]()
    for line in path.read_text().splitlines():
        if match := re.fullmatch(r"\[(.+)\]", line):
            section, shared, fields = match.group(1), {}, {}
        elif match := re.fullmatch(r"(\w+) = (.+)", line):
            name, value = match.groups()
            if name in {"n", "p", "q"}:
                shared[name] = value
            else:
                fields[name] = value
            if name == "Result":
                yield section, shared | fields
                fields = {}


def rsa_vectors(path: Path, name: str) -> Iterator[Vector]:
    known = set(Algorithm)
    for _, fields in fields_of(path):
        algorithm = f"{name}-{fields['SHAAlg'].lower()}"
        n, e = int(fields["n"], 16), int(fields["e"], 16)
        try:
            key = rsa.RSAPublicNumbers(e, n).public_key()
        except ValueError:
            assert fields["Result"].startswith("F"), "the library refuses the key"
            continue
        yield Vector(
            key=key,
            algorithm=Algorithm(algorithm) if algorithm in known else None,
            message=bytes.fromhex(fields["Msg"]),
            signature=bytes.fromhex(fields["S"]),
            is_good=fields["Result"].startswith("P"),
        )


@pytest.mark.parametrize(
    ("path", "name", "least"),
    [
        ("FIPS_186-2/SigVer15_186-3.rsp", "rsa-pkcs1v15", (15, 100)),
        ("FIPS_186-2/SigVerPSS_186-3.rsp", "rsa-pss", (5, 100)),
        ("SigVer15EMTest.txt", "rsa-pkcs1v15", (0, 50)),
    ],
)
def test_rsa(path: str, name: str, least: tuple[int, int]) -> None:
    good, bad = judge(rsa_vectors(DATA / "RSA" / path, name))
    assert (good >= least[0], bad >= least[1]) == (True, True), (good, bad)


def test_what_is_shorter_than_2048_bits_is_weak_whatever_it_signed() -> None:
    sizes = {}
    for vector in rsa_vectors(DATA / "RSA" / "FIPS_186-2" / "SigVer15_186-3.rsp", "rsa-pkcs1v15"):
        assert isinstance(vector.key, rsa.RSAPublicKey)
        sizes[vector.key.key_size] = is_weak(vector.key)
    assert sizes == {1024: True, 1536: True, 2048: False, 3072: False, 4096: False}


def ecdsa_vectors() -> Iterator[Vector]:
    ours = {
        "P-256,SHA-256": Algorithm.ECDSA_P256_SHA256,
        "P-384,SHA-384": Algorithm.ECDSA_P384_SHA384,
    }
    for section, fields in fields_of(DATA / "ECDSA" / "FIPS_186-3" / "SigVer.rsp"):
        curve = CURVES.get(section.partition(",")[0])
        if curve is None:
            continue
        x, y, r, s = (int(fields[name], 16) for name in ("Qx", "Qy", "R", "S"))
        try:
            key = ec.EllipticCurvePublicNumbers(x, y, curve).public_key()
        except ValueError:
            assert fields["Result"].startswith("F"), "no point of the curve"
            continue
        yield Vector(
            key=key,
            algorithm=ours.get(section),
            message=bytes.fromhex(fields["Msg"]),
            signature=encode_dss_signature(r, s),
            is_good=fields["Result"].startswith("P"),
        )


def test_ecdsa() -> None:
    good, bad = judge(ecdsa_vectors())
    assert (good >= 4, bad >= 100) == (True, True), (good, bad)


def ed25519_vectors() -> Iterator[Vector]:
    for line in (DATA / "Ed25519" / "sign.input").read_text().splitlines():
        _, public, message, signed = (bytes.fromhex(part) for part in line.split(":")[:4])
        key = ed25519.Ed25519PublicKey.from_public_bytes(public)
        value = signed[:64]
        honest = Vector(
            key=key, algorithm=Algorithm.ED25519, message=message, signature=value, is_good=True
        )
        yield honest
        for spoilt, other in (
            (flip(value, 0), message),
            (flip(value, 63), message),
            (value, message + b"\0"),
            (value[:-1], message),
        ):
            yield Vector(key=key, algorithm=None, message=other, signature=spoilt, is_good=False)


def test_ed25519() -> None:
    assert judge(ed25519_vectors()) == (1024, 4096)
