"""The dispatcher: every error becomes its status, and never a traceback for what a person did."""

import os
import subprocess
import sys

import pytest

import netintegrity
from netintegrity import cli
from netintegrity.cli import main
from netintegrity.cli._spec import Command
from netintegrity.errors import ConfigError, ExitStatus, KeyringError, PolicyError


def raising(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> int:
    def run(_: object) -> ExitStatus:
        raise error

    command = Command(id="fail", summary="fail", configure=lambda _: None, run=run)
    monkeypatch.setattr(cli, "discover", lambda *_: {"fail": command})
    return main(["fail"])


def test_the_version_is_one_word_and_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"netintegrity {netintegrity.__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["audit"], ["--no-such-option"]])
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: netintegrity")


def test_the_help_names_every_command_and_the_exit_statuses(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    for word in ("audit", "collect", "assess", "manifest", "hostkeys", "lab", "130 interrupted"):
        assert word in told


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ConfigError("no such thing", where="x.yaml:3", hint="look again"), 2),
        (KeyringError(manifest_id="keyring.yaml", detail="broken"), 4),
        (ExceptionGroup("two", [PolicyError("a"), ExceptionGroup("in", [PolicyError("b")])]), 2),
        (ExceptionGroup("mixed", [PolicyError("a"), ValueError("b")]), 70),
        (ValueError("ours"), 70),
        (KeyboardInterrupt(), 130),
    ],
)
def test_every_error_has_its_status(
    error: BaseException,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert raising(error, monkeypatch) == status
    told = capsys.readouterr()
    assert told.out == ""
    assert ("Traceback" in told.err) is (status == 70)
    if isinstance(error, ConfigError):
        assert told.err == "netintegrity: x.yaml:3: no such thing\n  look again\n"


def test_what_an_error_quotes_cannot_drive_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raising(ConfigError("\x1b]0;owned\x07 \u202e"), monkeypatch)
    assert capsys.readouterr().err == "netintegrity: \\x1b]0;owned\\x07 \\u202e\n"


def test_a_reader_that_left_is_no_pass() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        command = [sys.executable, "-m", "netintegrity", "list", "rules"]
        done = subprocess.run(
            command, check=False, stdout=writer, stderr=subprocess.PIPE, text=True
        )
    finally:
        os.close(writer)
    assert done.returncode == 70
    assert done.stderr == ""
