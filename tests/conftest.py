"""Options and profiles of the whole suite."""

import os

import pytest
from hypothesis import settings

# Two cores shared with other work make any deadline a coin toss.
settings.register_profile("quick", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=500, deadline=None, derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write tests/golden anew from what the code renders now; then read the diff",
    )
