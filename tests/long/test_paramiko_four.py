"""All that speaks SSH, with the paramiko that boxes of SHA-1 need: the extra `legacy-ssh`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.paths import ROOT

pytestmark = [pytest.mark.proof, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def paramiko_four(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds paramiko 4 and stands before the installed one."""
    folder = tmp_path_factory.mktemp("paramiko4")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "--no-deps", "--target", str(folder), "paramiko>=4,<5"], check=True, timeout=300
    )
    return folder


def test_sessions_logins_and_host_keys_work_with_paramiko_four(paramiko_four: Path) -> None:
    environ = {**os.environ, "PYTHONPATH": str(paramiko_four)}
    version = [sys.executable, "-c", "import paramiko; print(paramiko.__version__)"]
    told = subprocess.run(version, env=environ, check=True, capture_output=True, text=True)
    assert told.stdout.startswith("4.")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "tests/loopback",
            "tests/unit/collect",
            "tests/adversary/test_hostile_devices.py",
        ],
        check=False,
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=1000,
    )
    assert done.returncode == 0, done.stdout[-8000:]
    assert " passed" in done.stdout
