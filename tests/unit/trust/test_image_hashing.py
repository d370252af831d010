"""Digests made in one reading, in threads, are those made one after the other of copies."""

import hashlib
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.trust.images import _reading
from netintegrity.trust.images._hashing import Covered, digests_of, hashes_of, update_all
from netintegrity.trust.images._reading import pieces, window
from tests.adversary.swi_simulator import reader


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_reading, "PIECE_BYTES", 16)


@given(
    content=st.binary(max_size=200),
    marks=st.tuples(*[st.integers(0, 220)] * 3),
    algorithm=st.sampled_from(["sha256", "sha384", "sha512"]),
    wanted=st.sets(st.sampled_from(["md5", "sha256", "sha512", "blake2b"])),
)
def test_what_a_signature_covers_is_hashed_as_if_it_were_cut_out(
    content: bytes, marks: tuple[int, int, int], algorithm: str, wanted: set[str]
) -> None:
    first, last, end = sorted(min(m, len(content)) for m in marks)
    covered = Covered(algorithm=algorithm, size=end, hole=range(first, last))
    made, signed = digests_of(reader(content), len(content), wanted, covered)
    holed = content[:first] + bytes(last - first) + content[last:end]
    assert signed == hashlib.new(algorithm, holed).digest()
    assert made == {name: hashlib.new(name, content).digest() for name in wanted}


@given(content=st.binary(max_size=100), end=st.integers(0, 100))
def test_a_beginning_without_a_hole_is_hashed_too(content: bytes, end: int) -> None:
    size = min(end, len(content))
    covered = Covered(algorithm="sha256", size=size, hole=range(0))
    made, signed = digests_of(reader(content), len(content), ["sha256", "md5"], covered)
    assert signed == hashlib.sha256(content[:size]).digest()
    assert made["sha256"] == hashlib.sha256(content).digest()


def test_a_failure_in_one_thread_is_told_and_hangs_nobody() -> None:
    class Broken:
        def update(self, _piece: bytes, /) -> None:
            raise RuntimeError("broken")

    def endless() -> Iterator[bytes]:
        for _ in range(1000):
            yield b"x"

    before = threading.active_count()
    with pytest.raises(RuntimeError, match="broken"):
        update_all([Broken(), hashlib.sha256()], endless())
    with pytest.raises(OSError, match="no more"):
        update_all([hashlib.md5(usedforsecurity=False), hashlib.sha256()], failing())
    assert threading.active_count() == before


def failing() -> Iterator[bytes]:
    yield b"x"
    raise OSError("no more")


def test_a_stream_is_counted_as_it_is_hashed() -> None:
    size, made = hashes_of(["sha256", "sha512"], iter([b"ab", b"", b"c"]))
    assert (size, made["sha256"]) == (3, hashlib.sha256(b"abc").digest())
    assert hashes_of(["sha256"], iter([])) == (0, {"sha256": hashlib.sha256().digest()})


def test_a_window_shows_nothing_beside_it() -> None:
    inside = window(reader(b"0123456789"), 3, 4)
    assert (inside(0, 100), inside(2, 1), inside(4, 1), inside(9, 9)) == (b"3456", b"5", b"", b"")
    assert b"".join(pieces(inside, 0, 4)) == b"3456"
