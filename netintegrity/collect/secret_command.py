"""A secret out of a program the operator named: ``pass``, a vault's client, a script of their own.

Named only in the operator's own file, as a list of words, its program by its whole path; run with
no shell, no terminal, next to no environment and a limit on its time. What it says on stderr is
never shown, for programs that fail like to quote what they were given.
"""

import contextlib
import os
import signal
import stat
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from netintegrity.errors import CredentialError

TIMEOUT_S: Final = 30.0
_MOST_BYTES: Final = 64 * 1024
_KEPT: Final = ("HOME", "USER", "LOGNAME", "XDG_RUNTIME_DIR")
"""Of the environment: where such programs find their own store and their agent."""


def check_command(command: Sequence[str]) -> None:
    """Check that a command is one the operator can have meant.

    Raises:
        ValueError: says what is wrong.
    """
    if not command:
        raise ValueError("expected a list of words, the program first")
    program = Path(command[0])
    if not program.is_absolute():
        raise ValueError("expected the whole path of the program, such as /usr/bin/pass")
    if any("\0" in word for word in command):
        raise ValueError("a word holds a NUL")
    try:
        found = program.stat()
    except OSError as error:
        raise ValueError(f"{program}: {error.strerror}") from error
    if not stat.S_ISREG(found.st_mode) or not os.access(program, os.X_OK):
        raise ValueError(f"{program} is no program")
    if found.st_uid not in {0, os.geteuid()} or found.st_mode & 0o022:
        raise ValueError(f"others can change {program}")


def minimal_environment(environ: Mapping[str, str], *more: str) -> dict[str, str]:
    """Return all that a program of the operator's is told of ours; ``more`` names variables."""
    kept = {name: environ[name] for name in (*_KEPT, *more) if name in environ}
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **kept}


def secret_of(
    command: Sequence[str],
    environ: Mapping[str, str],
    *,
    where: str,
    timeout_s: float = TIMEOUT_S,
) -> str:
    """Return the first line a command prints.

    Args:
        command: as checked.
        environ: a few of its variables are passed on.
        where: which credential it is for; the command itself may hold what must not be shown.
        timeout_s: after which it is killed with all it started.

    Raises:
        CredentialError: it fails, prints nothing, or takes too long.
    """
    try:
        check_command(command)
        process = subprocess.Popen(  # noqa: S603 - the operator's own words, by no shell
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=minimal_environment(environ),
            cwd="/",
            start_new_session=True,
        )
    except (ValueError, OSError) as error:
        told = error.strerror if isinstance(error, OSError) else str(error)
        raise CredentialError(f"the command: {told}", where=where) from None
    late = threading.Event()

    def kill() -> None:
        late.set()
        _kill(process)

    timer = threading.Timer(timeout_s, kill)
    timer.daemon = True
    timer.start()
    try:
        with process:
            said = process.stdout.read(_MOST_BYTES + 1) if process.stdout else b""
            if len(said) > _MOST_BYTES:
                _kill(process)
    finally:
        timer.cancel()
        # Whatever it left behind in its session holds our secret's pipe open no longer.
        _kill(process)
    if late.is_set():
        raise CredentialError(f"the command did not end in {timeout_s:g} s", where=where)
    if len(said) > _MOST_BYTES:
        raise CredentialError(f"the command prints more than {_MOST_BYTES} bytes", where=where)
    if process.returncode != 0:
        raise CredentialError(f"the command ended with status {process.returncode}", where=where)
    try:
        line = said.decode().split("\n", 1)[0].removesuffix("\r")
    except UnicodeDecodeError:
        raise CredentialError("the command prints no UTF-8", where=where) from None
    if not line:
        raise CredentialError("the command prints no secret in its first line", where=where)
    return line


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
