"""The files that start the nightly run."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from netintegrity import cli
from netintegrity.cli.audit import COMMAND
from tests.paths import ROOT

WORST_EXPOSURE = 1.0
"""As `docs/nightly.md` states it; 10 is a unit without any restriction."""


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.main(["nightly", *arguments]) == 0
    return capsys.readouterr().out


def test_every_command_they_start_is_one_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    for what in ("service", "cron"):
        text = printed(capsys, what)
        assert "{" not in text.replace("${", "")
        (started,) = re.findall(r"audit -i \S+ (.*?)(?:;|\n|$)", text)
        options = re.findall(r"--[a-z-]+", started)
        parser = cli.parser()
        for option in options:
            assert option in parser_help(parser, capsys), option
    assert COMMAND.id == "audit"


def parser_help(parser: object, capsys: pytest.CaptureFixture[str]) -> str:
    del parser
    with pytest.raises(SystemExit):
        cli.main(["audit", "--help"])
    return capsys.readouterr().out


def test_what_is_stated_stands_in_the_files(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(
        capsys, "service", "--user", "ni", "--state", "/var/lib/ni", "--sites", "/srv/sites",
        "--networks", "192.0.2.0/24 2001:db8::/32",
    )  # fmt: skip
    assert "User=ni\n" in text
    assert "IPAddressAllow=localhost 192.0.2.0/24 2001:db8::/32\n" in text
    assert "audit -i /srv/sites/%i " in text
    assert "NETINTEGRITY_STATE=/var/lib/ni/state\n" in text
    assert "OnCalendar=*-*-* 23:05:00\n" in printed(capsys, "timer", "--at", "23:05")
    assert "\n05 23 * * * netintegrity " in printed(capsys, "cron", "--at", "23:05")


@pytest.mark.parametrize(
    "wrong",
    [
        ["--user", "root; rm -rf /"],
        ["--user", "a\nExecStart=/bin/sh"],
        ["--sites", "relative"],
        ["--sites", "/a b"],
        ["--sites", "/etc/%i"],
        ["--sites", "/etc/../x"],
        ["--state", "/home/me"],
        ["--state", "/var/lib/../x"],
        ["--credentials", "/etc/$HOME"],
        ["--at", "24:00"],
        ["--networks", "any; x"],
    ],
)
def test_what_a_unit_file_would_read_as_something_else_is_refused(wrong: list[str]) -> None:
    assert cli.main(["nightly", "service", *wrong]) == 2


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze")
def test_the_service_is_as_hardened_as_stated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = tmp_path / "netintegrity@.service"
    unit.write_text(printed(capsys, "service"))
    threshold = f"--threshold={round(WORST_EXPOSURE * 10)}"
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", threshold, str(unit)],
        check=False,
        capture_output=True,
        text=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stdout[-300:] + done.stderr
    assert f"exposure {WORST_EXPOSURE}" in (ROOT / "docs" / "nightly.md").read_text("utf-8")
