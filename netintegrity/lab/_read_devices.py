"""The devices of a scenario."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from netintegrity.lab import personalities
from netintegrity.lab._read_images import RELEASE
from netintegrity.lab._reading import NAME, Entry, inherited
from netintegrity.lab.behaviour import Known, read_behaviour
from netintegrity.lab.device import NETWORK, OUTCOMES, SAME, Beside, LabDevice, Part, normalised
from netintegrity.lab.images import Image
from netintegrity.lab.personalities._spec import Personality
from netintegrity.model.assurance import AssuranceLevel
from netintegrity.model.claims import SoftwareKind
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.subject import Subject, SubjectKind
from netintegrity.registry import discover
from netintegrity.strict_yaml import Map

_OF_PART: Final = frozenset({"pid", "serial", "flash", "running", "boot", "release"})
_FIELDS: Final = _OF_PART | {
    "name", "like", "personality", "parts", "behaviour", "tags", "expected", "expected_level",
    "sudi", "beside", "after", "expected_after", "expected_change",
}  # fmt: skip
_OF_CHANGE: Final = frozenset({"after", "expected_after", "expected_change"})
_NOT_INHERITED: Final = _OF_CHANGE | {"name", "serial", "expected", "expected_level"}
_ID: Final = {
    "member": re.compile(r"\d{1,2}"),
    "supervisor": re.compile(r"R\d|[A-D]|\d{1,2}"),
    "routing-engine": re.compile(r"\d"),
    "node": re.compile(r"\d"),
}
_PID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_+-]{0,38}")
_SERIAL: Final = re.compile(r"[A-Z0-9]{4,32}")
_PATH: Final = re.compile(r"[!-~]{1,250}")
_BESIDE: Final = frozenset({"kind", "name", "trigger", "image", "checksum"})
_BESIDE_NAME: Final = re.compile(r"[!-~](?:[ -~]{0,120}[!-~])?")
_CHECKSUM: Final = re.compile(r"[0-9a-f]{64}")
_GENERATIONS: Final = frozenset({"older", "newer"})
_LEVELS: Final = {level.word: level for level in AssuranceLevel}


def read_devices(top: Entry, images: Mapping[str, Image]) -> Iterator[LabDevice]:
    """Yield every device, noting faults."""
    written: dict[str, Map] = {}
    for index, value in enumerate(top.faults.sequence(top.fields.get("devices"), "devices")):
        fields = top.faults.mapping(value, f"devices[{index}]")
        if fields is None:
            continue
        name = Entry(top.faults, fields, f"devices[{index}]").text("name", NAME)
        if name in written:
            top.faults.add(fields.line, f"devices[{index}].name", f"{name!r} is there twice")
        elif name:
            top.faults.known(fields, _FIELDS, name)
            written[name] = fields
    if not written:
        top.fault("devices", "expected at least one device")
    known = discover(personalities, Personality)
    whole = inherited(top.faults, written, "devices", own=_NOT_INHERITED)
    for name, fields in whole.items():
        yield _read(Entry(top.faults, fields, name), name, images, known)


def _read(
    entry: Entry, name: str, images: Mapping[str, Image], known: Mapping[str, Personality]
) -> LabDevice:
    """Return a device, and what it is once the change of the scenario was done to it."""
    before = _Reader(entry, images, known).device(name)
    outcome = entry.one_of("expected_change", OUTCOMES, default=SAME)
    at = entry.at("after")
    changes = entry.faults.mapping(entry.fields.get("after"), at)
    if changes is None:
        conclusion = before.expected
        if "expected_after" in entry.fields:
            conclusion = Conclusion(entry.one_of("expected_after", frozenset(Conclusion)))
        after = replace(before, expected=conclusion)
        return replace(before, after=after, expected_change=outcome)
    entry.faults.known(changes, _FIELDS - _NOT_INHERITED - {"like", "personality"} | {"serial"}, at)
    whole = Map({k: v for k, v in entry.fields.items() if k not in _OF_CHANGE} | changes)
    whole.line = changes.line
    whole.key_lines = {**entry.fields.key_lines, **changes.key_lines}
    if "expected_after" in entry.fields:
        whole["expected"] = entry.fields["expected_after"]
        whole.key_lines["expected"] = entry.fields.key_lines["expected_after"]
    changed = _Reader(Entry(entry.faults, whole, at), images, known).device(name)
    return replace(before, after=changed, expected_change=outcome)


class _Reader:
    """One device."""

    def __init__(
        self, entry: Entry, images: Mapping[str, Image], known: Mapping[str, Personality]
    ) -> None:
        self._entry = entry
        self._images = images
        self._personality = known[entry.one_of("personality", frozenset(known))]

    def device(self, name: str) -> LabDevice:
        entry = self._entry
        probes = frozenset(self._personality.commands)
        level = None
        if "expected_level" in entry.fields:
            level = _LEVELS[entry.one_of("expected_level", frozenset(_LEVELS))]
        pid = entry.text("pid", _PID, default=self._personality.pid)
        serial = entry.text("serial", _SERIAL, default=_made_serial(name))
        return LabDevice(
            name=name,
            personality=self._personality.id,
            platform_id=self._personality.platform_id,
            pid=pid,
            serial=serial,
            parts=tuple(self._parts(name, pid, serial)),
            behaviour=read_behaviour(
                entry.faults,
                entry.fields.get("behaviour"),
                entry.at("behaviour"),
                Known(images=self._images, probes=probes),
            ),
            expected=Conclusion(entry.one_of("expected", frozenset(Conclusion))),
            expected_level=level,
            tags=tuple(self._tags()),
            beside=tuple(self._beside()),
            sudi=entry.one_of("sudi", _GENERATIONS) if "sudi" in entry.fields else None,
        )

    def _beside(self) -> Iterator[Beside]:
        entry = self._entry
        at = entry.at("beside")
        for index, value in enumerate(entry.faults.sequence(entry.fields.get("beside"), at)):
            here = f"{at}[{index}]"
            fields = entry.faults.mapping(value, here)
            if fields is None:
                continue
            entry.faults.known(fields, _BESIDE, here)
            own = Entry(entry.faults, fields, here)
            yield Beside(
                kind=SoftwareKind(own.one_of("kind", frozenset(SoftwareKind))),
                name=own.text("name", _BESIDE_NAME),
                trigger=own.text("trigger", _BESIDE_NAME, default=""),
                image=own.text("image", _BESIDE_NAME, default=""),
                checksum=own.text("checksum", _CHECKSUM, default=""),
            )

    def _tags(self) -> Iterator[tuple[str, str]]:
        entry = self._entry
        for tag, value in (entry.faults.mapping(entry.fields.get("tags"), "tags") or {}).items():
            text = entry.faults.text(value, entry.at(f"tags.{tag}"))
            if tag in {"credential", "subjects"} or NAME.fullmatch(tag) is None:
                entry.fault("tags", f"{tag!r} cannot be a tag")
            elif text is not None:
                yield tag, str(text)

    def _parts(self, name: str, pid: str, serial: str) -> Iterator[Part]:
        entry = self._entry
        whole = self._part(entry, Subject(SubjectKind.CHASSIS, "1"), pid, serial, None)
        if "parts" not in entry.fields:
            yield whole
            return
        seen: dict[str, str] = {}
        for index, value in enumerate(
            entry.faults.sequence(entry.fields["parts"], entry.at("parts"))
        ):
            here = entry.at(f"parts[{index}]")
            fields = entry.faults.mapping(value, here)
            if fields is None:
                continue
            own = Entry(entry.faults, fields, here)
            entry.faults.known(fields, _OF_PART | {"kind", "id"}, here)
            kind = own.one_of("kind", self._personality.part_kinds)
            id_ = own.text("id", _ID[kind])
            if id_ in seen or kind not in {*seen.values(), kind if not seen else ""}:
                own.fault("id", "expected parts of one kind, each with an id of its own")
            seen[id_] = kind
            # The first switch is the box that answers: they have one serial number.
            same = kind == "member" and index == 0
            made = serial if same else _made_serial(f"{name} {kind} {id_}")
            yield self._part(own, Subject(SubjectKind(kind), id_), pid, made, whole)
        if len(seen) < 2:
            entry.fault("parts", "expected at least two; one that stands alone has none")

    def _part(
        self, entry: Entry, subject: Subject, pid: str, serial: str, like: Part | None
    ) -> Part:
        """Return a part; what it does not say is that of ``like``."""
        flash = self._flash(entry) if like is None or "flash" in entry.fields else like.flash
        running = entry.text("running", _PATH, default=like.running if like else None)
        boot = entry.words("boot", _PATH)
        if "boot" not in entry.fields:
            boot = like.boot if like and "running" not in entry.fields else (running,)
        at = next((i for p, i in flash.items() if normalised(p) == normalised(running)), None)
        if running and at is None and NETWORK.match(running) is None:
            entry.fault("running", f"there is no {running!r} on flash")
        default = at.release if at else (like.release if like else None)
        if at is not None and running.endswith(".conf") and not at.packages:
            entry.fault("running", f"{at.name} has no packages, so it cannot be installed")
        return Part(
            subject=subject,
            pid=entry.text("pid", _PID, default=pid),
            serial=entry.text("serial", _SERIAL, default=serial),
            flash=flash,
            running=running,
            boot=boot,
            release=entry.text("release", RELEASE, default=default),
        )

    def _flash(self, entry: Entry) -> Mapping[str, Image]:
        listed = entry.faults.mapping(entry.fields.get("flash"), entry.at("flash")) or Map()
        found: dict[str, Image] = {}
        for path, value in listed.items():
            here = entry.at(f"flash.{path}")
            text = entry.faults.text(value, here)
            if _PATH.fullmatch(path) is None or ":" not in path:
                entry.faults.add(value.line, here, "expected a path such as flash:image.bin")
            elif text not in self._images:
                entry.faults.add(value.line, here, f"no image {text!r}")
            else:
                found[path] = self._images[str(text)]
        return found


def _made_serial(of: str) -> str:
    return f"LAB{hashlib.sha256(of.encode()).hexdigest()[:8].upper()}"
