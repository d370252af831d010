"""Options and profiles of the whole suite."""

import os
import signal

import pytest
from hypothesis import settings

# What a shell starts in the background ignores the interrupt, and so does all that it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Two cores shared with other work make any deadline a coin toss.
settings.register_profile("quick", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=500, deadline=None, derandomize=True)
settings.register_profile("proof", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write tests/golden anew from what the code renders now; then read the diff",
    )


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Name what a test is given in one short line that is the same in every process.

    Keys and signatures made afresh must not be part of a name: the processes that share the tests
    would not agree on what there is.
    """
    del config
    made = isinstance(val, bytes) or (isinstance(val, str) and ("\n" in val or len(val) > 80))
    return argname if made else None
