"""A connection that a program carries: ``ProxyCommand``, once the operator allowed it by name.

Split into words here and run without a shell, with next to no environment. The program is the
operator's, from a configuration nobody else can write or read; what it says on stderr is not shown.
"""

import contextlib
import os
import shlex
import signal
import socket
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field

from netintegrity.collect.secret_command import check_command, minimal_environment
from netintegrity.collect.transport import HeldStream
from netintegrity.errors import UnreachableError


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyCommand:
    """One command, ready to run."""

    words: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a command as written in an ``ssh_config``.

    Raises:
        ValueError: it needs a shell, or names no program by its whole path.
    """
    lexer = shlex.shlex(text, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    lexer.commenters = ""
    words = list(lexer)
    if words and words[0] == "exec":
        words = words[1:]
    if any(set(word) <= set("();<>|&") for word in words) or any(c in text for c in "$`"):
        raise ValueError("it is run without a shell: words alone, no $ ` ; | & < > ( )")
    check_command(words)
    return tuple(words)


class CarriedStream(HeldStream):
    """A connection whose other end is the input and output of a program."""

    def __init__(self, process: "subprocess.Popen[bytes]", here: socket.socket) -> None:
        """Keep both: the program ends with the connection."""
        super().__init__(here)
        self._process = process

    def close(self) -> None:
        """End the program, and all it started."""
        super().close()
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)


def carried_by(command: ProxyCommand, *, where: str) -> CarriedStream:
    """Return a connection through a program.

    Raises:
        UnreachableError: it cannot be started.
    """
    here, there = socket.socketpair()
    with there:
        try:
            process = subprocess.Popen(  # noqa: S603 - the operator's own words, by no shell
                list(command.words),
                stdin=there.fileno(),
                stdout=there.fileno(),
                stderr=subprocess.DEVNULL,
                env=minimal_environment(command.environ, "SSH_AUTH_SOCK"),
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            here.close()
            raise UnreachableError(
                f"{where}: its ProxyCommand does not start: {error.strerror}"
            ) from error
    return CarriedStream(process, here)
