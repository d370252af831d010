import os
import time
from pathlib import Path

import pytest

from netintegrity.assess.policy import SitePolicy
from netintegrity.errors import InventoryError, PolicyError
from netintegrity.inventory.load import load_site
from netintegrity.model.subject import Identity, Subject, SubjectKind
from tests.paths import ROOT
from tests.unit.inventory.sites import HOSTS, devices, faults_of, places, write

# The examples of the format's own description.
DOCUMENTED = """\
r1:
  hostname: 192.0.2.11        # address or name; absent: the key
  port: 22
  platform: cisco_iosxe       # any known alias
  groups: [core]              # a group that does not exist is a fault
  data:
    credential: ro            # Device.credential_ref; default `default`
    role: core                # every other scalar is a tag `role=core`
    subjects:                 # Device.expected
      - {kind: member, id: "1", serial: FOC00000001, pid: C9300-24T}
"""


def test_the_documented_site_loads_as_documented(tmp_path: Path) -> None:
    found = devices(
        tmp_path,
        DOCUMENTED,
        groups="core: {platform: cisco_iosxe, data: {role: core}}",
        defaults="{port: 22, data: {credential: ro}}",
    )
    r1 = found["r1"]
    assert (r1.address, r1.port, r1.platform_id) == ("192.0.2.11", 22, "cisco_iosxe")
    assert r1.credential_ref == "ro"
    assert r1.tags == {"role=core", "group=core"}
    member = Subject(SubjectKind.MEMBER, "1")
    assert r1.expected == (Identity(subject=member, serial="FOC00000001", pid="C9300-24T"),)


def test_the_example_site_loads() -> None:
    site = load_site(ROOT / "inventories" / "example")
    assert [d.name for d in site.devices] == ["core-1", "core-2", "leaf-1", "leaf-2"]
    assert {d.platform_id for d in site.devices} == {"cisco_iosxe", "arista_eos"}
    assert site.policy.platforms["arista_eos"].minimum_releases
    assert not site.is_lab
    assert "role=border" in site.devices[3].tags


def test_a_host_that_says_only_its_platform_takes_everything_else_by_default(
    tmp_path: Path,
) -> None:
    r1 = devices(tmp_path, "r1.example.net: {platform: eos}")["r1.example.net"]
    assert (r1.address, r1.port, r1.credential_ref) == ("r1.example.net", 22, "default")
    assert (r1.tags, r1.expected) == (frozenset(), ())


def test_without_a_policy_the_defaults_hold(tmp_path: Path) -> None:
    site = load_site(write(tmp_path))
    assert site.policy == SitePolicy()
    assert site.policy_bytes == b""


def test_everything_read_is_kept_byte_for_byte(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "groups": "# g\r\n",
        "defaults": "",
        "policy": "# p\n",
        "known_hosts": b"\xff# k\n",
    }
    site = load_site(write(tmp_path, **files, lab="# lab\n"))
    assert dict(site.files) == {
        "hosts.yaml": HOSTS.encode(),
        "groups.yaml": b"# g\r\n",
        "defaults.yaml": b"",
        "policy.yaml": b"# p\n",
        "known_hosts": b"\xff# k\n",
        "lab.yaml": b"# lab\n",
    }
    assert site.policy_bytes == b"# p\n"
    assert site.is_lab


def test_an_empty_file_of_hosts_is_a_site_without_devices(tmp_path: Path) -> None:
    assert load_site(write(tmp_path, "# none yet\n")).devices == ()


@pytest.mark.parametrize("spelling", [".", "./", "../berlin", "../berlin/.", "../berlin/"])
def test_a_site_is_called_after_its_folder_however_it_is_spelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spelling: str
) -> None:
    monkeypatch.chdir(write(tmp_path / "berlin"))
    assert load_site(Path(spelling)).name == "berlin"


def test_a_site_that_is_a_link_keeps_the_name_of_the_link(tmp_path: Path) -> None:
    write(tmp_path / "berlin-2026")
    (tmp_path / "current").symlink_to(tmp_path / "berlin-2026")
    assert load_site(tmp_path / "current").name == "current"


def test_a_folder_whose_name_is_no_name_is_a_fault(tmp_path: Path) -> None:
    site = write(tmp_path / "bérlin")
    assert faults_of(lambda: load_site(site))[0].where == str(site)


def test_a_single_file_keeps_the_policy_and_the_groups_beside_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        "r1: {groups: [core]}",
        groups="core: {platform: eos}",
        policy="minimum_assurance: attested",
    )
    site = load_site(tmp_path / "hosts.yaml")
    assert site.name == "hosts"
    assert site.root == tmp_path
    assert site.devices[0].platform_id == "arista_eos"
    assert site.policy.minimum_assurance.word == "attested"
    assert site.known_hosts == tmp_path / "known_hosts"
    assert site.manifests == tmp_path / "manifests"


