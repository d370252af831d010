"""A host certificate vouches for what its authority signed, and for nothing else."""

import base64
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paramiko
import pytest

from netintegrity.collect.host_certificates import HostCertificate
from netintegrity.collect.hostkeys import HostKeys, ServerKey
from netintegrity.collect.keycheck import HostKeyCheck
from netintegrity.errors import HostKeyChangedError, HostKeyUnknownError
from tests.adversary.peers import needs

pytestmark = needs("ssh-keygen")

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
VALID = "20260101000000Z:20260102000000Z"


def keygen(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["ssh-keygen", "-q", *arguments], cwd=folder, check=True, timeout=60, capture_output=True
    )


def made(folder: Path, *words: str, kind: str = "ed25519") -> paramiko.PKey:
    """Return a host key as paramiko reads it off the wire, with the certificate it came with."""
    for name in ("ca", "host"):
        if not (folder / name).exists():
            keygen(folder, "-t", kind if name == "host" else "ed25519", "-N", "", "-f", name)
    keygen(folder, "-s", "ca", "-I", "x", *words, "host.pub")
    text = (folder / "host-cert.pub").read_text().split()[1]
    wire = paramiko.Message(base64.b64decode(text))
    if kind == "rsa":
        return paramiko.RSAKey(wire)
    return paramiko.ECDSAKey(wire) if kind == "ecdsa" else paramiko.Ed25519Key(wire)


def blob_of(key: paramiko.PKey) -> bytes:
    assert key.public_blob is not None
    return key.public_blob.key_blob


def judge(folder: Path, key: paramiko.PKey, at: datetime = NOW, host: str = "r1") -> HostKeyCheck:
    line = "@cert-authority * " + " ".join((folder / "ca.pub").read_text().split()[:2])
    keys = HostKeys.parse(line.encode(), name="known_hosts")
    check = HostKeyCheck(host, 22, keys, now=lambda: at)
    check.judge(key)
    return check


GOOD = ("-h", "-n", "r1,r2.example.net", "-V", VALID)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_a_key_its_authority_vouches_for_is_matched(tmp_path: Path, kind: str) -> None:
    key = made(tmp_path, *GOOD, kind=kind)
    check = judge(tmp_path, key)
    assert check.standing == "matched"
    assert check.key == ServerKey.from_blob(key.asbytes())
    read = HostCertificate.read(blob_of(key))
    assert read.principals == ("r1", "r2.example.net")
    assert judge(tmp_path, key, host="R2.example.net").standing == "matched"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("-n", "r1", "-V", VALID), "one of a user"),
        (("-h", "-n", "r9", "-V", VALID), "is for r9"),
        (("-h", "-V", VALID), "no host by name"),
        (("-h", "-n", "r1", "-V", VALID, "-O", "critical:x=y"), "critical options"),
    ],
)
def test_what_does_not_vouch_for_the_host_is_a_changed_key(
    tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    with pytest.raises(HostKeyChangedError, match=told):
        judge(tmp_path, made(tmp_path, *words))


@pytest.mark.parametrize("seconds", [-1, 0, 86_399, 86_400])
def test_it_is_valid_from_its_first_second_to_the_last_before_its_end(
    tmp_path: Path, seconds: int
) -> None:
    key = made(tmp_path, *GOOD)
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    if 0 <= seconds < 86_400:
        assert judge(tmp_path, key, at).standing == "matched"
    else:
        with pytest.raises(HostKeyUnknownError, match=r"expired|not valid before"):
            judge(tmp_path, key, at)


def test_one_without_end_does_not_expire(tmp_path: Path) -> None:
    key = made(tmp_path, "-h", "-n", "r1", "-V", "always:forever")
    assert judge(tmp_path, key, datetime(2200, 1, 1, tzinfo=UTC)).standing == "matched"


def test_no_byte_of_it_can_be_changed(tmp_path: Path) -> None:
    blob = blob_of(made(tmp_path, *GOOD))
    authority = HostCertificate.read(blob).authority
    for at in range(len(blob)):
        changed = blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :]
        try:
            read = HostCertificate.read(changed)
        except ValueError:
            continue
        vouches = read.authority == authority and not read.refusal("r1") and not read.untimely(NOW)
        assert not vouches, f"byte {at}"


def test_no_part_of_it_can_be_left_out(tmp_path: Path) -> None:
    blob = blob_of(made(tmp_path, *GOOD))
    for length in range(len(blob)):
        with pytest.raises(ValueError, match=r"cut off|no certificate|key|field"):
            HostCertificate.read(blob[:length])
    with pytest.raises(ValueError, match="behind the signature"):
        HostCertificate.read(blob + b"\0")


def test_a_certificate_of_one_key_does_not_vouch_for_another(tmp_path: Path) -> None:
    """The signature of the key exchange is by the key in the certificate; both are read at once."""
    key = made(tmp_path, *GOOD)
    assert key.asbytes()[-32:] in blob_of(key)
