"""``netintegrity keys``: whose word counts, for what, and whose no longer."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from netintegrity.cli import _trust
from netintegrity.cli._output import emit, emit_json, say
from netintegrity.cli._spec import Command
from netintegrity.errors import ConfigError, ExitStatus

if TYPE_CHECKING:
    from netintegrity.trust.keyring import Keyring, TrustAnchor


def _configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="one line for each key", allow_abbrev=False)
    showing = actions.add_parser("show", help="everything about one key", allow_abbrev=False)
    showing.add_argument("id", metavar="ID", help="as `keys list` prints it, or its fingerprint")
    for sub in (listing, showing):
        _trust.add_keys(sub)
        _trust.add_format(sub)
    _configure_changing(actions)


def _configure_changing(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    folder = {"type": Path, "required": True, "metavar": "DIR", "help": "a folder for --keys"}
    sub = actions.add_parser("add", help="trust a public key of your own", allow_abbrev=False)
    sub.add_argument("file", type=Path, metavar="FILE", help="public key or certificate, in PEM")
    sub.add_argument("--keys", **folder)  # type: ignore[arg-type]
    sub.add_argument("--id", required=True, metavar="ID", help="such as owner/alice")
    sub.add_argument("--source", required=True, metavar="TEXT", help="where it is from, who has it")

    sub = actions.add_parser("revoke", help="believe a key no longer", allow_abbrev=False)
    sub.add_argument("id", metavar="ID", help="as `keys list` prints it")
    sub.add_argument("--keys", **folder)  # type: ignore[arg-type]
    sub.add_argument("--reason", required=True, metavar="TEXT")

    sub = actions.add_parser(
        "compose", help="make an unsigned key set: several keys, of which some agree"
    )
    sub.add_argument("--id", required=True, metavar="ID", help="the set's own name")
    sub.add_argument("--previous", type=Path, metavar="FILE", help="the version it shall follow")
    sub.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="HOLDER=PEM",
        help="a public key and who holds it; repeatable",
    )
    sub.add_argument("--threshold", type=int, required=True, metavar="N", help="keys for a list")
    sub.add_argument("--root-threshold", type=int, metavar="N", help="otherwise the same")
    sub.add_argument(
        "--revoke",
        action="append",
        default=[],
        metavar="FINGERPRINT=REASON",
        help="a key that counts no longer; repeatable",
    )
    sub.add_argument("--expires-in-days", type=int, required=True, metavar="D")
    sub.add_argument("--output", type=Path, metavar="FILE", help="otherwise standard output")


def _run(arguments: argparse.Namespace) -> ExitStatus:
    if arguments.action in {"add", "revoke", "compose"}:
        from netintegrity.cli import _keys_change

        return _keys_change.run(arguments)
    return _read(arguments)


def _read(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.clock import utc_now

    keys, keyring = _trust.keyring(arguments.keys)
    at = utc_now()
    chosen = list(keyring)
    if arguments.action == "show":
        chosen = [a for a in keyring if arguments.id in {a.id, a.fingerprint}]
        if not chosen:
            raise ConfigError(
                f"no key {arguments.id!r} in the keyring ({keys.origin})",
                hint="`netintegrity keys list` shows those there are",
            )
    documents = [
        _document(a, keyring) | {"expired": a.not_after is not None and at > a.not_after}
        for a in chosen
    ]
    if arguments.format == "json":
        emit_json(
            {
                "schema": "netintegrity/keys/1",
                "keyring": keys.origin,
                "keyring_digest": str(keys.digest()),
                "keys": documents,
            }
        )
    elif arguments.action == "show":
        _emit_one(documents[0])
    else:
        _emit_table(documents, keys.origin)
    if not documents:
        say("netintegrity: nobody's word counts by this keyring; nothing can be verified with it")
    return ExitStatus.VERIFIED if documents else ExitStatus.UNVERIFIED


def _document(anchor: "TrustAnchor", keyring: "Keyring") -> dict[str, object]:
    quorum = keyring.quorum_of(anchor)
    return {
        "id": anchor.id,
        "fingerprint": anchor.fingerprint,
        "subject": anchor.subject,
        "file": anchor.file,
        "algorithm": anchor.algorithm.value,
        "signer": anchor.signer.value,
        "vendor": anchor.vendor,
        "purpose": anchor.purpose.value,
        "formats": sorted(anchor.formats),
        "channel": anchor.channel.value,
        "trains": list(anchor.trains),
        "not_after": _trust.time_text(anchor.not_after),
        "issuers": [
            {"subject": i.subject, "fingerprint": i.fingerprint, "file": i.file}
            for i in anchor.issuers
        ],
        "source": anchor.source,
        "quorum": None if quorum is None else f"{quorum.id} ({quorum.threshold} together)",
        "revoked": keyring.revocation_of(anchor),
    }


def _emit_one(document: dict[str, object]) -> None:
    for name, value in document.items():
        for line in _lines(value):
            emit(f"{name + ':':<13} {line}")


def _lines(value: object) -> list[str]:
    if isinstance(value, list):
        return [
            f"{item['subject']}  {item['fingerprint']}" if isinstance(item, dict) else str(item)
            for item in value
        ] or ["-"]
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return ["-" if value is None else str(value)]


def _emit_table(documents: list[dict[str, object]], origin: str) -> None:
    from tabulate import tabulate

    columns = ("id", "signer", "purpose", "channel", "not_after", "quorum", "fingerprint")
    rows = [
        ["revoked" if c == "not_after" and d["revoked"] else d[c] for c in columns]
        for d in documents
    ]
    emit(f"keyring: {origin}")
    emit(tabulate(rows, headers=columns, tablefmt="plain", missingval="-"))


COMMAND: Final = Command(
    id="keys",
    summary="show whose signatures count, and for what; add and revoke keys of your own",
    configure=_configure,
    run=_run,
)
