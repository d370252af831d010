"""Which kernel of FreeBSD runs, which is booted next, and the modules that are loaded into it.

Sources: kldstat(8), loader.conf(5) and nextboot(8) of FreeBSD.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.model.claims import ImageRole
from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.platforms._boot_sets import BootFile, BootSet
from netintegrity.platforms._shell_text import last_answer
from netintegrity.platforms._text import Answer, Line

_NAME: Final = r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}"
KERNEL_FILE: Final = re.compile(rf"/boot/{_NAME}/(?:kernel|{_NAME}\.ko)", re.ASCII)
"""A kernel, or a module of one or of a package."""
SET_BY: Final = "/boot/loader.conf /boot/loader.conf.local /boot/nextboot.conf"
"""Where the kernel of the next boot is named; the last one that names any is in force."""

#  2    1 0xffffffff82319000     4218 zfs.ko (/boot/kernel/zfs.ko)
_MODULE: Final = re.compile(
    r"^\s{0,4}\d{1,4}\s{1,6}\d{1,4}\s{1,4}0x[0-9a-f]{1,16}\s{1,10}[0-9a-f]{1,12}\s{1,4}"
    rf"(?P<name>{_NAME})\s{{1,4}}\((?P<path>/[^\s()]{{1,200}})\)$",
    re.ASCII,
)
# as in: kernel="kernel.old"
_KERNEL: Final = re.compile(rf"""^kernel=(?P<q>["']?)(?P<name>{_NAME})(?P=q)$""", re.ASCII)
_ABSENT: Final = re.compile(r"^grep: .{1,120}: No such file or directory$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernels:
    """Which kernel runs and which is booted next, each by its folder, with what is loaded."""

    running: str
    following: str
    modules: tuple[str, ...]
    """Paths of what was loaded from the folder of the running kernel."""
    answer: Answer
    line: Line


def kernels_of(exchanges: tuple[Exchange, ...]) -> Kernels | None:
    """Return the kernels; None: the answers do not name one that runs and one for the next boot."""
    loaded, boot = last_answer(exchanges, "modules"), last_answer(exchanges, "boot")
    next_one = following(boot)
    if loaded is None or loaded.why_unread is not None or next_one is None:
        return None
    rows = [(line, m) for line, m in loaded.search(_MODULE)]
    running = [(line, m["path"]) for line, m in rows if m["path"].endswith("/kernel")]
    if len(running) != 1 or KERNEL_FILE.fullmatch(running[0][1]) is None:
        return None
    line, path = running[0]
    return Kernels(
        running=path.split("/")[2],
        following=next_one,
        modules=tuple(m["path"] for _, m in rows if m["path"].endswith(".ko")),
        answer=loaded,
        line=line,
    )


def following(boot: Answer | None) -> str | None:
    """Return the folder of the kernel that is booted next; None: it cannot be told."""
    if boot is None:
        return None
    if odd_line(boot) is not None:
        return None
    named = [m["name"] for _, m in boot.search(_KERNEL)]
    # Of several files the last one that says anything is in force; none does: the usual kernel.
    return named[-1] if named else "kernel"


def odd_line(boot: Answer) -> str | None:
    """Return the first line that neither names a kernel nor says that a file is not there."""
    known = (_KERNEL, _ABSENT)
    odd = (n.text for n in boot.lines if not any(k.match(n.text) for k in known))
    return next(odd, None)


def folders(kernels: Kernels) -> tuple[str, ...]:
    """Return the folders of the kernels, each once."""
    return tuple(dict.fromkeys((kernels.running, kernels.following)))


def files(folder: str, kernels: Kernels, release: Release | None = None) -> tuple[BootFile, ...]:
    """Return a kernel and the modules that are loaded, its own ones from its own folder."""
    of = "" if release is None else f"{release.text.removeprefix('kernel-')}."
    names = dict.fromkeys(p.rpartition("/")[2] for p in kernels.modules if _is_of_kernel(p))
    elsewhere = [p for p in dict.fromkeys(kernels.modules) if not _is_of_kernel(p)]
    return (
        BootFile(path=f"/boot/{folder}/kernel", listed_as=f"{of}kernel", is_root=True),
        *(BootFile(path=f"/boot/{folder}/{n}", listed_as=f"{of}{n}", is_root=False) for n in names),
        *(BootFile(path=p, listed_as=p.rpartition("/")[2], is_root=False) for p in elsewhere),
    )


def _is_of_kernel(path: str) -> bool:
    """Say whether a module came with a kernel; packages put theirs into /boot/modules."""
    return KERNEL_FILE.fullmatch(path) is not None and not path.startswith("/boot/modules/")


def sets(kernels: Kernels | None, release: Release | None) -> Iterator[BootSet]:
    """Yield the kernel that runs and the one that is booted next."""
    if kernels is None:
        return
    for role, folder in (
        (ImageRole.RUNNING, kernels.running),
        (ImageRole.BOOT_NEXT, kernels.following),
    ):
        same = folder == kernels.running
        yield BootSet(
            role=role,
            files=files(folder, kernels, release if same else None),
            # Of another kernel than the one that runs nothing says which release it is of.
            release=release if same else None,
            answer=kernels.answer,
            source=kernels.answer.source(kernels.line),
        )
