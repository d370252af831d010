"""known_hosts as OpenSSH writes it; the two sample files and the fingerprints are ssh-keygen's."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.collect.hostkeys import HostKeys, KeyStanding, ServerKey, host_name
from netintegrity.errors import ConfigError

HERE = Path(__file__).parent
PLAIN = HostKeys.read(HERE / "known_hosts.plain")
ECDSA, ED25519, RSA = (e.key for e in PLAIN.entries[:3])
MARK = "# netintegrity: first-use 2026-01-01T00:00:00Z reason=no console"


def keys(*lines: str) -> HostKeys:
    return HostKeys.parse("\n".join(lines).encode(), name="kh")


@pytest.mark.parametrize("file", ["known_hosts.plain", "known_hosts.hashed"])
@pytest.mark.parametrize(("host", "port"), [("192.0.2.7", 2222), ("r1.example.net", 22)])
def test_openssh_files_are_read_plain_and_hashed(file: str, host: str, port: int) -> None:
    read = HostKeys.read(HERE / file)
    assert read.warnings == ()
    assert all(read.check(host, port, k) is KeyStanding.MATCHED for k in (ECDSA, ED25519, RSA))
    assert read.of(host, port + 1) == ()


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (ECDSA, "384 SHA256:NgyGkvGFeGdi3izlCq4pTLAZG3ADF4/olfHcHOfu5uY r1 (ECDSA)"),
        (ED25519, "256 SHA256:TbaeNoyHzrtsGNAfIArvczYHwq7xr3UpnBKeBuHQHTo r1 (ED25519)"),
        (RSA, "2048 SHA256:DbD55DrIK+cmnmY1lcKqCt+HPpxHjiPjWbJ8lNiSYAQ r1 (RSA)"),
    ],
)
def test_a_key_is_described_as_ssh_keygen_describes_it(key: ServerKey, line: str) -> None:
    assert key.described("r1") == line


@pytest.mark.parametrize(
    ("names", "host", "port", "standing"),
    [
        ("r1", "r1", 22, KeyStanding.MATCHED),
        ("R1", "r1", 22, KeyStanding.MATCHED),
        ("r1", "R1", 22, KeyStanding.MATCHED),
        ("r1", "r1", 2222, KeyStanding.UNKNOWN),
        ("[r1]:2222", "r1", 2222, KeyStanding.MATCHED),
        ("[r1]:2222", "r1", 22, KeyStanding.UNKNOWN),
        ("r2,r1", "r1", 22, KeyStanding.MATCHED),
        ("*", "r1", 22, KeyStanding.MATCHED),
        ("r?", "r1", 22, KeyStanding.MATCHED),
        ("r?", "r12", 22, KeyStanding.UNKNOWN),
        ("192.0.2.*", "192.0.2.9", 22, KeyStanding.MATCHED),
        ("[127.0.0.*]:2222", "127.0.0.1", 2222, KeyStanding.MATCHED),
        ("[127.0.0.*]:2222", "127.0.0.1", 2223, KeyStanding.UNKNOWN),
        ("*.example.net,!bad.example.net", "r1.example.net", 22, KeyStanding.MATCHED),
        ("*.example.net,!bad.example.net", "bad.example.net", 22, KeyStanding.UNKNOWN),
        ("!bad.example.net,*.example.net", "bad.example.net", 22, KeyStanding.UNKNOWN),
        ("!r1", "r2", 22, KeyStanding.UNKNOWN),
        ("2001:db8::1", "2001:db8::1", 22, KeyStanding.MATCHED),
        ("[ab]*", "a1", 22, KeyStanding.UNKNOWN),
    ],
)
def test_names_match_as_openssh_matches_them(
    names: str, host: str, port: int, standing: KeyStanding
) -> None:
    assert keys(ED25519.line(names)).check(host, port, ED25519) is standing


def test_another_key_than_the_pinned_one_is_changed() -> None:
    assert keys(ED25519.line("r1")).check("r1", 22, ECDSA) is KeyStanding.CHANGED


def test_several_keys_of_one_host_are_legal() -> None:
    both = keys(ED25519.line("r1"), RSA.line("r1"))
    assert both.check("r1", 22, RSA) is KeyStanding.MATCHED
    assert both.algorithms("r1", 22)[:3] == ("ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256")


def test_a_pinned_key_of_a_type_nobody_can_ask_for_changes_nothing() -> None:
    blob = b"\0\0\0\7ssh-dss\0\0\0\1x"
    dss = ServerKey.from_blob(blob)
    assert keys(dss.line("r1")).check("r1", 22, RSA) is KeyStanding.UNKNOWN


@pytest.mark.parametrize("order", [1, -1])
def test_a_revoked_key_is_refused_wherever_its_line_stands(order: int) -> None:
    lines = [ED25519.line("r1"), "@revoked " + ED25519.line("*")][::order]
    assert keys(*lines).check("r1", 22, ED25519) is KeyStanding.REVOKED


def test_a_revoked_key_does_not_make_another_one_changed() -> None:
    assert keys("@revoked " + RSA.line("r1")).check("r1", 22, ED25519) is KeyStanding.UNKNOWN


def test_a_key_approved_unseen_says_so_until_a_line_without_the_mark_stands() -> None:
    unseen = keys(ED25519.line("r1", MARK))
    assert unseen.check("r1", 22, ED25519) is KeyStanding.FIRST_USE
    both = keys(ED25519.line("r1", MARK), ED25519.line("r1"))
    assert both.check("r1", 22, ED25519) is KeyStanding.MATCHED


def test_what_cannot_be_used_is_skipped_with_its_line() -> None:
    read = keys(
        "# a comment",
        "",
        "garbage",
        "@cert-authority *.example.net " + ED25519.line("x").split(" ", 1)[1],
        "@odd " + ED25519.line("r1"),
        "r1 ssh-ed25519 notbase64!",
        "r1 ssh-ed25519 AAAA",
        "r1 ssh-rsa " + ED25519.line("x").split()[2],
        "@revoked\t" + RSA.line("r9"),
        ED25519.line("r1"),
    )
    assert [w.split(":")[1] for w in read.warnings] == ["3", "5", "6", "7", "8"]
    assert [e.line for e in read.authorities] == [4]
    assert [e.line for e in read.entries] == [9, 10]
    assert read.check("r9", 22, RSA) is KeyStanding.REVOKED


def test_a_line_that_states_another_type_pins_nothing() -> None:
    line = "r1 ssh-rsa " + ED25519.line("x").split()[2]
    assert keys(line).check("r1", 22, ED25519) is KeyStanding.UNKNOWN


def test_an_absent_file_pins_nothing(tmp_path: Path) -> None:
    assert HostKeys.read(tmp_path / "absent").entries == ()


def test_a_file_that_cannot_be_read_is_no_empty_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        HostKeys.read(tmp_path)


@given(st.binary(max_size=200))
def test_no_bytes_raise(raw: bytes) -> None:
    HostKeys.parse(raw, name="kh")


@given(st.binary(max_size=64))
def test_no_blob_but_a_key_is_a_key(blob: bytes) -> None:
    try:
        key = ServerKey.from_blob(blob)
    except ValueError:
        return
    assert key.described("x").startswith(str(key.bits))


def test_a_bare_name_stands_for_port_22_alone() -> None:
    assert (host_name("R1", 22), host_name("R1", 23)) == ("r1", "[r1]:23")
