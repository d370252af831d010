"""``waiver sign``, ``import`` and ``list``."""

import argparse
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from netintegrity.app.grounds import is_a_lab, lies_in
from netintegrity.cli import _trust
from netintegrity.cli._output import emit, emit_json, say
from netintegrity.errors import ConfigError, ExitStatus, gravest
from netintegrity.inventory.load import load_site
from netintegrity.inventory.waivers import read_waiver_request
from netintegrity.model.codec import subject_to_json
from netintegrity.model.waiver import Waiver, WaiverOutcome
from netintegrity.plain_text import clean
from netintegrity.store.atomic import write_over
from netintegrity.store.manifests import read_limited
from netintegrity.store.waivers import keep_waivers, read_waivers
from netintegrity.trust.waivers import MAX_BYTES, judge_waivers, sign_waivers

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA: Final = "netintegrity/waivers-list/1"


def sign(arguments: argparse.Namespace) -> ExitStatus:
    """Sign a request, as of now."""
    at = _trust.moment(None)
    waivers = read_waiver_request(arguments.request, issued_at=at)
    pem, password = _trust.private_key(arguments.key)
    signed = sign_waivers(waivers, issued_at=at, private_key_pem=pem, password=password)
    if arguments.output is None:
        sys.stdout.write(signed.decode())
    else:
        write_over(arguments.output, signed, mode=0o644)
        say(f"netintegrity: signed {len(waivers)} waivers into {arguments.output}")
    return ExitStatus.VERIFIED


def import_all(arguments: argparse.Namespace) -> ExitStatus:
    """Import each file whose signature counts; one that does not count is named, and not kept."""
    at = _trust.moment(None)
    state = _trust.state_of(arguments.inventory)
    statuses, documents = [], []
    for path in arguments.files:
        raw = read_limited(path, MAX_BYTES)
        (outcome,) = _judged(arguments, {path.name: raw}, at)
        documents.append(_document(outcome, at))
        if outcome.reason is not None:
            statuses.append(ExitStatus.REJECTED)
            say(f"netintegrity: not imported: {path}: {outcome.reason}: {outcome.detail}")
            continue
        target = keep_waivers(state, path.name, raw)
        statuses.append(ExitStatus.VERIFIED)
        if arguments.format != "json":
            emit(f"imported {len(outcome.waivers)} waivers into {clean(str(target))}")
    if arguments.format == "json":
        emit_json({"schema": SCHEMA, "files": documents})
    return gravest(statuses)


def list_all(arguments: argparse.Namespace) -> ExitStatus:
    """Print every waiver of a site; one that lapsed is listed, and excuses nothing."""
    at = _trust.moment(arguments.at)
    outcomes = _judged(arguments, read_waivers(_trust.state_of(arguments.inventory)), at)
    if arguments.format == "json":
        emit_json({"schema": SCHEMA, "files": [_document(o, at) for o in outcomes]})
    else:
        for line in _lines(outcomes, at):
            emit(line)
    rejected = any(o.reason is not None for o in outcomes)
    return ExitStatus.REJECTED if rejected else ExitStatus.VERIFIED


def _judged(
    arguments: argparse.Namespace, files: Mapping[str, bytes], at: datetime
) -> tuple[WaiverOutcome, ...]:
    """Return what a run of the site would make of these files."""
    path: Path = arguments.inventory
    if not path.exists():
        raise ConfigError("no such site: expected a folder or an inventory file", where=str(path))
    site = load_site(path)
    _, keyring = _trust.keyring(arguments.keys)
    return judge_waivers(
        files,
        keyring,
        at=at,
        keys_in_site=lies_in(site.root, arguments.keys),
        lab=is_a_lab(arguments.keys, site.devices, marked=site.is_lab),
    )


def _document(outcome: WaiverOutcome, at: datetime) -> dict[str, object]:
    return {
        "file": clean(outcome.file),
        "status": outcome.status,
        "reason": outcome.reason,
        "detail": clean(outcome.detail) or None,
        "key": outcome.key_id,
        "waivers": [
            {
                "device": clean(w.device),
                "subject": subject_to_json(w.subject),
                "digest": str(w.digest),
                "reason": clean(w.reason),
                "ticket": clean(w.ticket) or None,
                "issued_at": _trust.time_text(w.issued_at),
                "expires_at": _trust.time_text(w.expires_at),
                "counts": w.counts_at(at),
            }
            for w in outcome.waivers
        ],
    }


def _lines(outcomes: tuple[WaiverOutcome, ...], at: datetime) -> list[str]:
    if not outcomes:
        return ["nothing is waived"]
    lines = []
    for outcome in outcomes:
        if outcome.reason is not None:
            told = f"{outcome.file}: REJECTED, {outcome.reason}: {outcome.detail}"
            lines.append(clean(told))
            continue
        lines.append(clean(f"{outcome.file}: signed by {outcome.key_id}"))
        lines += [f"  {_line(w, at)}" for w in outcome.waivers]
    return lines


def _line(waiver: Waiver, at: datetime) -> str:
    until = f"until {waiver.expires_at:%Y-%m-%d %H:%M} UTC"
    if at >= waiver.expires_at:
        until = f"LAPSED {waiver.expires_at:%Y-%m-%d %H:%M} UTC"
    ticket = f" ({waiver.ticket})" if waiver.ticket else ""
    digest = f"{str(waiver.digest)[:23]}…"
    return clean(
        f"{waiver.device} {waiver.subject} {digest} {until}{ticket}: {waiver.reason}"
    ).replace("\n", " ")
