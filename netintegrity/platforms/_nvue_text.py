"""What NVUE prints of the systems a switch holds: ``nv show system image`` and ``version``.

Source: NVIDIA Cumulus Linux 5.15 and 5.18, "Upgrading Cumulus Linux" and "Managing Cumulus Linux
Disk Images"; NVOS 25.02, "Installation Management Commands". Both draw a table, in which what
belongs to a partition is indented below its name.
"""

import re
from dataclasses import dataclass
from typing import Final

from netintegrity.platforms._text import Answer, Line

# partition2
#   build-id     5.15.0.0018
_ROW: Final = re.compile(
    r"^(?P<indent> {0,8})(?P<key>[a-z][a-z0-9-]{0,30})(?:\s{1,60}(?P<value>\S(?:.{0,120}\S)?))?$",
    re.ASCII,
)
_PARTITION: Final = re.compile(r"partition(?P<number>[1-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One of the systems on the disk."""

    name: str
    build: str
    """``5.15.0.0018``, ``nvos-25.02.1936``; empty: it does not say."""
    release: str
    """``5.15.0``; empty: it does not say."""
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """Which of them runs, and what is booted next."""

    current: str
    following: str
    """The name of a system, or whatever else is printed: ``ONIE install``."""
    held: tuple[Held, ...]

    def named(self, name: str) -> Held | None:
        """Return the system of this name; None: there is none."""
        return next((h for h in self.held if h.name == name), None)


def slots_of(answer: Answer | None) -> Slots | None:
    """Return the systems; None: the answer does not name exactly one that runs and one for next."""
    if answer is None or answer.why_unread is not None:
        return None
    top: dict[str, list[str]] = {}
    below: dict[str, dict[str, str]] = {}
    lines: dict[str, Line] = {}
    inside = ""
    for line, m in answer.search(_ROW):
        value = m["value"] or ""
        if m["indent"]:
            below.get(inside, {}).setdefault(m["key"], value)
            continue
        inside = m["key"] if _PARTITION.fullmatch(m["key"]) else ""
        if inside:
            below.setdefault(inside, {})
            lines.setdefault(inside, line)
        else:
            top.setdefault(m["key"], []).append(value)
    if any(len(top.get(key, ())) != 1 for key in ("current", "next")):
        return None
    return Slots(
        current=_named(top["current"][0]),
        following=_named(top["next"][0]),
        held=tuple(
            Held(
                name=name,
                build=fields.get("build-id", ""),
                release=fields.get("release", ""),
                line=lines[name],
            )
            for name, fields in below.items()
        ),
    )


def image_of(answer: Answer | None) -> str | None:
    """Return the image ``nv show system version`` names; None: it names none, or two."""
    if answer is None or answer.why_unread is not None:
        return None
    found = [m["value"] for _, m in answer.search(_ROW) if m["key"] == "image" and m["value"]]
    return found[0].partition(" ")[0] if len(found) == 1 else None


def _named(value: str) -> str:
    return f"partition{value}" if re.fullmatch(r"[1-9]", value) else value
