"""The version grammar of MikroTik RouterOS, and how it orders its releases.

Source: manual.mikrotik.com, "Upgrading and installation" (release channels) and the change logs.
"""

import re
from typing import Final

from netintegrity.model.release import Release

# 7.12.2    6.49.10    7.15rc3    7.14beta4    7.12.2 (stable)
_ROUTEROS: Final = re.compile(
    r"(?P<major>\d{1,2})\.(?P<minor>\d{1,3})(?:\.(?P<patch>\d{1,3}))?"
    r"(?:(?P<word>alpha|beta|rc)(?P<number>\d{1,4})?)?"
    r"(?: \((?P<channel>[a-z-]{1,20})\))?",
    re.ASCII,
)
_WORDS: Final = {"alpha": 0, "beta": 1, "rc": 2, None: 3}

EXPECTED: Final = {
    "mikrotik_routeros": "expected RouterOS such as 7.12.2, 7.15rc3 or 6.49.10 (long-term)"
}
"""By platform id: the shape of a release, for people."""


def parse_routeros(text: str) -> Release | None:
    """Return the release ``text`` names; None: not in the grammar.

    One order of the numbers (train ``routeros``), with betas and candidates before their release.
    The channel behind it (``stable``, ``long-term``) says who was offered it and orders nothing.
    """
    core = text.strip()
    if (m := _ROUTEROS.fullmatch(core)) is None:
        return None
    numbers = (int(m["major"]), int(m["minor"]), int(m["patch"] or 0))
    return Release(core, "routeros", (*numbers, _WORDS[m["word"]], int(m["number"] or 0)))
