"""``netintegrity inventory``: what a site comes to, and every fault of it at once."""

import argparse
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from netintegrity.cli._output import emit, emit_json, say
from netintegrity.cli._spec import Command
from netintegrity.errors import ConfigError, ExitStatus

if TYPE_CHECKING:
    from netintegrity.inventory.site import Site
    from netintegrity.model.device import Device, JumpHost

_CHECK_SCHEMA: Final = "netintegrity/inventory-check/1"
_MOST_NAMES: Final = 5
"""Of devices in one line of text; JSON has all."""


def _configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, text in (
        ("check", "read a site, and say what is wrong with it or what it comes to"),
        ("show", "list the devices as they come out of hosts, groups and defaults"),
    ):
        sub = actions.add_parser(name, help=text, description=text, allow_abbrev=False)
        sub.add_argument(
            "-i",
            "--inventory",
            type=Path,
            required=True,
            metavar="SITE",
            help="a folder with hosts.yaml, or an inventory file",
        )
        sub.add_argument(
            "--policy", type=Path, metavar="FILE", help="instead of the site's policy.yaml"
        )
        sub.add_argument(
            "--limit",
            action="append",
            default=[],
            metavar="EXPR",
            help="a name glob or key=value; commas mean or, repeating means and",
        )
        sub.add_argument("--format", choices=("table", "json"), default="table")


def _run(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.inventory.load import load_site
    from netintegrity.inventory.selection import select

    as_json = arguments.format == "json"
    checks = arguments.action == "check"
    try:
        site = load_site(arguments.inventory, policy_file=arguments.policy)
    except ExceptionGroup as group:
        if as_json and checks:
            faults = [_fault(e) for e in group.exceptions if isinstance(e, ConfigError)]
            emit_json({"schema": _CHECK_SCHEMA, "faults": faults})
        raise
    devices = select(site.devices, arguments.limit)
    if checks:
        check = _checked(site, devices)
        for warning in check.warnings:
            say(warning)
        emit_json(check.document()) if as_json else check.emit()
    elif as_json:
        emit_json(_shown(site, devices))
    else:
        _emit_shown(devices)
    if not devices:
        what = "selects no device" if site.devices else "has no device yet"
        say(f"netintegrity: {arguments.inventory} {what}; an audit of it ends in 3")
        return ExitStatus.UNVERIFIED
    return ExitStatus.VERIFIED


def _fault(error: ConfigError) -> dict[str, str]:
    message = str(error).removeprefix(f"{error.where}: ") if error.where else str(error)
    return {"where": error.where, "message": message, "hint": error.hint}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    """What a site without a fault comes to."""

    site: "Site"
    devices: "tuple[Device, ...]"
    platforms: dict[str, int]
    credentials: dict[str, int]
    without_subjects: list[str]
    without_host_key: list[str]
    warnings: list[str]
    """About lines of known_hosts that were skipped."""

    def document(self) -> dict[str, object]:
        """Return it as ``--format json`` prints it."""
        return {
            "schema": _CHECK_SCHEMA,
            "site": self.site.name,
            "devices": len(self.devices),
            "platforms": self.platforms,
            "credentials": self.credentials,
            "policy": self.policy,
            "is_lab": self.site.is_lab,
            "without_subjects": self.without_subjects,
            "jump_hosts": sorted(self.site.jump_hosts),
            "without_host_key": self.without_host_key,
            "known_hosts_warnings": self.warnings,
            "faults": [],
        }

    @property
    def policy(self) -> str:
        """Whose demands hold."""
        return "stated" if self.site.policy_bytes else "defaults"

    def emit(self) -> None:
        """Print it for a person."""
        emit(f"{self.site.name}: {len(self.devices)} devices, no fault")
        emit(f"  platforms: {_counted(self.platforms)}")
        emit(f"  credentials: {_counted(self.credentials)}")
        if self.site.jump_hosts:
            emit(f"  jump hosts: {', '.join(sorted(self.site.jump_hosts))}")
        emit(f"  policy: {self.policy}{', lab' if self.site.is_lab else ''}")
        for names, text in (
            (self.without_subjects, "state no subjects (caveat subjects-self-counted)"),
            (self.without_host_key, "have no key in known_hosts, so are never logged in to"),
        ):
            if names:
                more = ", ..." if len(names) > _MOST_NAMES else ""
                emit(f"  {len(names)} {text}: {', '.join(names[:_MOST_NAMES])}{more}")


def _checked(site: "Site", devices: "tuple[Device, ...]") -> _Check:
    from netintegrity.collect.hostkeys import HostKeys

    pinned = HostKeys.read(site.known_hosts)
    servers: list[Device | JumpHost] = [*site.jump_hosts.values(), *devices]
    return _Check(
        site=site,
        devices=devices,
        platforms=dict(sorted(Counter(d.platform_id for d in devices).items())),
        credentials=dict(sorted(Counter(s.credential_ref for s in servers).items())),
        without_subjects=[d.name for d in devices if not d.expected],
        without_host_key=[s.name for s in servers if not pinned.knows(s.address, s.port)],
        warnings=list(pinned.warnings),
    )


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{word} {count}" for word, count in counts.items()) or "-"


def _shown(site: "Site", devices: "tuple[Device, ...]") -> dict[str, object]:
    return {
        "schema": "netintegrity/inventory/1",
        "site": site.name,
        "devices": [_document(device) for device in devices],
    }


def _document(device: "Device") -> dict[str, object]:
    return {
        "name": device.name,
        "address": device.address,
        "port": device.port,
        "platform_id": device.platform_id,
        "credential_ref": device.credential_ref,
        "tags": sorted(device.tags),
        "expected": [
            {
                "subject": {"kind": i.subject.kind.value, "id": i.subject.id},
                "serial": i.serial,
                "pid": i.pid,
            }
            for i in device.expected
        ],
    }


def _emit_shown(devices: "tuple[Device, ...]") -> None:
    from tabulate import tabulate

    columns = ("name", "address", "port", "platform", "credential", "tags", "subjects")
    rows = [
        (
            d.name,
            d.address,
            str(d.port),
            d.platform_id,
            d.credential_ref,
            " ".join(sorted(d.tags)) or "-",
            ", ".join(f"{i.subject} {i.serial or ''}".strip() for i in d.expected) or "-",
        )
        for d in devices
    ]
    # Nothing is a number here: `1e5` is a name.
    emit(tabulate(rows, headers=columns, tablefmt="plain", disable_numparse=True))


COMMAND: Final = Command(
    id="inventory",
    summary="check a site, or show its devices as they come out",
    configure=_configure,
    run=_run,
)
