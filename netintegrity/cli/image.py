"""``netintegrity image verify``: one image file on this host."""

import argparse
from pathlib import Path
from typing import Final

from netintegrity.cli import _trust
from netintegrity.cli._spec import Command
from netintegrity.errors import ExitStatus


def _configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    sub = actions.add_parser(
        "verify",
        help="verify the signature inside an image, and look it up in signed lists",
        allow_abbrev=False,
    )
    sub.add_argument("file", type=Path, metavar="FILE", help="the image, as it was downloaded")
    sub.add_argument(
        "--manifests", type=Path, metavar="DIR", help="signed lists to look its digests up in"
    )
    sub.add_argument(
        "--signature-only",
        action="store_true",
        help="print SHA-256 alone where it is enough to judge the signature; takes half the time",
    )
    _trust.add_keys(sub)
    _trust.add_at(sub)
    _trust.add_format(sub)


def _run(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.cli import _image_verify

    return _image_verify.verify(arguments)


COMMAND: Final = Command(
    id="image",
    summary="verify an image file on this host",
    configure=_configure,
    run=_run,
)
