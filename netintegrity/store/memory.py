"""What runs remember: floors of devices and of manifests, in the operator's state folder.

Never in the site, and never found by current directory: a run from another folder must not forget a
downgrade.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from netintegrity import rfc3339, strict_json
from netintegrity.errors import StoreError
from netintegrity.model.codec import canonical, moment_from_json
from netintegrity.model.memory import FleetMemory, Floor, ManifestFloor, Memory
from netintegrity.model.release import Release
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.store.atomic import make_folder, write_over
from netintegrity.strict_json import ROOT
from netintegrity.strict_json import Path as At

SCHEMA: Final = "netintegrity/memory/1"
FILE: Final = "memory.json"
MAX_BYTES: Final = 512 * 1024 * 1024

FindRelease = Callable[[str, str], Release | None]
"""``(train, text)`` to a release of that very train; None: no grammar reads it any more."""


def state_folder(site: str, environ: Mapping[str, str]) -> Path:
    """Return where the memory of a site lies, by the operator's environment.

    Raises:
        StoreError: neither a state folder nor a home is named, or only from the current directory.

    Source: XDG Base Directory Specification 0.8: a relative path is invalid, and ignored.
    """
    if own := environ.get("NETINTEGRITY_STATE"):
        if not Path(own).is_absolute():
            # From another directory it would be another memory, and a downgrade would be forgotten.
            raise _no_place(f"NETINTEGRITY_STATE: expected an absolute path, got {own!r}")
        return Path(own) / site
    for variable, below in (("XDG_STATE_HOME", ""), ("HOME", ".local/state")):
        base = Path(environ.get(variable, ""))
        if base.is_absolute():
            return base / below / "netintegrity" / site
    raise _no_place("there is no place for the memory of earlier runs")


def _no_place(message: str) -> StoreError:
    told = StoreError(message)
    told.hint = "set NETINTEGRITY_STATE to a folder of the operator's own"
    return told


def read_memory_bytes(folder: Path) -> bytes:
    """Return the stored memory; that of a site never seen is an empty one.

    Raises:
        StoreError: it is there and cannot be read.
    """
    try:
        with (folder / FILE).open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        if (folder / FILE).is_symlink():
            # What it names may lie on a disk that is not mounted: that is not "no memory".
            raise StoreError(f"{folder / FILE}: a link to a file that is not there") from error
        return memory_bytes(FleetMemory())
    except OSError as error:
        raise StoreError(f"{folder / FILE}: {error.strerror}") from error
    if len(raw) > MAX_BYTES:
        raise StoreError(f"{folder / FILE}: larger than {MAX_BYTES} bytes")
    return raw


def memory_digest(raw: bytes, waivers: Mapping[str, bytes] | None = None) -> str:
    """Return the digest every report prints: of the memory, and of the waivers beside it."""
    alone = f"sha256:{hashlib.sha256(raw).hexdigest()}"
    if not waivers:
        return alone
    beside = {name: hashlib.sha256(content).hexdigest() for name, content in waivers.items()}
    together = canonical({"memory": alone, "waivers": beside})
    return f"sha256:{hashlib.sha256(together).hexdigest()}"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the memory of a site, so that two runs cannot lose each other's floors.

    Raises:
        StoreError: the folder cannot be made or locked.
    """
    make_folder(folder)
    try:
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_memory(folder: Path, memory: FleetMemory) -> None:
    """Write the memory of a site; call it while holding :func:`locked`.

    Raises:
        StoreError: it could not be written; the old one stands.
    """
    make_folder(folder)
    write_over(folder / FILE, memory_bytes(memory))


def memory_bytes(memory: FleetMemory) -> bytes:
    """Return the canonical file of a memory."""
    return canonical(
        {
            "schema": SCHEMA,
            "devices": {name: _device(m) for name, m in memory.devices},
            "manifests": {
                m.identity: {
                    "sequence": m.sequence,
                    "issued_at": _shown(m.issued_at),
                    "first_imported_at": _shown(m.first_imported_at),
                }
                for m in memory.manifests
            },
            "imports": {digest: rfc3339.show(at) for digest, at in memory.imports},
        }
    )


