"""A year of nightly runs over a simulated fleet: every night is judged as its script says.

A seeded small year runs with every test run; 200 devices over 365 nights with `make proof`.
"""

import hashlib
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from netintegrity.app.grounds import Material, release_of_train, verify_basis
from netintegrity.app.judging import Collected, RunTimes, judge_run
from netintegrity.app.registries import PLATFORMS, report_formats
from netintegrity.app.remembering import Lowering, lower_device, remembered
from netintegrity.assess.policy import PlatformPolicy, SitePolicy
from netintegrity.assess.status import status_of
from netintegrity.model.codec import evidence_bytes, evidence_from_json
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.history import HistoryMark
from netintegrity.model.memory import FleetMemory
from netintegrity.model.run import RunReport
from netintegrity.model.verdict import Verdict
from netintegrity.store.history.database import HistoryDatabase
from netintegrity.store.history.place import HistoryPlace
from netintegrity.store.history.queries import sightings, standing_at, timeline
from netintegrity.store.history.recording import RunNote, record_run
from netintegrity.store.history.tables import APPRAISALS
from netintegrity.store.history.verify import verify_history
from netintegrity.store.keys import KeyFiles
from netintegrity.store.memory_file import memory_bytes, parse_memory
from netintegrity.trust.submission import Submission
from tests.adversary.vendor_simulator import VendorSimulator
from tests.long import year

if TYPE_CHECKING:
    from collections.abc import Callable

VENDOR = VendorSimulator(list_id="year")


@dataclass(kw_only=True)
class Operator:
    """Whoever keeps the site: its lists, its policy, its memory."""

    boxes: tuple[year.Box, ...]
    nights: int
    history: HistoryDatabase
    memory: FleetMemory = field(default_factory=FleetMemory)
    mark: HistoryMark | None = None
    issued: dict[int, Submission] = field(default_factory=dict)

    def lists(self, night: int) -> Submission:
        sequence, known = year.lists_of(night)
        if sequence not in self.issued:
            at = year.moment(night).replace(microsecond=0)
            self.issued[sequence] = VENDOR.issue(
                entries=year.entries(known),
                sequence=sequence,
                issued_at=at - timedelta(days=1),
                expires_at=at + timedelta(days=90),
            )
        return self.issued[sequence]

    def material(self, night: int, submission: Submission) -> Material:
        platforms = {}
        if night >= year.approval_night(self.nights):
            release = PLATFORMS["cisco_iosxe"].parse_release(year.NEW_TRAIN.release)
            assert release is not None
            platforms["cisco_iosxe"] = PlatformPolicy(approved_releases=(release,))
        return Material(
            keys=KeyFiles(origin="test", files=VENDOR.key_files),
            manifests=(submission,),
            policy=SitePolicy(platforms=platforms),
            policy_bytes=b"",
            memory_bytes=memory_bytes(self.memory),
            memory_name="memory.json",
        )

    def judge(self, night: int, material: Material, *, read_back: bool = False) -> RunReport:
        at = year.moment(night)
        run_id = f"{at:%Y%m%dT%H%M%SZ}-{year.SITE}"
        evidence = [b.evidence(night, at, run_id) for b in self.boxes]
        if read_back:
            evidence = [evidence_from_json(evidence_bytes(e), name="e") for e in evidence]
        times = RunTimes(started_at=at - timedelta(minutes=20), finished_at=at, at=at)
        return judge_run(
            [Collected(evidence=e) for e in evidence],
            verify_basis(material).grounds(at=at),
            run_id=run_id,
            site=year.SITE,
            tool_version="1",
            times=times,
            history=self.mark,
            complete=True,
        )

    def accept(self, night: int) -> int:
        """Lower what a person accepts before a night, and return how many did."""
        count = 0
        for box in self.boxes:
            if (text := box.accepted.get(night)) is not None:
                release = PLATFORMS[box.personality].parse_release(text)
                assert release is not None
                why = Lowering(reason=f"CHG-{night}", by="alice@jump1", at=year.moment(night))
                self.memory = lower_device(self.memory, box.name, release, why)
                count += 1
        return count

    def night(self, night: int) -> RunReport:
        """Run one night as an audit does: judge, remember, record."""
        accepted = self.accept(night)
        material = self.material(night, self.lists(night))
        report = self.judge(night, material)
        assert len(report.accepted_downgrades) == accepted, "told of in the very next report"
        basis = verify_basis(material)
        self.memory = remembered(report, basis.remembered(self.memory, at=report.at))
        note = RunNote(
            report_digest=f"sha256:{night:064x}",
            status=status_of(report),
            site_devices=len(self.boxes),
            interrupted=False,
            recorded_at=report.finished_at,
            recorded_by="netintegrity@jump1",
        )
        self.mark = record_run(self.history, report, note)
        return report


def judged_as_written(operator: Operator, night: int, report: RunReport) -> None:
    for box, result in zip(operator.boxes, report.results, strict=True):
        state, found = box.nights[night], result.appraisal
        told = (night, box.name, state.running.release, state.staged.release, found.shortfalls[:2])
        assert found.conclusions[0] is state.expected, (told, found.conclusions)
        assert (found.verdict is Verdict.VERIFIED) is (state.expected is Conclusion.VERIFIED)
        if state.expected is Conclusion.VERIFIED:
            assert all(f.observation.verdict is Verdict.VERIFIED for f in found.findings), told


