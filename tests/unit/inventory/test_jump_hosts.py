"""Which servers lead to the devices of a site."""

from pathlib import Path

import pytest

from netintegrity.inventory.load import load_site
from tests.unit.inventory.sites import message, places, write

BEHIND = "r1: {hostname: 192.0.2.1, platform: cisco_iosxe, data: {jump: inner}}\n"
JUMPS = """\
bastion: {hostname: 198.51.100.1, port: 2222, data: {credential: bastion}}
inner: {hostname: inner.example.net, data: {jump: bastion}}
"""


def test_a_device_is_behind_the_jump_host_it_names(tmp_path: Path) -> None:
    site = load_site(write(tmp_path, BEHIND, jump_hosts=JUMPS))
    assert site.devices[0].jump == "inner"
    inner, bastion = site.jump_hosts["inner"], site.jump_hosts["bastion"]
    assert (inner.address, inner.port, inner.credential_ref) == ("inner.example.net", 22, "default")
    assert (inner.jump, bastion.jump) == ("bastion", None)
    assert (bastion.port, bastion.credential_ref) == (2222, "bastion")
    assert "jump_hosts.yaml" in dict(site.files)


@pytest.mark.parametrize("place", ["groups", "defaults"])
def test_a_group_or_the_defaults_say_the_way_too(tmp_path: Path, place: str) -> None:
    said = {
        "groups": "core: {data: {jump: bastion}}",
        "defaults": "{data: {jump: bastion}}",
    }
    hosts = "r1: {hostname: 192.0.2.1, platform: cisco_iosxe, groups: [core]}\n"
    files = {"groups": "core: {}", place: said[place]}
    site = load_site(write(tmp_path, hosts, jump_hosts=JUMPS, **files))
    assert site.devices[0].jump == "bastion"


def test_an_empty_word_takes_the_way_of_the_group_away(tmp_path: Path) -> None:
    hosts = BEHIND.replace("inner", "''")
    site = load_site(write(tmp_path, hosts, jump_hosts=JUMPS, defaults="{data: {jump: inner}}"))
    assert site.devices[0].jump is None


def test_a_column_says_the_way_in_a_table(tmp_path: Path) -> None:
    write(tmp_path, None, jump_hosts=JUMPS)
    table = tmp_path / "fleet.csv"
    table.write_text("name,hostname,platform,jump\nr1,192.0.2.1,cisco_iosxe,inner\n")
    assert load_site(table).devices[0].jump == "inner"


@pytest.mark.parametrize(
    ("jumps", "where"),
    [
        ("a: {hostname: 192.0.2.9}\n", "hosts.yaml:1 r1"),
        ("inner: {hostname: 192.0.2.9, data: {jump: no}}\n", "jump_hosts.yaml:1 inner.data.jump"),
        ("inner: {hostname: h, data: {jump: inner}}\n", "jump_hosts.yaml:1 inner.data.jump"),
        ("inner: {hostname: -x}\n", "jump_hosts.yaml:1 inner.hostname"),
        ("inner: {hostname: h, port: 0}\n", "jump_hosts.yaml:1 inner.port"),
        ("inner: {hostname: h, platform: cisco_ios}\n", "jump_hosts.yaml:1 inner.platform"),
        ("inner: {hostname: h, groups: [a]}\n", "jump_hosts.yaml:1 inner.groups"),
        ("inner: {hostname: h, data: {role: x}}\n", "jump_hosts.yaml:1 inner.data.role"),
        ("inner: {hostname: h, data: {command: x}}\n", "jump_hosts.yaml:1 inner.data.command"),
        ("inner: {hostname: h, password: x}\n", "jump_hosts.yaml:1 inner.password"),
        ("inner: {hostname: h, data: {credential: 'a b'}}\n", "jump_hosts.yaml:1 inner.data.crede"),
        ("in ner: {hostname: h}\n", "jump_hosts.yaml:1 'in ner'"),
        ("- a\n", "jump_hosts.yaml:1"),
        ("r1: {hostname: h}\ninner: {hostname: h}\n", "hosts.yaml:1 r1"),
    ],
)
def test_a_way_that_leads_nowhere_is_told_with_its_line(
    tmp_path: Path, jumps: str, where: str
) -> None:
    assert any(p.startswith(where) for p in places(tmp_path, BEHIND, jump_hosts=jumps))


def test_a_circle_is_told_once_for_each_jump_host_in_it(tmp_path: Path) -> None:
    jumps = "".join(f"j{n}: {{hostname: h, data: {{jump: j{(n + 1) % 3}}}}}\n" for n in range(3))
    found = places(tmp_path, jump_hosts=jumps)
    assert found == [f"jump_hosts.yaml:{n + 1} j{n}.data.jump" for n in range(3)]


def test_a_way_without_end_is_refused(tmp_path: Path) -> None:
    rows = ["j0: {hostname: h}\n"]
    rows += [f"j{n}: {{hostname: h, data: {{jump: j{n - 1}}}}}\n" for n in range(1, 9)]
    assert places(tmp_path, jump_hosts="".join(rows)) == ["jump_hosts.yaml:9 j8.data.jump"]


def test_a_missing_jump_host_is_named_with_those_there_are(tmp_path: Path) -> None:
    told = message(tmp_path, BEHIND.replace("inner", "other"), jump_hosts=JUMPS)
    assert "'other'" in told
    assert "bastion, inner" in told
