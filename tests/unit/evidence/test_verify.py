"""A signed run: intact, or every file named that is not; and only by a key the reader trusts."""

import base64
import json
from datetime import timedelta
from pathlib import Path

import pytest

from netintegrity.app.vouching import sign_evidence
from netintegrity.errors import EvidenceError, ExitStatus, StoreError, TrustError
from netintegrity.model.assurance import Caveat
from netintegrity.store.runs import evidence_name
from netintegrity.trust import dsse
from netintegrity.trust.sign import sign_payload
from netintegrity.trust.statement import PAYLOAD_TYPE
from tests.builders import AT
from tests.unit.evidence.signing import (
    STATEMENT,
    private_key,
    problems,
    signed,
    trust,
    verified,
)
from tests.unit.store.runs import recorded, spoil_record, stored

R1, R2 = (f"evidence/{evidence_name(name)}" for name in ("r1", "r2"))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return signed(tmp_path / "run")


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return trust(tmp_path / "keys", private_key(9), private_key())


def resigned(run: Path, **changes: object) -> None:
    """Sign the statement anew with other members, as whoever holds the key could."""
    file = run / STATEMENT
    payload = json.loads(base64.b64decode(json.loads(file.read_bytes())["payload"]))
    predicate = payload["predicate"] | changes.pop("predicate", {})
    document = payload | {"predicate": predicate} | changes
    file.write_bytes(sign_payload(PAYLOAD_TYPE, json.dumps(document).encode(), private_key()))


def test_an_untouched_run_is_intact_and_says_who_signed_it(run: Path, keys: Path) -> None:
    found = verified(run, keys)
    assert (found.word, found.status) == ("intact", ExitStatus.VERIFIED)
    assert found.anchor is not None
    assert found.statement is not None
    assert (found.anchor.id, found.statement.signed_at) == ("owner/1", AT)
    assert list(found.statement.files) == ["run.json"]


def test_every_altered_missing_and_extra_file_is_named_at_once(run: Path, keys: Path) -> None:
    (run / R1).write_bytes(b"{}")
    (run / R2).unlink()
    (run / "inputs" / "manifests" / "more.json").write_bytes(b"{}")
    (run / "report.json").write_bytes(b"[]")
    (run / "summary.html").write_bytes(b"all verified")
    found = verified(run, keys)
    assert sorted(problems(found)) == sorted(
        [
            (R1, "altered"),
            (R2, "missing"),
            ("inputs/manifests/more.json", "extra"),
            ("report.json", "altered"),
            ("summary.html", "extra"),
        ]
    )
    assert (found.word, found.status) == ("altered", ExitStatus.FINDING)


def test_a_run_whose_record_was_written_anew_is_altered(run: Path, keys: Path) -> None:
    recorded(run, "report.json", b"[]")
    assert problems(verified(run, keys)) == [("run.json", "altered")]
    (run / "run.json").write_bytes(b"{")
    assert problems(verified(run, keys)) == [("run.json", "altered")]
    (run / "run.json").unlink()
    assert problems(verified(run, keys)) == [("run.json", "missing")]


def test_a_link_in_the_place_of_a_file_or_a_folder_is_not_followed(
    run: Path, keys: Path, tmp_path: Path
) -> None:
    (tmp_path / "same").write_bytes((run / R1).read_bytes())
    (run / R1).unlink()
    (run / R1).symlink_to(tmp_path / "same")
    assert problems(verified(run, keys)) == [(R1, "altered")]
    moved = (run / "evidence").rename(tmp_path / "evidence")
    (run / "evidence").symlink_to(moved)
    assert verified(run, keys).status is ExitStatus.FINDING


def test_a_run_nobody_signed_is_3_and_an_altered_one_is_still_1(tmp_path: Path) -> None:
    run = stored(tmp_path / "run")
    assert (verified(run, None).word, verified(run, None).status) == ("unsigned", 3)
    (run / R1).write_bytes(b"{}")
    assert verified(run, None).status is ExitStatus.FINDING


def test_pages_beside_an_unsigned_run_are_named_and_nobody_vouches_for_them(
    tmp_path: Path,
) -> None:
    run = stored(tmp_path / "run")
    (run / "report.html").write_bytes(b"fine")
    found = verified(run, None)
    assert (found.uncovered, problems(found)) == (("report.html",), [])


def test_a_page_that_lay_beside_the_run_when_it_was_signed_is_covered(
    tmp_path: Path, keys: Path
) -> None:
    run = stored(tmp_path / "run")
    (run / "report.html").write_bytes(b"fine")

    sign_evidence(run, private_key(), None, at=AT)
    assert verified(run, keys).status is ExitStatus.VERIFIED
    (run / "report.html").write_bytes(b"Fine")
    assert problems(verified(run, keys)) == [("report.html", "altered")]
    (run / "report.html").unlink()
    assert problems(verified(run, keys)) == [("report.html", "missing")]


