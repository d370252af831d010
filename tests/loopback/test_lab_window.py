"""A simulated change window from end to end, over real SSH on 127.0.0.1."""

import json
from pathlib import Path

import pytest

from netintegrity.cli import main
from netintegrity.lab.scenario import load_scenario, read_builtin


def test_every_outcome_of_a_window_is_told_as_the_scenario_expects(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = main(["lab", "window", "--format", "json"])
    told = capsys.readouterr()
    assert status == 0, told.err
    document = json.loads(told.out)
    devices = {d["name"]: d for d in document["devices"]}
    assert document["plan"]["ticket"] == "CHG-LAB"
    assert devices["planned-half-a-stack"]["not_done"][0]["subject"]["id"] == "2"
    assert devices["planned-boots-the-old-one"]["not_done"][0]["message"].startswith(
        "not done: it will boot"
    )
    assert devices["planned-but-patched"]["conclusion"] == "patched"
    assert devices["bystander"]["changes"] == []


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("table", "1 unplanned: the device is not verified after it"),
        ("markdown", "**Not as planned:"),
        ("html", "<title>lab-window: before and after, CHG-LAB</title>"),
    ],
)
def test_it_is_told_for_the_ticket_too(
    capsys: pytest.CaptureFixture[str], form: str, told: str
) -> None:
    assert main(["lab", "window", "--format", form]) == 0
    assert told in capsys.readouterr().out


def test_a_scenario_that_expects_something_else_is_told_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = read_builtin("window").replace(
        b"expected_after: patched\n    expected_change: unplanned",
        b"expected_after: verified\n    expected_change: planned",
    )
    file = tmp_path / "wrong.yaml"
    file.write_bytes(wrong)
    assert main(["lab", "window", "--scenario", str(file)]) == 1
    told = capsys.readouterr().err
    assert "planned-but-patched: expected planned, compared unplanned" in told
    assert "planned-but-patched: expected verified after it, judged patched" in told


def test_a_scenario_without_a_change_window_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["lab", "window", "--scenario", "brownfield"]) == 2
    assert "has no change window" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("before", "instead", "told"),
    [
        (b'to: "17.12.04", ', b"", "change.to: missing"),
        (b'devices: ["planned-*"]', b"devices: []", "change.devices: expected a list"),
        (b"change: {from", b"change: {at: now, from", "change.at: not a known field"),
        (
            b"after: {flash: {",
            b"after: {personality: arista_eos, flash: {",
            "planned-install.after.personality: not a known field",
        ),
        (b"expected_change: same", b"expected_change: some", "bystander.expected_change: "),
    ],
)
def test_a_change_that_cannot_be_is_refused_with_its_line(
    before: bytes, instead: bytes, told: str
) -> None:
    text = read_builtin("window")
    assert before in text
    with pytest.raises(ExceptionGroup) as raised:
        load_scenario(text.replace(before, instead, 1), "window")
    assert any(told in str(e) for e in raised.value.exceptions)
