"""``hostkeys import``: keys that somebody else wrote down, or that OpenSSH already knows."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from netintegrity.cli import _trust
from netintegrity.cli._output import emit, emit_json, say
from netintegrity.errors import ConfigError, ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netintegrity.collect.known_hosts_file import Server
    from netintegrity.inventory.site import Site

_SCHEMA = "netintegrity/hostkeys-import/1"


_ADVICE = {
    "no-device": "the site has no device or jump host of this name",
    "not-seen": "only a fingerprint is listed: `netintegrity hostkeys scan` reads the key it is of",
    "conflict": "another key is pinned, and not listed: for a replaced box, import with --replace",
    "other-serial": "read from another box than the inventory expects: correct one of the two",
    "revoked": "known_hosts revokes it",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add what the action takes."""
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="an OpenSSH known_hosts, or a table (*.csv) with its signature beside it",
    )
    parser.add_argument(
        "--signature", type=Path, metavar="FILE", help="of a table; default: FILE.minisig"
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help="of a table: drop the keys pinned for its devices that it does not list",
    )
    _trust.add_keys(parser)


def run(site: "Site", servers: "Iterable[Server]", arguments: argparse.Namespace) -> ExitStatus:
    """Take over what the file says of the servers of a site."""
    if not arguments.file.is_file():
        raise ConfigError("no such file", where=str(arguments.file))
    if arguments.file.suffix.lower() == ".csv":
        return _table(site, servers, arguments)
    for name in ("signature", "replace", "keys"):
        if getattr(arguments, name):
            raise ConfigError("is for a table (*.csv)", where=f"--{name}")
    return _openssh(site, servers, arguments)


def _openssh(
    site: "Site", servers: "Iterable[Server]", arguments: argparse.Namespace
) -> ExitStatus:
    from netintegrity.collect.enrolment import take_over
    from netintegrity.collect.hostkeys import HostKeys

    source = HostKeys.read(arguments.file)
    for warning in source.warnings:
        say(warning)
    for authority in source.authorities:
        say(f"{arguments.file}:{authority.line}: an authority, not taken over: copy the line")
        say("  yourself if it shall vouch for the hosts it names")
    taken = take_over(site.known_hosts, servers, source)
    if arguments.format == "json":
        emit_json({"schema": _SCHEMA, "imported": list(taken)})
    else:
        for line in taken:
            emit(line)
    if not taken:
        say(f"{arguments.file}: nothing new about the devices of {site.name}")
    return ExitStatus.VERIFIED if taken else ExitStatus.UNVERIFIED


def _table(site: "Site", servers: "Iterable[Server]", arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.collect.key_list import read_key_list
    from netintegrity.collect.list_enrolment import enrol
    from netintegrity.store.manifests import read_limited
    from netintegrity.trust.host_key_list import MAX_BYTES, SUFFIX, signer_of_host_keys

    file: Path = arguments.file
    raw = read_limited(file, MAX_BYTES)
    beside = arguments.signature or file.with_name(file.name + SUFFIX)
    if arguments.signature is not None and not beside.is_file():
        raise ConfigError("no such file", where=str(beside))
    signature = read_limited(beside, MAX_BYTES) if beside.is_file() else None
    _, keyring = _trust.keyring(arguments.keys)
    # Before it is parsed: what nobody vouches for is not looked into.
    anchor = signer_of_host_keys(raw, signature, keyring, name=file.name)
    rows = read_key_list(raw, name=str(file))
    outcomes = enrol(site.known_hosts, servers, rows, replace=arguments.replace)
    if arguments.format == "json":
        emit_json(
            {
                "schema": _SCHEMA,
                "signer": {"key": anchor.id, "fingerprint": anchor.fingerprint},
                "imported": [
                    f"{r.name} {r.fingerprint}"
                    for r, o in zip(rows, outcomes, strict=True)
                    if o.value == "pinned"
                ],
                "rows": [
                    {
                        "name": row.name,
                        "fingerprint": row.fingerprint,
                        "serial": row.serial,
                        "outcome": outcome.value,
                    }
                    for row, outcome in zip(rows, outcomes, strict=True)
                ],
            }
        )
    else:
        emit(f"signed by {anchor.id} ({anchor.fingerprint})")
        for row, outcome in zip(rows, outcomes, strict=True):
            emit(f"{outcome.value:<12}  {row.fingerprint} {row.name}")
    missed = {o for o in outcomes if not o.is_done}
    for outcome in sorted(missed):
        say(f"netintegrity: {outcome.value}: {_ADVICE[outcome.value]}")
    return ExitStatus.UNVERIFIED if missed else ExitStatus.VERIFIED
