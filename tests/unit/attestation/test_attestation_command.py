"""``attestation verify``: what it refuses to start with, and what it prints."""

import json
from pathlib import Path

import pytest

from netintegrity.cli import main
from tests.adversary import sudi_simulator as sim
from tests.adversary.sudi_simulator import BOX, MAKER, NONCE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Saved outputs, and the keys of the maker of the box."""
    keys = tmp_path / "keys"
    keys.mkdir()
    (tmp_path / "certificates.txt").write_text(sim.v1_certificates())
    (tmp_path / "measurements.txt").write_text(sim.v1_measurements())
    anchors = ["anchors:"]
    for anchor, der in zip(MAKER.keyring(), (MAKER.root, MAKER.sub_ca), strict=True):
        name = f"{anchor.id.rpartition('/')[2]}.pem"
        (keys / name).write_text(sim.pem(der) + "\n")
        (fmt,) = anchor.formats
        anchors.append(
            f"  - {{id: {anchor.id}, file: {name}, signer: vendor, vendor: toy, formats: [{fmt}], "
            f'fingerprint: "{anchor.fingerprint}", algorithm: rsa-pkcs1v15-sha256, '
            "purpose: device-identity}"
        )
    (keys / "keyring.yaml").write_text("\n".join(anchors))
    return tmp_path


def arguments(folder: Path, *more: str) -> list[str]:
    return [
        *("attestation", "verify", "--keys", str(folder / "keys")),
        *("--certificates", str(folder / "certificates.txt")),
        *("--measurements", str(folder / "measurements.txt"), *more),
    ]


def test_a_sound_quote_without_a_list_is_unknown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments(folder, "--nonce", str(NONCE), "--format", "json")) == 3
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "netintegrity/attestation-verification/1"
    assert document["manifests"] == []
    (subject,) = document["subjects"]
    assert subject["verdict"] == document["verdict"] == "unknown"
    assert subject["assurance"] == {"level": "attested", "caveats": ["identity-unbound"]}
    assert {m["reference"] for m in subject["measurements"]} == {"absent"}
    assert subject["measurements"][0]["value"] == sim.BOOT.boot0.hex()


def test_people_read_the_reasons(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = arguments(folder, "--nonce", str(NONCE), "--serial", "FDO99999999")
    assert main(shown) == 1
    out = capsys.readouterr().out
    assert f"chassis 1: {BOX.pid} {BOX.serial}" in out
    assert "no part of this box proved to be FDO99999999" in out
    assert out.endswith("verdict: mismatch\n")


def test_files_without_a_quote_are_unknown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "certificates.txt").write_bytes(b"\xff\xfe nothing")
    (folder / "measurements.txt").write_text("")
    assert main(arguments(folder, "--nonce", str(NONCE))) == 3
    assert "no quote" in capsys.readouterr().out


def test_what_a_box_prints_reaches_no_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = sim.measurement({"\x1b[2J": BOX})
    (folder / "measurements.txt").write_text(hostile)
    main(arguments(folder, "--nonce", str(NONCE)))
    assert "\x1b" not in capsys.readouterr().out


def test_a_nonce_of_a_file_is_used_for_that_file(folder: Path) -> None:
    both = ("--certificates-nonce", str(NONCE), "--measurements-nonce", str(NONCE))
    assert main(arguments(folder, *both)) == 3
    assert main(arguments(folder, "--nonce", "5", *both)) == 3
    assert main(arguments(folder, "--nonce", str(NONCE), "--measurements-nonce", "5")) == 1
    as_bytes = f"hex:{NONCE.to_bytes(8, 'big').hex()}"
    assert main(arguments(folder, "--nonce", as_bytes)) == 3


USAGE = {
    "no nonce": (),
    "zero": ("--nonce", "0"),
    "zero bytes": ("--nonce", "hex:0000"),
    "too large": ("--nonce", str(2**64)),
    "far too large": ("--nonce", "9" * 21),
    "no number": ("--nonce", "0x1"),
    "odd digits": ("--nonce", "hex:123"),
    "no digits": ("--nonce", "hex:"),
    "too many bytes": ("--nonce", "hex:" + "11" * 65),
    "a serial that is none": ("--nonce", "1", "--serial", "fdo"),
    "a time that is none": ("--nonce", "1", "--at", "yesterday"),
    "no such list": ("--nonce", "1", "--manifest", "/nowhere/kgv.json"),
    "a name no file has": ("--nonce", "1", "--compliance", "x" * 5000),
    "no such file": ("--nonce", "1", "--compliance", "/nowhere/c.txt"),
}


@pytest.mark.parametrize("wrong", USAGE.values(), ids=USAGE)
def test_wrong_usage_is_told_and_judges_nothing(
    wrong: tuple[str, ...], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments(folder, *wrong)) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("netintegrity: ")


def test_no_file_at_all_is_wrong_usage() -> None:
    assert main(["attestation", "verify", "--nonce", "1"]) == 2


def test_keys_that_name_no_issuer_of_devices_are_wrong_usage(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "keys" / "keyring.yaml").write_text("anchors:\n")
    assert main(arguments(folder, "--nonce", "1")) == 2
    assert "device identities" in capsys.readouterr().err


def test_a_file_that_is_no_saved_output_is_not_read_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netintegrity.cli._attestation_verify._MAX_BYTES", 10)
    assert main(arguments(folder, "--nonce", "1")) == 2