def judged_again_to_the_same_bytes(operator: Operator, night: int, report: RunReport) -> None:
    """Judge from the stored bytes alone, with memory, lists and evidence read back."""
    as_stored = memory_bytes(operator.memory)
    read = parse_memory(as_stored, release_of_train, name="memory.json")
    assert memory_bytes(read) == as_stored
    material = operator.material(night, operator.lists(night))
    again = replace(operator, memory=read, mark=report.history).judge(
        night, material, read_back=True
    )
    render = report_formats()["json"].render
    assert render(again) == render(report)


def a_list_of_last_quarter_is_refused(operator: Operator, night: int) -> None:
    """Whoever puts an older genuine list back gets nothing verified by it."""
    old = operator.issued[min(operator.issued)]
    report = operator.judge(night, operator.material(night, old))
    assert [m.reason for m in report.manifests] in (["rolled-back"], ["expired"])
    assert all(r.appraisal.verdict is not Verdict.VERIFIED for r in report.results)
    assert status_of(report) != 0


def whole_year(tmp_path: Path, *, seed: int, devices: int, nights: int) -> Operator:
    boxes = year.fleet(seed, devices=devices, nights=nights)
    history = HistoryDatabase(HistoryPlace(file=tmp_path / "history.sqlite3"))
    operator = Operator(boxes=boxes, nights=nights, history=history)
    for night in range(nights):
        sampled = night % 30 == 29
        if sampled:
            operator.accept(night)
            for box in boxes:
                box.accepted.pop(night, None)
            material = operator.material(night, operator.lists(night))
            report = operator.judge(night, material)
            judged_again_to_the_same_bytes(operator, night, report)
            # What was accepted is told of in the report of this night: run it as it is.
            told = operator.memory
            operator.memory = replace(
                told, acceptances=tuple(replace(a, reported_in="x") for a in told.acceptances)
            )
        judged_as_written(operator, night, operator.night(night))
    if len(operator.issued) > 1:
        a_list_of_last_quarter_is_refused(operator, nights - 1)
    return operator


def the_history_holds_the_year(operator: Operator, nights: int) -> None:
    verified = verify_history(operator.history, head=operator.mark.head if operator.mark else None)
    assert (verified.damages, verified.truncated) == ((), False)
    with operator.history.reading() as connection:
        rows = connection.execute(APPRAISALS.select()).all()
        assert len(rows) == nights * len(operator.boxes)
        found = Counter((r.device, r.conclusion) for r in rows)
        written = Counter((b.name, s.expected.value) for b in operator.boxes for s in b.nights)
        assert found == written
        for box in operator.boxes[:20]:
            for night in range(0, nights, 17):
                state = box.nights[night]
                then = standing_at(
                    connection, year.SITE, box.name, year.moment(night) + timedelta(hours=9)
                )
                assert then is not None
                assert then.appraisal["conclusion"] == state.expected.value
                if state.failure is None:
                    running = {r["release"] for r in then.releases if r["name"] == "running"}
                    parsed = PLATFORMS[box.personality].parse_release
                    assert {parsed(str(r)) for r in running} == {parsed(state.running.release)}
                    assert {s["serial"] for s in then.serials} == {state.serial}


def test_a_small_year_is_judged_as_its_script_says(tmp_path: Path) -> None:
    operator = whole_year(tmp_path, seed=20260101, devices=9, nights=92)
    expected = set(year.all_conclusions(operator.boxes))
    assert expected == {
        Conclusion.VERIFIED,
        Conclusion.PATCHED,
        Conclusion.DOWNGRADED,
        Conclusion.HOST_KEY_CHANGED,
        Conclusion.INCOMPLETE,
        Conclusion.UNREACHABLE,
    }
    the_history_holds_the_year(operator, 92)


@pytest.mark.proof
@pytest.mark.timeout(7200)
def test_a_year_of_200_devices_is_judged_as_its_script_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operator = whole_year(tmp_path, seed=1, devices=200, nights=365)
    the_history_holds_the_year(operator, 365)
    took: dict[str, list[float]] = {}
    digest = hashlib.sha512(year.CAT9K[-1].content).hexdigest()
    with operator.history.reading() as connection:
        found = sightings(connection, digest)
        assert len({s.device for s in found}) > 50
        asked: dict[str, Callable[[], object]] = {
            "show --at": lambda: standing_at(connection, year.SITE, "r007", year.moment(153)),
            "show": lambda: timeline(connection, year.SITE, "r007"),
            "image": lambda: sightings(connection, digest),
        }
        for name, ask in asked.items():
            for _ in range(5):
                began = time.perf_counter()
                ask()
                took.setdefault(name, []).append((time.perf_counter() - began) * 1000)
    size = (tmp_path / "history.sqlite3").stat().st_size
    figures = ", ".join(f"{n} {statistics.median(t):.1f} ms" for n, t in took.items())
    counts = Counter(c.value for c in year.all_conclusions(operator.boxes))
    with capsys.disabled():
        sys.stdout.write(f"\n73,000 appraisals: {size / 1e6:.1f} MB; {figures}; {dict(counts)}\n")
