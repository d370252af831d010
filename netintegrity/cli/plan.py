"""``netintegrity plan``: is a change plan in order, and who approved it?"""

import argparse
import sys
from pathlib import Path
from typing import Final

from netintegrity.cli import _trust
from netintegrity.cli._output import emit, emit_json, say
from netintegrity.cli._spec import Command
from netintegrity.errors import ExitStatus

SCHEMA: Final = "netintegrity/plan-check/1"


def _configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    check = actions.add_parser(
        "check", help="read a plan, and list the devices it is for", allow_abbrev=False
    )
    _add_plan(check)
    check.add_argument("-i", "--inventory", type=Path, required=True, metavar="SITE")
    _trust.add_keys(check)
    _trust.add_format(check)
    approve = actions.add_parser(
        "approve", help="sign a plan, beside whoever signed it before", allow_abbrev=False
    )
    _add_plan(approve)
    approve.add_argument("--key", type=Path, required=True, metavar="PEM", help="private key")
    approve.add_argument("--output", type=Path, metavar="FILE", help="otherwise standard output")


def _add_plan(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("plan", type=Path, metavar="PLAN", help="YAML, or the envelope around it")


def _run(arguments: argparse.Namespace) -> ExitStatus:
    return {"check": _check, "approve": _approve}[arguments.action](arguments)


def _check(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.app.windows import (
        PlanFile,
        announced_in,
        refuse_strangers,
        refuse_unapproved,
    )
    from netintegrity.inventory.load import load_site
    from netintegrity.inventory.plan import read_plan_bytes

    site = load_site(arguments.inventory)
    _, keyring = _trust.keyring(arguments.keys)
    file = PlanFile(name=str(arguments.plan), raw=read_plan_bytes(arguments.plan))
    announced = announced_in(file, keyring)
    plan = announced.plan
    refuse_strangers(plan, site, where=file.name)
    refuse_unapproved(announced, site, where=file.name)
    rows = [
        {
            "device": device.name,
            "subjects": None if change.subjects is None else [str(s) for s in change.subjects],
            "from": change.from_release,
            "to": change.to_release,
        }
        for device in site.devices
        for change in plan.changes
        if change.names(device.name)
    ]
    window = {n: _trust.time_text(getattr(plan.window, n)) for n in ("begins", "ends")}
    if arguments.format == "json":
        emit_json(
            {
                "schema": SCHEMA,
                "ticket": plan.ticket or None,
                "window": window,
                "approvers": list(announced.approvers),
                "changes": rows,
            }
        )
        return ExitStatus.VERIFIED
    emit(f"{plan.ticket or 'no ticket'}: {window['begins']} to {window['ends']}")
    emit(f"signed by {', '.join(announced.approvers) or 'nobody'}")
    for row in rows:
        parts = "all parts" if row["subjects"] is None else ", ".join(row["subjects"])
        emit(f"  {row['device']}, {parts}: {row['from']} to {row['to']}")
    return ExitStatus.VERIFIED


def _approve(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.app.windows import approve
    from netintegrity.inventory.plan import read_plan_bytes
    from netintegrity.store.atomic import write_over

    raw = read_plan_bytes(arguments.plan)
    pem, password = _trust.private_key(arguments.key)
    signed = approve(raw, name=str(arguments.plan), private_key_pem=pem, password=password)
    if arguments.output is None:
        sys.stdout.write(signed.decode())
    else:
        write_over(arguments.output, signed, mode=0o644)
        say(f"netintegrity: approved into {arguments.output}")
    return ExitStatus.VERIFIED


COMMAND: Final = Command(
    id="plan",
    summary="check a change plan against a site, and approve it",
    configure=_configure,
    run=_run,
)
