"""Several sign together: one twice, a stranger or a revoked one never make up the number."""

import json
from collections.abc import Iterable

import pytest

from netintegrity.errors import KeyringError, RevokedKeyError
from netintegrity.trust.anchors import Purpose
from netintegrity.trust.keyring import Keyring, load_keyring
from netintegrity.trust.keyset import PAYLOAD_TYPE as SET_TYPE
from netintegrity.trust.sign import sign_payload
from netintegrity.trust.vouched import open_vouched
from tests.adversary.board import (
    HOLDERS,
    Version,
    fingerprint,
    key_of,
    quorum_files,
    quorum_keyring,
    sealed,
    set_files,
    set_keyring,
)
from tests.adversary.vendor_simulator import (
    VendorSimulator,
    flip,
    judge_with,
    pem_of,
    public_pem_of,
    reason_with,
)

VENDOR = VendorSimulator()
PAYLOAD = VENDOR.payload()
BOARD = quorum_keyring()


def reason(by: Iterable[str], keyring: Keyring = BOARD) -> str:
    return reason_with(keyring, VENDOR.submit(sealed(PAYLOAD, by)))


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (("alice", "bob"), "verified"),
        (("carol", "alice"), "verified"),
        (HOLDERS, "verified"),
        (("alice",), "unsigned"),
        (("alice", "alice"), "bad-signature"),
        (("mallory",), "unknown-signer"),
        (("alice", "mallory"), "unsigned"),
        (("mallory", "trudy"), "unknown-signer"),
        (("alice", "bob", "mallory"), "verified"),
    ],
)
def test_two_of_three_have_to_sign(by: tuple[str, ...], expected: str) -> None:
    assert reason(by) == expected


def test_the_report_names_all_who_signed() -> None:
    _, (outcome,) = judge_with(BOARD, VENDOR.submit(sealed(PAYLOAD, ("carol", "alice"))))
    assert outcome.signer == "toy/alice, toy/carol"


def test_one_key_in_the_envelope_twice_counts_once() -> None:
    document = json.loads(sealed(PAYLOAD, ("alice", "bob")))
    document["signatures"][1] = document["signatures"][0]
    raw = json.dumps(document).encode()
    assert reason_with(BOARD, VENDOR.submit(raw)) == "bad-signature"


def test_no_changed_byte_of_several_signatures_leaves_a_list_verified() -> None:
    raw = sealed(PAYLOAD, HOLDERS)
    start = raw.index(b'"signatures"')
    reasons = {
        reason_with(BOARD, VENDOR.submit(flip(raw, position)))
        for position in range(start, len(raw))
    }
    # Two untouched ones would be enough; that the third was touched is reason to believe none.
    assert reasons == {"bad-signature"}


def test_a_revoked_key_does_not_count_towards_the_number() -> None:
    keyring = quorum_keyring(revoked={"carol": "the laptop was stolen"})
    assert reason(("alice", "bob"), keyring) == "verified"
    assert reason(("alice", "carol"), keyring) == "revoked"
    assert reason(("carol",), keyring) == "revoked"
    assert reason(("alice",), keyring) == "unsigned"


def test_a_key_revoked_under_one_id_counts_under_none() -> None:
    vendor = VendorSimulator()
    files = dict(vendor.key_files)
    stanza = files["toy/keyring.yaml"].replace(b"toy/lists", b"toy/again")
    revoked = stanza + b'    revoked: "lost"\n'
    keyring = load_keyring(files | {"b/keyring.yaml": revoked, "b/toy.pem": files["toy/toy.pem"]})
    assert reason_with(keyring, vendor.issue()) == "revoked"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("threshold: 4", "expected 1 to 3"),
        ("threshold: 0", "expected 1 to 3"),
        ("threshold: two", "expected 1 to 3"),
        ("threshold: 2\n    surprise: 1", "not a known field"),
    ],
)
def test_a_quorum_nobody_can_meet_spoils_the_keyring(text: str, told: str) -> None:
    files = quorum_files()
    files["keyring.yaml"] = files["keyring.yaml"].replace(b"threshold: 2", text.encode())
    with pytest.raises(KeyringError, match=told):
        load_keyring(files)


def test_a_quorum_of_strangers_or_of_keys_for_other_things_spoils_the_keyring() -> None:
    files = quorum_files()
    for before, after, told in (
        (b"toy/carol]", b"toy/dave]", "no anchor"),
        (b'trains: ["*"]', b'trains: ["17"]', "all of one signer"),
    ):
        spoilt = files["keyring.yaml"].replace(before, after, 1)
        with pytest.raises(KeyringError, match=told):
            load_keyring(files | {"keyring.yaml": spoilt})


