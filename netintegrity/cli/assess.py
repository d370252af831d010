"""``netintegrity assess``: judge a stored run again, offline."""

import argparse
from pathlib import Path
from typing import Final

from netintegrity.cli import _publish, _run
from netintegrity.cli._output import say
from netintegrity.cli._spec import Command
from netintegrity.errors import ConfigError, ExitStatus, gravest


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=Path, metavar="DIR", help="a run folder")
    _run.add_judgement(parser)
    _run.add_window(parser)
    _publish.add_formats(parser)


def _run_it(arguments: argparse.Namespace) -> int:
    from netintegrity.app.assessing import assess_stored
    from netintegrity.assess.status import status_of
    from netintegrity.inventory.policy import read_policy
    from netintegrity.store.runs import read_run

    asked = _publish.formats(arguments)
    if arguments.manifests is not None and not arguments.manifests.is_dir():
        raise ConfigError("no such folder of manifests", where=str(arguments.manifests))
    report = assess_stored(
        read_run(arguments.run),
        keys_folder=arguments.keys,
        manifests_folder=arguments.manifests,
        policy=None if arguments.policy is None else read_policy(arguments.policy),
        at=_run.moment_or_none(arguments.at),
        plan=_run.plan_file(arguments),
    )
    problems = _publish.show(report, asked, folder=None)
    for problem in problems:
        say(f"netintegrity: {problem}")
    status = status_of(report)
    return _publish.status_for(asked, gravest((status, ExitStatus.FAULT)) if problems else status)


COMMAND: Final = Command(
    id="assess",
    summary="judge a stored run again, by its own inputs or by others, connecting to nothing",
    configure=_configure,
    run=_run_it,
)
