"""``keys add``, ``revoke`` and ``compose``: always in a folder of the operator's own."""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from netintegrity import strict_yaml
from netintegrity.cli import _trust
from netintegrity.cli._output import say
from netintegrity.errors import ConfigError, ExitStatus
from netintegrity.store.atomic import write_over
from netintegrity.store.keys import read_keys
from netintegrity.store.manifests import read_limited
from netintegrity.strict_yaml import Map, Seq
from netintegrity.trust import dsse, keyset
from netintegrity.trust.certificates import MAX_KEY_FILE_BYTES, read_pem
from netintegrity.trust.keyring import KEYRING_NAME, Keyring, load_keyring
from netintegrity.trust.keyset import KeySet, SetKey
from netintegrity.trust.sign import anchor_yaml

_MAX_SET_BYTES: Final = 1024 * 1024
_MAX_DAYS: Final = 3650
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_MAX_ID: Final = 100
_REASON: Final = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Do what was asked, or change nothing."""
    {"add": _add, "revoke": _revoke, "compose": _compose}[arguments.action](arguments)
    return ExitStatus.VERIFIED


def _add(arguments: argparse.Namespace) -> None:
    """Put a key into a folder of its own below the others, with a keyring that pins it."""
    content = read_limited(arguments.file, MAX_KEY_FILE_BYTES)
    if _ID.fullmatch(arguments.id) is None or len(arguments.id) > _MAX_ID:
        raise ConfigError(
            f"expected a name such as owner/alice, got {arguments.id!r}", where="--id"
        )
    if not arguments.source.strip():
        raise ConfigError("say who holds the key, and where it is from", where="--source")
    folder: Path = arguments.keys
    place = folder / arguments.id.replace("/", "-")
    if place.exists():
        raise ConfigError("is there already", where=str(place))
    stanza = anchor_yaml(content, anchor_id=arguments.id, file="key.pem", source=arguments.source)
    held = dict(read_keys(folder).files) if folder.exists() else {}
    added = {"key.pem": content, KEYRING_NAME: stanza.encode()}
    keyring = load_keyring(held | {f"{place.name}/{n}": c for n, c in added.items()})
    place.mkdir(parents=True)
    for name, file in added.items():
        write_over(place / name, file, mode=0o644)
    anchor = keyring.by_id(arguments.id)
    say(f"netintegrity: {place} trusts {anchor.fingerprint if anchor else ''}")
    say("  compare the fingerprint with its holder, over another way than the file came")


def _revoke(arguments: argparse.Namespace) -> None:
    """Write into the entry of a key why it counts no longer."""
    if _REASON.fullmatch(arguments.reason) is None or not arguments.reason.strip():
        raise ConfigError("expected a reason in one line of at most 200", where="--reason")
    files = dict(read_keys(arguments.keys).files)
    keyring = load_keyring(files)
    anchor = keyring.by_id(arguments.id)
    if anchor is None:
        raise ConfigError(
            f"no key {arguments.id!r}",
            where=str(arguments.keys),
            hint="`netintegrity keys list --keys DIR` shows those there are",
        )
    if (why := keyring.revocation_of(anchor)) is not None:
        raise ConfigError(f"{anchor.id} was revoked: {why}", where=str(arguments.keys))
    name, line = _place_of(anchor.id, files)
    lines = files[name].decode().splitlines(keepends=True)
    written = lines[line - 1]
    match = re.match(r"\s*(?:- )?\s*(?=id\s*:)", written)
    if match is None:
        raise ConfigError(
            "the entry is not written one field to a line",
            where=f"{arguments.keys / name}:{line}",
            hint=f"add to it by hand: revoked: {json.dumps(arguments.reason)}",
        )
    # JSON strings are YAML flow scalars.
    field = f"{' ' * match.end()}revoked: {json.dumps(arguments.reason)}\n"
    lines[line - 1] = written if written.endswith("\n") else f"{written}\n"
    changed = "".join((*lines[:line], field, *lines[line:])).encode()
    _refuse_unless_revoked(load_keyring(files | {name: changed}), anchor.id, arguments.reason)
    write_over(arguments.keys / name, changed, mode=0o644)
    say(f"netintegrity: nothing {anchor.id} signed counts any more, whenever it signed it")


def _place_of(anchor_id: str, files: Mapping[str, bytes]) -> tuple[str, int]:
    """Return the keyring file that names an anchor, and the line of its id."""
    for name in files:
        if name.rpartition("/")[2] != KEYRING_NAME:
            continue
        document = strict_yaml.load(files[name], name=name)
        entries = document.get("anchors") if isinstance(document, Map) else None
        for entry in entries if isinstance(entries, Seq) else ():
            if isinstance(entry, Map) and entry.get("id") == anchor_id:
                return name, entry.key_lines["id"]
    raise ConfigError(
        f"{anchor_id} is of a key set",
        hint="make its next version with `netintegrity keys compose --previous … --revoke …`",
    )


def _refuse_unless_revoked(keyring: Keyring, anchor_id: str, reason: str) -> None:
    anchor = keyring.by_id(anchor_id)
    if anchor is None or anchor.revoked != reason:
        raise ConfigError(f"{anchor_id}: the entry could not be changed; nothing was written")


def _compose(arguments: argparse.Namespace) -> None:
    """Make the payload of a key set; `manifest sign` signs it, once for each key."""
    if not 1 <= arguments.expires_in_days <= _MAX_DAYS:
        raise ConfigError(f"expected 1 to {_MAX_DAYS}", where="--expires-in-days")
    before = None if arguments.previous is None else _previous(arguments.previous)
    if before is not None and before.id != arguments.id:
        raise ConfigError(f"follows the set {before.id}", where="--id")
    issued_at = _trust.moment(None).replace(microsecond=0)
    revoked = dict({} if before is None else before.revoked) | dict(_pairs(arguments, "revoke"))
    keys = {holder: _pem(holder, path) for holder, path in _pairs(arguments, "key")}
    holders = tuple(keys)
    root_threshold = arguments.root_threshold or arguments.threshold
    payload = keyset.key_set_payload(
        set_id=arguments.id,
        version=1 if before is None else before.version + 1,
        issued_at=issued_at,
        expires_at=issued_at + timedelta(days=arguments.expires_in_days),
        keys=keys,
        roles={
            keyset.ROOT_ROLE: (root_threshold, holders),
            keyset.LISTS_ROLE: (arguments.threshold, holders),
        },
        revoked=revoked,
    )
    try:
        made = keyset.read_payload(payload)
    except ValueError as error:
        raise ConfigError(str(error), where="the key set") from error
    if arguments.output is None:
        sys.stdout.buffer.write(payload + b"\n")
    else:
        write_over(arguments.output, payload, mode=0o644)
    say(f"netintegrity: version {made.version} of {made.id}; it has to be signed by")
    say(f"  {_named(root_threshold, made.root.keys)} of this version")
    if before is not None:
        say(f"  and {_named(before.root.threshold, before.root.keys)} of version {before.version}")
    say(f"  and then lies beside the keyring as NAME.{made.version}.keyset.json")


def _named(threshold: int, keys: Iterable[SetKey]) -> str:
    return f"{threshold} of {', '.join(k.holder for k in keys)}"


def _previous(path: Path) -> KeySet:
    """Return what a version says; whether it counts, its readers will judge."""
    envelope = dsse.open_envelope(read_limited(path, _MAX_SET_BYTES), name=str(path))
    try:
        return keyset.read_payload(dsse.unpack(envelope.payload)[1])
    except ValueError as error:
        raise ConfigError(str(error), where=str(path)) from error


def _pairs(arguments: argparse.Namespace, option: str) -> Iterable[tuple[str, str]]:
    for written in getattr(arguments, option):
        name, mark, value = written.partition("=")
        if not (name and mark and value):
            raise ConfigError(f"expected NAME=VALUE, got {written!r}", where=f"--{option}")
        yield name, value


def _pem(holder: str, path: str) -> str:
    content = read_limited(Path(path), MAX_KEY_FILE_BYTES)
    try:
        material = read_pem(content)
    except ValueError as error:
        raise ConfigError(f"{holder}: {error}", where=path) from error
    say(f"netintegrity: {holder} holds {material.key_fingerprint}")
    return content.decode("ascii", "replace")
