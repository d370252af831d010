"""``make bundle``: one archive that installs netintegrity where there is no internet.

Only this builder connects anywhere: pip downloads the wheels from the package index it is configured
for. The wheel of netintegrity is built from the last commit, so that what is in it has a name.

Times, owners, modes and order of the members are fixed: the same wheels make the same bytes. Which
wheels, the index decides on the day.

Sources: reproducible-builds.org, SOURCE_DATE_EPOCH; pip, "Secure installs" (hash-checking mode);
PEP 600 (manylinux_x_y); CycloneDX 1.6, JSON.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parent
EXTRAS: Final = "cose,openpgp,tuf"
"""legacy-ssh asks for an older paramiko, postgres for a server: by wish alone."""
_GLIBC_MINOR: Final = 28
"""glibc 2.28 is that of Red Hat 8 and Debian 10; wheels for older ones run there too."""
_OLD_NAMES: Final = ("manylinux2014", "manylinux2010", "manylinux1")
_MACHINES: Final = ("x86_64", "aarch64")
_SUMS: Final = "SHA256SUMS"


class BundleError(Exception):
    """Why no bundle was made: one line for the person who asked for it."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a bundle runs on."""

    python: str
    """``3.11``: compiled wheels are for one minor version of CPython."""
    machine: str
    """As ``uname -m`` says it."""
    glibc: str = f"2.{_GLIBC_MINOR}"

    @classmethod
    def of_this_machine(cls) -> "Target":
        """Return the target with this Python and this architecture.

        Markers of dependencies are judged by pip for the Python it runs on, so a bundle for another
        one is built with that one.

        Raises:
            BundleError: no wheels are looked for on this kind of machine.
        """
        if sys.platform != "linux" or platform.machine() not in _MACHINES:
            raise BundleError(f"a bundle is built on Linux, {' or '.join(_MACHINES)}")
        return cls(python=f"{sys.version_info[0]}.{sys.version_info[1]}", machine=platform.machine())

    @property
    def tag(self) -> str:
        """Return what is wanted, as part of a file name."""
        return f"cp{self.python.replace('.', '')}-glibc{self.glibc}-{self.machine}"

    @property
    def wheel_platforms(self) -> list[str]:
        """Return the platform tags of the wheels that run there, the newest first."""
        exact = [f"manylinux_2_{minor}" for minor in range(_GLIBC_MINOR, 4, -1)]
        return [f"{name}_{self.machine}" for name in (*exact, *_OLD_NAMES)]


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def name_and_version(wheel: Path) -> tuple[str, str]:
    """Return the normalised name and the version that a wheel's file name says (PEP 427, 503)."""
    name, version = wheel.name.split("-")[:2]
    return re.sub(r"[-_.]+", "-", name).lower(), version


def requirements(wheels: Sequence[Path], extras: str) -> str:
    """Return the lines for ``pip install --require-hashes``: every wheel, pinned to its bytes."""
    lines = []
    for wheel in sorted(wheels, key=name_and_version):
        name, version = name_and_version(wheel)
        named = f"{name}[{extras}]" if name == "netintegrity" and extras else name
        lines.append(f"{named}=={version} --hash=sha256:{sha256(wheel)}\n")
    return "".join(lines)


def lay_out(folder: Path, target: Target, *, extras: str) -> None:
    """Write beside ``folder/wheels`` what the bundle needs else, ``SHA256SUMS`` last.

    Args:
        folder: holds ``wheels``, and the SBOM where there is one.
        target: what the wheels are for.
        extras: those of netintegrity whose wheels are there, with commas between.
    """
    wheels = sorted((folder / "wheels").glob("*.whl"))
    (folder / "requirements.txt").write_text(requirements(wheels, extras), encoding="ascii")
    words = {"PYTHON": target.python, "MACHINE": target.machine, "GLIBC": target.glibc}
    for template, name in (("install.sh", "install.sh"), ("bundle-readme.txt", "README.txt")):
        text = (HERE / template).read_text(encoding="utf-8")
        for word, value in {**words, "NAME": folder.name, "EXTRAS": extras or "none"}.items():
            text = text.replace(f"@{word}@", value)
        (folder / name).write_text(text, encoding="utf-8")
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != _SUMS)
    sums = [f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / _SUMS).write_text("".join(sums), encoding="ascii")


def pack(folder: Path, archive: Path, *, epoch: int) -> None:
    """Write ``folder`` as a ``.tar.gz`` whose bytes follow from what is in it; README.txt is first.

    Args:
        folder: what is packed, under its own name.
        archive: where to.
        epoch: the time of every member, in seconds since 1970.
    """
    members = sorted(
        (path for path in folder.rglob("*") if path.is_file()),
        key=lambda path: (path.name != "README.txt", path.relative_to(folder).as_posix()),
    )
    with (
        archive.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in members:
            content = path.read_bytes()
            member = tarfile.TarInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}")
            member.size, member.mtime = len(content), epoch
            member.mode = 0o755 if path.suffix == ".sh" else 0o644
            tar.addfile(member, io.BytesIO(content))


def sign(sums: Path, key: Path) -> Path:
    """Sign a list of sums with minisign or openssl, whichever the secret key is for.

    Returns:
        The signature, beside the list.

    Raises:
        BundleError: the key is of neither, or the program failed.
    """
    try:
        head = key.read_bytes()[:100]
    except OSError as error:
        raise BundleError(f"the signing key {key}: {error.strerror}") from error
    if head.startswith(b"untrusted comment: minisign"):
        signature = sums.with_name(sums.name + ".minisig")
        command = ["minisign", "-S", "-s", str(key), "-m", str(sums), "-x", str(signature)]
    elif head.startswith(b"-----BEGIN "):
        signature = sums.with_name(sums.name + ".sig")
        command = ["openssl", "dgst", "-sha256", "-sign", str(key)]
        command += ["-out", str(signature), str(sums)]
    else:
        raise BundleError(f"{key} is no secret key of minisign and no private key in PEM")
    run(command)
    return signature


