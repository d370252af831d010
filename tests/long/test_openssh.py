"""Routers behind the sshd of OpenSSH, with a shell, files and tools that nobody here wrote.

Each is a folder that BusyBox runs in; an sshd of its own listens on 127.0.0.1, with its own keys.
What stands for the router's own commands (``show``, ``opkg``) is a script in that folder; hashes,
listings and the shell itself are BusyBox's. Needs root, for it changes the root of a session, and
the Debian packages openssh-server and busybox-static.
"""

import getpass
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import paramiko
import pytest

from netintegrity.app import PLATFORMS
from netintegrity.clock import utc_now
from netintegrity.lab.answering import reply
from netintegrity.lab.device import LabDevice
from netintegrity.lab.personalities._linux_files import installed, starters
from netintegrity.lab.scenario import load_scenario, read_builtin
from netintegrity.lab.world import LabWorld
from tests.long.elsewhere import Account, audit, point
from tests.loopback.openssh import Keys, Sshd, needs_sshd, sshd

BUSYBOX, SCRIPT, CHROOT = (
    shutil.which(p, path="/usr/sbin:/usr/bin:/bin") for p in ("busybox", "script", "chroot")
)
pytestmark = [
    pytest.mark.proof,
    needs_sshd,
    pytest.mark.skipif(
        None in {BUSYBOX, SCRIPT, CHROOT}, reason="needs busybox-static and the command script"
    ),
]
_TOOLS = ("ash", "sh", "cat", "ls", "find", "grep", "sha256sum", "sysctl", "sleep")


@dataclass(frozen=True, kw_only=True)
class Router:
    """A folder that stands for a router, and the sshd before it."""

    device: LabDevice
    root: Path
    typed: Path
    """Every byte that reached its shell."""
    server: Sshd
    keys: Keys

    def file(self, path: str) -> Path:
        """Return a file of the router."""
        return self.root / path.lstrip("/")


@pytest.fixture
def folder() -> Iterator[Path]:
    # Below a folder that only root may write to, as sshd demands of its own files.
    made = Path(tempfile.mkdtemp(prefix="netintegrity-sshd-", dir="/var/lib"))
    try:
        yield made
    finally:
        shutil.rmtree(made)


def written(root: Path, files: Mapping[str, bytes], programs: Mapping[str, str]) -> None:
    """Fill the folder of a router: BusyBox, its files, and scripts in the place of its commands."""
    (root / "bin").mkdir(parents=True)
    shutil.copy(str(BUSYBOX), root / "bin" / "busybox")
    for tool in _TOOLS:
        (root / "bin" / tool).symlink_to("busybox")
    for path, content in files.items():
        at = root / path.lstrip("/")
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_bytes(content)
    for name, text in programs.items():
        at = root / "bin" / name
        at.write_text(f"#!/bin/sh\n{text}")
        at.chmod(0o755)


def saying(device: LabDevice, commands: tuple[str, ...]) -> dict[str, str]:
    """Return a script for each program: what the simulated box says to it, by its arguments."""
    cases: dict[str, str] = {}
    for command in commands:
        program, _, arguments = command.partition(" ")
        text = reply(device, command).text.rstrip("\n")
        said = f"  {shlex.quote(arguments)}) cat <<'EOT'\n{text}\nEOT\n  ;;\n"
        cases[program] = cases.get(program, "") + said
    wrong = '  *) echo "$0: $*: no such thing" >&2; exit 1;;\n'
    return {program: f'case "$*" in\n{said}{wrong}esac\n' for program, said in cases.items()}


def sonic(device: LabDevice, root: Path) -> None:
    files: dict[str, bytes] = {}
    for name, image in installed(device).items():
        files[f"/host/image-{name}/fs.squashfs"] = image.content
        for file, package in starters(image).items():
            files[f"/host/image-{name}/boot/{file}"] = image.package(package)
    written(root, files, saying(device, ("show version", "show boot", "sudo sonic-installer list")))


def openwrt(device: LabDevice, root: Path) -> None:
    answers = ("cat /etc/openwrt_release", "cat /proc/cmdline")
    files = {c.partition(" ")[2]: reply(device, c).text.encode() for c in answers}
    image = device.active.image
    assert image is not None
    files |= {"/boot/vmlinuz": image.content, "/overlay/upper/usr/sbin/tcpdump": b"a program\n"}
    for program in ("bin/ls", "sbin/procd", "lib/libc.so", "usr/sbin/dropbear"):
        files[f"/rom/{program}"] = f"{program} of the image\n".encode()
    written(root, files, saying(device, ("ubus call system board", "opkg list-installed")))


MAKERS = {"sonic-clean": ("others", sonic), "openwrt-disk": ("routers", openwrt)}


