"""One file per platform, format, rule family, source, report, personality: none needs another."""

import grimp
import pytest

FAMILIES = (
    "netintegrity.platforms",
    "netintegrity.trust.formats",
    "netintegrity.trust.images",
    "netintegrity.assess.rules",
    "netintegrity.report",
    "netintegrity.cli",
    "netintegrity.lab.personalities",
)
SHARED = {f"netintegrity.report.{name}" for name in ("running", "view", "words")}
"""What all members of a family stand on, although its name does not begin with an underscore."""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("netintegrity")


@pytest.mark.parametrize("family", FAMILIES)
def test_no_member_of_a_family_imports_another(graph: grimp.ImportGraph, family: str) -> None:
    members = {
        m for m in graph.find_children(family) if not m.rpartition(".")[2].startswith("_")
    } - SHARED
    assert members
    crossing = {
        (member, other)
        for member in members
        for other in graph.find_modules_directly_imported_by(member)
        if other in members
    }
    assert crossing == set()
