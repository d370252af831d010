"""``netintegrity collect``: the half of an audit that needs the network."""

import argparse
from pathlib import Path
from typing import Final

from netintegrity.cli import _run
from netintegrity.cli._output import emit
from netintegrity.cli._spec import Command
from netintegrity.errors import ExitStatus, gravest


def _configure(parser: argparse.ArgumentParser) -> None:
    _run.add_site(parser)
    _run.add_collection(parser)
    folder = parser.add_mutually_exclusive_group(required=True)
    folder.add_argument(
        "--output", type=Path, metavar="DIR", help="the run folder itself, new or empty"
    )
    _run.add_resume(folder)


def _run_it(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.app.auditing import collect
    from netintegrity.clock import utc_now
    from netintegrity.inventory.load import load_site
    from netintegrity.inventory.selection import select

    site = load_site(arguments.inventory)
    devices = select(site.devices, arguments.limit)
    request = _run.request_of(arguments, site, devices)
    with (
        _run.live_sessions(
            request, connect_timeout_s=arguments.connect_timeout, arguments=arguments
        ) as sessions,
        _run.progress(len(devices)) as done,
    ):
        folder, fleet = collect(request, sessions, now=utc_now, on_done=done)
    failed = [c for c in fleet.collected if c.evidence.failure is not None]
    for collected in failed:
        evidence = collected.evidence
        if evidence.failure is not None:
            emit(f"{evidence.device.name}: {evidence.failure.kind}: {evidence.failure.detail}")
    whole = len(fleet.collected) - len(failed)
    asked = len(devices) if request.resume is None else len(fleet.collected)
    emit(f"collected from {whole} of {asked} devices into {folder}")
    emit(f"judge it with: netintegrity assess {folder}")
    return gravest(
        [
            *([ExitStatus.INTERRUPTED] if fleet.interrupted else []),
            *([ExitStatus.FAULT] if any(c.fault for c in fleet.collected) else []),
            *([ExitStatus.UNVERIFIED] if failed or not devices else []),
            ExitStatus.VERIFIED,
        ]
    )


COMMAND: Final = Command(
    id="collect",
    summary="ask every device what it runs, and store the answers to be judged elsewhere",
    configure=_configure,
    run=_run_it,
)
