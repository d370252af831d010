import re
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netintegrity.inventory.load import load_site
from tests.unit.inventory.sites import devices, message, only_refused, places, write

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(8)
)

HOSTS = {
    "tag that runs a program": "r1: !!python/object/apply:os.system ['touch /tmp/x']",
    "tag on a word": "r1: {hostname: !!python/name:os.system '', platform: eos}",
    "tag of binary": "r1: {hostname: !!binary 'MTkyLjAuMi4x', platform: eos}",
    "tag of one's own": "r1: !host {platform: eos}",
    "tag of a vault": "r1: {hostname: !vault '$ANSIBLE_VAULT;1.1', platform: eos}",
    "tag of a set": "!!set {r1: }",
    "alias": "r1: &a {platform: eos, hostname: r1}\nr2: *a",
    "merge key with an alias": "x: &x {platform: eos}\nr1: {<<: *x}",
    "merge key": "r1: {<<: {platform: eos}}",
    "alias that holds itself": "r1: &a {data: *a}",
    "billion laughs": BOMB,
    "two documents": "r1: {platform: eos}\n---\nr2: {platform: eos}",
    "duplicate host": "r1: {platform: eos}\nr1: {platform: eos}",
    "duplicate field": "r1: {platform: eos, port: 22, port: 23}",
    "a list": "- r1\n- r2",
    "a word": "r1",
    "a host that is a word": "r1: 192.0.2.1",
    "a host that is a list": "r1: [192.0.2.1]",
    "a key that is a list": "? [r1]\n: {platform: eos}",
    "a tab": "r1:\n\tplatform: eos",
    "unclosed": "r1: {platform: eos",
    "deep": "[" * 4000,
    "deep mappings": "r1: " + "{a: " * 40 + "1" + "}" * 40,
    "an escape past Unicode": 'r1: {hostname: "\\UFFFFFFFF", platform: eos}',
    "an endless version": "%YAML 1." + "9" * 5000 + "\n---\nr1: {platform: eos}",
    "not UTF-8": b"r1: {platform: \xff}",
    "UTF-16": "r1: {platform: eos}".encode("utf-16"),
    "NUL": b"r1: {platform: e\0os}",
    "option as host": "r1: {hostname: '-oProxyCommand=touch /tmp/x', platform: eos}",
    "option as name": "-oProxyCommand: {platform: eos}",
    "template": 'r1: {hostname: \'{{ lookup("pipe", "id") }}\', platform: eos}',
    "template statement": "r1: {hostname: '{% for x in y %}', platform: eos}",
    "newline in host": 'r1: {hostname: "192.0.2.1\\n192.0.2.2", platform: eos}',
    "trailing newline in host": 'r1: {hostname: "192.0.2.1\\n", platform: eos}',
    "blank in host": "r1: {hostname: 'r1 r2', platform: eos}",
    "escape in host": 'r1: {hostname: "r1\\e[2J", platform: eos}',
    "Cyrillic host": "r1: {hostname: \u0441isco.example.net, platform: eos}",
    "host with port": "r1: {hostname: '192.0.2.1:22', platform: eos}",
    "host in brackets": "r1: {hostname: '[2001:db8::1]', platform: eos}",
    "host with user": "r1: {hostname: admin@r1, platform: eos}",
    "host with length": "r1: {hostname: 192.0.2.1/24, platform: eos}",
    "host as URL": "r1: {hostname: 'ssh://r1', platform: eos}",
    "host with a zone": "r1: {hostname: 'fe80::1%eth0', platform: eos}",
    "octal address": "r1: {hostname: 0123, platform: eos}",
    "octal part": "r1: {hostname: 192.0.2.011, platform: eos}",
    "hex address": "r1: {hostname: 0x7f.1, platform: eos}",
    "number as address": "r1: {hostname: 2130706433, platform: eos}",
    "short address": "r1: {hostname: 127.1, platform: eos}",
    "unspecified": "r1: {hostname: 0.0.0.0, platform: eos}",
    "multicast": "r1: {hostname: 'ff02::1', platform: eos}",
    "long host": f"r1: {{hostname: {'a.' * 127}a, platform: eos}}",
    "long label": f"r1: {{hostname: {'a' * 64}.net, platform: eos}}",
    "empty label": "r1: {hostname: a..b, platform: eos}",
    "command in host": "r1: {hostname: 'r1;reboot', platform: eos}",
    "host that is a list": "r1: {hostname: [192.0.2.1], platform: eos}",
    "newline in name": '"r1\\nr2": {hostname: 192.0.2.1, platform: eos}',
    "accent in name": "r\u00f61: {hostname: 192.0.2.1, platform: eos}",
    "full-width name": "\uff521: {hostname: 192.0.2.1, platform: eos}",
    "right-to-left name": '"r1\\u202e": {hostname: 192.0.2.1, platform: eos}',
    "blank in name": "'r 1': {hostname: 192.0.2.1, platform: eos}",
    "path as name": "../../etc: {hostname: 192.0.2.1, platform: eos}",
    "folder as name": "..: {hostname: 192.0.2.1, platform: eos}",
    "clock as name": "17:10: {hostname: 192.0.2.1, platform: eos}",
    "empty name": "'': {hostname: 192.0.2.1, platform: eos}",
    "long name": f"{'r' * 64}: {{hostname: 192.0.2.1, platform: eos}}",
    "number as name and no host": "0123: {platform: eos}",
    "port as word": "r1: {platform: eos, port: ssh}",
    "octal port": "r1: {platform: eos, port: 0022}",
    "port as exponent": "r1: {platform: eos, port: 1e5}",
    "port as clock": "r1: {platform: eos, port: '17:10'}",
    "port 0": "r1: {platform: eos, port: 0}",
    "port 65536": "r1: {platform: eos, port: 65536}",
    "negative port": "r1: {platform: eos, port: -22}",
    "Arabic port": "r1: {platform: eos, port: \u0662\u0662}",
    "empty quoted port with blank": "r1: {platform: eos, port: ' 22'}",
    "password": "r1: {platform: eos, password: x}",
    "empty password": "r1: {platform: eos, password: }",
    "username": "r1: {platform: eos, username: admin}",
    "connection options": "r1: {platform: eos, connection_options: {netmiko: {}}}",
    "password command": "r1: {platform: eos, password_command: [id]}",
    "secret among data": "r1: {platform: eos, data: {enable_secret: x}}",
    "enable among data": "r1: {platform: eos, data: {enable: x}}",
    "community among data": "r1: {platform: eos, data: {snmp_community: x}}",
    "Ansible's password": "r1: {platform: eos, ansible_password: x}",
    "key file": "r1: {platform: eos, data: {ssh_key_file: x}}",
    "proxy command": "r1: {platform: eos, data: {ProxyCommand: nc}}",
    "SSH arguments": "r1: {platform: eos, data: {ansible_ssh_common_args: -oProxyCommand=id}}",
    "unknown field": "r1: {platform: eos, ssh_strict: false}",
    "nested data": "r1: {platform: eos, data: {site: {name: x}}}",
    "list among data": "r1: {platform: eos, data: {sites: [x]}}",
    "data that is a word": "r1: {platform: eos, data: x}",
    "tag key with equals": "r1: {platform: eos, data: {a=b: x}}",
    "tag key with comma": "r1: {platform: eos, data: {'a,b': x}}",
    "tag key of its own meaning": "r1: {platform: eos, data: {group: core}}",
    "credential misspelt": "r1: {platform: eos, data: {credentials: ro}}",
    "long tag": f"r1: {{platform: eos, data: {{a: {'x' * 2000}}}}}",
    "credential with a path": "r1: {platform: eos, data: {credential: ../ro}}",
    "group that is not": "r1: {platform: eos, groups: [nowhere]}",
    "groups as a word": "r1: {platform: eos, groups: core}",
    "too many groups": f"r1: {{platform: eos, groups: [{','.join(['x'] * 40)}]}}",
    "subjects as a mapping": "r1: {platform: eos, data: {subjects: {kind: chassis}}}",
    "a subject as a word": "r1: {platform: eos, data: {subjects: [chassis]}}",
    "a subject of no kind": "r1: {platform: eos, data: {subjects: [{id: '1'}]}}",
    "a subject of no id": "r1: {platform: eos, data: {subjects: [{kind: chassis}]}}",
    "a subject of another kind": "r1: {platform: eos, data: {subjects: [{kind: box, id: '1'}]}}",
    "a subject twice": "r1: {platform: eos, data: {subjects: "
    "[{kind: node, id: a}, {kind: node, id: a, serial: X}]}}",
    "a subject with more": "r1: {platform: eos, data: {subjects: [{kind: node, id: a, x: y}]}}",
    "a serial with a newline": "r1: {platform: eos, data: {subjects: "
    '[{kind: node, id: a, serial: "X\\nY"}]}}',
    "too many subjects": "r1: {platform: eos, data: {subjects: "
    f"[{','.join(f'{{kind: node, id: n{n}}}' for n in range(300))}]}}}}",
    "no platform": "r1: {hostname: 192.0.2.1}",
    "empty host": "r1:",
    "one address twice": "r1: {hostname: 192.0.2.1, platform: eos}\n"
    "r2: {hostname: 192.0.2.1, platform: eos}",
    "one address in two spellings": "r1: {hostname: '2001:db8::1', platform: eos}\n"
    "r2: {hostname: '2001:0DB8:0::1', platform: eos}",
    "one address mapped": "r1: {hostname: 192.0.2.1, platform: eos}\n"
    "r2: {hostname: '::ffff:192.0.2.1', platform: eos}",
    "one name in two spellings": "r1: {hostname: sw.example.net, platform: eos}\n"
    "r2: {hostname: SW.example.net., platform: eos}",
}


