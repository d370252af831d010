"""``netintegrity release compare``: how one release stands to another."""

import argparse
from typing import TYPE_CHECKING, Final

from netintegrity.cli._output import emit, emit_json
from netintegrity.cli._spec import Command
from netintegrity.errors import ConfigError, ExitStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from netintegrity.model.release import Release
    from netintegrity.platforms._spec import Platform


def _configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    compare = actions.add_parser(
        "compare", help="say whether A is older or newer than B, the same, or incomparable"
    )
    compare.add_argument("platform", metavar="PLATFORM", help="a platform id, cisco_iosxe")
    compare.add_argument("a", metavar="A", help="a release as the vendor prints it, 17.09.04a")
    compare.add_argument("b", metavar="B", help="another one")
    compare.add_argument("--format", choices=("table", "json"), default="table")


def _run(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.cli._platforms import platform_named

    platform = platform_named(arguments.platform)
    order = _parsed(platform, "A", arguments.a).compared_to(_parsed(platform, "B", arguments.b))
    if arguments.format == "json":
        emit_json(
            {
                "schema": "netintegrity/release-order/1",
                "platform": platform.id,
                "a": arguments.a,
                "b": arguments.b,
                "order": order.value,
            }
        )
    else:
        emit(f"{arguments.a} {_SAID[order.value]} {arguments.b}")
    return ExitStatus.VERIFIED


_SAID: Final = {
    "older": "is older than",
    "same": "is the same as",
    "newer": "is newer than",
    "incomparable": "cannot be ordered against",
}


def _parsed(platform: "Platform", name: str, text: str) -> "Release":
    release = platform.parse_release(text)
    if release is None:
        expected = _shapes().get(platform.id, "as its vendor prints it")
        raise ConfigError(
            f"{text!r} is no {platform.title} release; {expected}",
            where=name,
            hint="give it as the box or the vendor's file name has it",
        )
    return release


def _shapes() -> "Mapping[str, str]":
    """Return what a release looks like, by platform, from every module of grammars."""
    import importlib
    import pkgutil

    from netintegrity import platforms

    shapes: dict[str, str] = {}
    for module in pkgutil.iter_modules(platforms.__path__):
        if module.name.startswith("_releases"):
            grammars = importlib.import_module(f"{platforms.__name__}.{module.name}")
            shapes |= getattr(grammars, "EXPECTED", {})
    return shapes


COMMAND: Final = Command(
    id="release",
    summary="compare two releases of a platform",
    configure=_configure,
    run=_run,
)
