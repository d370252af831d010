"""What signify accepts we accept, what was changed neither does.

Where signify accepts what we reject, the reason is beside the case.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.adversary.peers import needs
from tests.adversary.signed_checksums import LIST, Holder, submit
from tests.adversary.tampering import (
    HOLDER,
    IMPOSTOR,
    MESSAGES,
    OTHER,
    SIGNATURES,
    STRANGER,
    Change,
    detached,
    keyring_of,
    larger_by_the_order,
    run,
    signify_accepts,
    signify_accepts_whole,
    whole,
    with_line,
    with_loose_bits,
    with_value,
)
from tests.adversary.vendor_simulator import reason_with

SPOILT = SIGNATURES | {"loose bits": with_line(1, with_loose_bits)}
STRICTER: dict[str, tuple[Change, str]] = {
    "S + L": (
        with_value(larger_by_the_order),
        "its verifier does not ask that S is below the order (RFC 8032 section 5.1.7)",
    ),
    "CR": (with_line(1, lambda line: line + b"\r"), "white space in base64 is passed over"),
    "more lines": (lambda signed: signed + b"and more\n", "what follows is not read"),
}


@needs("signify-openbsd")
def test_signify_and_we_accept_what_the_other_signs(tmp_path: Path) -> None:
    assert detached(LIST, HOLDER.signify(LIST)) == "verified"
    assert signify_accepts(tmp_path, LIST, HOLDER.signify(LIST))
    assert whole(HOLDER.embedded(LIST)) == "verified"
    assert signify_accepts_whole(tmp_path, HOLDER.embedded(LIST))
    assert (tmp_path / "out").read_bytes() == LIST
    make = ("signify-openbsd", "-G", "-n", "-p", "k.pub", "-s", "k.sec")
    assert run(tmp_path, *make, msg=LIST) == 0
    for extra in ((), ("-e",)):
        sign = ("signify-openbsd", "-S", *extra, "-s", "k.sec", "-m", "msg", "-x", "made.sig")
        assert run(tmp_path, *sign) == 0
        made, public = ((tmp_path / n).read_bytes() for n in ("made.sig", "k.pub"))
        keyring = keyring_of(public, "signify", "ed25519")
        submission = submit(made, "SHA256.sig") if extra else submit(LIST, sig=made)
        assert reason_with(keyring, submission) == "verified"
        assert detached(LIST, made) == "unknown-signer"


@needs("signify-openbsd")
@pytest.mark.parametrize("change", MESSAGES)
def test_neither_takes_another_list_under_a_signify_signature(change: str, tmp_path: Path) -> None:
    message, signature = MESSAGES[change], HOLDER.signify(LIST)
    assert detached(message, signature) == "bad-signature"
    assert not signify_accepts(tmp_path, message, signature)
    assert whole(signature + message) == "bad-signature"
    assert not signify_accepts_whole(tmp_path, signature + message)


@needs("signify-openbsd")
@pytest.mark.parametrize("change", SPOILT)
def test_neither_takes_a_spoilt_signify_signature(change: str, tmp_path: Path) -> None:
    signature = SPOILT[change](HOLDER.signify(LIST))
    assert detached(LIST, signature) in {"bad-signature", "unknown-signer"}
    assert not signify_accepts(tmp_path, LIST, signature)
    assert whole(signature + LIST) != "verified"
    assert not signify_accepts_whole(tmp_path, signature + LIST)


@needs("signify-openbsd")
@pytest.mark.parametrize("signer", [STRANGER, IMPOSTOR])
def test_neither_takes_a_strangers_signify_signature(signer: Holder, tmp_path: Path) -> None:
    expected = "unknown-signer" if signer is STRANGER else "bad-signature"
    assert detached(LIST, signer.signify(LIST)) == expected
    assert not signify_accepts(tmp_path, LIST, signer.signify(LIST))


@needs("signify-openbsd")
@pytest.mark.parametrize("change", STRICTER)
def test_signify_takes_a_second_spelling_and_we_take_one(change: str, tmp_path: Path) -> None:
    signature = STRICTER[change][0](HOLDER.signify(LIST))
    assert detached(LIST, signature) == "bad-signature"
    assert signify_accepts(tmp_path, LIST, signature), STRICTER[change][1]


def test_a_number_that_is_not_the_keys_makes_a_signature_count_for_nothing() -> None:
    renumbered = replace(HOLDER, number=bytes(8)).signify(LIST)
    assert detached(LIST, renumbered) == "bad-signature"


def test_both_forms_side_by_side_hold_one_list() -> None:
    assert detached(LIST, HOLDER.embedded(LIST)) == "verified"
    assert detached(LIST, HOLDER.embedded(OTHER)) == "bad-signature"
    assert detached(OTHER, HOLDER.embedded(LIST)) == "bad-signature"


def test_the_comment_nobody_signed_means_nothing() -> None:
    renamed = HOLDER.signify(LIST).replace(b"anything", b"verify with trusted.pub")
    assert detached(LIST, renamed) == "verified"


def test_a_signature_beside_one_that_is_inside_is_refused() -> None:
    twice = submit(HOLDER.embedded(LIST), "SHA256.sig", sig=HOLDER.signify(LIST))
    assert reason_with(HOLDER.keyring("signify"), twice) == "malformed"
