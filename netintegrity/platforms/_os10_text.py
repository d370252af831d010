"""What OS10 prints: its version, its two partitions, its parts, its images."""

import re
from dataclasses import dataclass, field
from typing import Final

from netintegrity.platforms._text import Answer, Line

_BANNER: Final = re.compile(r"^Dell (?:EMC Networking |SmartFabric |EMC |Technologies )?OS10\b")
# OS Version: 10.5.1.0        Build Version: 10.5.1.0.124        System Type: S5248F-ON
FIELD: Final = re.compile(r"^(?P<key>[A-Z][A-Za-z /-]{3,40}?)\s{0,12}:\s{1,24}(?P<value>\S.*)$")
# Type:                    Node-id 1
_NODE: Final = re.compile(r"^Type:\s{1,24}Node-id (?P<id>\d)$")
# Next-Boot:                 active[B]        Next-Boot:  [B] active
_NEXT: Final = re.compile(
    r"^(?:(?P<word>active|standby) ?\[(?P<after>[AB])\]|\[(?P<before>[AB])\] ?(?:active|standby))$"
)
# * 1  S4112F-ON               0N2T1Y       A00  CN-0N2T1Y-DND00-86Q-0001 9RXDKK2  212 026 …
_UNIT: Final = re.compile(
    r"^(?:\* |  )?(?P<unit>\d)\s{1,6}(?P<type>[A-Z]\S{2,40})\s{1,40}(?P<part>\S{4,12})\s{1,12}"
    r"\S{1,6}\s{1,12}(?P<piece>\S{10,40})\s{1,12}(?P<tag>[A-Z0-9]{5,12})\b",
    re.ASCII,
)
# 2026-01-05T12:00:00Z   959310070  PKGS_OS10-Enterprise-10.5.6.2.110buster-installer-x86_64.bin
_FILE: Final = re.compile(
    r"^\d{4}-\d{2}-\d{2}T[\d:]{8}Z?\s{1,20}(?P<size>\d{1,15})\s{1,20}(?P<name>[A-Za-z0-9]\S{0,180}\.bin)$"
)


@dataclass(slots=True, kw_only=True)
class Node:
    """One block of ``show boot detail``."""

    id: str
    line: Line
    fields: dict[str, tuple[str, Line]] = field(default_factory=dict)

    def said(self, key: str) -> str | None:
        """Return a field; None: it is not there."""
        return self.fields[key][0] if key in self.fields else None

    @property
    def following(self) -> str | None:
        """The partition that the next boot takes, ``A`` or ``B``; None: it is not said."""
        m = _NEXT.match(self.said("Next-Boot") or "")
        return None if m is None else m["after"] or m["before"]


def is_os10(answer: Answer | None) -> bool:
    """Say whether ``show version`` is that of OS10."""
    return answer is not None and any(True for _ in answer.search(_BANNER))


def nodes_of(answer: Answer | None) -> tuple[Node, ...]:
    """Return the nodes of ``show boot detail``; of a field that stands twice, the first."""
    found: list[Node] = []
    for line in answer.lines if answer is not None else ():
        if (m := _NODE.match(line.text)) is not None:
            found.append(Node(id=m["id"], line=line))
        elif found and (pair := FIELD.match(line.text)) is not None:
            found[-1].fields.setdefault(pair["key"].strip(), (pair["value"].strip(), line))
    return tuple(found)


def units_of(answer: Answer | None) -> dict[str, tuple[str, str]]:
    """Return model and service tag of each unit; the first row of a unit is the unit itself."""
    found: dict[str, tuple[str, str]] = {}
    for _, m in answer.search(_UNIT) if answer is not None else ():
        found.setdefault(m["unit"], (m["type"], m["tag"]))
    return found


def files_of(answer: Answer | None) -> dict[str, tuple[int | None, Line]]:
    """Return the sizes in bytes of the installers ``dir image`` lists, by name."""
    found: dict[str, tuple[int | None, Line]] = {}
    for line, m in answer.search(_FILE) if answer is not None else ():
        found.setdefault(m["name"], (int(m["size"]), line))
    return found
