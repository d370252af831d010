"""A simulated fleet and what happens to it, night after night; nothing here judges.

Every event says itself what a run must conclude while it lasts: the script is the oracle. The boxes
are those of the lab and answer as over SSH, so that real readers read what real boxes print; there
is no network.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final

from netintegrity.app import PLATFORMS
from netintegrity.lab.behaviour import Behaviour
from netintegrity.lab.device import LabDevice, Part
from netintegrity.lab.images import Image
from netintegrity.lab.offline import exchanges_of
from netintegrity.lab.site_files import entries_of
from netintegrity.model.conclusion import Conclusion
from netintegrity.model.device import Device
from netintegrity.model.evidence import (
    CollectionFailure,
    Evidence,
    Exchange,
    FailureKind,
    HostKeyStatus,
)
from netintegrity.model.subject import Identity, Subject, SubjectKind
from netintegrity.trust.sign import Entry

BEGIN: Final = datetime(2026, 1, 1, 2, 17, tzinfo=UTC)
CHASSIS: Final = Subject(SubjectKind.CHASSIS, "1")
SITE: Final = "berlin"


def _image(platform: str, release: str, filename: str, seed: int, hardware: str) -> Image:
    return Image(
        name=f"{platform}-{release}",
        platform=platform,
        release=release,
        filename=filename,
        hardware=(hardware,),
        seed=seed,
        size_bytes=512,
    )


def _cat9k(release: str, seed: int) -> Image:
    return _image("cisco_iosxe", release, f"cat9k_iosxe.{release}.SPA.bin", seed, "C9")


def _eos(release: str, seed: int) -> Image:
    return _image("arista_eos", release, f"EOS-{release}.swi", seed, "DCS-")


CAT9K: Final = tuple(
    _cat9k(r, n)
    for n, r in enumerate(("17.06.05", "17.09.04a", "17.09.05", "17.12.01", "17.12.03", "17.15.01"))
)
EOS: Final = tuple(
    _eos(r, 100 + n) for n, r in enumerate(("4.28.1F", "4.29.2F", "4.30.1F", "4.31.0F", "4.32.0F"))
)
OLD_TRAIN: Final = _image(
    "cisco_iosxe", "3.16.5S", "isr4300-universalk9.03.16.05.S.155-3.S5-ext.SPA.bin", 200, "ISR43"
)
NEW_TRAIN: Final = _image(
    "cisco_iosxe", "16.12.05b", "isr4300-universalk9.16.12.05b.SPA.bin", 201, "ISR43"
)
EVERY: Final = (*CAT9K, *EOS, OLD_TRAIN, NEW_TRAIN)


def entries(known: tuple[Image, ...]) -> tuple[Entry, ...]:
    """What the vendor publishes of some images."""
    return tuple(entry for image in known for entry, _ in entries_of(image))


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One box on one night."""

    running: Image
    staged: Image
    serial: str
    fingerprint: str
    stated_serial: str
    """What the inventory expects."""
    altered: bool = False
    """Somebody changed the bytes of what runs and is staged, and kept its name."""
    half_copied: bool = False
    """What is staged was not copied to its end."""
    failure: FailureKind | None = None
    expected: Conclusion = Conclusion.VERIFIED