@pytest.mark.parametrize("hosts", HOSTS.values(), ids=HOSTS)
def test_a_hostile_file_of_hosts_is_refused_with_its_file_and_never_loaded(
    tmp_path: Path, hosts: str | bytes
) -> None:
    found = places(tmp_path, hosts)
    assert found
    assert all(re.match(r"hosts\.yaml(:\d+( \S.*)?)?\Z", place) for place in found)


@pytest.mark.parametrize("hosts", HOSTS.values(), ids=HOSTS)
def test_a_message_is_short_and_of_one_line_whatever_the_file_holds(
    tmp_path: Path, hosts: str | bytes
) -> None:
    site = write(tmp_path, hosts)
    with pytest.raises(ExceptionGroup) as raised:
        load_site(site)
    for error in raised.value.exceptions:
        text = str(error).removeprefix(str(site))
        assert text.isprintable()
        assert len(text) < 400


@pytest.mark.parametrize(
    "name", ["no", "yes", "null", "0123", "1e5", "17.10", "0x1F", "~x"[1:], "2026-01-01"]
)
def test_a_word_that_yaml_would_type_is_a_name_as_written(tmp_path: Path, name: str) -> None:
    assert list(devices(tmp_path, f"{name}: {{hostname: 192.0.2.1, platform: eos}}")) == [name]


