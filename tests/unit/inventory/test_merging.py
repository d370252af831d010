from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netintegrity.model.device import Device
from tests.unit.inventory.sites import devices, message, places

GROUPS = """\
edge: {groups: [berlin], data: {role: edge}}
core: {platform: cisco_iosxe, port: 2201, data: {role: core, rack: a}}
berlin: {platform: arista_eos, data: {role: all, site: berlin, credential: b}}
"""


def test_the_first_listed_group_counts_over_the_next(tmp_path: Path) -> None:
    r1 = devices(tmp_path, "r1: {groups: [core, edge]}", groups=GROUPS)["r1"]
    assert r1.platform_id == "cisco_iosxe"
    assert "role=core" in r1.tags


def test_what_a_group_is_in_counts_before_the_next_group(tmp_path: Path) -> None:
    r1 = devices(tmp_path, "r1: {groups: [edge, core]}", groups=GROUPS)["r1"]
    assert r1.platform_id == "arista_eos"
    assert {"role=edge", "rack=a", "site=berlin"} <= r1.tags
    assert r1.port == 2201
    assert r1.credential_ref == "b"


def test_groups_are_tags_the_inherited_ones_too(tmp_path: Path) -> None:
    r1 = devices(tmp_path, "r1: {groups: [edge]}", groups=GROUPS)["r1"]
    assert {"group=edge", "group=berlin"} <= r1.tags


def test_an_empty_word_takes_a_tag_of_the_group_away(tmp_path: Path) -> None:
    r1 = devices(tmp_path, "r1: {groups: [core], data: {rack: }}", groups=GROUPS)["r1"]
    assert not any(tag.startswith("rack=") for tag in r1.tags)


def test_subjects_of_the_host_replace_those_of_the_group(tmp_path: Path) -> None:
    groups = "core: {platform: eos, data: {subjects: [{kind: chassis, id: '1', pid: X}]}}"
    hosts = (
        "r1: {groups: [core], data: {subjects: [{kind: node, id: a}, {kind: node, id: b}]}}\n"
        "r2: {groups: [core]}\nr3: {groups: [core], data: {subjects: []}}\n"
    )
    found = devices(tmp_path, hosts, groups=groups)
    assert [len(found[r].expected) for r in ("r1", "r2", "r3")] == [2, 1, 0]


@pytest.mark.parametrize(
    ("groups", "where"),
    [
        ("a: {groups: [a]}", "groups.yaml:1 a.groups"),
        ("a: {groups: [b]}\nb: {groups: [a]}", "groups.yaml:2 b.groups"),
        ("a: {groups: [b]}\nb: {groups: [c]}\nc: {groups: [b]}", "groups.yaml:3 c.groups"),
        ("a: {groups: [nowhere]}", "groups.yaml:1 a.groups"),
        ("a b: {}", "groups.yaml:1 'a b'"),
        ("a: {hostname: 192.0.2.1}", "groups.yaml:1 a.hostname"),
    ],
)
def test_a_group_that_cannot_be_is_a_fault_at_its_line(
    tmp_path: Path, groups: str, where: str
) -> None:
    assert places(tmp_path, groups=groups) == [where]


def test_a_host_in_a_circle_of_groups_still_has_what_they_say(tmp_path: Path) -> None:
    groups = "a: {groups: [b], platform: eos}\nb: {groups: [a]}"
    assert places(tmp_path, "r1: {groups: [b]}\n", groups=groups) == ["groups.yaml:2 b.groups"]


def test_a_long_chain_of_groups_is_a_fault_and_not_a_crash(tmp_path: Path) -> None:
    chain = "".join(f"g{n}: {{groups: [g{n + 1}]}}\n" for n in range(5000)) + "g5000: {}\n"
    assert len(places(tmp_path, "r1: {platform: eos, groups: [g0]}", groups=chain)) > 1


def test_a_group_twice_over_by_two_ways_is_no_circle(tmp_path: Path) -> None:
    groups = "a: {groups: [b, c]}\nb: {groups: [d]}\nc: {groups: [d]}\nd: {platform: eos}"
    r1 = devices(tmp_path, "r1: {groups: [a, d]}", groups=groups)["r1"]
    assert r1.tags == {"group=a", "group=b", "group=c", "group=d"}


@pytest.mark.parametrize("defaults", ["{groups: [a]}", "{hostname: r1}", "- x", "{nonsense: 1}"])
def test_defaults_say_nothing_of_one_device(tmp_path: Path, defaults: str) -> None:
    (place,) = places(tmp_path, defaults=defaults)
    assert place.startswith("defaults.yaml:1")


def test_more_tags_than_a_device_may_have_are_a_fault(tmp_path: Path) -> None:
    many = ", ".join(f"k{n}: v" for n in range(65))
    assert "64" in message(tmp_path, defaults=f"data: {{{many}}}")
    half = ", ".join(f"k{n}: v" for n in range(40))
    other = ", ".join(f"o{n}: v" for n in range(40))
    hosts = f"r1: {{platform: eos, groups: [a], data: {{{half}}}}}"
    assert "64" in message(tmp_path, hosts, defaults="", groups=f"a: {{data: {{{other}}}}}")


WORD = st.sampled_from(["a", "b", "c"])
LAYER = st.fixed_dictionaries(
    {},
    optional={
        "port": st.integers(1, 65535),
        "platform": st.sampled_from(["cisco_iosxe", "arista_eos"]),
        "data": st.fixed_dictionaries(
            {}, optional={"credential": WORD, "role": WORD, "rack": WORD}
        ),
    },
)


@settings(max_examples=60, deadline=None)
@given(host=LAYER, groups=st.lists(LAYER, max_size=3), defaults=LAYER)
def test_host_counts_over_groups_in_their_order_over_defaults(
    host: dict[str, object], groups: list[dict[str, object]], defaults: dict[str, object]
) -> None:
    names = [f"g{n}" for n in range(len(groups))]
    with TemporaryDirectory() as folder:
        device = devices(
            Path(folder),
            _flow({"r1": {"hostname": "192.0.2.1", "groups": names, **host}}),
            groups=_flow(dict(zip(names, groups, strict=True))),
            defaults=_flow({"platform": "cisco_iosxe", **defaults}),
        )["r1"]
    layers = [host, *groups, {"platform": "cisco_iosxe", **defaults}]
    assert device.port == _first(layers, "port", 22)
    assert device.platform_id == _first(layers, "platform", None)
    data = [layer.get("data", {}) for layer in layers]
    assert device.credential_ref == _first(data, "credential", "default")
    for key in ("role", "rack"):
        word = _first(data, key, None)
        assert {t for t in device.tags if t.startswith(f"{key}=")} == (
            {f"{key}={word}"} if word else set()
        )
    assert isinstance(device, Device)


def _first(layers: Sequence[object], key: str, otherwise: object) -> object:
    return next((x[key] for x in layers if isinstance(x, dict) and key in x), otherwise)


def _flow(value: object) -> str:
    """Return JSON-like YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(v) for v in value) + "]"
    return str(value)