def test_a_policy_named_explicitly_replaces_that_of_the_site(tmp_path: Path) -> None:
    site = write(tmp_path / "site", policy="minimum_assurance: nonsense")
    other = tmp_path / "other.yaml"
    other.write_text("minimum_assurance: attested")
    loaded = load_site(site, policy_file=other)
    assert loaded.policy.minimum_assurance.word == "attested"
    assert loaded.policy_bytes == b"minimum_assurance: attested"
    assert "policy.yaml" not in dict(loaded.files)


def test_an_explicit_policy_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    site = write(tmp_path)
    (error,) = faults_of(lambda: load_site(site, policy_file=tmp_path / "absent.yaml"))
    assert isinstance(error, PolicyError)


@pytest.mark.parametrize(
    ("make", "where"),
    [
        (lambda root: root / "absent", "absent"),
        (lambda root: root, "hosts.yaml"),
        (lambda root: _file(root / "hosts.ini", b"[all]\nr1\n"), "hosts.ini"),
        (lambda root: _folder(root / "hosts.yaml"), "hosts.yaml"),
        (lambda root: _link(root / "hosts.yaml"), "hosts.yaml"),
        (lambda root: _fifo(root / "hosts.yaml"), "hosts.yaml"),
        (lambda root: root / ("x" * 300), "x" * 300),
        (lambda root: root / "nul\0l", "nul\0l"),
    ],
)
def test_what_is_no_site_is_a_fault_that_names_the_path(
    tmp_path: Path, make: "object", where: str
) -> None:
    assert callable(make)
    path = make(tmp_path)
    errors = faults_of(lambda: load_site(path))
    assert any(error.where.endswith(where) for error in errors)


def _file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _folder(path: Path) -> Path:
    path.mkdir()
    return path.parent


def _link(path: Path) -> Path:
    path.symlink_to(path.parent / "nowhere")
    return path.parent


def _fifo(path: Path) -> Path:
    os.mkfifo(path)
    return path.parent


@pytest.mark.parametrize("name", ["hosts.yaml", "groups.yaml", "policy.yaml", "known_hosts"])
def test_a_file_of_no_end_is_a_fault_and_not_a_full_memory(tmp_path: Path, name: str) -> None:
    site = write(tmp_path / "site")
    with (site / name).open("wb") as stream:
        stream.truncate(1 << 26 | 1)
    (error,) = faults_of(lambda: load_site(site))
    assert error.where == str(site / name)


def test_a_link_inside_the_site_is_read_through(tmp_path: Path) -> None:
    (tmp_path / "shared.yaml").write_text(HOSTS)
    site = tmp_path / "site"
    site.mkdir()
    (site / "hosts.yaml").symlink_to("../shared.yaml")
    assert dict(load_site(site).files)["hosts.yaml"] == HOSTS.encode()


def test_all_faults_of_all_files_come_at_once_each_with_its_line(tmp_path: Path) -> None:
    found = places(
        tmp_path,
        "r1:\n  hostname: 192.0.2.1\n  port: ssh\n  platform: cisco_iosx\n"
        "r2:\n  groups: [cor]\nr3: {}\n",
        groups="core:\n  data: {credential: a b}\n",
        defaults="port: 0\n",
        policy="minimum_assurance: none\nfoo: 1\n",
    )
    assert found == [
        "groups.yaml:2 core.data.credential",
        "defaults.yaml:1 port",
        "hosts.yaml:3 r1.port",
        "hosts.yaml:4 r1.platform",
        "hosts.yaml:6 r2.groups",
        "hosts.yaml:7 r3.platform",
        "policy.yaml:1 minimum_assurance",
        "policy.yaml:2 foo",
    ]


def test_faults_say_whose_they_are(tmp_path: Path) -> None:
    site = write(tmp_path, "r1: {platform: x}", policy="x: 1")
    errors = faults_of(lambda: load_site(site))
    assert [type(error) for error in errors] == [InventoryError, PolicyError]


def test_a_wrong_platform_of_a_group_is_told_once_and_not_for_each_host(tmp_path: Path) -> None:
    hosts = "".join(f"r{n}: {{groups: [core]}}\n" for n in range(50))
    found = places(tmp_path, hosts, groups="core: {platform: nothing-like-it}")
    assert found == ["groups.yaml:1 core.platform"]


def test_twenty_thousand_hosts_are_no_more_than_twenty_times_a_thousand(tmp_path: Path) -> None:
    def seconds(count: int) -> float:
        rows = (f"r{n},10.{n >> 16}.{n >> 8 & 255}.{n & 255},22,eos,core" for n in range(count))
        file = tmp_path / "hosts.csv"
        file.write_text("name,hostname,port,platform,groups\n" + "\n".join(rows))
        start = time.process_time()
        assert len(load_site(file).devices) == count
        return time.process_time() - start

    seconds(10)  # imports
    few = min(seconds(1000) for _ in range(3))
    # Quadratic would be four hundred times as long.
    assert seconds(20_000) < 100 * few
