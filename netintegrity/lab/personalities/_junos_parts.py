"""The parts of a simulated Juniper box, and what it says of its hardware."""

from collections.abc import Callable
from typing import Final

from netintegrity.lab.device import LabDevice, Part
from netintegrity.model.subject import SubjectKind

_HEADINGS: Final = {
    SubjectKind.MEMBER: "fpc",
    SubjectKind.NODE: "node",
    SubjectKind.ROUTING_ENGINE: "re",
}
_RULE: Final = "-" * 74
_HEADER: Final = (
    "Hardware inventory:\nItem             Version  Part number  Serial number     Description\n"
)


def is_redundant(device: LabDevice) -> bool:
    """Say whether it has several routing engines."""
    return device.active.subject.kind is SubjectKind.ROUTING_ENGINE


def parted(device: LabDevice, say: Callable[[Part], str]) -> str:
    """Return what each part says, under its heading; a box that stands alone has none."""
    kind = device.active.subject.kind
    if kind not in _HEADINGS:
        return say(device.active)
    return "".join(f"{_HEADINGS[kind]}{p.subject.id}:\n{_RULE}\n{say(p)}\n" for p in device.parts)


def hardware(device: LabDevice) -> str:
    """Return the answer to ``show chassis hardware``."""
    kind = device.active.subject.kind
    if kind is SubjectKind.NODE:
        return parted(device, lambda part: _HEADER + _row("Chassis", part.serial, part.pid))
    rows = _row("Chassis", device.serial, device.pid)
    if kind is SubjectKind.MEMBER:
        rows = _row("Chassis", device.serial, "Virtual Chassis")
        rows += "".join(_row(f"FPC {p.subject.id}", p.serial, p.pid) for p in device.parts)
    elif kind is SubjectKind.ROUTING_ENGINE:
        rows += "".join(
            _row(f"Routing Engine {p.subject.id}", p.serial, p.pid) for p in device.parts
        )
    return _HEADER + rows


def _row(item: str, serial: str, description: str) -> str:
    return f"{item:<39}{serial:<18}{description}\n"


def engines(device: LabDevice) -> str:
    """Return the answer to ``show chassis routing-engine``."""
    kind = device.active.subject.kind
    if kind is SubjectKind.NODE:
        return parted(device, lambda _: "Routing Engine status:\n    Temperature    34 degrees C\n")
    slots = [p.subject.id for p in device.parts] if len(device.parts) > 1 else ["0"]
    return "".join(
        "Routing Engine status:\n"
        f"  Slot {slot}:\n"
        f"    Current state                  {'Backup' if number else 'Master'}\n"
        "    Temperature                 34 degrees C / 93 degrees F\n"
        for number, slot in enumerate(slots)
    )
