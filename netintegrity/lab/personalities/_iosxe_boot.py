"""How a simulated IOS-XE box says what it will boot."""

from collections.abc import Iterator

from netintegrity.lab.device import LabDevice, Part

_RULE = "---------------------------"


def show_boot(device: LabDevice) -> str:
    """Return ``show boot``, in the shape of the family."""
    if device.is_stack:
        return show_boot_system(device)
    return show_bootvar(device)


def show_bootvar(device: LabDevice) -> str:
    """Return ``show bootvar``: what the active part says, and the standby where there is one."""
    switch = device.pid.startswith("C9")
    lines = list(_switch(device) if switch else _router(device))
    return "\n".join([*lines, ""])


def show_boot_system(device: LabDevice) -> str:
    """Return ``show boot system``: each switch of a stack by itself."""
    lines: list[str] = []
    for part in device.parts:
        boot = _value(device, part)
        lines += [_RULE, f"Switch {part.subject.id}", _RULE, "Current Boot Variables:", boot, ""]
        lines += ["Boot Variables on next reload:", boot]
        lines += ["Manual Boot = no", "Enable Break = yes", "Boot Mode = DEVICE"]
        lines += ["iPXE Timeout = 0"]
    return "\n".join([*lines, ""])


def register_line(device: LabDevice) -> str:
    """Return how the configuration register is printed."""
    now, later = _registers(device)
    change = "" if later is None else f" (will be {later:#x} at next reload)"
    return f"Configuration register is {now:#x}{change}"


def _registers(device: LabDevice) -> tuple[int, int | None]:
    said = device.behaviour.config_register
    usual = 0x102 if device.pid.startswith("C9") else 0x2102
    return (usual if said is None else said), device.behaviour.config_register_next


def _switch(device: LabDevice) -> Iterator[str]:
    yield _value(device, device.active)
    if not device.is_redundant:
        now, _ = _registers(device)
        yield f"Configuration Register is {now:#x}"
    yield "MANUAL_BOOT variable = no"
    yield "BAUD variable = 9600"
    yield "ENABLE_BREAK variable does not exist"
    yield "BOOTMODE variable does not exist"
    yield "IPXE_TIMEOUT variable does not exist"
    yield "CONFIG_FILE variable does not exist"
    if device.is_redundant:
        yield register_line(device)
        yield ""
        yield f"Standby {_value(device, device.parts[1])}"
        yield "Standby MANUAL_BOOT variable = no"
        yield "Standby BAUD variable = 9600"
        yield f"Standby {register_line(device)}"


def _router(device: LabDevice) -> Iterator[str]:
    yield _value(device, device.active, attempts=",12")
    yield "CONFIG_FILE variable does not exist"
    yield "BOOTLDR variable does not exist"
    yield register_line(device)
    yield ""
    if device.is_redundant:
        yield f"Standby {_value(device, device.parts[1], attempts=',12')}"
        yield "Standby CONFIG_FILE variable does not exist"
        yield "Standby BOOTLDR variable does not exist"
        yield f"Standby {register_line(device)}"
    else:
        yield "Standby not ready to show bootvar"


def _value(device: LabDevice, part: Part, *, attempts: str = "") -> str:
    entries = device.boot_of(part)
    if not entries:
        return "BOOT variable does not exist"
    return "BOOT variable = " + "".join(f"{entry}{attempts};" for entry in entries)
