"""No device is ever lost, whatever happens to it."""

import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from netintegrity.collect.runner import Caps, CollectedDevice, Job, collect_device, collect_fleet
from netintegrity.collect.session import Answer, Session, SessionFactory
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
from netintegrity.model.evidence import Exchange, FailureKind, HostKeyStatus
from netintegrity.platforms._spec import NONCE, Platform, Probe, Request
from tests.loopback.box import HASH, PLATFORM, VERSION, device

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def plan(done: tuple[Exchange, ...]) -> tuple[Request, ...]:
    """Ask the version, then for the hash of every image it names."""
    if not done:
        return (VERSION.request(),)
    if len(done) == 1:
        return tuple(HASH.request(path) for path in done[0].output.split())
    return ()


ASKING = replace(PLATFORM, plan=plan)


class Told:
    """A session that answers from a function."""

    host_key_fingerprint = "SHA256:x"
    host_key_status = HostKeyStatus.FIRST_USE
    weak_algorithms = ("aes128-cbc",)
    rests = True

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self._answer = answer

    def run(self, request: Request) -> Answer:
        return self._answer(request)

    def is_at_rest(self) -> bool:
        return self.rests


def answering(answer: Callable[[Request], Answer]) -> SessionFactory:
    @contextmanager
    def opened(_: Device, __: Platform) -> Iterator[Session]:
        yield Told(answer)

    return opened


def refusing(error: BaseException) -> SessionFactory:
    def opened(_: Device, __: Platform) -> AbstractContextManager[Session]:
        raise error

    return opened


def honest(request: Request) -> Answer:
    text = "flash:a.bin flash:b.bin" if request.probe_id == "version" else "hash"
    return Answer(output=text, complete=True)


def clock() -> Callable[[], datetime]:
    ticks = itertools.count()
    return lambda: BEGAN + timedelta(seconds=next(ticks))


def test_the_plan_is_followed_until_it_wants_no_more() -> None:
    found = collect_device(device(22), ASKING, answering(honest), run_id="x", now=clock())
    evidence = found.evidence
    assert [e.command for e in evidence.exchanges] == [
        "show version",
        "verify /sha512 flash:a.bin",
        "verify /sha512 flash:b.bin",
    ]
    assert [e.started_at.second for e in evidence.exchanges] == [2, 3, 4]
    assert evidence.collected_at == BEGAN + timedelta(seconds=1)
    assert evidence.host_key_fingerprint == "SHA256:x"
    assert evidence.host_key_status is HostKeyStatus.FIRST_USE
    assert evidence.weak_ssh == ("aes128-cbc",)
    assert (evidence.failure, found.fault) == (None, None)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (UnreachableError("x"), FailureKind.UNREACHABLE),
        (AuthenticationError("x"), FailureKind.AUTHENTICATION),
        (HostKeyUnknownError("x"), FailureKind.HOST_KEY_UNKNOWN),
        (HostKeyChangedError("x"), FailureKind.HOST_KEY_CHANGED),
        (LegacySshOnlyError("x"), FailureKind.LEGACY_SSH_ONLY),
        (ReadTimeoutError("x"), FailureKind.TIMEOUT),
        (CommandRejectedError("x"), FailureKind.COMMAND_REJECTED),
        (CredentialError("x"), FailureKind.AUTHENTICATION),
    ],
)
def test_each_way_to_fail_has_its_kind(error: CollectionError, kind: FailureKind) -> None:
    found = collect_device(device(22), ASKING, refusing(error), run_id="x", now=clock())
    assert found.evidence.failure is not None
    assert found.evidence.failure.kind is kind
    assert found.evidence.host_key_status is HostKeyStatus.NO_SESSION
    assert found.fault is None


def test_every_collection_error_there_is_has_a_kind() -> None:
    for kind in CollectionError.__subclasses__():
        found = collect_device(device(22), ASKING, refusing(kind("x")), run_id="x", now=clock())
        assert found.evidence.failure is not None
        assert (found.evidence.failure.kind is FailureKind.UNREACHABLE) == (
            kind is UnreachableError
        )


