"""``netintegrity init SITE``: a commented site folder to begin with."""

import argparse
from pathlib import Path
from typing import Final

from netintegrity.cli._output import emit, say
from netintegrity.cli._spec import Command
from netintegrity.errors import ExitStatus


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "site", type=Path, metavar="SITE", help="the folder to make; it must not exist yet"
    )


def _run(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.inventory.new_site import write_site
    from netintegrity.plain_text import clean

    for file in write_site(arguments.site):
        emit(clean(str(file)))
    say(f"write your devices into {arguments.site / 'hosts.yaml'}, then:")
    say(f"  netintegrity inventory check -i {arguments.site}")
    return ExitStatus.VERIFIED


COMMAND: Final = Command(
    id="init",
    summary="write a commented site folder; nothing that exists is touched",
    configure=_configure,
    run=_run,
)
