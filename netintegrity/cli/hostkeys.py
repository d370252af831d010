"""``netintegrity hostkeys``: see, compare and pin the keys devices are known by."""

import argparse
from collections.abc import Iterable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from netintegrity.cli import _hostkeys_import
from netintegrity.cli._output import emit, emit_json, say
from netintegrity.cli._spec import Command
from netintegrity.cli._ways import access_to, add_ssh_config, located
from netintegrity.errors import ConfigError, CredentialError, ExitStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netintegrity.collect.enrolment import Seen
    from netintegrity.collect.hostkeys import HostKeys, ServerKey
    from netintegrity.collect.known_hosts_file import Server
    from netintegrity.collect.ways import Ways
    from netintegrity.inventory.site import Site

_AT_ONCE: Final = 16


def _configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True, dest="action")
    scan = actions.add_parser(
        "scan", help="read the key each device shows, without logging in; nothing is trusted yet"
    )
    scan.add_argument("name", nargs="*", metavar="NAME", help="devices; default: all of the site")
    scan.add_argument("--timeout", type=float, default=15.0, metavar="SECONDS")
    approve = actions.add_parser("approve", help="pin a scanned key whose fingerprint you compared")
    approve.add_argument("name", metavar="NAME")
    approve.add_argument("fingerprint", nargs="?", metavar="SHA256:…")
    approve.add_argument(
        "--replace", action="store_true", help="drop the keys pinned for this device before"
    )
    approve.add_argument(
        "--first-use", action="store_true", help="pin it unseen; reports say so until confirmed"
    )
    approve.add_argument(
        "--reason", default="", metavar="TEXT", help="why it could not be compared"
    )
    _hostkeys_import.configure(
        actions.add_parser(
            "import", help="take over an OpenSSH known_hosts, or pin the keys of a signed table"
        )
    )
    actions.add_parser("list", help="show which key each device is known by")
    for action in actions.choices.values():
        add_ssh_config(action)
        action.add_argument("-i", "--inventory", type=Path, required=True, metavar="SITE")
        action.add_argument("--format", choices=("table", "json"), default="table")