@dataclass(kw_only=True)
class Box:
    """One device and its year."""

    name: str
    personality: str
    pid: str
    ladder: tuple[Image, ...]
    """What it may run, oldest first."""
    nights: list[State] = field(default_factory=list)
    accepted: dict[int, str] = field(default_factory=dict)
    """Before which night a person accepts a return to which release."""

    def evidence(self, night: int, at: datetime, run_id: str) -> Evidence:
        """What a collection brings on a night."""
        state = self.nights[night]
        device = Device(
            name=self.name,
            address=f"192.0.2.{1 + sum(self.name.encode()) % 250}",
            platform_id=self.personality,
            credential_ref="ro",
            expected=(Identity(subject=CHASSIS, serial=state.stated_serial, pid=self.pid),),
        )
        failed = state.failure is not None
        return Evidence(
            run_id=run_id,
            device=device,
            collected_at=at,
            host_key_fingerprint=None if failed else state.fingerprint,
            host_key_status=HostKeyStatus.NO_SESSION if failed else HostKeyStatus.MATCHED,
            exchanges=() if failed else _exchanges(self.key(state), at),
            failure=None
            if state.failure is None
            else CollectionFailure(kind=state.failure, detail="as the script says"),
        )

    def key(self, state: State) -> "Shown":
        """All that decides what the box answers."""
        return Shown(
            name=self.name,
            personality=self.personality,
            pid=self.pid,
            serial=state.serial,
            running=_bytes(state.running, altered=state.altered),
            staged=_bytes(state.staged, altered=state.altered or state.half_copied),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a box would answer by."""

    name: str
    personality: str
    pid: str
    serial: str
    running: Image
    staged: Image


def _bytes(image: Image, *, altered: bool) -> Image:
    return replace(image, seed=image.seed + 5000) if altered else image


@lru_cache(maxsize=4096)
def _said(shown: Shown) -> tuple[Exchange, ...]:
    folder = "flash:" if shown.personality == "arista_eos" else "bootflash:"
    if shown.pid.startswith("C9"):
        folder = "flash:"
    running, staged = (f"{folder}{i.filename}" for i in (shown.running, shown.staged))
    part = Part(
        subject=CHASSIS,
        pid=shown.pid,
        serial=shown.serial,
        flash={running: shown.running, staged: shown.staged},
        running=running,
        boot=(staged,),
        release=shown.running.release,
    )
    box = LabDevice(
        name=shown.name,
        personality=shown.personality,
        platform_id=shown.personality,
        pid=shown.pid,
        serial=shown.serial,
        parts=(part,),
        behaviour=Behaviour(),
        expected=Conclusion.VERIFIED,
    )
    return exchanges_of(box, PLATFORMS[shown.personality], BEGIN)


def _exchanges(shown: Shown, at: datetime) -> tuple[Exchange, ...]:
    return tuple(replace(e, started_at=at) for e in _said(shown))


class Chance:
    """Numbers from a seed: the same on every machine, and nothing else is asked of them."""

    def __init__(self, seed: int) -> None:
        """Begin at a seed."""
        self._seed, self._count = seed, 0

    def below(self, most: int) -> int:
        """Return a number from 0, below ``most``."""
        self._count += 1
        drawn = hashlib.sha256(f"{self._seed} {self._count}".encode()).digest()
        return int.from_bytes(drawn[:8], "big") % most

    def between(self, low: int, high: int) -> int:
        """Return a number from ``low`` to ``high``."""
        return low + self.below(high - low + 1)


class Script:
    """Draws the year of one box from a seed: events of some nights each, quiet ones between."""

    def __init__(self, box: Box, chance: Chance, nights: int) -> None:
        """Begin with a box that runs an old release of its ladder."""
        self.box, self.chance, self.length = box, chance, nights
        self.rung = 0
        self.spares = 0
        serial = f"FOC{chance.below(10**8):08d}"
        self.calm = State(
            running=box.ladder[0],
            staged=box.ladder[0],
            serial=serial,
            stated_serial=serial,
            fingerprint=f"SHA256:{serial}",
        )

    def write(self) -> None:
        """Fill the year."""
        self._quiet(5)
        events = (
            self._upgrade,
            self._upgrade,
            self._staged_ahead,
            self._failed_upgrade,
            self._rollback,
            self._accepted_rollback,
            self._replaced,
            self._unreachable,
            self._unreachable,
        )
        while len(self.box.nights) < self.length:
            self._quiet(self.chance.between(8, 60))
            events[self.chance.below(len(events))]()
        del self.box.nights[self.length :]

    def _quiet(self, nights: int) -> None:
        self._nights(nights)

    def _nights(self, count: int, **changes: object) -> None:
        self.box.nights += [replace(self.calm, **changes)] * count  # type: ignore[arg-type]

    def _upgrade(self) -> None:
        if self.rung + 1 < len(self.box.ladder):
            self.rung += 1
            new = self.box.ladder[self.rung]
            self.calm = replace(self.calm, running=new, staged=new)
            self._nights(1)

    def _staged_ahead(self) -> None:
        """The new image lies there and boots at the window two nights later."""
        if self.rung + 1 < len(self.box.ladder):
            # EOS hashes only what boots next: of what runs meanwhile it cannot tell.
            blind = self.box.personality == "arista_eos"
            self._nights(
                2,
                staged=self.box.ladder[self.rung + 1],
                expected=Conclusion.INCOMPLETE if blind else Conclusion.VERIFIED,
            )
            self._upgrade()

    def _failed_upgrade(self) -> None:
        """The copy broke off and the boot variable was changed nevertheless; mended a night on."""
        if self.rung + 1 < len(self.box.ladder):
            self._nights(
                1,
                staged=self.box.ladder[self.rung + 1],
                half_copied=True,
                expected=Conclusion.PATCHED,
            )
            self._upgrade()

    def _rollback(self) -> None:
        """Somebody went back without a word; found every night until it is undone."""
        if self.rung:
            old = self.box.ladder[self.rung - 1]
            self._nights(1, staged=old, expected=Conclusion.DOWNGRADED)
            self._nights(
                self.chance.between(1, 4), running=old, staged=old, expected=Conclusion.DOWNGRADED
            )
            self._nights(1)

    def _accepted_rollback(self) -> None:
        """The same with a ticket; and then up again."""
        if self.rung:
            old = self.box.ladder[self.rung - 1]
            self.box.accepted[len(self.box.nights)] = old.release
            self._nights(self.chance.between(1, 5), running=old, staged=old)
            self._nights(1)

    def _replaced(self) -> None:
        """RMA: another box answers; first its key is not pinned, then its serial not expected."""
        self.spares += 1
        serial = f"{self.calm.serial[:-2]}R{self.spares}"
        self._nights(2, failure=FailureKind.HOST_KEY_CHANGED, expected=Conclusion.HOST_KEY_CHANGED)
        new = replace(self.calm, serial=serial, fingerprint=f"SHA256:{serial}")
        self.box.nights.append(replace(new, expected=Conclusion.INCOMPLETE))
        self.calm = replace(new, stated_serial=serial)
        self._nights(1)

    def _unreachable(self) -> None:
        self._nights(
            self.chance.between(1, 2),
            failure=FailureKind.UNREACHABLE,
            expected=Conclusion.UNREACHABLE,
        )


def fleet(seed: int, *, devices: int, nights: int) -> tuple[Box, ...]:
    """Return a fleet and its year; two of its boxes are attacked, one changes its train."""
    chance = Chance(seed)
    boxes = []
    for number in range(devices - 1):
        eos = number % 4 == 3
        box = Box(
            name=f"r{number:03d}",
            personality="arista_eos" if eos else "cisco_iosxe",
            pid="DCS-7050SX3-48YC8" if eos else "C9300-24T",
            ladder=EOS if eos else CAT9K,
        )
        Script(box, chance, nights).write()
        boxes.append(box)
    _patch(boxes[0], nights // 3)
    _downgrade_slowly(boxes[1], nights // 2)
    boxes.append(_old_router(nights))
    return tuple(boxes)


def _patch(box: Box, night: int) -> None:
    """First attack, T1601.001: the bytes of the image are changed, its name and place are not."""
    found = next(n for n in range(night, len(box.nights)) if _is_calm(box, n))
    for n in range(found, min(found + 6, len(box.nights))):
        box.nights[n] = replace(box.nights[found], altered=True, expected=Conclusion.PATCHED)


def _downgrade_slowly(box: Box, night: int) -> None:
    """Second attack, T1601.002: genuine old bytes are staged, and run three nights later."""
    for n in range(night, len(box.nights)):
        if _is_calm(box, n) and box.nights[n].running in box.ladder[2:]:
            before = box.nights[n]
            old = box.ladder[box.ladder.index(before.running) - 2]
            for later in range(n, min(n + 9, len(box.nights))):
                running = before.running if later < n + 3 else old
                box.nights[later] = replace(
                    before, running=running, staged=old, expected=Conclusion.DOWNGRADED
                )
            box.accepted = {k: v for k, v in box.accepted.items() if not n - 1 <= k <= n + 9}
            return


def _is_calm(box: Box, night: int) -> bool:
    around = box.nights[max(0, night - 2) : night + 12]
    same = all(a == b for a, b in pairwise(around))
    return same and around[0].expected is Conclusion.VERIFIED


def _old_router(nights: int) -> Box:
    """A router that leaves IOS XE 3.16S for 16.12, which nothing can put in an order."""
    box = Box(
        name="old-router",
        personality="cisco_iosxe",
        pid="ISR4321/K9",
        ladder=(OLD_TRAIN, NEW_TRAIN),
    )
    calm = State(
        running=OLD_TRAIN,
        staged=OLD_TRAIN,
        serial="FDO00000001",
        stated_serial="FDO00000001",
        fingerprint="SHA256:old-router",
    )
    change = nights // 2
    new = replace(calm, running=NEW_TRAIN, staged=NEW_TRAIN)
    box.nights = [calm] * change
    # Until the operator approves the release by name, three nights on.
    box.nights += [replace(new, expected=Conclusion.INCOMPLETE)] * 3
    box.nights += [new] * (nights - change - 3)
    return box


def approval_night(nights: int) -> int:
    """The night from which the policy approves the new train by name."""
    return nights // 2 + 3


def lists_of(night: int) -> tuple[int, tuple[Image, ...]]:
    """Return the sequence of the list that is newest on a night, and what it holds.

    A list is renewed every 45 days; it knows every image before anybody runs it.
    """
    return 1 + night // 45, EVERY


def all_conclusions(boxes: tuple[Box, ...]) -> Iterator[Conclusion]:
    """Yield what the script expects, over all boxes and nights."""
    for box in boxes:
        yield from (s.expected for s in box.nights)


def moment(night: int) -> datetime:
    """When the run of a night ends; UTC."""
    return BEGIN + timedelta(days=night)
