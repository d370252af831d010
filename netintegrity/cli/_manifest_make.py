"""``manifest build`` and ``sign``: an owner's own list; it is never called vendor-signed."""

import argparse
import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from netintegrity import strict_json
from netintegrity.app.registries import parse_release, platform_of
from netintegrity.cli import _trust
from netintegrity.cli._manifest_images import entries_of
from netintegrity.cli._output import say
from netintegrity.errors import ConfigError, ExitStatus
from netintegrity.model.claims import ImageRole
from netintegrity.model.codec import evidence_digest
from netintegrity.plain_text import clean
from netintegrity.store.atomic import write_over
from netintegrity.store.manifests import read_limited
from netintegrity.store.runs import read_run
from netintegrity.trust import dsse, keyset
from netintegrity.trust import payload as payloads
from netintegrity.trust._spec import ParsedManifest
from netintegrity.trust.payload import PAYLOAD_TYPE
from netintegrity.trust.sign import (
    Entry,
    anchor_yaml,
    build_manifest,
    countersign,
    public_pem,
    sign_payload,
)

_MAX_PAYLOAD_BYTES: Final = 64 * 1024 * 1024
_MAX_DAYS: Final = 3650


def build(arguments: argparse.Namespace) -> ExitStatus:
    """Make the payload of a list: from files of this host, or from a box of a run."""
    issued_at = _trust.moment(arguments.at).replace(microsecond=0)
    if not 1 <= arguments.expires_in_days <= _MAX_DAYS:
        raise ConfigError(f"expected 1 to {_MAX_DAYS}", where="--expires-in-days")
    if arguments.from_images is not None:
        entries = tuple(entries_of(arguments, at=issued_at))
    else:
        entries = tuple(_of_run(arguments))
    content = build_manifest(
        entries,
        list_id=arguments.id,
        sequence=arguments.sequence,
        issued_at=issued_at,
        expires_at=issued_at + timedelta(days=arguments.expires_in_days),
        companions=dict(map(_companion, arguments.companion)),
    )
    _check(content, where="the list that was built")
    _write(content, arguments.output)
    say(f"netintegrity: {len(entries)} images; sign it with `netintegrity manifest sign`")
    return ExitStatus.VERIFIED


def _companion(written: str) -> tuple[str, int]:
    list_id, _, number = written.partition("=")
    if not (list_id and number.isascii() and number.isdecimal()):
        raise ConfigError(f"expected ID=NUMBER, got {written!r}", where="--companion")
    return list_id, int(number)


def sign(arguments: argparse.Namespace) -> ExitStatus:
    """Put a payload into an envelope, or one signature more into an envelope that is there."""
    where = str(arguments.payload)
    content = read_limited(arguments.payload, _MAX_PAYLOAD_BYTES)
    is_envelope = dsse.looks_like_one(content)
    if is_envelope:
        payload_type, payload = dsse.unpack(dsse.open_envelope(content, name=where).payload)
    else:
        payload_type, payload = _type_of(content), content
    _tell(payload_type, payload, where=where)
    pem, password = _trust.private_key(arguments.key)
    if is_envelope:
        signed = countersign(content, pem, password, name=where)
        count = len(dsse.open_envelope(signed, name=where).signatures)
        say(f"netintegrity: signed; the envelope holds {count} signatures now")
        _write(signed, arguments.output)
        return ExitStatus.VERIFIED
    _write(sign_payload(payload_type, payload, pem, password), arguments.output)
    if payload_type == PAYLOAD_TYPE:
        _tell_how_to_trust(arguments.key, public_pem(pem, password))
    return ExitStatus.VERIFIED


def _type_of(content: bytes) -> str:
    """Return what kind of payload it is; what is none is taken for a list, and refused as such."""
    try:
        document = strict_json.load(content)
    except ValueError:
        return PAYLOAD_TYPE
    is_set = isinstance(document, dict) and document.get("schema") == keyset.SCHEMA
    return keyset.PAYLOAD_TYPE if is_set else PAYLOAD_TYPE


