"""Which parts of a Cisco box boot for themselves: ``show inventory`` and ``show platform``."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from netintegrity.platforms._text import Answer, Line

# NAME: "module R0", DESCR: "Cisco ASR1000 Route Processor 2"
# NAME: "Chassis",  DESCR: "Nexus9000 C9396PX Chassis"      Name: "Chassis", DESCR: "ASA…"
_NAME: Final = re.compile(r'^\s{0,40}N(?:AME|ame): "(?P<name>[^"]{0,200})"')
# PID: ASR1000-RP2       , VID: V02  , SN: JAE153408NJ
# PID: N9K-C93180YC-EX     ,  VID: V03 ,  SN: FDO223607FK
_PID: Final = re.compile(
    r"^\s{0,40}PID:\s{0,80}(?P<pid>[^\s,]{0,60})\s{0,80},\s{0,10}VID:[^,]{0,80},"
    r"\s{0,10}SN:\s{0,80}(?P<serial>\S{0,40})"
)
# Slot      Type                State                 Insert time (ago)
# R1        ASR1000-RP2         ok, standby           5y13w
_SLOT: Final = re.compile(
    r"^(?P<slot>R\d|\d{1,2})\s+(?P<type>\S{1,60})\s+(?P<state>\S[\w,/ ]{0,30}?)\s{2,}\S"
)
# R0        17071402            16.9(4r)
_FIRMWARE_TABLE: Final = re.compile(r"^Slot\s+CPLD Version\s+Firmware Version")
_FIRMWARE: Final = re.compile(r"^(?P<slot>R\d|\d{1,2})\s+\S{1,60}\s+(?P<loader>\d\S{1,40})$")

# module R0      Slot 3 Supervisor      Supervisor(slot 5)      Switch 1 Slot 3 Supervisor
_ROUTE_PROCESSOR: Final = re.compile(
    r"(?:Switch (?P<switch>\d{1,2}) )?"
    r"(?:module (?P<module>R\d)|Slot (?P<slot>\d{1,2}) Supervisor"
    r"|Supervisor ?\(slot (?P<paren>\d{1,2})\))"
)
# C9400-SUP-1      ASR1000-RP2      A900-RSP3C-400-S
_PROCESSOR_TYPE: Final = re.compile(r"(?:^|-)(?:SUP|RP\d|RSP\d)", re.IGNORECASE)
# Switch 1      c93xx Stack      Chassis
_SWITCH: Final = re.compile(r"Switch (?P<number>\d{1,2})")
_CHASSIS: Final = re.compile(r"(?:.{0,40} )?(?:Chassis|Stack)|Switch System", re.IGNORECASE)
# PIDs of chassis that take two supervisors or route processors
_MODULAR: Final = re.compile(
    r"ASR-?10(?:06|09|13)|ASR-?90[37]|C94\d\d|C96\d\d|C68\d\d|WS-C45\d\d|WS-C65\d\d|CBR-?8|NCS42\d\d",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One row of the inventory."""

    name: str
    pid: str | None
    serial: str | None
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One supervisor or route processor."""

    id: str
    pid: str | None = None
    serial: str | None = None
    state: str | None = None
    """As ``show platform`` prints it; None: it does not."""
    loader: str | None = None

    @property
    def is_active(self) -> bool:
        """True if this is the one that answers."""
        return self.state == "ok, active"

    @property
    def is_standby(self) -> bool:
        """True if its flash can be read from the active one."""
        return self.state == "ok, standby"


def read_inventory(answer: Answer) -> tuple[Item, ...]:
    """Return the rows that have a name, a product id or a serial."""
    items: list[Item] = []
    name: tuple[str, Line] | None = None
    for line in answer.lines:
        if (m := _NAME.match(line.text)) is not None:
            name = (m["name"], line)
        elif name is not None and (m := _PID.match(line.text)) is not None:
            pid, serial = (_said(m[group]) for group in ("pid", "serial"))
            item = Item(name=name[0], pid=pid, serial=serial, line=name[1])
            items.append(item)
            name = None
    return tuple(items)


def _said(text: str) -> str | None:
    return None if text in {"", "N/A"} else text


def chassis(items: Iterable[Item]) -> Item | None:
    """Return the row of the box itself: the one so named, else the first."""
    rows = tuple(i for i in items if i.pid or i.serial)
    named = (i for i in rows if _CHASSIS.fullmatch(i.name))
    return next(named, rows[0] if rows else None)


def switches(items: Iterable[Item]) -> dict[int, Item]:
    """Return the rows of the switches of a stack, by number."""
    found: dict[int, Item] = {}
    for item in items:
        if (m := _SWITCH.fullmatch(item.name)) is not None:
            found.setdefault(int(m["number"]), item)
    return found


def doubled_supervisors(items: Iterable[Item]) -> tuple[str, ...]:
    """Return the switches of a stack that have more than one supervisor each."""
    matches = (_ROUTE_PROCESSOR.fullmatch(i.name) for i in items)
    per_switch = Counter(m["switch"] for m in matches if m is not None and m["switch"])
    return tuple(sorted(switch for switch, count in per_switch.items() if count > 1))


def supervisors(items: Iterable[Item], platform: Answer | None) -> tuple[Slot, ...]:
    """Return the supervisors or route processors of one chassis, from both answers together."""
    listed = {s.id: s for s in _listed(items)}
    shown = {s.id: s for s in _shown(platform)} if platform is not None else {}
    if listed and len(listed) == len(shown) and not listed.keys() & shown.keys():
        # The two answers number alike and name differently: `Slot 3 Supervisor` and `R0`.
        listed = dict(zip(sorted(shown), (listed[k] for k in sorted(listed)), strict=True))
    found = []
    for slot_id in sorted({*listed, *shown}):
        row, state = listed.get(slot_id), shown.get(slot_id)
        found.append(
            Slot(
                id=slot_id,
                pid=(row.pid if row else None) or (state.pid if state else None),
                serial=row.serial if row else None,
                state=state.state if state else None,
                loader=state.loader if state else None,
            )
        )
    return tuple(found)


def is_modular(pids: Iterable[str | None]) -> bool:
    """Say whether a chassis of these product ids can hold two supervisors."""
    return any(pid is not None and _MODULAR.search(pid) is not None for pid in pids)


def _listed(items: Iterable[Item]) -> Iterator[Slot]:
    for item in items:
        m = _ROUTE_PROCESSOR.fullmatch(item.name)
        if m is not None and m["switch"] is None:
            slot_id = m["module"] or m["slot"] or m["paren"]
            yield Slot(id=slot_id, pid=item.pid, serial=item.serial)


def _shown(answer: Answer) -> Iterator[Slot]:
    loaders = dict(_loaders(answer))
    rows = [
        m
        for _, m in answer.search(_SLOT)
        if (m["slot"].startswith("R") or _PROCESSOR_TYPE.search(m["type"]))
        and m["state"].strip() not in {"N/A", "empty"}
    ]
    # A Catalyst names its supervisors by slot, and may name them a second time as R0 and R1.
    by_slot = [m for m in rows if not m["slot"].startswith("R")]
    for m in by_slot or rows:
        yield Slot(
            id=m["slot"],
            pid=None if m["type"] == "Unknown" else m["type"],
            state=m["state"].strip(),
            loader=loaders.get(m["slot"]),
        )


def _loaders(answer: Answer) -> Iterator[tuple[str, str]]:
    inside = False
    for line in answer.lines:
        inside = inside or _FIRMWARE_TABLE.match(line.text) is not None
        if inside and (m := _FIRMWARE.match(line.text)) is not None:
            yield m["slot"], m["loader"]
