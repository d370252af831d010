"""A board that speaks as OpenWrt does: a squashfs in flash, or a disk with a kernel in a file."""

import json
import re
from typing import Final

from netintegrity.lab.device import NETWORK, LabDevice
from netintegrity.lab.personalities._linux_files import name_of, sha256sum
from netintegrity.lab.personalities._shell import Say, answered, objects, shell_refusal
from netintegrity.lab.personalities._spec import Personality

_REVISION: Final = "r23809-234f1a2efa"
_COMMANDS: Final = {
    "version": re.compile(r"cat /etc/openwrt_release"),
    "board": re.compile(r"ubus call system board"),
    "cmdline": re.compile(r"cat /proc/cmdline"),
    "kernel": re.compile(r"sha256sum (?P<path>/boot/vmlinuz)"),
    "overlay": re.compile(r"find (?:/overlay/upper/\w+ ?)+ ! -type d"),
    "rom": re.compile(r"find (?:/rom/\w+ ?)+ ! -type d"),
    "opkg": re.compile(r"opkg list-installed"),
    "apk": re.compile(r"apk list --installed"),
}


def _answer(device: LabDevice, command: str) -> str:
    said = answered(device, command, _COMMANDS, _SAYS)
    return shell_refusal(device, command) if said is None else said


def _has_disk(device: LabDevice) -> bool:
    return name_of(device.active.running) == "vmlinuz"


def _target(device: LabDevice) -> str:
    return "x86/64" if _has_disk(device) else "ath79/generic"


def _version(device: LabDevice, _: re.Match[str]) -> str:
    release = device.active.release
    fields = {
        "ID": "OpenWrt",
        "RELEASE": release,
        "REVISION": _REVISION,
        "TARGET": _target(device),
        "DESCRIPTION": f"OpenWrt {release} {_REVISION}",
        "TAINTS": "",
    }
    return "".join(f"DISTRIB_{key}='{value}'\n" for key, value in fields.items())


def _board(device: LabDevice, _: re.Match[str]) -> str:
    document = {
        "kernel": "5.15.150",
        "hostname": device.name,
        "model": "Lab Router",
        "board_name": device.pid,
        "rootfs_type": "squashfs",
        "release": {
            "distribution": "OpenWrt",
            "version": device.active.release,
            "revision": _REVISION,
            "target": _target(device),
        },
    }
    return json.dumps(document, indent="\t") + "\n"


def _cmdline(device: LabDevice, _: re.Match[str]) -> str:
    running = device.active.running
    if NETWORK.match(running):
        host, _slash, path = running.partition("//")[2].partition("/")
        return f"console=ttyS0,115200 root=/dev/nfs ip=dhcp nfsroot={host}:/{path}\n"
    if _has_disk(device):
        return "BOOT_IMAGE=/boot/vmlinuz root=PARTUUID=0f1e2d3c-02 rootwait noinitrd\n"
    return "console=ttyS0,115200 rootfstype=squashfs,jffs2\n"


def _kernel(device: LabDevice, match: re.Match[str]) -> str:
    image = device.active.image
    if not _has_disk(device) or image is None:
        return f"sha256sum: can't open '{match['path']}': No such file or directory\n"
    return sha256sum(device, match["path"], (device.behaviour.hash_says or image).content)


def _overlay(device: LabDevice, _: re.Match[str]) -> str:
    changed = "/overlay/upper/usr/sbin/dropbear\n" if objects(device) else ""
    return (
        "find: /overlay/upper/bin: No such file or directory\n"
        f"/overlay/upper/usr/lib/opkg/status\n/overlay/upper/usr/sbin/tcpdump\n{changed}"
    )


def _rom(_: LabDevice, __: re.Match[str]) -> str:
    return (
        "/rom/bin/busybox\n/rom/sbin/procd\n/rom/lib/libc.so\n"
        "/rom/usr/lib/opkg/status\n/rom/usr/sbin/dropbear\n"
    )


def _opkg(_: LabDevice, __: re.Match[str]) -> str:
    return "busybox - 1.36.1-1\ndropbear - 2022.82-5\ntcpdump - 4.99.4-1\n"


def _apk(device: LabDevice, match: re.Match[str]) -> str:
    return shell_refusal(device, match.group())


_SAYS: Final[dict[str, Say]] = {
    "version": _version,
    "board": _board,
    "cmdline": _cmdline,
    "kernel": _kernel,
    "overlay": _overlay,
    "rom": _rom,
    "opkg": _opkg,
    "apk": _apk,
}

PERSONALITY: Final = Personality(
    id="openwrt",
    title="OpenWrt",
    platform_id="openwrt",
    pid="lab-router-v1",
    commands=_COMMANDS,
    session_lines={},
    answer=_answer,
    refusal=shell_refusal,
    user_commands=frozenset(_COMMANDS),
    prompt="root@{}:~# ",
)
