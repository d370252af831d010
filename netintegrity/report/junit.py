"""JUnit XML: a device is a test case; a finding fails, what could not be verified is an error.

Source: the schema that Jenkins' xunit plugin publishes (junit-10.xsd): ``testsuite`` with counts,
``testcase`` with ``failure`` or ``error``. What is waived is ``skipped``, and nothing else is:
servers show that green.
"""

import html
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity import rfc3339
from netintegrity.model.run import DeviceResult, RunReport
from netintegrity.model.verdict import Verdict
from netintegrity.plain_text import clean
from netintegrity.report._needs import next_steps, reasons
from netintegrity.report._spec import ReportFormat
from netintegrity.report._waived import waiver_lines

_PLURALS: Final = (("failure", "failures"), ("error", "errors"), ("skipped", "skipped"))
_FAILED: Final = frozenset({Verdict.MISMATCH, Verdict.CONTRADICTORY})


def _render(report: RunReport) -> str:
    cases = [_of_device(r) for r in report.results]
    cases += [
        _Case(m.filename, "error", "manifest-rejected", f"{m.reason}: {m.detail}")
        for m in report.manifests
        if m.reason is not None
    ]
    if not report.results:
        # A run of nothing must not be a green page.
        cases.append(_Case("selection", "error", "empty", "no device was selected"))
    took = (report.finished_at - report.started_at).total_seconds()
    counts = " ".join(
        f'{plural}="{sum(c.element == element for c in cases)}"'
        for element, plural in (
            ("failure", "failures"),
            ("error", "errors"),
            ("skipped", "skipped"),
        )
    )
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuite name="netintegrity {_text(report.site)}" tests="{len(cases)}" {counts} '
        f'time="{took:.3f}" timestamp="{rfc3339.show(report.started_at)[:19]}" '
        f'id="{_text(report.run_id)}">',
        *(line for case in cases for line in case.lines(report.site)),
        "</testsuite>",
    ]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Case:
    name: str
    element: str = ""
    """``failure``, ``error`` or ``skipped``; empty: passed."""
    type: str = ""
    message: str = ""
    told: str = ""

    def lines(self, site: str) -> Iterator[str]:
        head = f'<testcase classname="netintegrity.{_text(site)}" name="{_text(self.name)}"'
        if not self.element:
            yield f"  {head}/>"
            return
        attributes = f'type="{_text(self.type)}" message="{_text(self.message)}"'
        yield f"  {head}>"
        yield f"    <{self.element} {attributes}>{_text(self.told)}</{self.element}>"
        yield "  </testcase>"


def _of_device(result: DeviceResult) -> _Case:
    name, appraisal = result.evidence.device.name, result.appraisal
    if appraisal.verdict is Verdict.VERIFIED:
        return _Case(name)
    told = [*reasons(result), *(f"> {step}" for step in next_steps(result))]
    word = appraisal.conclusions[0].value
    if result.waivers:
        return _Case(name, "skipped", word, "; ".join(waiver_lines(result)), "\n".join(told))
    element = "failure" if appraisal.verdict in _FAILED else "error"
    return _Case(name, element, word, (reasons(result) or [word])[0], "\n".join(told))


def _text(text: str) -> str:
    # `clean` leaves nothing that XML 1.0 forbids.
    return html.escape(clean(text)).replace("\n", "&#10;").replace("\t", "&#9;")


REPORT: Final = ReportFormat(
    id="junit", media_type="application/xml", suffix=".junit.xml", render=_render
)
