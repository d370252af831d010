"""What a pinned root leads to counts; no other state, and no mixture of states, does.

The peer is python-tuf's own client workflow, over the same files at the same moment.
"""

import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from securesystemslib.signer import CryptoSigner
from tuf.api.exceptions import RepositoryError
from tuf.ngclient._internal.trusted_metadata_set import TrustedMetadataSet
from tuf.ngclient.config import EnvelopeType

from netintegrity.errors import KeyringError, TrustError
from netintegrity.trust import tuf
from netintegrity.trust.admit import Submission, admit
from netintegrity.trust.keyring import Keyring
from tests.adversary.tuf_simulator import (
    CONTENT,
    Repository,
    archived,
    edited,
    keyring_of,
    signers,
    submit,
)
from tests.adversary.vendor_simulator import AT, flip, judge_with, reason_with, releases, rsa_key

Files = dict[str, bytes]


def peer_accepts(root: bytes, files: Files, at: datetime = AT) -> bool:
    """Say whether python-tuf's client takes the state, having seen none before."""
    try:
        trusted = TrustedMetadataSet(root, EnvelopeType.METADATA)
        trusted.reference_time = at
        while f"{trusted.root.version + 1}.root.json" in files:
            trusted.update_root(files[f"{trusted.root.version + 1}.root.json"])
        trusted.update_timestamp(files["timestamp.json"])
        consistent = bool(trusted.root.consistent_snapshot)
        version = trusted.timestamp.snapshot_meta.version
        trusted.update_snapshot(files[tuf.name_of("snapshot", version, consistent=consistent)])
        version = trusted.snapshot.meta["targets.json"].version
        trusted.update_targets(files[tuf.name_of("targets", version, consistent=consistent)])
    except (RepositoryError, KeyError, ValueError):
        return False
    return True


def reason(keyring: Keyring, files: Files) -> str:
    """Judge the files themselves: an expired state is rejected, not only of no use."""
    submission = submit(files)
    try:
        admit(
            submission.raw,
            filename=submission.filename,
            detached={},
            keyring=keyring,
            releases=releases,
            expired_at=AT,
        )
    except TrustError as error:
        return error.reason
    return "verified"


@pytest.mark.parametrize("consistent", [True, False])
def test_the_targets_are_the_list_with_sizes_and_until_when(consistent: bool) -> None:
    repository = Repository(consistent=consistent)
    files, root = repository.files(), repository.root()
    assert peer_accepts(root, files)
    references, (outcome,) = judge_with(keyring_of(root), submit(files))
    assert (outcome.reason, outcome.format_id) == (None, "tuf")
    assert outcome.expires_at == min(repository.expires.values())
    listed = {i.filename: (i.size_bytes, len(i.digests)) for i in references.images}
    assert listed == {"EOS-4.30.1F.swi": (8, 2), "firmware.bin": (7, 2)}


def test_a_newer_root_is_followed_from_the_one_that_is_pinned() -> None:
    repository = Repository()
    pinned = repository.root()
    for _ in range(3):
        repository.rotate()
    files = repository.files()
    assert peer_accepts(pinned, files)
    assert reason_with(keyring_of(pinned), submit(files)) == "verified"
    newest = files["4.root.json"]
    assert reason_with(keyring_of(newest), submit(files)) == "verified"
    only = {n: c for n, c in files.items() if n not in {"1.root.json", "2.root.json"}}
    assert reason_with(keyring_of(newest), submit(only)) == "verified"


def expired(role: str) -> Callable[[Repository], Files]:
    def make(repository: Repository) -> Files:
        repository.expires[role] = AT - timedelta(seconds=1)
        return repository.files()

    return make


def by_another_key(role: str) -> Callable[[Repository], Files]:
    def make(repository: Repository) -> Files:
        honest = repository.root()
        repository.keys[role] = signers()
        return repository.files() | {"1.root.json": honest}

    return make


def changed(name: str, *path: str, value: object) -> Callable[[Repository], Files]:
    def make(repository: Repository) -> Files:
        files = repository.files()
        return files | {name: edited(files[name], *path, value=value)}

    return make


def mixed(*names: str) -> Callable[[Repository], Files]:
    """Return a new state with some files of the old one, under the new names."""

    def make(repository: Repository) -> Files:
        old = repository.files()
        new = repository.publish(**{"firmware.bin": b"mended"})
        renamed = {n.replace("1.", "2.", 1): old[n] for n in names}
        return new | renamed

    return make


