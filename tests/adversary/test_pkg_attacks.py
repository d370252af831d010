"""A signature of pkg's counts if the key in it is pinned by its fingerprint, and is not revoked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from netintegrity.model.reference import ReferenceSet
from netintegrity.trust.image_file import verify_image
from netintegrity.trust.keyring import Keyring, load_keyring
from tests.adversary.peers import needs
from tests.adversary.pkg_peer import PkgSigner, fingerprint_file, signature_file
from tests.adversary.signed_checksums import LIST, submit
from tests.adversary.swi_simulator import reader
from tests.adversary.tampering import MESSAGES
from tests.adversary.vendor_simulator import AT, flip, reason_with, rsa_key
from tests.paths import CAPTURES, needs_captures

pytestmark = needs("openssl")

OTHER_KEY = rsa_key(2048)


@pytest.fixture
def signer(tmp_path: Path) -> PkgSigner:
    return PkgSigner(folder=tmp_path)


def test_what_openssl_signs_twice_hashed_we_accept(signer: PkgSigner) -> None:
    beside = signer.sign(LIST)
    assert signer.opnsense_accepts(LIST, beside)
    assert signer.judge(LIST, beside) == "verified"
    assert signer.judge(LIST, beside.removesuffix(b"\n")) == "verified"


@pytest.mark.parametrize("change", MESSAGES)
def test_neither_takes_another_list(signer: PkgSigner, change: str) -> None:
    beside = signer.sign(LIST)
    assert signer.judge(MESSAGES[change], beside) == "bad-signature"
    assert not signer.opnsense_accepts(MESSAGES[change], beside)


def with_value(change: Callable[[bytes], bytes]) -> Callable[[PkgSigner], bytes]:
    return lambda signer: signature_file(change(signer.value(LIST)), signer.key_text)


def with_file(change: Callable[[bytes], bytes]) -> Callable[[PkgSigner], bytes]:
    return lambda signer: change(signer.sign(LIST))


SPOILT: dict[str, Callable[[PkgSigner], bytes]] = {
    "first byte": with_value(lambda v: flip(v, 0)),
    "last byte": with_value(lambda v: flip(v, 255)),
    "all zero": with_value(lambda _: bytes(256)),
    "short": with_value(lambda v: v[:-1]),
    "backwards": with_value(lambda v: v[::-1]),
    "no value": with_value(lambda _: b""),
    "over the list, once hashed": lambda s: signature_file(s.peer.sign(LIST), s.key_text),
    "no mark": with_file(lambda f: f.removeprefix(b"SIGNATURE\n")),
    "no key": with_file(lambda f: f[: f.index(b"CERT\n")]),
    "no end": with_file(lambda f: f.removesuffix(b"END\n")),
    "another order": with_file(
        lambda f: f[f.index(b"CERT\n") : -4] + f[: f.index(b"\nCERT\n") + 1] + b"END\n"
    ),
    "another key's text": lambda s: signature_file(
        s.value(LIST), PkgSigner(folder=s.folder, key=OTHER_KEY).key_text
    ),
    "the key's text, other line ends": lambda s: signature_file(
        s.value(LIST), s.key_text.replace(b"\n", b"\r\n")
    ),
    "the key's text and a comment": lambda s: signature_file(
        s.value(LIST), b"comment\n" + s.key_text
    ),
    "empty": lambda _: b"SIGNATURE\n",
    "a megabyte": with_file(lambda f: f[:20] + bytes(1 << 20) + f[20:]),
}


@pytest.mark.parametrize("change", SPOILT)
def test_neither_takes_a_spoilt_signature(signer: PkgSigner, change: str) -> None:
    beside = SPOILT[change](signer)
    assert signer.judge(LIST, beside) in {"bad-signature", "unknown-signer"}
    assert not signer.opnsense_accepts(LIST, beside)


STRICTER: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "longer value": (
        lambda f: f.replace(b"\nCERT\n", b"\0\nCERT\n", 1),
        "openssl reads as many bytes as the key has, and no more",
    ),
}


@pytest.mark.parametrize("change", STRICTER)
def test_openssl_takes_a_second_spelling_and_we_take_one(signer: PkgSigner, change: str) -> None:
    beside = STRICTER[change][0](signer.sign(LIST))
    assert signer.judge(LIST, beside) == "bad-signature"
    assert signer.opnsense_accepts(LIST, beside), STRICTER[change][1]


def test_a_stranger_brings_his_own_key_in_vain(signer: PkgSigner, tmp_path: Path) -> None:
    beside = PkgSigner(folder=tmp_path, key=OTHER_KEY).sign(LIST)
    assert signer.judge(LIST, beside) == "unknown-signer"
    assert not signer.opnsense_accepts(LIST, beside)


def test_a_short_key_does_not_count_although_its_fingerprint_is_pinned(tmp_path: Path) -> None:
    signer = PkgSigner(folder=tmp_path, key=rsa_key(1024))
    beside = signer.sign(LIST)
    assert signer.opnsense_accepts(LIST, beside)
    assert signer.judge(LIST, beside) == "bad-signature"


def test_no_changed_byte_leaves_a_list_verified(signer: PkgSigner) -> None:
    beside = signer.sign(LIST)
    keyring = signer.keyring()
    for position in range(len(beside) - 1):
        changed = submit(LIST, sig=flip(beside, position))
        assert reason_with(keyring, changed) != "verified", position


def both(signer: PkgSigner, first: str, second: str) -> Keyring:
    """Return two entries for one key, in the order given."""
    entry = """
  - id: toy/{name}
    file: {name}.fingerprint
    fingerprint: "{pin}"
    algorithm: pkg-rsa-sha256
    signer: vendor
    vendor: toy
    purpose: manifest
    formats: [freebsd-pkg]
