"""Lists of checksums, whichever of the two forms they are signed in."""

import pytest

from netintegrity.trust.admit import Submission
from tests.adversary.signed_checksums import LIST, submit
from tests.adversary.tampering import HOLDER, detached, mini
from tests.adversary.vendor_simulator import flip, judge_with, reason_with


def test_a_list_without_signature_is_unsigned() -> None:
    assert reason_with(HOLDER.keyring(), submit(LIST)) == "unsigned"


def test_the_signature_beside_a_list_tells_its_form() -> None:
    for beside, form in (
        (submit(LIST, sig=HOLDER.signify(LIST)), "signify"),
        (submit(LIST, minisig=HOLDER.minisign(LIST, prehashed=False)), "minisign"),
    ):
        _, (outcome,) = judge_with(HOLDER.keyring(), beside)
        assert (outcome.reason, outcome.format_id) == (None, form)
        (content,) = beside.detached.values()
        named = Submission(filename="list", raw=LIST, detached={"": content})
        _, (outcome,) = judge_with(HOLDER.keyring(), named)
        assert (outcome.reason, outcome.format_id) == (None, form)


def test_no_signature_of_one_form_counts_in_the_other() -> None:
    assert mini(LIST, HOLDER.signify(LIST), "legacy") == "bad-signature"
    assert detached(LIST, HOLDER.minisign(LIST, prehashed=False)) == "bad-signature"
    for only, beside in (
        ("signify", submit(LIST, minisig=HOLDER.minisign(LIST, prehashed=False))),
        ("minisign", submit(LIST, sig=HOLDER.signify(LIST))),
    ):
        assert reason_with(HOLDER.keyring(only), beside) == "unknown-signer"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"purpose": "image"}, "wrong-purpose"),
        ({"purpose": "waiver"}, "wrong-purpose"),
        ({"channel": "snapshot"}, "wrong-purpose"),
        ({"channel": "rolling"}, "wrong-purpose"),
        ({"trains": ("openwrt-21.02",)}, "malformed"),
    ],
)
def test_a_key_for_another_thing_does_not_count(changes: dict[str, object], expected: str) -> None:
    keyring = HOLDER.keyring(**changes)  # type: ignore[arg-type]
    assert reason_with(keyring, submit(LIST, sig=HOLDER.signify(LIST))) == expected


@pytest.mark.parametrize("content", [b"hello\n", b"\xff" * 40, b"\n\n", b"# nothing\n"])
def test_what_is_signed_and_no_list_is_malformed(content: bytes) -> None:
    assert detached(content, HOLDER.signify(content)) == "malformed"
    assert mini(content, HOLDER.minisign(content)) == "malformed"


def test_no_changed_byte_of_a_signature_leaves_a_list_verified() -> None:
    """The comment on the first line is all that can change: it is signed by nobody."""
    for signature, judge in (
        (HOLDER.signify(LIST), detached),
        (HOLDER.minisign(LIST), mini),
    ):
        start = signature.index(b"\n") + 1
        for position in range(start, len(signature) - 1):
            for mask in (0x01, 0x20, 0x80):
                assert judge(LIST, flip(signature, position, mask)) != "verified"
