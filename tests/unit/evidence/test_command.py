"""``netintegrity evidence`` as it is typed."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from netintegrity.cli import main
from netintegrity.model.evidence import CollectionFailure, Exchange, FailureKind
from netintegrity.store.runs import RunFolder
from tests.builders import AT
from tests.unit.evidence.signing import STATEMENT, private_key, signed, trust
from tests.unit.store.runs import INPUTS, RECORD, box, stored

HEAVY = ("netmiko", "paramiko")


def test_sign_verify_and_alter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, pem = stored(tmp_path / "run"), tmp_path / "audit.pem"
    pem.write_bytes(private_key())
    pem.chmod(0o600)
    assert main(["evidence", "sign", str(run), "--key", str(pem)]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    # What it prints is what a keyring needs.
    keys = tmp_path / "keys"
    keys.mkdir()
    public, _, stanza = told.err.partition("audit-public.pem:\n")[2].partition("keyring.yaml:\n")
    (keys / "audit-public.pem").write_text(public)
    (keys / "keyring.yaml").write_text(stanza)
    verify = ["evidence", "verify", str(run), "--keys", str(keys)]
    assert main(verify) == 0
    assert "intact" in capsys.readouterr().out
    (run / "report.json").write_bytes(b"x\x1b")
    assert main([*verify, "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "netintegrity/evidence-verification/1"
    assert [(p["file"], p["problem"]) for p in document["problems"]] == [("report.json", "altered")]
    assert (document["status"], document["signer"]["key"]) == ("altered", "owner/audit")
    assert main([*verify[:3], "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["reason"] == "unknown-signer"


def test_the_statuses_of_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = signed(tmp_path / "run")
    keys = trust(tmp_path / "keys", private_key())
    assert main(["evidence", "verify", str(run), "--keys", str(keys)]) == 0
    assert main(["evidence", "verify", str(run)]) == 4
    (run / STATEMENT).unlink()
    assert main(["evidence", "verify", str(run), "--keys", str(keys)]) == 3
    assert main(["evidence", "verify", str(tmp_path / "absent")]) == 2
    assert main(["evidence", "verify", str(run), "--keys", str(tmp_path / "absent")]) == 2
    capsys.readouterr()


def test_verifying_loads_no_ssh_library(tmp_path: Path) -> None:
    run = signed(tmp_path / "run")
    keys = trust(tmp_path / "keys", private_key())
    script = (
        "import json, sys\n"
        "from netintegrity.cli import main\n"
        "status = main(sys.argv[1:])\n"
        f"print(json.dumps([int(status), [m for m in {HEAVY!r} if m in sys.modules]]))"
    )
    for more in ([], ["--rejudge"]):
        arguments = ["evidence", "verify", str(run), "--keys", str(keys), *more]
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments], check=False, capture_output=True, text=True
        )
        if more:  # the devices of this run are of a platform that there is not
            assert "toy" in done.stderr
        assert json.loads(done.stdout.splitlines()[-1])[1] == []


def test_a_transcript_shows_what_was_said_and_cannot_drive_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = Exchange(
        probe_id="version",
        command="show version",
        output="one\x1b[2J\n> reload\nr2 (192.0.2.1 port 22, toy)\x0b\u202e",
        started_at=AT,
        elapsed_s=0.25,
        complete=False,
    )
    failure = CollectionFailure(kind=FailureKind.TIMEOUT, detail="30 s\nr3")
    evidence = replace(box("r1"), exchanges=(hostile,), failure=failure)
    folder = RunFolder.at(tmp_path / "run")
    folder.write_evidence(evidence)
    folder.write_evidence(box("r2"))
    folder.write_inputs(INPUTS)
    folder.finish(RECORD)
    assert main(["evidence", "show", str(folder.path), "--device", "r1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "> show version" in lines
    assert "  [version, 0.2 s, cut off]" in lines
    assert "| one\\x1b[2J" in lines
    assert "| > reload" in lines
    assert "| r2 (192.0.2.1 port 22, toy)\\x0b\\u202e" in lines
    assert "failed: timeout: 30 s\\nr3" in lines
    assert not any(line.startswith("r2 ") for line in lines)
    assert main(["evidence", "show", str(folder.path)]) == 0
    assert capsys.readouterr().out.count("host key") == 2
    assert main(["evidence", "show", str(folder.path), "--device", "r9"]) == 2
    assert "r9" in capsys.readouterr().err
