"""``make bundle``: one archive that installs netintegrity where there is no internet.

Only this builder connects anywhere: pip downloads the wheels from the package index that it is
configured for. The wheel of netintegrity is built from the last commit, so that what is in it has a
name. The same wheels make the same archive; which wheels, the index decides on the day.

Sources: reproducible-builds.org, SOURCE_DATE_EPOCH; CycloneDX 1.6, JSON; the package-url
specification, type ``pypi``.
"""

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from configparser import ConfigParser
from pathlib import Path
from typing import Final

from distribution.layout import (
    HERE,
    SUMS,
    BundleError,
    Target,
    lay_out,
    name_and_version,
    normalised,
    pack,
    sha256,
)

ROOT: Final = HERE.parent
EXTRAS: Final = "cose,openpgp,tuf"
"""legacy-ssh asks for an older paramiko, postgres for a server: by wish alone."""


def signing_program(key: Path) -> str:
    """Return which program signs with a secret key: ``minisign`` or ``openssl``.

    Raises:
        BundleError: it cannot be read, or is for neither.
    """
    try:
        head = key.read_bytes()[:100]
    except OSError as error:
        raise BundleError(f"the signing key {key}: {error.strerror}") from error
    if head.startswith(b"untrusted comment: minisign"):
        return "minisign"
    if head.startswith(b"-----BEGIN "):
        return "openssl"
    raise BundleError(f"{key} is no secret key of minisign and no private key in PEM")


def sign(sums: Path, key: Path) -> Path:
    """Sign a list of sums with minisign or openssl, whichever the secret key is for.

    Returns:
        The signature, beside the list.

    Raises:
        BundleError: the key is for neither, or the program failed.
    """
    if signing_program(key) == "minisign":
        signature = sums.with_name(sums.name + ".minisig")
        command = ["minisign", "-S", "-s", str(key), "-m", str(sums), "-x", str(signature)]
    else:
        signature = sums.with_name(sums.name + ".sig")
        command = ["openssl", "dgst", "-sha256", "-sign", str(key)]
        command += ["-out", str(signature), str(sums)]
    run(command)
    return signature


def refuse_unknown_extras(extras: str) -> None:
    """Refuse what setup.cfg does not name: pip would warn and leave it out.

    Raises:
        BundleError: which one, and which there are.
    """
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    known = setup.options("options.extras_require")
    for extra in filter(None, extras.split(",")):
        if extra not in known:
            raise BundleError(f"there is no extra {extra!r}; there are {', '.join(known)}")


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
        [
            sys.executable,
            "-m",
            "build",
            "--quiet",
            "--wheel",
            "--outdir",
            str(work / "own"),
            str(source),
        ],
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
    install = [
        sys.executable,
        "-m",
        "pip",
        f"--python={environment}",
        "--disable-pip-version-check",
    ]
    install += ["install", "--quiet", "--no-index", "--no-deps", "--no-compile"]
    run([*install, *map(str, sorted((folder / "wheels").glob("*.whl")))])
    made = folder / "sbom.cdx.json"
    describe = [sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible"]
    describe += ["--spec-version=1.6", "--output-format=JSON", f"--output-file={made}"]
    run([*describe, str(environment)], environment={"SOURCE_DATE_EPOCH": str(epoch)})
    wheels = {name_and_version(path)[0]: path for path in (folder / "wheels").glob("*.whl")}
    bill = json.loads(made.read_text(encoding="utf-8"))
    for component in bill["components"]:
        name = normalised(component["name"])
        component["hashes"] = [{"alg": "SHA-256", "content": sha256(wheels.pop(name))}]
        if name != "netintegrity":
            component["purl"] = f"pkg:pypi/{name}@{component['version']}"
        # Where the wheel lay while this was made is nobody's business.
        references = component.pop("externalReferences", [])
        kept = [entry for entry in references if not entry["url"].startswith("file:")]
        if kept:
            component["externalReferences"] = kept
    if wheels:
        raise BundleError(f"the SBOM lacks {', '.join(sorted(wheels))}")
    made.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")


def build(out: Path, *, extras: str, key: Path | None) -> Path:
    """Build the bundle into a folder of its own under ``out``, and return that folder.

    Raises:
        BundleError: why there is none.
    """
    target = Target.of_this_machine()
    refuse_unknown_extras(extras)
    if key is not None:
        signing_program(key)
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
        sums = done / SUMS
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
    parser.add_argument(
        "--extras", default=EXTRAS, help="with commas between; default: %(default)s"
    )
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
