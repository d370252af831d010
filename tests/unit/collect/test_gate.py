"""Few are inside at once, and nobody keeps the others out."""

import threading
import time
from collections.abc import Callable

from netintegrity.collect.gate import Gate, Place


def until(true: Callable[[], bool], seconds: float = 3.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.002)
    return False


def started(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_no_more_are_inside_than_there_are_places() -> None:
    gate = Gate(3, lease_s=60.0)
    inside, most = 0, 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        place = Place(gate)
        for _ in range(5):
            place.take()
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.001)
            with lock:
                inside -= 1
            place.give()

    threads = [started(work) for _ in range(40)]
    for thread in threads:
        thread.join(10)
    assert not any(t.is_alive() for t in threads)
    assert most == 3


def test_who_waits_outside_holds_no_place() -> None:
    gate = Gate(1, lease_s=60.0)
    hashing, other = Place(gate), Place(gate)
    hashing.take()
    with hashing.given():
        other.take()
        other.give()


def test_who_comes_back_is_let_in_before_the_new_ones() -> None:
    gate = Gate(1, lease_s=60.0)
    back, holder = Place(gate), Place(gate)
    back.take()
    back.give()
    holder.take()
    order: list[str] = []

    def enter(place: Place, name: str) -> None:
        place.take()
        order.append(name)
        place.give()

    new = [started(lambda: enter(Place(gate), "new")) for _ in range(3)]
    assert until(lambda: len(gate._new) == 3)
    returning = started(lambda: enter(back, "back"))
    assert until(lambda: len(gate._returning) == 1)
    holder.give()
    for thread in (*new, returning):
        thread.join(5)
    assert order == ["back", "new", "new", "new"]


def test_a_place_held_by_one_that_hangs_is_given_to_another() -> None:
    gate = Gate(2, lease_s=0.1)
    hung = [Place(gate) for _ in range(2)]
    for place in hung:
        place.take()
    began = time.monotonic()
    for _ in range(5):
        other = Place(gate)
        other.take()
        other.give()
    assert time.monotonic() - began < 10.0
    # Coming back to life, they give what is no longer theirs: that is harmless.
    for place in hung:
        place.give()
    Place(gate).take()


def test_taking_a_place_twice_takes_one() -> None:
    gate = Gate(1, lease_s=60.0)
    place = Place(gate)
    place.take()
    place.take()
    place.give()
    Place(gate).take()
