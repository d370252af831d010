"""What OS9 prints: its version, its partitions, what it boots, its files and a digest of one."""

import re
from dataclasses import dataclass
from typing import Final

from netintegrity.model.claims import Gap, Source
from netintegrity.model.digest import Digest, DigestAlgorithm
from netintegrity.platforms._installed import Place
from netintegrity.platforms._releases_dell import parse_os9
from netintegrity.platforms._text import Answer, Line

_BANNER: Final = re.compile(r"^(?:Dell|Force10)\b.{0,40}\bReal Time Operating System Software$")
# Dell Application Software Version:  9.9(0.0)        System Type: S4820T
FIELD: Final = re.compile(r"^(?P<key>[A-Z][A-Za-z0-9 ]{3,44}):\s{1,12}(?P<value>\S.*)$")
# System image file is "system://A"
_RUNS: Final = re.compile(r'^System image file is "(?P<path>[a-z]{3,8}://\S{1,160})"$')
# stack-unit 0   FLASH BOOT    9.9(0.0)       9.8(0.0)[boot]
_UNIT: Final = re.compile(
    r"^[Ss]tack-unit (?P<unit>\d{1,2})\s{1,20}[A-Z]{3,12} BOOT\s{1,20}(?P<a>\S{4,24}?)(?:\[boot\])?"
    r"\s{1,30}(?P<b>\S{4,24}?)(?:\[boot\])?$"
)
# PRIMARY IMAGE FILE = system://A
_VARIABLE: Final = re.compile(
    r"^(?P<which>PRIMARY|SECONDARY|DEFAULT) IMAGE FILE = (?P<path>[a-z]{3,8}://\S{1,160})$"
)
# * 0  S4820T           NA              0LAB00       A00  CN-0LAB00-28298-49I-0001  A00  LAB0001
_PART: Final = re.compile(
    r"^\* ?(?P<unit>\d{1,2})\s{1,8}(?P<type>[A-Z]\S{2,24})\s.{0,90}?\s"
    r"(?P<tag>[A-Z0-9]{7,12})(?:\s{1,8}[\d ]{3,24})?$"
)
# 6  -rwx   52428800   Jan 05 2026 12:00:00 +00:00 FTOS-S4820-9.14.1.12.bin
_FILE: Final = re.compile(
    r"^\s{0,4}\d{1,4}\s{1,6}-[rwx-]{3}\s{1,24}(?P<size>\d{1,15})\s.{12,40}?\s(?P<name>[A-Za-z0-9]\S{0,119}\.bin)$"
)
# SHA256 hash for FTOS-S4820-9.14.1.12.bin:        with the digest behind it, or in the line below
_HASH: Final = re.compile(r"^SHA256 hash for (?P<name>\S{1,160}?) ?: ?(?P<hex>[0-9a-f]{0,128})$")
_HEX: Final = re.compile(r"^\s{0,4}(?P<hex>[0-9a-f]{16,128})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One row of ``show boot system``: a switch, with its two partitions."""

    id: str
    places: tuple[Place, ...]


def is_os9(answer: Answer | None) -> bool:
    """Say whether ``show version`` is that of OS9."""
    return answer is not None and any(True for _ in answer.search(_BANNER))


def running_of(answer: Answer | None) -> str | None:
    """Return what was booted: ``A``, ``B``, or the path of a file; None: it is not said."""
    found = answer.search(_RUNS) if answer is not None else ()
    return next((_place(m["path"]) for _, m in found), None)


def _place(path: str) -> str:
    return path.removeprefix("system://")


def units_of(answer: Answer | None) -> tuple[Unit, ...]:
    """Return the switches that are there, with what each partition holds."""
    found = answer.search(_UNIT) if answer is not None else ()
    return tuple(
        Unit(
            id=m["unit"],
            places=tuple(
                Place(name=name, printed=m[group], release=parse_os9(m[group]), line=line)
                for name, group in (("A", "a"), ("B", "b"))
            ),
        )
        for line, m in found
    )


def boot_of(answer: Answer | None) -> tuple[tuple[str, Line], ...]:
    """Return what the next boot tries, in order; none: the first choice is not read."""
    found: dict[str, tuple[str, Line]] = {}
    for line, m in answer.search(_VARIABLE) if answer is not None else ():
        found.setdefault(m["which"], (_place(m["path"]), line))
    if "PRIMARY" not in found:
        return ()
    return tuple(found[w] for w in ("PRIMARY", "SECONDARY", "DEFAULT") if w in found)


def parts_of(answer: Answer | None) -> dict[str, tuple[str, str]]:
    """Return model and service tag of each unit."""
    found: dict[str, tuple[str, str]] = {}
    for _, m in answer.search(_PART) if answer is not None else ():
        found.setdefault(m["unit"], (m["type"], m["tag"]))
    return found


def files_of(answer: Answer | None) -> dict[str, tuple[int | None, Line]]:
    """Return the sizes in bytes of the images ``dir flash:`` lists, by name."""
    found: dict[str, tuple[int | None, Line]] = {}
    for line, m in answer.search(_FILE) if answer is not None else ():
        found.setdefault(m["name"], (int(m["size"]), line))
    return found


def digest_of(answer: Answer, name: str, why_unread: str | None) -> tuple[Digest, Source] | Gap:
    """Return the one digest in an answer to ``verify sha256``, or why there is none."""

    def gap(reason: str) -> Gap:
        return Gap(probe_id=answer.exchange.probe_id, reason=f"{name}: {reason}")

    if why_unread is not None:
        return gap(why_unread)
    if not answer.exchange.complete:
        return gap("the answer was cut off")
    heads = list(answer.search(_HASH))
    bare = [m["hex"] for _, m in answer.search(_HEX)]
    if len(heads) != 1 or len(bare) > 1:
        return gap("more than one digest" if heads else "no digest in the answer")
    line, m = heads[0]
    text = m["hex"] or (bare[0] if bare else "")
    if m["name"].rpartition("/")[2] != name:
        return gap("the answer is about another file")
    if len(text) != 2 * DigestAlgorithm.SHA256.size_bytes or (m["hex"] and bare):
        return gap("no SHA-256 of the right length in the answer")
    return Digest(DigestAlgorithm.SHA256, bytes.fromhex(text)), answer.source(line)
