"""What install.sh refuses, and that it then makes nothing; with a wheel made here, no download."""

import base64
import hashlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from distribution import layout

HERE = layout.Target.of_this_machine()
PROGRAM = 'def main() -> None:\n    print("netintegrity 9.9")\n'


def write_wheel(folder: Path) -> Path:
    """Write a wheel with one program, ``netintegrity``."""
    info = "netintegrity-9.9.dist-info"
    files = {
        "netintegrity_stub.py": PROGRAM,
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: netintegrity\nVersion: 9.9\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\nnetintegrity = netintegrity_stub:main\n",
    }
    rows = [f"{info}/RECORD,,\n"]
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()
        rows.append(f"{name},sha256={digest.rstrip('=')},{len(text)}\n")
    wheel = folder / "netintegrity-9.9-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in {**files, f"{info}/RECORD": "".join(rows)}.items():
            archive.writestr(name, text)
    return wheel


def lay_out(folder: Path, target: layout.Target = HERE) -> Path:
    (folder / "wheels").mkdir(parents=True)
    write_wheel(folder / "wheels")
    layout.lay_out(folder, target, extras="")
    return folder


@pytest.fixture
def laid_out(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "a bundle")


def install(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(folder / "install.sh"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def refusal(folder: Path, arguments: Sequence[str] = ("--python", sys.executable)) -> str:
    """Return why it refused; nothing was made then."""
    wanted = folder.parent / "installed"
    done = install(folder, *arguments, str(wanted))
    assert done.returncode == 1, done.stdout + done.stderr
    assert not wanted.exists()
    assert "Nothing was installed." in done.stderr
    return done.stderr


def test_an_untouched_bundle_installs_and_no_pip_setting_gets_in(
    laid_out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "pip.conf"
    settings.write_text("[install]\nno-such-option = 1\ntarget = /nonexistent\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    monkeypatch.setenv("PIP_TARGET", "/nonexistent")
    monkeypatch.setenv("PYTHONPATH", "/nonexistent")
    place = tmp_path / "installed here"
    done = install(laid_out, "--python", sys.executable, str(place))
    assert done.returncode == 0, done.stderr
    assert "netintegrity 9.9" in done.stdout
    said = subprocess.check_output([str(place / "bin/netintegrity")], text=True)
    assert said == "netintegrity 9.9\n"
    again = install(laid_out, "--python", sys.executable, str(place))
    assert again.returncode == 1
    assert "not empty" in again.stderr
    assert (place / "bin/netintegrity").exists()


def test_a_check_makes_nothing(laid_out: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    done = install(laid_out, "--check", "--python", sys.executable)
    assert done.returncode == 0, done.stderr
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("missing", ["wheels/netintegrity-9.9-py3-none-any.whl", "README.txt"])
def test_a_missing_file_is_named(laid_out: Path, missing: str) -> None:
    (laid_out / missing).unlink()
    assert missing in refusal(laid_out)


@pytest.mark.parametrize(
    "changed", ["wheels/netintegrity-9.9-py3-none-any.whl", "requirements.txt"]
)
def test_a_changed_file_is_named(laid_out: Path, changed: str) -> None:
    content = bytearray((laid_out / changed).read_bytes())
    content[len(content) // 2] ^= 1
    (laid_out / changed).write_bytes(content)
    assert f"{changed}: FAILED" in refusal(laid_out)


def test_a_wheel_that_is_on_no_list_is_refused(laid_out: Path) -> None:
    shutil.copy(sys.executable, laid_out / "wheels" / "more-1-py3-none-any.whl")
    assert "./wheels/more-1-py3-none-any.whl" in refusal(laid_out)


@pytest.mark.parametrize("rest", ["", "nonsense\n"])
def test_a_spoilt_list_of_sums_is_refused(laid_out: Path, rest: str) -> None:
    (laid_out / "SHA256SUMS").write_text(rest)
    refusal(laid_out)


def test_a_wheel_of_other_bytes_is_refused_by_pip_even_where_the_sums_agree(
    laid_out: Path, tmp_path: Path
) -> None:
    wheel = laid_out / "wheels" / "netintegrity-9.9-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("more.py", "")
    sums = (laid_out / "SHA256SUMS").read_text()
    was = next(line.split()[0] for line in sums.splitlines() if line.endswith(wheel.name))
    (laid_out / "SHA256SUMS").write_text(sums.replace(was, layout.sha256(wheel)))
    place = tmp_path / "installed"
    done = install(laid_out, "--python", sys.executable, str(place))
    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not place.exists()


def test_another_python_is_refused_with_the_way_to_get_the_right_one(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "b", layout.Target(python="3.99", machine=HERE.machine))
    told = refusal(folder)
    assert "CPython 3.99 (64 bits) is needed" in told
    assert "install python3.99" in told
    assert "make bundle PYTHON=" in told


def test_no_python_is_refused_with_the_way_to_get_one(laid_out: Path) -> None:
    told = refusal(laid_out, ("--python", "no-such-python"))
    assert f"CPython {HERE.python} is needed; there is no no-such-python" in told


def test_another_architecture_is_refused(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "b", layout.Target(python=HERE.python, machine="riscv64"))
    assert "the bundle is for 'Linux riscv64'" in refusal(folder)


def test_an_older_glibc_is_refused(tmp_path: Path) -> None:
    target = layout.Target(python=HERE.python, machine=HERE.machine, glibc="2.999")
    assert "the bundle needs glibc 2.999 or later" in refusal(lay_out(tmp_path / "b", target))


@pytest.mark.parametrize("arguments", [(), ("--nonsense",), ("a", "b"), ("--python",)])
def test_wrong_usage_has_a_status_of_its_own(laid_out: Path, arguments: tuple[str, ...]) -> None:
    done = install(laid_out, *arguments)
    assert done.returncode == 2
    assert "usage: sh install.sh" in done.stderr


def test_the_script_names_no_placeholder_when_it_is_laid_out(laid_out: Path) -> None:
    for name in ("install.sh", "README.txt"):
        text = (laid_out / name).read_text()
        assert not [word for word in ("@PYTHON@", "@MACHINE@", "@GLIBC@") if word in text]
