"""Collects from one device, and from many at once; no device is ever lost."""

import queue
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from netintegrity.collect.challenge import nonce
from netintegrity.collect.session import Session, SessionFactory
from netintegrity.errors import (
    AuthenticationError,
    CollectionError,
    CommandRejectedError,
    CredentialError,
    HostKeyChangedError,
    HostKeyUnknownError,
    LegacySshOnlyError,
    ReadTimeoutError,
    UnreachableError,
)
from netintegrity.model.device import Device
from netintegrity.model.evidence import (
    CollectionFailure,
    Evidence,
    Exchange,
    FailureKind,
    HostKeyStatus,
)
from netintegrity.model.finding import Fault
from netintegrity.plain_text import clean
from netintegrity.platforms._spec import Platform, Request

_KINDS: Final = {
    UnreachableError: FailureKind.UNREACHABLE,
    AuthenticationError: FailureKind.AUTHENTICATION,
    HostKeyUnknownError: FailureKind.HOST_KEY_UNKNOWN,
    HostKeyChangedError: FailureKind.HOST_KEY_CHANGED,
    LegacySshOnlyError: FailureKind.LEGACY_SSH_ONLY,
    ReadTimeoutError: FailureKind.TIMEOUT,
    CommandRejectedError: FailureKind.COMMAND_REJECTED,
}

_MOST_CHALLENGES: Final = 3
"""Once, and twice again where the device was busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedDevice:
    """What one device said, and our own surprise while asking, if there was one."""

    evidence: Evidence
    """Bears a failure too where there is a fault, so that replaying it can never end in a pass."""
    fault: Fault | None = None
    traceback: str = ""
    """Of the fault, for people; empty without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """What one device may ask for at most, by what it answers."""

    commands: int = 500
    """A chassis of eight members with fifteen packages each asks for some 150."""
    seconds: float = 7200.0
    """Checked between commands; each command has its own limit."""
    pause_s: float = 5.0
    """Before a challenge is put again, to a device that said it is busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One device to ask, and how."""

    device: Device
    platform: Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetResult:
    """What was collected, in the order of the jobs."""

    collected: tuple[CollectedDevice, ...]
    interrupted: bool = False
    """True: a person stopped it, and devices not yet done are missing."""


def collect_device(
    device: Device,
    platform: Platform,
    open_session: SessionFactory,
    *,
    run_id: str,
    now: Callable[[], datetime],
    stopped: Callable[[], bool] = lambda: False,
    caps: Caps | None = None,
) -> CollectedDevice:
    """Return everything ``device`` said; whatever goes wrong is in the result, and never raised.

    Args:
        device: whom to ask.
        platform: plans the commands; asked again after each answer, until it wants no more.
        open_session: makes the connection.
        run_id: of the run this evidence belongs to.
        now: UTC.
        stopped: asked between commands; True ends the session early.
        caps: absolute ones; a device whose answers ask for more is not complete.
    """
    record = _Record(device, run_id, now())
    try:
        with open_session(device, platform) as session:
            record.opened(session, now())
            asking = _Asking(record, session, now, stopped, caps or Caps())
            asking.follow(platform)
    except CollectionError as error:
        record.failed(_KINDS.get(type(error), FailureKind.UNREACHABLE), str(error))
    except CredentialError as error:
        record.failed(FailureKind.AUTHENTICATION, f"not tried: {error}")
    except Exception as error:  # noqa: BLE001 - one device's surprise; kept, and ends in status 70
        fault = Fault(stage="collect", error=clean(f"{type(error).__name__}: {error}"))
        record.failed(FailureKind.COMMAND_REJECTED, f"internal fault: {fault.error}")
        return CollectedDevice(
            evidence=record.evidence, fault=fault, traceback=traceback.format_exc()
        )
    return CollectedDevice(evidence=record.evidence)


class _Record:
    """The evidence as it grows."""

    def __init__(self, device: Device, run_id: str, at: datetime) -> None:
        self.evidence = Evidence(
            run_id=run_id,
            device=device,
            collected_at=at,
            host_key_fingerprint=None,
            host_key_status=HostKeyStatus.NO_SESSION,
            exchanges=(),
        )

    def opened(self, session: Session, at: datetime) -> None:
        self.evidence = replace(
            self.evidence,
            collected_at=at,
            host_key_fingerprint=session.host_key_fingerprint,
            host_key_status=session.host_key_status,
            weak_ssh=session.weak_algorithms,
        )

    def heard(self, exchange: Exchange) -> None:
        self.evidence = replace(self.evidence, exchanges=(*self.evidence.exchanges, exchange))

    def doubted(self) -> None:
        """Note that the last answer did not end where it seemed to."""
        *before, last = self.evidence.exchanges
        doubtful = replace(last, complete=False)
        self.evidence = replace(self.evidence, exchanges=(*before, doubtful))

    def failed(self, kind: FailureKind, detail: str) -> None:
        if self.evidence.failure is None:
            failure = CollectionFailure(kind=kind, detail=clean(detail))
            self.evidence = replace(self.evidence, failure=failure)


