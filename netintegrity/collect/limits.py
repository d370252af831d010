"""How much of anything one device may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps on time and bytes; a device is hostile input, so each has a finite value."""

    connect_timeout_s: float = 15.0
    """For each of: TCP, the key exchange, the answer to the login."""
    setup_timeout_s: float = 90.0
    """From the first byte until the prompt stands and paging is off."""
    prompt_timeout_s: float = 20.0
    """For the first prompt, and for each answer while the session is prepared."""
    knock_after_s: float = 2.0
    """Of silence after the login, before an empty line is sent once."""
    device_timeout_s: float = 7200.0
    """For everything together."""
    resync_timeout_s: float = 5.0
    """For the rest of an answer that was cut off, before the next command is sent."""
    retry_s: float = 2.0
    """At most, before a connection that failed at once is tried a second and last time."""
    settle_s: float = 0.02
    """Silence after a prompt that makes it the last one."""
    glued_settle_s: float = 1.0
    """The same where the prompt stands behind text, as some NX-OS print it after a digest."""
    answer_bytes: int = 4 * 1024 * 1024
    """Of one answer; what comes beyond is not kept."""
    device_bytes: int = 64 * 1024 * 1024
    """Of one session."""
