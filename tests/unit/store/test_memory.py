"""Memory is read whole or not at all, and two runs never lose each other's floors."""

import multiprocessing
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netintegrity.errors import StoreError
from netintegrity.model.memory import FleetMemory, Floor, ManifestFloor, Memory
from netintegrity.model.release import Release
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.store.memory import (
    FILE,
    locked,
    memory_digest,
    read_memory_bytes,
    state_folder,
    write_memory,
)
from netintegrity.store.memory_file import memory_bytes, parse_memory
from tests.builders import AT, CHASSIS, MEMBER_2, NEWER, RELEASE

MEMORY = FleetMemory(
    devices=(
        ("r1", Memory(first_seen=AT, floors=(Floor(subject=MEMBER_2, release=NEWER),))),
        ("r2", Memory(first_seen=None)),
    ),
    manifests=(
        ManifestFloor(
            identity="cisco|cisco-kgv|cisco-kgv", sequence=None, issued_at=AT, first_imported_at=AT
        ),
        ManifestFloor(identity="owner|netintegrity-manifest|acme", sequence=7),
    ),
    imports=(("sha256:00", AT + timedelta(microseconds=5)),),
)
FILE_BYTES = (
    b'{"devices":{"r1":{"first_seen":"2026-01-01T00:00:00Z","floors":{"member 2":'
    b'[{"release":"17.12.01","train":"iosxe"}]}},"r2":{"first_seen":null,"floors":{}}},'
    b'"imports":{"sha256:00":"2026-01-01T00:00:00.000005Z"},'
    b'"manifests":{"cisco|cisco-kgv|cisco-kgv":{"first_imported_at":"2026-01-01T00:00:00Z",'
    b'"issued_at":"2026-01-01T00:00:00Z","sequence":null},'
    b'"owner|netintegrity-manifest|acme":{"first_imported_at":null,"issued_at":null,"sequence":7}},'
    b'"schema":"netintegrity/memory/1"}'
)


def find(train: str, text: str) -> Release | None:
    known = {r.text: r for r in (RELEASE, NEWER)}
    release = known.get(text)
    return release if release is not None and release.train == train else None


def parse(raw: bytes) -> FleetMemory:
    return parse_memory(raw, find, name=FILE)


def test_the_file_is_canonical_and_read_back() -> None:
    assert memory_bytes(MEMORY) == FILE_BYTES
    assert parse(FILE_BYTES) == MEMORY


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
moments = st.none() | st.datetimes(datetime(2000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
subjects = st.builds(Subject, st.sampled_from(SubjectKind), names)
floors = st.builds(Floor, subject=subjects, release=st.sampled_from([RELEASE, NEWER]))
devices = st.builds(
    Memory,
    first_seen=moments,
    floors=st.lists(floors, max_size=3, unique_by=lambda f: str(f.subject)).map(
        lambda fs: tuple(sorted(fs, key=lambda f: str(f.subject)))
    ),
)
fleets = st.dictionaries(names, devices, max_size=3).map(
    lambda by_name: FleetMemory(devices=tuple(sorted(by_name.items())))
)


@given(fleets)
def test_what_is_remembered_is_read_back(memory: FleetMemory) -> None:
    raw = memory_bytes(memory)
    assert parse(raw) == memory
    assert memory_bytes(parse(raw)) == raw


def test_a_site_never_seen_has_an_empty_memory_with_a_digest(tmp_path: Path) -> None:
    raw = read_memory_bytes(tmp_path / "new")
    assert parse(raw) == FleetMemory()
    assert memory_digest(raw).startswith("sha256:")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"{", b"["),
        (FILE_BYTES, b""),
        (FILE_BYTES, FILE_BYTES[:-1]),
        (b"memory/1", b"memory/2"),
        (b'"schema"', b'"scheme"'),
        (b'"imports":{', b'"imports":null,"x":{'),
        (b'"floors":{}', b'"floors":[]'),
        (b'"first_seen":null', b'"first_seen":"never"'),
        (b'"first_seen":null', b'"first_saw":null'),
        (b'"sequence":7', b'"sequence":-7'),
        (b'"sequence":7', b'"sequence":7.5'),
        (b'"sequence":7', b'"sequence":7,"sequence":1'),
        (b"member 2", b"member"),
        (b"member 2", b"toaster 2"),
        (b"17.12.01", b"9.9"),
        (b'"train":"iosxe"', b'"train":"nxos"'),
        (b'"train":"iosxe"', b'"train":"iosxe","x":1'),
        (b"2026-01-01T00:00:00.000005Z", b"2026"),
    ],
)
def test_a_damaged_memory_is_an_error_and_never_an_empty_one(old: bytes, new: bytes) -> None:
    assert old in FILE_BYTES
    with pytest.raises(StoreError) as told:
        parse(FILE_BYTES.replace(old, new, 1))
    assert str(told.value).startswith(FILE)
    assert "backup" in told.value.hint


