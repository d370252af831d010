"""Secrets out of programs and out of what systemd hands over."""

import os
import time
import traceback
from pathlib import Path

import pytest

from netintegrity.collect.credentials import CredentialProvider
from netintegrity.collect.secret import Secret
from netintegrity.collect.secret_command import secret_of
from netintegrity.errors import CredentialError
from tests.loopback.box import device, secret_file

CANARY = "canary-51c9-canary"


def program(folder: Path, body: str, mode: int = 0o700) -> Path:
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(mode)
    return path


def provider(
    tmp_path: Path, command: str, environ: dict[str, str] | None = None
) -> CredentialProvider:
    text = f"ro: {{username: audit, hosts: ['127.0.0.0/8'], {command}}}\n"
    return CredentialProvider(environ or {}, secret_file(tmp_path / "credentials.yaml", text))


def test_a_program_prints_the_password_and_is_run_once(tmp_path: Path) -> None:
    count = tmp_path / "count"
    path = program(tmp_path, f'echo x >> {count}\nprintf "%s\\nurl: x\\n" "$1-{CANARY}"')
    found = provider(tmp_path, f"password_command: [{path}, 'a b;c']")
    assert not count.exists()
    credential = found.for_device(device(22))
    assert credential.password == Secret(f"a b;c-{CANARY}")
    found.for_device(device(23))
    assert count.read_text() == "x\n"


@pytest.mark.parametrize("secret", ["enable", "passphrase"])
def test_the_other_secrets_may_come_from_programs_too(tmp_path: Path, secret: str) -> None:
    path = program(tmp_path, f"echo {CANARY}")
    found = provider(tmp_path, f"agent: yes, {secret}_command: [{path}]").for_device(device(22))
    assert getattr(found, secret) == Secret(CANARY)
    assert found.secrets == (Secret(CANARY),)


def test_a_program_gets_next_to_no_environment_and_no_terminal(tmp_path: Path) -> None:
    path = program(tmp_path, "echo $(env | cut -d= -f1 | sort | tr '\\n' ,)$(tty)")
    environ = {"HOME": "/h", "LD_PRELOAD": "x", "NETINTEGRITY_OTHER_PASSWORD": CANARY, "TERM": "x"}
    said = secret_of([str(path)], environ, where="ro")
    assert said == "HOME,LANG,PATH,PWD,not a tty"


