"""How many sessions connect or talk at the same moment.

Hundreds of sessions may be open at once, nearly all of them waiting for a device that hashes; but a
few that shake hands at the same time are all that a processor can serve, and more of them only make
each other slow, until devices give up on a login nobody found the time to finish.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Gate:
    """Lets few in; who is slow inside does not keep the others out."""

    def __init__(
        self,
        places: int = 8,
        *,
        lease_s: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open with all places free.

        Args:
            places: sessions inside at once.
            lease_s: a place is held for so long at most: who has not come further by then waits for
                a device, or for nobody, and takes no part of a processor.
            monotonic: seconds, for intervals only.
        """
        self._places = places
        self._lease_s = lease_s
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._inside: dict[Place, float] = {}
        self._returning: deque[tuple[Place, threading.Event]] = deque()
        self._new: deque[tuple[Place, threading.Event]] = deque()

    def enter(self, place: "Place", *, returning: bool) -> None:
        """Return when ``place`` is inside; those that return come before the new ones."""
        admitted = threading.Event()
        with self._lock:
            if place in self._inside:
                return
            (self._returning if returning else self._new).append((place, admitted))
            self._admit()
        # Nobody tells when a lease ends: whoever waits looks.
        while not admitted.wait(self._lease_s):
            with self._lock:
                self._admit()

    def leave(self, place: "Place") -> None:
        """Give the place to the next one; harmless for one that is not inside."""
        with self._lock:
            self._inside.pop(place, None)
            self._admit()

    def _admit(self) -> None:
        now = self._monotonic()
        for place in [p for p, since in self._inside.items() if now - since >= self._lease_s]:
            del self._inside[place]
        while len(self._inside) < self._places and (queue := self._returning or self._new):
            place, admitted = queue.popleft()
            self._inside[place] = now
            admitted.set()


class Place:
    """One session's, inside or not."""

    def __init__(self, gate: Gate) -> None:
        """Begin outside."""
        self._gate = gate
        self._was_inside = False

    def take(self) -> None:
        """Return when inside."""
        self._gate.enter(self, returning=self._was_inside)
        self._was_inside = True

    def give(self) -> None:
        """Go outside."""
        self._gate.leave(self)

    @contextmanager
    def given(self) -> Iterator[None]:
        """Stand outside for as long as this lasts."""
        self.give()
        try:
            yield
        finally:
            self.take()
