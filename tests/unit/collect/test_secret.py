"""A secret shows itself nowhere."""

import copy
import json
import logging
import pickle
from collections.abc import Callable

import pytest

from netintegrity.collect.secret import Secret

CANARY = "canary-7f3a-canary"


def test_no_way_of_printing_shows_it(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(CANARY)
    logging.getLogger("x").warning("%s %r", secret, {"s": secret})
    shown = (repr(secret), str(secret), f"{secret}", f"{secret:>20}", f"{secret!r}", f"{[secret]}")
    assert not [s for s in (*shown, caplog.text) if CANARY in s]
    assert f"{secret}" == "<secret>"


@pytest.mark.parametrize(
    "write",
    [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, vars],
    ids=["pickle", "copy", "deepcopy", "json", "vars"],
)
def test_no_way_of_writing_takes_it(write: Callable[[object], object]) -> None:
    with pytest.raises(TypeError) as caught:
        write(Secret(CANARY))
    assert CANARY not in str(caught.value)


def test_it_is_compared_and_not_hashed() -> None:
    assert Secret(CANARY) == Secret(CANARY)
    assert Secret(CANARY) != Secret("other")
    assert Secret(CANARY) != CANARY
    with pytest.raises(TypeError):
        hash(Secret(CANARY))


@pytest.mark.parametrize("value", ["", "a\nb", "a\rb", "a\0b"])
def test_what_would_not_be_one_line_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        Secret(value)
