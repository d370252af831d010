"""``netintegrity policy``: is a policy in order, and what of it counts for one device?"""

import argparse
import hashlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from netintegrity.cli._output import emit, emit_json, say
from netintegrity.cli._spec import Command
from netintegrity.errors import ConfigError, ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netintegrity.inventory.site import Site
    from netintegrity.model.device import Device

CHECK_SCHEMA: Final = "netintegrity/policy-check/1"
EXPLAIN_SCHEMA: Final = "netintegrity/policy-explanation/1"


def _configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    check = actions.add_parser(
        "check", help="read a site's policy, and say what is wrong with it", allow_abbrev=False
    )
    explain = actions.add_parser(
        "explain", help="say what counts for one device, and by which line", allow_abbrev=False
    )
    explain.add_argument("device", metavar="DEVICE", help="a name of the inventory")
    for action in (check, explain):
        action.add_argument(
            "-i",
            "--inventory",
            type=Path,
            required=True,
            metavar="SITE",
            help="a folder with hosts.yaml, or an inventory file",
        )
        action.add_argument(
            "--policy", type=Path, metavar="FILE", help="instead of the site's policy.yaml"
        )
        action.add_argument("--format", choices=("table", "json"), default="table")


def _run(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.inventory.load import load_site

    site = load_site(arguments.inventory, policy_file=arguments.policy)
    if arguments.action == "check":
        return _check(site, as_json=arguments.format == "json")
    device = next((d for d in site.devices if d.name == arguments.device), None)
    if device is None:
        raise ConfigError(
            f"the site {site.name} has no device of this name",
            where=arguments.device[:80],
            hint="`netintegrity inventory show` lists them",
        )
    return _explain(site, device, as_json=arguments.format == "json")


def _check(site: "Site", *, as_json: bool) -> ExitStatus:
    policy = site.policy
    devices = Counter(role for d in site.devices if (role := _role(d.tags)) is not None)
    unused = sorted(role for role in policy.by_role if not devices[role])
    idle = sorted(
        {p for one in (policy, *policy.by_role.values()) for p in one.platforms}
        - {d.platform_id for d in site.devices}
    )
    for role in unused:
        say(f"netintegrity: no device has the role {role}: what it states counts for nobody")
    for platform in idle:
        say(f"netintegrity: no device is of the platform {platform}")
    if as_json:
        emit_json(
            {
                "schema": CHECK_SCHEMA,
                "site": site.name,
                "stated": bool(site.policy_bytes),
                "policy_digest": f"sha256:{hashlib.sha256(site.policy_bytes).hexdigest()}",
                "roles": {role: devices[role] for role in sorted(policy.by_role)},
                "unused_roles": unused,
                "unused_platforms": idle,
            }
        )
    else:
        stated = "is in order" if site.policy_bytes else "has none: the defaults hold"
        emit(f"the policy of {site.name} {stated}")
        for role in sorted(policy.by_role):
            emit(f"  role {role}: {devices[role]} devices")
    return ExitStatus.VERIFIED


def _explain(site: "Site", device: "Device", *, as_json: bool) -> ExitStatus:
    from netintegrity.app.registries import RULES
    from netintegrity.inventory.policy_origin import stated_for
    from netintegrity.plain_text import clean

    role = _role(device.tags)
    stated = stated_for(site.policy_bytes, platform_id=device.platform_id, role=role)
    demanded = site.policy.of(device.platform_id, RULES, device.tags).demanded_rules
    left_out = sorted(set(RULES) - demanded)
    if as_json:
        emit_json(
            {
                "schema": EXPLAIN_SCHEMA,
                "site": site.name,
                "device": device.name,
                "platform": device.platform_id,
                "role": role,
                "keys": [
                    {"key": s.key, "value": clean(s.value), "line": s.line, "role": s.role}
                    for s in stated
                ],
                "rules": sorted(demanded),
                "not_demanded": left_out,
            }
        )
        return ExitStatus.VERIFIED
    emit(f"{device.name}: {device.platform_id}, {f'role {role}' if role else 'no role'}")
    for one in stated:
        where = "default" if one.line is None else f"line {one.line}"
        whose = f", role {one.role}" if one.role is not None else ""
        emit(f"  {one.key} ({where}{whose}): {clean(one.value)}")
    emit(f"rules asked, where they apply: {', '.join(sorted(demanded))}")
    emit(f"left out: {', '.join(left_out) or 'none'}")
    return ExitStatus.VERIFIED


def _role(tags: "Iterable[str]") -> str | None:
    from netintegrity.assess.policy import ROLE_TAG

    return next((t.removeprefix(ROLE_TAG) for t in tags if t.startswith(ROLE_TAG)), None)


COMMAND: Final = Command(
    id="policy",
    summary="check a site's policy, and explain what of it counts for one device",
    configure=_configure,
    run=_run,
)