def _run(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.collect.hostkeys import HostKeys
    from netintegrity.inventory.load import load_site

    site = load_site(arguments.inventory)
    for warning in HostKeys.read(site.known_hosts).warnings:
        say(warning)
    ways, pinned = _ways(site, arguments)
    there: list[Server] = [*site.jump_hosts.values(), *site.devices]
    servers = [located(server, ways) for server in there]
    match arguments.action:
        case "scan":
            return _scan(site, servers, (ways, pinned), arguments)
        case "approve":
            return _approve(site, servers, arguments)
        case "import":
            return _hostkeys_import.run(site, servers, arguments)
        case _:
            return _list(site, servers, arguments)


def _ways(site: "Site", arguments: argparse.Namespace) -> "tuple[Ways, HostKeys]":
    """Return the ways to the site, and the keys of what lies on them.

    Without any, nobody's credentials are looked at.
    """
    from netintegrity.collect.hostkeys import HostKeys
    from netintegrity.collect.ways import DIRECT

    config = arguments.ssh_config
    if config is None and not (arguments.action == "scan" and site.jump_hosts):
        return DIRECT, HostKeys.read(site.known_hosts)
    access = access_to(
        site,
        site.devices,
        ssh_config=config,
        allow_proxy_command=arguments.allow_proxy_command,
    )
    return access.ways, access.keys


def _scan(
    site: "Site",
    servers: "Sequence[Server]",
    there: "tuple[Ways, HostKeys]",
    arguments: argparse.Namespace,
) -> ExitStatus:
    from concurrent.futures import ThreadPoolExecutor

    from netintegrity.collect.enrolment import Seen, put_aside, shown_key
    from netintegrity.collect.jumps import Jumps
    from netintegrity.collect.known_hosts_file import pending_file
    from netintegrity.collect.limits import Limits
    from netintegrity.errors import CollectionError

    ways, pinned = there
    chosen = [_server(site, servers, name) for name in arguments.name] or servers
    limits = Limits(connect_timeout_s=arguments.timeout)
    with closing(Jumps(ways, keys=pinned, limits=limits)) as jumps:

        def look(server: "Server") -> "Seen | CollectionError | CredentialError":
            way = ways.to_server(server)
            try:
                key = shown_key(
                    way.address,
                    way.port,
                    timeout_s=arguments.timeout,
                    algorithms=pinned.algorithms(way.address, way.port),
                    connect=partial(jumps.stream, way),
                )
            except (CollectionError, CredentialError) as error:
                return error
            standing = pinned.check(way.address, way.port, key)
            return Seen(device=server, key=key, standing=standing)

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            results = list(zip(chosen, pool.map(look, chosen), strict=True))
    seen = [r for _, r in results if isinstance(r, Seen)]
    failed = [(d, r) for d, r in results if not isinstance(r, Seen)]
    put_aside(site.known_hosts, seen)
    for server, error in failed:
        say(f"{server.name}: {error}")
    _show(arguments, [_row(s.device, s.key, s.standing.value) for s in seen])
    if any(s.standing.value in {"unknown", "changed"} for s in seen):
        say(f"written to {pending_file(site.known_hosts)}; compare each fingerprint with the one")
        say("the device shows on its console, then `netintegrity hostkeys approve NAME SHA256:…`")
    if any(s.standing.value in {"changed", "revoked"} for s in seen):
        say("a key that changed is hostile until the change is explained")
    if not chosen:
        say(f"netintegrity: {site.name} has no device to look at")
    return ExitStatus.UNVERIFIED if failed or not seen else ExitStatus.VERIFIED


def _approve(
    site: "Site", servers: "Sequence[Server]", arguments: argparse.Namespace
) -> ExitStatus:
    from netintegrity.clock import utc_now
    from netintegrity.collect.enrolment import approve, approve_unseen

    device = _server(site, servers, arguments.name)
    if arguments.first_use:
        if arguments.fingerprint or arguments.replace:
            raise ConfigError("--first-use takes neither a fingerprint nor --replace")
        key = approve_unseen(site.known_hosts, device, reason=arguments.reason, at=utc_now())
        status = "first-use"
    else:
        if not arguments.fingerprint:
            raise ConfigError(
                "expected the fingerprint you compared",
                hint="or --first-use --reason TEXT, which every report will show",
            )
        key = approve(site.known_hosts, device, arguments.fingerprint, replace=arguments.replace)
        status = "matched"
    _show(arguments, [_row(device, key, status)])
    return ExitStatus.VERIFIED


def _list(site: "Site", servers: "Sequence[Server]", arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.collect.enrolment import pending_of
    from netintegrity.collect.hostkeys import HostKeys

    pinned = HostKeys.read(site.known_hosts)
    rows: list[dict[str, object]] = []
    for device in servers:
        entries = pinned.of(device.address, device.port)
        rows += [
            _row(device, e.key, pinned.check(device.address, device.port, e.key).value)
            for e in entries
        ]
        authorities = pinned.authorities_of(device.address, device.port)
        rows += [_row(device, e.key, "authority") for e in authorities]
        waiting = pending_of(site.known_hosts, device)
        rows += [_row(device, key, "pending") for key in waiting]
        if not (entries or authorities or waiting):
            rows.append(_row(device, None, "unknown"))
    _show(arguments, rows)
    return ExitStatus.VERIFIED


def _server(site: "Site", servers: "Sequence[Server]", name: str) -> "Server":
    for server in servers:
        if server.name == name:
            return server
    raise ConfigError(f"no device {name!r} in site {site.name}", where=str(site.root))


def _row(device: "Server", key: "ServerKey | None", status: str) -> dict[str, object]:
    return {
        "name": device.name,
        "address": device.address,
        "port": device.port,
        "status": status,
        "type": key.type if key else None,
        "bits": key.bits if key else None,
        "fingerprint": key.fingerprint if key else None,
        "described": key.described(device.name) if key else None,
    }


def _show(arguments: argparse.Namespace, rows: Iterable[dict[str, object]]) -> None:
    if arguments.format == "json":
        keys = [{k: v for k, v in row.items() if k != "described"} for row in rows]
        emit_json({"schema": "netintegrity/hostkeys/1", "keys": keys})
        return
    for row in rows:
        emit(f"{row['status']!s:<9}  {row['described'] or row['name']}")


COMMAND: Final = Command(
    id="hostkeys",
    summary="scan, approve, import or list the SSH keys devices are known by",
    configure=_configure,
    run=_run,
)
