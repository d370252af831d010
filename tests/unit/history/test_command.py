"""``netintegrity history``, as a person meets it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from netintegrity import cli
from netintegrity.cli import history
from netintegrity.model.conclusion import Conclusion
from netintegrity.store.history.export import TABLES
from tests.builders import BAD, GOOD
from tests.unit.history.runs import alter, box, database, recorded, run_of_day


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NETINTEGRITY_STATE", str(tmp_path))
    monkeypatch.delenv("NETINTEGRITY_HISTORY", raising=False)
    return tmp_path


@pytest.fixture
def filled(folder: Path) -> Path:
    recorded(
        database(folder),
        run_of_day(0, box("r7"), box("r8")),
        run_of_day(1, box("r7", Conclusion.PATCHED, digest=BAD), box("r8")),
    )
    return folder


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status = cli.main(["history", *arguments, "--format", "json"])
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("filled")
def test_what_ran_on_a_day_is_one_command(capsys: pytest.CaptureFixture[str]) -> None:
    status, told = document(capsys, "show", "r7", "--at", "2026-11-23")
    assert status == 0
    assert told["schema"] == "netintegrity/history-device/1"
    assert told["found"]["conclusion"] == "verified"
    assert {i["image_digest"] for i in told["found"]["images"]} == {str(GOOD)}
    assert cli.main(["history", "show", "r7", "--at", "2026-11-24"]) == 0
    shown = capsys.readouterr().out
    assert "r7 (berlin): patched" in shown
    assert str(BAD) in shown


@pytest.mark.usefixtures("filled")
def test_a_device_over_time_is_told_newest_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["history", "show", "r7"]) == 0
    shown = capsys.readouterr().out
    assert shown.index("patched") < shown.index("verified (self-reported)")
    status, told = document(capsys, "show", "r7")
    assert (status, [p["conclusion"] for p in told["periods"]]) == (0, ["verified", "patched"])


@pytest.mark.usefixtures("filled")
def test_a_device_nobody_judged_is_said_to_be_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["history", "show", "r77"]) == 2
    told = capsys.readouterr().err
    assert "no run in the history judged a device 'r77'" in told
    assert "did you mean r7" in told
    assert cli.main(["history", "show", "r7", "--at", "2020-01-01"]) == 3
    assert "nothing is recorded of r7 until 2020-01-01" in capsys.readouterr().err
    assert cli.main(["history", "show", "r7", "--site", "paris"]) == 2
    assert "is a device of the site berlin" in capsys.readouterr().err
    for wrong in ("yesterday", "2026-13-01", "2026-1-1", "9999-12-31T24:00:00Z"):
        assert cli.main(["history", "show", "r7", "--at", wrong]) == 2
        assert "expected a day" in capsys.readouterr().err
    assert cli.main(["history", "show", "r7", "--at", "9999-12-31"]) == 0


@pytest.mark.usefixtures("filled")
def test_an_image_is_looked_up_by_its_digest(capsys: pytest.CaptureFixture[str]) -> None:
    status, told = document(capsys, "image", BAD.value.hex().upper())
    assert status == 0
    assert {s["device"] for s in told["sightings"]} == {"r7"}
    assert cli.main(["history", "image", str(GOOD)]) == 0
    assert "r8" in capsys.readouterr().out
    assert cli.main(["history", "image", "sha512:" + "9" * 128]) == 3
    assert cli.main(["history", "image", "x.bin"]) == 2


def test_verify_says_1_where_something_is_altered(
    filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, told = document(capsys, "verify")
    assert (status, told["status"]) == (0, "intact")
    assert document(capsys, "verify", "--head", told["head"])[0] == 0
    status, lost = document(capsys, "verify", "--head", "sha256:" + "0" * 63 + "1")
    assert (status, lost["head_found"]) == (1, False)
    assert cli.main(["history", "verify", "--head", "abc"]) == 2
    alter(filled, "appraisals", 3, "conclusion", "verified")
    status, told = document(capsys, "verify")
    assert (status, told["status"], len(told["damages"])) == (1, "altered", 1)
    assert told["damages"][0]["table"] == "appraisals"
    assert cli.main(["history", "verify"]) == 1
    assert "ALTERED: appraisals" in capsys.readouterr().out


def test_every_table_can_be_asked_for() -> None:
    assert set(history.TABLE_NAMES) == set(TABLES)


def test_every_row_can_be_exported(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["history", "export"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {r["table"] for r in rows} >= {"runs", "appraisals", "findings", "images", "head"}
    assert cli.main(["history", "export", "--format", "csv"]) == 2
    file = filled / "out.csv"
    arguments = ["history", "export", "--format", "csv", "--table", "runs", "--output", str(file)]
    assert cli.main(arguments) == 0
    assert file.read_text().splitlines()[0].startswith("seq,digest,run_id,site")
    assert len(file.read_text().splitlines()) == 3


def test_a_spreadsheet_computes_nothing_a_device_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = box("r1")
    object.__setattr__(result.claims.images[0], "path", "=cmd|' /C calc'!A0")
    recorded(database(folder), run_of_day(0, result))
    capsys.readouterr()
    assert cli.main(["history", "export", "--format", "csv", "--table", "images"]) == 0
    assert ",'=cmd|" in capsys.readouterr().out


@pytest.mark.usefixtures("filled")
def test_pruning_is_told_and_bounded(capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in (["--keep-days", "0"], ["--before", "9999-01-01"], ["--before", "x"]):
        assert cli.main(["history", "prune", *wrong]) == 2
    capsys.readouterr()
    status, told = document(capsys, "prune", "--before", "2026-11-24")
    assert (status, told["runs"]) == (0, 1)
    status, verified = document(capsys, "verify")
    assert (status, verified["pruned_rows"]) == (0, told["rows"])


@pytest.mark.usefixtures("filled")
def test_a_missed_run_shows(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["history", "last"]) == 0
    assert "berlin: 2026-11-24 12:04 UTC" in capsys.readouterr().out
    status, told = document(capsys, "last", "--within", "0.0001")
    assert (status, told["sites"][0]["missed"]) == (3, True)
    assert cli.main(["history", "last", "--within", "0.0001", "--format", "nagios"]) == 2
    assert capsys.readouterr().out.startswith("NETINTEGRITY CRITICAL - run missed: berlin")
    assert cli.main(["history", "last", "--within", "87000", "--format", "nagios"]) == 0
    assert cli.main(["history", "last", "--site", "paris"]) == 2
    assert cli.main(["history", "last", "--site", "paris", "--format", "nagios"]) == 3
    assert cli.main(["history", "last", "--within", "-1"]) == 2


def test_a_run_that_is_still_to_come_does_not_hide_a_missed_one(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded(database(folder), run_of_day(30_000, box("r1")))
    assert document(capsys, "last", "--within", "26")[0] == 3
    assert cli.main(["history", "last"]) == 0
    assert "hours ahead of this clock" in capsys.readouterr().out


@pytest.mark.parametrize(
    "action", [["show", "r1"], ["verify"], ["last"], ["export"], ["prune", "--keep-days", "9"]]
)
def test_without_a_history_nothing_is_made(
    folder: Path, action: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["history", *action]) == 2
    assert "there is no history yet" in capsys.readouterr().err
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("folder")
def test_a_postgresql_without_its_driver_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NETINTEGRITY_HISTORY", "postgresql://u:topsecret@127.0.0.1:1/d")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert cli.main(["history", "verify"]) == 2
    told = capsys.readouterr().err
    assert "pip install 'netintegrity[postgres]'" in told
    assert "topsecret" not in told


def test_only_who_asks_the_history_loads_what_speaks_sql() -> None:
    script = (
        "import sys\nfrom netintegrity.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print('\\n' + str('sqlalchemy' in sys.modules))"
    )
    for arguments, loads in (
        (["--help"], "False"),
        (["collect", "-i", "absent", "--output", "x"], "False"),
        (["history", "verify"], "True"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments], check=True, capture_output=True, text=True
        )
        assert done.stdout.splitlines()[-1] == loads, arguments


@pytest.mark.usefixtures("folder")
def test_a_history_that_is_gone_is_altered_where_a_head_of_it_is_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["history", "verify", "--head", "ab" * 32]) == 1
    assert "ALTERED: " in capsys.readouterr().out
