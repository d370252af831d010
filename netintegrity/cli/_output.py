"""stdout is the result; stderr is everything else."""

import json
import sys
from collections.abc import Mapping

from netintegrity.plain_text import clean


def emit_json(document: Mapping[str, object]) -> None:
    """Print exactly one JSON document."""
    sys.stdout.write(json.dumps(document, indent=2, sort_keys=False) + "\n")


def emit(text: str) -> None:
    """Print a line of the result."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def say(text: str) -> None:
    """Print a line of talk."""
    sys.stderr.write(clean(text) + "\n")
