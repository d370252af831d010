"""What a personality declares."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from netintegrity.lab.device import LabDevice


@dataclass(frozen=True, slots=True, kw_only=True)
class Personality:
    """How one network operating system speaks."""

    id: str
    title: str
    platform_id: str
    """The platform whose reader is to understand it."""
    pid: str
    """Of a box of which the scenario does not say."""
    commands: Mapping[str, re.Pattern[str]]
    """Every command it answers, matched whole, by the word a behaviour names it by."""
    session_lines: Mapping[str, str]
    """Lines that set up a terminal, and what is said to them."""
    answer: Callable[[LabDevice, str], str]
    """Pure: the text after a command, each line ending in a newline; whatever it does not know it
    refuses as the box would."""
    refusal: Callable[[LabDevice, str], str]
    """Pure: how it says that it will not."""
    user_commands: frozenset[str] = frozenset()
    """Words of the commands that need no raised privilege."""
    prompt: str = ""
    """``{}`` stands for its name; empty: the name, and a sign for the privilege."""
    takes_login_options: bool = False
    """True: what follows a ``+`` in the user name sets up the terminal, and is no part of it."""
    part_kinds: frozenset[str] = frozenset({"member", "supervisor"})
    """What a box of it may consist of."""

    def word_of(self, command: str) -> str | None:
        """Return the word of the command; None: it is not one of them."""
        return next((w for w, p in self.commands.items() if p.fullmatch(command)), None)
