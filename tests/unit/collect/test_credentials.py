"""Whose secret, from where, and offered to whom."""

import os
import traceback
from pathlib import Path

import pytest

from netintegrity.collect.credentials import Credential, CredentialProvider
from netintegrity.collect.secret import Secret
from netintegrity.errors import CredentialError
from tests.loopback.box import device, secret_file

CANARY = "canary-7f3a-canary"
STORED = (
    f'ro: {{username: audit, password: "{CANARY}", enable: "{CANARY}-2", hosts: ["127.0.0.0/8"]}}\n'
)
ENVIRONMENT = {
    "NETINTEGRITY_RO_USERNAME": "env-user",
    "NETINTEGRITY_RO_PASSWORD": "env-password",
    "NETINTEGRITY_RO_HOSTS": "127.0.0.0/8, *.example.net",
}


def stored(tmp_path: Path, text: str = STORED, mode: int = 0o600) -> Path:
    return secret_file(tmp_path / "credentials.yaml", text, mode)


def test_the_operators_file_is_read(tmp_path: Path) -> None:
    found = CredentialProvider({}, stored(tmp_path)).for_device(device(22))
    assert found.username == "audit"
    assert found.password == Secret(CANARY)
    assert found.enable == Secret(f"{CANARY}-2")
    assert not found.agent


def test_the_environment_wins_field_by_field(tmp_path: Path) -> None:
    env = {"NETINTEGRITY_RO_PASSWORD": "env-password"}
    found = CredentialProvider(env, stored(tmp_path)).for_device(device(22))
    assert (found.username, found.password) == ("audit", Secret("env-password"))


def test_the_environment_alone_is_enough() -> None:
    found = CredentialProvider(ENVIRONMENT).for_device(device(22))
    assert found.username == "env-user"
    assert found.hosts == ("127.0.0.0/8", "*.example.net")


def test_a_reference_with_dots_and_dashes_has_a_variable_too() -> None:
    env = {k.replace("_RO_", "_A_B_C_"): v for k, v in ENVIRONMENT.items()}
    found = CredentialProvider(env).for_device(device(22, credential_ref="a-b.c"))
    assert found.username == "env-user"


@pytest.mark.parametrize(
    ("hosts", "address", "offered"),
    [
        ("127.0.0.0/8", "127.0.0.1", True),
        ("192.0.2.0/24", "127.0.0.1", False),
        ("192.0.2.7", "192.0.2.7", True),
        ("2001:db8::/32", "2001:db8::1", True),
        ("2001:db8::/32", "192.0.2.7", False),
        ("192.0.2.0/24", "r1.example.net", False),
        ("*.example.net", "r1.example.net", True),
        ("*.example.net", "R1.EXAMPLE.NET.", True),
        ("*.example.net", "example.net", False),
        ("*.example.net", "r1.example.net.evil.test", False),
        ("192.0.2.7/24", "192.0.2.9", True),
    ],
)
def test_a_secret_is_offered_only_where_its_owner_said(
    hosts: str, address: str, offered: bool
) -> None:
    provider = CredentialProvider({**ENVIRONMENT, "NETINTEGRITY_RO_HOSTS": hosts})
    if offered:
        assert provider.for_device(device(22, address=address)).username == "env-user"
    else:
        with pytest.raises(CredentialError):
            provider.for_device(device(22, address=address))


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o601, 0o660, 0o777])
def test_a_file_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(CredentialError):
        CredentialProvider({}, stored(tmp_path, mode=mode))


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_of_the_owner_alone_is_read(tmp_path: Path, mode: int) -> None:
    assert CredentialProvider({}, stored(tmp_path, mode=mode)).for_device(device(22)).username


