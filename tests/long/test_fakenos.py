"""Devices that fakenos serves: a command line and an SSH server that nobody here wrote.

The answers are our own, added as platforms of ours: fakenos has none of the commands that hash.
What is theirs is everything around them: the server, the line editor, echo, prompt and timing.
"""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko
import pytest

from netintegrity.app import PLATFORMS
from netintegrity.clock import utc_now
from netintegrity.lab.answering import PERSONALITIES, prompt_of
from netintegrity.lab.device import LabDevice
from netintegrity.lab.offline import exchanges_of
from netintegrity.lab.scenario import load_scenario, read_builtin
from netintegrity.lab.world import LabWorld
from tests.long.elsewhere import audit, credentials_of, point

pytestmark = pytest.mark.proof
VERSION = "1.2.1"
# At most twenty hosts: it starts a thread for each, and is slow at it.
SERVED = {
    "default": (
        "clean-bundle",
        "clean-install",
        "clean-eos",
        "patched-file",
        "below-minimum",
    ),
    "cisco": ("nx-clean", "nx-patched", "asa-clean", "ios-clean"),
    "others": (
        "junos-router",
        "vyos-clean",
        "vyos-patched-initrd",
        "sonic-clean",
        "sonic-staged-older",
        "cumulus-switch",
    ),
    "routers": (
        "openwrt-disk",
        "openwrt-patched-kernel",
        "opnsense-firewall",
        "openbsd-kernel-replaced",
        "debian-staged-older",
        "debian-router",
    ),
}


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that has fakenos and its paramiko."""
    folder = tmp_path_factory.mktemp("fakenos") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    made = folder / "bin" / "python"
    install = [str(made), "-m", "pip", "install", "--quiet", f"fakenos=={VERSION}"]
    done = subprocess.run(install, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"fakenos {VERSION} cannot be installed: {done.stderr[-200:]}")
    return made


def _free_ports(count: int) -> list[int]:
    taken = [socket.socket() for _ in range(count)]
    for one in taken:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in taken]
    for one in taken:
        one.close()
    return ports


def _host(device: LabDevice, port: int) -> dict[str, object]:
    """Return what fakenos is told of a device: its prompt, and what it says to each line."""
    personality = PERSONALITIES[device.personality]
    exchanges = exchanges_of(device, PLATFORMS[device.platform_id], utc_now())
    answers = {e.command: e.output.removesuffix("\n") for e in exchanges}
    lines = {line: text.removesuffix("\n") for line, text in personality.session_lines.items()}
    return {
        "name": device.name,
        "port": port,
        "prompt": prompt_of(device),
        "unknown": personality.refusal(device, "poetry").removesuffix("\n"),
        "answers": lines | answers,
    }


@contextmanager
def served(python: Path, folder: Path, devices: list[LabDevice], world: LabWorld) -> Iterator[None]:
    """Serve devices by fakenos, and turn the site to them."""
    key = paramiko.RSAKey.generate(2048)
    key_file = folder / "host_key"
    key.write_private_key_file(str(key_file))
    account = credentials_of(world)
    ports = _free_ports(len(devices))
    hosts = [_host(d, port) for d, port in zip(devices, ports, strict=True)]
    plan = folder / "plan.json"
    plan.write_text(
        json.dumps(
            {
                "username": account.username,
                "password": account.password,
                "key": str(key_file),
                "hosts": hosts,
            }
        )
    )
    script = Path(__file__).with_name("fakenos_hosts.py")
    with (
        (folder / "stderr").open("w") as errors,
        subprocess.Popen(
            [str(python), str(script), str(plan)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        # Whoever asks before all of it listens meets time-outs that look like faults of its own.
        said = process.stdout.readline().strip()
        assert said == "ready", (folder / "stderr").read_text()[-2000:]
        try:
            point(world, zip(devices, ports, strict=True), key=key, account=account)
            yield
        finally:
            process.terminate()


@pytest.mark.parametrize("name", SERVED)
def test_what_fakenos_serves_is_judged_as_what_we_serve(
    python: Path, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = load_scenario(read_builtin(name), name)
    wanted = [d for d in scenario.devices if d.name in SERVED[name]]
    assert len(wanted) == len(SERVED[name])
    assert len(wanted) <= 20
    with (
        LabWorld.create(scenario, now=utc_now(), root=tmp_path / "lab") as world,
        served(python, tmp_path, [world.device(d.name).device for d in wanted], world),
    ):
        _, devices = audit(world, capsys)
    for device in wanted:
        judged = devices[device.name]
        concluded = judged["conclusions"][0]  # type: ignore[index]
        assert concluded == device.expected.value, (device.name, judged["shortfalls"])
