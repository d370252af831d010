"""What the simulated boxes that are a shell have in common."""

import hashlib
import re
from collections.abc import Callable, Mapping

from netintegrity.lab.device import LabDevice

Say = Callable[[LabDevice, re.Match[str]], str]


def answered(
    device: LabDevice,
    command: str,
    commands: Mapping[str, re.Pattern[str]],
    says: Mapping[str, Say],
) -> str | None:
    """Return what the box says to a command; None: it does not know it."""
    for word, pattern in commands.items():
        if (match := pattern.fullmatch(command)) is not None:
            return says[word](device, match)
    return None


def bsd_sum(device: LabDevice, path: str, content: bytes | None) -> str:
    """Return what ``sha256`` of a BSD says of a file; None: there is none."""
    if content is None:
        return f"sha256: {path}: No such file or directory\n"
    named = device.behaviour.hash_names or path
    return f"SHA256 ({named}) = {hashlib.sha256(content).hexdigest()}\n"


def objects(device: LabDevice) -> bool:
    """Say whether the box's own check finds a file that is not what was installed."""
    return device.signing_of(device.active) != "production"


def shell_refusal(_: LabDevice, command: str) -> str:
    """Return how a shell says that it knows no such program."""
    return f"-sh: {command.partition(' ')[0]}: command not found\n"
