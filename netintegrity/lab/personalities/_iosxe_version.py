"""``show version`` of a simulated IOS-XE box."""

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from netintegrity.lab.device import LabDevice, Part
from netintegrity.lab.personalities._iosxe_boot import register_line

LOADER: Final = "17.12.1r"
_TRAINS: Final = {
    "16.12": "Gibraltar",
    "17.3": "Amsterdam",
    "17.6": "Bengaluru",
    "17.9": "Cupertino",
    "17.12": "Dublin",
}
# 17.09.04a      17.9.4a
_NUMBERED: Final = re.compile(r"(\d\d)\.(\d{1,2})\.(\d{1,2})(\w*)")
# V179_4_ESW13
_SPECIAL: Final = re.compile(r"V(\d\d)(\d{1,2})_(\d{1,2})\w*_\w+")


def is_catalyst(device: LabDevice) -> bool:
    """Say whether the box is a switch of the Catalyst 9000 family."""
    return device.pid.startswith("C9") and not device.pid.startswith("C98")


def is_modular(device: LabDevice) -> bool:
    """Say whether the box is a chassis that takes supervisors."""
    return device.pid.startswith(("C94", "C96", "ASR1006", "ASR1009", "ASR1013"))


def xe_release(release: str) -> str:
    """Return a release as the line of the whole system prints it: zero-padded."""
    if (m := _NUMBERED.fullmatch(release)) is not None:
        return f"{m[1]}.{int(m[2]):02d}.{int(m[3]):02d}{m[4]}"
    return release


def iosd_release(release: str) -> str:
    """Return a release as the line of the IOS process prints it: without zero padding."""
    if (m := _NUMBERED.fullmatch(release)) is not None:
        return f"{int(m[1])}.{int(m[2])}.{int(m[3])}{m[4]}"
    if (m := _SPECIAL.fullmatch(release)) is not None:
        return f"{int(m[1])}.{int(m[2])}.{int(m[3])}"
    return release


def show_version(device: LabDevice) -> str:
    """Return the whole answer."""
    return "\n".join([*_software(device), *_uptime(device), *_hardware(device), ""])


def _software(device: LabDevice) -> Iterator[str]:
    release = device.active.release
    plain = iosd_release(release)
    label = "RELEASE SOFTWARE (fc3)"
    if _SPECIAL.fullmatch(release):
        label = f"CUST-SPECIAL:{release}"
    name = _TRAINS.get(".".join(plain.split(".")[:2]), "Lab")
    product = "ISR Software (X86_64_LINUX_IOSD-UNIVERSALK9-M)"
    if is_catalyst(device):
        product = "Catalyst L3 Switch Software (CAT9K_IOSXE)"
    elif device.pid.startswith("C9800"):
        product = "C9800-CL Software (C9800-CL-K9_IOSXE)"
    elif device.pid.startswith("ASR1"):
        product = "ASR1000 Software (X86_64_LINUX_IOSD-UNIVERSALK9-M)"
    yield f"Cisco IOS XE Software, Version {xe_release(release)}"
    yield f"Cisco IOS Software [{name}], {product}, Version {plain}, {label}"
    yield "This is a simulated device of the netintegrity lab."
    yield ""
    yield ""
    yield "ROM: IOS-XE ROMMON"
    if is_catalyst(device):
        yield f"BOOTLDR: System Bootstrap, Version {LOADER}, RELEASE SOFTWARE (P)"
    yield ""


def _uptime(device: LabDevice) -> Iterator[str]:
    yield f"{device.name} uptime is 12 weeks, 3 days, 4 hours, 5 minutes"
    yield "Uptime for this control processor is 12 weeks, 3 days, 4 hours, 7 minutes"
    yield "System returned to ROM by Reload Command"
    yield f'System image file is "{device.active.running}"'
    yield "Last reload reason: Reload Command"
    yield ""
    yield ""


def _hardware(device: LabDevice) -> Iterator[str]:
    switch = is_catalyst(device)
    kind = "(X86) processor" if switch else "(1RU) processor"
    yield f"cisco {device.pid} {kind} with 1418286K/6147K bytes of memory."
    yield f"Processor board ID {device.serial}"
    yield "28 Gigabit Ethernet interfaces"
    yield "2048K bytes of non-volatile configuration memory."
    yield "8388608K bytes of physical memory."
    if not switch:
        yield "6598655K bytes of flash memory at bootflash:."
        yield ""
        yield register_line(device)
        yield ""
        return
    yield "1638400K bytes of Crash Files at crashinfo:."
    yield "11264000K bytes of Flash at flash:."
    if device.is_stack:
        for part in device.parts[1:]:
            yield f"11264000K bytes of Flash at flash-{part.subject.id}:."
    yield ""
    yield from _board(device.pid, device.serial)
    yield ""
    if not is_modular(device):
        yield from _table(device)
    if device.is_stack:
        for part in device.parts[1:]:
            number = int(part.subject.id)
            yield f"Switch {number:02d}"
            yield "---------"
            yield "Switch uptime                      : 12 weeks, 3 days, 4 hours, 5 minutes"
            yield ""
            yield from _board(part.pid, part.serial)
            yield ""
    yield register_line(device)
    yield ""


def _board(pid: str, serial: str) -> Iterator[str]:
    last = hashlib.sha256(serial.encode()).hexdigest()[:2]
    yield f"Base Ethernet MAC Address          : 00:00:5e:00:53:{last}"
    yield f"Motherboard Serial Number          : {serial}"
    yield "Model Revision Number              : A0"
    yield f"Model Number                       : {pid}"
    yield f"System Serial Number               : {serial}"


def _table(device: LabDevice) -> Iterator[str]:
    yield ""
    yield "Switch Ports Model              SW Version        SW Image              Mode   "
    yield "------ ----- -----              ----------        ----------            ----   "
    for index, part in enumerate(device.parts):
        yield _row(part, is_active=index == 0)
    yield ""
    yield ""


def _row(part: Part, *, is_active: bool) -> str:
    mark = "*" if is_active else " "
    mode = "INSTALL" if part.running.endswith(".conf") else "BUNDLE"
    return (
        f"{mark} {part.subject.id:>4} 41    {part.pid:<18} {xe_release(part.release):<17} "
        f"{'CAT9K_IOSXE':<21} {mode:<7}"
    )