@dataclass(frozen=True, slots=True)
class _Asking:
    """One session, asked what the platform plans until it plans no more."""

    record: _Record
    session: Session
    now: Callable[[], datetime]
    stopped: Callable[[], bool]
    caps: Caps

    def follow(self, platform: Platform) -> None:
        until = time.monotonic() + self.caps.seconds
        planned: Counter[str] = Counter()
        while requests := platform.plan(self.record.evidence.exchanges):
            for request in requests:
                before = planned[request.command]
                if before >= (_MOST_CHALLENGES if request.wants_nonce else 1):
                    raise RuntimeError(f"{platform.id} plans {request.command!r} once too often")
                if before:
                    time.sleep(self.caps.pause_s)
                if self.stopped():
                    raise ReadTimeoutError("stopped before everything was asked")
                if planned.total() >= self.caps.commands:
                    raise ReadTimeoutError(f"more than {self.caps.commands} commands to ask")
                if time.monotonic() >= until:
                    raise ReadTimeoutError(f"not done within {self.caps.seconds:g} s")
                planned[request.command] += 1
                # A nonce is of one command: who is asked again is challenged anew.
                probe = platform.probe(request.probe_id) if request.wants_nonce else None
                self._send(request if probe is None else probe.request(nonce()))
        if self.record.evidence.exchanges and not self.session.is_at_rest():
            self.record.doubted()

    def _send(self, request: Request) -> None:
        started_at, began = self.now(), time.monotonic()
        answer = self.session.run(request)
        if answer.doubts_the_one_before and self.record.evidence.exchanges:
            self.record.doubted()
        self.record.heard(
            Exchange(
                probe_id=request.probe_id,
                command=request.command,
                output=answer.output,
                started_at=started_at,
                elapsed_s=round(time.monotonic() - began, 3),
                complete=answer.complete,
                nonce=request.nonce,
            )
        )


def collect_fleet(
    jobs: Sequence[Job],
    open_session: SessionFactory,
    *,
    run_id: str,
    now: Callable[[], datetime],
    workers: int = 32,
    on_done: Callable[[CollectedDevice], None] | None = None,
) -> FleetResult:
    """Ask every device, several at once; an interrupt keeps what is done.

    How fast connections start, and when a refused credential is given up, is the business of the
    session factory (:class:`~netintegrity.collect.pacing.Pace`).

    Args:
        jobs: whom to ask.
        open_session: shared by all.
        run_id: of the run.
        now: UTC.
        workers: sessions at once.
        on_done: called in this thread, once for each device, in the order they are done.
    """
    waiting: queue.SimpleQueue[tuple[int, Job]] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, CollectedDevice]] = queue.SimpleQueue()
    stop = threading.Event()
    for number, job in enumerate(jobs):
        waiting.put((number, job))

    def work() -> None:
        while not stop.is_set():
            try:
                number, job = waiting.get_nowait()
            except queue.Empty:
                return
            result = collect_device(
                job.device,
                job.platform,
                open_session,
                run_id=run_id,
                now=now,
                stopped=stop.is_set,
            )
            done.put((number, result))

    results: dict[int, CollectedDevice] = {}
    interrupted = False
    try:
        # Daemons: a hash that takes ten minutes must not hold up the end of an interrupted run.
        for number in range(min(workers, len(jobs))):
            threading.Thread(target=work, name=f"collect-{number}", daemon=True).start()
        while len(results) < len(jobs):
            number, result = done.get()
            results[number] = result
            if on_done is not None:
                on_done(result)
    except KeyboardInterrupt:
        interrupted = True
        # Those that were done and not yet looked at are collected too.
        while not done.empty():
            number, result = done.get()
            results[number] = result
    finally:
        stop.set()
    return FleetResult(
        collected=tuple(results[n] for n in sorted(results)), interrupted=interrupted
    )
