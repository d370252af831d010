"""A table of host keys counts by its signature alone, and only by a key that is for it."""

import json
from pathlib import Path

import pytest

from netintegrity.cli import main
from netintegrity.errors import (
    BadSignatureError,
    TrustError,
    UnknownSignerError,
    UnsignedError,
    WrongPurposeError,
)
from netintegrity.store.keys import read_keys
from netintegrity.trust.anchors import Keyring
from netintegrity.trust.host_key_list import signer_of_host_keys
from netintegrity.trust.keyring import load_keyring
from netintegrity.trust.sign import anchor_yaml
from tests.adversary.peers import needs
from tests.adversary.signed_checksums import Holder
from tests.adversary.tampering import run
from tests.unit.collect.test_hostkeys import ED25519, RSA

HOLDER = Holder()
STRANGER = Holder(number=bytes(8))
LIST = f"name,fingerprint,key\nr1,,{ED25519.line('x').split(' ', 1)[1]}\n".encode()


def stanza(public: bytes, purpose: str = "device-identity", *formats: str) -> str:
    return anchor_yaml(
        public,
        anchor_id="owner/host-keys",
        file="keys.pub",
        source="made for a test",
        purpose=purpose,
        formats=formats or ("host-keys",),
    ).replace('algorithm: "ed25519"', 'algorithm: "ed25519-blake2b512"')


def keyring(purpose: str = "device-identity", *formats: str) -> Keyring:
    text = stanza(HOLDER.public, purpose, *formats)
    return load_keyring({"keyring.yaml": text.encode(), "keys.pub": HOLDER.public})


def refused(raw: bytes, signature: bytes | None, known: Keyring) -> type[TrustError]:
    with pytest.raises(TrustError) as caught:
        signer_of_host_keys(raw, signature, known, name="keys.csv")
    return type(caught.value)


def test_a_signed_list_has_its_signer() -> None:
    anchor = signer_of_host_keys(LIST, HOLDER.minisign(LIST), keyring(), name="keys.csv")
    assert anchor.id == "owner/host-keys"


def test_no_byte_of_a_signed_list_can_be_changed() -> None:
    signature, known = HOLDER.minisign(LIST), keyring()
    for at in range(len(LIST)):
        changed = LIST[:at] + bytes([LIST[at] ^ 1]) + LIST[at + 1 :]
        assert refused(changed, signature, known) is BadSignatureError
    assert refused(LIST + b"\n", signature, known) is BadSignatureError


def test_a_list_without_a_signature_or_of_a_stranger_counts_for_nothing() -> None:
    assert refused(LIST, None, keyring()) is UnsignedError
    assert refused(LIST, b"", keyring()) is BadSignatureError
    assert refused(LIST, STRANGER.minisign(LIST), keyring()) is UnknownSignerError
    assert refused(LIST, HOLDER.minisign(LIST), load_keyring({})) is UnknownSignerError


@pytest.mark.parametrize(
    ("purpose", "formats"),
    [
        ("manifest", ("minisign",)),
        ("manifest", ("host-keys",)),
        ("image", ("host-keys",)),
        ("run-statement", ("host-keys",)),
        ("waiver", ("host-keys",)),
        ("device-identity", ("cisco-sudi",)),
    ],
)
def test_a_key_for_something_else_is_not_one_for_host_keys(
    purpose: str, formats: tuple[str, ...]
) -> None:
    known = keyring(purpose, *formats)
    told = refused(LIST, HOLDER.minisign(LIST), known)
    assert told is (UnknownSignerError if purpose == "device-identity" else WrongPurposeError)


def test_no_built_in_key_signs_host_keys() -> None:
    built_in = load_keyring(read_keys(None).files)
    assert not built_in.for_format("host-keys", frozenset({"device-identity"}))


@needs("minisign")
def test_the_command_takes_what_minisign_signed_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, keys = tmp_path / "site", tmp_path / "keys"
    site.mkdir()
    keys.mkdir()
    (site / "hosts.yaml").write_text("r1: {hostname: 192.0.2.1, platform: cisco_iosxe}\n")
    assert (
        run(tmp_path, "minisign", "-G", "-W", "-p", "keys/keys.pub", "-s", "k.sec", msg=LIST) == 0
    )
    (keys / "keyring.yaml").write_text(stanza((keys / "keys.pub").read_bytes()))
    (tmp_path / "keys.csv").write_bytes(LIST)
    command = ["hostkeys", "import", str(tmp_path / "keys.csv"), "-i", str(site)]
    trusting = [*command, "--keys", str(keys)]
    assert main(trusting) == 4
    assert run(tmp_path, "minisign", "-S", "-s", "k.sec", "-m", "keys.csv", msg=LIST) == 0
    assert main(command) == 4
    assert not (site / "known_hosts").exists()
    capsys.readouterr()
    assert main([*trusting, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["signer"]["key"] == "owner/host-keys"
    assert document["rows"][0]["outcome"] == "pinned"
    (tmp_path / "keys.csv").write_bytes(LIST.replace(b"r1", b"r2"))
    assert main(trusting) == 4
    other = RSA.line("x").split(" ", 1)[1].encode()
    (tmp_path / "keys.csv").write_bytes(b"name,key\nr1," + other + b"\n")
    assert run(tmp_path, "minisign", "-S", "-s", "k.sec", "-m", "keys.csv", msg=LIST) == 0
    assert main(trusting) == 3
    assert "--replace" in capsys.readouterr().err
    assert main([*trusting, "--replace"]) == 0
    assert main(["hostkeys", "import", str(tmp_path / "absent.csv"), "-i", str(site)]) == 2
    assert main([*trusting, "--signature", str(tmp_path / "absent")]) == 2
