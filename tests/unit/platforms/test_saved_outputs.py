"""Outputs somebody saved: `netintegrity parse`, and how releases are compared."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from netintegrity.cli import main
from netintegrity.model.claims import ImageKind, ImageRole
from netintegrity.platforms._readers import claims_of_saved
from netintegrity.platforms._spec import Platform
from netintegrity.platforms.arista_eos import PLATFORM as EOS
from netintegrity.platforms.cisco_iosxe import PLATFORM as IOSXE
from tests.unit.platforms import boxes
from tests.unit.platforms.boxes import exchange


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    written: dict[str, object] = json.loads(capsys.readouterr().out)
    return written


def saved(tmp_path: Path, text: str) -> str:
    path = tmp_path / "output.txt"
    path.write_bytes(text.encode())
    return str(path)


def test_the_document_of_a_show_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = saved(tmp_path, boxes.show_version())
    assert main(["parse", "cisco_iosxe", "show version", path, "--format", "json"]) == 0
    said = document(capsys)
    assert said == {
        "schema": "netintegrity/parse/1",
        "platform": "cisco_iosxe",
        "command": "show version",
        "claims": {
            "running_release": "17.09.04a",
            "other_releases": {"iosd": "17.9.4a"},
            "subjects": [
                {"kind": "chassis", "id": "1", "serial": "FOC00000001", "pid": "C9300-24T"}
            ],
            "images": [
                {
                    "path": boxes.IMAGE,
                    "role": "running",
                    "kind": "image",
                    "digests": {},
                    "size_bytes": None,
                    "release": "17.09.04a",
                    "members": [],
                    "subject": {"kind": "chassis", "id": "1"},
                }
            ],
            "packages": [],
            "added": [],
            "boot": {
                "entries": [],
                "config_register": "0x102",
                "config_register_next": None,
                "manual_boot": False,
                "allows_development_keys": False,
                "loader_release": "17.12.1r",
                "parts": [
                    {
                        "subject": {"kind": "chassis", "id": "1"},
                        "entries": [],
                        "config_register": "0x102",
                        "config_register_next": None,
                        "manual_boot": False,
                        "allows_development_keys": False,
                        "loader_release": "17.12.1r",
                    }
                ],
            },
            "signatures": [],
        },
        "gaps": [],
    }


def test_the_platform_is_what_the_text_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "Cisco IOS Software, C1900 Software (C1900-UNIVERSALK9-M), Version 15.1(4)M8, RELEASE\n"
    assert main(["parse", "ios", "show version", saved(tmp_path, text), "--format", "json"]) == 0
    assert document(capsys)["platform"] == "cisco_ios"


def test_digests_are_hex_by_algorithm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = f"verify /sha512 {boxes.IMAGE}"
    path = saved(tmp_path, boxes.hashed(boxes.IMAGE)[command])
    assert main(["parse", "cisco_iosxe", command, path, "--format", "json"]) == 0
    (image,) = document(capsys)["claims"]["images"]  # type: ignore[index]
    assert image["digests"] == {"sha512": boxes.GOOD}
    assert image["role"] == "stored"


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("show version", ""),
        ("show boot", boxes.INVALID),
        ("show clock", "10:00:00 UTC\n"),
        ("show rom-monitor", "nothing\n"),
        ("show rom-monitor", boxes.INVALID),
        ("show install package flash:x", "nothing\n"),
    ],
)
def test_what_cannot_be_read_is_a_gap_and_status_3(
    command: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path, text)
    assert main(["parse", "cisco_iosxe", command, path, "--format", "json"]) == 3
    assert document(capsys)["gaps"]


def test_the_plain_answer_names_everything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = {
        "show version": boxes.show_version(),
        "show software authenticity running": boxes.AUTHENTICITY,
        "show install summary": boxes.INSTALL,
        "more flash:packages.conf": boxes.packages_conf(*boxes.PACKAGES),
        f"verify /sha512 {boxes.IMAGE}": boxes.hashed(boxes.IMAGE)[f"verify /sha512 {boxes.IMAGE}"],
        "show boot": "% Invalid \x1b[31m input\n",
    }
    shown = ""
    for command, text in texts.items():
        main(["parse", "cisco_iosxe", command, saved(tmp_path, text)])
        shown += capsys.readouterr().out
    for word in ("17.09.04a", "FOC00000001", "0x102", "production", "state C", boxes.GOOD):
        assert word in shown
    assert f"flash:{boxes.PACKAGES[1]}" in shown
    assert "not read: refused" in shown
    assert "\x1b" not in shown


def test_a_file_that_is_not_there_is_a_usage_error_that_names_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["parse", "cisco_iosxe", "show version", "/nowhere/x.txt"]) == 2
    assert "/nowhere/x.txt" in capsys.readouterr().err


def test_a_file_larger_than_any_output_is_a_usage_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netintegrity.cli.parse._MAX_BYTES", 10)
    assert main(["parse", "cisco_iosxe", "show version", saved(tmp_path, "x" * 11)]) == 2


@pytest.mark.parametrize(("name", "near"), [("cisco_iosx", "cisco_iosxe"), ("zz", "arista_eos")])
def test_an_unknown_platform_is_a_usage_error_that_names_others(
    name: str, near: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["parse", name, "show version", saved(tmp_path, "x")]) == 2
    assert main(["release", "compare", name, "1", "2"]) == 2
    assert near in capsys.readouterr().err


@pytest.mark.parametrize(
    ("a", "b", "order"),
    [
        ("17.09.04a", "17.9.5", "older"),
        ("17.06.03.0.3629", "17.6.3", "same"),
        ("26.01.01", "17.12.1", "newer"),
        ("17.9.4", "03.16.04.S", "incomparable"),
    ],
)
def test_releases_are_compared(
    a: str, b: str, order: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["release", "compare", "cisco_iosxe", a, b, "--format", "json"]) == 0
    assert document(capsys) == {
        "schema": "netintegrity/release-order/1",
        "platform": "cisco_iosxe",
        "a": a,
        "b": b,
        "order": order,
    }


def test_the_plain_comparison_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["release", "compare", "eos", "4.28.3.1M", "4.28.3M"]) == 0
    assert capsys.readouterr().out == "4.28.3.1M is newer than 4.28.3M\n"


def test_what_is_no_release_is_a_usage_error_that_says_what_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["release", "compare", "cisco_iosxe", "17.9.4", "latest"]) == 2
    told = capsys.readouterr().err
    assert "'latest'" in told
    assert "17.09.04a" in told


def test_neither_command_loads_an_ssh_or_a_crypto_library(tmp_path: Path) -> None:
    path = saved(tmp_path, boxes.show_version())
    program = (
        "import sys\n"
        "from netintegrity.cli import main\n"
        f"assert main(['parse', 'cisco_iosxe', 'show version', {path!r}]) == 0\n"
        "assert main(['release', 'compare', 'cisco_iosxe', '17.9.4', '17.9.5']) == 0\n"
        "print(sorted({'netmiko', 'paramiko', 'cryptography'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


SAVED: dict[tuple[str, str], tuple[Platform, str]] = {
    ("show romvar", "boot"): (IOSXE, ' BOOT="bootflash:/x.bin;"\n MANUAL_BOOT="yes"\n'),
    ("show install active", "packages"): (IOSXE, boxes.INSTALL),
    ("show rom-monitor switch 1 R0", "boot"): (
        IOSXE,
        "System Bootstrap, Version 17.12.1r, RELEASE SOFTWARE (P)\n",
    ),
    ("show install package flash:x.smu.bin", "packages"): (
        IOSXE,
        "Name: x.smu.bin\nVersion: 17.07.01.0.138316\nPackage State: Inactive\n",
    ),
    ("show install version all", "packages"): (
        IOSXE,
        "Location: R0\n  Version: 17.03.04.0.5557\n"
        "        Package Name: /flash1/user/cat9k-rpbase.17.03.04.SPA.pkg\n"
        "        Package State: Not Installed\n"
        "        Package Name: /flash1/user/x.pkg\n"
        "        Package State: Not Installed\n",
    ),
    ("show version running", "images"): (
        IOSXE,
        "Package: rpbase, version: 17.09.04a, status: active\n"
        "  File: consolidated:cat9k-rpbase.17.09.04a.SPA.pkg, on: RP0\n"
        f"  File SHA1 checksum: {'0c' * 20}\n"
        "  File: consolidated:packages.conf, on: RP0\n"
        "  File SHA1 checksum: n/a\n",
    ),
    ("show software authenticity file flash:/x.bin", "signatures"): (
        IOSXE,
        "File Name                     : flash:x.bin\nImage type   : Production\n",
    ),
    ("show software authenticity keys", "signatures"): (
        IOSXE,
        "Public Key #1 Information\n-----\nKey Type                  : Special  (Primary)\n",
    ),
    ("dir flash:", "images"): (
        IOSXE,
        "Directory of flash:/a\n\n   12  -rw-   1005  Dec 13 2016 11:36:36 -07:00  x.bin\n"
        "   13  -rw-   1005  Dec 13 2016 11:36:36 -07:00  x.txt\n",
    ),
    ("dir", "images"): (
        EOS,
        "Directory of flash:/\n\n       -rw-   509379353           Apr 13  2022  vEOS-lab.swi\n",
    ),
}


@pytest.mark.parametrize(("key", "case"), SAVED.items(), ids=[k[0] for k in SAVED])
def test_commands_that_are_never_sent_have_readers(
    key: tuple[str, str], case: tuple[Platform, str]
) -> None:
    (command, what), (platform, text) = key, case
    claims = claims_of_saved(platform, exchange(platform, command, text))
    assert claims is not None
    found = {
        "boot": claims.boots,
        "packages": claims.packages,
        "images": claims.images,
        "signatures": claims.signatures,
    }
    assert found.pop(what)
    assert not found.pop("packages", ())


def test_a_listing_names_images_with_their_sizes() -> None:
    platform, text = SAVED["dir flash:", "images"]
    claims = claims_of_saved(platform, exchange(platform, "dir flash:", text))
    assert claims is not None
    (image,) = claims.images
    assert (image.path, image.size_bytes) == ("flash:a/x.bin", 1005)
    assert image.role is ImageRole.STORED


def test_packages_in_use_keep_their_sha1() -> None:
    platform, text = SAVED["show version running", "images"]
    claims = claims_of_saved(platform, exchange(platform, "show version running", text))
    assert claims is not None
    package, listed = claims.images
    assert [str(d) for d in package.digests] == [f"sha1:{'0c' * 20}"]
    assert (listed.kind, listed.digests) == (ImageKind.PACKAGE_LIST, frozenset())


VERIFY = """\
Starting image verification
Hash Computation:    100% Done!
Computed Hash   SHA2: CAD6B6BDA9D63BF1C24BC4699B1B21EB
CCO Hash        MD5 : BDA8EEF0652B129E84AD138E98549937
Digital signature {} in file flash:x.bin
"""


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        (VERIFY.format("successfully verified"), [True]),
        (VERIFY.format("verification failed"), [False]),
        (VERIFY.format("successfully verified").replace("x.bin", "other.bin"), []),
        ("Signature Verified\nVerified flash:x.bin\n", []),
    ],
)
def test_what_a_box_says_of_a_signature_counts_for_that_file_alone(
    text: str, accepted: list[bool]
) -> None:
    claims = claims_of_saved(IOSXE, exchange(IOSXE, "verify flash:x.bin", text))
    assert claims is not None
    assert [s.accepted for s in claims.signatures] == accepted


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256"])
def test_eos_hashes_with_four_algorithms(algorithm: str) -> None:
    size = {"md5": 32, "sha1": 40, "sha256": 64}[algorithm]
    command = f"verify /{algorithm} flash:/EOS-4.30.1F.swi"
    line = f"verify /{algorithm} (flash:/EOS-4.30.1F.swi) = {'a' * size}\n"
    claims = claims_of_saved(EOS, exchange(EOS, command, line))
    assert claims is not None
    assert [d.algorithm.value for d in claims.images[0].digests] == [algorithm]
    spoiled = claims_of_saved(EOS, exchange(EOS, command, "hm\n"))
    assert spoiled is not None
    assert spoiled.gaps


def test_a_platform_without_readers_has_none() -> None:
    assert claims_of_saved(EOS, exchange(EOS, "show clock", "x")) is None
