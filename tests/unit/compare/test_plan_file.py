"""``plan.yaml``: every fault is named with its line, and nothing is guessed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from netintegrity.errors import ConfigError
from netintegrity.inventory.plan import parse_plan, read_plan_bytes
from netintegrity.model.subject import Subject, SubjectKind
from tests.paths import ROOT

GOOD = """\
schema: netintegrity/plan/1
ticket: CHG1
window: {begins: "2026-11-23T22:00:00Z", ends: "2026-11-24T05:00:00+01:00"}
changes:
  - devices: [r1, sw-*]
    from: 17.10
    to: 17.12.1
    subjects: [member 1, routing-engine 0]
"""


def faults(text: str) -> list[str]:
    with pytest.raises(ExceptionGroup) as caught:
        parse_plan(text.encode(), name="plan.yaml")
    return [str(e) for e in caught.value.exceptions]


def test_a_plan_is_read_as_it_is_written() -> None:
    plan = parse_plan(GOOD.encode(), name="plan.yaml")
    (change,) = plan.changes
    assert plan.ticket == "CHG1"
    assert plan.window.ends == datetime(2026, 11, 24, 4, tzinfo=UTC)
    assert (change.devices, change.from_release) == (("r1", "sw-*"), "17.10")
    assert change.subjects == (
        Subject(SubjectKind.MEMBER, "1"),
        Subject(SubjectKind.ROUTING_ENGINE, "0"),
    )


def test_the_example_in_the_documents_is_a_plan() -> None:
    file = ROOT / "docs" / "examples" / "plan.yaml"
    plan = parse_plan(read_plan_bytes(file), name="plan.yaml")
    assert plan.changes[0].subjects is None
    assert plan.changes[0].names("access-7")
    assert len(plan.changes) == 2


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("plan/1", "plan/2", "plan.yaml:1 schema: expected"),
        ("schema: netintegrity/plan/1\n", "", "schema: missing"),
        ("window: {begins", "window: {starts", "window.starts: not a known field"),
        ('"2026-11-23T22:00:00Z"', "yesterday", "plan.yaml:3 window.begins: expected a time"),
        ('"2026-11-23T22:00:00Z"', '"2026-11-25T22:00:00Z"', "window: ends before it begins"),
        ("window:", "# window:", "window: expected {begins"),
        ("[r1, sw-*]", "r1", "plan.yaml:5 changes[1].devices: expected a list"),
        ("[r1, sw-*]", "['r 1']", "'r 1' is neither"),
        ("    from: 17.10\n", "", "changes[1].from: missing"),
        ("to: 17.12.1", "to: [a]", "changes[1].to: expected one word"),
        ("to: 17.12.1", "to: 17.10", "is the release it comes from"),
        ("member 1", "stack 1", "changes[1].subjects: expected one of chassis, member"),
        ("[member 1, routing-engine 0]", "[]", "changes[1].subjects: expected a list"),
        ("    to:", "    also: x\n    to:", "changes[1].also: not a known field"),
        (GOOD[GOOD.index("changes") :], "changes: []\n", "changes: expected a list of at least"),
        (GOOD, "", "begins with `schema"),
    ],
)
def test_every_fault_is_named_with_its_place(old: str, new: str, told: str) -> None:
    assert old in GOOD
    assert any(told in fault for fault in faults(GOOD.replace(old, new)))


def test_all_faults_come_at_once() -> None:
    assert len(faults(GOOD.replace("plan/1", "x").replace("17.10", "''"))) == 2


def test_an_absent_plan_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such plan"):
        read_plan_bytes(tmp_path / "absent.yaml")
