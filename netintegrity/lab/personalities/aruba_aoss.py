"""A box that speaks as HPE ArubaOS-Switch does."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.lab.device import LabDevice, normalised
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "version": re.compile(r"show version"),
    "flash": re.compile(r"show flash"),
    "system": re.compile(r"show system"),
    "modules": re.compile(r"show modules"),
    "vsf": re.compile(r"show vsf"),
    "stacking": re.compile(r"show stacking"),
    "redundancy": re.compile(r"show redundancy"),
    "signature-primary": re.compile(r"verify signature flash primary"),
    "signature-secondary": re.compile(r"verify signature flash secondary"),
}
_ROM: Final = "WC.16.01.0006"


def _answer(device: LabDevice, command: str) -> str:
    word = next((w for w, p in _COMMANDS.items() if p.fullmatch(command)), None)
    if word not in _SAYS:
        # This family has neither another kind of stack nor a second management module.
        return f"Invalid input: {command.rpartition(' ')[2]}\n"
    return "\n".join([*_SAYS[word](device), ""])


def _refusal(_: LabDevice, __: str) -> str:
    return "Not authorized to run this command.\n"


def _bank_of(path: str) -> str:
    return normalised(path).partition(":")[0]


def _version(device: LabDevice) -> Iterator[str]:
    yield "Image stamp:    /lab/code/build/anm(lab)"
    yield "                Jan  5 2026 12:00:00"
    yield f"                {device.active.release}"
    yield "                744"
    yield f"Boot Image:     {_bank_of(device.active.running).capitalize()}"
    yield ""
    yield f"Boot ROM Version:    {_ROM}"
    yield "Active Boot ROM:     Primary"


def _flash(device: LabDevice) -> Iterator[str]:
    part = device.active
    yield "Image             Size (bytes) Date     Version"
    yield "----------------- ------------ -------- --------------"
    for path, image in part.flash.items():
        name = f"{_bank_of(path).capitalize()} Image"
        yield f"{name:<15} : {27456514:>12}  01/05/26 {image.release}"
    following = next(iter(device.boot_of(part)), part.running)
    yield ""
    yield f"Boot ROM Version   : {_ROM}"
    yield f"Default Boot Image : {_bank_of(following).capitalize()}"


def _system(device: LabDevice) -> Iterator[str]:
    yield " Status and Counters - General System Information"
    yield ""
    yield f"  System Name        : {device.name}"
    for part in device.parts:
        if device.is_stack:
            yield ""
            yield f"  VSF-Member :{part.subject.id}"
        yield ""
        yield f"  ROM Version        : {_ROM}        Serial Number      : {part.serial}"


def _modules(device: LabDevice) -> Iterator[str]:
    yield " Status and Counters - Module Information"
    yield ""
    yield f"  Chassis: 2930F-48G-4SFP+  {device.pid}         Serial Number:   {device.serial}"


def _vsf(device: LabDevice) -> Iterator[str]:
    if not device.is_stack:
        yield " Virtual Switching Framework is disabled on this device"
        return
    yield "VSF Domain ID : 5"
    yield "VSF Topology  : Ring"
    yield "VSF Status    : Active"
    yield f"Software Version : {device.active.release}"
    yield ""
    yield " Mbr"
    yield " ID  Mac Address   Model                                 Pri Status"
    yield " --- ------------- ------------------------------------- --- ---------------"
    for number, part in enumerate(device.parts):
        mark, status = ("*", "Commander") if number == 0 else (" ", "Standby")
        model = f"Aruba {part.pid} 2930F-48G-4SFP+ Switch"
        yield f"{mark}{part.subject.id:<3} 00005e-00530{number} {model:<37} 128 {status}"


def _signature(bank: str) -> Callable[[LabDevice], Iterator[str]]:
    def said(device: LabDevice) -> Iterator[str]:
        found = [i for p, i in device.active.flash.items() if _bank_of(p) == bank]
        bad = any(i.signing == "development" for i in found)
        yield "Signature is not valid." if bad else "Signature is valid."

    return said


_SAYS: Final[dict[str, Callable[[LabDevice], Iterator[str]]]] = {
    "version": _version,
    "flash": _flash,
    "system": _system,
    "modules": _modules,
    "vsf": _vsf,
    "signature-primary": _signature("primary"),
    "signature-secondary": _signature("secondary"),
}

PERSONALITY: Final = Personality(
    id="aruba_aoss",
    title="HPE ArubaOS-Switch",
    platform_id="aruba_aoss",
    pid="JL254A",
    commands=_COMMANDS,
    session_lines={"terminal width 511": "", "no page": ""},
    answer=_answer,
    refusal=_refusal,
    part_kinds=frozenset({"member"}),
)
