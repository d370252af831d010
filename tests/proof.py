"""``make proof``: every test there is, the long ones too, and a page that says how it went."""

import os
import platform
import re
import subprocess
import sys
import time
from importlib.metadata import version

from netintegrity.clock import utc_now
from tests.paths import CAPTURES, ROOT

PAGE = ROOT / "docs" / "proof.md"
LIBRARIES = ("netmiko", "paramiko", "cryptography", "hypothesis", "pytest")


def main() -> int:
    """Run everything; write the page; return pytest's status."""
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "-m", "proof or not proof"]
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "proof"}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True)
    told = done.stdout.decode(errors="replace")
    print(told)
    closing = [line for line in told.splitlines() if re.search(r"\d+ (passed|failed|error)", line)]
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, check=False, capture_output=True
    )
    skipped = [line for line in told.splitlines() if line.startswith("SKIPPED")]
    captures = "present" if CAPTURES.is_dir() else "absent, their tests skipped"
    lines = [
        "# The last long proof",
        "",
        "`make proof` runs every test, the long ones included, and writes this page.",
        "",
        f"* when: {utc_now():%Y-%m-%d %H:%M} UTC, at commit {commit.stdout.decode().strip()}",
        f"* where: Python {platform.python_version()}, {os.cpu_count()} cores; "
        + ", ".join(f"{name} {version(name)}" for name in LIBRARIES),
        f"* result: **{closing[-1].strip('= ') if closing else 'pytest did not finish'}**",
        f"* took: {(time.monotonic() - began) / 60:.1f} minutes",
        f"* captures of real devices: {captures}",
        "",
        "What the long ones add: NIST's paths (PKITS) and its vectors of RSA, ECDSA and Ed25519;",
        "Arista's switools 1.2 and pycose, each in an environment of its own;",
        "every byte of both genuine Cisco lists and every bit of a",
        "signature changed once; every built-in scenario audited over SSH; ten thousand answers",
        "spoilt on their way, and every case cut off at every line; 64 kB of every kind of hostile",
        "line through every reader; a year of nightly runs over 200 simulated devices, each night",
        "judged as its script says; eight writers of 200 runs each on one history, in SQLite and",
        "in PostgreSQL; the hypothesis laws with many more examples.",
        "",
        "Not proven: anything on a real device; none was at hand.",
    ]
    if skipped:
        lines += ["", "Skipped:", "", *(f"* {line}" for line in skipped)]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
