"""Simulated devices over real SSH."""

import socket
import time
from collections.abc import Iterator

import paramiko
import pytest
from netmiko import ConnectHandler
from netmiko.base_connection import BaseConnection
from netmiko.exceptions import NetmikoAuthenticationException, NetmikoTimeoutException

from netintegrity import strict_yaml
from netintegrity.lab.offline import exchanges_of
from netintegrity.lab.scenario import load_scenario
from netintegrity.lab.world import LabWorld
from netintegrity.platforms.arista_eos import PLATFORM as EOS
from netintegrity.platforms.cisco_iosxe import PLATFORM as IOSXE
from tests.unit.lab.worlds import NOW, PLAIN

ODD = """\
  - {name: meddled-with, like: switch, expected: verified}
  - {name: user, like: switch, expected: verified, behaviour: {login: user}}
  - {name: eos-user, like: leaf, expected: verified, behaviour: {login: user}}
  - {name: changed, like: switch, expected: host-key-changed, behaviour: {host_key: changed}}
  - {name: unknown, like: switch, expected: host-key-unknown, behaviour: {host_key: unknown}}
  - {name: refused, like: switch, expected: not-authenticated, behaviour: {login: refused}}
  - {name: silent, like: switch, expected: unreachable, behaviour: {silent: true}}
  - {name: closed, like: switch, expected: unreachable, behaviour: {closed: true}}
  - {name: cut, like: switch, expected: incomplete, behaviour: {truncate: [version]}}
  - {name: hanging, like: switch, expected: incomplete, behaviour: {hang: [version]}}
  - {name: flooding, like: switch, expected: incomplete, behaviour: {flood: [version]}}
  - {name: slow, like: switch, expected: verified, behaviour: {delay_ms: 150}}
"""


@pytest.fixture(scope="module")
def world() -> Iterator[LabWorld]:
    scenario = load_scenario((PLAIN + ODD).encode(), "plain.yaml")
    with LabWorld.create(scenario, now=NOW) as made:
        yield made


def account(world: LabWorld) -> dict[str, str]:
    document = strict_yaml.load(world.credentials.read_bytes(), name="credentials")
    assert isinstance(document, strict_yaml.Map)
    lab = document["lab"]
    assert isinstance(lab, strict_yaml.Map)
    return {f: str(lab[f]) for f in ("username", "password", "enable")}


def connected(world: LabWorld, name: str, device_type: str = "cisco_xe") -> BaseConnection:
    known = account(world)
    connection: BaseConnection = ConnectHandler(
        host="127.0.0.1",
        port=world.device(name).port,
        device_type=device_type,
        username=known["username"],
        password=known["password"],
        secret=known["enable"],
        ssh_strict=True,
        alt_host_keys=True,
        alt_key_file=str(world.site / "known_hosts"),
        conn_timeout=5,
        banner_timeout=1,
    )
    return connection


@pytest.mark.parametrize("name", ["switch", "leaf"])
def test_netmiko_logs_in_and_gets_what_the_device_says(world: LabWorld, name: str) -> None:
    chosen = {"switch": IOSXE, "leaf": EOS}[name]
    device = world.device(name)
    with connected(world, name, chosen.netmiko_device_type) as session:
        for exchange in exchanges_of(device.device, chosen, NOW):
            said = session.send_command(exchange.command, strip_prompt=True)
            assert isinstance(said, str)
            assert said.split() == exchange.output.split()
    asked = [line for line in device.received if line not in {*chosen.session_lines, "exit"}]
    assert asked
    assert all(chosen.admits(line) for line in asked)


@pytest.mark.parametrize(
    ("name", "device_type", "command"),
    [("user", "cisco_xe", "show boot"), ("eos-user", "arista_eos", "show boot-config")],
)
def test_an_account_without_privilege_is_refused_until_it_raises_itself(
    world: LabWorld, name: str, device_type: str, command: str
) -> None:
    with connected(world, name, device_type) as session:
        assert session.find_prompt() == f"{name}>"
        assert "% Invalid input" in str(session.send_command(command))
        session.enable()
        assert session.find_prompt() == f"{name}#"
        assert "% Invalid input" not in str(session.send_command(command))
    received = world.device(name).received
    assert "<secret>" in received
    assert account(world)["enable"] not in received


