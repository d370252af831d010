"""``netintegrity audit``: collect, judge, store, report."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from netintegrity.cli import _publish, _run
from netintegrity.cli._output import emit
from netintegrity.cli._spec import Command
from netintegrity.errors import ExitStatus


def _configure(parser: argparse.ArgumentParser) -> None:
    _run.add_site(parser)
    _run.add_judgement(parser)
    _run.add_collection(parser)
    _run.add_window(parser)
    _publish.add_formats(parser)
    folder = parser.add_mutually_exclusive_group()
    folder.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="the run folder itself, new or empty; default: a new one below ./reports/",
    )
    _run.add_resume(folder)
    parser.add_argument(
        "--since-last",
        action="store_true",
        help="show only what changed since the run before (table, json, syslog)",
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="print every command each device would be sent; connect to nothing",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command."""
    asked = _publish.formats(arguments)
    return _publish.in_words_asked(asked, lambda: _audit(arguments, asked))


def _audit(arguments: argparse.Namespace, asked: Sequence[_publish.Wanted]) -> int:
    from netintegrity import app
    from netintegrity.app.auditing import audit
    from netintegrity.clock import utc_now
    from netintegrity.collect.dryrun import dry_run
    from netintegrity.inventory.load import load_site
    from netintegrity.inventory.selection import select

    site = load_site(arguments.inventory, policy_file=arguments.policy)
    devices = select(site.devices, arguments.limit)
    request = _run.request_of(arguments, site, devices)
    request = replace(request, look_back=any(w.name == "html" for w in asked))
    if arguments.dry_run:
        for line in dry_run(devices, app.PLATFORMS, workers=arguments.workers):
            emit(line)
        return ExitStatus.VERIFIED if devices else ExitStatus.UNVERIFIED
    with (
        _run.live_sessions(
            request, connect_timeout_s=arguments.connect_timeout, arguments=arguments
        ) as sessions,
        _run.progress(len(devices)) as done,
    ):
        outcome = audit(request, sessions, now=utc_now, on_done=done)
    return _publish.publish(outcome, asked, since_last=arguments.since_last)


COMMAND: Final = Command(
    id="audit",
    summary="ask every device what it runs, and judge the answers against signed manifests",
    configure=_configure,
    run=run,
)
