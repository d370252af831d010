"""``netintegrity attestation verify``: a saved hardware quote, judged offline."""

import argparse
from pathlib import Path
from typing import Final

from netintegrity.cli import _trust
from netintegrity.cli._spec import Command
from netintegrity.errors import ExitStatus

_NONCE_HELP: Final = (
    "what you sent with the command: a decimal number, hex:1A2B for the bytes IOS-XR is sent, or "
    "none; what the file echoes is never believed"
)


def _configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    sub = actions.add_parser(
        "verify", help="judge saved outputs of a box's quote commands", allow_abbrev=False
    )
    for kind, shown in (
        ("certificates", "show platform sudi certificate, … trust_chain, … attest certificate"),
        ("measurements", "show platform integrity, … measurement"),
        ("compliance", "show system integrity all compliance"),
    ):
        sub.add_argument(f"--{kind}", type=Path, metavar="FILE", help=f"output of {shown}")
    sub.add_argument("--nonce", metavar="N", help=_NONCE_HELP)
    for kind in ("certificates", "measurements", "compliance"):
        sub.add_argument(
            f"--{kind}-nonce", metavar="N", help=f"for that file alone, instead of --nonce ({kind})"
        )
    sub.add_argument(
        "--serial",
        action="append",
        default=[],
        metavar="SN",
        help="of the hardware it should be; once for each part of the box",
    )
    sub.add_argument(
        "--manifest",
        type=Path,
        action="append",
        nargs="+",
        default=[],
        metavar="FILE",
        help="known good values, with their signature beside them; repeatable",
    )
    _trust.add_keys(sub)
    _trust.add_at(sub)
    _trust.add_format(sub)


def _run(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.cli import _attestation_verify

    return _attestation_verify.verify(arguments)


COMMAND: Final = Command(
    id="attestation",
    summary="verify a hardware quote that a box gave over a nonce of yours",
    configure=_configure,
    run=_run,
)
