"""NIST's test suite of certification paths, each as a signed message, through our CMS and paths.

Every one of its 224 messages has its row: what NIST expects is what the name of the test says, and
where we answer differently the reason stands in ``pkits_table.py``. We refuse what we do not
evaluate, and read no revocation lists; nothing else may differ.

Source: NIST, Public Key Interoperability Test Suite (PKITS) 1.0.1, as cryptography-vectors has it.
"""

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.errors import TrustError
from netintegrity.trust import cms
from netintegrity.trust.path import path_to
from netintegrity.trust.signature import verify
from tests.long.pkits_table import DEVIATIONS, VALID_BY_DEFAULT

vectors = pytest.importorskip(
    "cryptography_vectors", reason="pip install the cryptography-vectors of this cryptography"
)
pytestmark = pytest.mark.proof

AT = datetime(2026, 6, 1, tzinfo=UTC)
DATA = Path(vectors.__file__).parent / "x509" / "PKITS_data"
ANCHOR = x509.load_der_x509_certificate(
    (DATA / "certs" / "TrustAnchorRootCertificate.crt").read_bytes()
)
MESSAGES = sorted(path.stem.removeprefix("Signed") for path in (DATA / "smime").glob("*.eml"))


def parts_of(message: bytes) -> tuple[bytes, bytes]:
    """Return what is signed, and the signature: RFC 8551 section 3.5.3."""
    text = message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    boundary = b"\r\n--" + text.partition(b'boundary="')[2].partition(b'"')[0]
    _, content, signature, _ = text.split(boundary)
    encoded = signature.partition(b"\r\n\r\n")[2]
    return content.removeprefix(b"\r\n"), base64.b64decode(encoded)


def judge(name: str) -> str:
    """Return ``valid``, or why it is not."""
    content, signature = parts_of((DATA / "smime" / f"Signed{name}.eml").read_bytes())
    try:
        signed = cms.read(signature, name=name)
        assert signed.attributes is not None
        assert signed.certificate is not None
        if hashlib.new(signed.digest_algorithm, content).digest() != signed.content_digest:
            return "another content"
        key = signed.certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            return "no RSA key"
        verify(
            key,
            signed.algorithm,
            signature=signed.value,
            signed=signed.attributes,
            manifest_id=name,
            key_fingerprint="",
        )
        found = path_to(ANCHOR, signed.certificate, signed.others, revoked=signed.revoked)
    except (TrustError, ValueError) as error:
        return str(error)
    return "valid" if not found.outside(AT) else "not valid at that date"


def is_expected_valid(name: str) -> bool:
    if name.startswith(("Valid", "Invalid")):
        return name.startswith("Valid")
    return name in VALID_BY_DEFAULT


def test_the_table_names_tests_there_are() -> None:
    assert len(MESSAGES) == 224
    assert set(DEVIATIONS) <= set(MESSAGES)
    assert set(VALID_BY_DEFAULT) <= set(MESSAGES)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_path_of_nist_is_judged_as_the_table_says(name: str) -> None:
    result = judge(name)
    expected = is_expected_valid(name) is (name not in DEVIATIONS)
    assert (result == "valid") is expected, result


@given(
    st.sampled_from(MESSAGES),
    st.lists(st.tuples(st.integers(0, 2**14), st.integers(1, 255)), min_size=1, max_size=4),
)
def test_a_mutated_signature_is_refused_or_read_and_nothing_else_happens(
    name: str, changes: list[tuple[int, int]]
) -> None:
    _, signature = parts_of((DATA / "smime" / f"Signed{name}.eml").read_bytes())
    raw = bytearray(signature)
    for position, mask in changes:
        raw[position % len(raw)] ^= mask
    try:
        signed = cms.read(bytes(raw), name=name)
        if signed.certificate is not None:
            path_to(ANCHOR, signed.certificate, signed.others, revoked=signed.revoked)
    except (TrustError, ValueError):
        return
