"""A PostgreSQL of the test's own: a folder, a socket in it, no port, gone when the test is."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
BIN = str(_DEBIAN[-1]) if _DEBIAN else os.path.dirname(shutil.which("initdb") or "")  # noqa: PTH120

needs_postgresql = pytest.mark.skipif(
    not BIN or not Path(BIN, "initdb").exists(), reason="no PostgreSQL server is installed"
)


@contextmanager
def running() -> Iterator[str]:
    """Start a server; yield the URL of an empty database on it."""
    pytest.importorskip("psycopg")
    # The path of a socket has at most 107 characters; that of a test's folder may have more.
    folder = Path(tempfile.mkdtemp(prefix="ni-pg-", dir="/tmp"))
    # The server refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    if user is not None:
        try:
            owner = pwd.getpwnam(user)
        except KeyError:
            pytest.skip("root may not run a PostgreSQL, and there is no account postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    name = user or pwd.getpwuid(os.geteuid()).pw_name
    data = folder / "data"

    def do(*command: str) -> None:
        subprocess.run(
            [f"{BIN}/{command[0]}", *command[1:]],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=user,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )

    try:
        do("initdb", "-D", str(data), "-A", "trust", "--no-sync", "--encoding=UTF8")
        options = f"-c listen_addresses='' -k {folder} -c max_connections=40"
        do("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql+psycopg://{name}@/postgres?host={folder}"
        finally:
            do("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
