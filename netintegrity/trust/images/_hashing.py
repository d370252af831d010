"""Digests of one file, made in one reading of it.

Each algorithm has a thread of its own, for hashlib lets others run while it works. A digest of the
beginning of the file, or of the file with a hole, shares the work of the one over the whole file up
to where the two part.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Queue
from typing import Final, Protocol

from netintegrity.trust.images._reading import ReadAt, pieces

_AHEAD: Final = 8
"""Pieces that wait for a thread which is slower than the reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """Which bytes a signature is over, and how they are hashed."""

    algorithm: str
    """As hashlib names it."""
    size: int
    """Bytes from the beginning of the file on."""
    hole: range
    """Of those, the ones that count as NUL."""

    @property
    def parts_at(self) -> int:
        """Return how far it is the same as the file."""
        return min(self.hole.start, self.size) if self.hole else self.size


class _Line:
    """One algorithm: over the file, and over what a signature covers."""

    def __init__(self, algorithm: str, *, plain: bool, covered: Covered | None) -> None:
        self._state = hashlib.new(algorithm, usedforsecurity=False)
        self._plain, self._covered = plain, covered
        self._apart: hashlib._Hash | None = None
        self._at = 0

    def update(self, piece: bytes) -> None:
        start, self._at = self._at, self._at + len(piece)
        covered = self._covered
        if covered is None:
            self._state.update(piece)
            return
        split = covered.parts_at - start
        if self._apart is None and split < len(piece):
            view = memoryview(piece)
            self._state.update(view[: max(split, 0)])
            self._apart = self._state.copy()
            if self._plain:
                self._state.update(view[max(split, 0) :])
            self._update_apart(piece, start, max(split, 0))
            return
        if self._apart is not None:
            self._update_apart(piece, start, 0)
        if self._plain or self._apart is None:
            self._state.update(piece)

    def _update_apart(self, piece: bytes, start: int, begin: int) -> None:
        assert self._apart is not None and self._covered is not None  # noqa: S101, PT018
        end = min(len(piece), self._covered.size - start)
        hole = self._covered.hole
        first = min(max(hole.start - start, begin), max(end, begin)) if hole else max(end, begin)
        last = min(max(hole.stop - start, first), max(end, first)) if hole else first
        view = memoryview(piece)
        self._apart.update(view[begin:first])
        self._apart.update(bytes(last - first))
        if last < end:
            self._apart.update(view[last:end])

    def digest(self) -> bytes:
        return self._state.digest()

    def covered_digest(self) -> bytes:
        return (self._apart or self._state).digest()


def digests_of(
    read_at: ReadAt, size: int, algorithms: Iterable[str], covered: Covered | None = None
) -> tuple[Mapping[str, bytes], bytes]:
    """Return the digests of a file by algorithm, and the one of what a signature covers.

    Args:
        read_at: reads the file.
        size: of the file, in bytes.
        algorithms: as hashlib names them.
        covered: what a signature covers; None: nothing, and the second value is empty.
    """
    wanted = frozenset(algorithms)
    lines = {name: _Line(name, plain=True, covered=None) for name in wanted}
    if covered is not None:
        name = covered.algorithm
        lines[name] = _Line(name, plain=name in wanted, covered=covered)
    update_all(lines.values(), pieces(read_at, 0, size))
    signed = b"" if covered is None else lines[covered.algorithm].covered_digest()
    return {name: lines[name].digest() for name in wanted}, signed


def hashes_of(
    algorithms: Iterable[str], content: Iterable[bytes]
) -> tuple[int, Mapping[str, bytes]]:
    """Return the size in bytes and the digests of what is read once, piece by piece."""
    counter = _Counter()
    states = {name: hashlib.new(name, usedforsecurity=False) for name in algorithms}
    update_all(states.values(), counter.counted(content))
    return counter.size, {name: state.digest() for name, state in states.items()}


class _Counter:
    def __init__(self) -> None:
        self.size = 0

    def counted(self, content: Iterable[bytes]) -> Iterator[bytes]:
        for piece in content:
            self.size += len(piece)
            yield piece


class Updated(Protocol):
    """What takes the pieces of a file in their order."""

    def update(self, piece: bytes, /) -> None:
        """Take the next piece."""
        ...


def update_all(states: Iterable[Updated], content: Iterable[bytes]) -> None:
    """Give every piece to every state, each in a thread of its own."""
    lines = tuple(states)
    if len(lines) == 1:
        for piece in content:
            lines[0].update(piece)
        return
    waiting = [Queue[bytes | None](maxsize=_AHEAD) for _ in lines]
    with ThreadPoolExecutor(max_workers=max(1, len(lines))) as pool:
        at_work = [pool.submit(_drain, n, q) for n, q in zip(lines, waiting, strict=True)]
        try:
            for piece in content:
                for queue in waiting:
                    queue.put(piece)
        finally:
            for queue in waiting:
                queue.put(None)
        for done in at_work:
            done.result()


def _drain(line: Updated, queue: "Queue[bytes | None]") -> None:
    """Give the pieces to one state; when it fails, go on taking them, so that nobody waits."""
    try:
        while (piece := queue.get()) is not None:
            line.update(piece)
    except BaseException:
        while queue.get() is not None:
            pass
        raise
