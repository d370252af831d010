"""``netintegrity lab``: a simulated fleet over real SSH on 127.0.0.1."""

import argparse
import os
import shlex
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from netintegrity.cli import _publish, _run
from netintegrity.cli._output import emit, emit_json, say
from netintegrity.cli._spec import Command
from netintegrity.errors import ConfigError, ExitStatus

if TYPE_CHECKING:
    from netintegrity.app.auditing import Outcome
    from netintegrity.app.windows import PlanFile
    from netintegrity.lab.scenario import Scenario
    from netintegrity.lab.world import LabWorld

DEFAULT: Final = "default"


def _configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True, dest="action")
    up = actions.add_parser("up", help="start the fleet, say how to audit it, stay until Ctrl-C")
    up.add_argument("--format", choices=("table", "json"), default="table")
    up.add_argument("--root", type=Path, metavar="DIR", help="keep its files here; must be empty")
    audit = actions.add_parser(
        "audit", help="start it, audit it, stop it, and compare with what the scenario expects"
    )
    _publish.add_formats(audit)
    audit.add_argument("--output", type=Path, metavar="DIR", help="keep the run folder here")
    window = actions.add_parser(
        "window", help="audit it before and after a change, and compare with the plan"
    )
    window.add_argument("--format", choices=("table", "json", "markdown", "html"), default="table")
    for action, default in ((up, DEFAULT), (audit, DEFAULT), (window, "window")):
        action.add_argument(
            "--scenario", default=default, metavar="NAME|FILE", help=f"default: {default}"
        )
        action.add_argument("--devices", type=int, metavar="N", help="repeat them up to this many")
    listing = actions.add_parser("list", help="list the scenarios there are")
    listing.add_argument("--format", choices=("table", "json"), default="table")


def _run_it(arguments: argparse.Namespace) -> ExitStatus:
    match arguments.action:
        case "up":
            return _up(arguments)
        case "audit":
            return _audit(arguments)
        case "window":
            return _window(arguments)
        case _:
            return _list(arguments)


def _scenario(name: str) -> "Scenario":
    from netintegrity.lab.scenario import builtin_scenarios, load_scenario, read_builtin

    if name in builtin_scenarios():
        return load_scenario(read_builtin(name), name)
    path = Path(name)
    if not path.is_file():
        raise ConfigError(
            "no such scenario, and no such file",
            where=name,
            hint=f"there are {', '.join(builtin_scenarios())}",
        )
    return load_scenario(path.read_bytes(), str(path))


@contextmanager
def _world(arguments: argparse.Namespace, root: Path | None = None) -> "Iterator[LabWorld]":
    from netintegrity.clock import utc_now
    from netintegrity.lab.world import LabWorld

    scenario = _scenario(arguments.scenario)
    with LabWorld.create(scenario, now=utc_now(), root=root, devices=arguments.devices) as world:
        yield world


def _up(arguments: argparse.Namespace) -> ExitStatus:
    with _world(arguments, arguments.root) as world:
        if arguments.format == "json":
            emit_json(world.document())
        else:
            variables = " ".join(f"{n}={shlex.quote(v)}" for n, v in world.environment().items())
            emit(f"{len(world.devices)} devices listen on 127.0.0.1; Ctrl-C ends them")
            emit(f"  site         {world.site}")
            emit(f"  keys         {world.keys}")
            emit(f"  state        {world.state}")
            emit(f"  credentials  {world.credentials}")
            emit(f"  manifest     {world.manifest}, signed by {world.signing_key}")
            emit("audit them with:")
            emit(f"  {variables} {shlex.join(world.audit_arguments())}")
        threading.Event().wait()
    return ExitStatus.VERIFIED


def _audit(arguments: argparse.Namespace) -> ExitStatus:
    asked = _publish.formats(arguments)
    with _world(arguments) as world:
        outcome = _audited(world, arguments.output or world.root / "run")
        expected = {
            d.name: (d.expected.value, None if d.expected_level is None else d.expected_level.word)
            for d in world.devices
        }
        differing = list(_differences(outcome, expected))
        if asked[0].name == "json":
            _emit_with_expectations(outcome, expected)
        else:
            _publish.show(outcome.report, asked, folder=outcome.folder)
        for line in differing:
            say(f"netintegrity: {line}")
        if not differing:
            say(
                f"netintegrity: all {len(expected)} devices were judged as the scenario "
                f"{arguments.scenario!r} expects"
            )
        if arguments.output is not None:
            say(f"netintegrity: the run is stored in {outcome.folder}")
    return ExitStatus.FINDING if differing else ExitStatus.VERIFIED


def _window(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.cli import _lab_window

    with _world(arguments) as world:
        return _lab_window.window(arguments, world, _audited)


def _audited(world: "LabWorld", output: Path, plan: "PlanFile | None" = None) -> "Outcome":
    """Audit the lab by the ordinary path: its site, its keys, the operator's own variables."""
    from netintegrity.app.auditing import Request, audit
    from netintegrity.clock import utc_now
    from netintegrity.inventory.load import load_site
    from netintegrity.store.history.place import history_place
    from netintegrity.store.memory import state_folder

    environ = {**os.environ, **world.environment()}
    site = load_site(world.site)
    request = Request(
        site=site,
        devices=site.devices,
        keys_folder=world.keys,
        manifests_folder=site.manifests,
        state_folder=state_folder(site.name, environ),
        output=output,
        at=None,
        plan=plan,
        history=history_place(environ),
    )
    with (
        _run.live_sessions(
            request, connect_timeout_s=_CONNECT_TIMEOUT_S, environ=environ
        ) as sessions,
        _run.progress(len(site.devices)) as done,
    ):
        return audit(request, sessions, now=utc_now, on_done=done)


_CONNECT_TIMEOUT_S: Final = 5.0
"""Nothing on this machine is far away, and one device of the lab never answers."""


def _differences(
    outcome: "Outcome", expected: Mapping[str, tuple[str, str | None]]
) -> Iterator[str]:
    judged = {r.evidence.device.name: r.appraisal for r in outcome.report.results}
    for name, (conclusion, level) in expected.items():
        appraisal = judged.get(name)
        if appraisal is None:
            yield f"{name}: expected {conclusion}, and it was not judged at all"
            continue
        if appraisal.conclusions[0] != conclusion:
            yield f"{name}: expected {conclusion}, judged {appraisal.conclusions[0]}"
        if level is not None and appraisal.assurance.level.word != level:
            yield f"{name}: expected to be known by {level}, not {appraisal.assurance.level.word}"


def _emit_with_expectations(
    outcome: "Outcome", expected: Mapping[str, tuple[str, str | None]]
) -> None:
    from netintegrity.report.view import document

    shown = document(outcome.report)
    devices = shown["devices"]
    if isinstance(devices, list):
        for device in devices:
            device["expected"], device["expected_level"] = expected[device["name"]]
    emit_json(shown)


def _list(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.lab.scenario import builtin_scenarios

    names = list(builtin_scenarios())
    if arguments.format == "json":
        emit_json({"schema": "netintegrity/lab-list/1", "scenarios": names})
    else:
        for name in names:
            emit(name)
    return ExitStatus.VERIFIED


COMMAND: Final = Command(
    id="lab",
    summary="start a simulated fleet over real SSH on 127.0.0.1, and audit it",
    configure=_configure,
    run=_run_it,
)