def test_a_tag_is_text_on_one_line(tmp_path: Path) -> None:
    hosts = 'r1: {platform: eos, data: {note: "a\\n b\\e[2J\\u202e", x: 0123, y: no}}'
    assert devices(tmp_path, hosts)["r1"].tags == {
        r"note=a b\x1b[2J\u202e",
        "x=0123",
        "y=no",
    }


def test_a_refused_name_names_the_character(tmp_path: Path) -> None:
    assert "U+00F6" in message(tmp_path, "r\u00f61: {hostname: 192.0.2.1, platform: eos}")


def test_a_refused_port_is_told_as_documented(tmp_path: Path) -> None:
    text = message(tmp_path, "r7: {platform: eos, port: ssh}")
    assert "hosts.yaml:1 r7.port: expected 1\N{EN DASH}65535, got 'ssh'" in text


def test_a_refused_secret_is_not_repeated(tmp_path: Path) -> None:
    hosts = "r1: {platform: eos, password: hunter2hunter2, data: {enable: hunter2hunter2}}"
    site = write(tmp_path, hosts)
    with pytest.raises(ExceptionGroup) as raised:
        load_site(site)
    assert all("hunter2" not in str(e) for e in raised.value.exceptions)


NAMES = ("hosts", "groups", "defaults", "policy", "known_hosts")
PIECES = st.sampled_from(
    [
        *("r1", ": ", "{", "}", "[", "]", ", ", "\n", "  ", "&a", "*a", "!x", "- ", "'", '"', "\\"),
        *("platform", "eos", "groups", "data", "subjects", "kind", "port", "22", "|", ">", "#"),
        *("%", "---", "?", "minimum", "ApprovedFirmwareVersions", "rules", "omit", "\0", "\x85"),
    ]
)
CONTENT = st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=40).map("".join))


@settings(max_examples=150, deadline=None)
@given(files=st.dictionaries(st.sampled_from(NAMES), CONTENT, min_size=1), csv=CONTENT)
def test_any_bytes_load_or_end_in_our_own_errors(
    files: dict[str, str | bytes], csv: str | bytes
) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder) / "site"
        files = {"hosts": "", **files}
        write(root, **files)
        file = root / "hosts.csv"
        file.write_bytes(csv.encode() if isinstance(csv, str) else csv)
        for path in (root, file):
            only_refused(partial(load_site, path))