def test_the_environment_wins_and_no_program_is_run(tmp_path: Path) -> None:
    path = program(tmp_path, f"touch {tmp_path}/ran; echo {CANARY}")
    environ = {"NETINTEGRITY_RO_PASSWORD": "from-the-environment"}
    found = provider(tmp_path, f"password_command: [{path}]", environ)
    assert found.for_device(device(22)).password == Secret("from-the-environment")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (f"echo {CANARY}; echo {CANARY} >&2; exit 3", "ended with status 3"),
        ("true", "prints no secret"),
        ("echo; echo second", "prints no secret"),
        (f"echo {CANARY} >&2", "prints no secret"),
        ("printf '\\377\\n'", "no UTF-8"),
        ("head -c 100000 /dev/zero | tr '\\0' x", "more than 65536 bytes"),
        ("cat /dev/zero", "more than 65536 bytes"),
    ],
)
def test_a_program_that_fails_is_told_without_what_it_said(
    tmp_path: Path, body: str, told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = program(tmp_path, body)
    with pytest.raises(CredentialError, match=told) as caught:
        provider(tmp_path, f"password_command: [{path}]").for_device(device(22))
    shown = "".join(traceback.format_exception(caught.value))
    assert CANARY not in shown
    assert CANARY not in "".join(capfd.readouterr())


@pytest.mark.parametrize("body", ["sleep 30", "sleep 30 & sleep 30", "trap '' TERM; sleep 30"])
def test_a_program_that_hangs_is_killed_with_all_it_started(tmp_path: Path, body: str) -> None:
    path = program(tmp_path, body)
    began = time.monotonic()
    with pytest.raises(CredentialError, match="did not end"):
        secret_of([str(path)], {}, where="ro", timeout_s=0.3)
    assert time.monotonic() - began < 10.0


def test_what_a_program_leaves_behind_ends_with_it(tmp_path: Path) -> None:
    path = program(tmp_path, f"(sleep 3; touch {tmp_path}/later) >/dev/null 2>&1 &\necho {CANARY}")
    assert secret_of([str(path)], {}, where="ro") == CANARY
    time.sleep(3.5)
    assert not (tmp_path / "later").exists()


@pytest.mark.parametrize(
    "command",
    [
        "password_command: pass show x",
        "password_command: []",
        "password_command: [[a]]",
        "password_command: {a: b}",
        "password_command: [pass, show]",
        "password_command: [./program]",
        "password_command: [/absent/program]",
        "password_command: [/etc/passwd]",
        "password_command: [/]",
        f"password_command: [/bin/echo, x], password: {CANARY}",
    ],
)
def test_a_command_that_cannot_be_meant_is_a_fault_of_the_file(
    tmp_path: Path, command: str
) -> None:
    with pytest.raises(ExceptionGroup) as caught:
        provider(tmp_path, command)
    assert "ro.password_command" in str(caught.value.exceptions)
    assert CANARY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("mode", [0o770, 0o702, 0o722])
def test_a_program_others_can_change_is_not_run(tmp_path: Path, mode: int) -> None:
    path = program(tmp_path, "echo x", mode)
    with pytest.raises(ExceptionGroup):
        provider(tmp_path, f"password_command: [{path}]")


def test_no_environment_variable_names_a_command(tmp_path: Path) -> None:
    path = program(tmp_path, f"touch {tmp_path}/ran; echo {CANARY}")
    environ = {
        "NETINTEGRITY_RO_USERNAME": "audit",
        "NETINTEGRITY_RO_HOSTS": "127.0.0.0/8",
        "NETINTEGRITY_RO_PASSWORD_COMMAND": str(path),
    }
    with pytest.raises(CredentialError, match="no password"):
        CredentialProvider(environ).for_device(device(22))
    assert not (tmp_path / "ran").exists()


def handed(tmp_path: Path, **files: str) -> dict[str, str]:
    """Files as systemd shows them to a service of another user: a group by their access list."""
    folder = tmp_path / "credentials"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        secret_file(folder / name.replace("_", "."), text, 0o440)
    return {
        "CREDENTIALS_DIRECTORY": str(folder),
        "NETINTEGRITY_RO_USERNAME": "audit",
        "NETINTEGRITY_RO_HOSTS": "127.0.0.0/8",
    }


def test_systemd_hands_over_single_secrets(tmp_path: Path) -> None:
    environ = handed(tmp_path, ro_password=f"{CANARY}\n", ro_enable="enable-handed-over")
    found = CredentialProvider(environ).for_device(device(22))
    assert (found.password, found.enable) == (Secret(CANARY), Secret("enable-handed-over"))


def test_systemd_hands_over_the_whole_file(tmp_path: Path) -> None:
    text = f"ro: {{username: service, password: {CANARY}, hosts: ['127.0.0.0/8']}}\n"
    environ = handed(tmp_path, credentials_yaml=text)
    del environ["NETINTEGRITY_RO_USERNAME"]
    found = CredentialProvider.of_operator(environ).for_device(device(22))
    assert (found.username, found.password) == ("service", Secret(CANARY))


def test_what_systemd_hands_over_wins_over_the_file_and_loses_to_the_environment(
    tmp_path: Path,
) -> None:
    text = "ro: {username: u, password: of-the-file, hosts: ['127.0.0.0/8']}\n"
    file = secret_file(tmp_path / "credentials.yaml", text)
    environ = handed(tmp_path, ro_password=CANARY)
    assert CredentialProvider(environ, file).for_device(device(22)).password == Secret(CANARY)
    environ["NETINTEGRITY_RO_PASSWORD"] = "of-the-environment"
    found = CredentialProvider(environ, file).for_device(device(22))
    assert found.password == Secret("of-the-environment")


@pytest.mark.parametrize("text", ["", "\n", f"{CANARY}\n{CANARY}\n", "x" * 5000])
def test_what_is_no_single_line_is_no_secret(tmp_path: Path, text: str) -> None:
    with pytest.raises(CredentialError, match="one line") as caught:
        CredentialProvider(handed(tmp_path, ro_password=text)).for_device(device(22))
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("mode", [0o444, 0o460, 0o604])
def test_what_everybody_can_read_or_a_group_can_write_is_refused(tmp_path: Path, mode: int) -> None:
    environ = handed(tmp_path, ro_password=CANARY)
    (Path(environ["CREDENTIALS_DIRECTORY"]) / "ro.password").chmod(mode)
    with pytest.raises(CredentialError, match="others can read"):
        CredentialProvider(environ).for_device(device(22))


def test_a_relative_folder_of_credentials_is_none(tmp_path: Path) -> None:
    handed(tmp_path, ro_password=CANARY)
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        environ = {"CREDENTIALS_DIRECTORY": "credentials", "NETINTEGRITY_RO_USERNAME": "u"}
        with pytest.raises(CredentialError, match="no password"):
            CredentialProvider(environ).for_device(device(22))
    finally:
        os.chdir(before)
