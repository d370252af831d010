"""What FortiOS prints: its state, its flash, and the digests of the files it unpacked."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.model.evidence import Exchange
from netintegrity.platforms._releases_fortinet import Build, build_in_name
from netintegrity.platforms._text import Answer, Line, read

# Version: FortiGate-60F v7.4.8,build2795,250523 (GA.M)
VERSION: Final = re.compile(
    r"^Version: (?P<model>Forti[\w-]{2,40}) (?P<release>v\d\S{1,50}(?: \([^()]{1,30}\))?)$",
    re.ASCII,
)
# Serial-Number: FGT60ABC3303F26X        Firmware Signature: certified        Security Level: 1
_FIELD: Final = re.compile(r"^(?P<key>[A-Z][A-Za-z -]{2,40}): (?P<value>\S.{0,100})$")
# 1          FGT40F-7.0.2-FW-build1639-240313              253920     89600   35%   Yes
_PARTITION: Final = re.compile(
    r"^\s{0,4}(?P<number>\d)\s{1,12}(?P<image>\S{1,80})\s{1,60}\d{1,12}\s{1,12}\d{1,12}\s{1,8}"
    r"\d{1,3}%\s{1,8}(?P<active>Yes|No)$",
    re.ASCII,
)
# 7a71…b75e        /bin/wpad_ac -> /bin/init        ae88…7d98 migadmin/6846.js.gz
_SUM: Final = re.compile(
    r"^(?P<hex>[0-9a-f]{64})\s{1,12}(?P<path>[^\s>]{1,250})(?P<link> -> \S{1,250})?$"
)
_SUM_BEGINS: Final = re.compile(r"^[0-9a-f]{16,128}(?:\s|$)")
# Filesystem hash complete. Hashed 3695 files.
_COMPLETE: Final = re.compile(r"^Filesystem hash complete\. Hashed (?P<count>\d{1,7}) files\.$")
# Unknown action 0        Command fail. Return code -61        command parse error before 'flash'
_REFUSAL: Final = re.compile(
    r"^\s{0,8}(?:Unknown action .*|Command fail\. .*|command parse error .*|Permission denied.*"
    r"|Unrecognized .*)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """One image on flash."""

    image: str
    build: Build | None
    """None: it is a database, and no system."""
    is_active: bool
    """The next boot takes it."""
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Summed:
    """One file that the box hashed; a link is none."""

    path: str
    digest: Digest
    line: Line


def last_answer(exchanges: Iterable[Exchange], probe_id: str) -> Answer | None:
    """Return the last answer to a probe; None: it was never asked."""
    found = [e for e in exchanges if e.probe_id == probe_id]
    if not found:
        return None
    answer = read(found[-1])
    refusal = next((n.text.strip()[:200] for n in answer.lines if _REFUSAL.match(n.text)), None)
    return Answer(found[-1], answer.lines, answer.refusal or refusal)


def fields_of(answer: Answer | None) -> dict[str, str]:
    """Return the fields of ``get system status``; of one that stands twice, the first."""
    found: dict[str, str] = {}
    if answer is not None and answer.why_unread is None:
        for _, m in answer.search(_FIELD):
            found.setdefault(m["key"], m["value"].strip())
    return found


def partitions_of(answer: Answer | None) -> tuple[Partition, ...] | None:
    """Return the rows of ``diagnose sys flash list``; None: nothing may be read."""
    if answer is None or answer.why_unread is not None:
        return None
    return tuple(
        Partition(
            image=m["image"],
            build=build_in_name(m["image"]),
            is_active=m["active"] == "Yes",
            line=line,
        )
        for line, m in answer.search(_PARTITION)
    )


def sums_of(answer: Answer) -> tuple[Summed, ...] | str:
    """Return every file in ``diagnose sys filesystem hash``, or why none of it counts.

    It counts only as a whole: with its last line, and with as many rows as that one says.
    """
    if (why := answer.why_unread) is not None:
        return why
    if not answer.exchange.complete:
        return "the answer was cut off"
    ends = [int(m["count"]) for _, m in answer.search(_COMPLETE)]
    if len(ends) != 1:
        return "the answer does not say that it is complete"
    rows = list(_rows(answer))
    if any(m is None for _, m in rows):
        return "a row is not one digest and one file"
    if len(rows) != ends[0]:
        return f"it says {ends[0]} files and lists {len(rows)}"
    return tuple(
        Summed(
            path=m["path"],
            digest=Digest(DigestAlgorithm.SHA256, bytes.fromhex(m["hex"])),
            line=line,
        )
        for line, m in rows
        if m is not None and m["link"] is None
    )


def _rows(answer: Answer) -> Iterator[tuple[Line, re.Match[str] | None]]:
    for line in answer.lines:
        if _SUM_BEGINS.match(line.text) is not None:
            yield line, _SUM.match(line.text)
