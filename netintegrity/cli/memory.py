"""``netintegrity memory``: what is remembered against downgrades, and how a person lowers it."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from netintegrity.cli import _trust
from netintegrity.cli._output import emit, emit_json
from netintegrity.cli._spec import Command
from netintegrity.errors import ConfigError, ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from netintegrity.app.remembering import Lowering
    from netintegrity.model.memory import Acceptance, FleetMemory, Floor
    from netintegrity.model.release import Release
    from netintegrity.model.subject import Subject


def _configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    show = actions.add_parser("show", help="what is remembered of a site", allow_abbrev=False)
    show.add_argument("device", nargs="?", metavar="DEVICE", help="only this one")
    lower = actions.add_parser(
        "lower", help="accept a return to something older, and say why", allow_abbrev=False
    )
    what = lower.add_mutually_exclusive_group(required=True)
    what.add_argument("device", nargs="?", metavar="DEVICE")
    what.add_argument("--manifest", metavar="IDENTITY", help="a list, as `memory show` names it")
    lower.add_argument(
        "--to",
        required=True,
        metavar="RELEASE",
        help="what shall count as the highest from now on; of a list its sequence, or its time",
    )
    lower.add_argument(
        "--accept-downgrade",
        required=True,
        metavar="REASON",
        help="why; kept for ever, with who and when, and told of in the next report",
    )
    lower.add_argument("--subject", metavar="PART", help="such as 'member 2'; default: every part")
    lower.add_argument("--loader", action="store_true", help="the boot loader, not the image")
    for sub in (show, lower):
        sub.add_argument(
            "-i", "--inventory", type=Path, required=True, metavar="SITE", help="the site folder"
        )
        _trust.add_format(sub)


def _run(arguments: argparse.Namespace) -> ExitStatus:
    if not arguments.inventory.exists():
        raise ConfigError("no such site", where=str(arguments.inventory))
    return (_show if arguments.action == "show" else _lower)(arguments)


def _show(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.app.grounds import release_of_train
    from netintegrity.store.memory import FILE, read_memory_bytes
    from netintegrity.store.memory_file import parse_memory

    folder = _trust.state_of(arguments.inventory)
    memory = parse_memory(read_memory_bytes(folder), release_of_train, name=str(folder / FILE))
    names = [n for n, _ in memory.devices]
    if arguments.device is not None and arguments.device not in names:
        raise ConfigError(
            f"nothing is remembered of {arguments.device!r}",
            hint="no run has asked it, or it has another name",
        )
    wanted = names if arguments.device is None else [arguments.device]
    if arguments.format == "json":
        emit_json(_document(memory, wanted, everything=arguments.device is None))
    else:
        for line in _lines(memory, wanted, everything=arguments.device is None):
            emit(line)
    return ExitStatus.VERIFIED


def _document(memory: "FleetMemory", names: list[str], *, everything: bool) -> dict[str, object]:
    return {
        "schema": "netintegrity/memory-list/1",
        "devices": [
            {
                "name": n,
                "first_seen": _maybe_time(memory.of(n).first_seen),
                "floors": [_floor(f) for f in memory.of(n).floors],
                "boot_loaders": [_floor(f) for f in memory.of(n).loaders],
            }
            for n in names
        ],
        "manifests": [
            {
                "identity": m.identity,
                "sequence": m.sequence,
                "issued_at": _maybe_time(m.issued_at),
                "first_imported_at": _maybe_time(m.first_imported_at),
            }
            for m in (memory.manifests if everything else ())
        ],
        "accepted_downgrades": [
            {
                "what": a.what,
                "name": a.name,
                "subject": None if a.subject is None else str(a.subject),
                "from": a.lowered_from,
                "to": a.lowered_to,
                "reason": a.reason,
                "by": a.by,
                "at": _trust.time_text(a.at),
                "reported_in": a.reported_in,
            }
            for a in _accepted(memory, names, everything=everything)
        ],
    }


def _floor(floor: "Floor") -> dict[str, str]:
    release = floor.release
    return {"subject": str(floor.subject), "train": release.train, "release": release.text}


def _accepted(
    memory: "FleetMemory", names: list[str], *, everything: bool
) -> "Iterator[Acceptance]":
    for accepted in memory.acceptances:
        if everything or (accepted.what != "manifest" and accepted.name in names):
            yield accepted


def _lines(memory: "FleetMemory", names: list[str], *, everything: bool) -> "Iterator[str]":
    from netintegrity.plain_text import clean
    from netintegrity.report.words import acceptance

    for name in names:
        known = memory.of(name)
        yield clean(f"{name}: first seen {_maybe_time(known.first_seen) or 'never'}")
        for floor in known.floors:
            yield clean(f"  {floor.subject}: {floor.release.text} ({floor.release.train})")
        for floor in known.loaders:
            yield clean(f"  {floor.subject}: boot loader {floor.release.text}")
    for manifest in memory.manifests if everything else ():
        newest = manifest.sequence or _maybe_time(manifest.issued_at) or "undated"
        yield clean(f"list {manifest.identity}: {newest}")
    for accepted in _accepted(memory, names, everything=everything):
        told = "not told of yet" if accepted.reported_in is None else accepted.reported_in
        yield f"{acceptance(accepted)} [{clean(told)}]"


def _maybe_time(at: "datetime | None") -> str | None:
    return None if at is None else _trust.time_text(at)


def _lower(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.app.grounds import release_of_train
    from netintegrity.app.remembering import Lowering
    from netintegrity.clock import utc_now
    from netintegrity.report.words import acceptance
    from netintegrity.store.memory import FILE, locked, read_memory_bytes, write_memory
    from netintegrity.store.memory_file import parse_memory
    from netintegrity.store.operator import operator_name

    if arguments.manifest is not None and (arguments.subject or arguments.loader):
        raise ConfigError("a list has neither parts nor a boot loader", where="--manifest")
    lowering = Lowering(reason=arguments.accept_downgrade, by=operator_name(), at=utc_now())
    folder = _trust.state_of(arguments.inventory)
    with locked(folder):
        before = parse_memory(read_memory_bytes(folder), release_of_train, name=str(folder / FILE))
        after = _lowered(before, arguments, lowering)
        write_memory(folder, after)
    for accepted in after.acceptances[len(before.acceptances) :]:
        if arguments.format != "json":
            emit(acceptance(accepted))
    if arguments.format == "json":
        names = [arguments.device] if arguments.device is not None else []
        emit_json(_document(after, names, everything=arguments.device is None))
    return ExitStatus.VERIFIED


def _lowered(
    memory: "FleetMemory", arguments: argparse.Namespace, lowering: "Lowering"
) -> "FleetMemory":
    from netintegrity.app.remembering import lower_device, lower_manifest

    if arguments.manifest is not None:
        sequence = arguments.to.isascii() and arguments.to.isdigit()
        to = int(arguments.to) if sequence else _trust.moment(arguments.to)
        return lower_manifest(memory, arguments.manifest, to, lowering)
    return lower_device(
        memory,
        arguments.device,
        _release(memory, arguments),
        lowering,
        subject=None if arguments.subject is None else _subject(arguments.subject),
        loader=arguments.loader,
    )


def _release(memory: "FleetMemory", arguments: argparse.Namespace) -> "Release":
    """Return the release to lower to, in the train of one that is remembered.

    Raises:
        ConfigError: no train that is remembered has such a release.
    """
    from netintegrity.app.grounds import release_of_train
    from netintegrity.platforms._loaders import loader_of_train

    known = memory.of(arguments.device)
    floors = known.loaders if arguments.loader else known.floors
    find = loader_of_train if arguments.loader else release_of_train
    for floor in floors:
        if (release := find(floor.release.train, arguments.to)) is not None:
            return release
    told = ", ".join(f"{f.subject}: {f.release.text}" for f in floors) or "nothing"
    raise ConfigError(
        f"{arguments.to!r} is no release of a train that is remembered of {arguments.device!r}; "
        f"remembered is {told}",
        where="--to",
    )


def _subject(text: str) -> "Subject":
    from netintegrity.model.subject import Subject, SubjectKind

    kind, _, id_ = text.partition(" ")
    if kind not in set(SubjectKind) or not id_:
        raise ConfigError(f"expected a part such as 'member 2', got {text!r}", where="--subject")
    return Subject(SubjectKind(kind), id_)


COMMAND: Final = Command(
    id="memory",
    summary="what is remembered against downgrades; accept one, with a reason",
    configure=_configure,
    run=_run,
)
