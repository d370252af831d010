"""Which kernel a Debian system runs and which it boots next, each with its first root.

Source: packaging of `linux` and `initramfs-tools` in Debian, for the names below /boot.
"""

import re
from dataclasses import dataclass
from typing import Final

from netintegrity.model.claims import ImageRole
from netintegrity.model.evidence import Exchange
from netintegrity.platforms import _grub
from netintegrity.platforms._boot_sets import BootFile, BootSet
from netintegrity.platforms._kernel_line import value_of
from netintegrity.platforms._releases_unix import parse_debian
from netintegrity.platforms._shell_text import last_answer
from netintegrity.platforms._text import Answer, Line

BOOT_FILE: Final = re.compile(
    r"/boot/(?:vmlinuz|initrd\.img)-[A-Za-z0-9][A-Za-z0-9_.+~-]{0,79}", re.ASCII
)
"""A kernel or an initrd as Debian's packages name them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booted:
    """The files of one kernel."""

    kernel: str
    initrds: tuple[str, ...]
    answer: Answer
    line: Line

    @property
    def paths(self) -> tuple[str, ...]:
        """All of them, the kernel first."""
        return (self.kernel, *self.initrds)


def running_of(exchanges: tuple[Exchange, ...]) -> Booted | str:
    """Return the files of the kernel that runs, or why they are not known."""
    cmdline = last_answer(exchanges, "cmdline")
    if cmdline is None or (why := cmdline.why_unread) is not None:
        return "" if cmdline is None else str(why)
    image = value_of(cmdline, "BOOT_IMAGE")
    path = _on_disk((image or "").rpartition(")")[2])
    if BOOT_FILE.fullmatch(path) is None or not path.startswith("/boot/vmlinuz-"):
        return f"no kernel of Debian's: {image[:80]!a}" if image else "it does not name its kernel"
    initrd = path.replace("/boot/vmlinuz-", "/boot/initrd.img-", 1)
    return Booted(kernel=path, initrds=(initrd,), answer=cmdline, line=cmdline.lines[0])


def following_of(exchanges: tuple[Exchange, ...]) -> Booted | str:
    """Return the files of the entry that is booted next, or why they are not known."""
    boot = last_answer(exchanges, "boot")
    if boot is None:
        return ""
    entry = _grub.next_entry(boot, last_answer(exchanges, "boot-once"))
    if isinstance(entry, str):
        return entry
    paths = [_on_disk(p) for p in (entry.kernel, *entry.initrds)]
    odd = next((p for p in paths if BOOT_FILE.fullmatch(p) is None), None)
    if odd is not None or not entry.initrds:
        return f"it boots {odd[:80]!a}" if odd else "its entry names no initrd"
    return Booted(kernel=paths[0], initrds=tuple(paths[1:]), answer=boot, line=entry.line)


def _on_disk(path: str) -> str:
    """Return a path of the loader as the system names it: /boot may be a file system of its own."""
    return path if path.startswith("/boot/") else f"/boot{path}"


def set_of(
    role: ImageRole, booted: Booted, versions: dict[str, str], *, build: str | None = None
) -> BootSet:
    """Return the files in one role.

    Args:
        role: which one.
        booted: the files.
        versions: of the packages on disk, by name.
        build: the version of the kernel that was booted, where the box says it.
    """
    release = parse_debian(build or versions.get(package_of(booted), ""))
    return BootSet(
        role=role,
        files=tuple(
            BootFile(path=p, listed_as=_listed_as(p, versions), is_root=p == booted.kernel)
            for p in booted.paths
        ),
        release=release,
        answer=booted.answer,
        source=booted.answer.source(booted.line),
    )


def package_of(booted: Booted) -> str:
    """Return the name of the package a kernel is of."""
    return f"linux-image-{booted.kernel.partition('-')[2]}"


def _listed_as(path: str, versions: dict[str, str]) -> str:
    """Return the name a list has a file under: with the version, for the name outlives upgrades."""
    name = path.rpartition("/")[2]
    abi = name.partition("-")[2]
    version = versions.get(f"linux-image-{abi}")
    return name if version is None else f"{name}_{version}"
