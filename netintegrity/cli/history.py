"""``netintegrity history``: what ran where and when, and whether its record was tampered with."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from netintegrity.cli import _trust
from netintegrity.cli._output import emit, emit_json, say
from netintegrity.cli._spec import Command
from netintegrity.errors import ConfigError, ExitStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from netintegrity.store.history.database import HistoryDatabase

TABLE_NAMES: Final = (
    "runs",
    "appraisals",
    "findings",
    "tombstones",
    "images",
    "releases",
    "host_keys",
    "serials",
    "head",
)
"""Named here, for whoever asks for help loads nothing that speaks SQL."""
_MOST_DAYS: Final = 36_600


def _configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    show = actions.add_parser(
        "show", help="how one device stood, over time or at one moment", allow_abbrev=False
    )
    show.add_argument("device", metavar="DEVICE")
    show.add_argument(
        "--at",
        metavar="DATE",
        help="what ran then: a day (2026-06-03, its end in UTC) or a time (2026-06-03T14:00:00Z)",
    )
    _add_site(show)
    _trust.add_format(show)
    image = actions.add_parser(
        "image", help="which devices had this image, and when", allow_abbrev=False
    )
    image.add_argument("digest", metavar="DIGEST", help="sha512:HEX, or HEX alone")
    _trust.add_format(image)
    last = actions.add_parser("last", help="when the last complete run was", allow_abbrev=False)
    _add_site(last)
    last.add_argument(
        "--within",
        type=float,
        metavar="HOURS",
        help="exit 3 where a site had no complete run for so long",
    )
    last.add_argument("--format", choices=("table", "json", "nagios"), default="table")
    verify = actions.add_parser(
        "verify", help="name every row that is not as it was written", allow_abbrev=False
    )
    verify.add_argument(
        "--head",
        metavar="DIGEST",
        help="a head as a report printed it: is it still part of this history?",
    )
    _trust.add_format(verify)
    export = actions.add_parser("export", help="print every row", allow_abbrev=False)
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    export.add_argument("--table", choices=TABLE_NAMES, help="default: all; csv needs one")
    export.add_argument("--output", type=Path, metavar="FILE", help="default: stdout")
    prune = actions.add_parser(
        "prune", help="take whole days from the begin, and leave a tombstone", allow_abbrev=False
    )
    what = prune.add_mutually_exclusive_group(required=True)
    what.add_argument("--keep-days", type=int, metavar="N", help="keep today and N days before it")
    what.add_argument("--before", metavar="DAY", help="the first day that stays, 2026-06-03")
    _trust.add_format(prune)


def _add_site(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--site", metavar="NAME", help="needed where two sites have that device")


def _run(arguments: argparse.Namespace) -> int:
    from netintegrity.store.history.database import HistoryDatabase
    from netintegrity.store.history.place import history_place

    history = HistoryDatabase(history_place(os.environ))
    if history.warning:
        say(f"netintegrity: {history.warning}")
    actions: dict[str, Callable[[argparse.Namespace, HistoryDatabase], int]] = {
        "show": _show,
        "image": _image,
        "last": _last,
        "verify": _verify,
        "export": _export,
        "prune": _prune,
    }
    return actions[arguments.action](arguments, history)


def _show(arguments: argparse.Namespace, history: "HistoryDatabase") -> ExitStatus:
    from netintegrity.cli import _history_show
    from netintegrity.store.history.queries import standing_at, timeline
    from netintegrity.store.history.times import last_moment

    moment = None if arguments.at is None else last_moment(arguments.at, where="--at")
    with history.reading() as connection:
        site = _site_of(connection, arguments.device, arguments.site)
        if moment is None:
            periods = timeline(connection, site, arguments.device)
            if arguments.format == "json":
                emit_json(_history_show.timeline_document(arguments.device, site, periods))
            else:
                for line in _history_show.timeline_lines(arguments.device, site, periods):
                    emit(line)
            return ExitStatus.VERIFIED
        standing = standing_at(connection, site, arguments.device, moment)
    if standing is None:
        say(f"netintegrity: nothing is recorded of {arguments.device} until {arguments.at}")
    if arguments.format == "json":
        emit_json(_history_show.standing_document(arguments.device, site, arguments.at, standing))
    elif standing is not None:
        for line in _history_show.standing_lines(standing):
            emit(line)
    return ExitStatus.VERIFIED if standing is not None else ExitStatus.UNVERIFIED


def _site_of(connection: "Connection", device: str, site: str | None) -> str:
    """Return the one site a device is of.

    Raises:
        ConfigError: nobody judged it, or several sites have one of that name.
    """
    import difflib

    from netintegrity.store.history.queries import device_names, sites_of

    sites = sites_of(connection, device)
    if site in sites:
        return str(site)
    if site is None and len(sites) == 1:
        return sites[0]
    if not sites:
        near = difflib.get_close_matches(device, device_names(connection), n=3)
        raise ConfigError(
            f"no run in the history judged a device {device!r}",
            hint=f"did you mean {' or '.join(near)}?"
            if near
            else "names are those of the inventory",
        )
    raise ConfigError(
        f"{device!r} is a device of the site{'' if len(sites) == 1 else 's'} {', '.join(sites)}",
        where="--site",
        hint="name one with --site",
    )


def _image(arguments: argparse.Namespace, history: "HistoryDatabase") -> ExitStatus:
    import re

    from netintegrity.cli import _history_show
    from netintegrity.store.history.queries import sightings

    digest = arguments.digest.lower()
    if not re.fullmatch(r"(?:(?:md5|sha1|sha256|sha384|sha512):)?[0-9a-f]{32,128}", digest):
        raise ConfigError(
            f"expected a digest such as sha512:1a2b… or its hex alone, got {arguments.digest!r}"
        )
    with history.reading() as connection:
        found = sightings(connection, digest)
    if arguments.format == "json":
        emit_json(_history_show.image_document(digest, found))
    else:
        for line in _history_show.image_lines(digest, found):
            emit(line)
    return ExitStatus.VERIFIED if found else ExitStatus.UNVERIFIED


def _last(arguments: argparse.Namespace, history: "HistoryDatabase") -> int:
    from netintegrity.cli import _history_last
    from netintegrity.clock import utc_now

    return _history_last.run(
        history,
        site=arguments.site,
        within_hours=arguments.within,
        format_=arguments.format,
        now=utc_now(),
    )


def _verify(arguments: argparse.Namespace, history: "HistoryDatabase") -> ExitStatus:
    import re

    from netintegrity.cli import _history_show
    from netintegrity.store.history.database import NoHistoryError
    from netintegrity.store.history.verify import verify_history

    head = arguments.head
    if head is not None and not re.fullmatch(r"(?:sha256:)?[0-9a-fA-F]{64}", head):
        raise ConfigError(f"expected sha256 and 64 hex digits, got {head!r}", where="--head")
    try:
        found = verify_history(history, head=head)
    except NoHistoryError as error:
        if head is None:
            raise
        emit(f"ALTERED: {error}, and {head} was the head of one")
        return ExitStatus.FINDING
    if arguments.format == "json":
        emit_json(_history_show.verification_document(found, head))
    else:
        for line in _history_show.verification_lines(found, head):
            emit(line)
    if found.damages or found.truncated:
        return ExitStatus.FINDING
    unsure = head is not None and found.truncated is None
    return ExitStatus.UNVERIFIED if unsure else ExitStatus.VERIFIED


def _export(arguments: argparse.Namespace, history: "HistoryDatabase") -> ExitStatus:
    from netintegrity.store.atomic import write_over
    from netintegrity.store.history.export import as_csv, as_jsonl

    if arguments.format == "csv" and arguments.table is None:
        raise ConfigError("csv holds one table", where="--table", hint="name one, or take jsonl")
    with history.reading() as connection:
        lines = (
            as_csv(connection, arguments.table)
            if arguments.format == "csv"
            else as_jsonl(connection, arguments.table)
        )
        if arguments.output is not None:
            write_over(arguments.output, "".join(lines).encode())
        else:
            for line in lines:
                emit(line)
    return ExitStatus.VERIFIED


def _prune(arguments: argparse.Namespace, history: "HistoryDatabase") -> ExitStatus:
    from datetime import timedelta

    from netintegrity.clock import utc_now
    from netintegrity.store.history.database import NoHistoryError
    from netintegrity.store.history.retention import prune
    from netintegrity.store.history.times import begin_of, day_of
    from netintegrity.store.operator import operator_name

    now = utc_now()
    if arguments.before is not None:
        day = day_of(arguments.before, where="--before")
        if day > now.date():
            raise ConfigError("is in the future", where="--before")
    elif not 1 <= arguments.keep_days <= _MOST_DAYS:
        raise ConfigError(f"expected 1 to {_MOST_DAYS}", where="--keep-days")
    else:
        day = now.date() - timedelta(days=arguments.keep_days)
    if not history.exists:
        raise NoHistoryError(history.place)
    taken = prune(history, before=begin_of(day), at=now, by=operator_name())
    if arguments.format == "json":
        emit_json(
            {
                "schema": "netintegrity/history-prune/1",
                "before": day.isoformat(),
                "runs": taken.runs,
                "rows": taken.rows,
                "tombstones": taken.tombstones,
                "head": taken.head,
            }
        )
    else:
        emit(f"{taken.runs} runs before {day} are gone ({taken.rows} rows)")
        emit(f"history {taken.head}")
    return ExitStatus.VERIFIED


COMMAND: Final = Command(
    id="history",
    summary="what ran where and when; verify, export or prune the record of it",
    configure=_configure,
    run=_run,
)