def run(command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> None:
    """Run a program of the build; what it says stays visible.

    Raises:
        BundleError: it is not there, or it failed.
    """
    try:
        subprocess.run(command, check=True, env={**os.environ, **(environment or {})})  # noqa: S603
    except FileNotFoundError as error:
        raise BundleError(f"{command[0]} is needed and is not installed") from error
    except subprocess.CalledProcessError as error:
        raise BundleError(f"{command[0]} ended with status {error.returncode}") from error


def _git(*arguments: str) -> bytes:
    try:
        return subprocess.check_output(["git", "-C", str(ROOT), *arguments])  # noqa: S603, S607
    except (OSError, subprocess.CalledProcessError) as error:
        raise BundleError("a bundle is built from a git checkout, from its last commit") from error


def _wheel_of_last_commit(work: Path, *, epoch: int) -> Path:
    source = work / "source"
    with tarfile.open(fileobj=io.BytesIO(_git("-c", "tar.umask=0022", "archive", "HEAD"))) as tar:
        tar.extractall(source, filter="data")
    run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(work / "own"), str(source)],
        environment={"SOURCE_DATE_EPOCH": str(epoch)},
    )
    (wheel,) = (work / "own").glob("*.whl")
    return wheel


def _download(wheel: Path, extras: str, target: Target, into: Path) -> None:
    wanted = f"{wheel}[{extras}]" if extras else str(wheel)
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
    command += ["--only-binary=:all:", "--implementation=cp", f"--python-version={target.python}"]
    command += [f"--platform={tag}" for tag in target.wheel_platforms]
    run([*command, f"--dest={into}", wanted])


def _bill_of_materials(folder: Path, work: Path, *, epoch: int) -> None:
    """Write the SBOM of what the wheels install, each component with the digest of its wheel."""
    environment = work / "installed"
    run([sys.executable, "-m", "venv", "--without-pip", str(environment)])
    run(
        [sys.executable, "-m", "pip", f"--python={environment}", "--disable-pip-version-check"]
        + ["install", "--quiet", "--no-index", "--no-deps", "--no-compile"]
        + [str(wheel) for wheel in sorted((folder / "wheels").glob("*.whl"))]
    )
    made = folder / "sbom.cdx.json"
    run(
        [sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible"]
        + ["--spec-version=1.6", "--output-format=JSON", f"--output-file={made}", str(environment)],
        environment={"SOURCE_DATE_EPOCH": str(epoch)},
    )
    digests = {
        name_and_version(wheel)[0]: sha256(wheel) for wheel in (folder / "wheels").glob("*.whl")
    }
    bill = json.loads(made.read_text(encoding="utf-8"))
    for component in bill["components"]:
        name = re.sub(r"[-_.]+", "-", component["name"]).lower()
        component["hashes"] = [{"alg": "SHA-256", "content": digests.pop(name)}]
        # Where the wheel lay while this was made is nobody's business.
        component.pop("externalReferences", None)
    if digests:
        raise BundleError(f"the SBOM lacks {', '.join(sorted(digests))}")
    made.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")


def build(out: Path, *, extras: str, key: Path | None) -> Path:
    """Build the bundle into a folder of its own under ``out``, and return that folder.

    Raises:
        BundleError: why there is none.
    """
    target = Target.of_this_machine()
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct"))
    if _git("status", "--porcelain"):
        sys.stderr.write("bundle: what is not committed is not in it\n")
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        wheel = _wheel_of_last_commit(work, epoch=epoch)
        folder = work / f"netintegrity-{name_and_version(wheel)[1]}-{target.tag}"
        (folder / "wheels").mkdir(parents=True)
        _download(wheel, extras, target, folder / "wheels")
        _bill_of_materials(folder, work, epoch=epoch)
        lay_out(folder, target, extras=extras)
        done = work / "done"
        done.mkdir()
        archive = done / f"{folder.name}.tar.gz"
        pack(folder, archive, epoch=epoch)
        sums = done / _SUMS
        sums.write_text(f"{sha256(archive)}  {archive.name}\n", encoding="ascii")
        if key is not None:
            sign(sums, key)
        place = out / folder.name
        if place.exists():
            shutil.rmtree(place)
        shutil.copytree(done, place)
    return place


def main(arguments: Sequence[str] | None = None) -> int:
    """Build a bundle; return 0, or 1 with a line that says why there is none."""
    parser = argparse.ArgumentParser(prog="bundle", description="build the bundle of netintegrity")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", metavar="FOLDER")
    parser.add_argument("--extras", default=EXTRAS, help="with commas between; default: %(default)s")
    parser.add_argument("--sign-key", type=Path, metavar="FILE", help="minisign's, or PEM")
    asked = parser.parse_args(arguments)
    extras = ",".join(sorted(filter(None, asked.extras.replace(" ", "").split(","))))
    try:
        place = build(asked.out, extras=extras, key=asked.sign_key)
    except BundleError as error:
        sys.stderr.write(f"bundle: {error}\n")
        return 1
    for path in sorted(place.iterdir()):
        sys.stdout.write(f"{path} ({path.stat().st_size:,} bytes)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
