"""A comparison as people and programs read it."""

import json

from netintegrity.assess.compare import Comparison, compare
from netintegrity.cli._compare_pages import html, markdown
from netintegrity.cli._compare_show import document, table
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.evidence import FailureKind
from tests.unit.compare.test_compare import booting
from tests.unit.compare.windows import (
    MEMBERS,
    NEW,
    OLD,
    box,
    change,
    compared,
    planned,
    read_release,
    run,
    said,
)
from tests.unit.report.reports import never_asked

HOSTILE = "flash:x\x1b[2J\nr2: verified\u202e"


def test_the_document_is_that_of_the_contract() -> None:
    after = said(NEW, subjects=MEMBERS, behind=MEMBERS[1:])
    told = document(compared(said(OLD, subjects=MEMBERS), after, planned()))
    assert told["schema"] == "netintegrity/comparison/1"
    assert told["unplanned"] == 1
    devices = told["devices"]
    assert isinstance(devices, list)
    (device,) = devices
    assert {"name", "changes", "verdict", "conclusion"} <= device.keys()
    assert all({"what", "before", "after", "planned"} <= c.keys() for c in device["changes"])
    by_what = {c["what"]: c for c in device["changes"]}
    release = by_what["member 1 running release"]
    assert (release["before"], release["after"]) == ("17.09.01", "17.09.04a")
    assert release["planned"] is True
    assert device["not_done"][0]["subject"] == {"kind": "member", "id": "2"}
    json.dumps(told, allow_nan=False)


def test_the_table_says_all_that_was_not_planned_and_counts_what_was() -> None:
    silent = never_asked("r3", Conclusion.UNREACHABLE, FailureKind.UNREACHABLE, "no route")
    before = run(box(said(OLD)), box(said(OLD), name="r2"), box(said(OLD), name="r3"))
    after = run(box(said(NEW)), box(said(NEW), name="r2"), silent, later=True)
    told = table(compare(before, after, planned(change("r1")), releases=read_release))
    assert "plan CHG1: 2026-11-23 13:00 to 2026-11-23 17:00 UTC" in told
    assert "r1: verified (self-reported)\n  11 planned\n" in told
    assert "r2: verified (self-reported)\n  11 unplanned: the plan does not name it\n" in told
    assert "    chassis 1 running release: 17.09.01 -> 17.09.04a\n" in told
    assert "r3: not seen whole, in the run after: it told nothing: unreachable" in told
    assert told.endswith(
        "devices: 3, not seen whole 1; changes: planned 11, unplanned 11, not done 0\n"
    )


def test_what_a_box_says_cannot_drive_the_terminal_nor_forge_a_line() -> None:
    comparison = compared(booting(entries=("a",)), booting(entries=(HOSTILE,)))
    told = table(comparison)
    assert "flash:x\\x1b[2J\\nr2: verified\\u202e" in told
    assert "\x1b" not in json.dumps(document(comparison), ensure_ascii=False)


def half_done() -> Comparison:
    after = said(NEW, subjects=MEMBERS, behind=MEMBERS[1:])
    return compared(said(OLD, subjects=MEMBERS), after, planned())


def test_the_text_for_the_ticket_says_how_it_went_and_what_is_left() -> None:
    told = markdown(half_done())
    assert told.startswith("# Change on ")
    assert "**Not as planned: 0 unplanned, 1 not done.**" in told
    assert "* plan: CHG1, 2026-11-23 13:00:00 UTC to 2026-11-23 17:00:00 UTC" in told
    assert "* member 2: expected 17.9.4a; not done: it runs 17.09.01" in told
    done = compared(said(OLD), said(NEW), planned())
    assert "**Only what was planned: 11 changes.**" in markdown(done)


def test_the_page_for_the_ticket_says_the_same() -> None:
    page = html(half_done())
    assert "Not as planned: 0 unplanned, 1 not done" in page
    assert "<b>member 2:</b> expected 17.9.4a; not done: it runs 17.09.01" in page
    nothing = compare(
        run(box(said(OLD))), run(box(said(OLD)), later=True), None, releases=read_release
    )
    assert "Only what was planned: 0 changes" in html(nothing)
    assert "Nothing is different." in html(nothing)
    # What stands on its own word has its own sign and colour, here as everywhere.
    assert '<td class="reported">verified (self-reported)</td>' in html(nothing)


def test_nothing_a_box_says_is_markup_in_a_page_or_in_the_text() -> None:
    evil = "x|<img src=//e>[a](http://e.example) www.e.example `q` *b* a@e.example &lt;\n# h"
    told = compare(
        run(box(said(OLD))),
        run(box(said(OLD, other_releases=(("iosd", evil),))), later=True),
        None,
        releases=read_release,
    )
    page = html(told)
    assert "<img" not in page
    assert "&lt;img src=//e&gt;" in page
    text = markdown(told)
    row = next(line for line in text.splitlines() if "img" in line)
    assert row.count("|") - row.count("\\|") == 5
    for mark in ("<img", "[a]", "http://", "www.e", "`q`", "*b*", "a@e", " &lt;"):
        assert mark not in text.replace("\\" + mark[0], ""), mark
    assert not any(line.startswith("# h") for line in text.splitlines())
