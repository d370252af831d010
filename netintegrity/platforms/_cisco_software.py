"""What IOS-XE says of its packages, its patches and their signatures."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from netintegrity.model.claims import (
    Gap,
    ImageRole,
    PackageClaim,
    SignatureClaim,
    Source,
)
from netintegrity.model.subject import Subject
from netintegrity.platforms._paths import beside
from netintegrity.platforms._releases import iosxe_in_name
from netintegrity.platforms._text import Answer, Line

# iso   rp 0 0   rp_base     cat9k-rpbase.17.09.04a.SPA.pkg
_PACKAGE: Final = re.compile(
    r"^(?:boot|iso)\s+(?:rp|fp|cc)\s+\d{1,3}\s+\d{1,3}\s+[\w-]{1,60}\s+(?P<name>\S{1,200})$"
)
_PACKAGE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,198}")
# #! /usr/binos/bin/packages_conf.sh      sha1sum: 1d206d55…  (of itself, unsigned: says nothing)
_COMMENT: Final = re.compile(r"^\s*(?:#|sha1sum: [0-9a-fA-F]{40}$)")
_MAX_PACKAGES: Final = 64

# [ Switch 1 2 ] Installed Package(s) Information:        [ R0 R1 ] …
_BLOCK: Final = re.compile(r"^\[ (?P<parts>[\w ]{1,80}) \]")
# SMU   C    flash:cat9k_iosxe.17.06.03.CSCwa85257.SPA.smu.bin        IMG   C    17.06.03.0.3629
INSTALLED: Final = re.compile(
    r"^(?P<type>[A-Z]{2,6})\s{2,}(?P<state>[IUCD])\s{2,}(?P<what>\S{1,200})$"
)

# PACKAGE C9800-L-mono-universalk9_wlc.V1712_4_ESW13.SPA.pkg      SYSTEM IMAGE      Microloader
_TITLE: Final = re.compile(
    r"^(?P<title>PACKAGE \S{1,200}|SYSTEM IMAGE|ROMMON|Microloader|[A-Z][A-Za-z ]{2,30})$"
)
_RULE: Final = re.compile(r"^-{4,}$")
# File Name                     : flash:c800-universalk9-mz.SPA.159-3.M12.bin
_FIELD: Final = re.compile(r"^\s{0,20}(?P<key>[A-Z][A-Za-z ]{2,40}?)\s{0,40}: ?(?P<value>.*)$")
# ACanned-SHA256-H in hex: what a box prints that has no hardware anchor
_CANNED: Final = re.compile(r"^4143616e6e6564|ACanned", re.IGNORECASE)
FAILURE: Final = re.compile(
    r"\b(?:fails?|failed|failure|invalid|mismatch|not verified|not valid|error)\b", re.IGNORECASE
)
# Committed; activated or deactivated, and not committed. What is inactive changes nothing.
_SURVIVES: Final = {"C": True, "U": False, "D": False}
_TYPES: Final = {"release": "production"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageList:
    """A ``packages.conf`` as read."""

    path: str
    answer: Answer
    members: tuple[str, ...]
    """Paths of the files it names, each once."""
    gap: Gap | None
    """Why it is not, or not wholly, readable."""


@dataclass(frozen=True, slots=True)
class Section:
    """One signature in ``show software authenticity``."""

    title: str
    line: Line
    fields: tuple[tuple[str, str], ...]
    failed: bool


def read_package_list(answer: Answer, path: str) -> PackageList:
    """Return what ``more packages.conf`` printed.

    Packages of every kind of processor count, for all of them are loaded. A line that is neither
    comment nor package makes the list a gap: it may have been cut.
    """
    names: dict[str, None] = {}
    odd: str | None = None
    for line in answer.lines if answer.why_unread is None else ():
        if (m := _PACKAGE.match(line.text)) is not None and _PACKAGE_NAME.fullmatch(m["name"]):
            names.setdefault(m["name"])
        elif not _COMMENT.match(line.text):
            odd = odd or f"line {line.number} is neither a comment nor a package"
    reason = (
        answer.why_unread
        or (None if answer.exchange.complete else "the answer was cut off")
        or odd
        or (None if names else "it names no package")
        or (f"it names more than {_MAX_PACKAGES} packages" if len(names) > _MAX_PACKAGES else None)
    )
    return PackageList(
        path=path,
        answer=answer,
        members=() if reason else tuple(beside(path, name) for name in names),
        gap=Gap(probe_id=answer.exchange.probe_id, reason=f"{path}: {reason}") if reason else None,
    )


def is_install_table(answer: Answer) -> bool:
    """Say whether an answer is one of ``show install``, be it without a row."""
    return any(_BLOCK.match(line.text) for line in answer.lines)


def read_installed(
    answer: Answer, subjects_of: Callable[[str], tuple[Subject, ...]]
) -> Iterator[PackageClaim]:
    """Yield the rows of the tables of ``show install``, for each part they speak of.

    ``subjects_of`` turns the words in brackets over a table (``Switch 1 2``, ``R0``) to subjects.
    """
    subjects = subjects_of("")
    for line in answer.lines:
        if (m := _BLOCK.match(line.text)) is not None:
            subjects = subjects_of(m["parts"])
        elif (m := INSTALLED.match(line.text)) is not None:
            is_version = m["type"] == "IMG"
            named = None if is_version else iosxe_in_name(m["what"])
            for subject in subjects:
                yield PackageClaim(
                    subject=subject,
                    name=m["type"] if is_version else m["what"],
                    version=m["what"] if is_version else (named.text if named else ""),
                    state=m["state"],
                    is_of_image=is_version,
                    survives_reload=_SURVIVES.get(m["state"]),
                    source=answer.source(line),
                )


def read_signatures(
    answer: Answer,
    subject: Subject,
    role: ImageRole,
    path_of: Callable[[str], str],
    *,
    untitled: bool = False,
) -> Iterator[SignatureClaim]:
    """Yield what the box says of the signature of each thing it loaded.

    ``path_of`` turns the title of a section, or a file name, to the path of an image. ``untitled``:
    an answer without any title is one section.
    """
    for section in sections(answer, untitled=untitled):
        fields = dict(reversed(section.fields))
        serial = fields.get("Certificate Serial Number", "")
        if any(_CANNED.search(value) for value in (serial, fields.get("Verifier Version", ""))):
            continue
        printed = fields.get("Image type", "").strip().lower() or None
        yield SignatureClaim(
            subject=subject,
            path=path_of(fields.get("File Name") or section.title),
            role=role,
            source=Source(answer.exchange.probe_id, section.line.number),
            assurance=answer.assurance,
            accepted=False if section.failed else (True if printed else None),
            signing_type=_TYPES.get(printed or "", printed),
            certificate_serial=serial.upper() or None,
        )


def sections(answer: Answer, *, untitled: bool = False) -> Iterator[Section]:
    """Take the answer apart where a title is underlined, or where a file is named."""
    lines = answer.lines
    starts = [
        i
        for i, line in enumerate(lines)
        if _is_title(line, lines[i + 1 : i + 2]) or line.text.startswith("File Name")
    ]
    if untitled and not starts and any(line.text.startswith("Image type") for line in lines):
        starts = [0]
    for start, end in pairwise([*starts, len(lines)]):
        body = lines[start:end]
        matches = [m for line in body if (m := _FIELD.match(line.text)) is not None]
        yield Section(
            title=lines[start].text.removeprefix("PACKAGE ").strip(),
            line=lines[start],
            fields=tuple((m["key"], m["value"].strip()) for m in matches),
            failed=any(FAILURE.search(line.text) for line in body),
        )


def _is_title(line: Line, after: tuple[Line, ...]) -> bool:
    return bool(after) and bool(_RULE.match(after[0].text)) and bool(_TITLE.match(line.text))
