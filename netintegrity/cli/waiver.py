"""``netintegrity waiver``: excuse an image for a while, in writing and signed."""

import argparse
from pathlib import Path
from typing import Final

from netintegrity.cli import _trust
from netintegrity.cli._spec import Command
from netintegrity.errors import ExitStatus


def _configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    sign = actions.add_parser("sign", help="sign a request for waivers", allow_abbrev=False)
    sign.add_argument("request", type=Path, metavar="REQUEST", help="YAML; docs/waivers.md")
    sign.add_argument("--key", type=Path, required=True, metavar="PEM", help="private key")
    sign.add_argument("--output", type=Path, metavar="FILE", help="otherwise standard output")
    keep = actions.add_parser(
        "import",
        help="verify signed waivers, and let runs of a site count them",
        allow_abbrev=False,
    )
    keep.add_argument("files", type=Path, nargs="+", metavar="FILE")
    listed = actions.add_parser("list", help="what is excused, and until when", allow_abbrev=False)
    _trust.add_at(listed)
    for action in (keep, listed):
        action.add_argument("-i", "--inventory", type=Path, required=True, metavar="SITE")
        _trust.add_keys(action)
        _trust.add_format(action)


def _run(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.cli import _waivers

    return {"sign": _waivers.sign, "import": _waivers.import_all, "list": _waivers.list_all}[
        arguments.action
    ](arguments)


COMMAND: Final = Command(
    id="waiver",
    summary="sign, import and list waivers: findings somebody excused for at most 90 days",
    configure=_configure,
    run=_run,
)
