"""Whoever types a release wrongly is told what one looks like, on every platform."""

import pytest

from netintegrity.app import PLATFORMS
from netintegrity.cli import main


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_is_no_release_is_answered_with_what_one_looks_like(
    platform: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["release", "compare", platform, "not a release", "nor this"]) == 2
    told = capsys.readouterr()
    assert "such as" in told.err
    assert told.out == ""
