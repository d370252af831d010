"""Tells a command the box does not know from one it could not carry out."""

from typing import Final

from netintegrity.model.evidence import Exchange
from netintegrity.platforms._text import read

# % Invalid input detected at '^' marker.      % Invalid command at '^' marker.
_UNKNOWN: Final = ("invalid", "unrecognized", "incomplete", "ambiguous", "syntax error")


def is_no_command(exchange: Exchange) -> bool:
    """Say whether the box does not know the command, as opposed to not finding the file."""
    refusal = (read(exchange).refusal or "").lower()
    return any(word in refusal for word in _UNKNOWN)
