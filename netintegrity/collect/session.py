"""What collection asks of a transport."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from netintegrity.model.device import Device
from netintegrity.model.evidence import HostKeyStatus
from netintegrity.platforms._spec import Platform, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for one command."""

    output: str
    """Between the echo of the command and the prompt; newlines normalised, secrets redacted,
    undecodable bytes as ``\\xNN``."""
    complete: bool
    """True only if the echo was the command sent and the prompt of the login came back."""
    doubts_the_one_before: bool = False
    """True: the answer before it may not have ended where it seemed to."""


class Session(Protocol):
    """An open management session on which only declared probes can be sent."""

    @property
    def host_key_fingerprint(self) -> str:
        """OpenSSH form, ``SHA256:<base64>``."""
        ...

    @property
    def host_key_status(self) -> HostKeyStatus:
        """What known_hosts said of that key."""
        ...

    @property
    def weak_algorithms(self) -> tuple[str, ...]:
        """What protects the session and nobody should rely on; nothing is the normal case."""
        ...

    def run(self, request: Request) -> Answer:
        """Send one read-only command.

        Raises:
            CommandRejectedError: no probe of the platform admits it; nothing was sent.
            ReadTimeoutError: the session died; one that is merely cut off is not complete.
        """
        ...

    def is_at_rest(self) -> bool:
        """Asked once behind the last answer; False: more came, so it was not whole."""
        ...


SessionFactory = Callable[[Device, Platform], AbstractContextManager[Session]]
"""Opens a session, or raises a :class:`~netintegrity.errors.CollectionError` that says why not."""
