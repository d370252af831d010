"""Formats for other programs say what the report says, in words those programs cannot misread."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from netintegrity.app.registries import report_formats
from netintegrity.assess.status import status_of
from netintegrity.errors import ExitStatus
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.run import RunReport
from netintegrity.model.since import ChangedDevice, SinceLast
from netintegrity.report.nagios import REPORT as NAGIOS
from netintegrity.report.view import document
from tests.unit.report.reports import every_kind, finding, report, result

HOSTILE = 'x"]\\ <&\'>| \n]]>\x00\x1b[2J\u202e{device="forged"} 1'


def rendered(format_id: str, of: RunReport) -> str:
    return report_formats()[format_id].render(of)


def hostile() -> RunReport:
    said = [finding(Conclusion.PATCHED, message=HOSTILE, next_step=HOSTILE)]
    return replace(report(result("r1", Conclusion.PATCHED, findings=said)), site=HOSTILE)


# ------------------------------------------------------------------------------------- nagios


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (ExitStatus.VERIFIED, 0),
        (ExitStatus.UNVERIFIED, 1),
        (ExitStatus.FINDING, 2),
        (ExitStatus.REJECTED, 2),
        (ExitStatus.USAGE, 3),
        (ExitStatus.FAULT, 3),
        (ExitStatus.INTERRUPTED, 3),
    ],
)
def test_every_status_has_a_number_nagios_knows(status: ExitStatus, code: int) -> None:
    assert NAGIOS.for_another_program is not None
    assert NAGIOS.for_another_program.code(status) == code


def test_the_line_says_what_the_number_says() -> None:
    assert rendered("nagios", report(result("r1"))).startswith("NETINTEGRITY OK - berlin: 1 verif")
    assert rendered("nagios", report()).startswith("NETINTEGRITY WARNING - berlin: no device")
    line = rendered("nagios", every_kind())
    assert line.startswith("NETINTEGRITY CRITICAL - ")
    assert "at-odds" in line
    assert re.search(r" \| devices=9 verified=2 .*rejected=1$", line.rstrip("\n"))


def test_a_nagios_line_is_one_line_with_one_bar() -> None:
    line = rendered("nagios", hostile())
    assert line.count("\n") == 1
    assert line.count("|") == 1
    assert NAGIOS.for_another_program is not None
    assert NAGIOS.for_another_program.failed("a|b\nc") == "NETINTEGRITY UNKNOWN - a/b c\n"


def test_a_run_of_a_part_of_the_site_says_so() -> None:
    part = replace(report(result("r1")), complete=False)
    assert "not every device was asked" in rendered("nagios", part)
    assert "not every device" not in rendered("nagios", replace(part, complete=True))


# ------------------------------------------------------------------------------------- junit


def cases(of: RunReport) -> tuple[ET.Element, list[ET.Element]]:
    root = ET.fromstring(rendered("junit", of))  # noqa: S314 - our own text
    return root, root.findall("testcase")


def test_a_finding_fails_what_is_not_verified_is_an_error_and_nothing_else_passes() -> None:
    root, found = cases(every_kind())
    by_name = {c.get("name"): [e.tag for e in c] for c in found}
    verdicts = {r.evidence.device.name: r.appraisal.verdict.value for r in every_kind().results}
    for name, verdict in verdicts.items():
        expected = {"verified": [], "mismatch": ["failure"], "contradictory": ["failure"]}
        assert by_name[name] == expected.get(verdict, ["error"]), name
    for element, counted in (("failure", "failures"), ("error", "errors")):
        assert root.get(counted) == str(sum(tags == [element] for tags in by_name.values()))
    assert root.get("tests") == str(len(found))


def test_a_run_of_nothing_is_no_green_page() -> None:
    root, found = cases(report())
    assert (root.get("errors"), len(found)) == ("1", 1)


def test_hostile_text_stays_text_in_xml() -> None:
    root, (case,) = cases(hostile())
    assert [e.tag for e in case] == ["failure"]
    assert r"\x00\x1b[2J\u202e" in str(case[0].get("message"))
    assert len(list(root.iter())) == 3


# ------------------------------------------------------------------------------------- prometheus

# metric{label="value",…} number: the grammar of the text format 0.0.4.
SAMPLE = re.compile(
    r"(?P<name>[a-z_]+)"
    r"\{(?P<labels>(?:[a-z]+=\"(?:[^\"\\\n]|\\[\\\"n])*\",?)+)\} (?P<value>[0-9.]+)"
)


def samples(of: RunReport) -> Iterator[tuple[str, str, float]]:
    for line in rendered("prometheus", of).splitlines():
        if not line.startswith("#"):
            match = SAMPLE.fullmatch(line)
            assert match is not None, line
            yield match["name"], match["labels"], float(match["value"])


@pytest.mark.parametrize("of", [every_kind(), hostile(), report()], ids=["all", "hostile", "none"])
def test_every_metric_is_declared_and_every_sample_parses(of: RunReport) -> None:
    text = rendered("prometheus", of)
    declared = re.findall(r"^# TYPE (\S+) gauge$", text, flags=re.MULTILINE)
    assert len(declared) == len(set(declared))
    found = list(samples(of))
    assert {n for n, *_ in found} <= set(declared)
    assert len({(n, labels) for n, labels, _ in found}) == len(found)


def test_the_devices_add_up_and_no_label_is_ever_absent() -> None:
    counted = {labels: v for n, labels, v in samples(every_kind()) if n == "netintegrity_devices"}
    assert sum(counted.values()) == 9
    assert len(counted) == len(Conclusion) + 1
    status = [v for n, _, v in samples(every_kind()) if n == "netintegrity_exit_status"]
    assert status == [float(status_of(every_kind()))]


def test_the_last_complete_run_is_this_one_or_the_one_the_history_knows() -> None:
    def last(of: RunReport) -> float:
        name = "netintegrity_last_complete_run_timestamp_seconds"
        return next(v for n, _, v in samples(of) if n == name)

    whole = replace(every_kind(), complete=True)
    assert last(whole) == whole.finished_at.timestamp()
    part = replace(whole, complete=False)
    assert part.history is not None
    assert part.history.last_complete_at is not None
    assert last(part) == part.history.last_complete_at.timestamp()
    assert last(replace(part, history=None)) == 0


# ------------------------------------------------------------------------------------- syslog

MESSAGE = re.compile(
    r"<(?P<pri>\d{1,3})>1 (?P<at>\S+) - netintegrity - (?P<id>\w+) "
    r"\[netintegrity@32473(?: [A-Za-z]+=\"(?:[^\"\\\]]|\\[\"\\\]])*\")*\] (?P<text>.*)"
)


@pytest.mark.parametrize("of", [every_kind(), hostile(), report()], ids=["all", "hostile", "none"])
def test_every_message_is_one_of_rfc_5424(of: RunReport) -> None:
    lines = rendered("syslog", of).splitlines()
    for line in lines:
        match = MESSAGE.fullmatch(line)
        assert match is not None, line
        assert int(match["pri"]) // 8 == 13
        assert line.isprintable()
    unverified = sum(r.appraisal.verdict.value != "verified" for r in of.results)
    rejected = sum(m.reason is not None for m in of.manifests)
    assert len(lines) == 1 + rejected + unverified


def test_the_head_of_the_history_is_in_the_message_of_the_run() -> None:
    first = rendered("syslog", every_kind()).splitlines()[0]
    assert f'history="sha256:{"55" * 32}"' in first


def test_a_long_reason_is_cut_and_the_message_stays_whole() -> None:
    said = [finding(Conclusion.PATCHED, message="x" * 9000)]
    lines = rendered("syslog", report(result("r1", Conclusion.PATCHED, findings=said))).splitlines()
    assert all(len(line.encode()) < 2048 for line in lines)
    assert all(MESSAGE.fullmatch(line) for line in lines)


# ------------------------------------------------------------------------------------- since last


def since(*names: str) -> RunReport:
    changed = tuple(ChangedDevice(name=n, changes=("was verified, is patched",)) for n in names)
    return replace(
        report(result("r1", Conclusion.PATCHED), result("r2")),
        since=SinceLast(
            last_run_id="run-0", last_finished_at="2026-11-22T12:04:07.000000Z", changed=changed
        ),
    )


def test_only_what_changed_is_shown_and_everything_is_counted() -> None:
    table = rendered("table", since("r1"))
    assert "1 device changed since the run before (2026-11-22 12:04 UTC, run-0)" in table
    assert "r1: was verified, is patched" in table
    assert not re.search(r"^r2 ", table, flags=re.MULTILINE)
    assert "2 devices: 1 patched" in table
    told: dict[str, Any] = document(since("r1"))
    assert [d["name"] for d in told["devices"]] == ["r1"]
    assert told["summary"]["devices"] == 2
    assert "since_last" not in document(replace(since("r1"), since=None))


def test_nothing_changed_is_said_and_the_counts_stand() -> None:
    table = rendered("table", since())
    assert "0 devices changed" in table
    assert "2 devices: 1 patched" in table
    assert len(rendered("syslog", since()).splitlines()) == 1
