"""What IOS-XR prints: its version, its sets of packages and its route processors."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from netintegrity.model.evidence import Exchange
from netintegrity.model.release import Release
from netintegrity.platforms._releases_xr import parse_xr, xr_in_label, xr_in_name
from netintegrity.platforms._text import Answer, Line, read

# RP/0/RSP0/CPU0:router# show install commit summary
_ECHO: Final = re.compile(r"^RP/\d{1,2}/\w{1,8}/CPU\d:[\w.-]{1,64}(?:\(\w{1,20}\))?#\s{0,4}show\b")
# Fri Feb 23 16:13:39.090 UTC
_STAMP: Final = re.compile(
    r"^[A-Z][a-z]{2} [A-Z][a-z]{2}\s{1,2}\d{1,2} \d{2}:\d{2}:\d{2}\.\d{3} \S{1,8}$"
)
# Cisco IOS XR Software, Version 6.1.4.10I[Default]
_VERSION: Final = re.compile(r"^Cisco IOS XR Software, Version (?P<release>\S.{0,80})$")
# System image file is "disk0:asr9k-os-mbi-6.1.4.10I/0x100305/mbiasr9k-rsp3.vm"
_IMAGE: Final = re.compile(r'^System image file is "(?P<path>[^"\s]{1,250})"$')
#  Built By     : ahoang        Label        : 6.6.3-80
_BUILD: Final = re.compile(
    r"^\s{0,4}(?P<what>Built By|Built On|Label)\s{0,12}: (?P<value>\S.{0,119})$"
)
# Configuration register on node 0/RSP0/CPU0 is 0x1922
_REGISTER: Final = re.compile(
    r"^Configuration register on node (?P<node>\S{1,30}) is (?P<value>0x[0-9a-fA-F]{1,4})$"
)
# ROM: System Bootstrap, Version 2.12(20170128:070504) [CRS ROMMON],
_LOADER: Final = re.compile(r"^ROM: .{0,60}?Version (?P<loader>[\w.():]{1,40})")

# Active Packages:    XR: 201    All: 1532        Active Packages: 2        Committed Packages:
_HEADER: Final = re.compile(
    r"^\s{0,8}(?P<what>Active|Committed) Packages:\s{0,12}(?P<count>\d{1,4})?(?:$|XR: )"
)
# Label:              7.10.2-meta_7102_fcs_01_25_2024
_LABEL: Final = re.compile(r"^\s{0,4}Label\s{0,4}:\s{1,20}(?P<label>\S{1,120})$")
# Software Hash:      454175afbe3ad586c3b39a79db238b53844fe794723ea99fa00ac1acd5442359
_HASH: Final = re.compile(r"^\s{0,4}Software Hash:\s{1,12}(?P<hash>[0-9a-f]{64})$")
# xr-8000-core                                                      7.10.2v1.0.1-1
_TABLED: Final = re.compile(
    r"^(?P<name>[a-z][\w.+-]{2,100})\s{2,80}(?P<version>\d[\w.-]{2,40})$", re.ASCII
)
#         ncs5500-xr-6.3.2 version=6.3.2 [Boot image]
_BASE: Final = re.compile(
    r"^\s{1,24}(?P<name>[a-z][\w.+-]{2,100}) version=(?P<version>\S{1,40}) \[Boot image\]$",
    re.ASCII,
)
#     disk0:asr9k-mini-px-6.1.21.15I        ncs5500-mgbl-4.0.0.0-r632
_PLAIN: Final = re.compile(
    r"^\s{1,24}(?P<name>(?:[a-z]{2,12}\d?:)?[a-z][a-z0-9]{1,20}-[\w.+-]{2,110})$", re.ASCII
)
# hfr-px-5.3.3.CSCuy08977-1.0.0        ncs5500-dpa-3.0.0.1-r732.CSCwa07903
_PATCH: Final = re.compile(r"\.(?P<id>CSC[a-z]{2}\d{5})", re.ASCII)
# 0/RP0/CPU0        NC55-RP(Active)            IOS XR RUN        NSHUT
_PROCESSOR: Final = re.compile(
    r"^(?P<node>\d{1,2}/[A-Z]{0,4}\d{1,2}(?:/CPU\d)?)\s{1,20}"
    r"(?P<type>[\w./-]{1,40})\((?P<state>Active|Standby)\)\s"
)
# 0/RP0/CPU0        module 0/RSP1/CPU0        0/RP1
_NODE: Final = re.compile(r"(?:module )?(?P<rack>\d{1,2})/(?P<card>[A-Z]{0,4}\d{1,2})(?:/CPU\d)?")
_IS_PROCESSOR: Final = re.compile(r"(?:RS?P|DRP)\d{1,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What ``show version`` says."""

    answer: Answer
    line: Line | None
    """Where the release stands; None: nowhere."""
    printed: str | None
    release: Release | None
    image: str | None
    """The file that was booted; only 32-bit systems say it."""
    image_line: Line | None
    build: tuple[tuple[str, str], ...]
    registers: tuple[tuple[str, int], ...]
    """By node; only 32-bit systems have one."""
    loader: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One package of a set."""

    name: str
    version: str
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSet:
    """The packages that are active, or those that the next boot takes."""

    answer: Answer
    line: Line
    """The first that is of this set."""
    label: str | None
    software_hash: str | None
    """As printed: over the whole set, by a method nobody published, so it is no digest."""
    packages: tuple[Package, ...]
    counted: int | None
    """How many the box says that it lists; None: it does not say."""
    base: str
    """Name of the set: its label, or the package that holds the system; empty: neither is there."""
    release: Release | None


def read_xr(exchange: Exchange) -> Answer:
    """Return the answer in an exchange, without the time that XR prints before each."""
    answer = read(exchange)
    lines = list(answer.lines)
    if lines and _ECHO.match(lines[0].text):
        del lines[0]
    if lines and _STAMP.match(lines[0].text):
        del lines[0]
    return Answer(exchange, tuple(lines), answer.refusal)


def last_answer(exchanges: Iterable[Exchange], probe_id: str) -> Answer | None:
    """Return the last answer to a probe; None: it was never asked."""
    found = [e for e in exchanges if e.probe_id == probe_id]
    return read_xr(found[-1]) if found else None


def read_version(answer: Answer) -> Version:
    """Return what ``show version`` says; what it does not say is None."""
    line, printed = next(((n, m["release"]) for n, m in answer.search(_VERSION)), (None, None))
    image_line, image = next(((n, m["path"]) for n, m in answer.search(_IMAGE)), (None, None))
    return Version(
        answer=answer,
        line=line,
        printed=printed,
        release=None if printed is None else parse_xr(printed),
        image=image,
        image_line=image_line,
        build=tuple(
            (m["what"].lower().replace(" ", "-"), m["value"]) for _, m in answer.search(_BUILD)
        ),
        registers=tuple((m["node"], int(m["value"], 16)) for _, m in answer.search(_REGISTER)),
        loader=next((m["loader"] for _, m in answer.search(_LOADER)), None),
    )


def read_set(answer: Answer, which: str) -> PackageSet | None:
    """Return the set headed ``Active`` or ``Committed``; None: there is no such heading."""
    heads = [(n, m) for n, m in answer.search(_HEADER) if m["what"] == which]
    if not heads:
        return None
    first, head = heads[0]
    packages: list[Package] = []
    base, base_version = "", ""
    for line in answer.lines:
        if (m := _BASE.match(line.text)) is not None:
            base, base_version = m["name"], m["version"]
            packages.append(Package(name=m["name"], version=m["version"], line=line))
        elif (m := _TABLED.match(line.text)) is not None:
            packages.append(Package(name=m["name"], version=m["version"], line=line))
        elif (m := _PLAIN.match(line.text)) is not None:
            patch = _PATCH.search(m["name"])
            packages.append(
                Package(name=m["name"], version=patch["id"] if patch else "", line=line)
            )
    label = next((m["label"] for _, m in answer.search(_LABEL)), None)
    mini = next((p.name for p in packages if "-mini-" in p.name), "")
    return PackageSet(
        answer=answer,
        line=first,
        label=label,
        software_hash=next((m["hash"] for _, m in answer.search(_HASH)), None),
        packages=tuple(packages),
        counted=None if head["count"] is None else int(head["count"]),
        base=label or base or mini,
        release=(xr_in_label(label) if label else None)
        or (parse_xr(base_version) if base_version else None)
        or xr_in_name(mini),
    )


def read_processors(answer: Answer) -> tuple[tuple[str, str, Line], ...]:
    """Return node, type and line of each route processor in ``show platform``."""
    return tuple((m["node"], m["type"], line) for line, m in answer.search(_PROCESSOR))


def slot_of(node: str) -> str | None:
    """Return one short name for a route processor: ``R0``, in a further rack ``1/R0``.

    None: ``node`` is no route processor.
    """
    m = _NODE.fullmatch(node)
    if m is None or _IS_PROCESSOR.fullmatch(m["card"]) is None:
        return None
    number = m["card"].lstrip("DRSP")
    return f"R{number}" if m["rack"] == "0" else f"{m['rack']}/R{number}"
