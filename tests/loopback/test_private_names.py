"""The names of netmiko and paramiko below their public surface that the guard stands on.

An upgrade that changes one breaks here, and not by sending something past the guard.
"""

import inspect
import socket

import paramiko
import pytest
from netmiko import ConnectHandler
from netmiko.base_connection import BaseConnection

from netintegrity.collect.client import GuardedClient
from netintegrity.collect.hostkeys import HostKeys
from netintegrity.collect.keycheck import HostKeyCheck
from netintegrity.collect.login import KeyFiles
from netintegrity.errors import CommandRejectedError
from tests.loopback.box import LIMITS, credential


def test_netmiko_builds_its_client_where_ours_is_put_in() -> None:
    assert "self._get_ssh_client_instance()" in inspect.getsource(BaseConnection._build_ssh_client)


def test_netmiko_opens_in_the_three_steps_we_take() -> None:
    source = inspect.getsource(BaseConnection._open)
    steps = ("_modify_connection_params", "establish_connection", "_try_session_preparation")
    at = [source.index(step) for step in steps]
    assert at == sorted(at)
    assert "force_data" in inspect.signature(BaseConnection._try_session_preparation).parameters


def test_netmiko_takes_its_channel_from_our_client() -> None:
    source = inspect.getsource(BaseConnection.establish_connection)
    assert "self.remote_conn_pre.invoke_shell(" in source
    assert "SSHChannel(conn=self.remote_conn" in source


def test_paramiko_judges_the_key_before_it_logs_in() -> None:
    source = inspect.getsource(paramiko.SSHClient.connect)
    assert source.index("missing_host_key(") < source.index("self._auth(")


def test_paramiko_still_polls_by_the_name_we_slow_down() -> None:
    assert isinstance(vars(paramiko.Transport)["_active_check_timeout"], float)


def test_paramiko_still_chooses_host_key_algorithms_by_the_names_we_use() -> None:
    assert {"ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com"} <= set(
        vars(paramiko.Transport)["_key_info"]
    )
    assert callable(vars(paramiko.Transport)["_filter_algorithm"])
    assert isinstance(vars(paramiko.Transport)["preferred_keys"], property)
    assert "self._parse_kex_init(" in inspect.getsource(vars(paramiko.Transport)["_negotiate_keys"])
    assert "self.kex_engine = " in inspect.getsource(vars(paramiko.Transport)["_parse_kex_init"])
    assert "self.preferred_keys" in inspect.getsource(vars(paramiko.Transport)["_send_kex_init"])


def test_paramiko_asks_its_socket_for_the_one_name_ours_has() -> None:
    assert "self.sock._closed" in inspect.getsource(vars(paramiko.Transport)["stop_thread"])


def test_our_client_opens_nothing_but_the_guarded_shell() -> None:
    client = GuardedClient.__new__(GuardedClient)
    with pytest.raises(CommandRejectedError):
        client.exec_command("reload")
    with pytest.raises(CommandRejectedError):
        client.open_sftp()


def test_a_login_before_the_key_was_judged_is_our_own_fault() -> None:
    here, there = socket.socketpair()
    client = GuardedClient(
        sock=here,
        check=HostKeyCheck("127.0.0.1", 22, HostKeys(())),
        credential=credential(),
        key_files=KeyFiles(),
        algorithms=(),
        legacy=False,
        limits=LIMITS,
        before_login=lambda: None,
        make_guard=lambda _: pytest.fail("no shell"),
    )
    with pytest.raises(RuntimeError):
        client._auth("audit", "x", None, [], False, False, None)
    client.close()
    there.close()


def test_our_client_stands_below_every_driver() -> None:
    assert issubclass(GuardedClient, paramiko.SSHClient)
    assert callable(ConnectHandler)
