"""Use cases: what the command line asks for, and nothing of how it is asked."""

from netintegrity.app.judging import assess
from netintegrity.app.registries import PLATFORMS, RULES, listing, parse_release, platform_of
from netintegrity.assess.status import exit_status

__all__ = [
    "PLATFORMS",
    "RULES",
    "assess",
    "exit_status",
    "listing",
    "parse_release",
    "platform_of",
]
