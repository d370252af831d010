"""Metrics for the textfile collector of Prometheus's node exporter.

Source: Prometheus, "Exposition formats", text format 0.0.4. Every label is always there, also with
0, so that an alert finds its series; times are seconds since 1970.
"""

from collections.abc import Iterator
from typing import Final

from netintegrity.assess.status import status_of
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.run import RunReport
from netintegrity.model.verdict import Verdict
from netintegrity.plain_text import clean
from netintegrity.report._spec import ReportFormat
from netintegrity.report.view import SELF_REPORTED, by_label


def _render(report: RunReport) -> str:
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: RunReport) -> Iterator[str]:
    site = f'site="{_value(report.site)}"'
    finished = report.finished_at.timestamp()
    history = report.history
    last = None if history is None else history.last_complete_at
    complete = finished if report.complete else (0 if last is None else last.timestamp())
    yield from _metric("run_finished_timestamp_seconds", "When the last run ended.")
    yield f"netintegrity_run_finished_timestamp_seconds{{{site}}} {finished:.3f}"
    yield from _metric(
        "last_complete_run_timestamp_seconds",
        "When the last run ended that asked every device of the site; 0: none is recorded.",
    )
    yield f"netintegrity_last_complete_run_timestamp_seconds{{{site}}} {complete:.3f}"
    yield from _metric("run_duration_seconds", "How long the last run took.")
    took = (report.finished_at - report.started_at).total_seconds()
    yield f"netintegrity_run_duration_seconds{{{site}}} {took:.3f}"
    yield from _metric("exit_status", "Exit status of the last run; 0 verified, 1 finding.")
    yield f"netintegrity_exit_status{{{site}}} {int(status_of(report))}"
    yield from _metric("devices", "Devices of the last run, by conclusion.")
    counts = by_label(r.appraisal for r in report.results)
    for label in (*(c.value for c in Conclusion), SELF_REPORTED):
        yield f'netintegrity_devices{{{site},conclusion="{label}"}} {counts.get(label, 0)}'
    yield from _metric("device_verified", "1: the device is verified; 0: it is not.")
    for result in report.results:
        about = result.appraisal
        labels = (
            f'{site},device="{_value(result.evidence.device.name)}",'
            f'platform="{_value(result.platform_id)}",conclusion="{about.conclusions[0].value}"'
        )
        verified = int(about.verdict is Verdict.VERIFIED)
        yield f"netintegrity_device_verified{{{labels}}} {verified}"
    yield from _metric("devices_waived", "Devices whose findings are all waived.")
    yield f"netintegrity_devices_waived{{{site}}} {sum(bool(r.waivers) for r in report.results)}"
    yield from _metric("manifests_rejected", "Lists that were rejected in the last run.")
    rejected = sum(m.reason is not None for m in report.manifests)
    yield f"netintegrity_manifests_rejected{{{site}}} {rejected}"


def _metric(name: str, help_: str) -> Iterator[str]:
    yield f"# HELP netintegrity_{name} {help_}"
    yield f"# TYPE netintegrity_{name} gauge"


def _value(text: str) -> str:
    return clean(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


REPORT: Final = ReportFormat(
    id="prometheus", media_type="text/plain", suffix=".prom", render=_render
)
