"""A byte of a signed run folder, changed: it is noticed, whichever it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from netintegrity.errors import ExitStatus
from tests.unit.evidence.signing import (
    STATEMENT,
    files_of,
    private_key,
    problems,
    signed,
    trust,
    verified,
)

STRIDE = 97
"""Of the short form; coprime to the lengths of fields, so that it falls on all kinds of byte."""


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return signed(tmp_path / "run")


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return trust(tmp_path / "keys", private_key())


def spoilt(run: Path, name: str, place: int) -> Iterator[bytes]:
    raw = (run / name).read_bytes()
    for mask in (0x01, 0x20, 0x80):
        yield raw[:place] + bytes([raw[place] ^ mask]) + raw[place + 1 :]


def assert_noticed(run: Path, keys: Path, name: str, stride: int) -> None:
    whole = (run / name).read_bytes()
    for place in range(0, len(whole), stride):
        for changed in spoilt(run, name, place):
            (run / name).write_bytes(changed)
            found = verified(run, keys)
            if name == STATEMENT:
                assert found.status is ExitStatus.REJECTED, (name, place)
            else:
                assert (name, "altered") in problems(found), (name, place)
                assert found.status is ExitStatus.FINDING, (name, place)
            (run / name).write_bytes(whole)
    assert verified(run, keys).status is ExitStatus.VERIFIED


def test_some_bytes_of_every_file(run: Path, keys: Path) -> None:
    names = files_of(run)
    assert {STATEMENT, "run.json", "inputs/memory.json", "report.json"} <= set(names)
    for name in names:
        assert_noticed(run, keys, name, STRIDE)


def test_a_byte_more_or_less_of_any_file_is_noticed(run: Path, keys: Path) -> None:
    for name in files_of(run):
        whole = (run / name).read_bytes()
        # One newline at the end of an envelope is as good as none: it says the same.
        longer, shorter = whole + b" ", whole[: -2 if name == STATEMENT else -1]
        for changed in (longer, shorter) if whole else (longer,):
            (run / name).write_bytes(changed)
            assert verified(run, keys).status is not ExitStatus.VERIFIED, name
        (run / name).write_bytes(whole)


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_every_byte_of_every_file(run: Path, keys: Path) -> None:
    for name in files_of(run):
        assert_noticed(run, keys, name, 1)
