"""What was seen on the wire; raw, immutable, replayable."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from netintegrity.model.device import Device


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One command and its answer."""

    probe_id: str
    command: str
    output: str
    """Text as received: newlines normalised, secrets redacted, nothing else changed."""
    started_at: datetime
    """UTC."""
    elapsed_s: float
    complete: bool
    """True if the prompt came back; False if the read limit cut the output short."""
    nonce: str | None = None
    """The nonce we drew for this command, as sent; None: the command takes none."""


class HostKeyStatus(StrEnum):
    """What the SSH client knew of the server key."""

    MATCHED = "matched"
    """Equal to the one in known_hosts."""
    FIRST_USE = "first-use"
    """Equal to one approved unseen, and not yet confirmed out of band."""
    NO_SESSION = "no-session"
    """No session was opened."""


class FailureKind(StrEnum):
    """Why collection stopped."""

    UNREACHABLE = "unreachable"
    AUTHENTICATION = "authentication"
    HOST_KEY_UNKNOWN = "host-key-unknown"
    HOST_KEY_CHANGED = "host-key-changed"
    TIMEOUT = "timeout"
    COMMAND_REJECTED = "command-rejected"
    LEGACY_SSH_ONLY = "legacy-ssh-only"


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionFailure:
    """A failure kept as evidence, so that one bad device never ends a run."""

    kind: FailureKind
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything one device said during one run."""

    run_id: str
    device: Device
    collected_at: datetime
    """UTC, when the session opened."""
    host_key_fingerprint: str | None
    """OpenSSH form, ``SHA256:<base64>``; None if no session was opened."""
    host_key_status: HostKeyStatus
    exchanges: tuple[Exchange, ...]
    failure: CollectionFailure | None = None
    weak_ssh: tuple[str, ...] = ()
    """What the session was protected by and nobody should rely on, by the names of RFC 4253 and
    its successors (``aes128-cbc``); only for a device that the inventory marks as legacy."""
