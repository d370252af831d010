import json
from pathlib import Path

import pytest

from netintegrity.cli import main
from tests.paths import ROOT
from tests.unit.inventory.sites import write

EXAMPLE = str(ROOT / "inventories" / "example")


def test_init_then_check_then_a_device(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = tmp_path / "berlin"
    assert main(["init", str(site)]) == 0
    assert main(["init", str(site)]) == 2
    assert main(["inventory", "check", "-i", str(site)]) == 3
    (site / "hosts.yaml").write_text("r1: {platform: eos}\n")
    assert main(["inventory", "check", "-i", str(site)]) == 0
    assert "arista_eos 1" in capsys.readouterr().out


def test_check_prints_every_fault_and_ends_in_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = write(tmp_path / "site", "r1: {port: x}\n", policy="x: 1\n")
    assert main(["inventory", "check", "-i", str(site)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert all(w in told.err for w in ("hosts.yaml:1 r1.port", "r1.platform", "policy.yaml:1 x"))


def test_check_as_json_is_one_document_with_or_without_faults(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = write(tmp_path / "site", "r1: {port: x, platform: eos}\n")
    assert main(["inventory", "check", "-i", str(site), "--format", "json"]) == 2
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert fault["where"] == f"{site}/hosts.yaml:1 r1.port"
    assert main(["inventory", "check", "-i", EXAMPLE, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["devices"] == 4
    assert document["platforms"] == {"arista_eos": 2, "cisco_iosxe": 2}
    assert document["without_subjects"] == ["leaf-1", "leaf-2"]
    assert len(document["without_host_key"]) == 4
    assert document["faults"] == []


def test_check_tells_which_devices_have_a_host_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43
    hosts = "r1: {hostname: 192.0.2.1, platform: eos}\nr2: {hostname: 192.0.2.2, platform: eos}\n"
    site = write(tmp_path / "site", hosts, known_hosts=f"192.0.2.1 {key}\nnonsense\n")
    assert main(["inventory", "check", "-i", str(site)]) == 0
    told = capsys.readouterr()
    assert "known_hosts:2" in told.err
    assert "1 have no key in known_hosts, so are never logged in to: r2" in told.out


def test_show_prints_the_devices_as_they_come_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inventory", "show", "-i", EXAMPLE, "--limit", "role=core"]) == 0
    out = capsys.readouterr().out
    assert "2001:db8::12" in out
    assert "leaf-1" not in out
    assert main(["inventory", "show", "-i", EXAMPLE, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["devices"][0]["expected"][1]["serial"] == "FOC00000002"


def test_a_name_that_looks_like_a_number_is_shown_as_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = write(tmp_path / "site", "1e5: {hostname: 192.0.2.1, platform: eos}\n")
    assert main(["inventory", "show", "-i", str(site)]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("1e5 ")


def test_selecting_nothing_ends_in_3_and_a_wrong_limit_in_2() -> None:
    assert main(["inventory", "show", "-i", EXAMPLE, "--limit", "nothing"]) == 3
    assert main(["inventory", "show", "-i", EXAMPLE, "--limit", ","]) == 2


def test_another_policy_is_read_in_the_place_of_the_sites(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = str(tmp_path / "absent.yaml")
    assert main(["inventory", "check", "-i", EXAMPLE, "--policy", absent]) == 2
    assert absent in capsys.readouterr().err
