"""What the reports say, letter by letter; `make update-golden` writes the files anew."""

from pathlib import Path

import pytest

from netintegrity.app.registries import report_formats
from tests.unit.report.reports import every_kind

HERE = Path(__file__).parent


@pytest.mark.parametrize("format_id", sorted(report_formats()))
def test_a_report_says_what_it_said_before(format_id: str, request: pytest.FixtureRequest) -> None:
    kind = report_formats()[format_id]
    file = HERE / f"report{kind.suffix}"
    rendered = kind.render(every_kind())
    if request.config.getoption("--update-golden"):
        file.write_text(rendered, "utf-8")
    assert rendered == file.read_text("utf-8")


def test_every_format_has_its_file() -> None:
    there = {path.name for path in HERE.glob("report.*")}
    assert there == {f"report{kind.suffix}" for kind in report_formats().values()}
