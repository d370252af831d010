"""``netintegrity list``: what this installation knows; straight from the registries."""

import argparse
from typing import Final

from netintegrity.cli._output import emit, emit_json
from netintegrity.cli._spec import Command
from netintegrity.errors import ExitStatus

_KINDS: Final = ("platforms", "rules", "formats", "reports")


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=_KINDS)
    parser.add_argument("--format", choices=("table", "json"), default="table")


def _run(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity import app

    rows = app.listing(arguments.kind)
    if arguments.format == "json":
        emit_json({"schema": "netintegrity/list/1", "kind": arguments.kind, "items": list(rows)})
    else:
        width = max((len(row["id"]) for row in rows), default=0)
        for row in rows:
            emit(f"{row['id']:<{width}}  {row['title']}")
    return ExitStatus.VERIFIED


COMMAND: Final = Command(
    id="list",
    summary="list the platforms, rules, manifest formats or report formats there are",
    configure=_configure,
    run=_run,
)
