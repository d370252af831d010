"""CPU time of commands that need no SSH library, against ``python -c pass`` in the same run."""

import resource
import statistics
import subprocess
import sys

ROUNDS = 15
COMMANDS = (
    ("--version",),
    ("--help",),
    ("list", "rules"),
    ("explain", "NI-101"),
    ("release", "compare", "cisco_iosxe", "17.9.4", "17.9.4a"),
)


def _cpu_ms(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    return used * 1000


def main() -> None:
    """Print the median of each command over the bare interpreter's, interleaved."""
    bare = [sys.executable, "-c", "pass"]
    extra: dict[tuple[str, ...], list[float]] = {c: [] for c in COMMANDS}
    base: list[float] = []
    for _ in range(ROUNDS):
        base.append(_cpu_ms(bare))
        for command in COMMANDS:
            extra[command].append(_cpu_ms([sys.executable, "-m", "netintegrity", *command]))
    floor = statistics.median(base)
    print(f"python -c pass: {floor:.0f} ms of CPU (median of {ROUNDS})")
    for command, times in extra.items():
        over = statistics.median(times) - floor
        print(f"netintegrity {' '.join(command)}: {over:.0f} ms more")
