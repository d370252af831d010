"""What lies in a bundle, for what it is, and its archive: files in, files out, no other program.

Times, owners, modes and order of the members are fixed: the same files make the same bytes.

Sources: PEP 600 (manylinux_x_y); PEP 427, file names of wheels; pip, "Secure installs".
"""

import gzip
import hashlib
import io
import platform
import re
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
SUMS: Final = "SHA256SUMS"
_GLIBC_MINOR: Final = 28
"""glibc 2.28 is that of Red Hat 8 and Debian 10; wheels for older ones run there too."""
_OLD_NAMES: Final = ("manylinux2014", "manylinux2010", "manylinux1")
_MACHINES: Final = ("x86_64", "aarch64")


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
        return cls(
            python=f"{sys.version_info[0]}.{sys.version_info[1]}", machine=platform.machine()
        )

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
    """Return the normalised name and the version that a wheel's file name says (PEP 427)."""
    name, version = wheel.name.split("-")[:2]
    return normalised(name), version


def normalised(name: str) -> str:
    """Return the name of a distribution as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


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
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SUMS)
    sums = [f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / SUMS).write_text("".join(sums), encoding="ascii")


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
