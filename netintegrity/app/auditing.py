"""Collect, judge, store, and remember."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import netintegrity
from netintegrity.app.grounds import (
    Basis,
    Material,
    is_a_lab,
    lies_in,
    refuse_earlier_than_imports,
    release_of_train,
    verify_basis,
)
from netintegrity.app.judging import (
    Collected,
    RunTimes,
    judge_run,
)
from netintegrity.app.keeping import inputs_of, store_run
from netintegrity.app.remembering import remembered
from netintegrity.app.resuming import Collection, new_collection, resumed_collection
from netintegrity.app.windows import PlanFile, refuse_strangers, refuse_unapproved
from netintegrity.assess.status import status_of
from netintegrity.collect.runner import CollectedDevice, FleetResult
from netintegrity.collect.session import SessionFactory
from netintegrity.errors import ConfigError, ExitStatus, StoreError, gravest
from netintegrity.inventory.site import Site
from netintegrity.model.device import Device
from netintegrity.model.run import RunReport
from netintegrity.store.history.place import HistoryPlace
from netintegrity.store.keys import KeyFiles, read_keys
from netintegrity.store.manifests import read_manifests
from netintegrity.store.memory import (
    locked,
    read_memory_bytes,
    write_memory,
)
from netintegrity.store.memory_file import parse_memory
from netintegrity.store.run_lock import running_alone
from netintegrity.store.run_record import RunRecord
from netintegrity.store.runs import (
    RunFolder,
    new_run_id,
)
from netintegrity.store.site_files import changed_since, remember_files
from netintegrity.store.unfinished import Begun
from netintegrity.store.waivers import read_waivers

if TYPE_CHECKING:
    from netintegrity.app.recording import Recorded

REPORTS: Final = Path("reports")
"""Below the current directory: written, and never read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to audit, and by what."""

    site: Site
    devices: tuple[Device, ...]
    keys_folder: Path | None
    """None: the built-in keys."""
    manifests_folder: Path
    state_folder: Path
    output: Path | None
    """The run folder itself; None: a new one below ``reports/``."""
    at: datetime | None
    """UTC; None: the moment the collection ended."""
    workers: int = 256
    plan: PlanFile | None = None
    """None: the run is not about a change window."""
    history: HistoryPlace | None = None
    """Where the run is recorded beside its folder; None: nowhere. With ``at`` it is only read."""
    since_last: bool = False
    """Also say what changed since the run before, by the history."""
    look_back: bool = False
    """Also say what earlier runs found, for a page to show."""
    resume: Path | None = None
    """The folder of an unfinished run: only who is missing there is asked, of all it began with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A finished run."""

    report: RunReport
    folder: Path
    status: ExitStatus
    tracebacks: tuple[str, ...] = ()
    """Of our own faults while collecting, for people."""
    recorded: "Recorded | None" = None
    """What became of it in the history; None: it was not asked about."""


def audit(
    request: Request,
    open_session: SessionFactory,
    *,
    now: Callable[[], datetime],
    on_done: Callable[[CollectedDevice], None] | None = None,
) -> Outcome:
    """Collect from every device, judge, store the run, and remember what it taught.

    Everything the run is judged by is read and checked before the first connection: a run that
    cannot be judged need not disturb a network. From then until what it taught is written no other
    run of the site begins: none may judge by a memory that lacks what this one verified.

    Raises:
        NetIntegrityError: something the operator supplied cannot be used, or another run is under
            way.
    """
    started_at = now()
    with running_alone(request.state_folder, since=started_at):
        return _audited(request, open_session, started_at, now=now, on_done=on_done)


def _audited(
    request: Request,
    open_session: SessionFactory,
    started_at: datetime,
    *,
    now: Callable[[], datetime],
    on_done: Callable[[CollectedDevice], None] | None,
) -> Outcome:
    from netintegrity.app import recording  # noqa: PLC0415 - speaks SQL, which `collect` does not

    if request.at is not None and request.at < started_at:
        raise ConfigError(
            "is before the collection, which begins now",
            where="--at",
            hint="`netintegrity assess` can judge a stored run as of another moment",
        )
    keys, material = _material(request)
    basis = verify_basis(material)
    if basis.announced is not None:
        refuse_strangers(basis.announced.plan, request.site, where="--window")
        refuse_unapproved(basis.announced, request.site, where="--window")
    if request.at is not None:
        memory = basis.remembered(basis.memory, at=started_at)
        refuse_earlier_than_imports(memory, material.manifests, request.at)
    stands = recording.begin_record(request.history, request.site.name, writes=request.at is None)
    collection = _collection(request, started_at)
    folder, begun = collection.folder, collection.begun
    fleet = collection.collect(open_session, now=now, workers=request.workers, on_done=on_done)
    finished_at = now()
    at = request.at or finished_at
    # Judged by what holds at the end: a list may have expired while a thousand boxes hashed. Its
    # signature was verified over bytes that lie in memory since, and is as good as it was.
    grounds = basis.grounds(at=at)
    times = RunTimes(started_at=begun.started_at, finished_at=finished_at, at=at)
    report = judge_run(
        [Collected(evidence=c.evidence, fault=c.fault) for c in fleet.collected],
        grounds,
        run_id=begun.run_id,
        site=request.site.name,
        tool_version=netintegrity.__version__,
        times=times,
        history=stands,
        complete=not fleet.interrupted and len(fleet.collected) == len(request.site.devices),
    )
    inputs = inputs_of(request.site, keys, material)
    report_digest = store_run(folder, report, inputs, _phase_of(material))
    status = status_of(report, interrupted=fleet.interrupted)
    if request.at is None and not fleet.interrupted:
        _remember(request, report, basis)
    recorded = recording.record(
        request.history if request.at is None else None,
        report,
        report_digest=report_digest,
        status=status,
        site_devices=len(request.site.devices),
        interrupted=fleet.interrupted,
        compare=request.since_last,
        look_back=request.look_back,
        now=now(),
    )
    return Outcome(
        report=report,
        folder=folder.path,
        status=gravest((status, ExitStatus.FAULT)) if recorded.problem else status,
        recorded=recorded,
        tracebacks=tuple(c.traceback for c in fleet.collected if c.traceback),
    )


def collect(
    request: Request,
    open_session: SessionFactory,
    *,
    now: Callable[[], datetime],
    on_done: Callable[[CollectedDevice], None] | None = None,
) -> tuple[Path, FleetResult]:
    """Collect from every device and store it, to be judged later or elsewhere."""
    started_at = now()
    keys, material = _material(request)
    with running_alone(request.state_folder, since=started_at):
        collection = _collection(request, started_at)
        folder, begun = collection.folder, collection.begun
        fleet = collection.collect(open_session, now=now, workers=request.workers, on_done=on_done)
    for collected in fleet.collected:
        folder.write_evidence(collected.evidence)
    folder.write_inputs(inputs_of(request.site, keys, material))
    finished_at = now()
    folder.finish(
        RunRecord(
            run_id=begun.run_id,
            site=request.site.name,
            started_at=begun.started_at,
            finished_at=finished_at,
            at=finished_at,
            tool_version=netintegrity.__version__,
            devices=tuple(c.evidence.device.name for c in fleet.collected),
            changed_files=material.changed_files,
        )
    )
    return folder.path, fleet


def _material(request: Request) -> tuple[KeyFiles, Material]:
    keys = read_keys(request.keys_folder)
    site = request.site
    files = dict(site.files)
    return keys, Material(
        keys=keys,
        manifests=read_manifests(request.manifests_folder),
        policy=site.policy,
        policy_bytes=site.policy_bytes,
        memory_bytes=read_memory_bytes(request.state_folder),
        memory_name=str(request.state_folder / "memory.json"),
        lab=is_a_lab(request.keys_folder, site.devices, marked=site.is_lab),
        changed_files=changed_since(request.state_folder, files),
        waivers=read_waivers(request.state_folder),
        plan=request.plan,
        keys_in_site=lies_in(site.root, request.keys_folder),
    )


def _phase_of(material: Material) -> str | None:
    """Return the phase of a change window a run was asked to show; None: the time says."""
    plan = material.plan
    return None if plan is None or plan.phase is None else plan.phase.value


def _collection(request: Request, started_at: datetime) -> Collection:
    if request.resume is not None:
        return resumed_collection(request.resume, request.site)
    run_id = new_run_id(request.site.name, started_at)
    output = request.output
    folder = RunFolder.below(REPORTS, run_id) if output is None else RunFolder.at(output)
    names = tuple(d.name for d in request.devices)
    begun = Begun(run_id=run_id, site=request.site.name, started_at=started_at, devices=names)
    return new_collection(folder, begun, request.devices)


def _remember(request: Request, report: RunReport, basis: Basis) -> None:
    """Write what this run taught.

    Only the memory is read anew under the lock, for another run may have ended; the lists are
    those this run judged by.
    """
    folder = request.state_folder
    with locked(folder):
        name = basis.material.memory_name
        memory = parse_memory(read_memory_bytes(folder), release_of_train, name=name)
        memory = basis.remembered(memory, at=report.at)
        write_memory(folder, remembered(report, memory))
        with suppress(StoreError):  # a convenience: the next report names what changed
            remember_files(folder, dict(request.site.files))