def test_what_is_no_plain_file_is_refused(tmp_path: Path) -> None:
    real = stored(tmp_path)
    link = tmp_path / "link.yaml"
    link.symlink_to(real)
    fifo = tmp_path / "fifo.yaml"
    os.mkfifo(fifo, 0o600)
    for path in (link, fifo, tmp_path, tmp_path / "absent.yaml"):
        with pytest.raises(CredentialError):
            CredentialProvider({}, path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    path = stored(tmp_path)
    os.chown(path, 12345, 12345)
    with pytest.raises(CredentialError):
        CredentialProvider({}, path)


@pytest.mark.parametrize(
    "text",
    [
        CANARY,
        f"- {CANARY}",
        f"ro: {CANARY}",
        f"ro: [{CANARY}]",
        f"ro: {{username: a, password: [{CANARY}], hosts: ['*']}}",
        f"ro: {{username: a, password: '{CANARY}'}}",
        f"ro: {{username: a, password: '{CANARY}', hosts: []}}",
        f"ro: {{username: a, password: '{CANARY}', hosts: ['*'], odd: x}}",
        f"ro: {{username: a, password: '{CANARY}', hosts: ['*'], agent: maybe}}",
        f"ro: {{username: a, password: '{CANARY}', password: '{CANARY}', hosts: ['*']}}",
        f"ro: {{username: a, password: {CANARY}: {CANARY}, hosts: ['*']}}",
        f"ro: {{username: a, password: !!binary {CANARY}, hosts: ['*']}}",
        f"ro: {{username: a, password: &x '{CANARY}', enable: *x, hosts: ['*']}}",
        f'ro: {{username: a, password: "{CANARY}',
    ],
)
def test_a_faulty_file_is_named_and_its_content_is_not_shown(tmp_path: Path, text: str) -> None:
    with pytest.raises((CredentialError, ExceptionGroup)) as caught:
        CredentialProvider({}, stored(tmp_path, text))
    shown = "".join(traceback.format_exception(caught.value))
    assert "credentials.yaml" in shown
    assert CANARY not in str(caught.value)
    assert CANARY not in shown.replace(text, "")


@pytest.mark.parametrize("missing", ["USERNAME", "PASSWORD", "HOSTS"])
def test_what_is_missing_is_named_with_where_it_was_looked_for(missing: str) -> None:
    env = {k: v for k, v in ENVIRONMENT.items() if not k.endswith(missing)}
    with pytest.raises(CredentialError) as caught:
        CredentialProvider(env).for_device(device(22))
    assert f"NETINTEGRITY_RO_{missing}" in str(caught.value)


def test_a_person_is_asked_last_and_once() -> None:
    asked: list[tuple[str, bool]] = []

    def ask(question: str, secret: bool) -> str:
        asked.append((question, secret))
        return {True: CANARY, False: "127.0.0.0/8" if "Hosts" in question else "typed"}[secret]

    provider = CredentialProvider({}, ask=ask)
    first = provider.for_device(device(22))
    again = provider.for_device(device(23))
    assert first is again
    assert (first.username, first.password) == ("typed", Secret(CANARY))
    assert [secret for _, secret in asked] == [False, False, True]


def test_nobody_is_asked_where_a_source_has_it() -> None:
    def ask(question: str, secret: bool) -> str:
        raise AssertionError(question, secret)

    assert CredentialProvider(ENVIRONMENT, ask=ask).for_device(device(22)).username == "env-user"


@pytest.mark.parametrize("home", ["HOME", "XDG_CONFIG_HOME"])
def test_the_file_lies_where_configuration_lies(tmp_path: Path, home: str) -> None:
    base = tmp_path / ".config" if home == "HOME" else tmp_path
    (base / "netintegrity").mkdir(parents=True)
    secret_file(base / "netintegrity" / "credentials.yaml", STORED)
    provider = CredentialProvider.of_operator({home: str(tmp_path)})
    assert provider.for_device(device(22)).username == "audit"


def test_no_file_is_no_fault_unless_it_was_named(tmp_path: Path) -> None:
    absent = {"NETINTEGRITY_CREDENTIALS": str(tmp_path / "absent")}
    with pytest.raises(CredentialError):
        CredentialProvider.of_operator(absent)
    home = {"HOME": str(tmp_path), **ENVIRONMENT}
    assert CredentialProvider.of_operator(home).for_device(device(22)).username == "env-user"


def test_all_that_is_missing_is_told_before_anything_is_connected_to() -> None:
    provider = CredentialProvider(ENVIRONMENT)
    provider.require([device(22)])
    devices = [device(22, credential_ref="a"), device(22, address="192.0.2.1"), device(22)]
    with pytest.raises(ExceptionGroup) as caught:
        provider.require(devices)
    assert len(caught.value.exceptions) == 2
    assert all(isinstance(e, CredentialError) for e in caught.value.exceptions)


def test_a_key_file_or_an_agent_stands_in_for_a_password(tmp_path: Path) -> None:
    text = (
        "ro: {username: a, key_file: /k, hosts: ['*']}\n"
        "ag: {username: a, agent: yes, hosts: ['*']}\n"
    )
    provider = CredentialProvider({}, stored(tmp_path, text))
    by_key = provider.for_device(device(22))
    by_agent = provider.for_device(device(22, credential_ref="ag"))
    assert (by_key.key_files, by_key.password, by_key.agent) == ((Path("/k"),), None, False)
    assert by_agent.agent


def test_a_credential_shows_no_secret(tmp_path: Path) -> None:
    provider = CredentialProvider({}, stored(tmp_path))
    found = provider.for_device(device(22))
    assert CANARY not in repr(found) + str(found) + repr(vars(provider))
    assert isinstance(found, Credential)
    assert len(found.secrets) == 2


def test_short_secrets_are_told_beforehand() -> None:
    provider = CredentialProvider({**ENVIRONMENT, "NETINTEGRITY_RO_PASSWORD": "cisco"})
    provider.for_device(device(22))
    assert provider.short_secrets() == ("ro",)
