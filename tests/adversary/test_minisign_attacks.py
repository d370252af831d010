"""What minisign accepts we accept, what was changed neither does.

Where minisign accepts what we reject, the reason is beside the case.
"""

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from netintegrity.model.assurance import Caveat
from tests.adversary.peers import needs
from tests.adversary.signed_checksums import LIST, Holder, submit, two_lines
from tests.adversary.tampering import (
    HOLDER,
    IMPOSTOR,
    MESSAGES,
    MODES,
    OTHER,
    SIGNATURES,
    STRANGER,
    Change,
    keyring_of,
    larger_by_the_order,
    mini,
    minisign_accepts,
    run,
    with_line,
    with_loose_bits,
    with_value,
    without_line,
)
from tests.adversary.vendor_simulator import flip, judge_with, reason_with


@needs("minisign")
@pytest.mark.parametrize("mode", MODES)
def test_minisign_and_we_accept_what_the_other_signs(mode: str, tmp_path: Path) -> None:
    ours = HOLDER.minisign(LIST, prehashed=mode == "prehashed")
    assert mini(LIST, ours, mode) == "verified"
    assert minisign_accepts(tmp_path, LIST, ours)
    assert run(tmp_path, "minisign", "-G", "-W", "-p", "k.pub", "-s", "k.sec", msg=LIST) == 0
    flags = () if mode == "prehashed" else ("-l",)
    assert run(tmp_path, "minisign", "-S", *flags, "-s", "k.sec", "-m", "msg") == 0
    made, public = ((tmp_path / n).read_bytes() for n in ("msg.minisig", "k.pub"))
    keyring = keyring_of(public, "minisign", MODES[mode])
    references, (outcome,) = judge_with(keyring, submit(LIST, minisig=made))
    assert (outcome.reason, outcome.format_id) == (None, "minisign")
    assert len(references.images) == 2
    assert mini(LIST, made, mode) == "unknown-signer"


@needs("minisign")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("change", MESSAGES)
def test_neither_takes_another_list_under_a_minisign_signature(
    change: str, mode: str, tmp_path: Path
) -> None:
    signature = HOLDER.minisign(LIST, prehashed=mode == "prehashed")
    assert mini(MESSAGES[change], signature, mode) == "bad-signature"
    assert not minisign_accepts(tmp_path, MESSAGES[change], signature)


SWITCH: Final = {b"ED": b"Ed", b"Ed": b"ED"}
TRUSTED: dict[str, Change] = {
    "trusted comment": with_line(2, lambda line: line.replace(b"1764000000", b"1964000000")),
    "trusted comment longer": with_line(2, lambda line: line + b"\tmore"),
    "trusted comment empty": with_line(2, lambda _: b"trusted comment: "),
    "no trusted comment": without_line(2),
    "trusted prefix": with_line(2, lambda line: line.replace(b"trusted", b"entrusted")),
    "global R": with_value(lambda v: flip(v, 0), 3),
    "global S": with_value(lambda v: flip(v, 40), 3),
    "S + L": with_value(larger_by_the_order),
    "global S + L": with_value(larger_by_the_order, 3),
    "global short": with_value(lambda v: v[:-1], 3),
    "global missing": without_line(3),
    "mode": with_value(lambda v: SWITCH[v[:2]] + v[2:]),
    "comments swapped": lambda s: (
        b"\n".join(s.split(b"\n")[:2])
        + b"\n"
        + b"\n".join(HOLDER.minisign(OTHER, trusted="timestamp:1").split(b"\n")[2:])
    ),
}


@needs("minisign")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("change", SIGNATURES | TRUSTED)
def test_neither_takes_a_spoilt_minisign_signature(change: str, mode: str, tmp_path: Path) -> None:
    honest = HOLDER.minisign(LIST, prehashed=mode == "prehashed")
    signature = (SIGNATURES | TRUSTED)[change](honest)
    assert mini(LIST, signature, mode) in {"bad-signature", "unknown-signer", "unsigned"}
    assert not minisign_accepts(tmp_path, LIST, signature)


