"""Files are whole or not there, for their owner alone, and never the target of a planted link."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from netintegrity.errors import StoreError
from netintegrity.store.atomic import make_folder, write_once, write_over


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_once(tmp_path / "a", b"1")
        make_folder(tmp_path / "x" / "y")
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "a") == 0o600
    assert mode_of(tmp_path / "x") == mode_of(tmp_path / "x" / "y") == 0o700


def test_what_was_written_once_is_never_overwritten(tmp_path: Path) -> None:
    write_once(tmp_path / "a", b"1")
    with pytest.raises(StoreError):
        write_once(tmp_path / "a", b"2")
    assert (tmp_path / "a").read_bytes() == b"1"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("there", [True, False])
def test_a_planted_link_is_refused_and_its_target_left_alone(tmp_path: Path, there: bool) -> None:
    target = tmp_path / "target"
    if there:
        target.write_bytes(b"precious")
    (tmp_path / "a").symlink_to(target)
    with pytest.raises(StoreError):
        write_once(tmp_path / "a", b"1")
    assert target.exists() is there
    assert not there or target.read_bytes() == b"precious"


def test_writing_over_a_link_replaces_the_link(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"precious")
    (tmp_path / "a").symlink_to(tmp_path / "target")
    write_over(tmp_path / "a", b"1")
    assert (tmp_path / "target").read_bytes() == b"precious"
    assert not (tmp_path / "a").is_symlink()


def test_writing_over_keeps_no_trace_of_the_old(tmp_path: Path) -> None:
    write_over(tmp_path / "a", b"old and long")
    write_over(tmp_path / "a", b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a", b"new")]


def test_a_folder_that_is_absent_or_a_file_is_an_error_of_the_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="absent"):
        write_once(tmp_path / "absent" / "a", b"1")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="file"):
        make_folder(tmp_path / "file")
    with pytest.raises(StoreError, match="file"):
        make_folder(tmp_path / "file" / "below")


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o755)
    make_folder(tmp_path / "shared")
    assert mode_of(tmp_path / "shared") == 0o755


KILLED = """
import os, signal, sys
from pathlib import Path
from netintegrity.store import atomic

step = int(sys.argv[2])

def count(frame, event, argument):
    global step
    step -= event in ("c_call", "call")
    if step == 0:
        os.kill(os.getpid(), signal.SIGKILL)

sys.setprofile(count)
atomic.write_over(Path(sys.argv[1]), b"new" * 1000)
"""


@pytest.mark.parametrize("step", range(96, 208, 8))
def test_a_kill_at_any_moment_leaves_the_old_content_or_the_new(tmp_path: Path, step: int) -> None:
    path = tmp_path / "memory.json"
    path.write_bytes(b"old")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(path), str(step)], check=False, capture_output=True
    )
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    assert path.read_bytes() in {b"old", b"new" * 1000}
