"""What Cumulus Linux is asked, and what it claims."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.model.claims import ImageRole
from netintegrity.platforms.cumulus import PLATFORM
from tests.unit.platforms.boxes import claims, converse, exchange


def switch(release: str = "5.9.1", **changes: str) -> dict[str, str]:
    box = {
        "cat /etc/lsb-release": f'DISTRIB_ID="Cumulus Linux"\nDISTRIB_RELEASE={release}\n',
        "dpkg-query --show": "adduser\t3.118\nlibc6:amd64\t2.31-13+deb11u8\n",
        "decode-syseeprom": "Product Name         0x21   6 SN2100\n"
        "Serial Number        0x23  12 MT1000X00001\n",
    }
    by_id = {p.id: p.command for p in PLATFORM.probes}
    return box | {by_id[i]: text for i, text in changes.items()}


def test_a_switch_in_order() -> None:
    said = claims(switch(), PLATFORM)
    assert said.platform_id == "cumulus"
    assert said.gaps == ()
    assert [(i.serial, i.pid) for i in said.identities] == [("MT1000X00001", "SN2100")]
    assert [(p.name, p.version) for p in said.packages] == [
        ("adduser", "3.118"),
        ("libc6:amd64", "2.31-13+deb11u8"),
    ]
    assert [i.release.text if i.release else "" for i in said.images] == ["5.9.1", "5.9.1"]


TWO = """\
             operational
-----------  -----------
current      2
next         {next}
partition1
  build-id   5.13.0.0026
  release    5.13.0
partition2
  build-id   5.15.0.0018
  release    5.15.0
"""


def holding(following: str) -> dict[str, str]:
    return switch("5.15.0") | {"nv show system image": TWO.format(next=following)}


def test_a_switch_that_holds_one_system_is_not_asked_for_two() -> None:
    asked = {e.command for e in converse(PLATFORM, switch())}
    assert not any(command.startswith("nv ") for command in asked)


def test_a_switch_that_may_hold_two_systems_and_does_not_tell_is_a_gap() -> None:
    said = claims(switch("5.11.1"), PLATFORM)
    assert {g.probe_id for g in said.gaps} == {"slots"}
    (following,) = (i for i in said.images if i.role is ImageRole.BOOT_NEXT)
    assert following.release is None


@pytest.mark.parametrize(("following", "release"), [("1", "5.13.0"), ("2", "5.15.0")])
def test_what_is_booted_next_is_the_system_the_table_names(following: str, release: str) -> None:
    said = claims(holding(following), PLATFORM)
    assert said.gaps == ()
    (image,) = (i for i in said.images if i.role is ImageRole.BOOT_NEXT)
    assert image.release is not None
    assert image.release.text == release
    assert [b.entries for b in said.boots] == [(f"partition{following}",)]


@pytest.mark.parametrize("following", ["ONIE install", "3", "", "x"])
def test_a_next_boot_into_anything_else_is_a_gap(following: str) -> None:
    said = claims(holding(following), PLATFORM)
    assert "slots" in {g.probe_id for g in said.gaps}
    assert not any(i.role is ImageRole.BOOT_NEXT for i in said.images)


def test_an_nvos_is_told_by_its_own_command() -> None:
    box = switch(version="DISTRIB_ID=SONiC\nDISTRIB_RELEASE=12\n") | {
        "nv show system version": "image       nvos-25.02.2930-010\n",
        "nv show system image": "current     2\nnext        1\npartition1\n"
        "  build-id  nvos-25.02.1936\npartition2\n  build-id  nvos-25.02.2930-010\n",
    }
    said = claims(box, PLATFORM)
    assert said.platform_id == "cumulus"
    assert said.gaps == ()
    releases = {i.role: i.release.text for i in said.images if i.release}
    assert releases[ImageRole.RUNNING] == "nvos-25.02.2930-010"
    assert releases[ImageRole.BOOT_NEXT] == "nvos-25.02.1936"


@pytest.mark.parametrize("probe", ["version", "packages", "eeprom"])
@pytest.mark.parametrize("text", ["cat: x: Permission denied\n", "-bash: x: not found\n", ""])
def test_a_refusal_is_a_gap_of_its_probe(probe: str, text: str) -> None:
    assert [g.probe_id for g in claims(switch(**{probe: text}), PLATFORM).gaps] == [probe]


def test_another_system_is_not_taken_for_it() -> None:
    said = claims(switch(version="DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\n"), PLATFORM)
    assert said.platform_id is None
    assert said.images == ()


@given(st.sampled_from(sorted(switch())), st.text())
def test_any_text_at_all_can_be_interpreted(command: str, text: str) -> None:
    exchanges = (exchange(PLATFORM, command, text),)
    assert not any(i.digests for i in PLATFORM.interpret(exchanges).images)
    assert all(PLATFORM.admits(r.command) for r in PLATFORM.plan(exchanges))
