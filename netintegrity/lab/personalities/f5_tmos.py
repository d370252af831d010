"""A box that speaks as F5 TMOS does at its Linux shell."""

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Final

from netintegrity.lab.device import LabDevice, normalised
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "version": re.compile(r"cat /VERSION"),
    "volumes": re.compile(r"tmsh -q show sys software status"),
    "boot": re.compile(r"switchboot -l"),
    "hardware": re.compile(r"tmsh -q show sys hardware"),
    "signature-check": re.compile(r"tmsh -q list sys db liveinstall\.checksig value"),
    "images": re.compile(r"ls -1 /shared/images/"),
    "hash": re.compile(r"sha512sum /shared/images/(?P<file>[A-Za-z0-9._+-]{1,124})"),
}
_RULE: Final = "-" * 50


def _answer(device: LabDevice, command: str) -> str:
    word = next((w for w, p in _COMMANDS.items() if p.fullmatch(command)), None)
    if word is None:
        return _refusal(device, command)
    if word == "hash":
        return _hash(device, command)
    return "\n".join([*_SAYS[word](device), ""])


def _refusal(_: LabDevice, command: str) -> str:
    # As the other shell says it, which has no such commands.
    return f'Syntax Error: unexpected argument "{command.partition(" ")[0]}"\n'


def _split(release: str) -> tuple[str, str]:
    version, _, build = release.partition("-")
    return version, build.removesuffix("-ENG")


def _version(device: LabDevice) -> Iterator[str]:
    release = device.active.release
    version, build = _split(release)
    yield "Product: BIG-IP"
    yield f"Version: {version}"
    yield f"Build: {build}"
    yield f"Sequence: {version}-{build}.0"
    yield "BaseBuild: 0.0.7"
    yield f"Edition: {'Engineering Hotfix' if release.endswith('-ENG') else 'Point Release 10'}"
    yield "Date: Mon Jan  5 12:00:00 UTC 2026"
    yield "Built: 260105120000"
    yield "Changelist: 3600000"
    yield "JobID: 1400000"


def _volume_of(path: str) -> str:
    return normalised(path).partition(":")[0]


def _volumes(device: LabDevice) -> Iterator[str]:
    part = device.active
    yield _RULE
    yield "Sys::Software Status"
    yield "Volume  Product   Version  Build  Active    Status"
    yield _RULE
    for path, image in part.flash.items():
        active = "yes" if normalised(path) == normalised(part.running) else "no"
        version, build = _split(image.release)
        yield f"{_volume_of(path)}    BIG-IP  {version:>8}  {build}  {active:>6}  complete"


def _boot(device: LabDevice) -> Iterator[str]:
    part = device.active
    following = next(iter(device.boot_of(part)), part.running)
    for what, path in (("Current", part.running), ("Default", following)):
        yield f"{what} boot image:"
        yield f"    {_title(device, path)}"
    yield "Available boot images:"
    for path in part.flash:
        yield f"    {_title(device, path)}"


def _title(device: LabDevice, path: str) -> str:
    found = {normalised(p): i for p, i in device.active.flash.items()}.get(normalised(path))
    version, build = _split(found.release if found else device.active.release)
    return f"{_volume_of(path)} - title BIG-IP {version} Build {build}"


def _hardware(device: LabDevice) -> Iterator[str]:
    yield "Sys::Hardware"
    yield "Chassis Information"
    yield "  Maximum MAC Count        24"
    yield "  Registration Key         -"
    yield ""
    yield "Platform"
    yield f"  Name           BIG-IP {device.pid}"
    yield "  BIOS Revision  F5 Platform: C119 OBJ-0627-03 BIOS (build: 026) Date: 01/05/26"
    yield "  Base MAC       00:00:5e:00:53:01"
    yield ""
    yield "System Information"
    yield "  Type                       C119"
    yield f"  Chassis Serial             {device.serial}"
    yield "  Host Board Serial"


def _signature_check(_: LabDevice) -> Iterator[str]:
    yield "sys db liveinstall.checksig {"
    yield '    value "enable"'
    yield "}"


def _images(device: LabDevice) -> Iterator[str]:
    yield from sorted(image.filename for image in device.active.flash.values())


def _hash(device: LabDevice, command: str) -> str:
    path = command.partition(" ")[2]
    name = path.rpartition("/")[2]
    image = next((i for i in device.active.flash.values() if i.filename == name), None)
    if image is None:
        return f"sha512sum: {path}: No such file or directory\n"
    content = (device.behaviour.hash_says or image).content
    return f"{hashlib.sha512(content).hexdigest()}  {device.behaviour.hash_names or path}\n"


_SAYS: Final[dict[str, Callable[[LabDevice], Iterator[str]]]] = {
    "version": _version,
    "volumes": _volumes,
    "boot": _boot,
    "hardware": _hardware,
    "signature-check": _signature_check,
    "images": _images,
}

PERSONALITY: Final = Personality(
    id="f5_tmos",
    title="F5 TMOS",
    platform_id="f5_tmos",
    pid="i5800",
    commands=_COMMANDS,
    session_lines={},
    answer=_answer,
    refusal=_refusal,
    user_commands=frozenset(_COMMANDS),
    part_kinds=frozenset(),
)
