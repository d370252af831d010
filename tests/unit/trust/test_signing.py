"""What we sign, we and everybody who reads the formats can verify."""

import base64
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from netintegrity.errors import BadSignatureError, ConfigError
from netintegrity.model.digest import Measurement, MeasurementKind
from netintegrity.model.reference import ReferenceKind
from netintegrity.trust.admit import admit_all
from netintegrity.trust.algorithms import Algorithm
from netintegrity.trust.dsse import pae, unpack
from netintegrity.trust.keyring import load_keyring
from netintegrity.trust.payload import PAYLOAD_TYPE
from netintegrity.trust.sign import Entry, PrivateKey, anchor_yaml, public_pem, sign_manifest
from netintegrity.trust.signature import verify
from tests.adversary.vendor_simulator import (
    AT,
    GOOD,
    VendorSimulator,
    entry,
    pem_of,
    public_pem_of,
    releases,
    rsa_key,
)

KEYS: dict[str, PrivateKey] = {
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
    "ecdsa-p256-sha256": ec.generate_private_key(ec.SECP256R1()),
    "ecdsa-p384-sha384": ec.generate_private_key(ec.SECP384R1()),
    "rsa-pss-sha256": rsa_key(3072),
}


@pytest.mark.parametrize("algorithm", KEYS)
def test_each_kind_of_key_signs_what_its_anchor_verifies(algorithm: str) -> None:
    vendor = VendorSimulator(key=KEYS[algorithm])
    (anchor,) = vendor.keyring
    assert anchor.algorithm == algorithm
    references, (outcome,) = admit_all(
        [vendor.issue()], keyring=vendor.keyring, at=AT, releases=releases
    )
    assert (outcome.status, len(references.images)) == ("verified", 1)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_no_algorithm_accepts_the_signature_or_the_key_of_another(algorithm: Algorithm) -> None:
    for name, key in KEYS.items():
        if name == algorithm:
            continue
        (anchor,) = VendorSimulator(key=key).keyring
        envelope = json.loads(sign_manifest(b"{}", pem_of(key)))
        with pytest.raises(BadSignatureError):
            verify(
                anchor.key,
                algorithm,
                signature=base64.b64decode(envelope["signatures"][0]["sig"]),
                signed=pae(PAYLOAD_TYPE, b"{}"),
                manifest_id="x",
                key_fingerprint="x",
            )


def test_the_bytes_signed_are_those_of_the_protocol() -> None:
    # The example of the DSSE v1.0 protocol, "Test Vectors".
    signed = pae("http://example.com/HelloWorld", b"hello world")
    assert signed == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert unpack(signed) == ("http://example.com/HelloWorld", b"hello world")
    assert unpack(pae("", b"")) == ("", b"")
    assert pae("a b", b"c") != pae("a", b"b c")


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"not a key",
        public_pem_of(KEYS["ed25519"]),
        pem_of(rsa_key(2048)),
        pem_of(ec.generate_private_key(ec.SECP521R1())),
        ed448.Ed448PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ),
    ],
)
def test_a_key_that_nobody_would_accept_signs_nothing(pem: bytes) -> None:
    with pytest.raises(ConfigError):
        sign_manifest(b"{}", pem)


def test_a_locked_key_needs_its_password() -> None:
    pem = KEYS["ed25519"].private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
    )
    assert sign_manifest(b"{}", pem, b"secret")
    for password in (None, b"wrong"):
        with pytest.raises(ConfigError):
            sign_manifest(b"{}", pem, password)


def test_the_stanza_of_a_key_is_a_keyring() -> None:
    public = public_pem(pem_of(KEYS["ed25519"]))
    text = anchor_yaml(
        public,
        anchor_id="acme/golden",
        file="golden.pem",
        source='made by "us": ours',
        not_after=datetime(2030, 1, 1, tzinfo=UTC),
        trains=("iosxe*",),
    )
    (anchor,) = load_keyring({"k/keyring.yaml": text.encode(), "k/golden.pem": public})
    assert (anchor.holder, anchor.is_vendor, anchor.trains) == ("owner", False, ("iosxe*",))
    assert anchor.source == 'made by "us": ours'
    assert anchor.not_after == datetime(2030, 1, 1, tzinfo=UTC)
    with pytest.raises(ConfigError):
        anchor_yaml(b"nothing", anchor_id="a", file="f", source="s")
    other = public_pem_of(ec.generate_private_key(ec.SECP521R1()))
    with pytest.raises(ConfigError):
        anchor_yaml(other, anchor_id="a", file="f", source="s")


def test_an_entry_comes_out_as_it_went_in() -> None:
    measured = Measurement(MeasurementKind.BIV_HASH, b"\x03" * 32)
    entries = (
        entry(hardware=("TOY-1",), size_bytes=10, withdrawn=True, origin="file", source="toy.bin"),
        Entry(kind=ReferenceKind.BOOT0, filename="F01001R06", measurements=(measured,)),
    )
    vendor = VendorSimulator(entries=entries)
    references, _ = admit_all([vendor.issue()], keyring=vendor.keyring, at=AT, releases=releases)
    image, boot0 = references.images
    assert (image.hardware, image.size_bytes, image.withdrawn) == (frozenset({"TOY-1"}), 10, True)
    assert image.digests == {GOOD}
    assert image.release == releases("toy", "17.9.4")
    assert (boot0.kind, boot0.platforms, boot0.release) == (ReferenceKind.BOOT0, None, None)
    assert boot0.measurements == {measured}
