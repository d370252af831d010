"""``netintegrity explain NI-101``: the page of one rule."""

import argparse
from importlib.resources import files
from typing import Final

from netintegrity.cli._output import emit
from netintegrity.cli._spec import Command
from netintegrity.errors import ConfigError, ExitStatus


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="NI-nnn", help="id of a rule, as reports print it")


def _run(arguments: argparse.Namespace) -> ExitStatus:
    pages = {
        p.name: p for p in files("netintegrity.rule_pages").iterdir() if p.name.endswith(".md")
    }
    page = pages.get(f"{arguments.rule.upper()}.md")
    if page is None:
        raise ConfigError(
            f"no rule {arguments.rule!r}",
            hint=f"there are {', '.join(sorted(name.removesuffix('.md') for name in pages))}",
        )
    emit(page.read_text(encoding="utf-8"))
    return ExitStatus.VERIFIED


COMMAND: Final = Command(
    id="explain",
    summary="print the page of one rule: what it asks, false alarms, what to do",
    configure=_configure,
    run=_run,
)
