"""``netintegrity list``: what this installation knows; straight from the registries."""

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from netintegrity.cli._output import emit, emit_json
from netintegrity.cli._spec import Command
from netintegrity.errors import ConfigError, ExitStatus

if TYPE_CHECKING:
    from netintegrity.platforms._spec import Platform

_KINDS: Final = ("platforms", "rules", "formats", "images", "reports")


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=_KINDS)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument(
        "--commands",
        action="store_true",
        help="with platforms: every line that can be sent, with its argument, why, and the "
        "privilege it needs",
    )
    parser.add_argument(
        "--platform",
        action="append",
        default=[],
        metavar="NAME",
        help="with --commands: only this platform, by id or alias; may be repeated",
    )
    parser.add_argument(
        "--as",
        dest="form",
        choices=("table", "tacacs", "ise"),
        default="table",
        help="with --commands: a group for tac_plus, or command sets for Cisco ISE (JSON, as its "
        "ERS interface takes them)",
    )


def _run(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity import app

    _check(arguments)
    if arguments.commands:
        _show_commands(arguments)
        return ExitStatus.VERIFIED
    rows = app.listing(arguments.kind)
    if arguments.format == "json":
        emit_json({"schema": "netintegrity/list/1", "kind": arguments.kind, "items": list(rows)})
    else:
        width = max((len(row["id"]) for row in rows), default=0)
        for row in rows:
            emit(f"{row['id']:<{width}}  {row['title']}")
    return ExitStatus.VERIFIED


def _check(arguments: argparse.Namespace) -> None:
    """Refuse options that would silently do nothing."""
    if arguments.commands and arguments.kind != "platforms":
        raise ConfigError(
            f"only platforms have commands, not {arguments.kind}",
            where="--commands",
            hint="netintegrity list platforms --commands",
        )
    used = {"--platform": bool(arguments.platform), "--as": arguments.form != "table"}
    for option, given in used.items():
        if given and not arguments.commands:
            raise ConfigError("says something about commands", where=option, hint="add --commands")
    if arguments.form != "table" and arguments.format == "json":
        raise ConfigError(
            f"{arguments.form} has a form of its own",
            where="--format",
            hint="leave out one of --as and --format",
        )


def _show_commands(arguments: argparse.Namespace) -> None:
    from netintegrity.app import authorisation
    from netintegrity.app.registries import PLATFORMS
    from netintegrity.cli._platforms import platform_named

    named = {p.id: p for p in map(platform_named, arguments.platform)}
    chosen = tuple(named.values()) or tuple(PLATFORMS.values())
    if arguments.form == "tacacs":
        emit(authorisation.tacacs(chosen))
    elif arguments.form == "ise":
        emit(json.dumps(authorisation.ise(chosen), indent=2))
    elif arguments.format == "json":
        emit_json(
            {
                "schema": "netintegrity/list/1",
                "kind": "platforms",
                "items": authorisation.document(chosen),
            }
        )
    else:
        emit("\n".join(line for platform in chosen for line in _plain(platform)))


def _plain(platform: "Platform") -> Iterator[str]:
    from netintegrity.app.authorisation import lines_of

    yield f"{platform.id}: {platform.title}"
    if platform.privilege:
        yield f"    needs  {platform.privilege}"
    for line in lines_of(platform):
        yield f"  {line.command}"
        optional = "" if line.demanded else "; optional"
        yield f"    why    {line.why}{optional}"
        if line.argument is not None:
            yield f"    takes  {line.argument}: {line.grammar}"
        if line.privilege and line.privilege != platform.privilege:
            yield f"    needs  {line.privilege}"
    yield ""


COMMAND: Final = Command(
    id="list",
    summary="list the platforms, rules, manifest formats or report formats there are",
    configure=_configure,
    run=_run,
)
