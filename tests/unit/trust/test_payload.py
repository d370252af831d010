"""Every field of our own list is checked, and each fault says where it is."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netintegrity import strict_json
from netintegrity.trust.payload import canonical, parse
from tests.adversary.vendor_simulator import VendorSimulator, entry, releases

VENDOR = VendorSimulator()


def image(**changes: object) -> bytes:
    plain = json.loads(VENDOR.payload())["images"][0] | changes
    return VENDOR.payload(images=[{k: v for k, v in plain.items() if v is not ...}])


@pytest.mark.parametrize(
    ("payload", "where"),
    [
        (image(kind="firmware"), "$.images[0].kind"),
        (image(kind=...), "$.images[0].kind"),
        (image(filename=...), "$.images[0].filename"),
        (image(filename="../x"), "$.images[0].filename"),
        (image(filename="x\x1b[2J"), "$.images[0].filename"),
        (image(filename="x" * 256), "$.images[0].filename"),
        (image(filename="\ud800"), "$.images[0].filename"),
        (image(platforms="toy"), "$.images[0].platforms"),
        (image(platforms=[]), "$.images[0].platforms"),
        (image(platforms=["Toy!"]), "$.images[0].platforms[0]"),
        (image(platforms=...), "$.images[0].release"),
        (image(release=""), "$.images[0].release"),
        (image(release=17), "$.images[0].release"),
        (image(hardware=[""]), "$.images[0].hardware[0]"),
        (image(size_bytes=0), "$.images[0].size_bytes"),
        (image(size_bytes="10"), "$.images[0].size_bytes"),
        (image(size_bytes=10**30), "$.images[0].size_bytes"),
        (image(digests=...), "$.images[0]"),
        (image(digests={}), "$.images[0]"),
        (image(digests={"sha512": "01" * 63}), "$.images[0].digests.sha512"),
        (image(digests={"sha512": "AB" * 64}), "$.images[0].digests.sha512"),
        (image(digests={"sha512": " " + "01" * 64}), "$.images[0].digests.sha512"),
        (image(digests={"crc32": "01"}), "$.images[0].digests.crc32"),
        (image(digests={"biv-hash": "01" * 64}), "$.images[0].digests['biv-hash']"),
        (image(measurements={"sha512": []}), "$.images[0].measurements.sha512"),
        (image(measurements={"biv-hash": ["01"]}), "$.images[0].measurements['biv-hash'][0]"),
        (image(measurements={"pcr": "01" * 32}), "$.images[0].measurements.pcr"),
        (image(withdrawn="no"), "$.images[0].withdrawn"),
        (image(provenance={"origin": "heaven"}), "$.images[0].provenance.origin"),
        (image(provenance={"origin": "run", "by": "me"}), "$.images[0].provenance.by"),
        (image(provenance={"origin": "run", "source": 1}), "$.images[0].provenance.source"),
        (image(vendor_signed=True), "$.images[0].vendor_signed"),
        (VENDOR.payload(images={}), "$.images"),
        (VENDOR.payload(images=["x"]), "$.images[0]"),
        (VENDOR.payload(id="../x"), "$.id"),
        (VENDOR.payload(id=...), "$.id"),
        (VENDOR.payload(sequence="7"), "$.sequence"),
        (VENDOR.payload(issued_at="2026-01-01"), "$.issued_at"),
        (VENDOR.payload(expires_at=1), "$.expires_at"),
    ],
)
def test_a_fault_says_where_it_is(payload: bytes, where: str) -> None:
    with pytest.raises(ValueError, match=r"^\$") as caught:
        parse(payload, "m", releases)
    assert str(caught.value).startswith(f"{where}:")


def test_one_entry_for_two_platforms_is_read_by_the_grammar_of_each() -> None:
    parsed = parse(image(platforms=["toy", "cisco_iosxe"]), "m", releases)
    found = {
        (tuple(i.platforms or ()), i.release.train if i.release else "") for i in parsed.images
    }
    assert found == {(("toy",), "toy-17"), (("cisco_iosxe",), "cisco_iosxe-17")}


@pytest.mark.parametrize("changes", [{"platforms": ["unheard"]}, {"release": "seventeen"}])
def test_a_release_that_no_grammar_reads_is_that_of_no_box(changes: dict[str, object]) -> None:
    (unread,) = parse(image(**changes), "m", releases).images
    assert unread.release is not None
    assert not unread.is_of(releases("toy", "17.9.4"))
    (other,) = parse(image(**changes | {"release": "eighteen"}), "m", releases).images
    assert not unread.is_of(other.release)


def test_a_list_says_when_it_was_issued_and_until_when_it_counts() -> None:
    parsed = parse(VENDOR.payload(), "m", releases)
    assert (parsed.list_id, parsed.sequence) == ("toy-list", 7)
    assert (parsed.issued_at, parsed.expires_at) == (VENDOR.issued_at, VENDOR.expires_at)
    assert {i.manifest_id for i in parsed.images} == {"m"}


def test_times_may_carry_an_offset() -> None:
    parsed = parse(VENDOR.payload(issued_at="2026-05-22T02:00:00+02:00"), "m", releases)
    assert parsed.issued_at == VENDOR.issued_at


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_strict_json_reads_what_json_writes(value: object) -> None:
    assert strict_json.load(json.dumps(value).encode()) == value


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        strict_json.load(raw)
    except ValueError:
        return


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1, "a": 1}',
        b'{"x": {"a": 1, "\\u0061": 1}}',
        b"1.0",
        b"1e3",
        b"Infinity",
        b"\xef\xbb\xbf{}",
        b"{} {}",
        b"9" * 5000,
        b"[" * 25 + b"]" * 25,
    ],
)
def test_json_with_two_readings_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        strict_json.load(raw)


def test_the_payload_has_one_spelling() -> None:
    payload = VENDOR.issue().raw and canonical({"b": 1, "a": "\u00e9"})
    assert payload == b'{"a":"\\u00e9","b":1}'
    assert entry().document()["digests"]
