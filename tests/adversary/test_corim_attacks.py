"""A signed CoRIM counts for the CoSWID tags in it, as long as its signer says; the rest is talk."""

from datetime import UTC, datetime
from pathlib import Path

import cbor2
import pytest
from cbor2 import CBORTag

from tests.adversary.cose_peer import META, TAG, CoseSigner, corim, sealed
from tests.adversary.peers import needs
from tests.adversary.vendor_simulator import flip, judge_with, reason_with

pytestmark = needs("openssl")

COMID = CBORTag(506, cbor2.dumps({1: {0: "x"}, 4: {}}))
OTHER = TAG | {0: "other", 6: {17: {24: "other.bin", 7: [1, b"\x01" * 32]}}}


@pytest.fixture
def signer(tmp_path: Path) -> CoseSigner:
    return CoseSigner(folder=tmp_path, form="corim")


def test_the_tags_inside_are_the_list_and_its_dates_are_those_it_states(
    signer: CoseSigner,
) -> None:
    meta = cbor2.dumps({0: {0: "Toy"}, 1: {1: CBORTag(1, 1_800_000_000)}})
    begins, ends = CBORTag(1, 1_760_000_000), CBORTag(1, 1_900_000_000)
    raw = signer.sign(corim(TAG, COMID, OTHER, _4={0: begins, 1: ends}), _8=meta)
    assert signer.peer_accepts(raw)
    references, (outcome,) = judge_with(signer.keyring(), signer.submit(raw))
    assert (outcome.reason, outcome.format_id) == (None, "corim")
    assert {i.filename for i in references.images} >= {"EOS-4.30.1F.swi", "other.bin"}
    assert outcome.issued_at == datetime.fromtimestamp(1_760_000_000, tz=UTC)
    assert outcome.expires_at == datetime.fromtimestamp(1_800_000_000, tz=UTC)


def test_claims_of_the_signer_bound_it_too(signer: CoseSigner) -> None:
    raw = signer.sign(_8=..., _15={1: "Toy", 4: 1_700_000_000, 5: 1_600_000_000})
    _, (outcome,) = judge_with(signer.keyring(), signer.submit(raw))
    assert outcome.expires_at == datetime.fromtimestamp(1_700_000_000, tz=UTC)


@pytest.mark.parametrize(
    "content",
    [
        corim(_3=[CBORTag(32, "https://example.com")]),
        corim(COMID),
        corim(CBORTag(508, b"\xa0")),
        corim(CBORTag(505, 5)),
        corim(CBORTag(505, b"\xa0")),
        corim(CBORTag(507, b"\xa0")),
        corim(_1=[]),
        corim(_1=5),
        corim(_1=[CBORTag(505, cbor2.dumps(TAG))] * 1001),
        corim(_0=5),
        corim(_9=1),
        corim(_4={0: CBORTag(1, 5)}),
        corim(_4={1: "soon"}),
        corim(_4={1: 2**62}),
        corim(_4=5),
        CBORTag(500, corim()),
        CBORTag(502, corim()),
        TAG,
        b"\xa0",
        b"",
    ],
)
def test_what_is_signed_and_not_understood_is_malformed(
    signer: CoseSigner, content: object
) -> None:
    assert signer.judge(signer.sign(content)) == "malformed"


@pytest.mark.parametrize(
    "headers",
    [
        {"_8": ...},
        {"_8": 5},
        {"_8": b"\x05"},
        {"_8": cbor2.dumps({1: {0: 5}})},
        {"_8": b"\xff"},
        {"_15": {4: "soon"}},
    ],
)
def test_a_signer_that_says_nothing_sound_of_himself_is_refused(
    signer: CoseSigner, headers: dict[str, object]
) -> None:
    assert signer.judge(signer.sign(**headers)) == "malformed"


def test_a_tag_and_a_manifest_are_not_taken_for_each_other(tmp_path: Path) -> None:
    both = {"formats": "[coswid, corim]"}
    tags = CoseSigner(folder=tmp_path)
    rims = CoseSigner(folder=tmp_path, form="corim")
    assert tags.judge(tags.sign(corim()), **both) == "malformed"
    assert rims.judge(rims.sign(TAG), **both) == "malformed"
    assert rims.judge(rims.sign(), formats="[coswid]") == "unknown-signer"


def test_no_changed_byte_leaves_a_manifest_verified(signer: CoseSigner) -> None:
    raw, keyring = signer.sign(_8=META), signer.keyring()
    for position in range(len(raw)):
        changed = signer.submit(flip(raw, position))
        assert reason_with(keyring, changed) != "verified", position
    assert signer.judge(sealed(signer.parts(), _1={8: META})) == "bad-signature"
