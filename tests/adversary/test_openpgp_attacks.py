"""What GnuPG signs we accept, detached and clear-signed; what was changed in any way, we do not.

Where GnuPG accepts what we reject, the reason is beside the case.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from netintegrity.errors import KeyringError
from netintegrity.trust import openpgp
from netintegrity.trust.admit import Submission
from tests.adversary.openpgp_peer import Holder, keyring_of
from tests.adversary.peers import needs
from tests.adversary.signed_checksums import LIST
from tests.adversary.tampering import MESSAGES
from tests.adversary.vendor_simulator import flip, judge_with, reason_with
from tests.paths import CAPTURES, needs_captures

pytest.importorskip("pysequoia", reason=openpgp.MISSING)
pytestmark = needs("gpg")

TEXT = LIST.replace(b"# what we built\n", b"")
START, END = b"-----BEGIN PGP SIGNATURE-----\n", b"-----END PGP SIGNATURE-----\n"


@pytest.fixture(scope="module")
def holder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Holder]:
    # A GnuPG home has a socket inside, whose path must be short.
    made = Holder(home=tmp_path_factory.mktemp("g") / "h").make()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Holder]:
    made = Holder(home=tmp_path_factory.mktemp("s") / "h").make()
    yield made
    made.stop()


def test_what_gnupg_signs_we_accept(holder: Holder, tmp_path: Path) -> None:
    signature, clear = holder.sign(TEXT), holder.clear(TEXT)
    assert holder.accepts(tmp_path, TEXT, signature)
    assert holder.accepts(tmp_path, clear)
    assert holder.judge(TEXT, asc=signature) == "verified"
    assert holder.judge(clear, "sha256sums.txt") == "verified"
    binary = holder.gpg("--output", "-", "--detach-sign", given=TEXT)
    assert holder.judge(TEXT, gpg=binary) == "verified"


@pytest.mark.parametrize("digest", ["SHA384", "SHA512"])
def test_every_strong_hash_counts(holder: Holder, digest: str) -> None:
    assert holder.judge(TEXT, asc=holder.sign(TEXT, "--digest-algo", digest)) == "verified"
    assert holder.judge(holder.clear(TEXT, "--digest-algo", digest)) == "verified"


@pytest.mark.parametrize("kind", ["rsa2048", "rsa4096", "nistp256"])
def test_every_usual_kind_of_key_counts(tmp_path: Path, kind: str) -> None:
    holder = Holder(home=tmp_path / "h", kind=kind).make()
    try:
        assert holder.judge(TEXT, asc=holder.sign(TEXT)) == "verified"
        assert holder.judge(holder.clear(TEXT)) == "verified"
    finally:
        holder.stop()


@pytest.mark.parametrize("change", MESSAGES)
def test_neither_takes_another_list(holder: Holder, change: str, tmp_path: Path) -> None:
    signature = holder.sign(LIST)
    assert holder.judge(MESSAGES[change], asc=signature) == "bad-signature"
    assert not holder.accepts(tmp_path, MESSAGES[change], signature)


def test_neither_takes_a_strangers_signature(
    holder: Holder, stranger: Holder, tmp_path: Path
) -> None:
    assert holder.judge(TEXT, asc=stranger.sign(TEXT)) == "bad-signature"
    assert holder.judge(stranger.clear(TEXT)) == "bad-signature"
    assert not holder.accepts(tmp_path, TEXT, stranger.sign(TEXT))


def test_a_signature_over_text_is_none_over_a_file(holder: Holder, tmp_path: Path) -> None:
    """It passes over line ends, so it does not cover the bytes that are hashed."""
    signature = holder.sign(TEXT, "--textmode")
    assert holder.accepts(tmp_path, TEXT, signature)
    assert holder.judge(TEXT, asc=signature) == "bad-signature"


def test_sha1_does_not_count_although_gnupg_signs_it(holder: Holder) -> None:
    assert holder.judge(TEXT, asc=holder.sign(TEXT, "--digest-algo", "SHA1")) == "bad-signature"
    assert holder.judge(holder.clear(TEXT, "--digest-algo", "SHA1")) == "bad-signature"


EVIL = b"00" * 32 + b"  evil.bin\n"
CLEAR: dict[str, Callable[[bytes], bytes]] = {
    "text before": lambda c: EVIL + c,
    "a blank line before": lambda c: b"\n" + c,
    "text behind": lambda c: c + EVIL,
    "a blank line behind": lambda c: c + b"\n",
    "text among the headers": lambda c: c.replace(b"\n\n", b"\n" + EVIL + b"\n", 1),
    "another header": lambda c: c.replace(b"\n\n", b"\nComment: hello\n\n", 1),
    "NotDashEscaped": lambda c: c.replace(b"\n\n", b"\nNotDashEscaped: yes\n\n", 1),
    "a weak hash said": lambda c: c.replace(b"Hash: SHA256", b"Hash: SHA1").replace(
        b"Hash: SHA512", b"Hash: SHA1"
    ),
    "a header of blanks": lambda c: c.replace(b"\n\n", b"\n  \n", 1),
    "no blank line": lambda c: c.replace(b"\n\n", b"\n", 1),
    "two texts": lambda c: c + c,
    "a text inside": lambda c: c.replace(START, c + START),
    "a line more": lambda c: c.replace(START, EVIL + START),
    "a line less": lambda c: c.replace(TEXT.split(b"\n")[0] + b"\n", b"", 1),
    "a digest": lambda c: c.replace(b"ab" * 64, b"ac" * 64),
    "a blank at the end of a line": lambda c: c.replace(b".swi\n", b".swi \n"),
    "a tab at the end of a line": lambda c: c.replace(b".swi\n", b".swi\t\n"),
    "other line ends": lambda c: c.replace(b"\n", b"\r\n"),
    "a dash that escapes nothing": lambda c: c.replace(b"\n" + b"ef" * 32, b"\n- " + b"ef" * 32),
    "a dash line": lambda c: c.replace(START, b"-- \n" + START),
    "no signature": lambda c: c[: c.index(START)],
    "a signature cut": lambda c: c[: c.index(START) + 60],
    "no end": lambda c: c.replace(END, b""),
    "two signatures": lambda c: c + c[c.index(START) :],
    "a NUL": lambda c: c.replace(b".swi\n", b".swi\0\n"),
    "a message of another kind": lambda c: c.replace(b"SIGNED MESSAGE", b"MESSAGE"),
    "no UTF-8": lambda c: c.replace(b".swi\n", b".sw\xff\n"),
}
STRICTER = {
    "text before": "it reads the first message of a file and says nothing of the rest",
    "a blank line before": "the same",
    "text behind": "the same",
    "a blank line behind": "the same",
    "a blank at the end of a line": "no signature covers it",
    "a tab at the end of a line": "the same",
    "other line ends": "line ends are not covered",
    "a dash that escapes nothing": "any line may be escaped",
    "a header of blanks": "white space counts as a blank line",
    "two texts": "both verify, each by itself",
    "two signatures": "it passes over the second",
    "NotDashEscaped": "a header of its own",
    "no end": "the end of the file is the end of the signature",
    "a NUL": "it passes over one at the end of a line",
}


@pytest.mark.parametrize("change", CLEAR)
def test_no_spoilt_clear_signed_text_counts(holder: Holder, change: str, tmp_path: Path) -> None:
    clear = holder.clear(TEXT)
    spoilt = CLEAR[change](clear)
    assert spoilt != clear
    assert holder.judge(spoilt) in {"bad-signature", "malformed", "unsigned"}
    if change not in STRICTER:
        assert not holder.accepts(tmp_path, spoilt)


def test_an_escaped_dash_is_taken_back(holder: Holder) -> None:
    escaped = holder.clear(b"-----BEGIN\n- x\n")
    assert b"- -----BEGIN\n" in escaped
    assert openpgp.signed_text(escaped) == b"-----BEGIN\n- x\n"
    key = openpgp.read_key(holder.public)
    assert openpgp.verifies(key, signed=escaped, signature=b"")


def test_no_changed_byte_of_a_signature_or_a_text_leaves_a_list_verified(holder: Holder) -> None:
    keyring = holder.keyring()
    signature, clear = holder.sign(TEXT), holder.clear(TEXT)
    for position in range(0, len(clear), 3):
        submission = Submission(filename="x", raw=flip(clear, position), detached={})
        verified = reason_with(keyring, submission) == "verified"
        assert not verified or position >= clear.index(START), position
    body = signature.index(b"\n\n") + 2
    for position in range(body, signature.rindex(b"\n=") - 4):
        beside = {".asc": flip(signature, position)}
        references, (outcome,) = judge_with(
            keyring, Submission(filename="x", raw=TEXT, detached=beside)
        )
        if outcome.reason is None:
            # What is not signed in a signature (RFC 9580 section 5.2.3): the key id that hints.
            assert {i.filename for i in references.images} == {"EOS-4.30.1F.swi", "firmware.bin"}


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        b"hello",
        b"\x88\x00",
        b"-----BEGIN PGP MESSAGE-----\n\nAAAA\n-----END PGP MESSAGE-----\n",
    ],
)
def test_what_is_no_signature_is_bad(holder: Holder, spoilt: bytes) -> None:
    assert holder.judge(TEXT, asc=spoilt) == "bad-signature"


def test_two_armors_or_words_around_one_are_refused(holder: Holder) -> None:
    signature = holder.sign(TEXT)
    for spoilt in (signature + signature, b"hello\n" + signature, signature + b"hello\n"):
        assert holder.judge(TEXT, asc=spoilt) == "bad-signature"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"purpose": "image"}, "wrong-purpose"),
        ({"channel": "snapshot"}, "wrong-purpose"),
        ({"purpose": "waiver", "formats": "[openpgp]"}, "wrong-purpose"),
    ],
)
def test_a_key_for_another_thing_does_not_count(
    holder: Holder, changes: dict[str, str], expected: str
) -> None:
    submission = Submission(filename="x", raw=TEXT, detached={".asc": holder.sign(TEXT)})
    assert reason_with(holder.keyring(**changes), submission) == expected


def test_a_key_is_pinned_by_its_whole_fingerprint(holder: Holder, stranger: Holder) -> None:
    assert keyring_of(holder.public, holder.fingerprint.lower()).anchors
    for fingerprint in (stranger.fingerprint, holder.fingerprint[-16:], holder.fingerprint[:-1]):
        with pytest.raises(KeyringError):
            keyring_of(holder.public, fingerprint)
    for public in (holder.public + stranger.public, b"", holder.public[:200], b"\x99\x00"):
        with pytest.raises(KeyringError):
            keyring_of(public, holder.fingerprint)
    for algorithm in ("ed25519", "rsa-pkcs1v15-sha256"):
        with pytest.raises(KeyringError):
            holder.keyring(algorithm=algorithm)
    for formats in ("[signify]", "[openpgp, cisco-kgv]", "[netintegrity-manifest]"):
        with pytest.raises(KeyringError):
            holder.keyring(formats=formats)


def test_a_revoked_key_is_refused(tmp_path: Path) -> None:
    holder = Holder(home=tmp_path / "h").make()
    try:
        (revocation,) = (holder.home / "openpgp-revocs.d").iterdir()
        # GnuPG puts a colon before the armor, so that nobody imports it by mistake.
        holder.gpg("--import", given=revocation.read_bytes().replace(b":-----", b"-----"))
        with pytest.raises(KeyringError, match="revoked"):
            holder.keyring()
    finally:
        holder.stop()


DEBIAN = CAPTURES / "debian"
BOOKWORM = "05AB90340C0C5E797F44A8C8254CF3B5AEC0A8F0"


def genuine(content: bytes, key: str = "bookworm", fingerprint: str = BOOKWORM) -> str:
    public = (DEBIAN / f"debian-archive-{key}-security-automatic.gpg").read_bytes()
    return reason_with(
        keyring_of(public, fingerprint), Submission(filename="InRelease", raw=content)
    )


@needs_captures
def test_a_genuine_inrelease_verifies_by_either_of_its_two_signers() -> None:
    content = (DEBIAN / "bookworm-security_InRelease").read_bytes()
    assert genuine(content) == "verified"
    bullseye = "AC530D520F2F3269F5E98313A48449044AAD5C5D"
    assert genuine(content, "bullseye", bullseye) == "verified"
    trixie = "5E04A1E3223A19A20706E20F9904613D4CCE68C6"
    assert genuine(content, "trixie", trixie) == "bad-signature"


@needs_captures
def test_a_genuine_inrelease_tells_its_date_and_its_end() -> None:
    content = (DEBIAN / "bookworm-security_InRelease").read_bytes()
    public = (DEBIAN / "debian-archive-bookworm-security-automatic.gpg").read_bytes()
    keyring = keyring_of(public, BOOKWORM)
    references, (outcome,) = judge_with(keyring, Submission(filename="InRelease", raw=content))
    assert str(outcome.issued_at) == "2026-11-21 00:53:02+00:00"
    assert str(outcome.expires_at) == "2026-11-28 00:53:02+00:00"
    assert references.provenance[0].list_id == "debian-bookworm-security"
    assert all(image.size_bytes for image in references.images)
    assert len(references.images) > 100


@needs_captures
@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.replace(b"Codename: bookworm", b"Codename: Bookworm"),
        lambda c: c.replace(b"Valid-Until: Sat, 28 Nov 2026", b"Valid-Until: Sat, 28 Nov 2096"),
        lambda c: flip(c, c.index(b"SHA256:\n") + 20),
        lambda c: c.replace(b"Acquire-By-Hash: yes\n", b""),
        lambda c: EVIL + c,
        lambda c: c + EVIL,
        lambda c: c[: c.index(START)],
        lambda c: c.replace(b"\n", b"\r\n"),
    ],
)
def test_no_tampered_twin_of_a_genuine_inrelease_counts(change: Callable[[bytes], bytes]) -> None:
    content = (DEBIAN / "bookworm-security_InRelease").read_bytes()
    assert genuine(change(content)) in {"bad-signature", "malformed", "unsigned"}
