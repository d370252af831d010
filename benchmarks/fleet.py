"""Many devices at once: ours against nornir with netmiko, netmiko in threads, and raw asyncssh.

``python -m benchmarks.fleet`` makes an environment of its own for the peers and the simulator in a
temporary folder, and needs a package index for it once. Each measurement is a process of its own,
and so is the simulator; in a round every engine meets the same simulator, one after the other.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PEERS = ("asyncssh", "uvloop", "nornir", "nornir-netmiko", "netmiko")
FILES = 20_000
Figures = dict[str, float]


def environment(folder: Path) -> str:
    """Return an interpreter that has the peers."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PEERS], check=True)
    return str(python)


@contextmanager
def simulator(python: str, *options: object) -> Iterator[tuple[str, str]]:
    """Start the fleet; yield its port and its host key."""
    command = [python, "-m", "benchmarks.simulator", *map(str, options)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        if process.stdout is None:
            raise RuntimeError("no pipe")
        port, key = process.stdout.readline().split(" ", 1)
        try:
            yield port, key.strip()
        finally:
            process.terminate()


def measured(command: Sequence[object], devices: int, missing: int = 0) -> Figures:
    """Run one engine once.

    Raises:
        SystemExit: it did not bring every device but the ``missing``.
    """
    done = subprocess.run(
        [str(c) for c in command], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    if figures["whole"] != devices - missing:
        raise SystemExit(f"{command}: {figures['whole']:g} of {devices} devices")
    return figures


def compare(python: str, devices: int, hash_s: float, rounds: int, slots: Sequence[int]) -> None:
    """Print one table."""
    with simulator(python, "--devices", devices, "--hash-s", hash_s) as (port, key):
        common = ("--devices", devices, "--port", port, "--workers")
        peer = (python, "-m", "benchmarks.fleet_peers")
        us = (sys.executable, "-m", "benchmarks.fleet_ours", "--key", key)
        engines: dict[str, tuple[object, ...]] = {}
        for count in slots:
            engines[f"netintegrity, {count} open"] = (*us, *common, count)
            if count <= 200:
                engines[f"nornir-netmiko, {count} workers"] = (*peer, "nornir", *common, count)
                engines[f"netmiko, {count} threads"] = (*peer, "netmiko", *common, count)
        engines["raw asyncssh, all at once"] = (*peer, "asyncssh", *common, min(devices, 1000))
        found: dict[str, list[Figures]] = {name: [] for name in engines}
        for _ in range(rounds):
            for name, command in engines.items():
                found[name].append(measured(command, devices))
    print(f"\n{devices} devices, a hash takes {hash_s:g} s, median of {rounds}\n")
    print("| engine | wall s | devices/s | CPU ms/device | peak MiB |")
    print("|---|---|---|---|---|")
    for name, rows in found.items():
        wall, cpu, kib = (statistics.median(r[k] for r in rows) for k in ("wall_s", "cpu_s", "kib"))
        print(
            f"| {name} | {wall:.1f} | {devices / wall:.0f} | {cpu / devices * 1000:.1f} "
            f"| {kib / 1024:.0f} |",
            flush=True,
        )


def hanging(python: str, devices: int, timeout_s: float) -> None:
    """Print what one device in a hundred costs that never answers its hash."""
    options: tuple[object, ...] = ("--devices", devices, "--hash-s", 1)
    walls = []
    for every in (0, 100):
        with simulator(python, *options, "--hanging", every) as (port, key):
            command: list[object] = [sys.executable, "-m", "benchmarks.fleet_ours", "--key", key]
            command += ["--devices", devices, "--port", port, "--workers", min(devices, 256)]
            command += ["--read-timeout-s", timeout_s]
            walls.append(measured(command, devices, devices // every if every else 0)["wall_s"])
    print(
        f"\n{devices} devices: {walls[0]:.1f} s; one in a hundred hangs until its {timeout_s:g} s "
        f"are over: {walls[1]:.1f} s"
    )


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet", description=__doc__)
    parser.add_argument("--devices", type=int, action="append", help="default: 20, 200 and 1000")
    parser.add_argument("--hash-s", type=float, action="append", help="default: 0 and 5")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", type=Path, help="keep the environment of the peers here")
    arguments = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, hard), hard))
    with tempfile.TemporaryDirectory() as folder:
        python = environment(arguments.peers or Path(folder) / "peers")
        for devices in arguments.devices or (20, 200, 1000):
            slots = sorted({10, min(devices, 200), devices})
            for hash_s in arguments.hash_s or (0.0, 5.0):
                # Ten at a time would wait for a thousand hashes one after the other.
                counts = [s for s in slots if hash_s == 0 or s >= min(devices, 200)]
                compare(python, devices, hash_s, arguments.rounds, counts)
        hanging(python, 200, 8.0)


if __name__ == "__main__":
    main()