def test_what_was_heard_before_a_failure_is_kept() -> None:
    def dies(request: Request) -> Answer:
        if request.command.endswith("b.bin"):
            raise ReadTimeoutError("gone")
        return honest(request)

    found = collect_device(device(22), ASKING, answering(dies), run_id="x", now=clock())
    assert len(found.evidence.exchanges) == 2
    assert found.evidence.failure is not None
    assert found.evidence.failure.kind is FailureKind.TIMEOUT


def test_our_own_surprise_is_a_fault_that_no_replay_can_turn_into_a_pass() -> None:
    def breaks(request: Request) -> Answer:
        raise ZeroDivisionError(f"at \x1b[2J {request.command}")

    found = collect_device(device(22), ASKING, answering(breaks), run_id="x", now=clock())
    assert found.fault is not None
    assert found.fault.stage == "collect"
    assert found.fault.error.startswith("ZeroDivisionError")
    assert "\x1b" not in found.fault.error
    assert "breaks" in found.traceback
    assert found.evidence.failure is not None
    assert found.evidence.failure.kind is FailureKind.COMMAND_REJECTED


def test_a_platform_that_cannot_plan_is_a_fault_of_this_device_alone() -> None:
    def fails(done: tuple[Exchange, ...]) -> tuple[Request, ...]:
        raise ValueError(done)

    broken = replace(PLATFORM, plan=fails)
    jobs = [Job(device=device(22), platform=broken), Job(device=device(23), platform=ASKING)]
    found = collect_fleet(jobs, answering(honest), run_id="x", now=clock())
    assert [c.fault is not None for c in found.collected] == [True, False]


def test_a_plan_that_repeats_itself_is_a_fault_and_no_endless_loop() -> None:
    looping = replace(PLATFORM, plan=lambda _: (VERSION.request(),))
    found = collect_device(device(22), looping, answering(honest), run_id="x", now=clock())
    assert found.fault is not None
    assert len(found.evidence.exchanges) == 1


def test_answers_that_ask_for_ever_more_meet_a_cap() -> None:
    greedy = replace(PLATFORM, plan=lambda done: (HASH.request(f"flash:{len(done)}"),))
    found = collect_device(
        device(22), greedy, answering(honest), run_id="x", now=clock(), caps=Caps(commands=7)
    )
    assert len(found.evidence.exchanges) == 7
    assert found.evidence.failure is not None
    assert found.fault is None


def test_the_total_time_has_a_cap() -> None:
    found = collect_device(
        device(22), ASKING, answering(honest), run_id="x", now=clock(), caps=Caps(seconds=0.0)
    )
    assert found.evidence.failure is not None
    assert found.evidence.exchanges == ()


def test_a_fleet_comes_back_in_the_order_of_its_jobs() -> None:
    def slow_first(request: Request) -> Answer:
        time.sleep(0.002)
        return honest(request)

    jobs = [Job(device=device(n), platform=ASKING) for n in range(1, 60)]
    done: list[int] = []
    found = collect_fleet(
        jobs,
        answering(slow_first),
        run_id="x",
        now=lambda: BEGAN,
        workers=8,
        on_done=lambda c: done.append(c.evidence.device.port),
    )
    assert [c.evidence.device.port for c in found.collected] == list(range(1, 60))
    assert sorted(done) == list(range(1, 60))
    assert not found.interrupted


def test_no_jobs_give_an_empty_result() -> None:
    assert collect_fleet([], answering(honest), run_id="x", now=clock()).collected == ()


def test_a_hung_device_costs_the_others_nothing() -> None:
    release = threading.Event()

    @contextmanager
    def opened(asked: Device, _: Platform) -> Iterator[Session]:
        if asked.port == 1:
            release.wait(10)
        yield Told(honest)

    order: list[int] = []

    def done(collected: object) -> None:
        order.append(collected.evidence.device.port)  # type: ignore[attr-defined]
        if len(order) == 29:
            release.set()

    jobs = [Job(device=device(n), platform=ASKING) for n in range(1, 31)]
    collect_fleet(jobs, opened, run_id="x", now=lambda: BEGAN, workers=4, on_done=done)
    assert order[-1] == 1


