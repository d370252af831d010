"""``netintegrity compare``: what changed between two runs, and was it announced?"""

import argparse
from pathlib import Path
from typing import Final

from netintegrity.cli import _trust
from netintegrity.cli._output import emit, emit_json, say
from netintegrity.cli._spec import Command
from netintegrity.errors import ExitStatus


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", type=Path, metavar="BEFORE", help="the run folder before")
    parser.add_argument("after", type=Path, metavar="AFTER", help="the run folder after")
    parser.add_argument(
        "--plan", type=Path, metavar="FILE", help="what was announced; without it, nothing was"
    )
    _trust.add_keys(parser)
    parser.add_argument(
        "--format",
        choices=("table", "json", "markdown", "html"),
        default="table",
        help="markdown and html are for the ticket of the change",
    )


def _run(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.app.comparing import compare_stored
    from netintegrity.app.windows import PlanFile
    from netintegrity.cli._compare_pages import html, markdown
    from netintegrity.cli._compare_show import document, table
    from netintegrity.inventory.plan import read_plan_bytes

    plan = None
    if arguments.plan is not None:
        plan = PlanFile(name=str(arguments.plan), raw=read_plan_bytes(arguments.plan))
    comparison = compare_stored(
        arguments.before,
        arguments.after,
        plan,
        keys_folder=arguments.keys,
    )
    if comparison.before.site != comparison.after.site:
        say(
            f"netintegrity: the runs are of two sites, {comparison.before.site} and "
            f"{comparison.after.site}; devices are compared by their names"
        )
    for run in (comparison.before, comparison.after):
        rejected = sum(m.reason is not None for m in run.manifests)
        if rejected:
            say(
                f"netintegrity: {run.run_id}: {rejected} of {len(run.manifests)} manifests do not "
                "count; whose word counts is said with --keys"
            )
    if arguments.format == "json":
        emit_json(document(comparison))
    else:
        render = {"table": table, "markdown": markdown, "html": html}[arguments.format]
        emit(render(comparison).removesuffix("\n"))
    return comparison.status


COMMAND: Final = Command(
    id="compare",
    summary="compare two stored runs, and tell what was planned from what was not",
    configure=_configure,
    run=_run,
)
