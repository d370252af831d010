"""Whatever a repository hands out, no patched box is verified, and each attack has its word."""

from collections.abc import Callable

import pytest

from netintegrity.errors import ExitStatus
from tests.adversary.repository_simulator import CiscoRepository, Judged, Offer, Repository, judge

REPOSITORY = Repository()
CISCO = CiscoRepository()
VERIFIED, FINDING = ExitStatus.VERIFIED, ExitStatus.FINDING
UNVERIFIED, REJECTED = ExitStatus.UNVERIFIED, ExitStatus.REJECTED

R, C = REPOSITORY, CISCO
# Attack, reason of each file, status of a run over the genuine box, and what is concluded of the
# genuine box and of the patched one.
CASES: list[tuple[Callable[[], Offer], str, ExitStatus, str, str]] = [
    (lambda: R.offer(R.vendor.issue()), "verified", VERIFIED, "verified", "patched"),
    (R.expire, "expired", REJECTED, "stale-reference", "patched"),
    (R.roll_back, "rolled-back", REJECTED, "unknown-image", "unknown-image"),
    (R.backdate, "rolled-back", REJECTED, "unknown-image", "unknown-image"),
    (
        R.roll_back_to_an_expired_floor,
        "expired rolled-back",
        REJECTED,
        "stale-reference",
        "patched",
    ),
    (R.freeze, "verified", UNVERIFIED, "stale-reference", "patched"),
    (R.hide_a_withdrawal, "rolled-back verified", FINDING, "withdrawn", "patched"),
    (R.mix_and_match, "verified rolled-back", REJECTED, "verified", "patched"),
    (
        R.mix_an_old_list_with_new_packages,
        "rolled-back verified",
        REJECTED,
        "unknown-image",
        "unknown-image",
    ),
    (R.tell_two_stories, "rolled-back rolled-back", REJECTED, "unknown-image", "unknown-image"),
    (R.swap_payload, "bad-signature", REJECTED, "unknown-image", "unknown-image"),
    (R.swap_signature, "bad-signature", REJECTED, "unknown-image", "unknown-image"),
    (R.rename_payload_type, "bad-signature", REJECTED, "unknown-image", "unknown-image"),
    (R.strip_signature, "unsigned", REJECTED, "unknown-image", "unknown-image"),
    (R.strip_envelope, "malformed", REJECTED, "unknown-image", "unknown-image"),
    (R.truncate, "bad-signature", REJECTED, "unknown-image", "unknown-image"),
    (R.append, "bad-signature", REJECTED, "unknown-image", "unknown-image"),
    (R.empty, "malformed", REJECTED, "unknown-image", "unknown-image"),
    (R.add_a_member, "bad-signature", REJECTED, "unknown-image", "unknown-image"),
    (R.name_another_key, "bad-signature", REJECTED, "unknown-image", "unknown-image"),
    (R.repeat_a_member, "malformed", REJECTED, "unknown-image", "unknown-image"),
    (R.sign_with_foreign_key, "unknown-signer", REJECTED, "unknown-image", "unknown-image"),
    (R.claim_foreign_signature, "bad-signature", REJECTED, "unknown-image", "unknown-image"),
    (R.forget_the_keyring, "unknown-signer", REJECTED, "unknown-image", "unknown-image"),
    (R.revoke, "revoked", REJECTED, "unknown-image", "unknown-image"),
    (R.wrong_purpose, "wrong-purpose", REJECTED, "unknown-image", "unknown-image"),
    (R.lab_key, "wrong-purpose", REJECTED, "unknown-image", "unknown-image"),
    (R.wrong_channel, "wrong-purpose", REJECTED, "unknown-image", "unknown-image"),
    (R.wrong_train, "malformed", REJECTED, "unknown-image", "unknown-image"),
    (R.wrong_format, "unknown-signer", REJECTED, "unknown-image", "unknown-image"),
    (R.withdraw, "verified", FINDING, "withdrawn", "patched"),
    (R.omit, "verified", UNVERIFIED, "unknown-image", "unknown-image"),
    (R.list_for_another_platform, "verified", FINDING, "masqueraded", "unknown-image"),
    (R.list_as_another_release, "verified", FINDING, "masqueraded", "patched"),
    (R.bless_by_weak_digest, "verified", UNVERIFIED, "unknown-image", "unknown-image"),
    (R.call_itself_a_vendor, "malformed", REJECTED, "unknown-image", "unknown-image"),
    (R.list_nothing, "malformed", REJECTED, "unknown-image", "unknown-image"),
    (R.nest_deep, "malformed", REJECTED, "unknown-image", "unknown-image"),
    (C.honest, "verified", VERIFIED, "verified", "patched"),
    (C.change_a_digest, "bad-signature", REJECTED, "unknown-image", "unknown-image"),
    (C.change_the_signature, "bad-signature", REJECTED, "unknown-image", "unknown-image"),
    (C.swap_payload, "bad-signature", REJECTED, "unknown-image", "unknown-image"),
    (C.strip_signature, "unsigned", REJECTED, "unknown-image", "unknown-image"),
    (C.truncate, "bad-signature", REJECTED, "unknown-image", "unknown-image"),
    (C.sign_with_a_sibling, "bad-signature", REJECTED, "unknown-image", "unknown-image"),
    (C.sign_with_the_authority, "bad-signature", REJECTED, "unknown-image", "unknown-image"),
    (C.downgrade_algorithm, "bad-signature", REJECTED, "unknown-image", "unknown-image"),
    (C.backdate, "rolled-back", REJECTED, "unknown-image", "unknown-image"),
    (C.freeze, "verified", UNVERIFIED, "stale-reference", "patched"),
    (C.freeze_an_undated_list, "verified", UNVERIFIED, "stale-reference", "patched"),
    (C.bulk_honest, "verified", VERIFIED, "verified", "patched"),
    (C.bulk_roll_back, "rolled-back", REJECTED, "unknown-image", "unknown-image"),
    (C.bulk_withdraw, "verified", FINDING, "withdrawn", "patched"),
    (C.bulk_change_a_row, "bad-signature", REJECTED, "unknown-image", "unknown-image"),
    (C.bulk_bomb, "malformed", REJECTED, "unknown-image", "unknown-image"),
]


@pytest.mark.parametrize(
    ("attack", "reasons", "status", "genuine", "patched"),
    CASES,
    ids=[getattr(case[0], "__name__", "honest") for case in CASES],
)
def test_each_attack_ends_as_the_table_says(
    attack: Callable[[], Offer], reasons: str, status: ExitStatus, genuine: str, patched: str
) -> None:
    assert judge(attack()) == Judged(
        reasons=tuple(reasons.split()), status=status, genuine=genuine, patched=patched
    )


def test_there_are_forty_attacks_and_no_patched_box_is_verified() -> None:
    assert len(CASES) >= 40
    assert "verified" not in {patched for *_, patched in CASES}
