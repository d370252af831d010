"""The folder of a lab: an ordinary site, private, and gone at the end."""

import json
import socket
import stat
import time
from pathlib import Path

import pytest

from netintegrity.errors import ConfigError
from netintegrity.inventory.load import load_site
from netintegrity.lab.scenario import load_scenario
from netintegrity.lab.world import LabWorld
from netintegrity.store.keys import read_keys
from netintegrity.trust.keyring import load_keyring
from tests.unit.lab.worlds import NOW, PLAIN, built_in, plain


def test_a_lab_starts_quickly_and_leaves_nothing_behind() -> None:
    began = time.monotonic()
    with LabWorld.create(built_in()["default"], now=NOW, devices=20) as world:
        assert time.monotonic() - began < 20.0
        assert len(world.devices) == 20
        ports = [d.port for d in world.devices]
        root = world.root
        assert root.is_dir()
    assert not root.exists()
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 1)
    world.close()


def test_everything_in_the_folder_is_private() -> None:
    with LabWorld.create(plain(), now=NOW) as world:
        for path in (world.root, *world.root.rglob("*")):
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.parametrize("name", ["default", "brownfield"])
def test_the_site_is_one_that_the_inventory_reads(name: str) -> None:
    scenario = built_in()[name]
    with LabWorld.create(scenario, now=NOW) as world:
        site = load_site(world.site)
        assert site.is_lab
        assert site.name == f"lab-{name}"
        assert [d.name for d in site.devices] == [d.name for d in scenario.devices]
        for device, served in zip(site.devices, world.devices, strict=True):
            assert (device.address, device.port) == ("127.0.0.1", served.port)
            assert set(device.expected) == {p.identity for p in served.device.parts}
            assert device.credential_ref == "lab"
        roles = {t for d in site.devices for t in d.tags}
        assert (name != "default") or "role=core" in roles


def test_the_keys_are_lab_keys_and_those_of_a_vendor_unless_said_otherwise() -> None:
    owner = load_scenario(
        PLAIN.replace("images: [good, eos]", "signer: owner, images: [good, eos]").encode(), "o"
    )
    for scenario, is_vendor in ((plain(), True), (owner, False)):
        with LabWorld.create(scenario, now=NOW) as world:
            keyring = load_keyring(read_keys(world.keys).files)
            assert keyring.has_lab_keys
            assert [a.is_vendor for a in keyring] == [is_vendor]


def test_every_list_has_a_key_of_its_own() -> None:
    with LabWorld.create(built_in()["brownfield"], now=NOW) as world:
        keyring = load_keyring(read_keys(world.keys).files)
        assert [a.id for a in keyring] == ["lab/lab", "lab/older-key"]
        assert len({a.fingerprint for a in keyring}) == 2
        names = sorted(p.name for p in world.manifest.parent.iterdir())
        assert names == ["lab.dsse.json", "older-key.dsse.json"]
        assert b"PRIVATE KEY" in world.signing_key.read_bytes()
        assert (world.root / "signing-older-key.pem").is_file()


def test_memory_is_where_the_site_looks_for_it_and_of_every_copy() -> None:
    scenario = load_scenario(
        (
            PLAIN + "memory: {devices: {switch: {floors: {chassis 1: [{release: 17.09.01}]}}}}"
        ).encode(),
        "remembering.yaml",
    )
    with LabWorld.create(scenario, now=NOW, devices=4) as world:
        found = json.loads((world.state / "lab-remembering" / "memory.json").read_bytes())
    assert found["schema"] == "netintegrity/memory/1"
    assert set(found["devices"]) == {"switch", "switch-2"}
    switch = found["devices"]["switch"]
    assert switch["floors"] == {"chassis 1": [{"train": "iosxe", "release": "17.09.01"}]}
    assert switch["first_seen"] < "2026-01-05T12:00:00Z"


def test_the_document_says_where_everything_is_and_how_to_audit_it() -> None:
    with LabWorld.create(plain(), now=NOW) as world:
        document = world.document()
        paths = ("site", "keys", "state", "credentials", "manifest", "signing_key")
        assert document["schema"] == "netintegrity/lab/1"
        assert all(Path(str(document[name])).exists() for name in paths)
        assert document["audit"] == world.audit_arguments()
        assert world.audit_arguments()[:3] == ["netintegrity", "audit", "-i"]
        assert document["environment"] == {
            "NETINTEGRITY_STATE": str(world.state),
            "NETINTEGRITY_HISTORY": str(world.state / "history.sqlite3"),
            "NETINTEGRITY_CREDENTIALS": str(world.credentials),
        }
        json.dumps(document)


def test_the_password_is_drawn_anew_and_stands_in_one_file_alone() -> None:
    texts = []
    for _ in range(2):
        with LabWorld.create(plain(), now=NOW) as world:
            texts.append(world.credentials.read_text())
            word = texts[-1].partition("password: ")[2].partition("\n")[0]
            assert len(word) >= 20
            others = [p for p in world.root.rglob("*") if p.is_file() and p != world.credentials]
            assert all(word.encode() not in p.read_bytes() for p in others)
    assert texts[0] != texts[1]


def test_fewer_devices_are_the_first_ones_and_more_are_copies() -> None:
    with LabWorld.create(plain(), now=NOW, devices=1) as world:
        assert [d.name for d in world.devices] == ["switch"]
    with LabWorld.create(plain(), now=NOW, devices=5) as world:
        assert [d.name for d in world.devices] == [
            "switch", "leaf", "switch-2", "leaf-2", "switch-3",
        ]  # fmt: skip
        assert len({d.port for d in world.devices}) == 5
        assert len({d.key.get_base64() for d in world.devices}) == 5
    for count in (0, 100_000):
        with pytest.raises(ConfigError, match="--devices"):
            LabWorld.create(plain(), now=NOW, devices=count)


def test_a_folder_that_was_given_is_kept_and_must_be_empty(tmp_path: Path) -> None:
    with LabWorld.create(plain(), now=NOW, root=tmp_path / "lab") as world:
        assert world.root == tmp_path / "lab"
    assert (tmp_path / "lab" / "keys" / "keyring.yaml").is_file()
    assert stat.S_IMODE((tmp_path / "lab").stat().st_mode) == 0o700
    with pytest.raises(ConfigError, match="empty"):
        LabWorld.create(plain(), now=NOW, root=tmp_path / "lab")
    with pytest.raises(KeyError):
        world.device("none")
