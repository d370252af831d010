"""How fast, and when to stop."""

import threading
import time

import pytest

from netintegrity.collect.pacing import LoginOutcome, Pace
from netintegrity.errors import AuthenticationError


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def pace(clock: Clock, **rates: float) -> Pace:
    return Pace(monotonic=clock.monotonic, sleep=clock.sleep, **rates)  # type: ignore[arg-type]


def test_one_server_is_started_on_in_bursts_of_a_second() -> None:
    clock = Clock()
    steady = pace(clock, starts_per_s=10)
    for _ in range(10):
        steady.wait_to_start("a")
    assert clock.slept == []
    for _ in range(20):
        steady.wait_to_start("a")
    assert clock.now == pytest.approx(102.0)


def test_another_server_does_not_wait_for_it() -> None:
    clock = Clock()
    steady = pace(clock, starts_per_s=1)
    for server in "abcdefgh":
        steady.wait_to_start(server)
    assert clock.slept == []


def test_all_together_are_limited_too() -> None:
    clock = Clock()
    steady = pace(clock, starts_per_s=1000, all_starts_per_s=10)
    for number in range(30):
        steady.wait_to_start(str(number))
    assert clock.now == pytest.approx(102.0)


def test_three_refusals_in_a_row_end_a_credential_and_no_other() -> None:
    steady = Pace()
    for _ in range(3):
        steady.begin_login("ro", timeout_s=1)
        steady.end_login("ro", LoginOutcome.REFUSED)
    with pytest.raises(AuthenticationError, match="not tried"):
        steady.begin_login("ro", timeout_s=1)
    steady.begin_login("other", timeout_s=1)


def test_silence_is_no_refusal_and_success_forgives() -> None:
    steady = Pace()
    outcomes = [LoginOutcome.REFUSED, LoginOutcome.REFUSED, LoginOutcome.NO_ANSWER]
    outcomes += [LoginOutcome.ACCEPTED, LoginOutcome.REFUSED, LoginOutcome.REFUSED]
    for outcome in outcomes:
        steady.begin_login("ro", timeout_s=1)
        steady.end_login("ro", outcome)
    steady.begin_login("ro", timeout_s=1)


def test_two_hundred_refusing_devices_see_three_attempts() -> None:
    steady = Pace()
    attempts: list[int] = []
    refusals: list[AuthenticationError] = []

    def device(number: int) -> None:
        try:
            steady.begin_login("ro", timeout_s=20)
        except AuthenticationError as error:
            refusals.append(error)
            return
        attempts.append(number)
        time.sleep(0.005)
        steady.end_login("ro", LoginOutcome.REFUSED)

    threads = [threading.Thread(target=device, args=(n,)) for n in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(attempts) == 3
    assert len(refusals) == 197


def test_a_credential_that_hangs_everywhere_is_given_up() -> None:
    steady = Pace()
    for _ in range(3):
        steady.begin_login("ro", timeout_s=1)
    with pytest.raises(AuthenticationError, match="hang"):
        steady.begin_login("ro", timeout_s=0.02)


def test_once_accepted_any_number_may_log_in_at_once() -> None:
    steady = Pace()
    steady.begin_login("ro", timeout_s=1)
    steady.end_login("ro", LoginOutcome.ACCEPTED)
    for _ in range(50):
        steady.begin_login("ro", timeout_s=0.02)