def test_a_memory_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(StoreError):
        read_memory_bytes(tmp_path)


def test_a_link_to_a_memory_that_is_not_there_is_no_empty_memory(tmp_path: Path) -> None:
    (tmp_path / FILE).symlink_to(tmp_path / "unmounted" / FILE)
    with pytest.raises(StoreError):
        read_memory_bytes(tmp_path)


def test_a_folder_that_cannot_be_locked_is_an_error(tmp_path: Path) -> None:
    (tmp_path / ".lock").mkdir()
    with pytest.raises(StoreError), locked(tmp_path):
        pass


def test_the_memory_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "berlin"
    write_memory(folder, MEMORY)
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert read_memory_bytes(folder) == FILE_BYTES


def raise_own_floor(folder: str, name: str, times: int) -> None:
    for _ in range(times):
        with locked(Path(folder)):
            known = parse(read_memory_bytes(Path(folder)))
            own = known.of(name).floors
            more = Floor(subject=Subject(SubjectKind.MEMBER, str(len(own) + 1)), release=RELEASE)
            changed = dict(known.devices) | {name: Memory(floors=(*own, more))}
            write_memory(Path(folder), FleetMemory(devices=tuple(sorted(changed.items()))))


def test_runs_at_the_same_time_lose_none_of_their_floors(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    runs = [
        context.Process(target=raise_own_floor, args=(str(tmp_path), f"r{n}", 20)) for n in range(3)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert [run.exitcode for run in runs] == [0, 0, 0]
    known = parse(read_memory_bytes(tmp_path))
    assert [len(known.of(f"r{n}").floors) for n in range(3)] == [20, 20, 20]


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"NETINTEGRITY_STATE": "/s", "XDG_STATE_HOME": "/x", "HOME": "/h"}, "/s/berlin"),
        ({"XDG_STATE_HOME": "/x", "HOME": "/h"}, "/x/netintegrity/berlin"),
        ({"XDG_STATE_HOME": "", "HOME": "/h"}, "/h/.local/state/netintegrity/berlin"),
        ({"XDG_STATE_HOME": "here", "HOME": "/h"}, "/h/.local/state/netintegrity/berlin"),
    ],
)
def test_the_memory_lies_where_the_operator_says(environ: dict[str, str], folder: str) -> None:
    assert state_folder("berlin", environ) == Path(folder)


@pytest.mark.parametrize("environ", [{}, {"HOME": ""}, {"HOME": "h"}, {"NETINTEGRITY_STATE": "s"}])
def test_the_current_directory_never_says_where_the_memory_is(environ: dict[str, str]) -> None:
    with pytest.raises(StoreError) as told:
        state_folder("berlin", environ)
    assert "NETINTEGRITY_STATE" in told.value.hint


def test_a_device_never_seen_has_no_floors() -> None:
    assert MEMORY.of("r9") == Memory()
    assert MEMORY.of("r1").floors_of(CHASSIS) == ()
    assert MEMORY.of("r1").floors_of(MEMBER_2) == (NEWER,)
