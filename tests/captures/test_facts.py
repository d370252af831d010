"""One table for all captures: every file has its facts, or a reason why there are none.

``facts/<platform>.json`` maps a file to the command it answers and all that is read in it; what is
not named is not read. ``facts/none.json`` maps globs of files to the reason why nothing is. A new
platform adds a file of its own; a file with facts needs no reason any more.
"""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from netintegrity.platforms._readers import claims_of_saved
from tests.captures.told import told_by
from tests.examples import PLATFORMS
from tests.paths import CAPTURES, needs_captures
from tests.unit.platforms.boxes import exchange

FACTS = Path(__file__).parent / "facts"
TABLE: dict[str, tuple[str, dict[str, object]]] = {
    name: (file.stem, row)
    for file in sorted(FACTS.glob("*.json"))
    if file.stem != "none"
    for name, row in json.loads(file.read_text()).items()
}
REASONS: dict[str, str] = json.loads((FACTS / "none.json").read_text())


def captures() -> Iterator[str]:
    for file in sorted(CAPTURES.rglob("*")):
        if file.is_file():
            yield str(file.relative_to(CAPTURES))


@needs_captures
def test_every_capture_has_its_facts_or_a_reason_why_it_has_none() -> None:
    names = list(captures())
    without = [n for n in names if n not in TABLE]
    assert [n for n in without if not any(fnmatchcase(n, g) for g in REASONS)] == []
    assert set(TABLE) <= set(names)
    assert len(names) > 300


@needs_captures
@pytest.mark.parametrize("name", TABLE)
def test_a_capture_says_what_the_table_says_and_nothing_else(name: str) -> None:
    platform_id, row = TABLE[name]
    platform = PLATFORMS[platform_id]
    command, facts = str(row["command"]), {k: v for k, v in row.items() if k != "command"}
    raw = (CAPTURES / name).read_bytes().decode("utf-8", errors="backslashreplace")
    claims = claims_of_saved(platform, exchange(platform, command, raw.replace("\r\n", "\n")))
    assert claims is not None
    assert told_by(claims) == facts


def test_a_row_tells_something_and_a_reason_is_a_sentence() -> None:
    assert all(REASONS.values())
    assert len(TABLE) >= 150
