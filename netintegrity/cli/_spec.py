"""What a command module declares."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One word of the command line; its module imports what is heavy inside ``run``."""

    id: str
    summary: str
    configure: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    """Returns an :class:`~netintegrity.errors.ExitStatus`, or what a format for another program
    (Nagios) means by a number."""
