"""Evidence as its file holds it: one byte string for one evidence, and nothing read by guessing."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from netintegrity.errors import EvidenceSchemaError
from netintegrity.model.codec import (
    MAX_BYTES,
    canonical,
    evidence_bytes,
    evidence_digest,
    evidence_from_json,
    evidence_to_json,
)
from netintegrity.model.device import Device
from netintegrity.model.evidence import (
    CollectionFailure,
    Evidence,
    Exchange,
    FailureKind,
    HostKeyStatus,
)
from netintegrity.model.subject import Identity, Subject, SubjectKind
from tests.builders import evidence

ROUTER = Evidence(
    run_id="20261123T120000Z-lab",
    device=Device(
        name="r1",
        address="192.0.2.11",
        platform_id="cisco_iosxe",
        credential_ref="ro",
        tags=frozenset({"site=b", "role=core"}),
        expected=(
            Identity(subject=Subject(SubjectKind.MEMBER, "1"), serial="FOC1", pid="C9300-24T"),
            Identity(subject=Subject(SubjectKind.MEMBER, "2")),
        ),
    ),
    collected_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
    host_key_fingerprint="SHA256:x",
    host_key_status=HostKeyStatus.FIRST_USE,
    exchanges=(
        Exchange(
            probe_id="hash",
            command="verify /sha512 flash:x.bin",
            output="é\x1b[2J\n",
            started_at=datetime(2026, 11, 23, 12, 0, 1, 250_000, tzinfo=UTC),
            elapsed_s=1.2,
            complete=True,
        ),
    ),
    failure=CollectionFailure(kind=FailureKind.TIMEOUT, detail=""),
)
FILE = (
    b'{"collected_at":"2026-11-23T12:00:00Z","device":{"address":"192.0.2.11","credential_ref":"ro"'
    b',"expected":[{"pid":"C9300-24T","serial":"FOC1","subject":{"id":"1","kind":"member"}},'
    b'{"pid":null,"serial":null,"subject":{"id":"2","kind":"member"}}],"name":"r1",'
    b'"platform_id":"cisco_iosxe","port":22,"tags":["role=core","site=b"]},"exchanges":'
    b'[{"command":"verify /sha512 flash:x.bin","complete":true,"elapsed_s":1.2,"nonce":null,'
    b'"output":"\\u00e9\\u001b[2J\\n","probe_id":"hash",'
    b'"started_at":"2026-11-23T12:00:01.250000Z"}],"failure":{"detail":"","kind":"timeout"},'
    b'"host_key_fingerprint":"SHA256:x","host_key_status":"first-use",'
    b'"run_id":"20261123T120000Z-lab","schema":"netintegrity/evidence/1"}'
)

said = st.text(st.characters(codec=None, exclude_categories=()), max_size=40).filter(
    # JSON cannot tell two surrogates that stand together from the one character they make.
    lambda text: (
        not any("\ud800" <= a <= "\udbff" and "\udc00" <= b <= "\udfff" for a, b in pairwise(text))
    )
)
named = said.filter(bool)
_EARLIEST = datetime(1, 1, 1)  # noqa: DTZ001 - the strategy adds the zone
_LATEST = datetime(9999, 12, 31)  # noqa: DTZ001
moments = st.datetimes(_EARLIEST, _LATEST, timezones=st.just(UTC))
subjects = st.builds(Subject, st.sampled_from(SubjectKind), named)
identities = st.builds(Identity, subject=subjects, serial=st.none() | named, pid=st.none() | named)
devices = st.builds(
    Device,
    name=st.from_regex(r"[A-Za-z0-9._-]{1,63}", fullmatch=True),
    address=named,
    platform_id=named,
    credential_ref=named,
    port=st.integers(1, 65535),
    tags=st.frozensets(named, max_size=3),
    expected=st.lists(identities, max_size=2).map(tuple),
)
exchanges = st.builds(
    Exchange,
    probe_id=named,
    command=named,
    output=said,
    started_at=moments,
    elapsed_s=st.floats(0, 1e9),
    complete=st.booleans(),
    nonce=st.none() | named,
)
failures = st.builds(CollectionFailure, kind=st.sampled_from(FailureKind), detail=said)
evidences = st.builds(
    Evidence,
    run_id=named,
    device=devices,
    collected_at=moments,
    host_key_fingerprint=st.none() | named,
    host_key_status=st.sampled_from(HostKeyStatus),
    weak_ssh=st.lists(named, max_size=3).map(tuple),
    exchanges=st.lists(exchanges, max_size=2).map(tuple),
    failure=st.none() | failures,
)


def test_the_file_is_the_canonical_one_and_its_digest_is_of_its_bytes() -> None:
    assert evidence_bytes(ROUTER) == FILE
    assert evidence_digest(ROUTER).value == hashlib.sha256(FILE).digest()


@given(evidences)
@example(ROUTER)
def test_what_was_written_is_read_back_and_written_alike(one: Evidence) -> None:
    raw = evidence_bytes(one)
    again = evidence_from_json(raw, name="f")
    assert again == one
    assert evidence_bytes(again) == raw
    assert raw.isascii()
    assert not raw.endswith(b"\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"2026-11-23T12:00:00Z", b"2026-11-23T14:30:00+02:30"),
        (b'"port":22', b'"port": 22'),
        (b'"elapsed_s":1.2', b'"elapsed_s":1.20'),
        (b'"role=core","site=b"', b'"site=b","role=core"'),
        (b'"role=core","site=b"', b'"role=core","role=core","site=b"'),
        (b"\\u00e9", "é".encode()),
        (b"x.bin", b"\\u0078.bin"),
    ],
)
def test_the_same_evidence_written_otherwise_is_refused(old: bytes, new: bytes) -> None:
    assert old in FILE
    with pytest.raises(EvidenceSchemaError):
        evidence_from_json(FILE.replace(old, new), name="f")
    with pytest.raises(EvidenceSchemaError):
        evidence_from_json(FILE + b"\n", name="f")


def spoil(change: Callable[[Any], object]) -> bytes:
    document = json.loads(FILE)
    change(document)
    return json.dumps(document).encode()


def put(path: str, value: object) -> Callable[[Any], object]:
    *folders, last = [int(p) if p.isdigit() else p for p in path.split(".")]

    def change(document: Any) -> None:  # noqa: ANN401 - any place of a document
        for folder in folders:
            document = document[folder]
        document[last] = value

    return change


@pytest.mark.parametrize(
    ("path", "value", "at"),
    [
        ("schema", "netintegrity/evidence/2", "$.schema"),
        ("schema", None, "$.schema"),
        ("surplus", 1, "$.surplus"),
        ("run_id", 7, "$.run_id"),
        ("run_id", "", "$.run_id"),
        ("collected_at", "yesterday", "$.collected_at"),
        ("collected_at", "2026-11-23T12:00:00", "$.collected_at"),
        ("collected_at", "2026-02-30T12:00:00Z", "$.collected_at"),
        ("collected_at", "9999-12-31T23:59:59-23:59", "$.collected_at"),
        ("host_key_status", "trusted", "$.host_key_status"),
        ("host_key_fingerprint", [], "$.host_key_fingerprint"),
        ("failure", "timeout", "$.failure"),
        ("failure.kind", "tired", "$.failure.kind"),
        ("failure.detail", None, "$.failure.detail"),
        ("device", None, "$.device"),
        ("device.name", "", "$.device.name"),
        ("device.name", "r1\n", "$.device.name"),
        ("device.name", "../r1", "$.device.name"),
        ("device.name", "r\u00e91", "$.device.name"),
        ("device.name", "r" * 64, "$.device.name"),
        ("device.port", 0, "$.device.port"),
        ("device.port", 65536, "$.device.port"),
        ("device.port", True, "$.device.port"),
        ("device.port", "22", "$.device.port"),
        ("device.tags", "role=core", "$.device.tags"),
        ("device.tags", ["a", 1], "$.device.tags[1]"),
        ("device.expected.0.subject.kind", "box", "$.device.expected[0].subject.kind"),
        ("device.expected.1.serial", 1, "$.device.expected[1].serial"),
        ("device.expected.1.colour", "red", "$.device.expected[1].colour"),
        ("exchanges", {}, "$.exchanges"),
        ("exchanges.0.output", None, "$.exchanges[0].output"),
        ("exchanges.0.complete", "yes", "$.exchanges[0].complete"),
        ("exchanges.0.complete", 1, "$.exchanges[0].complete"),
        ("exchanges.0.elapsed_s", -0.5, "$.exchanges[0].elapsed_s"),
        ("exchanges.0.elapsed_s", True, "$.exchanges[0].elapsed_s"),
        ("exchanges.0.elapsed_s", "1", "$.exchanges[0].elapsed_s"),
        ("exchanges.0.started_at", 5, "$.exchanges[0].started_at"),
    ],
)
def test_another_shape_is_refused_and_the_place_is_named(path: str, value: object, at: str) -> None:
    with pytest.raises(EvidenceSchemaError) as told:
        evidence_from_json(spoil(put(path, value)), name="r1.json")
    assert str(told.value).startswith(f"r1.json: {at}:")


@pytest.mark.parametrize("name", sorted(json.loads(FILE)))
def test_no_field_may_be_missing(name: str) -> None:
    with pytest.raises(EvidenceSchemaError):
        evidence_from_json(spoil(lambda d: d.pop(name)), name="f")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"\xef\xbb\xbf" + FILE,
        FILE.replace(b"\\u00e9", b"\xff"),
        FILE.replace(b'"run_id"', b'"run_id":"other","run_id"'),
        FILE.replace(b'"complete":true', b'"complete":false,"complete":true'),
        FILE.replace(b"1.2", b"1e999"),
        FILE.replace(b"1.2", b"NaN"),
        FILE.replace(b"1.2", b"Infinity"),
        FILE.replace(b"1.2", b"9" * 5000),
        FILE + b"{}",
        b"[" * 100_000,
        FILE.replace(b'"tags":[', b'"tags":[' + b"[" * 30 + b"]" * 30 + b","),
    ],
    ids=lambda raw: raw[:12],
)
def test_what_has_two_readings_or_none_is_refused(raw: bytes) -> None:
    with pytest.raises(EvidenceSchemaError):
        evidence_from_json(raw, name="f")


def test_a_file_larger_than_any_evidence_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(EvidenceSchemaError):
        evidence_from_json(b" " * (MAX_BYTES + 1), name="f")


@given(st.integers(0, len(FILE) - 1), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_is_other_evidence(place: int, byte: int) -> None:
    raw = bytearray(FILE)
    raw[place] = byte
    try:
        read = evidence_from_json(bytes(raw), name="f")
    except EvidenceSchemaError:
        return
    assert (read == ROUTER) is (bytes(raw) == FILE)


def test_what_is_no_number_of_json_is_never_written() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"elapsed_s": float("nan")})


def test_tags_have_one_order() -> None:
    one, two = evidence(), evidence()
    assert evidence_to_json(one) == evidence_to_json(two)
    device = evidence_to_json(ROUTER)["device"]
    assert isinstance(device, dict)
    assert device["tags"] == ["role=core", "site=b"]
