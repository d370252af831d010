"""A router that speaks as Debian does: kernels by their names, and packages."""

import re
from typing import Final

from netintegrity.lab.device import NETWORK, LabDevice
from netintegrity.lab.images import Image
from netintegrity.lab.personalities._beside import UNITS, with_beside
from netintegrity.lab.personalities._linux_files import booted, installed, sha256sum
from netintegrity.lab.personalities._shell import Say, answered, objects, shell_refusal
from netintegrity.lab.personalities._spec import Personality

_COMMANDS: Final = {
    "version": re.compile(r"cat /etc/os-release"),
    "point": re.compile(r"cat /etc/debian_version"),
    "kernel": re.compile(r"uname -srv"),
    "cmdline": re.compile(r"cat /proc/cmdline"),
    "boot": re.compile(
        r'grep -E "\^\[\[:space:\]\]\*\(set default=\|menuentry \|linux\|initrd\)"'
        r" /boot/grub/grub\.cfg"
    ),
    "boot-once": re.compile(r"cat /boot/grub/grubenv"),
    "packages": re.compile(r"dpkg-query --show"),
    "secure-boot": re.compile(r"mokutil --sb-state"),
    "product": re.compile(r"cat /sys/class/dmi/id/product_name"),
    "serial": re.compile(r"cat /sys/class/dmi/id/product_serial"),
    "hash": re.compile(r"sha256sum (?P<path>/boot/(?P<kind>vmlinuz|initrd\.img)-(?P<abi>\S+))"),
    "check-packages": re.compile(r"dpkg --verify"),
}
# Which release of Debian came with which kernel.
_SYSTEMS: Final = {"5.10": "11.9", "6.1": "12.5"}


def _answer(device: LabDevice, command: str) -> str:
    said = answered(device, command, _COMMANDS, _SAYS)
    return shell_refusal(device, command) if said is None else said


def _system(device: LabDevice) -> str:
    return _SYSTEMS[".".join(device.active.release.split(".")[:2])]


def _version(device: LabDevice, _: re.Match[str]) -> str:
    major = _system(device).partition(".")[0]
    return f'PRETTY_NAME="Debian GNU/Linux {major}"\nVERSION_ID="{major}"\nID=debian\n'


def _point(device: LabDevice, _: re.Match[str]) -> str:
    return f"{_system(device)}\n"


def _kernel(device: LabDevice, _: re.Match[str]) -> str:
    running, _following = booted(device)
    release = device.active.release
    return f"Linux {running} #1 SMP PREEMPT_DYNAMIC Debian {release} (2026-01-05)\n"


def _cmdline(device: LabDevice, _: re.Match[str]) -> str:
    running = device.active.running
    if NETWORK.match(running):
        return f"BOOT_IMAGE=/live/vmlinuz boot=live fetch={running}\n"
    return f"BOOT_IMAGE=/boot/vmlinuz-{booted(device)[0]} root=UUID=0f1e ro quiet\n"


def _boot(device: LabDevice, _: re.Match[str]) -> str:
    _running, following = booted(device)
    entry = f"\tlinux\t/boot/vmlinuz-{following} root=UUID=0f1e ro quiet\n"
    entry += f"\tinitrd\t/boot/initrd.img-{following}\n"
    return (
        '   set default="${next_entry}"\n   set default="0"\n'
        f"menuentry 'Debian GNU/Linux' --class debian {{\n{entry}"
        f"\tmenuentry 'Debian GNU/Linux, with Linux {following}' {{\n{entry}"
    )


def _boot_once(_: LabDevice, __: re.Match[str]) -> str:
    return "# GRUB Environment Block\n" + "#" * 200 + "\n"


def _packages(device: LabDevice, _: re.Match[str]) -> str:
    kernels = "".join(
        f"linux-image-{abi}\t{image.release}\n" for abi, image in installed(device).items()
    )
    return f"base-files\t12.4\nfrr\t8.4.4-1.1\n{kernels}"


def _secure_boot(_: LabDevice, __: re.Match[str]) -> str:
    return "SecureBoot enabled\n"


def _product(device: LabDevice, _: re.Match[str]) -> str:
    return f"{device.pid}\n"


def _serial(device: LabDevice, _: re.Match[str]) -> str:
    return f"{device.serial}\n"


def _hash(device: LabDevice, match: re.Match[str]) -> str:
    image = installed(device).get(match["abi"])
    content = None if image is None else _content(device.behaviour.hash_says or image, match)
    return sha256sum(device, match["path"], content)


def _content(image: Image, match: re.Match[str]) -> bytes | None:
    if match["kind"] == "vmlinuz":
        return image.content
    name = f"initrd.img-{match['abi']}_{image.release}"
    return image.package(name) if name in image.packages else None


def _check(device: LabDevice, _: re.Match[str]) -> str:
    changed = "??5??????   /usr/sbin/sshd\n" if objects(device) else ""
    return f"??5?????? c /etc/frr/daemons\n{changed}"


_SAYS: Final[dict[str, Say]] = {
    "version": _version,
    "point": _point,
    "kernel": _kernel,
    "cmdline": _cmdline,
    "boot": _boot,
    "boot-once": _boot_once,
    "packages": _packages,
    "secure-boot": _secure_boot,
    "product": _product,
    "serial": _serial,
    "hash": _hash,
    "check-packages": _check,
}

PERSONALITY: Final = with_beside(
    Personality(
        id="debian",
        title="Debian",
        platform_id="debian",
        pid="LAB-RT1",
        commands=_COMMANDS,
        session_lines={},
        answer=_answer,
        refusal=shell_refusal,
        user_commands=frozenset(_COMMANDS),
        prompt="audit@{}:~$ ",
    ),
    UNITS,
)
