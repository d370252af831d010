"""What Cumulus Linux is asked, and what it claims."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.model.claims import ImageRole
from netintegrity.platforms.cumulus import PLATFORM
from tests.unit.platforms.boxes import claims, exchange


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


def test_what_may_boot_a_second_system_does_not_say_what_it_boots() -> None:
    said = claims(switch("5.11.1"), PLATFORM)
    assert [g.probe_id for g in said.gaps] == ["version"]
    (following,) = (i for i in said.images if i.role is ImageRole.BOOT_NEXT)
    assert following.release is None


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
