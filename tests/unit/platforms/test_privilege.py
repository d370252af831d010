"""Too little privilege is named beside what was refused for it, with the level that is needed."""

import pytest

from netintegrity.platforms._spec import Platform
from tests.examples import PLATFORMS
from tests.unit.platforms.boxes import INVALID, arista, catalyst, claims, converse

ASKS = {
    "cisco_ios": ("show privilege", "Current privilege level is {}\n"),
    "cisco_iosxe": ("show privilege", "Current privilege level is {}\n"),
    "arista_eos": ("show privilege", "Current privilege level is {}\n"),
    "cisco_asa": (
        "show curpriv",
        "Username : audit\nCurrent privilege level : {}\nCurrent Mode/s : P_UNPR\n",
    ),
}
EACH = pytest.mark.parametrize("platform_id", ASKS)


def box(platform_id: str, level: int) -> dict[str, str]:
    """Return a box that knows its account and refuses whatever needs more."""
    command, said = ASKS[platform_id]
    return {command: said.format(level)}


def asked(platform: Platform, answers: dict[str, str]) -> list[str]:
    return [e.command for e in converse(platform, answers)]


@EACH
def test_a_refusal_says_which_privilege_the_account_has_and_which_it_needs(
    platform_id: str,
) -> None:
    platform = PLATFORMS[platform_id]
    found = claims(box(platform_id, 1), platform)
    refused = [g for g in found.gaps if "refused: " in g.reason]
    assert refused
    assert all("privilege 1, and 15 is needed" in g.reason for g in refused)
    assert asked(platform, box(platform_id, 1))[-1] == ASKS[platform_id][0]


@EACH
def test_what_is_refused_at_full_privilege_is_not_blamed_on_it(platform_id: str) -> None:
    found = claims(box(platform_id, 15), PLATFORMS[platform_id])
    assert found.gaps
    assert not any("is needed" in g.reason for g in found.gaps)


@EACH
@pytest.mark.parametrize("said", [INVALID, "", "Current privilege level is\n", "level is 99999"])
def test_an_account_that_cannot_be_asked_changes_nothing(platform_id: str, said: str) -> None:
    platform = PLATFORMS[platform_id]
    found = claims({ASKS[platform_id][0]: said}, platform)
    assert found.gaps
    assert not any("is needed" in g.reason for g in found.gaps)


def test_a_box_that_refuses_nothing_is_not_asked() -> None:
    assert "show privilege" not in asked(PLATFORMS["cisco_iosxe"], catalyst())
    assert "show privilege" not in asked(PLATFORMS["arista_eos"], arista())
