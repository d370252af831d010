"""Somebody would like a finding to be excused that nobody excused."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import AT, GOOD, MEMBER_2
from tests.unit.waivers.signing import (
    DAY,
    judged,
    keyring,
    payload_of,
    signed,
    signed_payload,
    waiver,
)


def test_what_was_signed_is_read_back_whole() -> None:
    second = waiver(device="r2", subject=MEMBER_2, digest=GOOD, ticket="")
    outcome = judged(signed(waiver(), second))
    assert outcome.reason is None
    assert outcome.waivers == (waiver(), second)


def edited(**changes: object) -> bytes:
    """Sign the payload with its members changed; ``...`` takes one out."""
    payload = payload_of(signed()) | changes
    return signed_payload({k: v for k, v in payload.items() if v is not ...})


def entry(**changes: object) -> bytes:
    """Sign one waiver with its members changed."""
    first = payload_of(signed())["waivers"]
    assert isinstance(first, list)
    members = {k: v for k, v in (first[0] | changes).items() if v is not ...}
    return edited(waivers=[members])


def swapped_payload() -> bytes:
    document = json.loads(signed())
    other = json.loads(signed(waiver(device="r9")))
    document["payload"] = other["payload"]
    return json.dumps(document, indent=1).encode() + b"\n"


def without_signatures() -> bytes:
    return json.dumps(json.loads(signed()) | {"signatures": []}, indent=1).encode() + b"\n"


def with_two_signatures() -> bytes:
    document = json.loads(signed())
    document["signatures"] += json.loads(signed(seed=2))["signatures"]
    return json.dumps(document, indent=1).encode() + b"\n"


def bare_payload() -> bytes:
    return base64.b64decode(json.loads(signed())["payload"])


@pytest.mark.parametrize(
    ("attack", "reason"),
    [
        (swapped_payload, "bad-signature"),
        (without_signatures, "unsigned"),
        (with_two_signatures, "malformed"),
        (bare_payload, "malformed"),
        (lambda: signed()[:-40], "bad-signature"),
        (lambda: signed(seed=9), "unknown-signer"),
        (lambda: signed_payload(payload_of(signed()), payload_type="text/plain"), "malformed"),
        (lambda: edited(schema="netintegrity/waivers/2"), "malformed"),
        (lambda: edited(waivers=[]), "malformed"),
        (lambda: edited(issued_at=...), "malformed"),
        (lambda: edited(more=1), "malformed"),
        (lambda: entry(device="*"), "malformed"),
        (lambda: entry(device="r1,r2"), "malformed"),
        (lambda: entry(subject=...), "malformed"),
        (lambda: entry(subject={"kind": "chassis", "id": "*"}), "malformed"),
        (lambda: entry(digest=str(GOOD)[:-2]), "malformed"),
        (lambda: entry(digest="sha512:*"), "malformed"),
        (lambda: entry(digest=str(GOOD).upper()), "malformed"),
        (lambda: entry(reason=""), "malformed"),
        (lambda: entry(reason="x" * 501), "malformed"),
        (lambda: entry(expires_at=...), "malformed"),
        (lambda: entry(expires_at="2026-04-01T00:00:01Z"), "malformed"),
        (lambda: entry(expires_at="2025-12-31T00:00:00Z"), "malformed"),
        (lambda: entry(expires_at="never"), "malformed"),
    ],
)
def test_what_nobody_excused_is_rejected(attack: Callable[[], bytes], reason: str) -> None:
    outcome = judged(attack())
    assert (outcome.reason, outcome.waivers) == (reason, ())


@pytest.mark.parametrize("purpose", ["manifest", "image", "run-statement", "device-identity"])
def test_a_key_for_another_thing_excuses_nothing(purpose: str) -> None:
    assert judged(signed(), keyring(purpose=purpose)).reason == "wrong-purpose"


def test_a_lab_key_excuses_in_a_lab_alone() -> None:
    assert judged(signed(), keyring(purpose="lab")).reason == "wrong-purpose"
    assert judged(signed(), keyring(purpose="lab"), lab=True).reason is None


def test_a_key_that_lies_in_the_site_excuses_nothing() -> None:
    assert judged(signed(), keys_in_site=True).reason == "wrong-purpose"


def test_a_key_that_ran_out_excuses_nothing_whatever_the_signer_says_of_the_date() -> None:
    keys = keyring(not_after=AT + 10 * DAY)
    assert judged(signed(), keys, at=AT + 9 * DAY).reason is None
    assert judged(signed(), keys, at=AT + 10 * DAY).reason == "expired"


def test_a_waiver_counts_neither_before_it_was_signed_nor_from_its_end_on() -> None:
    (given_,) = judged(signed()).waivers
    second = timedelta(seconds=1)
    assert not given_.counts_at(AT - second)
    assert given_.counts_at(AT)
    assert given_.counts_at(AT + 30 * DAY - second)
    assert not given_.counts_at(AT + 30 * DAY)


@given(st.data())
def test_no_byte_of_a_file_of_waivers_can_be_changed(data: st.DataObject) -> None:
    honest = signed()
    place = data.draw(st.integers(0, len(honest) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda b: b != honest[place]))
    spoiled = honest[:place] + bytes([other]) + honest[place + 1 :]
    outcome = judged(spoiled)
    assert outcome.reason is not None
    assert outcome.waivers == ()
