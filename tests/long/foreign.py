"""Programs of others that do not share our libraries: each in an environment of its own."""

import subprocess
import sys
from pathlib import Path

import pytest


def environment(folder: Path, *requirements: str) -> Path:
    """Return the folder of programs of a new environment; skip where it cannot be made."""
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(folder)], capture_output=True, check=False, timeout=120
    )
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *requirements]
    installed = subprocess.run(command, capture_output=True, check=False, timeout=900, text=True)
    if made.returncode or installed.returncode:
        why = (installed.stderr.strip().splitlines() or ["no reason given"])[-1][:200]
        pytest.skip(f"{', '.join(requirements)} does not install here: {why}")
    return folder / "bin"
