"""``memory.json``: strict, canonical, and never half understood."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from netintegrity import rfc3339, strict_json
from netintegrity.errors import StoreError
from netintegrity.model.codec import canonical, moment_from_json
from netintegrity.model.memory import Acceptance, FleetMemory, Floor, ManifestFloor, Memory
from netintegrity.model.release import Release
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.platforms._loaders import loader_of_train
from netintegrity.strict_json import ROOT
from netintegrity.strict_json import Path as At

SCHEMA: Final = "netintegrity/memory/1"
_MEMBERS: Final = frozenset({"schema", "devices", "manifests", "imports", "acceptances"})
_ACCEPTANCE: Final = frozenset({"what", "name", "from", "to", "reason", "by", "at"})

FindRelease = Callable[[str, str], Release | None]
"""``(train, text)`` to a release of that very train; None: no grammar reads it any more."""


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
            **_if_any("acceptances", [_acceptance(a) for a in memory.acceptances]),
        }
    )


def _if_any(name: str, value: list[object] | dict[str, object]) -> dict[str, object]:
    """Return a member that came later only where it says something: older readers know it not."""
    return {name: value} if value else {}


def _acceptance(accepted: Acceptance) -> dict[str, object]:
    return {
        "what": accepted.what,
        "name": accepted.name,
        "subject": None if accepted.subject is None else str(accepted.subject),
        "from": accepted.lowered_from,
        "to": accepted.lowered_to,
        "reason": accepted.reason,
        "by": accepted.by,
        "at": rfc3339.show(accepted.at),
        "reported_in": accepted.reported_in,
    }


def _device(memory: Memory) -> dict[str, object]:
    return {
        "first_seen": _shown(memory.first_seen),
        "floors": _floors(memory.floors),
        **_if_any("loaders", _floors(memory.loaders)),
    }


def _floors(floors: Iterable[Floor]) -> dict[str, object]:
    listed: dict[str, list[dict[str, str]]] = {}
    for floor in sorted(floors, key=lambda f: (str(f.subject), f.release.train)):
        entry = {"train": floor.release.train, "release": floor.release.text}
        listed.setdefault(str(floor.subject), []).append(entry)
    return dict(listed)


def parse_memory(raw: bytes, find_release: FindRelease, *, name: str) -> FleetMemory:
    """Return the memory a file holds.

    A damaged memory is an error and never "no memory": that would forget a downgrade.

    Raises:
        StoreError: it has another shape, or a release nobody can read any more.
    """
    try:
        top = strict_json.members(strict_json.load(raw), ROOT)
        strict_json.only(top, _MEMBERS, ROOT)
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
            acceptances=tuple(
                _read_acceptance(a, at.item(n))
                for at in (ROOT.member("acceptances"),)
                for n, a in enumerate(strict_json.items(top.get("acceptances", []), at))
            ),
        )
    except ValueError as error:
        told = StoreError(f"{name}: {error}")
        told.hint = "restore it from a backup; removing it forgets every floor of the site"
        raise told from error


def _read_device(value: object, find_release: FindRelease, at: At) -> Memory:
    device = strict_json.members(value, at)
    strict_json.only(device, frozenset({"first_seen", "floors", "loaders"}), at)
    return Memory(
        first_seen=_moment(device.get("first_seen"), at.member("first_seen")),
        floors=_read_floors(device.get("floors", {}), find_release, at.member("floors")),
        loaders=_read_floors(device.get("loaders", {}), loader_of_train, at.member("loaders")),
    )


def _read_floors(value: object, find_release: FindRelease, at: At) -> tuple[Floor, ...]:
    floors: list[Floor] = []
    for subject, entries in strict_json.members(value, at).items():
        here = at.member(subject)
        for number, entry in enumerate(strict_json.items(entries, here)):
            floors.append(_read_floor(subject, entry, find_release, here.item(number)))
    return tuple(floors)


def _read_acceptance(value: object, at: At) -> Acceptance:
    entry = strict_json.members(value, at)
    strict_json.only(entry, _ACCEPTANCE | {"subject", "reported_in"}, at)
    texts = {n: strict_json.text(entry.get(n), at.member(n)) for n in _ACCEPTANCE}
    subject, told = entry.get("subject"), entry.get("reported_in")
    return Acceptance(
        what=texts["what"],
        name=texts["name"],
        subject=None
        if subject is None
        else _subject(strict_json.text(subject, at.member("subject")), at.member("subject")),
        lowered_from=texts["from"],
        lowered_to=texts["to"],
        reason=texts["reason"],
        by=texts["by"],
        at=moment_from_json(texts["at"], at.member("at")),
        reported_in=None if told is None else strict_json.text(told, at.member("reported_in")),
    )


def _read_floor(subject: str, value: object, find_release: FindRelease, at: At) -> Floor:
    entry = strict_json.members(value, at)
    strict_json.only(entry, frozenset({"train", "release"}), at)
    train = strict_json.text(entry.get("train"), at.member("train"))
    text = strict_json.text(entry.get("release"), at.member("release"))
    release = find_release(train, text)
    if release is None:
        raise ValueError(f"{at}: no platform has a release {text!r} of the train {train!r}")
    return Floor(subject=_subject(subject, at), release=release)


def _subject(text: str, at: At) -> Subject:
    kind, _, id_ = text.partition(" ")
    if kind not in set(SubjectKind) or not id_:
        raise ValueError(f"{at}: expected a subject such as 'member 1', got {text!r}")
    return Subject(SubjectKind(kind), id_)


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
