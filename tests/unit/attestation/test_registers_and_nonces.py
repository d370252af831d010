"""The arithmetic of registers, and what may be a nonce."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.model.attestation import BootStage, Nonce, QuotedValue
from netintegrity.trust.attestation import pcr
from tests.adversary.sudi_simulator import extended

VALUES = st.lists(st.binary(min_size=32, max_size=64), max_size=6)


def value(content: bytes, version: str = "") -> QuotedValue:
    return QuotedValue(stage=BootStage.OS, name="x", version=version, value=content)


def test_a_genuine_register_is_recomputed() -> None:
    """PCR8 of an ISR4321 under 16.03.01, with its one value."""
    measured = bytes.fromhex(
        "4DDCC4A43F7913766370BE4EB4451DB73A7D84B34DB2D42A38ADE4C707E2BE8B"
        "F2E5253755C258ED3CBC698963181813AD810E32EC30936BEC1BA0DA26AE5AE2"
    )
    assert pcr.extend_all([measured]).hex().upper() == (
        "6ADD719956CB838DE94AD850529EE77AF7A5222C05FE990E463D896498F37209"
    )


def test_a_value_is_hashed_before_it_is_extended() -> None:
    inner = hashlib.sha256(b"x").digest()
    assert pcr.extend_all([b"x"]) == hashlib.sha256(bytes(32) + inner).digest()


@given(VALUES, st.integers(0, 6))
def test_exactly_the_prefix_that_was_measured_is_covered(values: list[bytes], size: int) -> None:
    kept = values[:size]
    assert pcr.extend_all(kept) == extended(kept)
    assert pcr.covered(values, extended(kept)) == (len(kept) or None)


@given(VALUES)
def test_a_register_of_something_else_covers_nothing(values: list[bytes]) -> None:
    assert pcr.covered(values, extended([*values, b"more"])) is None
    assert pcr.covered(values[1:], extended(values)) in {None, len(values) or None}


def test_nothing_measured_is_no_prefix() -> None:
    assert pcr.covered([b"x" * 32], bytes(32)) is None
    assert pcr.is_unused(bytes(32))
    assert not pcr.is_unused(extended([b"x"]))


def test_placeholders_are_told_from_values() -> None:
    plain = hashlib.sha512(b"x").digest()
    assert not pcr.is_placeholder(value(plain))
    assert not pcr.is_placeholder(value(b""))
    assert pcr.is_placeholder(value(b"\xff" * 32))
    assert pcr.is_placeholder(value(b"\xff" * 64))
    assert pcr.is_placeholder(value(bytes(64)))
    assert pcr.is_placeholder(value(plain[:32] + b"\xff" * 32))
    assert pcr.is_placeholder(value(b"ACanned-SHA256-HMACVal-April2012"))
    assert pcr.is_placeholder(value(plain, "ACannedSecureBootVersionNov2011"))


def test_a_list_is_complete_only_with_every_value() -> None:
    assert pcr.is_complete([value(b"x")])
    assert not pcr.is_complete([value(b"x"), value(b"")])
    assert not pcr.is_complete([])


def test_a_number_is_eight_bytes_big_endian() -> None:
    assert Nonce.of_number(1).value == b"\x00" * 7 + b"\x01"
    assert Nonce.of_number(2**64 - 1).value == b"\xff" * 8


@pytest.mark.parametrize("number", [0, -1, 2**64])
def test_a_number_that_is_no_nonce_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="nonce"):
        Nonce.of_number(number)


@pytest.mark.parametrize("content", [b"", b"\x00", bytes(8), b"x" * 65])
def test_bytes_that_challenge_nobody_are_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="nonce"):
        Nonce(content)
