"""The bundle, as the engineer on a jump host without internet meets it.

Building it downloads wheels from the package index; all after that runs in a network namespace of
its own, in which there is no route and not even a loopback until the lab needs one.
"""

import json
import os
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from distribution import layout
from tests.paths import ROOT

pytestmark = [
    pytest.mark.proof,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(os.geteuid() != 0, reason="making a network namespace needs root"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tools = tmp_path_factory.mktemp("tools") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(tools)], check=True)
    pip = [str(tools / "bin/python"), "-m", "pip", "--disable-pip-version-check"]
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    wanted = setup["options.extras_require"]["bundle"].split()
    subprocess.run([*pip, "install", "-q", *wanted], check=True)
    out = tmp_path_factory.mktemp("dist")
    builder = [str(tools / "bin/python"), "-m", "distribution.bundle", "--out", str(out)]
    subprocess.run(builder, cwd=ROOT, check=True)
    (place,) = out.iterdir()
    return place


def without_a_route(script: str, folder: Path) -> str:
    """Run a shell script in a namespace with no network; return what it wrote, errors too."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(folder)}
    done = subprocess.run(
        ["unshare", "--net", "sh", "-euc", script],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_it_installs_and_audits_where_there_is_no_route(built: Path, tmp_path: Path) -> None:
    told = without_a_route(
        f"""
        cp {built}/* .
        test -z "$(ip route show table all)"
        sha256sum -c SHA256SUMS
        tar -xzf netintegrity-*.tar.gz
        rm netintegrity-*.tar.gz
        sh netintegrity-*/install.sh --check --python {sys.executable}
        sh netintegrity-*/install.sh --python {sys.executable} "$PWD/installed here"
        rm -r netintegrity-*
        PATH="$PWD/installed here/bin:$PATH"
        netintegrity --version
        netintegrity keys list
        python -c 'import cbor2, pysequoia, tuf'
        ip link set lo up
        status=0; netintegrity lab audit || status=$?; echo "audit ended with $status"
        """,
        tmp_path,
    )
    assert "cisco/known-good-values" in told
    assert "patched-and-lying" in told
    assert "audit ended with 0" in told


def test_every_wheel_is_pinned_and_stands_in_the_list_of_components(
    built: Path, tmp_path: Path
) -> None:
    (archive,) = built.glob("*.tar.gz")
    subprocess.run(["tar", "-xzf", str(archive), "-C", str(tmp_path)], check=True)
    (folder,) = tmp_path.iterdir()
    digests = {layout.sha256(wheel) for wheel in folder.glob("wheels/*.whl")}
    pinned = (folder / "requirements.txt").read_text().splitlines()
    assert {line.rpartition("sha256:")[2] for line in pinned} == digests
    text = (folder / "sbom.cdx.json").read_text()
    bill = json.loads(text)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert {part["hashes"][0]["content"] for part in bill["components"]} == digests
    assert {part["name"] for part in bill["components"]} >= {"netintegrity", "netmiko", "tuf"}
    assert "/tmp" not in text  # noqa: S108
