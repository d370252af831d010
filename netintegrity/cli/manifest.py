"""``netintegrity manifest``: vendors' signed lists, and your own."""

import argparse
from pathlib import Path
from typing import Final

from netintegrity.cli import _trust
from netintegrity.cli._spec import Command
from netintegrity.errors import ExitStatus


def _configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _configure_reading(actions)
    _configure_writing(actions)


def _configure_reading(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    sub = actions.add_parser("verify", help="judge one file", allow_abbrev=False)
    sub.add_argument("file", type=Path, metavar="FILE")
    sub.add_argument(
        "--signature",
        type=Path,
        metavar="FILE",
        help="the detached signature; otherwise found by name beside the file "
        "(.signature .sig .asc .minisig .p7s .sigstore.json …)",
    )
    _trust.add_keys(sub)
    _trust.add_at(sub)
    _trust.add_format(sub)

    sub = actions.add_parser("import", help="verify files, and keep them", allow_abbrev=False)
    sub.add_argument("files", type=Path, nargs="+", metavar="FILE")
    _add_site(sub, required=True)
    _trust.add_keys(sub)
    _trust.add_format(sub)

    sub = actions.add_parser("list", help="judge all lists of a site", allow_abbrev=False)
    where = sub.add_mutually_exclusive_group(required=True)
    _add_site(where)
    _add_manifests(where)
    _trust.add_keys(sub)
    _trust.add_at(sub)
    _trust.add_format(sub)

    sub = actions.add_parser("show", help="print what a verified list says", allow_abbrev=False)
    sub.add_argument(
        "id",
        metavar="ID",
        help="as `manifest list` prints it; without -i and --manifests, a file",
    )
    where = sub.add_mutually_exclusive_group()
    _add_site(where)
    _add_manifests(where)
    sub.add_argument("--digest", metavar="HEX", help="only the file of this digest")
    sub.add_argument("--filename", metavar="NAME", help="only files of this name")
    _trust.add_keys(sub)
    _trust.add_at(sub)
    _trust.add_format(sub, default="json")


def _configure_writing(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    sub = actions.add_parser("build", help="make an unsigned list of your own", allow_abbrev=False)
    origin = sub.add_mutually_exclusive_group(required=True)
    origin.add_argument(
        "--from-images", type=Path, metavar="DIR", help="verify these, hash what they hold"
    )
    origin.add_argument("--from-run", type=Path, metavar="RUN", help="take a golden box of a run")
    sub.add_argument("--device", metavar="NAME", help="which box of the run")
    sub.add_argument(
        "--platform", metavar="P", help="which platform the images are of, where no container says"
    )
    sub.add_argument("--id", required=True, metavar="ID", help="the list's own name")
    sub.add_argument("--sequence", type=int, required=True, metavar="N", help="higher each time")
    sub.add_argument("--expires-in-days", type=int, required=True, metavar="D")
    sub.add_argument(
        "--release",
        metavar="R",
        help="of all images; otherwise as they were signed, or from their names",
    )
    sub.add_argument(
        "--hardware", action="append", metavar="PREFIX", help="PID prefix they are for; repeatable"
    )
    sub.add_argument(
        "--companion",
        action="append",
        default=[],
        metavar="ID=N",
        help="a list of yours, and its number, that is issued together with this one; repeatable",
    )
    sub.add_argument("--output", type=Path, metavar="FILE", help="otherwise standard output")
    sub.add_argument("--at", metavar="TIME", help="when it is issued; otherwise now")
    sub.add_argument(
        "--accept-unsigned",
        action="store_true",
        help="vouch yourself for images of a kind that is signed, and that are not, or by nobody "
        "whose key you have; never for one whose signature was rejected",
    )
    _trust.add_keys(sub)

    sub = actions.add_parser(
        "sign", help="sign a list or key set, or sign it once more", allow_abbrev=False
    )
    sub.add_argument(
        "payload",
        type=Path,
        metavar="FILE",
        help="what `manifest build` or `keys compose` made, or an envelope others signed",
    )
    sub.add_argument("--key", type=Path, required=True, metavar="PEM", help="private key")
    sub.add_argument("--output", type=Path, metavar="FILE", help="otherwise standard output")


def _add_site(
    parser: argparse.ArgumentParser | argparse._MutuallyExclusiveGroup, *, required: bool = False
) -> None:
    parser.add_argument("-i", "--inventory", type=Path, required=required, metavar="SITE")


def _add_manifests(parser: argparse._MutuallyExclusiveGroup) -> None:
    parser.add_argument("--manifests", type=Path, metavar="DIR")


def _run(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.cli import _manifest_keep, _manifest_make, _manifest_read

    return {
        "verify": _manifest_read.verify,
        "list": _manifest_read.list_all,
        "show": _manifest_read.show,
        "import": _manifest_keep.import_all,
        "build": _manifest_make.build,
        "sign": _manifest_make.sign,
    }[arguments.action](arguments)


COMMAND: Final = Command(
    id="manifest",
    summary="verify, import, list and show signed lists of images; build and sign your own",
    configure=_configure,
    run=_run,
)