@contextmanager
def serving(folder: Path, device: LabDevice, prompt: str) -> Iterator[Router]:
    """Run an sshd before the folder ``router`` until the test is done."""
    root, typed = folder / "router", folder / "typed"
    shell = f"{CHROOT} {root} /bin/sh -i"
    session = f"{SCRIPT} --quiet --flush --log-in {typed} --command {shlex.quote(shell)}"
    # The environment of the session is the shell's, and says what its prompt is.
    start = folder / "start"
    start.write_text(
        f"#!/bin/sh\nexport PS1={shlex.quote(prompt)} PATH=/bin HOME=/ ENV=\nexec {session}\n"
    )
    start.chmod(0o755)
    keys = Keys(folder)
    forced = (f"ForceCommand {start}",)
    with sshd(
        folder, host_keys=[keys.path("host")], login=keys.path("login"), options=forced
    ) as server:
        yield Router(device=device, root=root, typed=typed, server=server, keys=keys)


@contextmanager
def estate(name: str, folder: Path) -> Iterator[tuple[LabWorld, Router]]:
    """Serve one device of a scenario by OpenSSH, and a lab's site that names it alone."""
    scenario_name, make = MAKERS[name]
    scenario = load_scenario(read_builtin(scenario_name), scenario_name)
    with LabWorld.create(scenario, now=utc_now(), root=folder / "lab") as world:
        device = world.device(name).device
        make(device, folder / "router")
        with serving(folder, device, "root@router:~# ") as router:
            key = paramiko.Ed25519Key.from_private_key_file(str(router.keys.path("host")))
            account = Account(username=getpass.getuser(), key_file=router.keys.path("login"))
            point(world, [(device, router.server.port)], key=key, account=account)
            yield world, router


def lines_typed(router: Router) -> set[str]:
    """Return every line that reached the shell of the router."""
    raw = router.typed.read_bytes()
    return {line for part in raw.split(b"\n") if (line := part.strip(b"\r").decode())}


def test_a_switch_behind_openssh_is_verified_and_nothing_else_is_typed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with estate("sonic-clean", folder) as (world, router):
        status, devices = audit(world, capsys)
        assert devices["sonic-clean"]["label"] == "verified (self-reported)", (
            router.server.log.read_text()
        )
        assert status == 0
        platform = PLATFORMS["sonic"]
        sent = {line for line in lines_typed(router) if not line.startswith("Script ")}
        assert sent
        assert all(platform.admits(line) or line in platform.session_lines for line in sent), sent


@pytest.mark.parametrize("path", ["fs.squashfs", "boot/vmlinuz-6.1.0-11-2-amd64"])
def test_one_byte_of_a_real_file_changed_is_found(
    folder: Path, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    with estate("sonic-clean", folder) as (world, router):
        file = router.file(f"/host/image-202311.2/{path}")
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
        status, devices = audit(world, capsys)
        assert devices["sonic-clean"]["conclusions"][0] == "patched"  # type: ignore[index]
        assert status == 1


def test_a_file_that_is_gone_is_no_pass(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with estate("sonic-clean", folder) as (world, router):
        router.file("/host/image-202311.2/fs.squashfs").unlink()
        status, devices = audit(world, capsys)
        assert devices["sonic-clean"]["conclusions"][0] == "incomplete"  # type: ignore[index]
        assert status == 3


def test_openwrt_in_the_shell_it_really_has(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with estate("openwrt-disk", folder) as (world, router):
        _, devices = audit(world, capsys)
        assert devices["openwrt-disk"]["conclusions"] == ["incomplete"]
        shortfalls = devices["openwrt-disk"]["shortfalls"]
        assert isinstance(shortfalls, list)
        # It prints no serial number, and the lab's inventory states one.
        assert [s["detail"].partition(":")[0] for s in shortfalls] == [
            "root",
            "the box does not show the hardware expected here",
        ]
        router.file("/overlay/upper/usr/sbin/dropbear").write_bytes(b"another program\n")
        _, devices = audit(world, capsys)
        told = str(devices["openwrt-disk"]["shortfalls"])
        assert "/usr/sbin/dropbear" in told
        kernel = router.file("/boot/vmlinuz")
        kernel.write_bytes(kernel.read_bytes() + b"\0")
        _, devices = audit(world, capsys)
        assert devices["openwrt-disk"]["conclusions"][0] == "patched"  # type: ignore[index]


@pytest.mark.parametrize("how", ["changed", "unknown"])
def test_openssh_with_another_key_is_offered_no_login(
    folder: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    with estate("sonic-clean", folder) as (world, router):
        known = world.site / "known_hosts"
        other = paramiko.ECDSAKey.generate()
        line = f"[127.0.0.1]:{router.server.port} {other.get_name()} {other.get_base64()}\n"
        known.write_text(line if how == "changed" else "")
        status, devices = audit(world, capsys)
        assert devices["sonic-clean"]["conclusions"][0] == f"host-key-{how}"  # type: ignore[index]
        assert status == (1 if how == "changed" else 3)
        assert router.server.attempts() == 0
        assert not router.typed.exists()
