"""Every platform reads every kind of answer: one folder a case, the same cases for all.

A case holds the answers of one box in files named after the probe, ``hash.2.txt`` for a second
one; ``commands.json`` maps a file to its command where that has an argument, and may say that the
answer was cut off; ``expected.json`` is what must be read; ``SOURCE`` says where the shapes are
from.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from netintegrity import platforms
from netintegrity.model.evidence import Exchange
from netintegrity.platforms._spec import Platform
from netintegrity.registry import discover
from tests.conformance.describe import described

CASES = Path(__file__).parent / "platforms"
PLATFORMS = discover(platforms, Platform)
REQUIRED = frozenset(
    {"normal", "refused", "truncated", "paged_wrapped", "non_ascii", "empty", "several_subjects"}
)
FOLDERS = sorted(p.parent for p in CASES.glob("*/*/expected.json"))


def exchanges_of(folder: Path) -> tuple[Exchange, ...]:
    """Return the answers of a case, in the order in which the probes are declared."""
    platform = PLATFORMS[folder.parent.name]
    commands = json.loads((folder / "commands.json").read_text())
    order = {p.id: n for n, p in enumerate(platform.probes)}
    files = sorted(folder.glob("*.txt"), key=lambda f: (order[f.name.split(".")[0]], f.name))
    return tuple(_exchange(platform, file, commands.get(file.name, {})) for file in files)


def _exchange(platform: Platform, file: Path, said: dict[str, object]) -> Exchange:
    probe = platform.probe(file.name.split(".")[0])
    command = str(said.get("command", probe.command))
    assert probe.admits(command), f"{file}: {command}"
    return Exchange(
        probe_id=probe.id,
        command=command,
        # As collection stores it: undecodable bytes made visible.
        output=file.read_bytes().decode("utf-8", errors="backslashreplace"),
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        elapsed_s=0.1,
        complete=bool(said.get("complete", True)),
    )


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f"{f.parent.name}-{f.name}")
def test_a_case_reads_as_expected(folder: Path) -> None:
    claims = PLATFORMS[folder.parent.name].interpret(exchanges_of(folder))
    assert described(claims) == json.loads((folder / "expected.json").read_text())


@pytest.mark.parametrize("platform_id", PLATFORMS)
def test_a_platform_has_every_required_case(platform_id: str) -> None:
    cases = {f.name for f in FOLDERS if f.parent.name == platform_id}
    assert cases >= REQUIRED


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f"{f.parent.name}-{f.name}")
def test_a_case_says_where_its_shapes_are_from(folder: Path) -> None:
    assert (folder / "SOURCE").read_text().strip()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f"{f.parent.name}-{f.name}")
def test_half_of_a_case_is_never_read_as_more(folder: Path) -> None:
    """Whatever is missing, no digest appears that the whole case does not have."""
    platform, exchanges = PLATFORMS[folder.parent.name], exchanges_of(folder)
    whole = {d for i in platform.interpret(exchanges).images for d in i.digests}
    for n in range(len(exchanges)):
        part = platform.interpret(exchanges[:n] + exchanges[n + 1 :])
        assert {d for i in part.images for d in i.digests} <= whole