@pytest.mark.parametrize(
    ("seed", "purpose", "reason"),
    [
        (2, "run-statement", "unknown-signer"),
        (1, "manifest", "wrong-purpose"),
        (1, "lab", "wrong-purpose"),
        (1, "waiver", "wrong-purpose"),
    ],
)
def test_only_a_key_for_run_statements_counts(
    run: Path, tmp_path: Path, seed: int, purpose: str, reason: str
) -> None:
    found = verified(run, trust(tmp_path / "keys", private_key(seed), purpose=purpose))
    assert found.rejection is not None
    assert (found.rejection.reason, found.status) == (reason, ExitStatus.REJECTED)
    assert found.statement is None


def test_the_built_in_keys_vouch_for_nobodys_run(run: Path) -> None:
    assert verified(run, None).status is ExitStatus.REJECTED


def test_the_keys_a_run_brings_along_are_not_asked(tmp_path: Path) -> None:
    run = stored(tmp_path / "run")
    trust(run / "inputs" / "keys", private_key())
    assert verified(run, None).status is ExitStatus.FINDING


def test_the_statement_of_another_run_does_not_fit(run: Path, keys: Path, tmp_path: Path) -> None:
    other = stored(tmp_path / "other")
    spoil_record(other, site="elsewhere")
    (other / STATEMENT).write_bytes((run / STATEMENT).read_bytes())
    assert problems(verified(other, keys)) == [("run.json", "altered")]


@pytest.mark.parametrize(
    "changes",
    [
        {"predicate": {"site": "elsewhere"}},
        {"predicate": {"keyring_digest": "sha256:" + "0" * 64}},
        {"predicate": {"policy_digest": "sha256:" + "0" * 64}},
        {"predicate": {"memory_digest": "sha256:" + "0" * 64}},
        {"predicate": {"finished_at": "2026-01-01T00:00:01Z"}},
        {"predicate": {"more": "x"}},
        {"predicateType": "https://slsa.dev/provenance/v1"},
        {"_type": "https://in-toto.io/Statement/v0.1"},
        {"subject": []},
        {"subject": [{"name": "report.json", "digest": {"sha256": "0" * 64}}]},
        {"subject": [{"name": "run.json", "digest": {"sha512": "0" * 128}}]},
        {"more": 1},
    ],
)
def test_a_signed_statement_that_is_none_of_this_run_is_malformed(
    run: Path, keys: Path, changes: dict[str, object]
) -> None:
    resigned(run, **changes)
    found = verified(run, keys)
    assert found.rejection is not None
    assert (found.rejection.reason, found.status) == ("malformed", ExitStatus.REJECTED)


@pytest.mark.parametrize("name", ["../run.json", "inputs/policy.yaml", ".", ""])
def test_a_statement_reaches_no_file_out_of_the_folder(run: Path, keys: Path, name: str) -> None:
    digest = {"sha256": "0" * 64}
    own = json.loads(base64.b64decode(json.loads((run / STATEMENT).read_bytes())["payload"]))
    resigned(run, subject=[*own["subject"], {"name": name, "digest": digest}])
    assert verified(run, keys).status is not ExitStatus.VERIFIED


def test_a_manifest_signed_by_the_same_key_is_no_statement(run: Path, keys: Path) -> None:
    envelope = sign_payload("application/vnd.netintegrity.manifest+json", b"{}", private_key())
    (run / STATEMENT).write_bytes(envelope)
    assert verified(run, keys).status is ExitStatus.REJECTED


def test_a_second_signature_that_nobody_verifies_is_refused(run: Path, keys: Path) -> None:
    document = json.loads((run / STATEMENT).read_bytes())
    document["signatures"] *= 2
    (run / STATEMENT).write_text(json.dumps(document))
    found = verified(run, keys)
    assert found.status is ExitStatus.REJECTED
    with pytest.raises(TrustError):
        raise found.rejection or AssertionError


def test_an_envelope_without_a_signature_is_rejected(run: Path, keys: Path) -> None:
    payload_type, payload = PAYLOAD_TYPE, b"{}"
    (run / STATEMENT).write_bytes(dsse.seal(payload_type, payload, ()))
    assert verified(run, keys).status is ExitStatus.REJECTED


def test_an_anchor_past_its_date_is_a_caveat(run: Path, tmp_path: Path) -> None:
    keys = trust(tmp_path / "old", private_key(), not_after=AT - timedelta(days=1))
    found = verified(run, keys)
    assert found.caveats == {Caveat.ANCHOR_EXPIRED}
    assert found.status is ExitStatus.VERIFIED


def test_what_is_no_run_folder_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(StoreError):
            verified(path, None)


def test_a_spoilt_run_is_never_signed(tmp_path: Path) -> None:

    run = stored(tmp_path / "run")
    (run / "notes").mkdir()
    (run / "notes" / "x").write_bytes(b"")
    with pytest.raises(StoreError, match="notes/x"):
        sign_evidence(run, private_key(), None, at=AT)
    (run / R1).write_bytes(b"{}")
    with pytest.raises(EvidenceError):
        sign_evidence(run, private_key(), None, at=AT)
    assert not (run / STATEMENT).exists()


def test_a_statement_is_never_replaced(run: Path) -> None:

    with pytest.raises(StoreError, match="there already"):
        sign_evidence(run, private_key(2), None, at=AT)
