"""The command `hostkeys`, on a site folder and a real server."""

import json
from pathlib import Path

import pytest

from netintegrity.cli import main
from tests.loopback.box import OTHER_KEY, SERVER_KEY, Box, listening, server_key

HOSTS = "r1: {{hostname: 127.0.0.1, port: {port}, platform: cisco_iosxe}}\n"


def site(tmp_path: Path, port: int) -> Path:
    folder = tmp_path / "lab"
    folder.mkdir()
    (folder / "hosts.yaml").write_text(HOSTS.format(port=port))
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, object]]]:
    status = main(["hostkeys", *arguments, "--format", "json"])
    out = capsys.readouterr().out
    return status, json.loads(out)["keys"] if out else []


def test_scan_then_approve_then_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with listening(Box()) as box:
        folder = site(tmp_path, box.port)
        here = ("-i", str(folder))
        fingerprint = server_key(SERVER_KEY).fingerprint
        status, keys = run(capsys, "scan", *here)
        assert (status, keys[0]["status"]) == (0, "unknown")
        assert keys[0]["fingerprint"] == fingerprint
        assert run(capsys, "list", *here)[1][0]["status"] == "pending"
        assert run(capsys, "approve", "r1", fingerprint, *here)[0] == 0
        assert run(capsys, "list", *here)[1][0]["status"] == "matched"
        assert run(capsys, "scan", *here)[1][0]["status"] == "matched"
    assert box.passwords == []


def test_a_first_use_is_listed_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with listening(Box()) as box:
        here = ("-i", str(site(tmp_path, box.port)))
        run(capsys, "scan", *here)
        status, _ = run(capsys, "approve", "r1", "--first-use", *here)
        assert status == 2
        status, _ = run(capsys, "approve", "r1", "--first-use", "--reason", "no console", *here)
        assert status == 0
        assert run(capsys, "list", *here)[1][0]["status"] == "first-use"


def test_the_wrong_fingerprint_is_usage_and_pins_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with listening(Box()) as box:
        folder = site(tmp_path, box.port)
        run(capsys, "scan", "-i", str(folder))
        other = server_key(OTHER_KEY).fingerprint
        assert run(capsys, "approve", "r1", other, "-i", str(folder))[0] == 2
        assert run(capsys, "approve", "r9", other, "-i", str(folder))[0] == 2
        assert run(capsys, "approve", "r1", "-i", str(folder))[0] == 2
    assert not (folder / "known_hosts").exists()


def test_a_scan_of_nobody_is_unverified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with listening(Box()) as box:
        port = box.port
    folder = site(tmp_path, port)
    assert run(capsys, "scan", "-i", str(folder), "--timeout", "1")[0] == 3


def test_an_openssh_file_is_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = site(tmp_path, 2222)
    theirs = tmp_path / "theirs"
    theirs.write_text("garbage\n" + server_key(SERVER_KEY).line("[127.0.0.1]:2222") + "\n")
    assert main(["hostkeys", "import", str(theirs), "-i", str(folder)]) == 0
    printed = capsys.readouterr()
    assert printed.out.strip() == server_key(SERVER_KEY).described("r1")
    assert "theirs:1" in printed.err
    assert main(["hostkeys", "import", str(theirs), "-i", str(folder)]) == 3
    assert main(["hostkeys", "import", str(tmp_path / "absent"), "-i", str(folder)]) == 2
    capsys.readouterr()
    assert main(["hostkeys", "list", "-i", str(folder)]) == 0
    assert capsys.readouterr().out.startswith("matched")