def test_what_would_change_a_box_is_recorded_and_refused(world: LabWorld) -> None:
    device = world.device("meddled-with")
    with connected(world, "meddled-with") as session:
        for line in ("configure terminal", "reload", "write memory"):
            assert "% Invalid input" in str(session.send_command(line))
    assert {"configure terminal", "reload", "write memory"} <= set(device.received)


def test_a_changed_host_key_is_another_than_the_pinned_one(world: LabWorld) -> None:
    with pytest.raises(NetmikoTimeoutException) as caught:
        connected(world, "changed")
    assert isinstance(caught.value.__context__, paramiko.BadHostKeyException)
    assert world.device("changed").received == []


def test_an_unknown_host_key_is_pinned_nowhere(world: LabWorld) -> None:
    port = world.device("unknown").port
    assert f"]:{port} " not in (world.site / "known_hosts").read_text()


def test_a_refused_login_is_refused_with_the_right_password(world: LabWorld) -> None:
    with pytest.raises(NetmikoAuthenticationException):
        connected(world, "refused")


def test_a_silent_device_takes_the_connection_and_says_nothing(world: LabWorld) -> None:
    with socket.create_connection(("127.0.0.1", world.device("silent").port), 1) as client:
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(1)


def test_a_closed_device_takes_no_connection(world: LabWorld) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", world.device("closed").port), 1)


@pytest.fixture
def shell(world: LabWorld, request: pytest.FixtureRequest) -> Iterator[paramiko.Channel]:
    device = world.device(request.param)
    known = account(world)
    with paramiko.Transport(("127.0.0.1", device.port)) as transport:
        transport.connect(username=known["username"], password=known["password"])
        with transport.open_session() as channel:
            channel.get_pty()
            channel.invoke_shell()
            channel.settimeout(5)
            assert until(channel, b"#").endswith(f"{device.name}#".encode())
            yield channel


def until(channel: paramiko.Channel, end: bytes) -> bytes:
    received = b""
    while not received.endswith(end) and (data := channel.recv(4096)):
        received += data
    return received


@pytest.mark.parametrize("shell", ["cut"], indirect=True)
def test_a_cut_answer_ends_the_session_in_its_middle(shell: paramiko.Channel) -> None:
    shell.sendall(b"show version\n")
    received = until(shell, b"cut#")
    assert b"Cisco IOS XE Software" in received
    assert b"Configuration register" not in received


@pytest.mark.parametrize("shell", ["hanging"], indirect=True)
def test_a_hanging_command_is_echoed_and_never_answered(shell: paramiko.Channel) -> None:
    shell.sendall(b"show version\n")
    assert until(shell, b"\n") == b"show version\r\n"
    shell.settimeout(0.2)
    with pytest.raises(TimeoutError):
        shell.recv(1)


@pytest.mark.parametrize("shell", ["flooding"], indirect=True)
def test_a_flooding_command_does_not_end(shell: paramiko.Channel) -> None:
    shell.sendall(b"show version\n")
    received = 0
    while received < 1_000_000:
        received += len(shell.recv(65536))


@pytest.mark.parametrize("shell", ["slow"], indirect=True)
def test_a_slow_device_takes_its_time(shell: paramiko.Channel) -> None:
    began = time.monotonic()
    shell.sendall(b"show version\r\n")
    received = until(shell, b"slow#")
    assert time.monotonic() - began >= 0.15
    # CR LF is one line end: there is one prompt, and nothing after it.
    assert received.count(b"slow#") == 1


def test_an_endless_line_ends_the_session(world: LabWorld) -> None:
    known = account(world)
    with paramiko.Transport(("127.0.0.1", world.device("meddled-with").port)) as transport:
        transport.connect(username=known["username"], password=known["password"])
        channel = transport.open_session()
        channel.invoke_shell()
        channel.settimeout(5)
        until(channel, b"#")
        channel.sendall(b"x" * 8192)
        assert until(channel, b"#") == b""
