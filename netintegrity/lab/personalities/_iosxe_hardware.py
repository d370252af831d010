"""What a simulated IOS-XE box consists of."""

from collections.abc import Iterator

from netintegrity.lab.device import LabDevice, Part
from netintegrity.lab.personalities._iosxe_version import LOADER, is_catalyst, is_modular


def show_inventory(device: LabDevice) -> str:
    """Return ``show inventory``."""
    lines: list[str] = []
    for name, description, pid, serial in _items(device):
        lines.append(f'NAME: "{name}", DESCR: "{description}"')
        lines.append(f"PID: {pid:<18}, VID: V02  , SN: {serial}")
        lines.append("")
    return "\n".join([*lines, ""])


def show_platform(device: LabDevice) -> str:
    """Return ``show platform``."""
    rows = list(_slots(device))
    lines = [
        f"Chassis type: {device.pid:<20}",
        "",
        "Slot      Type                State                 Insert time (ago) ",
        "--------- ------------------- --------------------- ----------------- ",
        *(f"{slot:<9} {kind:<19} {state:<21} 12w3d         " for slot, kind, state in rows),
        "",
        "Slot      CPLD Version        Firmware Version                        ",
        "--------- ------------------- --------------------------------------- ",
        *(f"{slot:<9} 17101705            {LOADER:<39} " for slot, _, _ in rows),
        "",
    ]
    return "\n".join([*lines, ""])


def _items(device: LabDevice) -> Iterator[tuple[str, str, str, str]]:
    if is_catalyst(device) and not is_modular(device):
        family = f"c{device.pid[1:3]}xx Stack"
        yield family, family, device.pid, device.serial
        for part in device.parts:
            name = f"Switch {part.subject.id}"
            yield name, part.pid, part.pid, part.serial
        return
    yield "Chassis", f"Cisco {device.pid} Chassis", device.pid, device.serial
    for part in _supervisors(device):
        slot = part.subject.id
        name = f"module {slot}" if slot.startswith("R") else f"Slot {slot} Supervisor"
        yield name, f"Cisco {part.pid} Supervisor Module", part.pid, part.serial


def _slots(device: LabDevice) -> Iterator[tuple[str, str, str]]:
    supervisors = _supervisors(device)
    if not supervisors:
        yield "R0", device.pid, "ok, active"
        return
    for index, part in enumerate(supervisors):
        yield part.subject.id, part.pid, "ok, standby" if index else "ok, active"


def _supervisors(device: LabDevice) -> tuple[Part, ...]:
    return tuple(p for p in device.parts if p.subject.kind.value == "supervisor")