def _tell(payload_type: str, payload: bytes, *, where: str) -> None:
    """Say what is about to be signed, and refuse what every reader would reject.

    Raises:
        ConfigError: it is neither a list nor a key set.
    """
    if payload_type == PAYLOAD_TYPE:
        parsed = _check(payload, where=where)
        say(f"netintegrity: the list {clean(parsed.list_id)}, number {parsed.sequence}, until")
        say(f"  {_trust.time_text(parsed.expires_at)}, {len(parsed.images)} images")
        return
    try:
        if payload_type != keyset.PAYLOAD_TYPE:
            raise ValueError(f"holds a {clean(payload_type)[:80]!r}, neither a list nor a key set")
        found = keyset.read_payload(payload)
    except ValueError as error:
        raise ConfigError(str(error), where=where) from error
    lists, root = found.lists, found.root
    say(f"netintegrity: the key set {found.id}, version {found.version}; lists need")
    say(f"  {lists.threshold} of {', '.join(k.holder for k in lists.keys)}; the next version")
    say(f"  {root.threshold} of {', '.join(k.holder for k in root.keys)}")


def _tell_how_to_trust(key: Path, public: bytes) -> None:
    file = f"{key.stem}-public.pem"
    stanza = anchor_yaml(
        public,
        anchor_id=f"owner/{re.sub('[^A-Za-z0-9._-]', '-', key.stem) or 'key'}",
        file=file,
        source="our own key; say here who holds it",
    )
    say("netintegrity: signed. Whoever shall trust this key needs a folder for --keys with two")
    say(f"files. {file}:\n{public.decode()}keyring.yaml:\n{stanza}")


def _check(content: bytes, *, where: str) -> ParsedManifest:
    """Refuse to make or sign what every reader would reject."""
    try:
        parsed = payloads.parse(content, "", parse_release)
    except ValueError as error:
        raise ConfigError(str(error), where=where) from error
    if not parsed.images:
        raise ConfigError(
            "lists nothing",
            where=where,
            hint="a list vouches for at least one file; name a "
            "folder that holds images, or a run in which the device named its files",
        )
    for image in parsed.images:
        release, platforms = image.release, sorted(image.platforms or ())
        if release and not any(parse_release(p, release.text) for p in platforms):
            say(f"netintegrity: no platform of {', '.join(platforms)} reads the release")
            say(f"  {release.text!r} of {image.filename}: it will be that of no box")
    return parsed


def _of_run(arguments: argparse.Namespace) -> Iterator[Entry]:
    """Yield what a golden box runs and will boot, by its own word, which the list then repeats."""
    if arguments.device is None:
        raise ConfigError("needed with --from-run", where="--device")
    where = f"{arguments.from_run} {arguments.device}"
    evidence = next(
        (e for e in read_run(arguments.from_run).evidence if e.device.name == arguments.device),
        None,
    )
    if evidence is None:
        raise ConfigError("no such device in this run", where=where)
    claims = platform_of(evidence.device.platform_id).interpret(evidence.exchanges)
    if evidence.failure is not None or claims.gaps:
        raise ConfigError(
            "its evidence has gaps",
            where=where,
            hint="take a box that answered everything: `netintegrity assess` says what is missing",
        )
    entries: dict[Entry, None] = {}
    for image in claims.images:
        kind = image.kind.published_as
        release = image.release or claims.running_release
        if kind is None or image.role is ImageRole.STORED or not image.digests:
            continue
        entry = Entry(
            kind=kind,
            filename=image.filename,
            platforms=(claims.platform_id or evidence.device.platform_id,),
            hardware=tuple(arguments.hardware or claims.pids_of(image.subject)),
            release=arguments.release or (release.text if release else None),
            size_bytes=image.size_bytes,
            digests=tuple(sorted(image.digests, key=str)),
            origin="run",
            source=f"{evidence.run_id} {evidence.device.name}",
            source_digest=str(evidence_digest(evidence)),
        )
        entries.setdefault(entry)
    if not entries:
        raise ConfigError("it names no image with a digest", where=where)
    yield from entries


def _write(content: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(content if content.endswith(b"\n") else content + b"\n")
        return
    write_over(output, content, mode=0o644)
