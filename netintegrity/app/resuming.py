"""A run as it is collected: whom it still asks, and what is kept the moment it is known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from netintegrity.app.registries import PLATFORMS
from netintegrity.collect.runner import CollectedDevice, FleetResult, Job, collect_fleet
from netintegrity.collect.session import SessionFactory
from netintegrity.errors import ConfigError
from netintegrity.inventory.site import Site
from netintegrity.model.device import Device
from netintegrity.store.runs import RunFolder
from netintegrity.store.unfinished import Begun, begin, reopen


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """One run, before anybody is asked."""

    folder: RunFolder
    begun: Begun
    done: tuple[CollectedDevice, ...]
    """Collected before this process began."""
    missing: tuple[Device, ...]

    def collect(
        self,
        open_session: SessionFactory,
        *,
        now: Callable[[], datetime],
        workers: int,
        on_done: Callable[[CollectedDevice], None] | None,
    ) -> FleetResult:
        """Ask who is missing, keep each answer as it comes, and return all there is.

        Raises:
            StoreError: what was collected cannot be written.
        """

        def told(collected: CollectedDevice) -> None:
            if on_done is not None:
                on_done(collected)

        def kept(collected: CollectedDevice) -> None:
            # Our own fault is no answer: a run that is resumed asks again.
            if collected.fault is None:
                self.folder.write_evidence(collected.evidence)
            told(collected)

        for collected in self.done:
            told(collected)
        jobs = [Job(device=d, platform=PLATFORMS[d.platform_id]) for d in self.missing]
        fleet = collect_fleet(
            jobs, open_session, run_id=self.begun.run_id, now=now, workers=workers, on_done=kept
        )
        place = {name: number for number, name in enumerate(self.begun.devices)}
        everybody = sorted(
            (*self.done, *fleet.collected), key=lambda c: place[c.evidence.device.name]
        )
        return FleetResult(collected=tuple(everybody), interrupted=fleet.interrupted)


def new_collection(folder: RunFolder, begun: Begun, devices: Sequence[Device]) -> Collection:
    """Return a run that has asked nobody yet.

    Raises:
        StoreError: the folder cannot be written.
    """
    begin(folder, begun)
    return Collection(folder=folder, begun=begun, done=(), missing=tuple(devices))


def resumed_collection(path: Path, site: Site) -> Collection:
    """Return an unfinished run of this site, to ask those that are missing.

    Raises:
        ConfigError: the site is another one, or has changed what it says of a device.
        NetIntegrityError: the run cannot be read, or is finished.
    """
    unfinished = reopen(path)
    begun = unfinished.begun
    if begun.site != site.name:
        raise ConfigError(f"is a run of the site {begun.site!r}", where=str(path))
    known = {d.name: d for d in site.devices}
    stored = {e.device.name: e.device for e in unfinished.evidence}
    for name in begun.devices:
        if name not in known or stored.get(name, known[name]) != known[name]:
            raise ConfigError(
                f"the inventory says something else of {name!r} than when the run began",
                where=str(path),
                hint="begin a new run",
            )
    return Collection(
        folder=unfinished.folder,
        begun=begun,
        done=tuple(CollectedDevice(evidence=e) for e in unfinished.evidence),
        missing=tuple(known[n] for n in begun.devices if n not in stored),
    )
