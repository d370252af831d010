"""What a simulated IOS-XE box says of its packages and of their signatures."""

from collections.abc import Iterator

from netintegrity.lab.device import LabDevice
from netintegrity.lab.personalities._iosxe_version import (
    LOADER,
    is_catalyst,
    is_modular,
    xe_release,
)

_RULE = "-" * 80


def show_authenticity(device: LabDevice) -> str:
    """Return ``show software authenticity running``, which speaks of the active part."""
    part = device.active
    signing = device.signing_of(part).capitalize()
    seed = part.image.seed if part.image else 0
    serial = f"{0x66000000 + seed:08X}"
    lines: list[str] = []
    if part.running.endswith(".conf") and part.image is not None:
        # What is unpacked at boot loads nothing itself; the others are each checked.
        for package in (p for p in part.image.packages if "rpboot" not in p):
            verifier = (package.partition(".")[0].rpartition("-")[2], xe_release(part.release))
            lines += _section(f"PACKAGE {package}", signing, serial, verifier)
    verifier = ("ROMMON", f"System Bootstrap, Version {LOADER}")
    lines += _section("SYSTEM IMAGE", signing, serial, verifier)
    anchor = ("Microloader", "MA0001R00.0101012026")
    lines += _section("ROMMON", "Production", "5DA8372600000018", anchor)
    return "\n".join([*lines, ""])


def show_install_summary(device: LabDevice) -> str:
    """Return ``show install summary``: a block for the parts that have the same release."""
    lines: list[str] = []
    for release, names in _blocks(device):
        lines += [
            f"[ {names} ] Installed Package(s) Information:",
            "State (St): I - Inactive, U - Activated & Uncommitted,",
            "            C - Activated & Committed, D - Deactivated & Uncommitted",
            _RULE,
            "Type  St   Filename/Version    ",
            _RULE,
            f"IMG   C    {xe_release(release)}.0.6",
            "",
        ]
    lines += [_RULE, "Auto abort timer: inactive", _RULE, ""]
    return "\n".join([*lines, ""])


def _section(title: str, signing: str, serial: str, verifier: tuple[str, str]) -> Iterator[str]:
    yield title
    yield "-" * max(len(title), 12)
    yield f"Image type                    : {signing}"
    yield "    Signer Information"
    yield "        Common Name           : CiscoSystems"
    yield "        Organization Unit     : IOS-XE"
    yield "        Organization Name     : CiscoSystems"
    yield f"    Certificate Serial Number : {serial}"
    yield "    Hash Algorithm            : SHA512"
    yield "    Signature Algorithm       : 2048-bit RSA"
    yield "    Key Version               : A"
    yield ""
    yield "    Verifier Information"
    yield f"        Verifier Name         : {verifier[0]}"
    yield f"        Verifier Version      : {verifier[1]}"
    yield ""


def _blocks(device: LabDevice) -> Iterator[tuple[str, str]]:
    if not is_catalyst(device) or is_modular(device):
        slots = "R0 R1" if device.is_redundant else "R0"
        yield device.active.release, slots
        return
    for release in dict.fromkeys(p.release for p in device.parts):
        numbers = [p.subject.id for p in device.parts if p.release == release]
        yield release, f"Switch {' '.join(numbers)}"