"""
    content = fingerprint_file(signer.key_text)
    pin = f"pkg-sha256:{content.decode().split(chr(34))[3]}"
    entries = [
        entry.format(name=name, pin=pin) + ("    revoked: stolen\n" if name == "revoked" else "")
        for name in (first, second)
    ]
    files = {f"{name}.fingerprint": content for name in (first, second)}
    return load_keyring({"keyring.yaml": ("anchors:" + "".join(entries)).encode(), **files})


@pytest.mark.parametrize("order", [("trusted", "revoked"), ("revoked", "trusted")])
def test_a_revoked_fingerprint_wins_over_every_other_entry(
    signer: PkgSigner, order: tuple[str, str]
) -> None:
    beside = submit(LIST, sig=signer.sign(LIST))
    assert reason_with(both(signer, "trusted", "again"), beside) == "verified"
    assert reason_with(both(signer, *order), beside) == "revoked"


@pytest.mark.parametrize("revoked", ["lost on a train", '"until it is replaced"'])
def test_one_revoked_entry_is_enough(signer: PkgSigner, revoked: str) -> None:
    assert signer.judge(LIST, signer.sign(LIST), revoked=revoked) == "revoked"


def image(content: bytes, keyring: Keyring, beside: bytes) -> str:
    judged = verify_image(
        reader(content),
        len(content),
        filename="base-26.7-amd64.txz",
        keyring=keyring,
        references=ReferenceSet(images=(), provenance=()),
        at=AT,
        beside={"base-26.7-amd64.txz.sig": beside},
    )
    return judged.reason or judged.signature.value


def test_an_update_set_is_signed_the_same_way(signer: PkgSigner) -> None:
    keyring = signer.keyring(purpose="image", formats="[opnsense-set]")
    content = b"\xfd7zXZ" + bytes(1000)
    beside = signer.sign(content)
    assert image(content, keyring, beside) == "verified"
    for position in (0, 5, len(content) - 1):
        assert image(flip(content, position), keyring, beside) == "bad-signature"
    for spoil in SPOILT.values():
        assert image(LIST, keyring, spoil(signer)) in {"bad-signature", "unverifiable"}
    other = PkgSigner(folder=signer.folder, key=OTHER_KEY).sign(content)
    assert image(content, keyring, other) == "bad-signature"
    assert image(content, signer.keyring(), beside) == "unverifiable"


@needs_captures
def test_the_fingerprints_that_opnsense_publishes_are_read() -> None:
    folder = CAPTURES / "opnsense" / "fingerprints"
    for path in folder.iterdir():
        content = path.read_bytes()
        pin = f"pkg-sha256:{content.decode().split(chr(34))[3]}"
        text = f"""\
anchors:
  - id: opnsense/pkg
    file: opnsense.fingerprint
    fingerprint: "{pin}"
    algorithm: pkg-rsa-sha256
    signer: vendor
    vendor: opnsense
    purpose: image
    formats: [opnsense-set]
"""
        files = {"keyring.yaml": text.encode(), "opnsense.fingerprint": content}
        assert len(load_keyring(files).anchors) == 1