def test_a_set_says_who_signs_lists() -> None:
    keyring = set_keyring(Version())
    assert reason(("alice", "bob"), keyring) == "verified"
    assert reason(("alice",), keyring) == "unsigned"


def test_a_set_is_changed_by_the_old_threshold_and_the_new() -> None:
    following = Version(number=2, holders=("alice2", "bob", "carol"))
    first = Version()
    for signed_by, accepted in (
        (("alice", "bob", "carol"), True),  # bob and carol are in both
        (("alice", "bob", "alice2"), True),
        (("alice2", "bob"), False),  # the old set: bob alone
        (("alice", "bob"), False),  # the new set: bob alone
        (("alice2", "mallory", "trudy"), False),
    ):
        following.signed_by = signed_by
        if accepted:
            keyring = set_keyring(first, following)
            assert reason(("alice2", "bob"), keyring) == "verified"
            assert reason(("alice", "bob"), keyring) == "unsigned"
        else:
            with pytest.raises(KeyringError, match="asks for 2 root signatures"):
                set_keyring(first, following)


def test_a_revoked_key_of_a_set_says_why_and_never_comes_back() -> None:
    second = Version(number=2, holders=("bob", "carol"), revoked={"alice": "key on a lost laptop"})
    keyring = set_keyring(Version(), second)
    assert reason(("bob", "carol"), keyring) == "verified"
    assert reason(("alice", "bob"), keyring) == "revoked"
    submission = VENDOR.submit(sealed(PAYLOAD, ("alice", "bob")))
    _, (outcome,) = judge_with(keyring, submission)
    assert "key on a lost laptop" in outcome.detail
    with pytest.raises(KeyringError, match="forgets a key"):
        set_keyring(Version(), second, Version(number=3))
    again = Version(number=3, revoked={"alice": "key on a lost laptop"})
    with pytest.raises(KeyringError, match="the key of alice is revoked"):
        set_keyring(Version(), second, again)


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (Version(number=2, set_id="other"), "of the set other"),
        (Version(number=2, issued_at=Version().issued_at.replace(year=2025)), "issued before"),
        (Version(number=3), "version 2 is not"),
    ],
)
def test_what_does_not_follow_spoils_the_keyring(second: Version, told: str) -> None:
    with pytest.raises(KeyringError, match=told):
        set_keyring(Version(), second)


def test_a_version_under_the_number_of_another_spoils_the_keyring() -> None:
    files = set_files(Version()) | {"board.2.keyset.json": Version(number=3).envelope}
    with pytest.raises(KeyringError, match="version 3 cannot follow version 1"):
        load_keyring(files)


def test_no_changed_byte_of_a_set_is_accepted() -> None:
    first, second = Version(), Version(number=2)
    files = set_files(first, second)
    for name in ("board.1.keyset.json", "board.2.keyset.json"):
        raw = files[name]
        for position in range(0, len(raw), 7):
            with pytest.raises(KeyringError):
                load_keyring(files | {name: flip(raw, position)})


def test_a_set_may_be_pinned_at_any_of_its_versions() -> None:
    assert reason(("alice", "bob"), set_keyring(Version(number=5), Version(number=6))) == "verified"


def test_a_set_in_which_one_key_has_two_names_is_refused() -> None:
    pem = public_pem_of(key_of("alice")).decode()
    document = json.loads(Version().payload)
    document["keys"]["bob"] = pem
    raw = sealed(json.dumps(document).encode(), HOLDERS, SET_TYPE)
    files = set_files(Version()) | {"board.2.keyset.json": raw}
    with pytest.raises(KeyringError, match="would count twice"):
        load_keyring(files)
    assert fingerprint("alice") != fingerprint("bob")


def test_a_revoked_key_speaks_for_no_run_and_excuses_nothing() -> None:
    for purpose in (Purpose.RUN_STATEMENT, Purpose.WAIVER):
        vendor = VendorSimulator(anchor={"purpose": purpose.value, "formats": ()})
        envelope = sign_payload("text/x-toy", b"word", pem_of(vendor.key))

        def opened(keyring: Keyring, raw: bytes = envelope, what: Purpose = purpose) -> bytes:
            found, _ = open_vouched(
                raw, keyring, purposes=(what,), payload_type="text/x-toy", name="toy"
            )
            return found

        assert opened(vendor.keyring) == b"word"
        files = dict(vendor.key_files)
        files["toy/keyring.yaml"] += b'    revoked: "lost"\n'
        with pytest.raises(RevokedKeyError, match="lost"):
            opened(load_keyring(files))
