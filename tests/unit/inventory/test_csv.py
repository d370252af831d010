from pathlib import Path

import pytest

from netintegrity.inventory.load import load_site
from netintegrity.inventory.site import Site
from tests.unit.inventory.sites import faults_of

HEADER = "name,hostname,port,platform,groups,credential"


def site(root: Path, text: str | bytes, **beside: str) -> Path:
    file = root / "berlin.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    for name, content in beside.items():
        (root / f"{name}.yaml").write_text(content)
    return file


def load(root: Path, text: str | bytes, **beside: str) -> Site:
    return load_site(site(root, text, **beside))


def places(root: Path, text: str | bytes, **beside: str) -> list[str]:
    file = site(root, text, **beside)
    return [e.where.removeprefix(f"{root}/") for e in faults_of(lambda: load_site(file))]


def test_the_documented_header_loads(tmp_path: Path) -> None:
    loaded = load(tmp_path, f"{HEADER},rack\nr1,192.0.2.1,2222,cisco_iosxe,core;edge,ro,b 12\n")
    (r1,) = loaded.devices
    assert (r1.name, r1.address, r1.port) == ("r1", "192.0.2.1", 2222)
    assert (r1.platform_id, r1.credential_ref) == ("cisco_iosxe", "ro")
    assert r1.tags == {"group=core", "group=edge", "rack=b 12"}
    assert (loaded.name, loaded.root) == ("berlin", tmp_path)
    assert [name for name, _ in loaded.files] == ["berlin.csv"]


def test_a_spreadsheets_mark_line_ends_quotes_and_empty_lines_are_read(tmp_path: Path) -> None:
    raw = b'\xef\xbb\xbfname,platform,note\r\n\r\n"r1", eos,"a, b"\r\nr2,eos,\r\n'
    assert [d.name for d in load(tmp_path, raw).devices] == ["r1", "r2"]


def test_an_empty_cell_says_nothing(tmp_path: Path) -> None:
    (r1,) = load(tmp_path, f"{HEADER},rack\nr1,,,eos,,,\n").devices
    assert (r1.address, r1.port, r1.credential_ref) == ("r1", 22, "default")
    assert r1.tags == frozenset()


def test_groups_beside_it_count_and_must_exist_then(tmp_path: Path) -> None:
    rows = f"{HEADER}\nr1,,,,core,\n"
    (r1,) = load(tmp_path, rows, groups="core: {platform: eos, data: {role: core}}").devices
    assert r1.platform_id == "arista_eos"
    assert "role=core" in r1.tags
    assert "berlin.csv:2 r1.groups" in places(tmp_path, rows, groups="edge: {platform: eos}")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "berlin.csv:1"),
        ("hostname,platform\n192.0.2.1,eos\n", "berlin.csv:1"),
        ("name;platform\nr1;eos\n", "berlin.csv:1"),
        ("name,platform\nr1\n", "berlin.csv:2 r1"),
        ("name,platform\nr1,eos,more\n", "berlin.csv:2 r1"),
        ('name,platform\n"r\n1",eos\nr2\n', "berlin.csv:4 r2"),
        ('name,platform\n"r1,eos\n', "berlin.csv:2"),
        ('name,platform\n"r1"x,eos\n', "berlin.csv:2"),
        (f"name,platform\nr1,{'x' * 200_000}\n", "berlin.csv:2"),
        ("name,platform,password\nr1,eos,x\n", "berlin.csv:1 column 3 password"),
        ("name,platform,secret\nr1,eos,x\n", "berlin.csv:1 column 3 secret"),
        ("name,platform,enable\nr1,eos,x\n", "berlin.csv:1 column 3 enable"),
        ("name,platform,username\nr1,eos,x\n", "berlin.csv:1 column 3 username"),
        ("name,platform,password_command\nr1,eos,x\n", "berlin.csv:1 column 3 password_command"),
        ("name,platform,\nr1,eos,x\n", "berlin.csv:1 column 3 ''"),
        ("name,platform,name\nr1,eos,x\n", "berlin.csv:1 column 3 name"),
        ("name,platform,rack,rack\nr1,eos,x,y\n", "berlin.csv:1 column 4 rack"),
        ("name,platform\nr1,eos\nr1,eos\n", "berlin.csv:3 r1"),
        ("name,platform\n,eos\n", "berlin.csv:2 ''"),
        ("name,platform,port\nr1,eos,ssh\n", "berlin.csv:2 r1.port"),
        ("name,platform,groups\nr1,eos,a b\n", "berlin.csv:2 r1.groups"),
        (f"name,platform,groups\nr1,eos,{';'.join('x' * 40)}\n", "berlin.csv:2 r1.groups"),
        ("name,platform\n=cmd|' /C calc'!A0,eos\n", "berlin.csv:2 \"=cmd|' /C calc'!A0\""),
        (f"name,{','.join(f'c{n}' for n in range(100))}\n", "berlin.csv:1"),
        (b"name,platform\nr1,\xff\n", "berlin.csv"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str | bytes, where: str) -> None:
    assert where in places(tmp_path, text)