def without(name: str) -> Callable[[Repository], Files]:
    return lambda repository: {n: c for n, c in repository.files().items() if n != name}


def one_signature_twice(repository: Repository) -> Files:
    """Let one key of root stand for two."""
    repository.rotate(by=[repository.keys["root"][0]])
    files = repository.files()
    document = json.loads(files["2.root.json"])
    document["signatures"].insert(0, document["signatures"][0])
    return files | {"2.root.json": json.dumps(document).encode()}


def root_by_strangers(repository: Repository) -> Files:
    repository.rotate(by=signers(2))
    return repository.files()


def root_by_too_few(repository: Repository) -> Files:
    repository.rotate(by=repository.keys["root"][:1])
    return repository.files()


def root_missing_between(repository: Repository) -> Files:
    for _ in range(2):
        repository.rotate()
    return without("2.root.json")(repository)


def targets_by_too_few(repository: Repository) -> Files:
    repository.keys["targets"] = signers(3)
    repository.thresholds["targets"] = 2
    honest = repository.root()
    repository.thresholds["targets"] = 1
    return repository.files() | {"1.root.json": honest}


TARGETS = ("1.targets.json", "signed", "targets", "firmware.bin")
ATTACKS: dict[str, tuple[Callable[[Repository], Files], str]] = {
    "expired root": (expired("root"), "expired"),
    "expired timestamp (freeze)": (expired("timestamp"), "expired"),
    "expired snapshot": (expired("snapshot"), "expired"),
    "expired targets": (expired("targets"), "expired"),
    "timestamp by another key": (by_another_key("timestamp"), "bad-signature"),
    "snapshot by another key": (by_another_key("snapshot"), "bad-signature"),
    "targets by another key": (by_another_key("targets"), "bad-signature"),
    "targets by too few": (targets_by_too_few, "bad-signature"),
    "old targets (mix and match)": (mixed("1.targets.json"), "bad-signature"),
    "old snapshot (mix and match)": (mixed("1.snapshot.json"), "bad-signature"),
    "another digest": (changed(*TARGETS, "hashes", value={"sha256": "00" * 32}), "bad-signature"),
    "another size": (changed(*TARGETS, "length", value=1), "bad-signature"),
    "later expiry": (
        changed("timestamp.json", "signed", "expires", value="2099-01-01T00:00:00Z"),
        "bad-signature",
    ),
    "higher version": (changed("timestamp.json", "signed", "version", value=9), "bad-signature"),
    "no signatures": (changed("timestamp.json", "signatures", value=[]), "bad-signature"),
    "no expiry": (changed("timestamp.json", "signed", "expires", value=None), "bad-signature"),
    "another role in its place": (
        lambda r: r.files() | {"1.targets.json": r.files()["1.snapshot.json"]},
        "bad-signature",
    ),
    "no timestamp": (without("timestamp.json"), "malformed"),
    "no snapshot": (without("1.snapshot.json"), "bad-signature"),
    "no targets": (without("1.targets.json"), "bad-signature"),
    "newer root by strangers": (root_by_strangers, "bad-signature"),
    "newer root by too few": (root_by_too_few, "bad-signature"),
    "newer root, one signature twice": (one_signature_twice, "bad-signature"),
    "not JSON": (lambda r: r.files() | {"timestamp.json": b"{"}, "bad-signature"),
    "nested without end": (
        lambda r: r.files() | {"timestamp.json": b'{"signed": ' + b"[" * 100_000},
        "bad-signature",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_neither_takes_an_attack_by_name(attack: str) -> None:
    repository = Repository()
    pinned = repository.root()
    make, expected = ATTACKS[attack]
    if attack.startswith("expired root"):
        repository.expires["root"] = AT - timedelta(seconds=1)
        pinned = repository.root()
    elif attack == "targets by too few":
        repository.keys["targets"] = signers(3)
    files = make(repository)
    if attack == "targets by too few":
        pinned = files["1.root.json"]
    assert reason(keyring_of(pinned), files) == expected
    assert not peer_accepts(pinned, files)


STRICTER: dict[str, tuple[Callable[[Repository], Files], str, str]] = {
    "a root left out between": (
        root_missing_between,
        "bad-signature",
        "it follows roots as far as it finds them, and the last one it found may do",
    ),
    "no root beside it": (
        without("1.root.json"),
        "bad-signature",
        "it knows the pinned one, and we read from the folder until when it counts",
    ),
    "a member twice": (
        lambda r: (
            r.files()
            | {"timestamp.json": b'{"note": 1, "note": 2, ' + r.files()["timestamp.json"][1:]}
        ),
        "bad-signature",
        "of two members of one name it reads the last",
    ),
}


@pytest.mark.parametrize("change", STRICTER)
def test_python_tuf_takes_what_we_do_not(change: str) -> None:
    repository = Repository()
    make, expected, why = STRICTER[change]
    files = make(repository)
    assert reason_with(keyring_of(repository.root()), submit(files)) == expected
    assert peer_accepts(repository.root(), files), why


def test_an_older_state_is_rolled_back_whichever_part_of_it_is_old() -> None:
    repository = Repository()
    keyring = keyring_of(repository.root())
    states = [repository.files(), repository.publish(**{"new.bin": b"1"})]
    repository.versions["timestamp"] += 1
    states.append(repository.files())
    repository.versions["snapshot"] += 1
    repository.versions["timestamp"] += 1
    states.append(repository.files())
    submitted = [submit(files) for files in states]
    for newest in range(len(states)):
        _, outcomes = judge_with(keyring, *submitted[: newest + 1])
        assert [o.reason for o in outcomes] == ["rolled-back"] * newest + [None]


def test_a_root_of_another_repository_counts_for_nothing() -> None:
    other = Repository()
    assert reason_with(keyring_of(other.root()), submit(Repository().files())) == "bad-signature"


def test_no_changed_byte_of_any_file_leaves_it_verified_with_other_content() -> None:
    repository = Repository()
    files, keyring = repository.files(), keyring_of(repository.root())
    honest, _ = judge_with(keyring, submit(files))
    for name, content in files.items():
        for position in range(0, len(content), 7):
            spoilt = submit(files | {name: flip(content, position)})
            references, (outcome,) = judge_with(keyring, spoilt)
            # White space and names of files nobody looks at are signed by nobody.
            same = {i.digests for i in references.images} == {i.digests for i in honest.images}
            assert outcome.reason is not None or same, (name, position)


def test_a_root_that_is_not_good_enough_is_no_anchor() -> None:
    root = Repository().root()
    for spoilt in (
        edited(root, "signed", "version", value=2),
        edited(root, "signatures", value=[]),
        Repository().targets(),
        root[:-1],
    ):
        with pytest.raises((KeyringError, ValueError)):
            keyring_of(spoilt)
    weak = Repository()
    weak.keys["root"] = [CryptoSigner(rsa_key(1024)) for _ in range(3)]
    with pytest.raises(ValueError, match="too short"):
        keyring_of(weak.root())


def test_a_key_of_a_repository_signs_nothing_else() -> None:
    with pytest.raises(KeyringError, match="signs \\[tuf\\] alone"):
        keyring_of(Repository().root(), formats="[tuf, cms]")


@pytest.mark.parametrize(
    "raw",
    [
        archived(CONTENT)[:-600],
        archived({"timestamp.json": b"{}"})[:700],
        archived({"a/timestamp.json": b"{}", "b/timestamp.json": b"{}"}),
        b"\x1f\x8b\x08" + bytes(100),
    ],
)
def test_a_damaged_archive_is_malformed(raw: bytes) -> None:
    keyring = keyring_of(Repository().root())
    submission = Submission(filename="toy.tuf.tar", raw=raw)
    assert reason_with(keyring, submission) in {"malformed", "bad-signature"}


def test_files_that_nobody_looks_at_change_nothing_whatever_they_are_called() -> None:
    repository = Repository()
    files = repository.files()
    for name in ("\udcff.json", "a" * 200 + ".json", "delegated.json", "x.snapshot.json", "README"):
        more = submit(files | {name: b"\xff{"})
        assert reason_with(keyring_of(repository.root()), more) == "verified", name


def test_without_the_extra_a_root_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    root = Repository().root()
    monkeypatch.setitem(sys.modules, "tuf.api.metadata", None)
    with pytest.raises(ValueError, match=r"netintegrity\[tuf\]"):
        keyring_of(root)