def _device(memory: Memory) -> dict[str, object]:
    floors: dict[str, list[dict[str, str]]] = {}
    for floor in sorted(memory.floors, key=lambda f: (str(f.subject), f.release.train)):
        entry = {"train": floor.release.train, "release": floor.release.text}
        floors.setdefault(str(floor.subject), []).append(entry)
    return {"first_seen": _shown(memory.first_seen), "floors": floors}


def parse_memory(raw: bytes, find_release: FindRelease, *, name: str) -> FleetMemory:
    """Return the memory a file holds.

    A damaged memory is an error and never "no memory": that would forget a downgrade.

    Raises:
        StoreError: it has another shape, or a release nobody can read any more.
    """
    try:
        top = strict_json.members(strict_json.load(raw), ROOT)
        strict_json.only(top, frozenset({"schema", "devices", "manifests", "imports"}), ROOT)
        if top.get("schema") != SCHEMA:
            raise ValueError(f"$.schema: expected {SCHEMA!r}, got {top.get('schema')!r}")
        devices = strict_json.members(top.get("devices", {}), ROOT.member("devices"))
        manifests = strict_json.members(top.get("manifests", {}), ROOT.member("manifests"))
        imports = strict_json.members(top.get("imports", {}), ROOT.member("imports"))
        return FleetMemory(
            devices=tuple(
                (n, _read_device(d, find_release, ROOT.member("devices").member(n)))
                for n, d in sorted(devices.items())
            ),
            manifests=tuple(
                _read_manifest(i, m, ROOT.member("manifests").member(i))
                for i, m in sorted(manifests.items())
            ),
            imports=tuple(
                (d, moment_from_json(t, ROOT.member("imports").member(d)))
                for d, t in sorted(imports.items())
            ),
        )
    except ValueError as error:
        told = StoreError(f"{name}: {error}")
        told.hint = "restore it from a backup; removing it forgets every floor of the site"
        raise told from error


def _read_device(value: object, find_release: FindRelease, at: At) -> Memory:
    device = strict_json.members(value, at)
    strict_json.only(device, frozenset({"first_seen", "floors"}), at)
    floors: list[Floor] = []
    by_subject = strict_json.members(device.get("floors", {}), at.member("floors"))
    for subject, entries in by_subject.items():
        here = at.member("floors").member(subject)
        for number, entry in enumerate(strict_json.items(entries, here)):
            floors.append(_read_floor(subject, entry, find_release, here.item(number)))
    return Memory(
        first_seen=_moment(device.get("first_seen"), at.member("first_seen")), floors=tuple(floors)
    )


def _read_floor(subject: str, value: object, find_release: FindRelease, at: At) -> Floor:
    entry = strict_json.members(value, at)
    strict_json.only(entry, frozenset({"train", "release"}), at)
    train = strict_json.text(entry.get("train"), at.member("train"))
    text = strict_json.text(entry.get("release"), at.member("release"))
    release = find_release(train, text)
    if release is None:
        raise ValueError(f"{at}: no platform has a release {text!r} of the train {train!r}")
    kind, _, id_ = subject.partition(" ")
    if kind not in set(SubjectKind) or not id_:
        raise ValueError(f"{at}: expected a subject such as 'member 1', got {subject!r}")
    return Floor(subject=Subject(SubjectKind(kind), id_), release=release)


def _read_manifest(identity: str, value: object, at: At) -> ManifestFloor:
    entry = strict_json.members(value, at)
    strict_json.only(entry, frozenset({"sequence", "issued_at", "first_imported_at"}), at)
    sequence = entry.get("sequence")
    return ManifestFloor(
        identity=identity,
        sequence=None if sequence is None else strict_json.integer(sequence, at.member("sequence")),
        issued_at=_moment(entry.get("issued_at"), at.member("issued_at")),
        first_imported_at=_moment(entry.get("first_imported_at"), at.member("first_imported_at")),
    )


def _moment(value: object, at: At) -> datetime | None:
    return None if value is None else moment_from_json(value, at)


def _shown(at: datetime | None) -> str | None:
    return None if at is None else rfc3339.show(at)
