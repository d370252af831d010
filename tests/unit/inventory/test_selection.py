import pytest

from netintegrity.errors import ConfigError
from netintegrity.inventory.selection import select
from netintegrity.model.device import Device


def device(name: str, platform: str = "cisco_iosxe", *tags: str) -> Device:
    return Device(
        name=name,
        address="192.0.2.1",
        platform_id=platform,
        credential_ref="ro",
        tags=frozenset(tags),
    )


FLEET = (
    device("core-1", "cisco_iosxe", "role=core", "site=a"),
    device("core-2", "cisco_iosxe", "role=core", "site=b"),
    device("leaf-1", "arista_eos", "role=leaf", "site=a", "group=fabric"),
    device("spare", "arista_eos"),
)


@pytest.mark.parametrize(
    ("limits", "names"),
    [
        ([], "core-1 core-2 leaf-1 spare"),
        (["*"], "core-1 core-2 leaf-1 spare"),
        (["core-*"], "core-1 core-2"),
        (["core-[12]"], "core-1 core-2"),
        (["core-[!1]"], "core-2"),
        (["core-?"], "core-1 core-2"),
        (["leaf-1,core-1"], "core-1 leaf-1"),
        (["leaf-1, core-1"], "core-1 leaf-1"),
        (["role=core"], "core-1 core-2"),
        (["role=core,role=leaf"], "core-1 core-2 leaf-1"),
        (["role=core", "site=a"], "core-1"),
        (["role=core,leaf-1", "site=a"], "core-1 leaf-1"),
        (["platform=arista_eos"], "leaf-1 spare"),
        (["platform=eos"], "leaf-1 spare"),
        (["name=core-*"], "core-1 core-2"),
        (["group=fabric"], "leaf-1"),
        (["ROLE=core"], ""),
        (["CORE-1"], ""),
        (["core"], ""),
        (["role=cor"], ""),
        (["nothing"], ""),
    ],
)
def test_commas_mean_or_and_repeating_means_and(limits: list[str], names: str) -> None:
    assert [d.name for d in select(FLEET, limits)] == names.split()


@pytest.mark.parametrize(
    "limit",
    [
        *("", " ", ",", "core-1,", ",core-1", "role=", "=core", "=", "core 1", "r\u00f6uter"),
        *("core-[1", "core-1]", "platform=nonsense", "name=", "name=a b", "x" * 300),
    ],
)
def test_a_limit_that_cannot_be_read_is_an_error_and_never_selects_all(limit: str) -> None:
    with pytest.raises(ConfigError):
        select(FLEET, [limit])
