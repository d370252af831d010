import re
from pathlib import Path

import pytest

from netintegrity.assess.policy import SitePolicy
from netintegrity.errors import ConfigError
from netintegrity.inventory.load import load_site
from netintegrity.inventory.new_site import write_site


def test_a_new_site_loads_and_has_no_device(tmp_path: Path) -> None:
    written = write_site(tmp_path / "inventories" / "berlin")
    assert all(file.is_file() for file in written)
    site = load_site(tmp_path / "inventories" / "berlin")
    assert (site.name, site.devices, site.policy) == ("berlin", (), SitePolicy())
    assert sorted(p.name for p in (tmp_path / "inventories").iterdir()) == ["berlin"]


def test_every_example_in_a_new_site_is_right_once_it_is_used(tmp_path: Path) -> None:
    write_site(tmp_path / "berlin")
    for file in (tmp_path / "berlin").glob("*.yaml"):
        file.write_text(re.sub(r"(?m)^#(?!#)", "", file.read_text()))
    site = load_site(tmp_path / "berlin")
    assert [d.name for d in site.devices] == ["core-1", "leaf-1.example.net"]
    assert site.devices[0].tags == {"group=core", "role=core", "rack=b12"}
    assert {d.credential_ref for d in site.devices} == {"ro"}
    assert site.policy.platforms["cisco_iosxe"].minimum_releases


def test_the_policy_of_a_new_site_names_every_key_there_is(tmp_path: Path) -> None:
    write_site(tmp_path / "berlin")
    text = (tmp_path / "berlin" / "policy.yaml").read_text()
    (tmp_path / "p.yaml").write_text("nonsense: 1")
    with pytest.raises(ExceptionGroup) as raised:
        load_site(tmp_path / "berlin", policy_file=tmp_path / "p.yaml")
    known = str(raised.value.exceptions[0]).rpartition("expected ")[2].split(", ")
    assert len(known) > 10
    assert all(re.search(rf"(?m)^#?{key}: ?", text) for key in known)


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_nothing_that_exists_is_touched(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "berlin"
    if kind == "folder":
        target.mkdir()
    elif kind == "file":
        target.write_text("mine")
    else:
        target.symlink_to(tmp_path / "nowhere")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ConfigError):
        write_site(target)
    assert sorted(tmp_path.rglob("*")) == before
    assert kind != "file" or target.read_text() == "mine"


@pytest.mark.parametrize("name", ["bérlin", "a b", "x" * 64])
def test_a_name_that_is_none_makes_no_site(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        write_site(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_parent_that_is_a_file_is_an_error_of_the_operator(tmp_path: Path) -> None:
    (tmp_path / "inventories").write_text("")
    with pytest.raises(ConfigError):
        write_site(tmp_path / "inventories" / "berlin")
