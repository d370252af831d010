"""Releases of boot loaders, which follow grammars of their own.

A loader of which no grammar is known cannot be ordered, and is said to be so; it is never guessed.
"""

import re
from typing import Final

from netintegrity.model.release import Release

# 16.12(2r)   17.12(1r)   15.0(1r)M15   17.12.1r
# Source: the "System Bootstrap, Version" line of Cisco's configuration guides for the ISR 4000, the
# ASR 1000 and the Catalyst 9000, which print one scheme in both forms.
_CISCO: Final = re.compile(
    r"(?P<major>\d{1,3})\.(?P<minor>\d{1,3})"
    r"(?:\((?P<build>\d{1,3})r\)(?P<letters>[A-Z]{1,3})?(?P<number>\d{1,3})?|\.(?P<dotted>\d{1,3})r)",
    re.ASCII,
)
# FL.01.14.0002 (Aruba AOS-CX: product letters, then numbers)
_LETTERED: Final = re.compile(
    r"(?P<letters>[A-Z]{2})\.(?P<numbers>\d{1,4}(?:\.\d{1,4}){2,3})", re.ASCII
)
# v09.02   07.69   1.5.1 (BIOS of NX-OS and Firepower)
_DOTTED: Final = re.compile(r"v?(?P<numbers>\d{1,4}(?:\.\d{1,4}){1,3})", re.ASCII)


def parse_loader(text: str) -> Release | None:
    """Return a boot loader's release as printed; None: of no known grammar.

    Its train says which grammar it is of: loaders of different ones cannot be ordered, nor can two
    of one scheme whose letters differ, for those are lines of their own.
    """
    if (match := _CISCO.fullmatch(text)) is not None:
        letters = match["letters"]
        build = match["build"] or match["dotted"]
        key = (int(match["major"]), int(match["minor"]), int(build), int(match["number"] or 0))
        return Release(text, f"loader-cisco{'' if letters is None else f'-{letters}'}", key)
    if (match := _LETTERED.fullmatch(text)) is not None:
        return Release(text, f"loader-{match['letters']}", _numbers(match["numbers"]))
    if (match := _DOTTED.fullmatch(text)) is not None:
        return Release(text, "loader-numbered", _numbers(match["numbers"]))
    return None


def loader_of_train(train: str, text: str) -> Release | None:
    """Return ``text`` as a loader of ``train``; None: it is none of it."""
    release = parse_loader(text)
    return release if release is not None and release.train == train else None


def _numbers(text: str) -> tuple[int, ...]:
    # 1.5 and 1.5.0 are the same release.
    numbers = [int(n) for n in text.split(".")]
    return tuple([*numbers, 0, 0, 0, 0][:4])
