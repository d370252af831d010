"""The one place that draws randomness."""

import secrets
from typing import Final

_NONCES: Final = 2**64


def jitter_s(most_s: float) -> float:
    """Return a wait of 0 to ``most_s`` seconds, so that retries do not come in step."""
    return secrets.SystemRandom().uniform(0.0, most_s)


def nonce() -> str:
    """Return a challenge for one command, never zero: a decimal number of 64 bits."""
    return str(1 + secrets.randbelow(_NONCES - 1))
