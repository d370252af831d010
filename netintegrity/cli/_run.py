"""What ``audit``, ``collect`` and ``lab audit`` share: options, sessions, progress, output."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from netintegrity.cli import _trust
from netintegrity.cli._output import say
from netintegrity.cli._ways import access_to, add_ssh_config
from netintegrity.errors import ConfigError

if TYPE_CHECKING:
    from netintegrity.app.auditing import Request
    from netintegrity.app.windows import PlanFile
    from netintegrity.collect.runner import CollectedDevice
    from netintegrity.collect.session import SessionFactory
    from netintegrity.inventory.site import Site
    from netintegrity.model.device import Device, JumpHost


def add_site(parser: argparse.ArgumentParser) -> None:
    """Add what says which devices to ask."""
    parser.add_argument(
        "-i",
        "--inventory",
        type=Path,
        required=True,
        metavar="SITE",
        help="a site folder (inventories/<site>) or an inventory file",
    )
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="EXPR",
        help="a name glob or key=value; commas mean or, repeating the option means and",
    )


def add_collection(parser: argparse.ArgumentParser) -> None:
    """Add what says how to ask them."""
    parser.add_argument(
        "--workers",
        type=int,
        default=256,
        metavar="N",
        help="sessions open at once, nearly all of them waiting for a hash; default 256",
    )
    parser.add_argument(
        "--connect-timeout", type=float, default=15.0, metavar="SECONDS", help="default 15"
    )
    add_ssh_config(parser)


def add_resume(options: "argparse._ActionsContainer") -> None:
    """Add ``--resume``."""
    options.add_argument(
        "--resume",
        type=Path,
        metavar="RUN",
        help="finish a run that was killed or interrupted: ask only who is missing there",
    )


def add_judgement(parser: argparse.ArgumentParser) -> None:
    """Add what says by what to judge."""
    parser.add_argument(
        "--manifests", type=Path, metavar="DIR", help="default: manifests/ of the site or run"
    )
    _trust.add_keys(parser)
    parser.add_argument("--policy", type=Path, metavar="FILE", help="default: the site's or run's")
    _trust.add_at(parser)


def add_window(parser: argparse.ArgumentParser) -> None:
    """Add what says which change window a run is about."""
    parser.add_argument(
        "--window",
        type=Path,
        metavar="PLAN",
        help="hold the devices of a change plan against it (docs/change-window.md)",
    )
    parser.add_argument(
        "--phase",
        choices=("pre", "post"),
        help="with --window: before the change, or after it; default: what the time says",
    )


def plan_file(arguments: argparse.Namespace) -> "PlanFile | None":
    """Return the plan asked for; None: the run is about no change window.

    Raises:
        ConfigError: there is no such file, or a phase of no plan.
    """
    from netintegrity.app.windows import PlanFile
    from netintegrity.assess.plan import Phase
    from netintegrity.inventory.plan import read_plan_bytes

    path, phase = getattr(arguments, "window", None), getattr(arguments, "phase", None)
    if path is None:
        if phase is not None:
            raise ConfigError(
                "is said of a change window, and none is named",
                where="--phase",
                hint="name its plan with --window PLAN",
            )
        return None
    return PlanFile(
        name=str(path), raw=read_plan_bytes(path), phase=None if phase is None else Phase(phase)
    )


def moment_or_none(text: str | None) -> datetime | None:
    """Return the moment ``--at`` states; None: it states none."""
    return None if text is None else _trust.moment(text)


def request_of(
    arguments: argparse.Namespace,
    site: "Site",
    devices: "tuple[Device, ...]",
    *,
    environ: Mapping[str, str] = os.environ,
) -> "Request":
    """Return what the command line asks for.

    Raises:
        ConfigError: an option has no meaning.
    """
    from netintegrity.app.auditing import Request
    from netintegrity.store.history.place import history_place
    from netintegrity.store.memory import state_folder

    if arguments.workers < 1:
        raise ConfigError("expected at least 1", where="--workers")
    resume = getattr(arguments, "resume", None)
    if resume is not None and arguments.limit:
        raise ConfigError("a run that is resumed asks whom it began with", where="--limit")
    manifests = getattr(arguments, "manifests", None)
    if manifests is not None and not manifests.is_dir():
        raise ConfigError("no such folder of manifests", where=str(manifests))
    return Request(
        site=site,
        devices=devices,
        keys_folder=getattr(arguments, "keys", None),
        manifests_folder=manifests or site.manifests,
        state_folder=state_folder(site.name, environ),
        output=arguments.output,
        at=moment_or_none(getattr(arguments, "at", None)),
        workers=arguments.workers,
        plan=plan_file(arguments),
        history=history_place(environ),
        since_last=getattr(arguments, "since_last", False),
        resume=resume,
    )


@contextmanager
def live_sessions(
    request: "Request",
    *,
    connect_timeout_s: float,
    arguments: argparse.Namespace | None = None,
    environ: Mapping[str, str] = os.environ,
) -> "Iterator[SessionFactory]":
    """Yield what opens real sessions, once every device and jump host has its credential.

    Args:
        request: whom to ask.
        connect_timeout_s: for each step of opening a session.
        arguments: of the command line, with what :func:`add_collection` added; None: as if none
            of it was given.
        environ: where credentials may be, and what leads to them.

    Raises:
        ExceptionGroup: of CredentialErrors.
    """
    from netintegrity.collect.limits import Limits
    from netintegrity.collect.ssh import open_session_factory

    if connect_timeout_s <= 0:
        raise ConfigError("expected more than 0 seconds", where="--connect-timeout")
    access = access_to(
        request.site,
        request.devices,
        ssh_config=getattr(arguments, "ssh_config", None),
        allow_proxy_command=getattr(arguments, "allow_proxy_command", False),
        environ=environ,
    )
    for warning in access.keys.warnings:
        say(warning)
    servers: list[Device | JumpHost] = [*request.devices]
    servers += access.ways.needed_by(request.devices)
    access.provider.require(servers, access.credential_of)
    for ref in access.provider.short_secrets():
        say(
            f"netintegrity: the secret of credential {ref!r} has fewer than 8 characters: an "
            "answer that holds it is dropped, since it cannot safely be cut out"
        )
    sessions = open_session_factory(
        host_keys=access.keys,
        credentials=access.credential_of,
        ways=access.ways,
        limits=Limits(connect_timeout_s=connect_timeout_s),
    )
    with closing(sessions):
        if access.provider.at_terminal is not None:
            # Before the progress bar takes the terminal.
            sessions.open_ways(request.devices)
        yield sessions


@contextmanager
def progress(total: int) -> "Iterator[Callable[[CollectedDevice], None]]":
    """Show a bar on a terminal, and nothing elsewhere; yield what to call for each device done."""
    if not sys.stderr.isatty() or total == 0:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.text import Text

    columns = (
        TextColumn("collecting"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[last]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total, last="")

        def done(collected: "CollectedDevice") -> None:
            bar.update(task, advance=1, last=Text(collected.evidence.device.name).plain)

        yield done
