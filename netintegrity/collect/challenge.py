"""The one place that draws randomness."""

import secrets


def jitter_s(most_s: float) -> float:
    """Return a wait of 0 to ``most_s`` seconds, so that retries do not come in step."""
    return secrets.SystemRandom().uniform(0.0, most_s)
