"""Which certificates are a device's, and which only look like one."""

from dataclasses import dataclass

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding

from netintegrity.store.keys import read_keys
from netintegrity.trust.anchors import Keyring
from netintegrity.trust.attestation.sudi_identity import (
    RejectedChainError,
    identify,
    key_of,
)
from netintegrity.trust.keyring import load_keyring
from tests.adversary import sudi_simulator as sim
from tests.adversary.sudi_simulator import BOX, MAKER, Maker

RING = MAKER.keyring()


def leaf(key: object, *, digest: object = None, issuer: x509.Name = sim.SUB_CA_NAME) -> bytes:
    """A certificate of the genuine sub-CA's key, odd in one way."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(BOX.subject)
        .issuer_name(issuer)
        .public_key(key)  # type: ignore[arg-type]
        .serial_number(7)
        .not_valid_before(sim.AT)
        .not_valid_after(sim.AT.replace(year=2030))
    )
    signed = builder.sign(sim.rsa_key("maker sub"), digest or SHA256())  # type: ignore[arg-type]
    return signed.public_bytes(Encoding.DER)


def why(der: bytes, ring: Keyring = RING) -> str:
    with pytest.raises(RejectedChainError) as caught:
        identify((MAKER.root, MAKER.sub_ca, der), ring)
    return str(caught.value)


def test_a_genuine_chain_says_whose_it_is() -> None:
    identity = identify(BOX.chain, RING)
    assert (identity.pid, identity.serial) == (BOX.pid, BOX.serial)
    assert (identity.anchor.id, identity.root.id) == ("toy/sub", "toy/root")


def test_the_built_in_keyring_pins_both_hierarchies() -> None:
    ring = load_keyring(read_keys().files)
    ids = {a.id for a in ring if a.purpose == "device-identity"}
    assert ids == {
        "cisco-sudi/root-2048",
        "cisco-sudi/act2",
        "cisco-sudi/root-2099",
        "cisco-sudi/high-assurance",
    }
    assert not any(a.may_sign("cisco-kgv") for a in ring if a.id in ids)


def test_a_key_that_cannot_sign_quotes_is_refused() -> None:
    assert "no RSA key" in why(leaf(ec.generate_private_key(ec.SECP256R1()).public_key()))
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - on purpose
    assert "2048 bits" in why(leaf(short.public_key()))


def test_another_digest_or_another_issuer_is_refused() -> None:
    assert "SHA-256" in why(leaf(BOX.key.public_key(), digest=SHA384()))
    assert "another issuer" in why(leaf(BOX.key.public_key(), issuer=sim.ROOT_NAME))


def test_what_is_no_certificate_is_refused() -> None:
    assert "cannot be read" in why(b"0\x82")
    assert "cannot be read" in why(b"")


def test_a_keyring_without_the_purpose_vouches_for_nobody() -> None:
    assert "none the keyring names" in why(BOX.leaf, Keyring())


def test_an_extension_that_cannot_be_read_is_refused() -> None:
    wrong = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.19"), b"\x30\x03\x01\x01")
    builder = (
        x509.CertificateBuilder()
        .subject_name(BOX.subject)
        .issuer_name(sim.SUB_CA_NAME)
        .public_key(BOX.key.public_key())
        .serial_number(7)
        .not_valid_before(sim.AT)
        .not_valid_after(sim.AT.replace(year=2030))
        .add_extension(wrong, critical=True)
    )
    der = builder.sign(sim.rsa_key("maker sub"), SHA256()).public_bytes(Encoding.DER)
    assert "cannot be read" in why(der)


def test_root_and_sub_ca_of_two_hierarchies_are_refused() -> None:
    @dataclass(frozen=True)
    class Other(Maker):
        @property
        def root(self) -> bytes:
            name = sim._name(o="Cisco", cn="Cisco Root CA 2099")
            key = sim.rsa_key("other root")
            return sim.certificate(name, key, name, key, ca=True)

    other = Other()
    ring = Keyring((*RING.anchors, *(a for a in other.keyring() if a.id == "toy/root"))[1:])
    with pytest.raises(RejectedChainError, match="two hierarchies"):
        identify((other.root, MAKER.sub_ca, BOX.leaf), ring)


def test_the_key_of_anything_is_read_if_there_is_one() -> None:
    assert key_of(BOX.leaf) is not None
    assert key_of(b"") is None
    assert key_of(leaf(ec.generate_private_key(ec.SECP256R1()).public_key())) is None


def test_no_change_of_a_certificate_raises_anything_else() -> None:
    genuine = BOX.leaf
    for offset in range(len(genuine)):
        for flip in (0x01, 0x10, 0x80, 0xFF):
            changed = bytearray(genuine)
            changed[offset] ^= flip
            key_of(bytes(changed))
            why(bytes(changed))