def test_an_interrupt_keeps_what_is_done() -> None:
    release = threading.Event()

    @contextmanager
    def opened(asked: Device, _: Platform) -> Iterator[Session]:
        if asked.port > 3:
            release.wait(20)
        yield Told(honest)

    def done(collected: object) -> None:
        if collected.evidence.device.port == 3:  # type: ignore[attr-defined]
            threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()

    jobs = [Job(device=device(n), platform=ASKING) for n in range(1, 9)]
    began = time.monotonic()
    found = collect_fleet(jobs, opened, run_id="x", now=lambda: BEGAN, workers=1, on_done=done)
    release.set()
    assert found.interrupted
    assert [c.evidence.device.port for c in found.collected] == [1, 2, 3]
    assert time.monotonic() - began < 5.0


QUOTE = Probe(
    id="quote", command="show quote nonce {}", argument=NONCE, takes_nonce=True, demanded=False
)


def challenging(most: int) -> Platform:
    """A platform that asks for a quote until it is given, ``most`` times at most."""

    def asks(done: tuple[Exchange, ...]) -> tuple[Request, ...]:
        given = any(e.output == "a quote" for e in done)
        return () if given or len(done) >= most else (QUOTE.request(),)

    return replace(PLATFORM, probes=(QUOTE,), plan=asks)


def busy(times: int) -> Callable[[Request], Answer]:
    left = itertools.count(times, -1)
    return lambda _: Answer(output="a quote" if next(left) <= 0 else "busy", complete=True)


def test_each_command_that_takes_a_nonce_is_sent_with_one_of_its_own() -> None:
    told: list[str] = []
    for _ in range(20):
        found = collect_device(
            device(22), challenging(1), answering(busy(0)), run_id="x", now=clock()
        )
        (exchange,) = found.evidence.exchanges
        assert exchange.nonce is not None
        assert exchange.command == f"show quote nonce {exchange.nonce}"
        assert 0 < int(exchange.nonce) < 2**64
        told.append(exchange.nonce)
    assert len(set(told)) == 20


def test_a_busy_device_is_challenged_anew_after_a_pause_and_its_answers_are_kept() -> None:
    caps = Caps(pause_s=0.05)
    began = time.monotonic()
    found = collect_device(
        device(22), challenging(3), answering(busy(2)), run_id="x", now=clock(), caps=caps
    )
    assert [e.output for e in found.evidence.exchanges] == ["busy", "busy", "a quote"]
    assert len({e.nonce for e in found.evidence.exchanges}) == 3
    assert time.monotonic() - began >= 0.1
    assert found.fault is None


def test_a_plan_that_challenges_a_fourth_time_is_a_fault() -> None:
    found = collect_device(
        device(22),
        challenging(9),
        answering(busy(9)),
        run_id="x",
        now=clock(),
        caps=Caps(pause_s=0.0),
    )
    assert found.fault is not None
    assert len(found.evidence.exchanges) == 3


def test_an_answer_the_next_one_casts_doubt_on_is_not_complete() -> None:
    def late(request: Request) -> Answer:
        doubts = request.command.endswith("b.bin")
        return replace(honest(request), doubts_the_one_before=doubts)

    found = collect_device(device(22), ASKING, answering(late), run_id="x", now=clock())
    assert [e.complete for e in found.evidence.exchanges] == [True, False, True]


def test_the_last_answer_is_not_complete_where_the_session_does_not_come_to_rest() -> None:
    @contextmanager
    def restless(_: Device, __: Platform) -> Iterator[Session]:
        told = Told(honest)
        told.rests = False
        yield told

    found = collect_device(device(22), ASKING, restless, run_id="x", now=clock())
    assert [e.complete for e in found.evidence.exchanges] == [True, True, False]


def test_what_was_done_and_not_yet_looked_at_outlives_an_interrupt() -> None:
    jobs = [Job(device=device(n), platform=PLATFORM) for n in range(1, 9)]

    def done(_: CollectedDevice) -> None:
        time.sleep(0.3)
        raise KeyboardInterrupt

    found = collect_fleet(
        jobs, answering(honest), run_id="x", now=lambda: BEGAN, workers=8, on_done=done
    )
    assert found.interrupted
    assert len(found.collected) == 8