@needs("minisign")
@pytest.mark.parametrize("signer", [STRANGER, IMPOSTOR])
def test_neither_takes_a_strangers_minisign_signature(signer: Holder, tmp_path: Path) -> None:
    expected = "unknown-signer" if signer is STRANGER else "bad-signature"
    assert mini(LIST, signer.minisign(LIST)) == expected
    assert not minisign_accepts(tmp_path, LIST, signer.minisign(LIST))


STRICTER: dict[str, tuple[Change, str]] = {
    "more lines": (lambda signed: signed + b"and more\n", "it does not read on after line 4"),
    "loose bits": (
        with_line(1, with_loose_bits),
        "74 bytes leave two bits of base64 over, and it does not ask what they are",
    ),
}


@needs("minisign")
@pytest.mark.parametrize("change", STRICTER)
def test_minisign_takes_a_second_spelling_and_we_take_one(change: str, tmp_path: Path) -> None:
    signature = STRICTER[change][0](HOLDER.minisign(LIST))
    assert mini(LIST, signature) == "bad-signature"
    assert minisign_accepts(tmp_path, LIST, signature), STRICTER[change][1]


@pytest.mark.parametrize("mode", MODES)
def test_a_key_pinned_to_one_way_of_signing_does_not_count_for_the_other(mode: str) -> None:
    other = HOLDER.minisign(LIST, prehashed=mode != "prehashed")
    keyring = HOLDER.keyring("minisign", algorithm=MODES[mode])
    _, (outcome,) = judge_with(keyring, submit(LIST, minisig=other))
    assert outcome.reason == "bad-signature"
    assert f"counts for {MODES[mode]} alone" in outcome.detail


def test_a_signature_over_a_digest_is_none_over_a_file_of_those_bytes() -> None:
    digest = hashlib.blake2b(LIST).digest()
    lines = HOLDER.minisign(LIST).split(b"\n")
    relabelled = b"\n".join([*two_lines_as(b"Ed", lines), *lines[2:]])
    keyring = HOLDER.keyring("minisign", algorithm="ed25519-blake2b512")
    assert reason_with(keyring, submit(digest, minisig=relabelled)) == "bad-signature"


def test_the_trusted_comment_dates_the_list_and_sets_no_floor() -> None:
    keyring = HOLDER.keyring("minisign", algorithm=MODES["prehashed"])
    old = submit(LIST, minisig=HOLDER.minisign(LIST, trusted="timestamp:1700000000"))
    new = submit(OTHER, minisig=HOLDER.minisign(OTHER, trusted="timestamp:1764000000\tfile:x"))
    _, outcomes = judge_with(keyring, old, new)
    assert [o.reason for o in outcomes] == [None, None]
    assert outcomes[0].newest_entry == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert outcomes[0].issued_at is None


@pytest.mark.parametrize(
    "trusted",
    [
        "",
        "by me",
        "timestamp:x",
        "xtimestamp:1",
        "timestamp:1\ttimestamp:2",
        "timestamp:" + "9" * 12,
    ],
)
def test_a_trusted_comment_without_one_time_dates_nothing(trusted: str) -> None:
    keyring = HOLDER.keyring("minisign", algorithm=MODES["prehashed"])
    signature = HOLDER.minisign(LIST, trusted=trusted)
    _, (outcome,) = judge_with(keyring, submit(LIST, minisig=signature))
    assert (outcome.reason, outcome.newest_entry) == (None, None)
    assert Caveat.AGE_UNKNOWN in outcome.caveats


def two_lines_as(algorithm: bytes, lines: list[bytes]) -> list[bytes]:
    value = base64.b64decode(lines[1])
    return two_lines(algorithm, value[2:10], value[10:]).split(b"\n")[:2]
