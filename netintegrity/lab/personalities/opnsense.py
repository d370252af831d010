"""A firewall that speaks as OPNsense does, to an account with a shell of its own."""

import re
from typing import Final

from netintegrity.lab.device import LabDevice
from netintegrity.lab.images import Image
from netintegrity.lab.personalities._linux_files import booted, installed
from netintegrity.lab.personalities._shell import Say, answered, bsd_sum, objects
from netintegrity.lab.personalities._spec import Personality

_FOLDER: Final = r"/boot/(?P<folder>[\w.+-]+)/(?P<file>[\w.+-]+)"
_COMMANDS: Final = {
    "version": re.compile(r"opnsense-version"),
    "sets": re.compile(r"opnsense-version -v (?:kernel|base)"),
    "base": re.compile(r"freebsd-version -kru"),
    "modules": re.compile(r"kldstat -v"),
    "boot": re.compile(r"grep -h \^kernel= (?:/boot/[\w.]+ ?)+"),
    "environments": re.compile(r"bectl list -H"),
    "product": re.compile(r"kenv -q smbios\.system\.product"),
    "serial": re.compile(r"kenv -q smbios\.system\.serial"),
    "packages": re.compile(r"pkg info"),
    "hash": re.compile(rf"sha256 (?P<path>{_FOLDER})"),
    "check": re.compile(r"mtree -e -p / -f /usr/local/opnsense/version/(?P<set>\w+)\.mtree"),
    "check-packages": re.compile(r"pkg check -s -a"),
}


def _answer(device: LabDevice, command: str) -> str:
    said = answered(device, command, _COMMANDS, _SAYS)
    return _refusal(device, command) if said is None else said


def _refusal(_: LabDevice, command: str) -> str:
    return f"{command.partition(' ')[0]}: Command not found.\n"


def _set(device: LabDevice) -> str:
    return device.active.release.removeprefix("kernel-")


def _version(device: LabDevice, _: re.Match[str]) -> str:
    return f"OPNsense {_set(device)}_1 (amd64)\n"


def _sets(device: LabDevice, _: re.Match[str]) -> str:
    return f"{_set(device)}\n"


def _base(_: LabDevice, __: re.Match[str]) -> str:
    return "14.1-RELEASE-p3\n" * 3


def _names(image: Image | None) -> dict[str, str]:
    """Return the package of each module, by its name in the folder of its kernel."""
    if image is None:
        return {}
    start = image.release.removeprefix("kernel-") + "."
    return {p.removeprefix(start): p for p in image.packages}


def _modules(device: LabDevice, _: re.Match[str]) -> str:
    running, _following = booted(device)
    files = ("kernel", *_names(device.active.image))
    rows = "".join(
        f"{number:>2}    1 0xffffffff8{number:07x} {0x4218 * number:>8x} {file}"
        f" (/boot/{running}/{file})\n\tContains modules:\n\t\t Id Name\n"
        for number, file in enumerate(files, start=1)
    )
    return f"Id Refs Address                Size Name\n{rows}"


def _boot(device: LabDevice, _: re.Match[str]) -> str:
    _running, following = booted(device)
    absent = "grep: /boot/nextboot.conf: No such file or directory\n"
    return absent if following == "kernel" else f'kernel="{following}"\n{absent}'


def _environments(_: LabDevice, __: re.Match[str]) -> str:
    return "default\tNR\t/\t1.52G\t2026-01-05 10:00\n"


def _product(device: LabDevice, _: re.Match[str]) -> str:
    return f"{device.pid}\n"


def _serial(device: LabDevice, _: re.Match[str]) -> str:
    return f"{device.serial}\n"


def _packages(device: LabDevice, _: re.Match[str]) -> str:
    return f"dnsmasq-2.90_2,1   Lightweight DNS forwarder\nopnsense-{_set(device)}_1   Core files\n"


def _hash(device: LabDevice, match: re.Match[str]) -> str:
    image = installed(device).get(match["folder"])
    content = None
    if image is not None:
        instead = device.behaviour.hash_says or image
        package = _names(image).get(match["file"])
        content = instead.content if match["file"] == "kernel" else None
        content = instead.package(package) if package in instead.packages else content
    return bsd_sum(device, match["path"], content)


def _check(device: LabDevice, match: re.Match[str]) -> str:
    if not objects(device) or match["set"] != "base":
        return ""
    return f"usr/sbin/sshd: \n\tsha256digest (0x{'1a' * 32}, 0x{'2b' * 32})\n"


def _check_packages(_: LabDevice, __: re.Match[str]) -> str:
    return "Checking all packages: .......... done\n"


_SAYS: Final[dict[str, Say]] = {
    "version": _version,
    "sets": _sets,
    "base": _base,
    "modules": _modules,
    "boot": _boot,
    "environments": _environments,
    "product": _product,
    "serial": _serial,
    "packages": _packages,
    "hash": _hash,
    "check": _check,
    "check-packages": _check_packages,
}

PERSONALITY: Final = Personality(
    id="opnsense",
    title="OPNsense",
    platform_id="opnsense",
    pid="LAB-FW2",
    commands=_COMMANDS,
    session_lines={},
    answer=_answer,
    refusal=_refusal,
    user_commands=frozenset(_COMMANDS),
    prompt="audit@{}:~ $ ",
)
