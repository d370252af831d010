"""The report document of the contract; the same run always gives the same bytes."""

import json
from typing import Final

from netintegrity.model.run import RunReport
from netintegrity.report._spec import ReportFormat
from netintegrity.report.view import document


def _render(report: RunReport) -> str:
    return json.dumps(document(report), indent=2) + "\n"


REPORT: Final = ReportFormat(
    id="json", media_type="application/json", suffix=".json", render=_render
)
