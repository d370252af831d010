"""One value in DER passes; every second spelling, and everything without end, does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.trust import der


def tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


PLAIN = st.one_of(
    st.binary(max_size=300).map(lambda content: tlv(0x04, content)),
    st.booleans().map(lambda truth: tlv(0x01, b"\xff" if truth else b"\0")),
    st.integers(0, 2**64).map(lambda n: tlv(0x02, n.to_bytes(n.bit_length() // 8 + 1, "big"))),
    st.just(tlv(0x05, b"")),
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.tuples(st.sampled_from([0x30, 0x31, 0xA0]), st.lists(inner, max_size=4)).map(
        lambda made: tlv(made[0], b"".join(made[1]))
    ),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_der_passes_and_nothing_may_stand_around_it(value: bytes) -> None:
    der.check(value)
    for around in (value + b"\0", value + value, value[:-1]):
        with pytest.raises(ValueError, match=r"byte|empty"):
            der.check(around)


@given(st.lists(VALUES, max_size=4))
def test_values_behind_one_another_are_told_apart(values: list[bytes]) -> None:
    assert der.parts(b"".join(values)) == tuple(values)


SPELLINGS = {
    "nothing": b"",
    "no length": b"\x04",
    "cut short": b"\x04\x05abc",
    "a length that is not stated": b"\x30\x80\x04\x00\x00\x00",
    "a short length written long": b"\x04\x81\x05abcde",
    "a length with a zero before it": b"\x04\x82\x00\x80" + bytes(128),
    "four gigabytes": b"\x04\x84\xff\xff\xff\xff",
    "a length of nine bytes": b"\x04\x89" + b"\xff" * 9,
    "a string in parts": b"\x24\x04\x04\x02ab",
    "a sequence that is not made of parts": b"\x10\x00",
    "a tag of several bytes": b"\x1f\x81\x01\x00",
    "the end of contents": b"\x00\x00",
    "true, spelt otherwise": b"\x01\x01\x01",
    "a boolean of two bytes": b"\x01\x02\xff\xff",
    "no number": b"\x02\x00",
    "a number with a zero before it": b"\x02\x02\x00\x01",
    "a negative number with ones before it": b"\x02\x02\xff\x80",
    "bits without their count": b"\x03\x00",
    "eight bits unused of eight": b"\x03\x02\x08\x00",
    "something in nothing": b"\x05\x01\x00",
    "a name that goes on": b"\x06\x01\x80",
    "longer than what holds it": b"\x30\x03\x04\x05a",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_second_spelling_is_none(spelling: str) -> None:
    with pytest.raises(ValueError, match=r"byte|empty"):
        der.check(SPELLINGS[spelling])


def nested(depth: int) -> bytes:
    value = b""
    for _ in range(depth):
        value = tlv(0x30, value)
    return value


def test_nesting_and_number_of_values_are_limited() -> None:
    der.check(nested(der.MAX_DEPTH))
    with pytest.raises(ValueError, match="deep"):
        der.check(nested(der.MAX_DEPTH + 1))
    der.check(tlv(0x30, b"\x05\x00" * (der.MAX_VALUES - 1)))
    with pytest.raises(ValueError, match="values"):
        der.check(tlv(0x30, b"\x05\x00" * der.MAX_VALUES))
