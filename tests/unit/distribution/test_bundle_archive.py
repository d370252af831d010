"""The archive follows from what is in it, and its sums are signed so that others can check them."""

import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from distribution import bundle, layout


def folder_of(place: Path, *, order: int) -> Path:
    folder = place / "netintegrity-1"
    (folder / "wheels").mkdir(parents=True)
    for name in ("b.whl", "a.whl", "c.whl")[::order]:
        (folder / "wheels" / name).write_text(name)
    (folder / "README.txt").write_text("what it needs")
    (folder / "install.sh").write_text("#!/bin/sh\n")
    return folder


def test_the_same_files_make_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for order in (1, -1):
        folder = folder_of(tmp_path / str(order), order=order)
        (folder / "README.txt").chmod(0o600 if order == 1 else 0o666)
        archive = tmp_path / f"{order}.tar.gz"
        layout.pack(folder, archive, epoch=1_700_000_000)
        made.append(archive.read_bytes())
    assert made[0] == made[1]


def test_what_it_needs_comes_first_and_everything_lies_in_one_folder(tmp_path: Path) -> None:
    archive = tmp_path / "x.tar.gz"
    layout.pack(folder_of(tmp_path, order=1), archive, epoch=1_700_000_000)
    with tarfile.open(archive) as tar:
        members = tar.getmembers()
    assert members[0].name == "netintegrity-1/README.txt"
    assert {member.name.split("/")[0] for member in members} == {"netintegrity-1"}
    assert {(member.uid, member.gid, member.mtime) for member in members} == {(0, 0, 1_700_000_000)}
    assert [member.name for member in members if member.mode == 0o755] == [
        "netintegrity-1/install.sh"
    ]


def sums_in(folder: Path) -> Path:
    sums = folder / "SHA256SUMS"
    sums.write_text(f"{'ab' * 32}  netintegrity-1.tar.gz\n")
    return sums


def status_by(public: Path, sums: Path, form: str, algorithm: str) -> int:
    """Return how ``netintegrity manifest verify`` ends, with that key pinned."""
    keyring = public.parent / "keys" / "release"
    keyring.mkdir(parents=True, exist_ok=True)
    (keyring / "k.pub").write_bytes(public.read_bytes())
    entry = {
        "id": "release/bundles",
        "file": "k.pub",
        "fingerprint": "sha256:" + "0" * 64,
        "algorithm": algorithm,
        "signer": "owner",
        "vendor": "netintegrity",
        "purpose": "manifest",
        "formats": [form],
        "channel": "release",
        "trains": ["*"],
        "source": "made by this test",
    }
    verify = [sys.executable, "-m", "netintegrity", "manifest", "verify", str(sums)]
    verify += ["--keys", str(keyring.parent)]
    # Asked once with a wrong fingerprint: the refusal names the right one.
    (keyring / "keyring.yaml").write_text(yaml.safe_dump({"anchors": [entry]}))
    told = subprocess.run(verify, capture_output=True, text=True, check=False).stderr
    entry["fingerprint"] = re.findall(r"sha256:[0-9a-f]{64}", told)[-1]
    (keyring / "keyring.yaml").write_text(yaml.safe_dump({"anchors": [entry]}))
    return subprocess.run(verify, capture_output=True, check=False).returncode


def test_minisign_checks_what_a_key_of_minisign_signed(tmp_path: Path) -> None:
    secret, public = tmp_path / "k.key", tmp_path / "k.pub"
    subprocess.run(["minisign", "-G", "-W", "-s", secret, "-p", public], check=True)
    sums = sums_in(tmp_path)
    assert bundle.sign(sums, secret).name == "SHA256SUMS.minisig"
    check: list[str | Path] = ["minisign", "-V", "-p", public, "-m", sums]
    assert subprocess.run(check, check=False).returncode == 0
    assert status_by(public, sums, "minisign", "ed25519-blake2b512") == 0
    sums.write_text(sums.read_text().replace("a", "b", 1))
    assert subprocess.run(check, check=False).returncode != 0
    assert status_by(public, sums, "minisign", "ed25519-blake2b512") == 4


def test_openssl_checks_what_a_key_in_pem_signed(tmp_path: Path) -> None:
    secret, public = tmp_path / "k.pem", tmp_path / "k.pub"
    make = ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
    subprocess.run([*make, "-out", secret], check=True)
    subprocess.run(["openssl", "pkey", "-in", secret, "-pubout", "-out", public], check=True)
    sums = sums_in(tmp_path)
    signature = bundle.sign(sums, secret)
    check: list[str | Path] = [
        "openssl",
        "dgst",
        "-sha256",
        "-verify",
        public,
        "-signature",
        signature,
        sums,
    ]
    assert subprocess.run(check, check=False).returncode == 0
    assert status_by(public, sums, "openssl-dgst", "ecdsa-p256-sha256") == 0
    sums.write_text(sums.read_text().replace("a", "b", 1))
    assert subprocess.run(check, check=False).returncode != 0
    assert status_by(public, sums, "openssl-dgst", "ecdsa-p256-sha256") == 4


def test_a_key_of_no_known_kind_is_refused(tmp_path: Path) -> None:
    key = tmp_path / "key"
    with pytest.raises(layout.BundleError, match="No such file"):
        bundle.sign(sums_in(tmp_path), key)
    key.write_bytes(b"\x00random")
    with pytest.raises(layout.BundleError, match="no secret key of minisign and no private key"):
        bundle.sign(sums_in(tmp_path), key)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--extras", "openpgp,nonsense"], "there is no extra 'nonsense'; there are openpgp"),
        (["--sign-key", "/nonexistent"], "the signing key /nonexistent: No such file"),
    ],
)
def test_a_wrong_wish_is_refused_before_anything_is_built(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "dist"
    assert bundle.main(["--out", str(out), *arguments]) == 1
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_a_bundle_is_named_by_what_it_runs_on() -> None:
    target = layout.Target(python="3.11", machine="aarch64")
    assert target.tag == "cp311-glibc2.28-aarch64"
    assert target.wheel_platforms[0] == "manylinux_2_28_aarch64"
    assert "manylinux2014_aarch64" in target.wheel_platforms
    assert not [tag for tag in target.wheel_platforms if "_2_29_" in tag]
